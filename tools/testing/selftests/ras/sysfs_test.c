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

TEST_F(sysfs, buffer)
{
	struct perf_event_attr attr = persistent_attr("mce_record");
	unsigned long pages = pmu_value("buffer/data_pages", NULL);
	char cpus[128], possible[128];
	struct ring ring;
	int fd;

	EXPECT_LT(0, pages);
	EXPECT_EQ(0, pages & (pages - 1));
	EXPECT_EQ(SAMPLE_TYPE, pmu_value("buffer/sample_type", NULL));
	pmu_text("buffer/sample_type", cpus, sizeof(cpus));
	EXPECT_STREQ("0x4c7", cpus);

	attr.sample_type = pmu_value("buffer/sample_type", NULL);
	fd = perf_open(&attr, -1, 0, -1, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, ring_map(&ring, fd, PROT_READ));
	EXPECT_EQ(pages * sysconf(_SC_PAGESIZE), ring.page->data_size);
	ring_unmap(&ring);
	close(fd);

	/* All CPUs of the guest have been online once. */
	pmu_text("buffer/cpus", cpus, sizeof(cpus));
	ASSERT_EQ(0, read_text("/sys/devices/system/cpu/present", possible, sizeof(possible)));
	EXPECT_STREQ(possible, cpus);
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

static void check_event(struct __test_metadata *_metadata, const char *name)
{
	char file[512], text[256], want[64];
	struct count count;
	int fd;

	snprintf(file, sizeof(file), "events/%s", name);
	pmu_text(file, text, sizeof(text));
	snprintf(want, sizeof(want), "event=0x%lx", pmu_config(name));
	EXPECT_STREQ(want, text);

	fd = persistent_open(name, 0);
	ASSERT_LE(0, fd) TH_LOG("open %s", name);
	count = read_count(fd);
	EXPECT_NE(0, count.id);
	close(fd);
}

static void check_source(struct __test_metadata *_metadata, const char *name)
{
	char file[768], text[256], system[64], event[64], id[32];
	unsigned int type, config;
	struct perf_event_attr attr = { .sample_period = 1 };
	int fd, n;

	snprintf(file, sizeof(file), "sources/%s", name);
	pmu_text(file, text, sizeof(text));
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

/* What the issue promises to be on by default, where the kernel has it. */
TEST_F(sysfs, defaults)
{
	static const char * const defaults[] = {
		"mce/mce_record", "ras/mc_event", "ras/aer_event", "ras/non_standard_event",
		"ras/extlog_mem_event", "ras/memory_failure_event",
	};
	char path[256];
	bool found;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(defaults); i++) {
		snprintf(path, sizeof(path), TRACEFS "/events/%s/id", defaults[i]);
		found = event_exists(strchr(defaults[i], '/') + 1);
		EXPECT_EQ(!access(path, R_OK), found);
	}
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
