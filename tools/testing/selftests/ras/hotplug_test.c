// SPDX-License-Identifier: GPL-2.0
/* What a CPU had to say before it went offline is still there, and after. */
#include <signal.h>

#include "../kselftest_harness.h"
#include "record.h"

#define ONLINE	"/sys/devices/system/cpu/cpu1/online"
#define RW	(PROT_READ | PROT_WRITE)

FIXTURE(hotplug) {
	struct format mce;
	struct record rec;
	struct ring ring;
	int fd;
};

FIXTURE_SETUP(hotplug)
{
	self->fd = -1;
	if (!persistent_usable())
		SKIP(return, "no persistent events here, or not root");
	if (buffer_cpus() < 2 || access(ONLINE, W_OK))
		SKIP(return, "needs a CPU 1 that can go offline");
	ASSERT_TRUE(pin_to_cpu(0));
	drain_all();
	self->fd = persistent_open("mce_record", 1);
	ASSERT_LE(0, self->fd);
	if (!can_inject(self->fd))
		SKIP(return, "perf fds cannot be written");
	format_read(&self->mce, "mce", "mce_record");
}

FIXTURE_TEARDOWN(hotplug)
{
	/* Whatever happened, the next test wants its CPU. */
	write_text(ONLINE, "1");
	ring_unmap(&self->ring);
	close(self->fd);
}

/* CPU 1's buffer from CPU 0. */
static int open_across(const char *event)
{
	struct perf_event_attr attr = persistent_attr(event);

	attr.config1 = 1 + 1;
	return perf_open(&attr, -1, 0, -1, 0);
}

TEST_F(hotplug, unread_records_survive)
{
	struct count before, after;
	struct ring peek;
	__u64 pos;
	int fd, i;

	ASSERT_EQ(0, inject_many(self->fd, &self->mce, 0x1000, 5));
	before = read_count(self->fd);
	ASSERT_EQ(0, write_text(ONLINE, "0"));

	/* The CPU itself cannot be opened, its buffer can. */
	EXPECT_EQ(-1, persistent_open("mce_record", 1));
	EXPECT_EQ(ENODEV, errno);
	fd = open_across("mce_record");
	ASSERT_LE(0, fd);
	after = read_count(fd);
	EXPECT_EQ(before.value, after.value);
	EXPECT_EQ(before.id, after.id);
	ASSERT_EQ(0, ring_map(&peek, fd, PROT_READ));
	pos = ring_tail(&peek);
	for (i = 0; i < 5; i++) {
		ASSERT_TRUE(ring_sample(&peek, &pos, before.id, &self->rec));
		EXPECT_EQ(0x1000 + i, field_get(&self->mce, &self->rec, "addr"));
		EXPECT_EQ(1, self->rec.cpu);
	}
	EXPECT_FALSE(ring_next(&peek, &pos, &self->rec));

	ASSERT_EQ(0, write_text(ONLINE, "1"));
	EXPECT_EQ(pos, ring_head(&peek));
	EXPECT_EQ(before.value, read_count(fd).value);
	pos = ring_tail(&peek);
	for (i = 0; i < 5; i++) {
		ASSERT_TRUE(ring_sample(&peek, &pos, before.id, &self->rec));
		EXPECT_EQ(0x1000 + i, field_get(&self->mce, &self->rec, "addr"));
	}
	ring_unmap(&peek);
	close(fd);
}

/* Consume through CPU 0 while CPU 1 is off, then go on when it is back. */
TEST_F(hotplug, consumed_while_offline)
{
	__u64 pos, id;
	int fd, i;

	ASSERT_EQ(0, inject_many(self->fd, &self->mce, 0x2000, 3));
	ASSERT_EQ(0, ioctl(self->fd, PERF_EVENT_IOC_ID, &id));
	ASSERT_EQ(0, write_text(ONLINE, "0"));
	fd = open_across("mce_record");
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, ring_map(&self->ring, fd, RW));
	pos = ring_tail(&self->ring);
	ASSERT_TRUE(ring_sample(&self->ring, &pos, id, &self->rec));
	ring_set_tail(&self->ring, pos);
	ASSERT_EQ(0, write_text(ONLINE, "1"));

	EXPECT_TRUE(eventually(20, persistent_open("mce_record", 1) >= 0));
	ASSERT_EQ(0, inject_many(self->fd, &self->mce, 0x2003, 2));
	for (i = 1; i < 5; i++) {
		ASSERT_TRUE(ring_sample(&self->ring, &pos, id, &self->rec));
		EXPECT_EQ(0x2000 + i, field_get(&self->mce, &self->rec, "addr"));
	}
	EXPECT_FALSE(ring_next(&self->ring, &pos, &self->rec));
	close(fd);
}

TEST_F(hotplug, capture_goes_on)
{
	struct count before, after;
	struct pollfd poll_fd;
	__u64 pos;
	int fd, round;

	before = read_count(self->fd);
	ASSERT_EQ(0, ring_map(&self->ring, self->fd, RW));
	pos = ring_tail(&self->ring);
	for (round = 0; round < 3; round++) {
		ASSERT_EQ(0, write_text(ONLINE, "0"));
		/* Nothing can happen on a CPU that is off. */
		record_mce(&self->mce, &self->rec, 1, 1, STATUS_CE, 0x1000);
		EXPECT_EQ(-ENODEV, record_write(self->fd, &self->rec));
		ASSERT_EQ(0, write_text(ONLINE, "1"));

		/* An fd of today and the one from before the first time. */
		fd = persistent_open("mce_record", 1);
		ASSERT_LE(0, fd);
		poll_fd = (struct pollfd) { .fd = fd, .events = POLLIN };
		poll(&poll_fd, 1, 0);
		ASSERT_EQ(0, inject_many(fd, &self->mce, 0x3000 + round, 1));
		EXPECT_EQ(1, poll(&poll_fd, 1, 20000));
		after = read_count(fd);
		EXPECT_EQ(before.id, after.id);
		EXPECT_EQ(before.value + round + 1, after.value);
		EXPECT_EQ(after.value, read_count(self->fd).value);
		ASSERT_TRUE(ring_sample(&self->ring, &pos, before.id, &self->rec));
		EXPECT_EQ(0x3000 + round, field_get(&self->mce, &self->rec, "addr"));
		close(fd);
	}
	EXPECT_FALSE(ring_next(&self->ring, &pos, &self->rec));
}

/* Whoever waited before the CPU went is woken by what comes after. */
TEST_F(hotplug, sleeping_reader)
{
	int status, ready[2], fd;
	pid_t pid;
	char c;

	ASSERT_EQ(0, pipe(ready));
	pid = fork();
	if (!pid) {
		struct pollfd p = { .fd = self->fd, .events = POLLIN };

		poll(&p, 1, 0);
		if (write(ready[1], "r", 1) != 1)
			_exit(1);
		do {
			if (poll(&p, 1, 25000) != 1)
				_exit(2);
		} while (!(p.revents & POLLIN));
		_exit(0);
	}
	ASSERT_EQ(1, read(ready[0], &c, 1));
	ASSERT_EQ(0, write_text(ONLINE, "0"));
	ASSERT_EQ(0, write_text(ONLINE, "1"));
	EXPECT_EQ(0, waitpid(pid, &status, WNOHANG));
	fd = persistent_open("mce_record", 1);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, inject_many(fd, &self->mce, 0x4000, 1));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	close(fd);
}

/* The place of the consumer is the buffer's, not the CPU's. */
TEST_F(hotplug, one_consumer_across)
{
	struct ring second;
	int fd;

	ASSERT_EQ(0, ring_map(&self->ring, self->fd, RW));
	ASSERT_EQ(0, write_text(ONLINE, "0"));
	fd = open_across("mc_event");
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EBUSY, ring_map(&second, fd, RW));
	ring_unmap(&self->ring);
	EXPECT_EQ(0, ring_map(&second, fd, RW));
	ring_unmap(&second);
	close(fd);
	ASSERT_EQ(0, write_text(ONLINE, "1"));
	ASSERT_EQ(0, ring_map(&self->ring, self->fd, RW));
}

/* Losses of before count on too. */
TEST_F(hotplug, lost_count_survives)
{
	struct count before, after;
	int fd;

	ASSERT_EQ(0, inject_many(self->fd, &self->mce, 0x5000, 400));
	before = read_count(self->fd);
	EXPECT_LT(0, before.lost);
	ASSERT_EQ(0, write_text(ONLINE, "0"));
	fd = open_across("mce_record");
	ASSERT_LE(0, fd);
	EXPECT_EQ(before.lost, read_count(fd).lost);
	close(fd);
	ASSERT_EQ(0, write_text(ONLINE, "1"));
	fd = persistent_open("mce_record", 1);
	ASSERT_LE(0, fd);
	after = read_count(fd);
	EXPECT_EQ(before.lost, after.lost);
	EXPECT_EQ(before.value, after.value);
	close(fd);
	drain(1);
}

TEST_HARNESS_MAIN
