// SPDX-License-Identifier: GPL-2.0
/*
 * Who may do what with persistent events: caller x perf_event_paranoid x lockdown x operation.
 * Lockdown only goes up, so this has a guest of its own (see boots) and an order.
 */
#include <sys/resource.h>

#include "../kselftest_harness.h"
#include "persist.h"

#define LOCKDOWN	"/sys/kernel/security/lockdown"
#define MLOCK_KB	"/proc/sys/kernel/perf_event_mlock_kb"

/* Debian's kernel knows a third level: nothing without CAP_SYS_ADMIN. */
#define PARANOID_MIN	(-1)
#define PARANOID_MAX	3

enum who { ROOT, PERFMON, NOBODY_AT_ALL, NAMESPACE_ROOT };
enum lockdown { NONE, INTEGRITY, CONFIDENTIALITY };

struct cell {
	enum who who;
	enum lockdown lockdown;
	int paranoid;
};

/* What a caller has: fds of a privileged opener, and those that it opened itself or -1. */
struct fds {
	int reader;		/* mce_record */
	int test;		/* "test-access", to be forgotten */
	int template;		/* an ordinary event */
	int counter;
	int own;
};

/* From before lockdown, which closes tracefs. */
static struct format mce;
static struct record injected;
static __u64 tracepoint;
static bool debian;

static bool become(enum who who)
{
	switch (who) {
	case ROOT:		return as_root();
	case PERFMON:		return as_perfmon_user();
	case NOBODY_AT_ALL:	return as_nobody();
	case NAMESPACE_ROOT:	return as_root_of_a_namespace();
	}
	return false;
}

static bool has_perfmon(const struct cell *c)
{
	return c->who == ROOT || c->who == PERFMON;
}

static bool has_sys_admin(const struct cell *c)
{
	return c->who == ROOT;
}

/* What perf core says of any event of a CPU that includes the kernel, as far as @rule allows. */
static int want_open(const struct cell *c, int rule)
{
	if (c->paranoid > 2 && debian && !has_sys_admin(c))
		return -EACCES;
	if (has_perfmon(c))
		return 0;
	if (c->paranoid > 1)			/* perf_allow_kernel() */
		return -EACCES;
	if (c->paranoid > -1 && rule)		/* perf_allow_tracepoint() */
		return rule;
	if (c->paranoid > 0)			/* perf_allow_cpu() */
		return -EACCES;
	return 0;
}

static int want_open_counting(const struct cell *c)
{
	return want_open(c, 0);
}

static int want_open_sampling(const struct cell *c)
{
	return want_open(c, -EPERM);
}

static int want_0(const struct cell *c)
{
	return 0;
}

static int want_no_such_thing(const struct cell *c)
{
	return -EOPNOTSUPP;
}

static int want_sys_admin(const struct cell *c)
{
	return has_sys_admin(c) ? 0 : -EPERM;
}

static int want_persist_reader(const struct cell *c)
{
	return has_sys_admin(c) ? -EOPNOTSUPP : -EPERM;
}

static int want_write(const struct cell *c)
{
	return has_sys_admin(c) && c->lockdown == NONE ? 0 : -EPERM;
}

/* With what it opened itself; without, there is nothing to ask. */
static int want_own(const struct cell *c)
{
	return want_open_sampling(c) ? -EBADF : 0;
}

static int want_own_consume(const struct cell *c)
{
	return want_own(c) ?: has_perfmon(c) ? 0 : -EPERM;
}

static int want_own_write(const struct cell *c)
{
	return want_own(c) ?: want_write(c);
}

static int want_own_forget(const struct cell *c)
{
	return want_own(c) ?: want_sys_admin(c);
}

static int open_event(const char *event, bool counting)
{
	struct perf_event_attr attr = persistent_attr(event);
	int fd;

	attr.sample_period = !counting;
	fd = perf_open(&attr, -1, 0, -1, 0);
	return fd < 0 ? -errno : fd;
}

static int try_open_counting(struct fds *f)
{
	f->counter = open_event("mce_record", true);
	return f->counter < 0 ? f->counter : 0;
}

static int try_open_sampling(struct fds *f)
{
	f->own = open_event("mce_record", false);
	return f->own < 0 ? f->own : 0;
}

static int try_map(int fd, int prot)
{
	struct ring ring;
	int ret = ring_map(&ring, fd, prot);

	ring_unmap(&ring);
	return ret;
}

static int try_read(int fd)
{
	struct count count;

	return read(fd, &count, sizeof(count)) == sizeof(count) ? 0 : -errno;
}

static int try_ioctl(int fd, unsigned long request, unsigned long arg)
{
	return ioctl(fd, request, arg) ? -errno : 0;
}

static int try_write(int fd)
{
	ssize_t n = record_write(fd, &injected);

	return n == injected.header.size ? 0 : n;
}

static int read_counter(struct fds *f)		{ return try_read(f->counter); }
static int read_passed(struct fds *f)		{ return try_read(f->reader); }
static int peek_passed(struct fds *f)		{ return try_map(f->reader, PROT_READ); }
static int consume_passed(struct fds *f)	{ return try_map(f->reader, RW); }
static int write_passed(struct fds *f)		{ return try_write(f->reader); }
static int persist_reader(struct fds *f)	{ return persist(f->reader, "test-c", "", 1, 0); }
static int persist_passed(struct fds *f)	{ return persist(f->template, "test-b", "", 1, 0); }
static int forget_passed(struct fds *f)		{ return forget_fd(f->test); }
static int read_own(struct fds *f)		{ return try_read(f->own); }
static int peek_own(struct fds *f)		{ return try_map(f->own, PROT_READ); }
static int consume_own(struct fds *f)		{ return try_map(f->own, RW); }
static int write_own(struct fds *f)		{ return try_write(f->own); }

static int id_passed(struct fds *f)
{
	__u64 id;

	return try_ioctl(f->reader, PERF_EVENT_IOC_ID, (unsigned long)&id);
}

static int enable_passed(struct fds *f)
{
	return try_ioctl(f->reader, PERF_EVENT_IOC_ENABLE, 0);
}

static int pause_passed(struct fds *f)
{
	return try_ioctl(f->reader, PERF_EVENT_IOC_PAUSE_OUTPUT, 1);
}

/* "test-own" is made anew for each caller. */
static int forget_own(struct fds *f)
{
	int fd, ret;

	if (f->own < 0)
		return -EBADF;
	fd = open_event("test-own", false);
	if (fd < 0)
		return fd;
	ret = forget_fd(fd);
	close(fd);
	return ret;
}

static const struct operation {
	const char *name;
	int (*run)(struct fds *f);
	int (*want)(const struct cell *c);
} operations[] = {
	{ "open counting",		try_open_counting,	want_open_counting },
	{ "open sampling",		try_open_sampling,	want_open_sampling },
	{ "read of root's fd",		read_passed,		want_0 },
	{ "peek through root's fd",	peek_passed,		want_0 },
	{ "consume through root's fd",	consume_passed,		want_0 },
	{ "ID of root's fd",		id_passed,		want_0 },
	{ "ENABLE of root's fd",	enable_passed,		want_0 },
	{ "PAUSE_OUTPUT of root's fd",	pause_passed,		want_no_such_thing },
	{ "write to root's fd",		write_passed,		want_write },
	{ "PERSIST of root's event",	persist_passed,		want_sys_admin },
	{ "PERSIST of root's reader",	persist_reader,		want_persist_reader },
	{ "FORGET of root's fd",	forget_passed,		want_sys_admin },
	{ "read of own fd",		read_own,		want_own },
	{ "peek through own fd",	peek_own,		want_own },
	{ "consume through own fd",	consume_own,		want_own_consume },
	{ "write to own fd",		write_own,		want_own_write },
	{ "FORGET of own fd",		forget_own,		want_own_forget },
	/* A counter may be opened where a sampling event may not. */
	{ "read of own counter",	read_counter,		NULL },
};

#define OPERATIONS	ARRAY_SIZE(operations)

static int want(const struct operation *op, const struct cell *c)
{
	if (op->want)
		return op->want(c);
	return want_open_counting(c) ? -EBADF : 0;
}

/* Run as @who: do everything, tell what became of it, and hand back the own fd. */
static void caller(enum who who, struct fds *f, int sock)
{
	int results[OPERATIONS];
	size_t i;

	if (!become(who))
		_exit(1);
	for (i = 0; i < OPERATIONS; i++)
		results[i] = operations[i].run(f);
	if (write(sock, results, sizeof(results)) != sizeof(results))
		_exit(2);
	if (f->own >= 0)
		send_fd(sock, f->own);
	_exit(0);
}

/* Once opened without privileges, an fd is not worth more in root's hands. */
static int check_own(struct __test_metadata *_metadata, const struct cell *c, int fd)
{
	int wrong = 0, got;

	if (fd < 0)
		return 0;
	got = try_map(fd, RW);
	if (got != (has_perfmon(c) ? 0 : -EPERM)) {
		TH_LOG("paranoid %d: root consumes through the caller's fd: %d", c->paranoid, got);
		wrong++;
	}
	got = try_write(fd);
	if (got != want_write(c)) {
		TH_LOG("paranoid %d: root writes to the caller's fd: %d", c->paranoid, got);
		wrong++;
	}
	close(fd);
	return wrong;
}

static void open_passed(struct fds *f)
{
	forget_tests();
	f->template = event_open(PERF_TYPE_TRACEPOINT, tracepoint, 0);
	if (f->template < 0 || persist(f->template, "test-access", "", 1, 0) ||
	    persist(f->template, "test-own", "", 1, 0))
		die("persist");
	f->reader = open_event("mce_record", false);
	f->test = open_event("test-access", false);
	if (f->reader < 0 || f->test < 0)
		die("open");
	f->counter = -1;
	f->own = -1;
}

/* One row. Returns how many of its cells are not what they should be, or -1. */
static int check_row(struct __test_metadata *_metadata, const struct cell *c)
{
	int results[OPERATIONS], sock[2], wrong = 0, status;
	struct fds f;
	pid_t pid;
	size_t i;

	open_passed(&f);
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, sock))
		die("socketpair");
	pid = fork();
	if (!pid) {
		close(sock[0]);
		caller(c->who, &f, sock[1]);
	}
	close(sock[1]);
	if (read(sock[0], results, sizeof(results)) != sizeof(results)) {
		waitpid(pid, &status, 0);
		TH_LOG("the caller ended with %#x", status);
		wrong = -1;
		goto out;
	}
	for (i = 0; i < OPERATIONS; i++) {
		if (results[i] == want(&operations[i], c))
			continue;
		TH_LOG("paranoid %d: %s: wanted %d, got %d", c->paranoid, operations[i].name,
		       want(&operations[i], c), results[i]);
		wrong++;
	}
	wrong += check_own(_metadata, c, receive_fd(sock[0]));
	waitpid(pid, NULL, 0);
out:
	close(sock[0]);
	close(f.template);
	close(f.reader);
	close(f.test);
	return wrong;
}

static bool own_guest(void)
{
	char cmdline[4096];

	return persist_usable() && !read_text("/proc/cmdline", cmdline, sizeof(cmdline)) &&
	       strstr(cmdline, "ras_selftest=access") && !access(LOCKDOWN, W_OK);
}

static enum lockdown lockdown_now(void)
{
	char text[128];

	if (read_text(LOCKDOWN, text, sizeof(text)))
		die(LOCKDOWN);
	return strstr(text, "[confidentiality]") ? CONFIDENTIALITY :
	       strstr(text, "[integrity]") ? INTEGRITY : NONE;
}

/* Nothing is charged to who reads: not even with nothing to spend. */
static int map_without_limit(void)
{
	struct rlimit none = {};
	struct ring ring[4], ordinary;
	char line[256];
	int fd, i, bad = 0;
	FILE *file;

	if (setrlimit(RLIMIT_MEMLOCK, &none) || !as_perfmon_user())
		return 1;
	/* An ordinary event shows that the limit is one. */
	fd = event_open(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_DUMMY, 0);
	if (fd < 0 || ring_map_len(&ordinary, fd, RW, 9 * sysconf(_SC_PAGESIZE)) != -EPERM)
		return 2;
	fd = open_event("mce_record", false);
	if (fd < 0)
		return 3;
	for (i = 0; i < 4; i++)
		if (ring_map(&ring[i], fd, i ? PROT_READ : RW))
			return 4;
	file = fopen("/proc/self/status", "r");
	if (!file)
		return 5;
	while (fgets(line, sizeof(line), file))
		if (!strncmp(line, "VmLck:", 6) || !strncmp(line, "VmPin:", 6))
			bad += atol(line + 6) != 0;
	fclose(file);
	return bad ? 6 : 0;
}

TEST(no_locked_memory_is_charged)
{
	char paranoid[16], kb[16];
	int status;
	pid_t pid;

	if (!persist_usable())
		SKIP(return, "nothing can be made persistent here");
	ASSERT_EQ(0, read_text(PARANOID, paranoid, sizeof(paranoid)));
	ASSERT_EQ(0, read_text(MLOCK_KB, kb, sizeof(kb)));
	ASSERT_EQ(0, write_text(PARANOID, "2"));
	ASSERT_EQ(0, write_text(MLOCK_KB, "0"));
	pid = fork();
	if (!pid)
		_exit(map_without_limit());
	EXPECT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(0, write_text(PARANOID, paranoid));
	EXPECT_EQ(0, write_text(MLOCK_KB, kb));
}

FIXTURE(access) {
	char paranoid[16];
};

FIXTURE_VARIANT(access) {
	enum lockdown lockdown;
	enum who who;
};

FIXTURE_VARIANT_ADD(access, none_root) { NONE, ROOT };
FIXTURE_VARIANT_ADD(access, none_perfmon) { NONE, PERFMON };
FIXTURE_VARIANT_ADD(access, none_nobody) { NONE, NOBODY_AT_ALL };
FIXTURE_VARIANT_ADD(access, none_namespace_root) { NONE, NAMESPACE_ROOT };
FIXTURE_VARIANT_ADD(access, integrity_root) { INTEGRITY, ROOT };
FIXTURE_VARIANT_ADD(access, integrity_perfmon) { INTEGRITY, PERFMON };
FIXTURE_VARIANT_ADD(access, integrity_nobody) { INTEGRITY, NOBODY_AT_ALL };
FIXTURE_VARIANT_ADD(access, integrity_namespace_root) { INTEGRITY, NAMESPACE_ROOT };
FIXTURE_VARIANT_ADD(access, confidentiality_root) { CONFIDENTIALITY, ROOT };
FIXTURE_VARIANT_ADD(access, confidentiality_perfmon) { CONFIDENTIALITY, PERFMON };
FIXTURE_VARIANT_ADD(access, confidentiality_nobody) { CONFIDENTIALITY, NOBODY_AT_ALL };
FIXTURE_VARIANT_ADD(access, confidentiality_namespace_root) { CONFIDENTIALITY, NAMESPACE_ROOT };

FIXTURE_SETUP(access)
{
	static const char * const levels[] = { "none", "integrity", "confidentiality" };

	self->paranoid[0] = '\0';
	if (!own_guest())
		SKIP(return, "not a guest that may be locked down: see boots");
	if (variant->who == NAMESPACE_ROOT && access("/proc/self/ns/user", F_OK))
		SKIP(return, "no user namespaces");
	if (lockdown_now() > variant->lockdown)
		SKIP(return, "locked down further already");
	if (lockdown_now() < variant->lockdown)
		ASSERT_EQ(0, write_text(LOCKDOWN, levels[variant->lockdown]));
	ASSERT_EQ(variant->lockdown, lockdown_now());
	ASSERT_EQ(0, read_text(PARANOID, self->paranoid, sizeof(self->paranoid)));
}

FIXTURE_TEARDOWN(access)
{
	if (self->paranoid[0]) {
		write_text(PARANOID, self->paranoid);
		forget_tests();
	}
}

TEST_F_TIMEOUT(access, matrix, 60)
{
	struct cell c = { .who = variant->who, .lockdown = variant->lockdown };
	char text[16];

	for (c.paranoid = PARANOID_MIN; c.paranoid <= PARANOID_MAX; c.paranoid++) {
		snprintf(text, sizeof(text), "%d", c.paranoid);
		ASSERT_EQ(0, write_text(PARANOID, text));
		EXPECT_EQ(0, check_row(_metadata, &c)) TH_LOG("paranoid %s", text);
	}
}

/* Whether perf_event_paranoid 3 is more than 2 here. */
static bool third_level(void)
{
	char paranoid[16];
	int status;
	pid_t pid;

	if (read_text(PARANOID, paranoid, sizeof(paranoid)) || write_text(PARANOID, "3"))
		return false;
	pid = fork();
	if (!pid)
		_exit(!as_perfmon_user() ||
		      event_open(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_DUMMY, 0) < 0);
	waitpid(pid, &status, 0);
	write_text(PARANOID, paranoid);
	return status;
}

int main(int argc, char **argv)
{
	if (persist_usable() && !access(LOCKDOWN, R_OK) && lockdown_now() == NONE) {
		debian = third_level();
		tracepoint = signal_config();
		format_read(&mce, "mce", "mce_record");
		record_mce(&mce, &injected, 0, 1, STATUS_CE, 0x1000);
	}
	return test_harness_run(argc, argv);
}
