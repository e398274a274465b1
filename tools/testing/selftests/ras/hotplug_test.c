// SPDX-License-Identifier: GPL-2.0
/* What a CPU had to say before it went offline is still there, and after. */
#include "../kselftest_harness.h"
#include "persist.h"

#define ONLINE	"/sys/devices/system/cpu/cpu1/online"

FIXTURE(hotplug) {
	struct format mce;
	struct record rec;
	struct ring ring;
	int fd;
};

FIXTURE_SETUP(hotplug)
{
	const char *why;

	self->fd = -1;
	if (access(ONLINE, W_OK))
		SKIP(return, "needs a CPU 1 that can go offline");
	ASSERT_TRUE(pin_to_cpu(0));
	why = setup_inject(1, &self->fd, &self->mce);
	if (why)
		SKIP(return, "%s", why);
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
TEST_F_TIMEOUT(hotplug, sleeping_reader, 90)
{
	struct pollfd p = { .fd = self->fd, .events = POLLIN };
	pid_t pid;
	int fd;

	poll(&p, 1, 0);
	pid = poll_begin(self->fd);
	ASSERT_EQ(0, write_text(ONLINE, "0"));
	ASSERT_EQ(0, write_text(ONLINE, "1"));
	EXPECT_TRUE(eventually(20, asleep(pid)));
	fd = persistent_open("mce_record", 1);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, inject_many(fd, &self->mce, 0x4000, 1));
	EXPECT_EQ(POLLIN, poll_end(pid));
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

static bool captured_on(int cpu)
{
	int fd = persistent_open("test-a", cpu);

	if (fd < 0)
		return false;
	close(fd);
	raise_signals_on(cpu, SIGNAL_A, 0, 1);
	return count_of("test-a", cpu) > 0;
}

/* What is made persistent while the CPU is off is there when it comes. */
TEST_F(hotplug, persisted_while_offline)
{
	struct format sig;
	__u64 pos, before;
	int fd, i;

	if (!persist_usable())
		SKIP(return, "nothing can be made persistent here");
	forget_tests();
	format_read(&sig, "signal", "signal_generate");
	ASSERT_EQ(0, write_text(ONLINE, "0"));
	ASSERT_EQ(0, persist_signal(SIGNAL_A, "test-a", "", 4, 0));
	raise_signals_on(0, SIGNAL_A, 1, 2);
	EXPECT_EQ(2, count_of("test-a", 0));
	EXPECT_EQ(-1, persistent_open("test-a", 1));

	ASSERT_EQ(0, write_text(ONLINE, "1"));
	/* Soon. */
	EXPECT_TRUE(eventually(20, captured_on(1)));
	fd = event_map(&self->ring, "test-a", 1, RW);
	ASSERT_LE(0, fd);
	pos = ring_head(&self->ring);
	ring_set_tail(&self->ring, pos);
	before = read_count(fd).value;
	/* With the filter that it has on the others. */
	raise_signals_on(1, SIGNAL_B, 1, 3);
	raise_signals_on(1, SIGNAL_A, 1, 5);
	raise_signals_on(0, SIGNAL_A, 1, 1);
	EXPECT_EQ(before + 5, read_count(fd).value);
	for (i = 1; i <= 5; i++) {
		ASSERT_TRUE(ring_next(&self->ring, &pos, &self->rec));
		EXPECT_EQ(i, field_get(&sig, &self->rec, "errno"));
		EXPECT_EQ(1, self->rec.cpu);
	}
	EXPECT_EQ(3, count_of("test-a", 0));

	/* Off once more, its counts stay. */
	ASSERT_EQ(0, write_text(ONLINE, "0"));
	EXPECT_EQ(before + 5, read_count(fd).value);
	EXPECT_EQ(before + 5, source_count("test-a", "count", 1));
	ASSERT_EQ(0, write_text(ONLINE, "1"));
	raise_signals_on(1, SIGNAL_A, 6, 1);
	raise_signals_on(0, SIGNAL_A, 1, 1);
	EXPECT_EQ(before + 6, read_count(fd).value);
	EXPECT_TRUE(ring_next(&self->ring, &pos, &self->rec));
	close(fd);
	EXPECT_EQ(0, forget("test-a"));
}

/* And what is forgotten while it is off does not come back. */
TEST_F(hotplug, forgotten_while_offline)
{
	struct pollfd p = { .events = POLLIN };
	int round;

	if (!persist_usable())
		SKIP(return, "nothing can be made persistent here");
	forget_tests();
	for (round = 0; round < 3; round++) {
		ASSERT_EQ(0, persist_signal(SIGNAL_A, "test-a", "", 4, 0));
		p.fd = event_map(&self->ring, "test-a", 1, PROT_READ);
		ASSERT_LE(0, p.fd);
		raise_signals_on(1, SIGNAL_A, 1, 5);
		ASSERT_TRUE(pin_to_cpu(0));
		ASSERT_EQ(0, write_text(ONLINE, "0"));
		ASSERT_EQ(0, forget("test-a"));
		EXPECT_EQ(1, poll(&p, 1, 0));
		EXPECT_TRUE(p.revents & POLLHUP);
		ASSERT_EQ(0, write_text(ONLINE, "1"));
		raise_signals_on(1, SIGNAL_A, 6, 5);
		ASSERT_TRUE(pin_to_cpu(0));
		EXPECT_EQ(5, read_count(p.fd).value);
		EXPECT_FALSE(event_exists("test-a"));
		ring_unmap(&self->ring);
		close(p.fd);
	}
}

TEST_HARNESS_MAIN
