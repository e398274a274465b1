// SPDX-License-Identifier: GPL-2.0
/* perf_persistent=off: no PMU, and nothing else is missing. */
#include "../kselftest_harness.h"
#include "log.h"
#include "record.h"

static struct perf_event_attr attr = {
	.type = PERF_TYPE_TRACEPOINT,
	.sample_type = SAMPLE_TYPE,
	.sample_period = 1,
	.read_format = PERF_FORMAT_ID | PERF_FORMAT_LOST,
};

FIXTURE(off) {
	struct format mce;
	struct record rec;
};

FIXTURE_SETUP(off)
{
	char text[4096];

	if (geteuid() || read_text("/proc/cmdline", text, sizeof(text)) ||
	    !strstr(text, "perf_persistent=off"))
		SKIP(return, "not booted with perf_persistent=off, or not root");
	ASSERT_EQ(0, read_text(TRACEFS "/events/mce/mce_record/id", text, sizeof(text)));
	attr.config = atoi(text);
	format_read(&self->mce, "mce", "mce_record");
}

FIXTURE_TEARDOWN(off)
{
}

TEST_F(off, no_pmu)
{
	char path[] = "/sys/bus/event_source/devices/tracepoint/type";

	EXPECT_NE(0, access(PMU_DIR, F_OK));
	EXPECT_EQ(ENOENT, errno);
	EXPECT_EQ(0, access(path, R_OK));
}

/* Neither for what is added before "off" nor behind it */
TEST_F(off, no_sets)
{
	struct log_line line;

	EXPECT_FALSE(log_find(&line, "perf: persistent: set ")) TH_LOG("%s", line.text);
}

TEST_F(off, ordinary_events)
{
	struct perf_event_attr clock = {
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_TASK_CLOCK,
	};
	__u64 value;
	int fd;

	fd = perf_open(&clock, 0, -1, -1, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(8, read(fd, &value, 8));
	EXPECT_LT(0, value);
	/* Not ours, so not for the ioctls of ours */
	EXPECT_EQ(-1, ioctl(fd, _IO('$', 13)));
	close(fd);
}

TEST_F(off, injection)
{
	struct ring ring;
	__u64 pos = 0;
	int fd;

	fd = perf_open(&attr, -1, 0, -1, 0);
	ASSERT_LE(0, fd);
	if (!can_inject(fd))
		SKIP(return, "perf fds cannot be written");
	ASSERT_EQ(0, ring_map_len(&ring, fd, PROT_READ | PROT_WRITE, 9 * 4096));
	ASSERT_EQ(0, inject_many(fd, &self->mce, 0x1000, 1));
	EXPECT_EQ(1, read_count(fd).value);
	ASSERT_TRUE(ring_sample(&ring, &pos, 0, &self->rec));
	EXPECT_EQ(0x1000, field_get(&self->mce, &self->rec, "addr"));
	ring_unmap(&ring);
	close(fd);
}

TEST_F(off, hotplug)
{
	const char *online = "/sys/devices/system/cpu/cpu1/online";

	if (access(online, W_OK))
		SKIP(return, "needs a CPU 1 that can go offline");
	EXPECT_EQ(0, write_text(online, "0"));
	EXPECT_EQ(0, write_text(online, "1"));
}

TEST_HARNESS_MAIN
