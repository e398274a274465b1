// SPDX-License-Identifier: GPL-2.0
/* However often and however badly events are opened: nothing stays behind. */
#include <limits.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "memory.h"
#include "record.h"

#define RW		(PROT_READ | PROT_WRITE)
/* Of the search for leaks */
#define ROUNDS		5
#define EVENTS		25000
#define LIMIT_KIB	300

FIXTURE(lifetime) {
	struct perf_event_attr attr;
	struct format mce;
	int fd;
};

FIXTURE_SETUP(lifetime)
{
	const char *why = setup_inject(0, &self->fd, &self->mce);

	if (why)
		SKIP(return, "%s", why);
	self->attr = persistent_attr("mce_record");
}

FIXTURE_TEARDOWN(lifetime)
{
	close(self->fd);
}

/*
 * The buffer wakes everybody on its list with each record: an event that was
 * freed and is still on it makes that wake-up run into freed memory.
 */
static void expect_sane_wakeup(struct __test_metadata *_metadata, int fd,
			       const struct format *mce)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	poll(&p, 1, 0);
	ASSERT_EQ(0, inject_many(fd, mce, 0x1000, 20));
	EXPECT_EQ(1, poll(&p, 1, 20000));
	drain(0);
}

static void open_and_map(struct perf_event_attr *attr, int rounds)
{
	struct ring ring;
	int i, fd;

	for (i = 0; i < rounds; i++) {
		fd = perf_open(attr, -1, 0, -1, 0);
		if (fd < 0 || ring_map(&ring, fd, i % 2 ? RW : PROT_READ))
			die("round %d", i);
		/* Either of the two goes first. */
		if (i % 4 < 2) {
			close(fd);
			ring_unmap(&ring);
		} else {
			ring_unmap(&ring);
			close(fd);
		}
	}
}

/*
 * A leak of 24 bytes per event costs 600 KiB in every round. Whatever else the system
 * does with its memory, it does not do that again and again.
 */
TEST_F_TIMEOUT(lifetime, opened_and_mapped_many_times, 600)
{
	long before, after, least = LONG_MAX;
	int i;

	/* It counts them by itself, while KASAN keeps what was freed. */
	if (!access("/sys/kernel/debug/kmemleak", F_OK))
		SKIP(return, "leaks are kmemleak's to find");

	open_and_map(&self->attr, EVENTS / 5);
	before = settled_kib();
	for (i = 0; i < ROUNDS && least > LIMIT_KIB; i++, before = after) {
		open_and_map(&self->attr, EVENTS);
		after = settled_kib();
		TH_LOG("%ld KiB less", before - after);
		if (before - after < least)
			least = before - after;
	}
	expect_sane_wakeup(_metadata, self->fd, &self->mce);
	EXPECT_GE(LIMIT_KIB, least);
}

/* perf core may refuse an event after the PMU took it. */
FIXTURE(late_refusal) {
	struct perf_event_attr attr;
	struct format mce;
	int fd;
};

FIXTURE_VARIANT(late_refusal) {
	int (*try)(struct perf_event_attr *attr);
};

FIXTURE_SETUP(late_refusal)
{
	const char *why = setup_inject(0, &self->fd, &self->mce);

	if (why)
		SKIP(return, "%s", why);
	self->attr = persistent_attr("mce_record");
}

FIXTURE_TEARDOWN(late_refusal)
{
	close(self->fd);
}

static int try_aux_output(struct perf_event_attr *attr)
{
	attr->aux_output = 1;
	return perf_open(attr, -1, 0, -1, 0);
}

static int try_wrong_output(struct perf_event_attr *attr)
{
	struct perf_event_attr dummy = {
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_DUMMY,
	};
	int leader = perf_open(&dummy, 0, -1, -1, 0), fd;

	fd = perf_open(attr, -1, 0, leader, PERF_FLAG_FD_OUTPUT);
	close(leader);
	return fd;
}

static int try_leader_elsewhere(struct perf_event_attr *attr)
{
	struct perf_event_attr dummy = {
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_DUMMY,
	};
	int leader = perf_open(&dummy, 0, 0, -1, 0), fd;

	fd = perf_open(attr, -1, 0, leader, 0);
	close(leader);
	return fd;
}

static int try_exclude_flags(struct perf_event_attr *attr)
{
	attr->exclude_kernel = 1;
	attr->exclude_user = 1;
	attr->exclude_hv = 1;
	attr->exclude_idle = 1;
	attr->exclude_host = 1;
	return perf_open(attr, -1, 0, -1, 0);
}

FIXTURE_VARIANT_ADD(late_refusal, aux_output) { .try = try_aux_output };
FIXTURE_VARIANT_ADD(late_refusal, wrong_output) { .try = try_wrong_output };
FIXTURE_VARIANT_ADD(late_refusal, leader_elsewhere) { .try = try_leader_elsewhere };
FIXTURE_VARIANT_ADD(late_refusal, exclude_flags) { .try = try_exclude_flags };

TEST_F_TIMEOUT(late_refusal, leaves_nothing, 120)
{
	int i;

	for (i = 0; i < 100; i++) {
		struct perf_event_attr attr = self->attr;

		ASSERT_EQ(-1, variant->try(&attr));
	}
	expect_sane_wakeup(_metadata, self->fd, &self->mce);
}

/* Openers that die with everything open. */
TEST_F(lifetime, owners_die)
{
	struct ring ring;
	int i, status;
	pid_t pid;

	for (i = 0; i < 40; i++) {
		pid = fork();
		if (!pid) {
			int fd = perf_open(&self->attr, -1, 0, -1, 0);

			if (fd < 0 || ring_map(&ring, fd, RW))
				_exit(1);
			kill(getpid(), i % 2 ? SIGKILL : SIGTERM);
			_exit(2);
		}
		ASSERT_EQ(pid, waitpid(pid, &status, 0));
		EXPECT_TRUE(WIFSIGNALED(status));
	}
	expect_sane_wakeup(_metadata, self->fd, &self->mce);
}

/* Disabled or enabled by its opener: the kernel's own event goes on. */
TEST_F(lifetime, disable_is_the_openers_own)
{
	__u64 count = count_of("mce_record", 0);

	ioctl(self->fd, PERF_EVENT_IOC_DISABLE, 0);
	ioctl(self->fd, PERF_EVENT_IOC_RESET, 0);
	ioctl(self->fd, PERF_EVENT_IOC_PERIOD, &(__u64){ 1000 });
	ioctl(self->fd, PERF_EVENT_IOC_REFRESH, 1);
	ioctl(self->fd, PERF_EVENT_IOC_DISABLE, 0);
	{
		int fd = tracepoint_open("mce_record", 0);

		ASSERT_LE(0, fd);
		ASSERT_EQ(0, inject_many(fd, &self->mce, 0x1000, 5));
		close(fd);
	}
	EXPECT_EQ(count + 5, count_of("mce_record", 0));
}

TEST_HARNESS_MAIN
