// SPDX-License-Identifier: GPL-2.0
/* One consumer per buffer, any number of peekers, and a tail that outlives both. */
#include <signal.h>
#include <sys/prctl.h>

#include "../kselftest_harness.h"
#include "record.h"

#define RW	(PROT_READ | PROT_WRITE)

FIXTURE(consumer) {
	struct format mce;
	struct record rec;
	struct ring ring;
	int fd;
};

FIXTURE_SETUP(consumer)
{
	const char *why = setup_inject(0, &self->fd, &self->mce);

	if (why)
		SKIP(return, "%s", why);
	ASSERT_TRUE(pin_to_cpu(0));
}

FIXTURE_TEARDOWN(consumer)
{
	ring_unmap(&self->ring);
	close(self->fd);
}

/* 0 if the consumer's place is free, otherwise what a candidate is told. */
static int candidate(void)
{
	int fd = persistent_open("mc_event", 0), ret;
	struct ring ring;

	if (fd < 0)
		die("open");
	ret = ring_map(&ring, fd, RW);
	if (!ret)
		ring_unmap(&ring);
	close(fd);
	return ret;
}

/* A child that holds the writable mapping until told to go or killed. */
static pid_t consumer_child(int *go)
{
	int ready[2], leave[2];
	struct ring ring;
	pid_t pid;
	char c;

	if (pipe(ready) || pipe(leave))
		die("pipe");
	pid = fork();
	if (!pid) {
		int fd = persistent_open("mce_record", 0);

		close(leave[1]);
		if (fd < 0 || ring_map(&ring, fd, RW))
			_exit(1);
		if (write(ready[1], "r", 1) != 1 || read(leave[0], &c, 1) != 1)
			_exit(2);
		_exit(0);
	}
	close(ready[1]);
	close(leave[0]);
	if (read(ready[0], &c, 1) != 1)
		die("consumer child");
	close(ready[0]);
	*go = leave[1];
	return pid;
}

TEST_F(consumer, second_refused)
{
	struct ring second;
	int fd;

	ASSERT_EQ(0, ring_map(&self->ring, self->fd, RW));
	EXPECT_EQ(-EBUSY, candidate());
	/* Neither on the same fd nor on one of the same event. */
	EXPECT_EQ(-EBUSY, ring_map(&second, self->fd, RW));
	fd = persistent_open("mce_record", 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EBUSY, ring_map(&second, fd, RW));
	/* Write-only is writable too. */
	EXPECT_EQ(-EBUSY, ring_map(&second, fd, PROT_WRITE));
	close(fd);
	ring_unmap(&self->ring);
	EXPECT_EQ(0, candidate());
}

TEST_F(consumer, each_cpu_has_its_own)
{
	struct ring other;
	int fd;

	if (buffer_cpus() < 2)
		SKIP(return, "needs two CPUs");
	ASSERT_EQ(0, ring_map(&self->ring, self->fd, RW));
	fd = persistent_open("mce_record", 1);
	ASSERT_LE(0, fd);
	EXPECT_EQ(0, ring_map(&other, fd, RW));
	EXPECT_NE(self->ring.page, other.page);
	ring_unmap(&other);
	close(fd);
}

/* config1 names the buffer, whatever CPU the event itself is on. */
TEST_F(consumer, second_refused_through_another_cpu)
{
	struct perf_event_attr attr = persistent_attr("mce_record");
	struct ring second;
	int fd;

	if (buffer_cpus() < 2)
		SKIP(return, "needs two CPUs");
	ASSERT_EQ(0, ring_map(&self->ring, self->fd, RW));
	attr.config1 = 1;
	fd = perf_open(&attr, -1, 1, -1, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EBUSY, ring_map(&second, fd, RW));
	EXPECT_EQ(0, ring_map(&second, fd, PROT_READ));
	ASSERT_EQ(0, inject_many(self->fd, &self->mce, 0x5000, 1));
	EXPECT_EQ(ring_head(&self->ring), ring_head(&second));
	ring_unmap(&second);
	close(fd);
}

TEST_F(consumer, place_free_after_exit_and_kill)
{
	int status, go, i;
	pid_t pid;

	for (i = 0; i < 2; i++) {
		pid = consumer_child(&go);
		EXPECT_EQ(-EBUSY, candidate());
		if (i)
			kill(pid, SIGKILL);
		else
			ASSERT_EQ(1, write(go, "g", 1));
		ASSERT_EQ(pid, waitpid(pid, &status, 0));
		EXPECT_TRUE(i ? WIFSIGNALED(status) : !status);
		EXPECT_TRUE(eventually(20, !candidate()));
		close(go);
	}
}

/* Closing the fd is not enough: the mapping is the consumer. */
TEST_F(consumer, place_kept_after_close)
{
	ASSERT_EQ(0, ring_map(&self->ring, self->fd, RW));
	close(self->fd);
	self->fd = -1;
	EXPECT_EQ(-EBUSY, candidate());
	ring_unmap(&self->ring);
	EXPECT_EQ(0, candidate());
}

TEST_F(consumer, peek)
{
	struct ring peek;
	__u64 tail, pos;
	int fd;

	ASSERT_EQ(0, ring_map(&self->ring, self->fd, RW));
	fd = persistent_open("mce_record", 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, ring_map(&peek, fd, PROT_READ));
	tail = ring_tail(&self->ring);
	ASSERT_EQ(0, inject_many(self->fd, &self->mce, 0x1000, 3));
	pos = ring_tail(&peek);
	EXPECT_TRUE(ring_sample(&peek, &pos, 0, &self->rec));
	EXPECT_EQ(0x1000, field_get(&self->mce, &self->rec, "addr"));
	EXPECT_EQ(tail, ring_tail(&self->ring));
	/* What the consumer takes, the peeker sees as taken. */
	ring_set_tail(&self->ring, pos);
	EXPECT_EQ(pos, ring_tail(&peek));

	EXPECT_EQ(-1, mprotect(peek.page, peek.len, RW));
	EXPECT_EQ(EACCES, errno);
	EXPECT_EQ(-1, mprotect(peek.page, sysconf(_SC_PAGESIZE), RW));
	ring_unmap(&self->ring);
	/* Nor when the consumer's place is free. */
	EXPECT_EQ(-1, mprotect(peek.page, peek.len, RW));
	EXPECT_EQ(EACCES, errno);
	/* A peeker is not in a consumer's way. */
	EXPECT_EQ(0, candidate());
	ring_unmap(&peek);
	close(fd);
}

/* Reading through the tail of a mapping that lost its write permission keeps the place. */
TEST_F(consumer, mprotect_and_back)
{
	ASSERT_EQ(0, ring_map(&self->ring, self->fd, RW));
	ASSERT_EQ(0, mprotect(self->ring.page, self->ring.len, PROT_READ));
	EXPECT_EQ(-EBUSY, candidate());
	EXPECT_EQ(0, mprotect(self->ring.page, self->ring.len, RW));
	ring_set_tail(&self->ring, ring_head(&self->ring));
}

TEST_F(consumer, fork_does_not_inherit)
{
	int status;
	pid_t pid;

	ASSERT_EQ(0, ring_map(&self->ring, self->fd, RW));
	pid = fork();
	if (!pid) {
		int ret = msync(self->ring.page, self->ring.len, MS_ASYNC);

		_exit(ret && errno == ENOMEM ? 0 : 1);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(-EBUSY, candidate());
}

/* madvise() can undo that: then both hold the place, until the last is gone. */
TEST_F(consumer, forked_on_purpose)
{
	int status, p[2];
	pid_t pid;
	char c;

	ASSERT_EQ(0, pipe(p));
	ASSERT_EQ(0, ring_map(&self->ring, self->fd, RW));
	if (madvise(self->ring.page, self->ring.len, MADV_DOFORK))
		SKIP(return, "MADV_DOFORK refused, and that is fine");
	pid = fork();
	if (!pid) {
		close(p[1]);
		_exit(read(p[0], &c, 1) == 0 ? 0 : 1);
	}
	close(p[0]);
	ring_unmap(&self->ring);
	EXPECT_EQ(-EBUSY, candidate());
	close(p[1]);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_TRUE(eventually(20, !candidate()));
}

TEST_F(consumer, mremap)
{
	void *to, *moved;
	__u64 head;

	ASSERT_EQ(0, inject_many(self->fd, &self->mce, 0x2000, 2));
	ASSERT_EQ(0, ring_map(&self->ring, self->fd, RW));
	head = ring_head(&self->ring);
	to = mmap(NULL, self->ring.len, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, to);
	moved = mremap(self->ring.page, self->ring.len, self->ring.len,
		       MREMAP_MAYMOVE | MREMAP_FIXED, to);
	ASSERT_EQ(to, moved);
	self->ring.page = moved;
	EXPECT_EQ(head, ring_head(&self->ring));
	EXPECT_EQ(-EBUSY, candidate());

	/* No growing, and no half of it. */
	EXPECT_EQ(MAP_FAILED, mremap(moved, self->ring.len, 2 * self->ring.len, MREMAP_MAYMOVE));
	EXPECT_EQ(-1, munmap(moved, sysconf(_SC_PAGESIZE)));
	EXPECT_EQ(-EBUSY, candidate());

	ring_set_tail(&self->ring, head);
	ring_unmap(&self->ring);
	EXPECT_EQ(0, candidate());
}

/* Mapped again, by a new consumer or a peeker: the same buffer with the same unread records. */
TEST_F(consumer, map_again)
{
	__u64 pos;
	int i, k;

	ASSERT_EQ(0, inject_many(self->fd, &self->mce, 0x3000, 4));
	ASSERT_EQ(0, ring_map(&self->ring, self->fd, RW));
	pos = ring_tail(&self->ring);
	ASSERT_TRUE(ring_sample(&self->ring, &pos, 0, &self->rec));
	ring_set_tail(&self->ring, pos);
	for (i = 0; i < 4; i++) {
		ring_unmap(&self->ring);
		/* Unmapped or not, it goes on receiving. */
		ASSERT_EQ(0, inject_many(self->fd, &self->mce, 0x3004 + i, 1));
		ASSERT_EQ(0, ring_map(&self->ring, self->fd, i % 2 ? PROT_READ : RW));
		pos = ring_tail(&self->ring);
		for (k = 1; k < 5 + i; k++) {
			ASSERT_TRUE(ring_sample(&self->ring, &pos, 0, &self->rec));
			EXPECT_EQ(0x3000 + k, field_get(&self->mce, &self->rec, "addr"));
		}
		EXPECT_FALSE(ring_sample(&self->ring, &pos, 0, &self->rec));
	}
}

/* perf reads from position 0 on, whatever data_tail says: that is where a consumer begins. */
TEST_F(consumer, begins_at_0)
{
	struct ring peek;
	int round, i, k;
	__u64 pos, lock;

	ASSERT_EQ(0, ring_map(&peek, self->fd, PROT_READ));
	for (round = 0; round < 12; round++) {
		/* 150 of them are most of the buffer: the unread ones often wrap. */
		ASSERT_EQ(0, inject_many(self->fd, &self->mce, 0x1000, 150));
		ASSERT_EQ(0, ring_map(&self->ring, self->fd, RW));
		ASSERT_EQ(0, ring_tail(&self->ring));
		pos = 0;
		for (i = 0; i < 150; i++) {
			ASSERT_TRUE(ring_sample(&self->ring, &pos, 0, &self->rec));
			ASSERT_EQ(0x1000 + i, field_get(&self->mce, &self->rec, "addr"));
			if (i == 10 * round)
				ring_set_tail(&self->ring, pos);
		}
		EXPECT_EQ(pos, ring_head(&self->ring));
		/* Not that it should, but a consumer can. */
		self->ring.page->lock |= 1;
		ring_unmap(&self->ring);

		/* The rest for the next one, and a peeker can tell that it was moved. */
		lock = peek.page->lock;
		ASSERT_EQ(0, ring_map(&self->ring, self->fd, RW));
		EXPECT_NE(lock, peek.page->lock);
		EXPECT_EQ(0, peek.page->lock % 2);
		EXPECT_EQ(0, ring_tail(&peek));
		pos = 0;
		for (k = 10 * round + 1; k < 150; k++) {
			ASSERT_TRUE(ring_sample(&self->ring, &pos, 0, &self->rec));
			ASSERT_EQ(0x1000 + k, field_get(&self->mce, &self->rec, "addr"));
		}
		EXPECT_FALSE(ring_sample(&self->ring, &pos, 0, &self->rec));
		ring_set_tail(&self->ring, pos);
		ring_unmap(&self->ring);
	}
	ring_unmap(&peek);
}

/* Take @n records one by one, telling the parent each; then one more without the tail. */
static void killed_reader(int tell, const struct format *mce, int n)
{
	int fd = persistent_open("mce_record", 0);
	struct record rec;
	struct ring ring;
	__u64 pos, addr;

	if (fd < 0 || ring_map(&ring, fd, RW))
		_exit(1);
	pos = ring_tail(&ring);
	while (ring_sample(&ring, &pos, 0, &rec)) {
		if (n-- > 0)
			ring_set_tail(&ring, pos);
		addr = field_get(mce, &rec, "addr");
		if (write(tell, &addr, sizeof(addr)) != sizeof(addr))
			_exit(2);
		if (n < 0)
			break;
	}
	for (;;)
		pause();
}

TEST_F(consumer, killed_between_two_records)
{
	int tell[2], i, status;
	__u64 addr, pos;
	pid_t pid;

	ASSERT_EQ(0, inject_many(self->fd, &self->mce, 0x4000, 7));
	ASSERT_EQ(0, pipe(tell));
	pid = fork();
	if (!pid)
		killed_reader(tell[1], &self->mce, 3);
	/* Three are taken, the fourth was read but not acknowledged. */
	for (i = 0; i < 4; i++) {
		ASSERT_EQ((ssize_t)sizeof(addr), read(tell[0], &addr, sizeof(addr)));
		EXPECT_EQ(0x4000 + i, addr);
	}
	kill(pid, SIGKILL);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_TRUE(WIFSIGNALED(status));

	ASSERT_TRUE(eventually(20, !ring_map(&self->ring, self->fd, RW)));
	pos = ring_tail(&self->ring);
	for (i = 3; i < 7; i++) {
		ASSERT_TRUE(ring_sample(&self->ring, &pos, 0, &self->rec));
		EXPECT_EQ(0x4000 + i, field_get(&self->mce, &self->rec, "addr"));
	}
	EXPECT_FALSE(ring_sample(&self->ring, &pos, 0, &self->rec));
}

TEST_HARNESS_MAIN
