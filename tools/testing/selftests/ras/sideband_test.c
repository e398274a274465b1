// SPDX-License-Identifier: GPL-2.0
/* Redirecting other events into a persistent buffer: for its consumer only. */
#include <sys/prctl.h>

#include "../kselftest_harness.h"
#include "record.h"

#define RW	(PROT_READ | PROT_WRITE)

FIXTURE(sideband) {
	struct ring ring;
	struct record rec;
	int fd;
	int dummy;
};

/* What perf record opens beside a persistent event to learn about tasks. */
static int dummy_open(int cpu)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_DUMMY,
		.sample_type = SAMPLE_TYPE & ~PERF_SAMPLE_RAW,
		.sample_period = 1,
		.sample_id_all = 1,
		.comm = 1,
		.comm_exec = 1,
	};

	return perf_open(&attr, -1, cpu, -1, 0);
}

FIXTURE_SETUP(sideband)
{
	self->fd = -1;
	self->dummy = -1;
	if (!persistent_usable())
		SKIP(return, "no persistent events here, or not root");
	ASSERT_TRUE(pin_to_cpu(0));
	drain(0);
	self->fd = persistent_open("mce_record", 0);
	ASSERT_LE(0, self->fd);
	self->dummy = dummy_open(0);
	ASSERT_LE(0, self->dummy);
}

FIXTURE_TEARDOWN(sideband)
{
	ring_unmap(&self->ring);
	close(self->fd);
	close(self->dummy);
}

/* Whether a change of our name now reaches the buffer of CPU 0. */
static bool name_reaches_buffer(void)
{
	int fd = persistent_open("mce_record", 0);
	struct ring peek;
	__u64 head;
	bool grew;

	if (fd < 0 || ring_map(&peek, fd, PROT_READ))
		die("peek");
	head = ring_head(&peek);
	prctl(PR_SET_NAME, "sideband", 0, 0, 0);
	grew = ring_head(&peek) != head;
	ring_unmap(&peek);
	close(fd);
	return grew;
}

static int redirect(int from, long to)
{
	return ioctl(from, PERF_EVENT_IOC_SET_OUTPUT, to) ? -errno : 0;
}

TEST_F(sideband, not_without_mapping)
{
	EXPECT_EQ(-EBUSY, redirect(self->dummy, self->fd));
	EXPECT_FALSE(name_reaches_buffer());
}

TEST_F(sideband, not_for_a_peeker)
{
	ASSERT_EQ(0, ring_map(&self->ring, self->fd, PROT_READ));
	EXPECT_EQ(-EBUSY, redirect(self->dummy, self->fd));
	EXPECT_FALSE(name_reaches_buffer());
}

TEST_F(sideband, not_beside_another_consumer)
{
	int fd = persistent_open("mce_record", 0);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, ring_map(&self->ring, self->fd, RW));
	EXPECT_EQ(-EBUSY, redirect(self->dummy, fd));
	EXPECT_FALSE(name_reaches_buffer());
	close(fd);
}

TEST_F(sideband, not_from_another_cpu)
{
	int dummy;

	if (buffer_cpus() < 2)
		SKIP(return, "needs two CPUs");
	dummy = dummy_open(1);
	ASSERT_LE(0, dummy);
	ASSERT_EQ(0, ring_map(&self->ring, self->fd, RW));
	EXPECT_EQ(-EINVAL, redirect(dummy, self->fd));
	close(dummy);
}

/* Nor by way of a consumer that is itself on another CPU: writers are per CPU. */
TEST_F(sideband, not_across_cpus)
{
	struct perf_event_attr attr = persistent_attr("mce_record");
	int dummy, fd;

	if (buffer_cpus() < 2)
		SKIP(return, "needs two CPUs");
	attr.config1 = 1;
	fd = perf_open(&attr, -1, 1, -1, 0);
	dummy = dummy_open(1);
	ASSERT_LE(0, fd);
	ASSERT_LE(0, dummy);
	ASSERT_EQ(0, ring_map(&self->ring, fd, RW));
	EXPECT_EQ(-EBUSY, redirect(dummy, fd));
	close(dummy);
	close(fd);
}

TEST_F(sideband, shares_while_the_consumer_is_there)
{
	__u64 pos;
	bool comm = false;

	ASSERT_EQ(0, ring_map(&self->ring, self->fd, RW));
	ASSERT_EQ(0, redirect(self->dummy, self->fd));
	EXPECT_TRUE(name_reaches_buffer());
	pos = ring_tail(&self->ring);
	while (ring_next(&self->ring, &pos, &self->rec))
		comm |= self->rec.header.type == PERF_RECORD_COMM;
	EXPECT_TRUE(comm);
	ring_set_tail(&self->ring, pos);

	/* It leaves, and with it goes what it brought. */
	ring_unmap(&self->ring);
	EXPECT_FALSE(name_reaches_buffer());
	ASSERT_EQ(0, ring_map(&self->ring, self->fd, RW));
	EXPECT_FALSE(name_reaches_buffer());
}

TEST_F(sideband, leaves_with_a_closed_fd)
{
	ASSERT_EQ(0, ring_map(&self->ring, self->fd, RW));
	ASSERT_EQ(0, redirect(self->dummy, self->fd));
	close(self->fd);
	self->fd = -1;
	ring_unmap(&self->ring);
	EXPECT_FALSE(name_reaches_buffer());
}

TEST_F(sideband, can_be_taken_back)
{
	ASSERT_EQ(0, ring_map(&self->ring, self->fd, RW));
	ASSERT_EQ(0, redirect(self->dummy, self->fd));
	EXPECT_EQ(0, redirect(self->dummy, -1));
	EXPECT_FALSE(name_reaches_buffer());
	EXPECT_EQ(0, redirect(self->dummy, self->fd));
	EXPECT_TRUE(name_reaches_buffer());
	close(self->dummy);
	self->dummy = -1;
	EXPECT_FALSE(name_reaches_buffer());
}

/* The redirected event is no second way to a writable mapping. */
TEST_F(sideband, no_way_around_the_consumer)
{
	struct ring second;

	ASSERT_EQ(0, ring_map(&self->ring, self->fd, RW));
	ASSERT_EQ(0, redirect(self->dummy, self->fd));
	EXPECT_NE(0, ring_map(&second, self->dummy, RW));
	EXPECT_NE(0, ring_map(&second, self->dummy, PROT_READ));
	EXPECT_EQ(0, ring_map(&second, self->fd, PROT_READ));
	ring_unmap(&second);
}

/* After the consumer left, the event is an ordinary one with an own buffer. */
TEST_F(sideband, own_buffer_after_the_consumer)
{
	struct ring own;
	__u64 head;

	ASSERT_EQ(0, ring_map(&self->ring, self->fd, RW));
	ASSERT_EQ(0, redirect(self->dummy, self->fd));
	ring_unmap(&self->ring);
	ASSERT_EQ(0, ring_map(&self->ring, self->fd, PROT_READ));
	head = ring_head(&self->ring);
	if (!ring_map(&own, self->dummy, RW)) {
		prctl(PR_SET_NAME, "own", 0, 0, 0);
		EXPECT_LT(0, ring_head(&own));
		ring_set_tail(&own, ring_head(&own));
		EXPECT_EQ(head, ring_head(&self->ring));
		EXPECT_EQ(head, ring_tail(&self->ring));
		ring_unmap(&own);
	}
}

TEST_F(sideband, mapped_event_keeps_its_own)
{
	struct ring own;

	ASSERT_EQ(0, ring_map(&self->ring, self->fd, RW));
	ASSERT_EQ(0, ring_map(&own, self->dummy, RW));
	EXPECT_EQ(-EINVAL, redirect(self->dummy, self->fd));
	EXPECT_FALSE(name_reaches_buffer());
	ring_unmap(&own);
}

/* A persistent event cannot be led away from its buffer. */
TEST_F(sideband, not_out_of_the_buffer)
{
	struct ring own;
	int other;

	ASSERT_EQ(0, ring_map(&own, self->dummy, RW));
	EXPECT_NE(0, redirect(self->fd, self->dummy));
	ASSERT_EQ(0, ring_map(&self->ring, self->fd, RW));
	EXPECT_NE(0, redirect(self->fd, self->dummy));
	EXPECT_LT(0, self->ring.page->data_size);
	/* "No output" would be another way to lose it. */
	redirect(self->fd, -1);
	ring_unmap(&self->ring);
	ASSERT_EQ(0, ring_map(&self->ring, self->fd, RW));
	other = persistent_open("mce_record", 0);
	EXPECT_EQ(-EBUSY, ring_map(&(struct ring){}, other, RW));
	close(other);
	ring_unmap(&own);
}

/* Two persistent events of one perf record: perf redirects the second to the first. */
TEST_F(sideband, second_persistent_event)
{
	int second = persistent_open("mc_event", 0);

	ASSERT_LE(0, second);
	ASSERT_EQ(0, ring_map(&self->ring, self->fd, RW));
	EXPECT_EQ(0, redirect(second, self->fd));
	ring_unmap(&self->ring);
	/* And it still knows its buffer afterwards. */
	EXPECT_EQ(0, ring_map(&self->ring, second, RW));
	close(second);
}

TEST_HARNESS_MAIN
