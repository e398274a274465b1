// SPDX-License-Identifier: GPL-2.0
/* One write() takes many records; what it returns says exactly which. */
#include <signal.h>
#include <sys/wait.h>

#include "../kselftest_harness.h"
#include "record.h"

/* More than the kernel copies at a time, and no multiple of what it hands over at a time */
#define MANY	1001

FIXTURE(batch) {
	struct format mce;
	struct record rec;
	size_t size;
	__u8 *bytes;
	int fd;			/* an ordinary event: nothing of the persistent ones is full */
};

FIXTURE_SETUP(batch)
{
	int fd;
	const char *why = setup_inject(0, &fd, &self->mce);
	int i;

	self->fd = -1;
	if (why)
		SKIP(return, "%s", why);
	close(fd);
	self->fd = tracepoint_open("mce_record", 0);
	ASSERT_LE(0, self->fd);
	record_mce(&self->mce, &self->rec, 0, 1, STATUS_CE, 0x1000);
	self->size = self->rec.header.size;
	self->bytes = mmap(NULL, MANY * self->size, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, (void *)self->bytes);
	for (i = 0; i < MANY; i++) {
		field_set(&self->mce, &self->rec, "addr", 0x1000 + i);
		memcpy(self->bytes + i * self->size, &self->rec, self->size);
	}
}

FIXTURE_TEARDOWN(batch)
{
	munmap(self->bytes, MANY * self->size);
	close(self->fd);
	drain_all();
}

static struct record *nth(struct _test_data_batch *self, int i)
{
	return (void *)(self->bytes + i * self->size);
}

static long taken(struct _test_data_batch *self, int n)
{
	ssize_t ret = write(self->fd, self->bytes, n * self->size);

	return ret < 0 ? -errno : ret;
}

TEST_F(batch, all)
{
	ASSERT_EQ((long)(MANY * self->size), taken(self, MANY));
	EXPECT_EQ(MANY, read_count(self->fd).value);
}

TEST_F(batch, in_order)
{
	struct ring ring;
	struct record out;
	__u64 pos = 0;
	int i;

	/* As many as the ring of the persistent events would hold */
	ASSERT_EQ(0, ring_map(&ring, self->fd, PROT_READ | PROT_WRITE));
	ASSERT_EQ((long)(150 * self->size), taken(self, 150));
	for (i = 0; i < 150; i++) {
		ASSERT_TRUE(ring_sample(&ring, &pos, 0, &out));
		ASSERT_EQ(0x1000 + i, field_get(&self->mce, &out, "addr"));
	}
	EXPECT_FALSE(ring_sample(&ring, &pos, 0, &out));
	ring_unmap(&ring);
}

/* A bad record, wherever it is: those before it are taken, and nothing else. */
TEST_F(batch, up_to_a_bad_record)
{
	static const int at[] = {
		0, 1, 30, 31, 32, 33, 63, 64, 65, 100, 330, 372, 373, 374, 400, 999, 1000
	};
	__u64 before;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(at); i++) {
		struct record *bad = nth(self, at[i]);

		before = read_count(self->fd).value;
		bad->raw_size += 8;
		EXPECT_EQ(at[i] ? (long)(at[i] * self->size) : -EINVAL, taken(self, MANY)) {
			TH_LOG("bad at %d", at[i]);
		}
		EXPECT_EQ(before + at[i], read_count(self->fd).value);
		bad->raw_size -= 8;
	}
}

/* The last record is cut off. */
TEST_F(batch, up_to_half_a_record)
{
	ssize_t ret;
	size_t cut;

	for (cut = 1; cut < self->size; cut += 7) {
		__u64 before = read_count(self->fd).value;

		ret = write(self->fd, self->bytes, 500 * self->size - cut);
		EXPECT_EQ((ssize_t)(499 * self->size), ret);
		EXPECT_EQ(before + 499, read_count(self->fd).value);
	}
}

/* The memory ends, within a record or between two. */
TEST_F(batch, up_to_a_fault)
{
	size_t page = sysconf(_SC_PAGESIZE), whole, len = 20 * page;
	__u8 *end = self->bytes + len;
	__u64 before;

	ASSERT_EQ(0, mprotect(end, page, PROT_NONE));
	whole = len / self->size;
	EXPECT_EQ((ssize_t)(whole * self->size), write(self->fd, self->bytes, len + page));
	EXPECT_EQ(whole, read_count(self->fd).value);

	/* Exactly between two */
	before = read_count(self->fd).value;
	EXPECT_EQ((ssize_t)(10 * self->size),
		  write(self->fd, memmove(end - 10 * self->size, self->bytes, 10 * self->size),
			11 * self->size));
	EXPECT_EQ(before + 10, read_count(self->fd).value);

	/* At once */
	before = read_count(self->fd).value;
	errno = 0;
	EXPECT_EQ(-1, write(self->fd, end, self->size));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, write(self->fd, end - 4, self->size));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(before, read_count(self->fd).value);
}

/* Each as deep as it says: what is behind the event has a callback for one level. */
TEST_F(batch, of_several_levels)
{
	__u64 before = read_count(self->fd).value;
	int i;

	/* Status without VAL is nothing that a driver logs, at STREAM it does not matter. */
	for (i = 0; i < MANY; i++)
		field_set(&self->mce, nth(self, i), "status", 0);
	nth(self, 40)->header.misc = PERF_RECORD_MISC_INJECT_DRIVER;
	EXPECT_EQ((long)(40 * self->size), taken(self, MANY));
	EXPECT_EQ(before + 40, read_count(self->fd).value);
}

/* A CPU that is gone takes nothing. */
TEST_F(batch, to_an_offline_cpu)
{
	int fd;

	if (buffer_cpus() < 2)
		SKIP(return, "needs two CPUs");
	fd = tracepoint_open("mce_record", 1);
	ASSERT_LE(0, fd);
	if (write_text("/sys/devices/system/cpu/cpu1/online", "0"))
		SKIP(close(fd); return, "no CPU hotplug");
	EXPECT_EQ(-1, write(fd, self->bytes, 100 * self->size));
	EXPECT_EQ(ENODEV, errno);
	ASSERT_EQ(0, write_text("/sys/devices/system/cpu/cpu1/online", "1"));
	EXPECT_EQ(0, read_count(fd).value);
	close(fd);
}

static void nothing(int sig)
{
}

/* A signal ends it early; what was taken by then is whole records, and no more. */
TEST_F(batch, until_a_signal)
{
	struct sigaction act = { .sa_handler = nothing };
	__u64 before = read_count(self->fd).value, sum = 0;
	pid_t parent = getpid(), pid;
	bool cut = false;
	long ret;
	int i;

	ASSERT_EQ(0, sigaction(SIGUSR1, &act, NULL));
	pid = fork();
	if (!pid) {
		while (getppid() == parent)
			kill(parent, SIGUSR1);
		_exit(0);
	}
	for (i = 0; i < 2000 && !cut; i++) {
		ret = taken(self, MANY);
		ASSERT_LT(0, ret);
		ASSERT_EQ(0, ret % self->size);
		sum += ret / self->size;
		cut = ret < (long)(MANY * self->size);
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	EXPECT_TRUE(cut);
	EXPECT_EQ(before + sum, read_count(self->fd).value);
}

TEST_HARNESS_MAIN
