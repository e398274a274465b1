// SPDX-License-Identifier: GPL-2.0
/*
 * Rules of a tracepoint that is not there yet, any more, or again: module_test.c tells what
 * samples/trace_events/trace-events-sample.ko fires.
 */
#include "../kselftest_harness.h"
#include "action.h"
#include "log.h"
#include "module.h"

#define PENDING	"foo_bar"

FIXTURE(module) {
	struct actions a;
	bool begun;
};

FIXTURE_SETUP(module)
{
	const char *why;

	self->begun = false;
	if (!module_path())
		SKIP(return, "no trace-events-sample.ko here");
	if (access(PMU_DIR "/sources/" PENDING, F_OK))
		SKIP(return, "not booted with perf_persistent=sample-trace:foo_bar: see boots");
	why = actions_setup(&self->a);
	if (why)
		SKIP(return, "%s", why);
	self->begun = true;
	if (loaded())
		ASSERT_EQ(0, unload());
	rules_clear(PENDING);
}

FIXTURE_TEARDOWN(module)
{
	if (!self->begun)
		return;
	rules_clear(PENDING);
	if (loaded())
		unload();
	actions_close(&self->a);
}

/* Through sysfs: a pending event cannot be opened before it was there once. */
static int add(const char *text)
{
	int ret = event_file_write(PENDING, "add_rule", text), id;

	rules_of(PENDING, &id);
	return ret ?: id;
}

static bool triggers(int id)
{
	long before = rule_count(PENDING, id, "triggered");

	return eventually(30, rule_count(PENDING, id, "triggered") >= before + 2);
}

TEST_F_TIMEOUT(module, armed_and_disarmed, 240)
{
	int id = add("log(bar) dry-run if bar < 1000000"), round, i, of_it;
	long matched;

	ASSERT_LT(0, id);
	EXPECT_EQ(0, rule_count(PENDING, id, "matched"));
	for (round = 0; round < 3; round++) {
		ASSERT_EQ(0, load());
		EXPECT_TRUE(triggers(id)) TH_LOG("round %d", round);
		ASSERT_EQ(0, unload());
		matched = rule_count(PENDING, id, "matched");
		ASSERT_LE(0, decided(&self->a));
		EXPECT_EQ(matched, rule_count(PENDING, id, "triggered"));
		of_it = 0;
		for (i = 0; i < self->a.n; i++) {
			if (self->a.decision[i].rule != (__u32)id)
				continue;
			of_it++;
			EXPECT_TRUE(decision_is(&self->a, i, "log", PENDING, id,
						self->a.decision[i].value, DRY_RUN));
			/* bar counts from 0 at each load. */
			EXPECT_GT(100, self->a.decision[i].value);
		}
		EXPECT_LE(2, of_it);
		/* The rule is there, and nothing for it to see. */
		EXPECT_TRUE(rule_text_is(PENDING, id, "log(bar) dry-run if bar < 1000000"));
		EXPECT_EQ(matched, rule_count(PENDING, id, "matched"));
	}
}

/* Of it only what needs no tracepoint can be said; the rest is said when it is there. */
TEST_F_TIMEOUT(module, a_rule_that_does_not_fit, 240)
{
	static const char * const wrong[] = {
		"log(baz) dry-run",
		"log(bar) after 2 per baz dry-run",
		"log(bar) dry-run if baz == 1",
		"log(str) dry-run",
		"log(bar) dry-run if bar ==",
	};
	static const char * const why[] = {
		"the event has no such field", "the event has no such field", "Field not found",
		"the field is no integer", "",
	};
	int bad[ARRAY_SIZE(wrong)], good;
	struct log_line line;
	char text[160];
	size_t i;

	EXPECT_EQ(-EINVAL, add("shout(bar)"));
	EXPECT_EQ(-EINVAL, add("log(bar) after 0"));
	EXPECT_EQ(-EINVAL, add("soft-offline"));
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		bad[i] = add(wrong[i]);
		ASSERT_LT(0, bad[i]) TH_LOG("%s", wrong[i]);
	}
	good = add("log(bar) dry-run");
	ASSERT_LT(0, good);

	ASSERT_EQ(0, load());
	EXPECT_TRUE(triggers(good));
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		EXPECT_EQ(0, rule_count(PENDING, bad[i], "matched")) TH_LOG("%s", wrong[i]);
		EXPECT_TRUE(rule_text_is(PENDING, bad[i], wrong[i]));
		snprintf(text, sizeof(text), "%s: rule %d does nothing: '%s': %s", PENDING, bad[i],
			 wrong[i], why[i]);
		EXPECT_TRUE(log_find(&line, text)) TH_LOG("%s", text);
		EXPECT_EQ(3, line.level);
		/* Now it is known. */
		EXPECT_EQ(-EINVAL, add(wrong[i]));
	}
	/* Made right, it acts. */
	snprintf(text, sizeof(text), "rule%d/rule", bad[0]);
	ASSERT_EQ(0, event_file_write(PENDING, text, "log(bar) dry-run"));
	EXPECT_TRUE(triggers(bad[0]));
	EXPECT_EQ(0, rule_remove_sysfs(PENDING, bad[1]));
	EXPECT_FALSE(rule_shown(PENDING, bad[1]));
	ASSERT_EQ(0, unload());

	/* And with the module gone, a rule can be made wrong again, and removed. */
	ASSERT_EQ(0, event_file_write(PENDING, text, "log(baz) dry-run"));
	EXPECT_EQ(0, rule_remove_sysfs(PENDING, good));
	ASSERT_EQ(0, load());
	EXPECT_TRUE(eventually(30, source_count(PENDING, "count", -1) > 2));
	ASSERT_EQ(0, unload());
}

/* A rule of an fd's own event keeps the module, as the event does; the rule goes with it. */
TEST_F_TIMEOUT(module, own_rule_of_its_tracepoint, 120)
{
	struct perf_event_attr attr;
	char id[16];
	int cpu, fd[CPUS_MAX];

	ASSERT_EQ(0, load());
	ASSERT_EQ(0, read_text(TRACEFS "/events/sample-trace/foo_bar/id", id, sizeof(id)));
	attr = event_attr(PERF_TYPE_TRACEPOINT, atoi(id));
	for (cpu = 0; cpu < self->a.cpus; cpu++) {
		fd[cpu] = perf_open(&attr, -1, cpu, -1, 0);
		ASSERT_LE(0, fd[cpu]);
		ASSERT_LT(0, rule_add(fd[cpu], "log(bar) after 2 per bar dry-run"));
		ASSERT_LT(0, rule_add(fd[cpu], "log(bar) dry-run"));
	}
	EXPECT_TRUE(eventually(30, decided(&self->a) > 0));
	EXPECT_STREQ("foo_bar", self->a.decision[0].source);
	EXPECT_EQ(-EAGAIN, unload());
	for (cpu = 0; cpu < self->a.cpus; cpu++)
		close(fd[cpu]);
	EXPECT_EQ(0, unload());
}

TEST_HARNESS_MAIN
