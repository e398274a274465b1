// SPDX-License-Identifier: GPL-2.0
/* What PERF_EVENT_IOC_PERSIST does not take: nothing of it is left then. */
#include <linux/hw_breakpoint.h>

#include "../kselftest_harness.h"
#include "persist.h"

/* A template, and names and sets that are taken. Returns why there are none, or NULL. */
static const char *setup(int *template)
{
	*template = -1;
	if (!persist_usable())
		return "nothing can be made persistent here";
	forget_tests();
	*template = signal_open(SIGNAL_A, getpid());
	if (persist_signal(SIGNAL_B, "test-taken", "test-set", 4, 0) ||
	    persist_signal(SIGNAL_B, "test-last", "", 4, PERF_EVENT_PERSIST_KEEP_LAST))
		die("persist");
	return NULL;
}

FIXTURE(refused) {
	int template;
};

FIXTURE_SETUP(refused)
{
	const char *why = setup(&self->template);

	if (why)
		SKIP(return, "%s", why);
}

FIXTURE_TEARDOWN(refused)
{
	close(self->template);
	forget_tests();
}

static int persist_struct(int fd, struct perf_event_persist *p)
{
	return ioctl(fd, PERF_EVENT_IOC_PERSIST, p) ? -errno : 0;
}

static int entries(const char *dir)
{
	struct dirent *d;
	char path[256];
	DIR *stream;
	int n = 0;

	snprintf(path, sizeof(path), PMU_DIR "/%s", dir);
	stream = opendir(path);
	if (!stream)
		die("%s", path);
	while ((d = readdir(stream)))
		n += d->d_name[0] != '.';
	closedir(stream);
	return n;
}

/* Since the last time that it was asked. */
static bool unchanged(void)
{
	static int before[3];
	int now[] = { entries("events"), entries("sources"), entries("sets") };
	bool same = !memcmp(before, now, sizeof(now));

	memcpy(before, now, sizeof(now));
	return same;
}

/* One thing wrong with arguments that are right otherwise. */
FIXTURE(argument) {
	struct perf_event_persist p;
	int template;
};

FIXTURE_VARIANT(argument) {
	void (*spoil)(struct perf_event_persist *p);
	int error;
};

FIXTURE_SETUP(argument)
{
	const char *why = setup(&self->template);

	if (why)
		SKIP(return, "%s", why);
	self->p = persist_args("test-a", "", 0, 0);
}

FIXTURE_TEARDOWN(argument)
{
	close(self->template);
	forget_tests();
}

#define ARGUMENT(name_, error_, statement)				\
static void spoil_##name_(struct perf_event_persist *p)			\
{									\
	statement;							\
}									\
FIXTURE_VARIANT_ADD(argument, name_) {					\
	.spoil = spoil_##name_, .error = error_,			\
}

#define NAME_SIZE	64

/* A name or a set. */
static void put(char *field, const char *text)
{
	snprintf(field, NAME_SIZE, "%s", text);
}

ARGUMENT(size_0, -EINVAL, p->size = 0);
ARGUMENT(size_less, -EINVAL, p->size -= 1);
ARGUMENT(size_of_the_integers, -EINVAL, p->size = 16);
ARGUMENT(size_huge, -EINVAL, p->size = 0x10000000);
ARGUMENT(flag_1, -EINVAL, p->flags = 1 << 1);
ARGUMENT(flag_31, -EINVAL, p->flags = 1u << 31);
ARGUMENT(reserved, -EINVAL, p->__reserved = 1);
ARGUMENT(pages_3, -EINVAL, p->data_pages = 3);
ARGUMENT(pages_7, -EINVAL, p->data_pages = 7);
ARGUMENT(pages_odd_and_huge, -EINVAL, p->data_pages = ~0u);
ARGUMENT(pages_huge, -ENOSPC, p->data_pages = 1u << 20);
ARGUMENT(pages_most, -ENOSPC, p->data_pages = 1u << 31);
ARGUMENT(name_empty, -EINVAL, p->name[0] = '\0');
ARGUMENT(name_digit_first, -EINVAL, put(p->name, "1test"));
ARGUMENT(name_dash_first, -EINVAL, put(p->name, "-test"));
ARGUMENT(name_underscore_first, -EINVAL, put(p->name, "_test"));
ARGUMENT(name_dots, -EINVAL, put(p->name, ".."));
ARGUMENT(name_slash, -EINVAL, put(p->name, "test/a"));
ARGUMENT(name_blank, -EINVAL, put(p->name, "test a"));
ARGUMENT(name_newline, -EINVAL, put(p->name, "test\n"));
ARGUMENT(name_colon, -EINVAL, put(p->name, "test:a"));
ARGUMENT(name_utf8, -EINVAL, put(p->name, "testé"));
ARGUMENT(name_unterminated, -EINVAL, memset(p->name, 'x', NAME_SIZE));
ARGUMENT(set_digit_first, -EINVAL, put(p->set, "1set"));
ARGUMENT(set_slash, -EINVAL, put(p->set, "../set"));
ARGUMENT(set_unterminated, -EINVAL, memset(p->set, 'x', NAME_SIZE));
ARGUMENT(name_taken, -EEXIST, put(p->name, "test-taken"));
ARGUMENT(name_of_a_default, -EEXIST, put(p->name, "mce_record"));
ARGUMENT(set_ras, -EPERM, put(p->set, "ras"));
ARGUMENT(set_ras_as_it_is, -EPERM, put(p->set, "ras"); p->data_pages = 8);
ARGUMENT(own_set_ras, -EPERM, put(p->name, "ras"));
ARGUMENT(set_software, -EPERM, put(p->set, "software"));
ARGUMENT(set_tasks, -EPERM, put(p->set, "tasks"));
ARGUMENT(set_devices, -EPERM, put(p->set, "devices"));
ARGUMENT(set_actions, -EPERM, put(p->set, "actions"));
ARGUMENT(other_pages, -EINVAL, put(p->set, "test-set"); p->data_pages = 8);
ARGUMENT(other_keep, -EINVAL,
	 put(p->set, "test-set"); p->flags = PERF_EVENT_PERSIST_KEEP_LAST);

TEST_F(argument, refused)
{
	variant->spoil(&self->p);
	unchanged();
	EXPECT_EQ(variant->error, persist_struct(self->template, &self->p));
	EXPECT_TRUE(unchanged());
	/* Nothing is left behind that spoils the next one. */
	EXPECT_EQ(0, persist(self->template, "test-a", "", 0, 0));
}

TEST_F(refused, memory)
{
	struct {
		struct perf_event_persist p;
		__u64 more;
	} newer = { .p = persist_args("test-a", "", 0, 0) };

	EXPECT_EQ(-EFAULT, persist_struct(self->template, NULL));
	EXPECT_EQ(-EFAULT, persist_struct(self->template, (void *)-4096l));

	/* Of a newer kernel: what we do not know must not be asked for. */
	newer.p.size = sizeof(newer);
	newer.more = 1;
	EXPECT_EQ(-E2BIG, persist_struct(self->template, &newer.p));
	EXPECT_FALSE(event_exists("test-a"));
	newer.more = 0;
	EXPECT_EQ(0, persist_struct(self->template, &newer.p));
	EXPECT_TRUE(event_exists("test-a"));
}

/* Not more than an eighth of the memory, for all CPUs together. */
TEST_F(refused, an_eighth_of_the_memory)
{
	long pages = sysconf(_SC_PHYS_PAGES) / 8 / buffer_cpus();
	unsigned long before = set_value("ras", "memory");
	unsigned int fits = 1;

	while (2 * fits <= (unsigned long)pages)
		fits *= 2;
	EXPECT_EQ(-ENOSPC, persist(self->template, "test-a", "", 4 * fits, 0));
	EXPECT_FALSE(set_exists("test-a"));
	/* A clear half of what is allowed is. */
	ASSERT_EQ(0, persist(self->template, "test-a", "", fits / 2, 0));
	EXPECT_EQ(fits / 2, set_value("test-a", "data_pages"));
	EXPECT_LE((unsigned long)buffer_cpus() * fits / 2 * sysconf(_SC_PAGESIZE),
		  set_value("test-a", "memory"));
	EXPECT_EQ(before, set_value("ras", "memory"));
	EXPECT_EQ(0, forget("test-a"));
}

/* @fd cannot be made persistent; where the kernel has no such event there is none. */
static void expect_fd(struct __test_metadata *_metadata, int error, int fd)
{
	ASSERT_LE(0, fd);
	unchanged();
	EXPECT_EQ(error, persist(fd, "test-a", "", 0, 0));
	EXPECT_TRUE(unchanged());
	close(fd);
}

TEST_F(refused, bound_to_a_task)
{
	struct perf_event_attr attr = event_attr(PERF_TYPE_TRACEPOINT, signal_config());

	expect_fd(_metadata, -EINVAL, perf_open(&attr, 0, -1, -1, 0));
	expect_fd(_metadata, -EINVAL, perf_open(&attr, 0, 0, -1, 0));
	expect_fd(_metadata, -EINVAL, perf_open(&attr, getppid(), 0, -1, 0));
}

TEST_F(refused, counting)
{
	struct perf_event_attr attr = event_attr(PERF_TYPE_TRACEPOINT, signal_config());

	attr.sample_period = 0;
	expect_fd(_metadata, -EINVAL, perf_open(&attr, -1, 0, -1, 0));
	attr = event_attr(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS);
	attr.sample_period = 0;
	expect_fd(_metadata, -EINVAL, perf_open(&attr, -1, 0, -1, 0));
}

TEST_F(refused, persistent)
{
	struct perf_event_attr attr = persistent_attr("mce_record");

	expect_fd(_metadata, -EOPNOTSUPP, perf_open(&attr, -1, 0, -1, 0));
	expect_fd(_metadata, -EOPNOTSUPP, persistent_open("test-taken", 0));
}

TEST_F(refused, breakpoint)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_BREAKPOINT,
		.bp_type = HW_BREAKPOINT_W,
		.bp_addr = (unsigned long)&self->template,
		.bp_len = HW_BREAKPOINT_LEN_4,
		.sample_type = SAMPLE_TYPE,
		.sample_period = 1,
	};
	int fd = perf_open(&attr, -1, 0, -1, 0);

	if (fd < 0)
		SKIP(return, "no breakpoints");
	expect_fd(_metadata, -EOPNOTSUPP, fd);
}

static int probe_type(const char *name)
{
	char path[128], type[16];

	snprintf(path, sizeof(path), "/sys/bus/event_source/devices/%s/type", name);
	return read_text(path, type, sizeof(type)) ? -1 : atoi(type);
}

TEST_F(refused, probes)
{
	struct perf_event_attr attr = event_attr(0, 0);
	int kprobe = probe_type("kprobe"), uprobe = probe_type("uprobe");

	if (kprobe < 0 && uprobe < 0)
		SKIP(return, "no probes");
	if (kprobe >= 0) {
		attr.type = kprobe;
		attr.kprobe_func = (unsigned long)UNCALLED_FUNCTION;
		expect_fd(_metadata, -EOPNOTSUPP, perf_open(&attr, -1, 0, -1, 0));
	}
	if (uprobe >= 0) {
		attr.type = uprobe;
		attr.uprobe_path = (unsigned long)"/proc/self/exe";
		attr.probe_offset = 0x1000;
		expect_fd(_metadata, -EOPNOTSUPP, perf_open(&attr, -1, 0, -1, 0));
	}
}

/* In a child, with one capability only: whether persist and forget are refused. */
static int both_refused(int template, int reader)
{
	if (persist(template, "test-a", "", 0, 0) != -EPERM)
		return 1;
	if (forget_fd(reader) != -EPERM)
		return 2;
	return 0;
}

TEST_F(refused, without_sys_admin)
{
	int reader = persistent_open("test-taken", 0);

	ASSERT_LE(0, reader);
	unchanged();
	EXPECT_EQ(0, as_child(CAP_PERFMON, both_refused(self->template, reader)));
	EXPECT_EQ(0, as_child(-1, both_refused(self->template, reader)));
	EXPECT_TRUE(unchanged());
	/* Enough is enough. */
	EXPECT_EQ(0, as_child(CAP_SYS_ADMIN, -persist(self->template, "test-a", "", 0, 0)));
	EXPECT_TRUE(event_exists("test-a"));
	EXPECT_EQ(0, as_child(CAP_SYS_ADMIN, -forget_fd(reader)));
	EXPECT_FALSE(event_exists("test-taken"));
	close(reader);
}

/* A counter of the persistent PMU will do, an ordinary fd will not. */
TEST_F(refused, forget)
{
	struct perf_event_attr attr = persistent_attr("test-taken");
	int fd;

	EXPECT_EQ(-EINVAL, forget_fd(self->template));
	fd = event_open(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_DUMMY, 0);
	EXPECT_EQ(-EINVAL, forget_fd(fd));
	close(fd);
	EXPECT_TRUE(event_exists("test-taken"));

	attr.sample_period = 0;
	fd = perf_open(&attr, -1, 0, -1, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(0, forget_fd(fd));
	EXPECT_FALSE(event_exists("test-taken"));
	EXPECT_EQ(-ENOENT, forget_fd(fd));
	close(fd);
}

TEST_HARNESS_MAIN
