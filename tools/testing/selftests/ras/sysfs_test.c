// SPDX-License-Identifier: GPL-2.0
/* What sysfs says of the persistent events is what tracefs and perf say. */
#include <dirent.h>
#include <sys/stat.h>

#include "../kselftest_harness.h"
#include "record.h"

static void pmu_text(const char *file, char *buf, size_t size)
{
	char path[768];

	snprintf(path, sizeof(path), PMU_DIR "/%s", file);
	if (read_text(path, buf, size))
		die("%s", path);
}

FIXTURE(sysfs) {
};

FIXTURE_SETUP(sysfs)
{
	if (!persistent_usable())
		SKIP(return, "no persistent events here, or not root");
}

FIXTURE_TEARDOWN(sysfs)
{
}

TEST_F(sysfs, type_and_format)
{
	char text[256];

	/* A dynamic type, behind those with a number of their own. */
	EXPECT_LT(PERF_TYPE_MAX - 1, pmu_value("type", NULL));
	pmu_text("format/event", text, sizeof(text));
	EXPECT_STREQ("config:0-31", text);
	pmu_text("format/buffer", text, sizeof(text));
	EXPECT_STREQ("config1:0-31", text);
}

/* What sets/NAME says of a set, and what its buffers are. */
static void check_set(struct __test_metadata *_metadata, const char *name)
{
	unsigned long pages = set_value(name, "data_pages"), bytes = set_value(name, "memory");
	size_t page = sysconf(_SC_PAGESIZE);
	char file[512], cpus[128], present[128], text[64];

	EXPECT_LT(0, pages);
	EXPECT_EQ(0, pages & (pages - 1));
	snprintf(file, sizeof(file), "sets/%s/sample_type", name);
	pmu_text(file, text, sizeof(text));
	EXPECT_TRUE(!strcmp(text, "0x4c7") || !strcmp(text, "0x4e7")) TH_LOG("%s", text);
	snprintf(file, sizeof(file), "sets/%s/keep", name);
	pmu_text(file, text, sizeof(text));
	EXPECT_TRUE(!strcmp(text, "first") || !strcmp(text, "last")) TH_LOG("%s", text);

	/* All CPUs of the guest have been online once. */
	snprintf(file, sizeof(file), "sets/%s/cpus", name);
	pmu_text(file, cpus, sizeof(cpus));
	ASSERT_EQ(0, read_text("/sys/devices/system/cpu/present", present, sizeof(present)));
	EXPECT_STREQ(present, cpus);

	/* The header page and some bookkeeping may be counted, or not. */
	EXPECT_LE(buffer_cpus() * pages * page, bytes);
	EXPECT_GE(buffer_cpus() * (pages + 2) * page, bytes);
}

TEST_F(sysfs, default_set)
{
	struct perf_event_attr attr = persistent_attr("mce_record");
	char text[128];
	struct ring ring;
	int fd;

	source_text("mce_record", "set", text, sizeof(text));
	EXPECT_STREQ("ras", text);
	pmu_text("sets/ras/sample_type", text, sizeof(text));
	EXPECT_STREQ("0x4c7", text);
	pmu_text("sets/ras/keep", text, sizeof(text));
	EXPECT_STREQ("first", text);
	EXPECT_EQ(8, set_value("ras", "data_pages"));

	attr.sample_type = SAMPLE_TYPE;
	fd = perf_open(&attr, -1, 0, -1, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, ring_map(&ring, fd, PROT_READ));
	EXPECT_EQ(8 * sysconf(_SC_PAGESIZE), ring.page->data_size);
	ring_unmap(&ring);
	close(fd);
}

/* What was before sets and states. */
TEST_F(sysfs, old_files_are_gone)
{
	struct stat st;

	EXPECT_EQ(-1, access(PMU_DIR "/buffer", F_OK));
	ASSERT_EQ(0, stat(PMU_DIR "/sources/mce_record", &st));
	EXPECT_TRUE(S_ISDIR(st.st_mode));
}

/* For each of @dir's files call @check with its name; returns how many. */
static int each_file(const char *dir, struct __test_metadata *_metadata,
		     void (*check)(struct __test_metadata *_metadata, const char *name))
{
	char path[256];
	struct dirent *d;
	DIR *stream;
	int n = 0;

	snprintf(path, sizeof(path), PMU_DIR "/%s", dir);
	stream = opendir(path);
	if (!stream)
		die("%s", path);
	while ((d = readdir(stream))) {
		if (d->d_name[0] == '.')
			continue;
		check(_metadata, d->d_name);
		n++;
	}
	closedir(stream);
	return n;
}

/* Its module is not loaded. */
static bool is_pending(const char *name)
{
	char text[32];

	source_text(name, "state", text, sizeof(text));
	return !strcmp(text, "pending");
}

static void check_event(struct __test_metadata *_metadata, const char *name)
{
	char file[512], text[256], want[64];
	struct count count;
	int fd;

	snprintf(file, sizeof(file), "events/%s", name);
	pmu_text(file, text, sizeof(text));
	snprintf(want, sizeof(want), "event=0x%lx", pmu_config(name));
	EXPECT_STREQ(want, text);

	if (is_pending(name))
		return;
	fd = persistent_open(name, 0);
	ASSERT_LE(0, fd) TH_LOG("open %s", name);
	count = read_count(fd);
	EXPECT_NE(0, count.id);
	close(fd);
}

static void check_private(struct __test_metadata *_metadata, const char *name,
			  const char *what)
{
	char path[768];
	struct stat st;

	snprintf(path, sizeof(path), PMU_DIR "/sources/%s/%s", name, what);
	ASSERT_EQ(0, stat(path, &st));
	EXPECT_EQ(0400, st.st_mode & 07777) TH_LOG("%s", path);
}

/* A count of errors is not for everybody's eyes. */
static void check_count(struct __test_metadata *_metadata, const char *name, const char *what)
{
	__u64 total, sum = 0;
	char text[1024];
	int i;

	check_private(_metadata, name, what);
	source_text(name, what, text, sizeof(text));
	total = source_count(name, what, -1);
	for (i = 0; i < buffer_cpus(); i++)
		sum += source_count(name, what, i);
	EXPECT_EQ(total, sum) TH_LOG("%s/%s: %s", name, what, text);
	/* CPUs without any are not named. */
	EXPECT_EQ(NULL, strstr(text, "=0"));
	if (!total)
		EXPECT_STREQ("0", text);
}

/* A word, or a range of two */
static bool severity_valid(const char *text)
{
	static const char * const words[] = {
		"info", "corrected", "recovered", "uncorrected", "fatal",
	};
	char range[64];
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(words); i++) {
		if (!strcmp(text, words[i]))
			return true;
		for (j = i + 1; j < ARRAY_SIZE(words); j++) {
			snprintf(range, sizeof(range), "%s-%s", words[i], words[j]);
			if (!strcmp(text, range))
				return true;
		}
	}
	return false;
}

static void check_source(struct __test_metadata *_metadata, const char *name)
{
	char file[768], text[256], system[64], event[64], id[32];
	struct perf_event_attr attr = { .sample_period = 1 };
	unsigned int type, config;
	int fd, n;

	source_text(name, "driver", text, sizeof(text));
	EXPECT_NE(0, strlen(text)) TH_LOG("%s: no driver", name);
	source_text(name, "severity", text, sizeof(text));
	EXPECT_TRUE(severity_valid(text)) TH_LOG("%s: severity %s", name, text);
	source_text(name, "set", text, sizeof(text));
	snprintf(file, sizeof(file), PMU_DIR "/sets/%s", text);
	EXPECT_EQ(0, access(file, F_OK));
	check_count(_metadata, name, "count");
	check_count(_metadata, name, "lost");
	check_private(_metadata, name, "filter");
	source_text(name, "filter", text, sizeof(text));
	EXPECT_STREQ(strcmp(name, "fatal_signal") ? "" : "severity > 0", text);

	source_text(name, "source", text, sizeof(text));
	if (is_pending(name)) {
		EXPECT_EQ(NULL, strchr(text, ',')) TH_LOG("%s", text);
		return;
	}
	n = sscanf(text, "tracepoint=%63[^:]:%63[^,],type=0x%x,config=0x%x",
		   system, event, &type, &config);
	ASSERT_EQ(4, n) TH_LOG("%s", text);
	EXPECT_STREQ(name, event);
	EXPECT_EQ(PERF_TYPE_TRACEPOINT, type);
	snprintf(file, sizeof(file), TRACEFS "/events/%s/%s/id", system, event);
	ASSERT_EQ(0, read_text(file, id, sizeof(id)));
	EXPECT_EQ(config, strtoul(id, NULL, 10));

	attr.type = type;
	attr.config = config;
	fd = perf_open(&attr, -1, 0, -1, 0);
	EXPECT_LE(0, fd);
	close(fd);
	/* What has a source is an event, and the other way round. */
	EXPECT_TRUE(event_exists(name));
}

TEST_F(sysfs, events_and_sources)
{
	int events, sources;

	events = each_file("events", _metadata, check_event);
	sources = each_file("sources", _metadata, check_source);
	EXPECT_LT(0, events);
	EXPECT_EQ(events, sources);
}

TEST_F(sysfs, sets)
{
	EXPECT_LE(1, each_file("sets", _metadata, check_set));
}

/* The files say what read() says, for each CPU. */
TEST_F(sysfs, counts_are_those_of_read)
{
	int cpu, fd, n = buffer_cpus();
	struct format mce;
	struct count now;
	const char *why;

	for (cpu = 0; cpu < n; cpu++) {
		why = setup_inject(cpu, &fd, &mce);
		if (why)
			SKIP(return, "%s", why);
		/* More than fit. */
		ASSERT_EQ(0, inject_many(fd, &mce, 0x1000, 300 + cpu));
		now = read_count(fd);
		EXPECT_LT(0, now.lost);
		EXPECT_EQ(now.value, source_count("mce_record", "count", cpu));
		EXPECT_EQ(now.lost, source_count("mce_record", "lost", cpu));
		close(fd);
	}
	check_count(_metadata, "mce_record", "count");
	check_count(_metadata, "mce_record", "lost");
	drain_all();
}

/* What the issue promises to be on by default, where the kernel has it. */
TEST_F(sysfs, defaults)
{
	static const struct {
		const char *event, *set, *driver, *severity;
	} defaults[] = {
		{ "mce/mce_record", "ras", "mce", "corrected-fatal" },
		{ "mce/mce_filtered", "ras", "mce", "info" },
		{ "ras/mc_event", "ras", "edac", "corrected-fatal" },
		{ "ras/edac_device_event", "ras", "edac_device", "corrected-uncorrected" },
		{ "ras/edac_pci_event", "ras", "edac_pci", "uncorrected" },
		{ "ras/aer_event", "ras", "aer", "corrected-fatal" },
		{ "ras/non_standard_event", "ras", "ghes", "info-fatal" },
		{ "ras/extlog_mem_event", "ras", "acpi_extlog", "corrected-fatal" },
		{ "ras/cper_event", "ras", "bert ghes", "info-fatal" },
		{ "ras/memory_failure_event", "ras", "memory-failure", "recovered-uncorrected" },
		{ "ras/memory_failure_task", "ras", "memory-failure", "recovered-uncorrected" },
		{ "ras/page_offline", "ras", "memory-failure", "corrected-uncorrected" },
		{ "ras/cec_event", "ras", "cec", "info-corrected" },
		{ "ras/iommu_fault", "ras", "iommu", "uncorrected" },
		{ "ras/cpu_throttle", "ras", "therm_throt", "info-corrected" },
		{ "ras/soft_lockup", "software", "watchdog", "uncorrected" },
		{ "ras/hard_lockup", "software", "watchdog", "uncorrected" },
		{ "ras/rcu_stall", "software", "rcu", "uncorrected" },
		{ "ras/hung_task", "software", "hung_task", "uncorrected" },
		{ "ras/kernel_warning", "software", "panic", "recovered" },
		{ "ras/kernel_oops", "software", "oops", "uncorrected" },
		{ "ras/kernel_panic", "software", "panic", "fatal" },
		{ "ras/fatal_signal", "tasks", "signal", "uncorrected" },
		{ "oom/mark_victim", "tasks", "oom", "uncorrected" },
		{ "ras/action", "actions", "action", "info-recovered" },
		{ "block/block_rq_error", "devices", "block", "uncorrected" },
		{ "thermal/thermal_zone_trip", "devices", "thermal", "info-fatal" },
	};
	char path[256], text[64];
	const char *name;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(defaults); i++) {
		snprintf(path, sizeof(path), TRACEFS "/events/%s/id", defaults[i].event);
		name = strchr(defaults[i].event, '/') + 1;
		EXPECT_EQ(!access(path, R_OK), event_exists(name)) TH_LOG("%s", name);
		if (!event_exists(name))
			continue;
		source_text(name, "set", text, sizeof(text));
		EXPECT_STREQ(defaults[i].set, text) TH_LOG("%s", name);
		source_text(name, "driver", text, sizeof(text));
		EXPECT_STREQ(defaults[i].driver, text) TH_LOG("%s", name);
		source_text(name, "severity", text, sizeof(text));
		EXPECT_STREQ(defaults[i].severity, text) TH_LOG("%s", name);
	}

	/* In this guest the module is there, and not loaded. */
	source_text("scsi_dispatch_cmd_timeout", "state", text, sizeof(text));
	EXPECT_STREQ("pending", text);
}

TEST_F(sysfs, ids_are_those_of_the_samples)
{
	struct format mce;
	struct record rec;
	struct ring ring;
	__u64 id, pos;
	int fd, cpu, n = buffer_cpus();

	format_read(&mce, "mce", "mce_record");
	for (cpu = 0; cpu < n; cpu++) {
		drain(cpu);
		fd = persistent_open("mce_record", cpu);
		ASSERT_LE(0, fd);
		if (!can_inject(fd))
			SKIP(return, "perf fds cannot be written");
		ASSERT_EQ(0, ioctl(fd, PERF_EVENT_IOC_ID, &id));
		EXPECT_EQ(id, read_count(fd).id);
		ASSERT_EQ(0, ring_map(&ring, fd, PROT_READ));
		ASSERT_EQ(0, inject_many(fd, &mce, 0x1000, 1));
		pos = ring_tail(&ring);
		ASSERT_TRUE(ring_sample(&ring, &pos, 0, &rec));
		EXPECT_EQ(id, rec.id);
		ring_unmap(&ring);
		close(fd);
	}
}

/* Two openers of the same event get the same id, other events and CPUs another. */
TEST_F(sysfs, ids_are_stable_and_distinct)
{
	__u64 a, b, c;
	int fd = persistent_open("mce_record", 0);

	a = read_count(fd).id;
	close(fd);
	fd = persistent_open("mce_record", 0);
	b = read_count(fd).id;
	close(fd);
	fd = persistent_open("mc_event", 0);
	c = read_count(fd).id;
	close(fd);
	EXPECT_EQ(a, b);
	EXPECT_NE(a, c);
}

TEST_HARNESS_MAIN
