// SPDX-License-Identifier: GPL-2.0
/* Rules of persistent events: made, changed, removed, and what they decide meanwhile. */
#include "../kselftest_harness.h"
#include "action.h"
#include "log.h"

FIXTURE(rule) {
	struct actions a;
	int fd;
};

FIXTURE_SETUP(rule)
{
	const char *why = actions_setup(&self->a);

	if (why)
		SKIP(return, "%s", why);
	self->fd = self->a.fire[0];
}

FIXTURE_TEARDOWN(rule)
{
	rules_clear("action");
	actions_close(&self->a);
}

/* What it did is in the kernel's log, which it is for. */
static bool logged(int rule, unsigned int value)
{
	struct log_line line;
	char text[128];

	snprintf(text, sizeof(text), "perf: action: rule %d of " EVENT ": %#x", rule, value);
	return log_find(&line, text);
}

static void expect_counts(struct __test_metadata *_metadata, const char *event, int id,
			  long matched, long triggered, long suppressed)
{
	EXPECT_EQ(matched, rule_count(event, id, "matched"));
	EXPECT_EQ(triggered, rule_count(event, id, "triggered"));
	EXPECT_EQ(suppressed, rule_count(event, id, "suppressed"));
	EXPECT_EQ(0, rule_count(event, id, "dropped"));
	EXPECT_EQ(0, rule_count(event, id, "forgotten"));
}

TEST_F(rule, acts_and_says_so)
{
	int id = rule_add(self->fd, "log(addr)"), i;

	ASSERT_LT(0, id);
	ASSERT_TRUE(rule_shown(EVENT, id));
	EXPECT_TRUE(rule_text_is(EVENT, id, "log(addr)"));
	expect_counts(_metadata, EVENT, id, 0, 0, 0);

	for (i = 0; i < 3; i++)
		fire(&self->a, i % 2 ? self->a.cpus - 1 : 0, 0xa1100 + i);
	ASSERT_EQ(3, decided(&self->a));
	/* The CPUs are looked at one by one. */
	EXPECT_TRUE(decision_is(&self->a, 0, "log", EVENT, id, 0xa1100, DONE));
	EXPECT_TRUE(decision_is(&self->a, 1, "log", EVENT, id,
				self->a.cpus > 1 ? 0xa1102 : 0xa1101, DONE));
	EXPECT_TRUE(decision_is(&self->a, 2, "log", EVENT, id,
				self->a.cpus > 1 ? 0xa1101 : 0xa1102, DONE));
	for (i = 0; i < 3; i++)
		EXPECT_TRUE(logged(id, 0xa1100 + i));
	expect_counts(_metadata, EVENT, id, 3, 3, 0);
}

/* Says what it would do, and does not. */
TEST_F(rule, dry_run)
{
	static const struct {
		const char *text, *action;
		__u64 value;
	} rules[] = {
		{ "log(addr) dry-run", "log", 0xd2345 },
		{ "panic dry-run", "panic", 0 },
		{ "panic(addr) dry-run if addr == 0xd2345", "panic", 0xd2345 },
		{ "soft-offline(addr) dry-run", "soft-offline", 0xd2345 },
		{ "hard-offline(pfn:addr) dry-run", "hard-offline", 0xd2345ull << 12 },
		{ "kill-users(page:addr) dry-run", "kill-users", 0xd2000 },
		{ "cpu-offline(cpu) dry-run", "cpu-offline", 0 },
	};
	int id[ARRAY_SIZE(rules)], n = 0;
	char path[128];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rules); i++) {
		id[i] = 0;
		snprintf(path, sizeof(path), PMU_DIR "/actions/%s", rules[i].action);
		if (access(path, F_OK))
			continue;
		id[i] = rule_add(self->fd, rules[i].text);
		ASSERT_LT(0, id[i]) TH_LOG("%s", rules[i].text);
	}
	fire(&self->a, 0, 0xd2345);
	ASSERT_LT(0, decided(&self->a));
	/* In the order in which they were made */
	for (i = 0; i < ARRAY_SIZE(rules); i++) {
		if (!id[i])
			continue;
		EXPECT_TRUE(decision_is(&self->a, n++, rules[i].action, EVENT, id[i],
					rules[i].value, DRY_RUN));
		expect_counts(_metadata, EVENT, id[i], 1, 1, 0);
	}
	EXPECT_EQ(n, self->a.n);
	EXPECT_FALSE(logged(id[0], 0xd2345));
}

#define CAP	PMU_DIR "/actions/soft-offline/cap"
/* No machine has this page. */
#define NOWHERE	0x400000000000ull

/* Fire, and wait for the decision of an action that sleeps. */
static bool one_decided(struct actions *a, __u64 addr)
{
	a->n = 0;
	fire(a, 0, addr);
	return eventually(20, (decisions_take(a), a->n == 1));
}

/* What could not be done, and what may not. */
TEST_F(rule, failed_and_capped)
{
	char cap[16];
	int id;

	if (read_text(CAP, cap, sizeof(cap)))
		SKIP(return, "no memory failure here");
	id = rule_add(self->fd, "soft-offline(addr) after 2 per addr");
	ASSERT_LT(0, id);
	fire(&self->a, 0, NOWHERE + 1);
	EXPECT_EQ(0, decided(&self->a));
	ASSERT_TRUE(one_decided(&self->a, NOWHERE + 2));
	EXPECT_TRUE(decision_is(&self->a, 0, "soft-offline", EVENT, id, NOWHERE + 2, FAILED));
	EXPECT_EQ(-ENXIO, self->a.decision[0].result);

	ASSERT_EQ(0, write_text(CAP, "0"));
	fire(&self->a, 0, NOWHERE + 3);
	ASSERT_TRUE(one_decided(&self->a, NOWHERE + 4));
	EXPECT_TRUE(decision_is(&self->a, 0, "soft-offline", EVENT, id, NOWHERE + 4, CAPPED));
	EXPECT_EQ(-EDQUOT, self->a.decision[0].result);
	ASSERT_EQ(0, write_text(CAP, "1000"));
	fire(&self->a, 0, NOWHERE);
	ASSERT_TRUE(one_decided(&self->a, NOWHERE));
	EXPECT_TRUE(decision_is(&self->a, 0, "soft-offline", EVENT, id, NOWHERE, FAILED));
	EXPECT_EQ(0, write_text(CAP, cap));
	expect_counts(_metadata, EVENT, id, 6, 3, 0);
}

/* Neither its fd nor its maker keeps it. */
TEST_F(rule, stays)
{
	int status, id, last, cpu;
	pid_t pid;

	pid = fork();
	if (!pid)
		_exit(rule_add(self->fd, "log(addr) dry-run") <= 0);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_EQ(0, status);
	for (cpu = 0; cpu < self->a.cpus; cpu++)
		close(self->a.fire[cpu]);
	ASSERT_EQ(1, rules_of(EVENT, &id));
	for (cpu = 0; cpu < self->a.cpus; cpu++) {
		self->a.fire[cpu] = persistent_open(EVENT, cpu);
		ASSERT_LE(0, self->a.fire[cpu]);
	}
	fire(&self->a, 0, 0x7000);
	ASSERT_EQ(1, decided(&self->a));
	EXPECT_TRUE(would_log(&self->a, 0, id, 0x7000));
	/* Any fd of it will do, also one that only counts. */
	EXPECT_EQ(0, rule_remove(self->a.fire[self->a.cpus - 1], id));
	EXPECT_EQ(0, rules_of(EVENT, &last));
}

/* Its bucket is empty then, its counts go on; a wrong text changes nothing. */
TEST_F(rule, changed)
{
	int id = rule_add(self->fd, "log(addr) after 3");
	char path[256];

	ASSERT_LT(0, id);
	fire(&self->a, 0, 1);
	fire(&self->a, 0, 2);
	EXPECT_EQ(0, decided(&self->a));
	ASSERT_EQ(0, rule_change(self->fd, id, "log(addr) after 3 dry-run"));
	EXPECT_TRUE(rule_text_is(EVENT, id, "log(addr) after 3 dry-run"));
	fire(&self->a, 0, 3);
	fire(&self->a, 0, 4);
	EXPECT_EQ(0, decided(&self->a));
	fire(&self->a, 0, 5);
	ASSERT_EQ(1, decided(&self->a));
	EXPECT_TRUE(would_log(&self->a, 0, id, 5));

	EXPECT_EQ(-EINVAL, rule_change(self->fd, id, "log(addr) after"));
	EXPECT_TRUE(rule_text_is(EVENT, id, "log(addr) after 3 dry-run"));
	rule_path(path, sizeof(path), EVENT, id, "rule");
	EXPECT_EQ(-EINVAL, write_text(path, "log(addr) after\n"));
	EXPECT_TRUE(rule_text_is(EVENT, id, "log(addr) after 3 dry-run"));
	fire(&self->a, 0, 6);
	fire(&self->a, 0, 7);
	fire(&self->a, 0, 8);
	ASSERT_EQ(1, decided(&self->a));
	EXPECT_TRUE(would_log(&self->a, 0, id, 8));

	/* Of another action, and through sysfs */
	ASSERT_EQ(0, write_text(path, "  panic(bank) dry-run if addr == 9\n"));
	EXPECT_TRUE(rule_text_is(EVENT, id, "panic(bank) dry-run if addr == 9"));
	fire(&self->a, 0, 8);
	fire(&self->a, 0, 9);
	ASSERT_EQ(1, decided(&self->a));
	EXPECT_TRUE(decision_is(&self->a, 0, "panic", EVENT, id, 1, DRY_RUN));
	expect_counts(_metadata, EVENT, id, 9, 3, 0);
}

TEST_F(rule, removed)
{
	int id = rule_add(self->fd, "log(addr) dry-run"), other, last, i;

	ASSERT_LT(0, id);
	ASSERT_EQ(0, event_file_write(EVENT, "add_rule", "log(addr) dry-run if addr == 2\n"));
	ASSERT_EQ(2, rules_of(EVENT, &other));
	ASSERT_NE(id, other);
	fire(&self->a, 0, 1);
	fire(&self->a, 0, 2);
	EXPECT_EQ(3, decided(&self->a));
	ASSERT_EQ(0, rule_remove(self->fd, id));
	EXPECT_FALSE(rule_shown(EVENT, id));
	EXPECT_TRUE(rule_shown(EVENT, other));
	fire(&self->a, 0, 1);
	fire(&self->a, 0, 2);
	ASSERT_EQ(1, decided(&self->a));
	EXPECT_TRUE(would_log(&self->a, 0, other, 2));
	ASSERT_EQ(0, rule_remove_sysfs(EVENT, other));
	EXPECT_FALSE(rule_shown(EVENT, other));
	fire(&self->a, 0, 2);
	EXPECT_EQ(0, decided(&self->a));

	EXPECT_EQ(-ENOENT, rule_remove(self->fd, id));
	EXPECT_EQ(-ENOENT, rule_change(self->fd, id, "log"));
	EXPECT_EQ(-ENOENT, rule_remove_sysfs(EVENT, id));
	EXPECT_EQ(0, rules_of(EVENT, &last));

	/* Its number is not given to another, were it the only one. */
	for (last = other, i = 0; i < RULES_MAX + 6; i++, last = id) {
		id = rule_add(self->fd, "log dry-run");
		ASSERT_LT(last, id);
		ASSERT_EQ(0, rule_remove(self->fd, id));
	}
}

/* A number is that of a rule of one event, whichever else is asked. */
TEST_F(rule, of_another_event)
{
	int id = rule_add(self->fd, "log(addr) dry-run"), fd = persistent_open("mc_event", 0);

	ASSERT_LT(0, id);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-ENOENT, rule_remove(fd, id));
	EXPECT_EQ(-ENOENT, rule_change(fd, id, "log"));
	EXPECT_EQ(-ENOENT, rule_remove_sysfs("mc_event", id));
	EXPECT_TRUE(rule_text_is(EVENT, id, "log(addr) dry-run"));
	fire(&self->a, 0, 1);
	EXPECT_EQ(1, decided(&self->a));
	close(fd);
}

TEST_F(rule, goes_with_its_event)
{
	int id[3], i, mce = persistent_open("mce_record", 0), fd;
	char text[64];

	ASSERT_LE(0, mce);
	for (i = 0; i < 3; i++) {
		id[i] = rule_add(self->fd, "log(addr) after 2/1h per addr dry-run");
		ASSERT_LT(0, id[i]);
	}
	fire(&self->a, 0, 1);
	ASSERT_EQ(0, forget(EVENT));
	for (i = 0; i < 3; i++)
		EXPECT_FALSE(rule_shown(EVENT, id[i]));
	/* Who has it open still, finds no rules. */
	EXPECT_EQ(-ENOENT, rule_add(self->fd, "log"));
	EXPECT_EQ(-ENOENT, rule_remove(self->fd, id[0]));
	EXPECT_EQ(-ENOENT, rule_change(self->fd, id[0], "log"));
	fd = self->a.fire[0];
	self->a.fire[0] = mce;
	fire(&self->a, 0, 1);
	EXPECT_EQ(0, decided(&self->a));

	/* One of the same name has none of them. */
	persist_again("mce_record", EVENT);
	EXPECT_EQ(0, rules_of(EVENT, &i));
	fire(&self->a, 0, 1);
	fire(&self->a, 0, 1);
	EXPECT_EQ(0, decided(&self->a));
	snprintf(text, sizeof(text), "%d", id[2]);
	EXPECT_EQ(-ENOENT, event_file_write(EVENT, "remove_rule", text));
	close(fd);
}

/* The buffer keeps the first; a rule sees all. */
TEST_F(rule, acts_when_the_buffer_is_full)
{
	int id = rule_add(self->fd, "log(addr) dry-run"), i, round;

	ASSERT_LT(0, id);
	for (round = 0; round < 3; round++) {
		for (i = 0; i < FIRES_MAX; i++)
			fire(&self->a, 0, i);
		ASSERT_EQ(FIRES_MAX, decided(&self->a));
	}
	EXPECT_LT(0, read_count(self->fd).lost);
	expect_counts(_metadata, EVENT, id, 3 * FIRES_MAX, 3 * FIRES_MAX, 0);
}

/* All that there may be, each with a decision of its own. */
TEST_F(rule, as_many_as_there_may_be)
{
	int id[RULES_MAX], n = 0, i, fd, last;
	char text[64];

	for (;;) {
		snprintf(text, sizeof(text), "log(addr) dry-run if addr != %d", n);
		i = rule_add(self->fd, text);
		if (i < 0)
			break;
		ASSERT_LT(n, RULES_MAX);
		id[n++] = i;
	}
	EXPECT_EQ(-ENOSPC, i);
	/* One is the fence's. */
	EXPECT_EQ(RULES_MAX - 1, n);
	EXPECT_EQ(-ENOSPC, event_file_write(EVENT, "add_rule", "log"));
	fd = persistent_open("mc_event", 0);
	EXPECT_EQ(-ENOSPC, rule_add(fd, "log"));
	close(fd);
	EXPECT_EQ(n, rules_of(EVENT, &last));
	/* To change is not to add. */
	EXPECT_EQ(0, rule_change(self->fd, id[3], "log(addr) dry-run if addr != 3"));

	fire(&self->a, 0, 5);
	ASSERT_EQ(n - 1, decided(&self->a));
	for (i = 0; i < n; i++)
		EXPECT_EQ(i != 5, decided_by(&self->a, id[i]));
	ASSERT_EQ(0, rule_remove(self->fd, id[7]));
	id[7] = rule_add(self->fd, "log(addr) dry-run if addr != 7");
	ASSERT_LT(id[n - 1], id[7]);
	fire(&self->a, 0, 7);
	ASSERT_EQ(n - 1, decided(&self->a));
	EXPECT_EQ(0, decided_by(&self->a, id[7]));
	for (i = 0; i < n; i++)
		EXPECT_EQ(i != 5 && i != 7 ? 2 : i == 5, rule_count(EVENT, id[i], "triggered"));
}

/* What a rule causes does not trigger it; what else it is for does. */
TEST_F(rule, not_by_its_own_doing)
{
	int fd = persistent_open("action", 0), doer, itself, other;

	ASSERT_LE(0, fd);
	doer = rule_add(self->fd, "log(addr)");
	itself = rule_add(fd, "log(value) if source == \"" EVENT "\"");
	other = rule_add(fd, "panic(value) dry-run if source == \"" EVENT "\"");
	ASSERT_LT(0, doer);
	ASSERT_LT(0, itself);
	ASSERT_LT(0, other);
	fire(&self->a, 0, 0x5e1f);
	fire(&self->a, 0, 0x5e1f);
	ASSERT_EQ(4, decided(&self->a));
	EXPECT_EQ(2, decided_by(&self->a, doer));
	EXPECT_EQ(2, decided_by(&self->a, other));
	EXPECT_TRUE(decision_is(&self->a, 0, "log", EVENT, doer, 0x5e1f, DONE));
	expect_counts(_metadata, "action", itself, 2, 0, 2);
	expect_counts(_metadata, "action", other, 2, 2, 0);

	/* Without a filter they see each other and themselves: that ends. */
	ASSERT_EQ(0, rule_change(fd, itself, "log dry-run"));
	ASSERT_EQ(0, rule_change(fd, other, "panic dry-run"));
	fire(&self->a, 0, 0x5e1f);
	ASSERT_LT(1, decided(&self->a));
	EXPECT_GE(8, self->a.n);
	EXPECT_EQ(1, decided_by(&self->a, doer));
	EXPECT_LT(0, decided_by(&self->a, other));
	close(fd);
}

TEST_HARNESS_MAIN
