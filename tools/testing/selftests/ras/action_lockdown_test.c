// SPDX-License-Identifier: GPL-2.0
/*
 * Under lockdown=integrity rules are made as ever: they do nothing that CAP_SYS_ADMIN may not
 * do there. Nothing is injected for them to act on; what happens is.
 */
#include "../kselftest_harness.h"
#include "action.h"

#define SIGNALS	"test-signals"

FIXTURE(lockdown) {
	int fd;
};

FIXTURE_SETUP(lockdown)
{
	self->fd = -1;
	if (!actions_usable())
		SKIP(return, "no rules here, or not root");
	if (!locked_down())
		SKIP(return, "not locked down: see boots");
	forget_tests();
	ASSERT_EQ(0, persist_signal(SIGNAL_A, SIGNALS, "", 1, 0));
	self->fd = persistent_open(SIGNALS, 0);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(lockdown)
{
	if (self->fd < 0)
		return;
	close(self->fd);
	forget_tests();
}

/* What is not injected: signals */
TEST_F(lockdown, rules_act)
{
	int id = rule_add(self->fd, "log(errno) after 3 per errno dry-run if errno < 10"), last;
	__u64 before = source_count("action", "count", -1);
	struct record rec;
	struct format mce;
	int fd, i;

	ASSERT_LT(0, id);
	EXPECT_TRUE(rule_shown(SIGNALS, id));
	for (i = 0; i < 4; i++) {
		raise_signals_on(0, SIGNAL_A, 8, 3);
		raise_signals_on(buffer_cpus() - 1, SIGNAL_A, 8, 3);
	}
	EXPECT_TRUE(eventually(20, rule_count(SIGNALS, id, "triggered") == 2 * 2));
	EXPECT_EQ(2 * 8, rule_count(SIGNALS, id, "matched"));
	EXPECT_EQ(before + 4, source_count("action", "count", -1));

	ASSERT_EQ(0, rule_change(self->fd, id, "panic dry-run"));
	EXPECT_TRUE(rule_text_is(SIGNALS, id, "panic dry-run"));
	EXPECT_EQ(-EINVAL, rule_add(self->fd, "log(addr)"));
	ASSERT_EQ(0, event_file_write(SIGNALS, "add_rule", "log dry-run"));
	EXPECT_EQ(2, rules_of(SIGNALS, &last));
	ASSERT_EQ(0, rule_remove_sysfs(SIGNALS, last));
	ASSERT_EQ(0, rule_remove(self->fd, id));
	EXPECT_EQ(0, rules_of(SIGNALS, &last));

	/* Injection is what is refused, with rules or without. */
	format_read(&mce, "mce", "mce_record");
	record_mce(&mce, &rec, 0, 1, STATUS_CE, 0x1000);
	fd = persistent_open("mce_record", 0);
	ASSERT_LE(0, fd);
	id = rule_add(fd, "log dry-run");
	ASSERT_LT(0, id);
	EXPECT_EQ(-EPERM, record_write(fd, &rec));
	EXPECT_EQ(0, rule_count("mce_record", id, "matched"));
	EXPECT_EQ(0, rule_remove(fd, id));
	close(fd);
}

/* A rule is not more than its maker may. */
TEST_F(lockdown, own_rules_and_others)
{
	int fd = signal_open(SIGNAL_A, getpid()), id;
	__u64 before = source_count("action", "count", -1);

	id = rule_add(fd, "log(errno) dry-run");
	ASSERT_LT(0, id);
	raise_signals_on(0, SIGNAL_A, 1, 5);
	EXPECT_TRUE(eventually(20, source_count("action", "count", -1) == before + 5));
	EXPECT_EQ(EPERM, as_child(CAP_PERFMON, -rule_add(self->fd, "log")));
	EXPECT_EQ(EPERM, as_child(-1, -rule_add(fd, "log")));
	close(fd);
}

TEST_HARNESS_MAIN
