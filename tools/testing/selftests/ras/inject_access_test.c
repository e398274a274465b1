// SPDX-License-Identifier: GPL-2.0
/* Only a privileged caller with an fd of a privileged opener may inject. */
#include "../kselftest_harness.h"
#include "access.h"
#include "record.h"

FIXTURE(access) {
	struct format mce;
	struct watch watch;
	struct record rec;
	char paranoid[16];
	int fd;
};

FIXTURE_SETUP(access)
{
	const char *why = setup_inject(0, &self->fd, &self->mce);

	if (why)
		SKIP(return, "%s", why);
	record_mce(&self->mce, &self->rec, 0, 1, STATUS_CE, 0x1000);
	if (locked_down())
		SKIP(return, "locked down, where nobody may");
	watch_open(&self->watch, "mce_record");
	ASSERT_EQ(0, read_text(PARANOID, self->paranoid, sizeof(self->paranoid)));
}

FIXTURE_TEARDOWN(access)
{
	write_text(PARANOID, self->paranoid);
	watch_close(&self->watch);
	close(self->fd);
}

/* Run @as, then write() to @fd, in a child. Returns what write() returned. */
static int write_as(bool (*as)(void), int fd, const struct record *rec)
{
	int p[2], status, ret = -ENODATA;
	pid_t pid;

	if (pipe(p))
		die("pipe");
	pid = fork();
	if (!pid) {
		if (!as())
			_exit(1);
		ret = record_write(fd, rec);
		_exit(write(p[1], &ret, sizeof(ret)) != sizeof(ret));
	}
	close(p[1]);
	if (waitpid(pid, &status, 0) != pid || status ||
	    read(p[0], &ret, sizeof(ret)) != sizeof(ret))
		ret = -ENODATA;
	close(p[0]);
	return ret;
}

TEST_F(access, caller_root)
{
	EXPECT_EQ(self->rec.header.size, write_as(as_root, self->fd, &self->rec));
	EXPECT_EQ(self->rec.header.size, write_as(with_sys_admin_only, self->fd, &self->rec));
}

TEST_F(access, caller_unprivileged)
{
	EXPECT_EQ(-EPERM, write_as(as_nobody, self->fd, &self->rec));
	EXPECT_TRUE(watch_quiet(&self->watch));
}

TEST_F(access, caller_root_without_capabilities)
{
	EXPECT_EQ(-EPERM, write_as(as_root_without_caps, self->fd, &self->rec));
	EXPECT_TRUE(watch_quiet(&self->watch));
}

TEST_F(access, caller_with_perfmon)
{
	EXPECT_EQ(-EPERM, write_as(with_perfmon_only, self->fd, &self->rec));
	EXPECT_TRUE(watch_quiet(&self->watch));
}

TEST_F(access, caller_root_of_a_namespace)
{
	int ret = write_as(as_root_of_a_namespace, self->fd, &self->rec);

	if (ret == -ENODATA)
		SKIP(return, "no user namespaces");
	EXPECT_EQ(-EPERM, ret);
	EXPECT_TRUE(watch_quiet(&self->watch));
}

/* However deep: neither does the driver hear of it, nor the hardware. */
TEST_F(access, any_level)
{
	static const __u16 levels[] = {
		PERF_RECORD_MISC_INJECT_DRIVER,
		PERF_RECORD_MISC_INJECT_HARDWARE,
		PERF_RECORD_MISC_INJECT_HARDWARE | PERF_RECORD_MISC_INJECT_FATAL,
	};
	char before[64], after[64];
	size_t i;

	ASSERT_EQ(0, read_text("/proc/sys/kernel/tainted", before, sizeof(before)));
	for (i = 0; i < ARRAY_SIZE(levels); i++) {
		self->rec.header.misc = levels[i];
		EXPECT_EQ(-EPERM, write_as(as_nobody, self->fd, &self->rec));
		EXPECT_EQ(-EPERM, write_as(with_perfmon_only, self->fd, &self->rec));
		/* -ENODATA: no user namespaces here */
		EXPECT_GT(0, write_as(as_root_of_a_namespace, self->fd, &self->rec));
	}
	sleep(1);
	EXPECT_TRUE(watch_quiet(&self->watch));
	ASSERT_EQ(0, read_text("/proc/sys/kernel/tainted", after, sizeof(after)));
	EXPECT_STREQ(before, after);
}

/* The refusal does not depend on what is written. */
TEST_F(access, caller_unprivileged_bad_record)
{
	self->rec.header.type = PERF_RECORD_LOST;
	EXPECT_EQ(-EPERM, write_as(as_nobody, self->fd, &self->rec));
	EXPECT_TRUE(watch_quiet(&self->watch));
}

/* Open @attr in a child that is @as, and get the fd, or -1. */
static int opened_as(bool (*as)(void), struct perf_event_attr *attr)
{
	int sock[2], fd;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, sock))
		return -1;
	pid = fork();
	if (!pid) {
		if (!as())
			_exit(1);
		fd = perf_open(attr, -1, 0, -1, 0);
		if (fd < 0)
			_exit(2);
		send_fd(sock[1], fd);
		_exit(0);
	}
	close(sock[1]);
	fd = receive_fd(sock[0]);
	close(sock[0]);
	waitpid(pid, NULL, 0);
	return fd;
}

/* Passed to nobody through a socket rather than inherited. */
TEST_F(access, fd_passed_down)
{
	int sock[2], status;
	pid_t pid;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, sock));
	pid = fork();
	if (!pid) {
		int fd;

		close(self->fd);
		if (!as_nobody())
			_exit(1);
		fd = receive_fd(sock[1]);
		if (fd < 0)
			_exit(2);
		_exit(record_write(fd, &self->rec) == -EPERM ? 0 : 3);
	}
	send_fd(sock[0], self->fd);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_TRUE(watch_quiet(&self->watch));
}

TEST_F(access, fd_passed_up)
{
	struct perf_event_attr attr = tracepoint_attr("mce_record");
	int fd;

	ASSERT_EQ(0, write_text(PARANOID, "-1"));
	fd = opened_as(as_nobody, &attr);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EPERM, record_write(fd, &self->rec));
	EXPECT_TRUE(watch_quiet(&self->watch));
	close(fd);

	attr = persistent_attr("mce_record");
	fd = opened_as(as_nobody, &attr);
	if (fd >= 0) {
		EXPECT_EQ(-EPERM, record_write(fd, &self->rec));
		EXPECT_TRUE(watch_quiet(&self->watch));
		close(fd);
	}
}

TEST_F(access, opener_with_perfmon)
{
	struct perf_event_attr attr = persistent_attr("mce_record");
	int fd;

	ASSERT_EQ(0, write_text(PARANOID, "2"));
	fd = opened_as(with_perfmon_only, &attr);
	/* It may look … */
	ASSERT_LE(0, fd);
	/* … but what it opened is no way in, even for root. */
	EXPECT_EQ(-EPERM, record_write(fd, &self->rec));
	EXPECT_EQ(-EPERM, write_as(with_perfmon_only, fd, &self->rec));
	EXPECT_TRUE(watch_quiet(&self->watch));
	close(fd);
}

TEST_HARNESS_MAIN
