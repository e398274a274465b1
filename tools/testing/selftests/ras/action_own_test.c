// SPDX-License-Identifier: GPL-2.0
/* Rules of ordinary events, which go with them; and what has no rules. CPUs come and go. */
#include "../kselftest_harness.h"
#include "action.h"

#define ONLINE	"/sys/devices/system/cpu/cpu1/online"

FIXTURE(own) {
	struct actions a;
	int fd;
};

FIXTURE_SETUP(own)
{
	const char *why = actions_setup(&self->a);

	self->fd = -1;
	if (why)
		SKIP(return, "%s", why);
	self->fd = tracepoint_open("mce_record", 0);
	if (self->fd < 0)
		die("open mce_record");
}

FIXTURE_TEARDOWN(own)
{
	write_text(ONLINE, "1");
	if (self->fd >= 0)
		close(self->fd);
	actions_close(&self->a);
}

static bool would_log_own(const struct actions *a, int i, int rule, __u64 value)
{
	return decision_is(a, i, "log", "mce_record", rule, value, DRY_RUN);
}

/* Below the events that there are */
static bool shown_anywhere(int id)
{
	static const char * const events[] = { EVENT, "mce_record", "mc_event", FENCE };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(events); i++)
		if (rule_shown(events[i], id))
			return true;
	return false;
}

TEST_F(own, acts_while_it_is_open)
{
	int id = rule_add(self->fd, "log(addr) dry-run if addr != 3"), last, copy, status, i;
	pid_t pid;

	ASSERT_LT(0, id);
	EXPECT_FALSE(shown_anywhere(id));
	EXPECT_EQ(0, rules_of("mce_record", &last));
	for (i = 1; i <= 4; i++)
		fire(&self->a, 0, i);
	ASSERT_EQ(3, decided(&self->a));
	EXPECT_TRUE(would_log_own(&self->a, 0, id, 1));
	EXPECT_TRUE(would_log_own(&self->a, 1, id, 2));
	EXPECT_TRUE(would_log_own(&self->a, 2, id, 4));
	/* Not on other CPUs: it is an event of one. */
	if (self->a.cpus > 1) {
		fire(&self->a, 1, 1);
		EXPECT_EQ(0, decided(&self->a));
	}

	/* Whoever has it open, keeps it. */
	copy = dup(self->fd);
	close(self->fd);
	fire(&self->a, 0, 5);
	EXPECT_EQ(1, decided(&self->a));
	self->fd = -1;
	pid = fork();
	if (!pid) {
		pause();
		_exit(0);
	}
	close(copy);
	fire(&self->a, 0, 6);
	ASSERT_EQ(1, decided(&self->a));
	EXPECT_TRUE(would_log_own(&self->a, 0, id, 6));
	kill(pid, SIGKILL);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	fire(&self->a, 0, 7);
	EXPECT_EQ(0, decided(&self->a));
	EXPECT_EQ(-ENOENT, rule_remove(self->a.fire[0], id));
}

/* Its buffer keeps the event. */
TEST_F(own, acts_while_it_is_mapped)
{
	int id = rule_add(self->fd, "log(addr) dry-run");
	struct ring ring;

	ASSERT_LT(0, id);
	ASSERT_EQ(0, ring_map_len(&ring, self->fd, RW, 2 * sysconf(_SC_PAGESIZE)));
	close(self->fd);
	self->fd = -1;
	fire(&self->a, 0, 1);
	ASSERT_EQ(1, decided(&self->a));
	EXPECT_TRUE(would_log_own(&self->a, 0, id, 1));
	ring_unmap(&ring);
	fire(&self->a, 0, 2);
	EXPECT_EQ(0, decided(&self->a));
}

TEST_F(own, changed_and_removed)
{
	int id = rule_add(self->fd, "log(addr) after 2 dry-run"), other, foreign;

	ASSERT_LT(0, id);
	foreign = rule_add(self->a.fire[0], "log(addr) dry-run if addr == 100");
	ASSERT_LT(id, foreign);
	fire(&self->a, 0, 1);
	ASSERT_EQ(0, rule_change(self->fd, id, "log(bank) after 2 per addr dry-run"));
	fire(&self->a, 0, 1);
	EXPECT_EQ(0, decided(&self->a));
	fire(&self->a, 0, 1);
	ASSERT_EQ(1, decided(&self->a));
	EXPECT_TRUE(would_log_own(&self->a, 0, id, 1));
	EXPECT_EQ(-EINVAL, rule_change(self->fd, id, "log(address)"));

	/* Its rules, and those of the persistent event, are not one another's. */
	EXPECT_EQ(-ENOENT, rule_remove(self->fd, foreign));
	EXPECT_EQ(-ENOENT, rule_change(self->fd, foreign, "log"));
	EXPECT_EQ(-ENOENT, rule_remove(self->a.fire[0], id));
	EXPECT_EQ(-ENOENT, rule_change(self->a.fire[0], id, "log"));
	EXPECT_EQ(-ENOENT, rule_remove_sysfs(EVENT, id));
	other = tracepoint_open("mce_record", 0);
	ASSERT_LE(0, other);
	EXPECT_EQ(-ENOENT, rule_remove(other, id));
	close(other);

	ASSERT_EQ(0, rule_remove(self->fd, id));
	fire(&self->a, 0, 1);
	fire(&self->a, 0, 1);
	EXPECT_EQ(0, decided(&self->a));
	EXPECT_EQ(-ENOENT, rule_remove(self->fd, id));
	id = rule_add(self->fd, "log(addr) dry-run");
	ASSERT_LT(foreign, id);
	fire(&self->a, 0, 9);
	EXPECT_EQ(1, decided(&self->a));
}

/* A rule sees what the event counts. */
TEST_F(own, filtered_and_disabled)
{
	int id = rule_add(self->fd, "log(addr) dry-run if addr < 4"), i;

	ASSERT_LT(0, id);
	ASSERT_EQ(0, ioctl(self->fd, PERF_EVENT_IOC_SET_FILTER, "addr > 1"));
	for (i = 0; i < 6; i++)
		fire(&self->a, 0, i);
	ASSERT_EQ(2, decided(&self->a));
	EXPECT_TRUE(would_log_own(&self->a, 0, id, 2));
	EXPECT_TRUE(would_log_own(&self->a, 1, id, 3));
	ASSERT_EQ(0, ioctl(self->fd, PERF_EVENT_IOC_DISABLE, 0));
	fire(&self->a, 0, 2);
	EXPECT_EQ(0, decided(&self->a));
	ASSERT_EQ(0, ioctl(self->fd, PERF_EVENT_IOC_ENABLE, 0));
	fire(&self->a, 0, 2);
	EXPECT_EQ(1, decided(&self->a));
}

/* Its rules are none of the persistent event that is made of it. */
TEST_F(own, template)
{
	int id = rule_add(self->fd, "log(addr) dry-run"), last;

	ASSERT_LT(0, id);
	ASSERT_EQ(0, persist(self->fd, "test-made", "", 1, 0));
	EXPECT_EQ(0, rules_of("test-made", &last));
	fire(&self->a, 0, 1);
	EXPECT_EQ(1, decided(&self->a));
	close(self->fd);
	self->fd = -1;
	fire(&self->a, 0, 1);
	EXPECT_EQ(0, decided(&self->a));
}

/* They count among all rules, and are given back with their events. */
TEST_F(own, as_many_as_there_may_be)
{
	int fd[RULES_MAX + 1], i, n, round;

	for (round = 0; round < 2; round++) {
		for (n = 0; n <= RULES_MAX; n++) {
			fd[n] = tracepoint_open("mce_record", 0);
			ASSERT_LE(0, fd[n]);
			i = rule_add(fd[n], "log(addr) after 2 per addr dry-run");
			if (i < 0)
				break;
		}
		EXPECT_EQ(-ENOSPC, i);
		/* One is the fence's. */
		EXPECT_EQ(RULES_MAX - 1, n);
		EXPECT_EQ(-ENOSPC, rule_add(self->a.fire[0], "log"));
		fire(&self->a, 0, 1);
		fire(&self->a, 0, 1);
		EXPECT_EQ(n, decided(&self->a));
		for (i = 0; i <= n; i++)
			close(fd[i]);
	}
	i = rule_add(self->a.fire[0], "log");
	EXPECT_LT(0, i);
}

static void expect_no_rules(struct __test_metadata *_metadata, int error, int fd)
{
	ASSERT_LE(0, fd);
	EXPECT_EQ(error, rule_add(fd, "log"));
	EXPECT_EQ(error, rule_remove(fd, 1));
	close(fd);
}

TEST_F(own, of_no_other_events)
{
	struct perf_event_attr attr = tracepoint_attr("mce_record");
	char type[16];
	int fd;

	attr.sample_type &= ~PERF_SAMPLE_RAW;
	expect_no_rules(_metadata, -EINVAL, perf_open(&attr, -1, 0, -1, 0));
	attr = tracepoint_attr("mce_record");
	attr.sample_period = 0;
	expect_no_rules(_metadata, -EINVAL, perf_open(&attr, -1, 0, -1, 0));
	/* Of a task */
	attr = tracepoint_attr("mce_record");
	expect_no_rules(_metadata, -EINVAL, perf_open(&attr, 0, -1, -1, 0));
	expect_no_rules(_metadata, -EINVAL, perf_open(&attr, 0, 0, -1, 0));
	expect_no_rules(_metadata, -EINVAL, perf_open(&attr, getppid(), -1, -1, 0));
	attr.inherit = 1;
	attr.read_format = 0;
	expect_no_rules(_metadata, -EINVAL, perf_open(&attr, -1, 0, -1, 0));
	expect_no_rules(_metadata, -EINVAL, perf_open(&attr, 0, 0, -1, 0));

	/* No tracepoint */
	expect_no_rules(_metadata, -EOPNOTSUPP,
			event_open(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_DUMMY, 0));
	expect_no_rules(_metadata, -EOPNOTSUPP,
			event_open(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS, 0));
	fd = event_open(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS, 0);
	ASSERT_EQ(0, persist(fd, "test-faults", "", 1, 0));
	close(fd);
	expect_no_rules(_metadata, -EOPNOTSUPP, persistent_open("test-faults", 0));
	EXPECT_EQ(-ENOENT, event_file_write("test-faults", "add_rule", "log"));
	if (!read_text("/sys/bus/event_source/devices/kprobe/type", type, sizeof(type))) {
		attr = event_attr(atoi(type), 0);
		attr.kprobe_func = (unsigned long)UNCALLED_FUNCTION;
		expect_no_rules(_metadata, -EOPNOTSUPP, perf_open(&attr, -1, 0, -1, 0));
	}

	/* All the same, but right */
	attr = tracepoint_attr("mce_record");
	fd = perf_open(&attr, -1, 0, -1, 0);
	EXPECT_LT(0, rule_add(fd, "log"));
	close(fd);
}

/* A persistent event that is only counted by this fd has its rules nevertheless. */
TEST_F(own, by_a_counter)
{
	struct perf_event_attr attr = persistent_attr(EVENT);
	int fd, id;

	attr.sample_period = 0;
	fd = perf_open(&attr, -1, 0, -1, 0);
	ASSERT_LE(0, fd);
	id = rule_add(fd, "log(addr) dry-run");
	ASSERT_LT(0, id);
	EXPECT_TRUE(rule_shown(EVENT, id));
	close(fd);
	fire(&self->a, 0, 1);
	EXPECT_EQ(1, decided(&self->a));
}

#define PROBES	TRACEFS "/kprobe_events"

static int probe(const char *text)
{
	int fd = open(PROBES, O_WRONLY | O_APPEND | O_CLOEXEC), ret = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		ret = -errno;
	close(fd);
	return ret;
}

/* Constants */
#define ARGS	"a=\\-3:s16 b=\\65533:u16 c=\\-4:s8 d=\\252:u8 e=\\0x12345678:u64"

/* Probes are dynamic, strike as an NMI does, and have fields of every size. */
TEST_F(own, of_a_probe)
{
	static const struct {
		const char *rule;
		__u64 value;
	} fields[] = {
		{ "log(a) dry-run if a == -3", -3ull },
		{ "log(b) dry-run if b == 65533", 65533 },
		{ "log(c) dry-run if c < 0", -4ull },
		{ "log(d) dry-run", 252 },
		{ "log(page:e) dry-run if e > 1", 0x12345000 },
		{ "log after 2 per e dry-run", 0 },
	};
	char id[16];
	int rule[ARRAY_SIZE(fields)], fd, ret;
	size_t i;

	ret = probe("p:acttest/probe __x64_sys_getpgid " ARGS "\n");
	if (ret)
		SKIP(return, "no such probe here: %d", ret);
	EXPECT_EQ(0, read_text(TRACEFS "/events/acttest/probe/id", id, sizeof(id)));
	fd = event_open(PERF_TYPE_TRACEPOINT, atoi(id), 0);
	EXPECT_LE(0, fd);
	for (i = 0; i < ARRAY_SIZE(fields); i++) {
		rule[i] = rule_add(fd, fields[i].rule);
		EXPECT_LT(0, rule[i]) TH_LOG("%s", fields[i].rule);
	}
	EXPECT_TRUE(pin_to_cpu(0));
	getpgid(0);
	EXPECT_EQ(5, decided(&self->a));
	EXPECT_TRUE(pin_to_cpu(0));
	getpgid(0);
	EXPECT_EQ(6, decided(&self->a));
	for (i = 0; i < ARRAY_SIZE(fields); i++)
		EXPECT_TRUE(decision_is(&self->a, i, "log", "probe", rule[i], fields[i].value,
					DRY_RUN));
	/* It cannot be removed before its event, with the rules, is. */
	EXPECT_EQ(-EBUSY, probe("-:acttest/probe\n"));
	close(fd);
	EXPECT_EQ(0, probe("-:acttest/probe\n"));
	getpgid(0);
	EXPECT_EQ(0, decided(&self->a));
}

static void fire_and_expect(struct __test_metadata *_metadata, struct actions *a, int cpu,
			    int id, __u64 value)
{
	fire(a, cpu, value);
	ASSERT_EQ(1, decided(a));
	EXPECT_TRUE(would_log(a, 0, id, value));
}

/* With the CPU its event: there is a new one when it is back, with the same rules. */
TEST_F_TIMEOUT(own, cpu_goes_and_comes, 180)
{
	int id, other, own, round, cpus = self->a.cpus;

	if (cpus < 2 || access(ONLINE, W_OK))
		SKIP(return, "needs a CPU 1 that can go offline");
	id = rule_add(self->a.fire[1], "log(addr) dry-run if addr < 0x100");
	ASSERT_LT(0, id);
	for (round = 0; round < 3; round++) {
		own = tracepoint_open("mce_record", 1);
		ASSERT_LE(0, own);
		ASSERT_LT(0, rule_add(own, "log(addr) dry-run if addr == 0x900"));
		fire_and_expect(_metadata, &self->a, 1, id, round);
		fire(&self->a, 1, 0x900);
		EXPECT_EQ(1, decided(&self->a));

		ASSERT_TRUE(pin_to_cpu(0));
		ASSERT_EQ(0, write_text(ONLINE, "0"));
		self->a.cpus = 1;
		fire_and_expect(_metadata, &self->a, 0, id, 0x10 + round);
		/* Made while it is away */
		other = rule_add(self->a.fire[0], "log(addr) dry-run if addr >= 0x200");
		ASSERT_LT(0, other);
		/* Any fd of the event will do, that of a CPU that is off, too. */
		EXPECT_EQ(0, rule_change(self->a.fire[1], other,
					 "log(addr) dry-run if addr == 0x200"));
		/* What is gone with its CPU goes. */
		if (round % 2)
			close(own);
		ASSERT_EQ(0, write_text(ONLINE, "1"));
		self->a.cpus = cpus;
		close(self->a.fire[1]);
		self->a.fire[1] = persistent_open(EVENT, 1);
		ASSERT_LE(0, self->a.fire[1]);
		fire_and_expect(_metadata, &self->a, 1, id, 0x20 + round);
		fire_and_expect(_metadata, &self->a, 1, other, 0x200);
		fire_and_expect(_metadata, &self->a, 0, id, 0x30 + round);
		ASSERT_EQ(0, rule_remove(self->a.fire[1], other));
		fire(&self->a, 1, 0x200);
		EXPECT_EQ(0, decided(&self->a));
		if (round % 2 == 0)
			close(own);
	}
	EXPECT_EQ(4 * 3, rule_count(EVENT, id, "triggered"));
}

TEST_HARNESS_MAIN
