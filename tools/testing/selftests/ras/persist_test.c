// SPDX-License-Identifier: GPL-2.0
/* PERF_EVENT_IOC_PERSIST: what it makes, what that captures, and for how long. */
#include "../kselftest_harness.h"
#include "persist.h"

FIXTURE(persist) {
	struct format sig;
	struct record rec;
	struct ring ring;
	int template;
	int fd;
};

FIXTURE_SETUP(persist)
{
	self->template = -1;
	self->fd = -1;
	if (!persist_usable())
		SKIP(return, "nothing can be made persistent here");
	forget_tests();
	format_read(&self->sig, "signal", "signal_generate");
	self->template = signal_open(SIGNAL_A, getpid());
}

FIXTURE_TEARDOWN(persist)
{
	ring_unmap(&self->ring);
	close(self->fd);
	close(self->template);
	forget_tests();
}

/* The numbers @first to @first + @n - 1, and nothing else, from *@pos on. */
static void expect_numbers(struct __test_metadata *_metadata, const struct format *sig,
			   const struct ring *ring, __u64 *pos, int first, int n)
{
	struct record rec;
	int i;

	for (i = 0; i < n; i++) {
		ASSERT_TRUE(ring_next(ring, pos, &rec)) TH_LOG("%d of %d", i, n);
		ASSERT_EQ(PERF_RECORD_SAMPLE, rec.header.type);
		EXPECT_EQ(first + i, field_get(sig, &rec, "errno"));
		EXPECT_EQ(getpid(), (pid_t)rec.pid);
	}
	EXPECT_FALSE(ring_next(ring, pos, &rec));
}

TEST_F(persist, appears_in_sysfs)
{
	size_t page = sysconf(_SC_PAGESIZE);
	char text[256], want[256], cpus[64];
	unsigned long memory;

	ASSERT_EQ(0, persist(self->template, "test-a", "", 0, 0));
	ASSERT_TRUE(event_exists("test-a"));
	EXPECT_NE(pmu_config("mce_record"), pmu_config("test-a"));
	source_text("test-a", "source", text, sizeof(text));
	snprintf(want, sizeof(want), "tracepoint=signal:signal_generate,type=0x2,config=0x%llx",
		 signal_config());
	EXPECT_STREQ(want, text);
	source_text("test-a", "set", text, sizeof(text));
	EXPECT_STREQ("test-a", text);
	source_text("test-a", "state", text, sizeof(text));
	EXPECT_STREQ("active", text);
	source_text("test-a", "count", text, sizeof(text));
	EXPECT_STREQ("0", text);
	source_text("test-a", "lost", text, sizeof(text));
	EXPECT_STREQ("0", text);
	snprintf(want, sizeof(want), "sig == %d && pid == %d", SIGNAL_A, getpid());
	source_text("test-a", "filter", text, sizeof(text));
	EXPECT_STREQ(want, text);

	ASSERT_TRUE(set_exists("test-a"));
	EXPECT_EQ(8, set_value("test-a", "data_pages"));
	EXPECT_EQ(SAMPLE_TYPE, set_value("test-a", "sample_type"));
	EXPECT_FALSE(set_keeps_last("test-a"));
	ASSERT_EQ(0, read_text(PMU_DIR "/sets/ras/cpus", cpus, sizeof(cpus)));
	ASSERT_EQ(0, read_text(PMU_DIR "/sets/test-a/cpus", text, sizeof(text)));
	EXPECT_STREQ(cpus, text);
	memory = set_value("test-a", "memory");
	EXPECT_LE(buffer_cpus() * 8 * page, memory);
	EXPECT_GE(buffer_cpus() * 10 * page, memory);
}

/* Software events by the names that perf has for them. */
TEST_F(persist, software_source)
{
	static const struct {
		__u64 config;
		const char *text;
	} want[] = {
		{ PERF_COUNT_SW_CPU_CLOCK, "event=cpu-clock,type=0x1,config=0x0,period=1000000" },
		{ PERF_COUNT_SW_PAGE_FAULTS, "event=page-faults,type=0x1,config=0x2,period=1" },
		{ PERF_COUNT_SW_CONTEXT_SWITCHES,
		  "event=context-switches,type=0x1,config=0x3,period=1" },
	};
	struct perf_event_attr attr;
	char text[256];
	size_t i;
	int fd;

	for (i = 0; i < ARRAY_SIZE(want); i++) {
		attr = event_attr(PERF_TYPE_SOFTWARE, want[i].config);
		if (want[i].config == PERF_COUNT_SW_CPU_CLOCK)
			attr.sample_period = 1000000;
		fd = perf_open(&attr, -1, 0, -1, 0);
		ASSERT_LE(0, fd);
		ASSERT_EQ(0, persist(fd, "test-a", "", 0, 0));
		source_text("test-a", "source", text, sizeof(text));
		EXPECT_STREQ(want[i].text, text);
		close(fd);
		ASSERT_EQ(0, forget("test-a"));
	}

	attr = event_attr(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK);
	attr.freq = 1;
	attr.sample_freq = 50;
	fd = perf_open(&attr, -1, 0, -1, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, persist(fd, "test-a", "", 0, 0));
	source_text("test-a", "source", text, sizeof(text));
	EXPECT_STREQ("event=cpu-clock,type=0x1,config=0x0,period=20000000", text);
	close(fd);
}

/* On every CPU, though its template was on one and is gone with the process. */
TEST_F(persist, outlives_its_creator)
{
	int cpu, status, cpus = buffer_cpus();
	pid_t pid, parent = getpid();
	struct record rec;
	__u64 pos, id;

	close(self->template);
	self->template = -1;
	pid = fork();
	if (!pid)
		_exit(-persist(signal_open(SIGNAL_A, parent), "test-a", "", 0, 0));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_EQ(0, status);

	for (cpu = 0; cpu < cpus; cpu++)
		raise_signals_on(cpu, SIGNAL_A, 100 * cpu, 5);
	for (cpu = 0; cpu < cpus; cpu++) {
		self->fd = event_map(&self->ring, "test-a", cpu, RW);
		ASSERT_LE(0, self->fd);
		EXPECT_EQ(5, read_count(self->fd).value);
		EXPECT_EQ(5, source_count("test-a", "count", cpu));
		ASSERT_EQ(0, ioctl(self->fd, PERF_EVENT_IOC_ID, &id));
		pos = 0;
		ASSERT_TRUE(ring_sample(&self->ring, &pos, id, &rec));
		EXPECT_EQ((__u32)cpu, rec.cpu);
		pos = 0;
		expect_numbers(_metadata, &self->sig, &self->ring, &pos, 100 * cpu, 5);
		ring_unmap(&self->ring);
		close(self->fd);
	}
	self->fd = -1;
	EXPECT_EQ(5 * cpus, source_count("test-a", "count", -1));
	EXPECT_EQ(0, source_count("test-a", "lost", -1));
}

/* What the template counted before is the template's. */
TEST_F(persist, begins_at_0)
{
	raise_signals_on(0, SIGNAL_A, 1, 7);
	ASSERT_EQ(0, persist(self->template, "test-a", "", 0, 0));
	EXPECT_EQ(0, count_of("test-a", 0));
	raise_signals_on(0, SIGNAL_A, 8, 2);
	EXPECT_EQ(2, count_of("test-a", 0));
	close(self->template);
	self->template = -1;
	raise_signals_on(0, SIGNAL_A, 10, 2);
	EXPECT_EQ(4, count_of("test-a", 0));
}

TEST_F(persist, set_of_its_own)
{
	size_t page = sysconf(_SC_PAGESIZE);
	__u64 head, pos = 0;
	struct ring ras;
	int fd;

	ASSERT_EQ(0, persist(self->template, "test-a", "", 2, 0));
	ASSERT_EQ(0, persist_signal(SIGNAL_B, "test-b", "test-other", 32, 0));
	EXPECT_EQ(2, set_value("test-a", "data_pages"));
	EXPECT_EQ(32, set_value("test-other", "data_pages"));
	EXPECT_FALSE(set_exists("test-b"));
	EXPECT_LE(buffer_cpus() * 2 * page, set_value("test-a", "memory"));
	EXPECT_GE(buffer_cpus() * 4 * page, set_value("test-a", "memory"));
	EXPECT_LE(buffer_cpus() * 32 * page, set_value("test-other", "memory"));

	fd = event_map(&ras, "mce_record", 0, PROT_READ);
	ASSERT_LE(0, fd);
	close(fd);
	head = ring_head(&ras);
	self->fd = event_map(&self->ring, "test-a", 0, PROT_READ);
	ASSERT_LE(0, self->fd);
	EXPECT_EQ(2 * page, self->ring.page->data_size);
	raise_signals_on(0, SIGNAL_A, 1, 3);
	raise_signals_on(0, SIGNAL_B, 50, 3);
	expect_numbers(_metadata, &self->sig, &self->ring, &pos, 1, 3);
	EXPECT_EQ(head, ring_head(&ras));
	ring_unmap(&ras);

	EXPECT_EQ(MAP_FAILED, mmap(NULL, map_len(), PROT_READ, MAP_SHARED, self->fd, 0));
	EXPECT_EQ(EINVAL, errno);
}

/* The template is as it was. */
TEST_F(persist, template_goes_on)
{
	struct ring own;
	__u64 count = 0;

	ASSERT_EQ(0, persist(self->template, "test-a", "", 0, 0));
	ASSERT_EQ(0, ring_map_len(&own, self->template, RW, 3 * sysconf(_SC_PAGESIZE)));
	raise_signals_on(0, SIGNAL_A, 1, 3);
	EXPECT_LT(0, ring_head(&own));
	ASSERT_EQ((ssize_t)sizeof(count), read(self->template, &count, sizeof(count)));
	EXPECT_EQ(3, count);
	/* Disabled and gone, without consequence. */
	ASSERT_EQ(0, ioctl(self->template, PERF_EVENT_IOC_DISABLE, 0));
	raise_signals_on(0, SIGNAL_A, 4, 3);
	EXPECT_EQ(6, count_of("test-a", 0));
	ring_unmap(&own);
}

/* With its filter, even when the template and its filter are gone. */
TEST_F(persist, filter_is_taken_over)
{
	__u64 pos = 0;

	ASSERT_EQ(0, persist(self->template, "test-a", "", 0, 0));
	raise_signals_on(0, SIGNAL_B, 50, 5);
	close(self->template);
	self->template = -1;
	raise_signals_on(0, SIGNAL_B, 50, 5);
	raise_signals_on(0, SIGNAL_A, 1, 5);
	EXPECT_EQ(5, count_of("test-a", 0));
	self->fd = event_map(&self->ring, "test-a", 0, PROT_READ);
	ASSERT_LE(0, self->fd);
	expect_numbers(_metadata, &self->sig, &self->ring, &pos, 1, 5);
}

TEST_F(persist, shared_set)
{
	int a, b, i, seen_a = 0, seen_b = 0;
	__u64 pos = 0, id_a, id_b;

	ASSERT_EQ(0, persist(self->template, "test-a", "test-set", 4, 0));
	/* 0 pages are those that it has, and so are its own. */
	ASSERT_EQ(0, persist_signal(SIGNAL_B, "test-b", "test-set", 0, 0));
	ASSERT_EQ(0, persist_signal(SIGNAL_B, "test-c", "test-set", 4, 0));
	ASSERT_EQ(0, forget("test-c"));
	EXPECT_EQ(4, set_value("test-set", "data_pages"));

	a = persistent_open("test-a", 0);
	b = persistent_open("test-b", 0);
	id_a = read_count(a).id;
	id_b = read_count(b).id;
	EXPECT_NE(id_a, id_b);
	for (i = 0; i < 10; i++)
		raise_signals_on(0, i % 3 ? SIGNAL_A : SIGNAL_B, i, 1);
	ASSERT_EQ(0, ring_map_set(&self->ring, a, RW, "test-set"));
	EXPECT_EQ(-EBUSY, ring_map_set(&(struct ring){}, b, RW, "test-set"));
	while (ring_next(&self->ring, &pos, &self->rec)) {
		EXPECT_EQ(seen_a + seen_b, field_get(&self->sig, &self->rec, "errno"));
		seen_a += self->rec.id == id_a;
		seen_b += self->rec.id == id_b;
	}
	EXPECT_EQ(6, seen_a);
	EXPECT_EQ(4, seen_b);
	EXPECT_EQ(6, read_count(a).value);
	EXPECT_EQ(4, read_count(b).value);
	close(a);
	close(b);
}

/* Page faults of this process: at least one for each fresh page, at an ip in this code. */
TEST_F(persist, software_event)
{
	size_t page = sysconf(_SC_PAGESIZE);
	int fd, i, seen = 0;
	__u64 pos = 0, id;
	char *fresh;

	fd = event_open(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, persist(fd, "test-a", "", 16, 0));
	close(fd);
	ASSERT_TRUE(pin_to_cpu(0));
	fresh = mmap(NULL, 64 * page, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, fresh);
	for (i = 0; i < 64; i++)
		fresh[i * page] = 1;
	self->fd = event_map(&self->ring, "test-a", 0, PROT_READ);
	ASSERT_LE(0, self->fd);
	id = read_count(self->fd).id;
	while (ring_sample(&self->ring, &pos, id, &self->rec))
		seen += (pid_t)self->rec.pid == getpid();
	EXPECT_LE(64, seen);
	EXPECT_LE(seen, read_count(self->fd).value);
	EXPECT_EQ(0, read_count(self->fd).lost);
	munmap(fresh, 64 * page);
}

/* Page faults of this process that @event saw in @mode; others it must not have seen. */
static int faults(struct __test_metadata *_metadata, const char *event, int mode)
{
	struct record rec;
	struct ring ring;
	__u64 pos = 0;
	int fd, n = 0;

	fd = event_map(&ring, event, 0, PROT_READ);
	ASSERT_LE(0, fd);
	while (ring_sample(&ring, &pos, 0, &rec)) {
		EXPECT_EQ(mode, rec.header.misc & PERF_RECORD_MISC_CPUMODE_MASK);
		n += (pid_t)rec.pid == getpid();
	}
	ring_unmap(&ring);
	close(fd);
	return n;
}

/* exclude_user and exclude_kernel of the template. */
TEST_F(persist, modes_are_taken_over)
{
	struct perf_event_attr attr = event_attr(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS);
	size_t page = sysconf(_SC_PAGESIZE);
	int user, kernel, zero, i;
	char *fresh;

	attr.exclude_kernel = 1;
	user = perf_open(&attr, -1, 0, -1, 0);
	ASSERT_LE(0, user);
	attr.exclude_kernel = 0;
	attr.exclude_user = 1;
	kernel = perf_open(&attr, -1, 0, -1, 0);
	ASSERT_LE(0, kernel);
	ASSERT_EQ(0, persist(user, "test-a", "", 16, 0));
	ASSERT_EQ(0, persist(kernel, "test-b", "", 16, 0));
	close(user);
	close(kernel);

	ASSERT_TRUE(pin_to_cpu(0));
	fresh = mmap(NULL, 64 * page, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, fresh);
	for (i = 0; i < 32; i++)
		fresh[i * page] = 1;
	zero = open("/dev/zero", O_RDONLY);
	ASSERT_EQ((ssize_t)(32 * page), read(zero, fresh + 32 * page, 32 * page));
	close(zero);
	EXPECT_LE(32, faults(_metadata, "test-a", PERF_RECORD_MISC_USER));
	EXPECT_LE(32, faults(_metadata, "test-b", PERF_RECORD_MISC_KERNEL));
	munmap(fresh, 64 * page);
}

/* Pids are those of the machine, whoever has made the event. */
TEST_F(persist, pid_namespace)
{
	__u64 pos = 0;
	int status;
	pid_t pid;

	pid = fork();
	if (!pid) {
		if (unshare(CLONE_NEWPID))
			_exit(125);
		pid = fork();
		if (!pid)
			_exit(-persist(self->template, "test-a", "", 0, 0));
		_exit(waitpid(pid, &status, 0) == pid ? WEXITSTATUS(status) : 124);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	if (WEXITSTATUS(status) == 125)
		SKIP(return, "no pid namespaces");
	ASSERT_EQ(0, status);
	raise_signals_on(0, SIGNAL_A, 1, 3);
	self->fd = event_map(&self->ring, "test-a", 0, PROT_READ);
	ASSERT_LE(0, self->fd);
	expect_numbers(_metadata, &self->sig, &self->ring, &pos, 1, 3);
}

/* Where the code was, if the template wants to know. */
TEST_F(persist, callchain)
{
	struct perf_event_attr attr = event_attr(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS);
	__u64 pos = 0, nr;
	int fd, n = 0;

	attr.sample_type |= PERF_SAMPLE_CALLCHAIN;
	fd = perf_open(&attr, -1, 0, -1, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, persist(fd, "test-a", "", 16, 0));
	EXPECT_EQ(SAMPLE_TYPE | PERF_SAMPLE_CALLCHAIN, set_value("test-a", "sample_type"));
	/* A set has one layout: not this event in a set without. */
	ASSERT_EQ(0, persist(self->template, "test-b", "", 0, 0));
	EXPECT_EQ(-EINVAL, persist(fd, "test-c", "test-b", 0, 0));
	close(fd);

	attr = persistent_attr("test-a");
	attr.sample_type = SAMPLE_TYPE;
	EXPECT_EQ(-1, perf_open(&attr, -1, 0, -1, 0));
	EXPECT_EQ(EINVAL, errno);
	ASSERT_TRUE(pin_to_cpu(0));
	ASSERT_EQ(0, system("true"));
	self->fd = event_map(&self->ring, "test-a", 0, PROT_READ);
	ASSERT_LE(0, self->fd);
	for (; ring_next(&self->ring, &pos, &self->rec); n++) {
		/* u64 nr, ips[nr] come before the size of the payload. */
		memcpy(&nr, &self->rec.raw_size, sizeof(nr));
		EXPECT_LT(0, nr);
		EXPECT_EQ(self->rec.header.size,
			  offsetof(struct record, raw_size) + 8 + nr * 8 + 8);
	}
	EXPECT_LT(0, n);
}

/* Written to, it is as good as any tracepoint. */
TEST_F(persist, injection)
{
	struct record rec = {};
	__u64 pos = 0;

	ASSERT_EQ(0, persist(self->template, "test-a", "", 0, 0));
	self->fd = event_map(&self->ring, "test-a", 0, RW);
	ASSERT_LE(0, self->fd);
	if (!can_inject(self->fd))
		SKIP(return, "perf fds cannot be written");
	field_set(&self->sig, &rec, "sig", SIGNAL_A);
	field_set(&self->sig, &rec, "pid", getpid());
	field_set(&self->sig, &rec, "errno", 4711);
	record_finish(&rec, self->sig.end);
	EXPECT_EQ(rec.header.size, record_write(self->fd, &rec));
	ASSERT_TRUE(ring_next(&self->ring, &pos, &self->rec));
	EXPECT_EQ(4711, field_get(&self->sig, &self->rec, "errno"));
	EXPECT_EQ(1, read_count(self->fd).value);
	/* Its filter says no. */
	field_set(&self->sig, &rec, "sig", SIGNAL_B);
	EXPECT_EQ(rec.header.size, record_write(self->fd, &rec));
	EXPECT_FALSE(ring_next(&self->ring, &pos, &self->rec));
	EXPECT_EQ(1, read_count(self->fd).value);
}

TEST_F_TIMEOUT(persist, poll_wakes, 90)
{
	struct pollfd p = { .events = POLLIN };
	pid_t pid;

	ASSERT_EQ(0, persist(self->template, "test-a", "", 0, 0));
	self->fd = persistent_open("test-a", 0);
	ASSERT_LE(0, self->fd);
	p.fd = self->fd;
	EXPECT_EQ(0, poll(&p, 1, 100));
	pid = poll_begin(self->fd);
	raise_signals_on(0, SIGNAL_A, 1, 1);
	EXPECT_EQ(POLLIN, poll_end(pid));
}

/* The longest name that there can be, and all kinds of characters. */
TEST_F(persist, names)
{
	char name[64] = "test-Az_09-";

	memset(name + strlen(name), 'x', 63 - strlen(name));
	ASSERT_EQ(0, persist(self->template, name, "", 0, 0));
	EXPECT_TRUE(event_exists(name));
	EXPECT_TRUE(set_exists(name));
	EXPECT_EQ(0, forget(name));
	EXPECT_FALSE(event_exists(name));
	EXPECT_FALSE(set_exists(name));
}

TEST_HARNESS_MAIN
