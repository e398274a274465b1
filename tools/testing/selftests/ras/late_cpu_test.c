// SPDX-License-Identifier: GPL-2.0
/* A CPU that was never online has no buffers; when it comes it gets them, in every set. */
#include "../kselftest_harness.h"
#include "record.h"
#include "set.h"

#define ONLINE	"/sys/devices/system/cpu/cpu%d/online"

static const char * const sets[] = { "ras", "task_newtask", "clocks" };

FIXTURE(late) {
	struct format mce;
	struct record rec;
};

static bool online(int cpu)
{
	char path[64], text[8];

	snprintf(path, sizeof(path), ONLINE, cpu);
	return !read_text(path, text, sizeof(text)) && !strcmp(text, "1");
}

static int set_online(int cpu, bool on)
{
	char path[64];

	snprintf(path, sizeof(path), ONLINE, cpu);
	return write_text(path, on ? "1" : "0");
}

static bool cpus_are(const char *set, const char *wanted)
{
	char path[512], text[64];

	snprintf(path, sizeof(path), PMU_DIR "/sets/%s/cpus", set);
	if (read_text(path, text, sizeof(text)))
		die("%s", path);
	if (!strcmp(text, wanted))
		return true;
	return false;
}

FIXTURE_SETUP(late)
{
	char text[4096];

	if (!persistent_usable())
		SKIP(return, "no persistent events here, or not root");
	ASSERT_EQ(0, read_text("/proc/cmdline", text, sizeof(text)));
	if (!strstr(text, "maxcpus=1") || access("/sys/devices/system/cpu/cpu1", F_OK))
		SKIP(return, "not booted with two CPUs of which one is online: see boots");
	format_read(&self->mce, "mce", "mce_record");
}

FIXTURE_TEARDOWN(late)
{
}

/* These depend on each other, in this order. */
TEST_F(late, none_at_first)
{
	__u64 data;
	int i;

	ASSERT_FALSE(online(1));
	for (i = 0; i < ARRAY_SIZE(sets); i++) {
		EXPECT_TRUE(cpus_are(sets[i], "0"));
		data = set_value(sets[i], "data_pages") * 4096;
		EXPECT_LE(data, set_value(sets[i], "memory"));
		EXPECT_GT(data + data / 2 + 3 * 4096, set_value(sets[i], "memory"));
	}
	EXPECT_EQ(-1, persistent_open("mce_record", 1));
	EXPECT_EQ(ENXIO, errno);
	EXPECT_EQ(-1, open_across("mce_record", 1, 0));
	EXPECT_EQ(ENXIO, errno);
}

TEST_F(late, one_with_the_cpu)
{
	__u64 before[ARRAY_SIZE(sets)], pos;
	struct ring ring;
	int i, fd;

	for (i = 0; i < ARRAY_SIZE(sets); i++)
		before[i] = set_value(sets[i], "memory");
	ASSERT_EQ(0, set_online(1, true));
	for (i = 0; i < ARRAY_SIZE(sets); i++) {
		EXPECT_TRUE(eventually(20, cpus_are(sets[i], "0-1")));
		EXPECT_EQ(2 * before[i], set_value(sets[i], "memory"));
	}
	ASSERT_TRUE(eventually(20, (fd = persistent_open("mce_record", 1)) >= 0));
	ASSERT_EQ(0, ring_map(&ring, fd, PROT_READ));
	if (!can_inject(fd))
		SKIP(return, "perf fds cannot be written");
	ASSERT_EQ(0, inject_many(fd, &self->mce, 0x2000, 2));
	EXPECT_EQ(2, read_count(fd).value);
	pos = ring_tail(&ring);
	for (i = 0; i < 2; i++) {
		ASSERT_TRUE(ring_sample(&ring, &pos, 0, &self->rec));
		EXPECT_EQ(0x2000 + i, field_get(&self->mce, &self->rec, "addr"));
		EXPECT_EQ(1, self->rec.cpu);
	}
	ring_unmap(&ring);
	close(fd);
}

/* Whatever the event is: a clock runs on a CPU that comes late, too. */
TEST_F(late, every_event_is_on_it)
{
	struct count first;
	int fd;

	ASSERT_TRUE(online(1));
	ASSERT_TRUE(pin_to_cpu(1));
	fd = persistent_open("cpu-clock", 1);
	ASSERT_LE(0, fd);
	first = read_count(fd);
	EXPECT_TRUE(eventually(20, read_count(fd).value > first.value));
	EXPECT_LT(0, first.value);
	close(fd);
	fd = persistent_open("task_newtask", 1);
	ASSERT_LE(0, fd);
	first = read_count(fd);
	if (!fork())
		_exit(0);
	EXPECT_LT(first.value, read_count(fd).value);
	close(fd);
}

TEST_F(late, kept_when_it_goes_again)
{
	__u64 memory = set_value("ras", "memory"), pos;
	struct ring ring;
	int fd, i;

	ASSERT_TRUE(online(1));
	ASSERT_EQ(0, set_online(1, false));
	EXPECT_TRUE(cpus_are("ras", "0-1"));
	EXPECT_EQ(memory, set_value("ras", "memory"));
	EXPECT_EQ(-1, persistent_open("mce_record", 1));
	EXPECT_EQ(ENODEV, errno);
	fd = open_across("mce_record", 1, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, ring_map(&ring, fd, PROT_READ));
	pos = ring_tail(&ring);
	for (i = 0; i < 2; i++) {
		ASSERT_TRUE(ring_sample(&ring, &pos, 0, &self->rec));
		EXPECT_EQ(0x2000 + i, field_get(&self->mce, &self->rec, "addr"));
	}
	ring_unmap(&ring);
	close(fd);
	/* Back with the buffer it had */
	ASSERT_EQ(0, set_online(1, true));
	EXPECT_EQ(memory, set_value("ras", "memory"));
}

TEST_HARNESS_MAIN
