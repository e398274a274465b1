// SPDX-License-Identifier: GPL-2.0
/*
 * The defaults can be forgotten too, for as long as the machine runs: in a guest of its own,
 * see boots.
 */
#include "../kselftest_harness.h"
#include "persist.h"

static bool own_guest(void)
{
	char cmdline[4096];

	return persist_usable() && !read_text("/proc/cmdline", cmdline, sizeof(cmdline)) &&
	       strstr(cmdline, "ras_selftest=forget");
}

/* In this order: the last one has no event left to forget. */
TEST(one_default)
{
	unsigned long mc_config, tracepoint;
	int fd, tp;
	struct perf_event_attr attr;
	struct record rec;
	struct format mc;
	struct ring ring;
	__u64 head;

	if (!own_guest())
		SKIP(return, "not a guest that may lose its defaults: see boots");
	attr = persistent_attr("mc_event");
	mc_config = pmu_config("mc_event");
	tracepoint = tracepoint_id("mc_event");
	fd = event_map(&ring, "mc_event", 0, PROT_READ);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, forget_fd(fd));
	EXPECT_FALSE(event_exists("mc_event"));
	EXPECT_EQ(-1, access(PMU_DIR "/sources/mc_event", F_OK));
	EXPECT_EQ(-1, perf_open(&attr, -1, 0, -1, 0));
	EXPECT_EQ(ENOENT, errno);

	/* It happens, and nobody captures it. */
	tp = event_open(PERF_TYPE_TRACEPOINT, tracepoint, 0);
	ASSERT_LE(0, tp);
	format_read(&mc, "ras", "mc_event");
	record_mc_event(&mc, &rec, "read error", "DIMM A1");
	head = ring_head(&ring);
	ASSERT_EQ(rec.header.size, record_write(tp, &rec));
	EXPECT_EQ(head, ring_head(&ring));
	EXPECT_EQ(0, read_count(fd).value);
	ring_unmap(&ring);
	close(fd);
	close(tp);

	/* The others do not mind. */
	EXPECT_TRUE(event_exists("mce_record"));
	EXPECT_TRUE(set_exists("ras"));

	/* The name is free, the set is not. */
	tp = event_open(PERF_TYPE_TRACEPOINT, tracepoint, 0);
	EXPECT_EQ(-EPERM, persist(tp, "mc_event", "ras", 0, 0));
	ASSERT_EQ(0, persist(tp, "mc_event", "", 0, 0));
	EXPECT_NE(mc_config, pmu_config("mc_event"));
	ASSERT_EQ(rec.header.size, record_write(tp, &rec));
	EXPECT_EQ(1, count_of("mc_event", 0));
	EXPECT_EQ(0, forget("mc_event"));
	EXPECT_FALSE(set_exists("mc_event"));
	close(tp);
}

TEST(mce_record_goes_on)
{
	struct format mce;
	struct record rec;
	struct ring ring;
	const char *why;
	__u64 pos = 0;
	int fd;

	if (!own_guest())
		SKIP(return, "not a guest that may lose its defaults: see boots");
	why = setup_inject(0, &fd, &mce);
	if (why)
		SKIP(return, "%s", why);
	ASSERT_EQ(0, ring_map(&ring, fd, RW));
	ASSERT_EQ(0, inject_many(fd, &mce, 0x1000, 3));
	EXPECT_TRUE(ring_sample(&ring, &pos, read_count(fd).id, &rec));
	ring_unmap(&ring);
	close(fd);
}

TEST(all_defaults)
{
	unsigned long tracepoint;
	struct dirent *d;
	struct format mce;
	struct record rec;
	struct ring ring;
	int fd, tp, left = 0;
	__u64 head, count;
	DIR *dir;

	if (!own_guest())
		SKIP(return, "not a guest that may lose its defaults: see boots");
	tracepoint = tracepoint_id("mce_record");
	fd = event_map(&ring, "mce_record", 0, PROT_READ);
	ASSERT_LE(0, fd);
	head = ring_head(&ring);
	count = read_count(fd).value;

	dir = opendir(PMU_DIR "/events");
	ASSERT_NE(NULL, dir);
	while ((d = readdir(dir))) {
		if (d->d_name[0] == '.')
			continue;
		EXPECT_EQ(0, forget(d->d_name)) {
			TH_LOG("%s", d->d_name);
		}
	}
	rewinddir(dir);
	while ((d = readdir(dir)))
		left += d->d_name[0] != '.';
	closedir(dir);
	EXPECT_EQ(0, left);
	/* The sets stay: their names are not for others. */
	EXPECT_TRUE(set_exists("ras"));
	EXPECT_TRUE(set_exists("software"));
	EXPECT_TRUE(set_exists("tasks"));
	EXPECT_TRUE(set_exists("devices"));
	EXPECT_TRUE(set_exists("actions"));

	tp = event_open(PERF_TYPE_TRACEPOINT, tracepoint, 0);
	ASSERT_LE(0, tp);
	format_read(&mce, "mce", "mce_record");
	record_mce(&mce, &rec, 0, 1, STATUS_CE, 0x1000);
	ASSERT_EQ(rec.header.size, record_write(tp, &rec));
	EXPECT_EQ(head, ring_head(&ring));
	EXPECT_EQ(count, read_count(fd).value);
	ring_unmap(&ring);
	close(fd);

	/* And what is new is not hampered. */
	ASSERT_EQ(0, persist(tp, "test-a", "", 0, 0));
	ASSERT_EQ(rec.header.size, record_write(tp, &rec));
	EXPECT_EQ(1, count_of("test-a", 0));
	EXPECT_EQ(0, forget("test-a"));
	close(tp);
}

TEST_HARNESS_MAIN
