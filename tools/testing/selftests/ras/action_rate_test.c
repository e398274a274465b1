// SPDX-License-Identifier: GPL-2.0
/* What a rule takes from an event, which events it counts, and how many it takes. */
#include "../kselftest_harness.h"
#include "action.h"

#define VALUES_MAX	512

FIXTURE(rate) {
	struct actions a;
	int fd;
};

FIXTURE_SETUP(rate)
{
	const char *why = actions_setup(&self->a);

	if (why)
		SKIP(return, "%s", why);
	self->fd = self->a.fire[0];
}

FIXTURE_TEARDOWN(rate)
{
	actions_close(&self->a);
}

/* Values at random: each third of one is decided on, and nothing else. */
static void expect_thirds(struct __test_metadata *_metadata, struct actions *a, int id,
			  __u64 step)
{
	unsigned int seed = 1, count[5] = {}, value, i, round, n, all = 0;
	__u64 want[FIRES_MAX];

	for (round = 0; round < 6; round++) {
		for (i = 0, n = 0; i < FIRES_MAX; i++) {
			value = rand_r(&seed) % ARRAY_SIZE(count);
			fire(a, 0, value * step);
			if (++count[value] % 3 == 0)
				want[n++] = value * step;
		}
		ASSERT_EQ((int)n, decided(a));
		for (i = 0; i < n; i++)
			EXPECT_TRUE(would_log(a, i, id, want[i]));
		all += n;
	}
	EXPECT_EQ(6 * FIRES_MAX, rule_count(EVENT, id, "matched"));
	EXPECT_EQ(all, rule_count(EVENT, id, "triggered"));
	EXPECT_EQ(0, rule_count(EVENT, id, "suppressed"));
	EXPECT_EQ(0, rule_count(EVENT, id, "forgotten"));
}

TEST_F(rate, per_value)
{
	int id = rule_add(self->fd, "log(addr) after 3 per addr dry-run");

	ASSERT_LT(0, id);
	expect_thirds(_metadata, &self->a, id, 0x1001);
}

/* Nothing leaks in the time that this takes. */
TEST_F(rate, per_value_and_period)
{
	int id = rule_add(self->fd, "log(addr) after 3/10h per addr dry-run");

	ASSERT_LT(0, id);
	expect_thirds(_metadata, &self->a, id, 8);
}

TEST_F(rate, whatever_value)
{
	int id = rule_add(self->fd, "log(addr) after 3 dry-run"), i;

	ASSERT_LT(0, id);
	for (i = 1; i <= 10; i++)
		fire(&self->a, 0, i);
	ASSERT_EQ(3, decided(&self->a));
	for (i = 0; i < 3; i++)
		EXPECT_TRUE(would_log(&self->a, i, id, 3 * i + 3));
}

/* On whichever CPU they come */
TEST_F(rate, all_cpus_together)
{
	int id = rule_add(self->fd, "log(addr) after 3/10h per addr dry-run"), i;

	if (self->a.cpus < 2)
		SKIP(return, "needs two CPUs");
	ASSERT_LT(0, id);
	for (i = 0; i < 12; i++) {
		fire(&self->a, i % 2, 0x42);
		EXPECT_EQ(i % 3 == 2, decided(&self->a)) TH_LOG("%d", i);
	}
}

/* One leaks in 100 ms: those that come every 150 ms or later are never three. */
TEST_F(rate, leaks)
{
	int slow = rule_add(self->fd, "log(addr) after 3/300ms per addr dry-run"), i;
	int never = rule_add(self->fd, "log(addr) after 3 per addr dry-run if addr == 2");

	ASSERT_LT(0, slow);
	ASSERT_LT(0, never);
	for (i = 0; i < 12; i++) {
		fire(&self->a, 0, 2);
		usleep(150000);
	}
	EXPECT_EQ(4, decided(&self->a));
	EXPECT_EQ(0, decided_by(&self->a, slow));
	EXPECT_EQ(4, decided_by(&self->a, never));
	EXPECT_EQ(12, rule_count(EVENT, slow, "matched"));
	EXPECT_EQ(0, rule_count(EVENT, slow, "triggered"));
}

/* What is counted is the page, if the action is for a page and that is its argument. */
TEST_F(rate, pages)
{
	int page, field, said, frame;

	if (access(PMU_DIR "/actions/soft-offline", F_OK))
		SKIP(return, "no memory failure here");
	page = rule_add(self->fd, "soft-offline(addr) after 3 per addr dry-run");
	field = rule_add(self->fd, "log(addr) after 3 per addr dry-run");
	said = rule_add(self->fd, "log(page:addr) after 3 per page:addr dry-run");
	frame = rule_add(self->fd, "log(pfn:addr) after 3 per pfn:addr dry-run");
	ASSERT_LT(0, page);
	ASSERT_LT(0, field);
	ASSERT_LT(0, said);
	ASSERT_LT(0, frame);
	fire(&self->a, 0, 0x5000);
	fire(&self->a, 0, 0x6000);
	fire(&self->a, 0, 0x5008);
	fire(&self->a, 0, 0x4fff);
	EXPECT_EQ(0, decided(&self->a));
	fire(&self->a, 0, 0x5fff);
	ASSERT_EQ(2, decided(&self->a));
	EXPECT_TRUE(decision_is(&self->a, 0, "soft-offline", EVENT, page, 0x5fff, DRY_RUN));
	EXPECT_TRUE(would_log(&self->a, 1, said, 0x5000));
	fire(&self->a, 0, 0x5008);
	fire(&self->a, 0, 0x5008);
	ASSERT_EQ(2, decided(&self->a));
	EXPECT_TRUE(would_log(&self->a, 0, field, 0x5008));
	EXPECT_TRUE(would_log(&self->a, 1, frame, 0x5008ull << 12));
}

/* For one value more there is no room: the one that was seen least, and longest ago, goes. */
TEST_F(rate, forgets_the_coldest)
{
	int id = rule_add(self->fd, "log(addr) after 3 per addr dry-run"), i;

	ASSERT_LT(0, id);
	/* The first is warmer than all others. */
	fire(&self->a, 0, 1);
	for (i = 1; i <= VALUES_MAX; i++) {
		fire(&self->a, 0, i);
		if (i % FIRES_MAX == 0)
			ASSERT_EQ(0, decided(&self->a));
	}
	ASSERT_EQ(0, decided(&self->a));
	EXPECT_EQ(0, rule_count(EVENT, id, "forgotten"));
	for (; i <= VALUES_MAX + 10; i++)
		fire(&self->a, 0, i);
	ASSERT_EQ(0, decided(&self->a));
	EXPECT_EQ(10, rule_count(EVENT, id, "forgotten"));

	fire(&self->a, 0, 1);
	ASSERT_EQ(1, decided(&self->a));
	EXPECT_TRUE(would_log(&self->a, 0, id, 1));
	/* Its place is free: 2 to 11 were forgotten, 12 was not. */
	fire(&self->a, 0, 11);
	fire(&self->a, 0, 11);
	ASSERT_EQ(0, decided(&self->a));
	EXPECT_EQ(10, rule_count(EVENT, id, "forgotten"));
	fire(&self->a, 0, 12);
	fire(&self->a, 0, 12);
	ASSERT_EQ(1, decided(&self->a));
	EXPECT_TRUE(would_log(&self->a, 0, id, 12));
	EXPECT_EQ(VALUES_MAX + 16, rule_count(EVENT, id, "matched"));
}

/* Counted is what the filter lets through. */
TEST_F(rate, filter)
{
	int id = rule_add(self->fd, "log(addr) after 2 dry-run if bank == 3 && addr > 0x1000");
	int all = rule_add(self->fd, "log(bank) dry-run"), i;

	ASSERT_LT(0, id);
	ASSERT_LT(0, all);
	for (i = 0; i < 6; i++) {
		fire_bank(&self->a, 0, 3, 0x1000);
		fire_bank(&self->a, 0, 4, 0x2000);
		fire_bank(&self->a, 0, 3, 0x2000 + i);
	}
	ASSERT_EQ(18 + 3, decided(&self->a));
	EXPECT_EQ(3, decided_by(&self->a, id));
	EXPECT_EQ(18, decided_by(&self->a, all));
	EXPECT_EQ(6, rule_count(EVENT, id, "matched"));
	EXPECT_EQ(3, rule_count(EVENT, id, "triggered"));
	EXPECT_EQ(18, rule_count(EVENT, all, "matched"));
	/* The second that was let through is the ninth that came. */
	EXPECT_TRUE(would_log(&self->a, 5, id, 0x2001));
}

/* Each has its own bucket and its own counts. */
TEST_F(rate, side_by_side)
{
	int id[4], i;
	char text[64];

	for (i = 1; i < 4; i++) {
		snprintf(text, sizeof(text), "log(addr) after %d per addr dry-run", i);
		id[i] = rule_add(self->fd, text);
		ASSERT_LT(0, id[i]);
	}
	for (i = 0; i < 12; i++)
		fire(&self->a, 0, 7);
	ASSERT_EQ(12 + 6 + 4, decided(&self->a));
	for (i = 1; i < 4; i++) {
		EXPECT_EQ(12 / i, decided_by(&self->a, id[i]));
		EXPECT_EQ(12, rule_count(EVENT, id[i], "matched"));
		EXPECT_EQ(12 / i, rule_count(EVENT, id[i], "triggered"));
	}
}

/* The CPU is in no record. */
TEST_F(rate, cpu_as_a_field)
{
	int id = rule_add(self->fd, "log(CPU) after 2 per CPU dry-run if CPU < 100"), i;
	int own = rule_add(self->fd, "log(cpu) dry-run");

	ASSERT_LT(0, id);
	ASSERT_LT(0, own);
	for (i = 0; i < self->a.cpus; i++)
		fire(&self->a, i, 1);
	EXPECT_EQ(self->a.cpus, decided(&self->a));
	EXPECT_EQ(0, decided_by(&self->a, id));
	for (i = self->a.cpus - 1; i >= 0; i--) {
		fire(&self->a, i, 1);
		ASSERT_EQ(2, decided(&self->a));
		EXPECT_TRUE(would_log(&self->a, 0, id, i));
		/* That of the record, of this name, is another. */
		EXPECT_TRUE(would_log(&self->a, 1, own, i));
	}
}

/* As it is in a record, as a rule takes it, and as a filter has it */
static const struct field_value {
	const char *system;
	const char *event;
	const char *field;
	__u64 raw;
	__u64 value;
	const char *text;
} fields[] = {
	{ "mce", "mce_record", "bank", 0xfe, 0xfe, "254" },
	{ "ras", "mc_event", "top_layer", 0xfd, -3ull, "-3" },
	{ "ras", "mc_event", "lower_layer", 0x7f, 0x7f, "0x7f" },
	{ "ras", "mc_event", "error_count", 0xfffe, 0xfffe, "65534" },
	{ "mce", "mce_record", "socketid", 0xfedcba98, 0xfedcba98, "0xfedcba98" },
	{ "signal", "signal_generate", "errno", 0x80000001, 0xffffffff80000001,
	  "-2147483647" },
	{ "signal", "signal_generate", "errno", 0x7fffffff, 0x7fffffff, "2147483647" },
	{ "mce", "mce_record", "misc", 0xfedcba9876543210, 0xfedcba9876543210,
	  "0xfedcba9876543210" },
	{ "ras", "mc_event", "address", 0x8000000000000001, 0x8000000000000001,
	  "-9223372036854775807" },
};

/* Of @event's fields all 0 but the one. */
static void record_one(const struct format *f, struct record *rec, const char *event,
		       const char *field, __u64 raw)
{
	if (!strcmp(event, "mc_event")) {
		record_mc_event(f, rec, "read error", "DIMM A1");
	} else {
		memset(rec, 0, sizeof(*rec));
		record_finish(rec, f->end);
	}
	field_set(f, rec, field, raw);
}

static void expect_field(struct __test_metadata *_metadata, struct actions *a,
			 const struct field_value *v)
{
	struct format f;
	struct record rec;
	struct perf_event_attr attr;
	int fd, id, filtered;
	char path[128], text[128];

	format_read(&f, v->system, v->event);
	snprintf(path, sizeof(path), TRACEFS "/events/%s/%s/id", v->system, v->event);
	ASSERT_EQ(0, read_text(path, text, sizeof(text)));
	attr = event_attr(PERF_TYPE_TRACEPOINT, atoi(text));
	fd = perf_open(&attr, -1, 0, -1, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, persist(fd, "test-field", "", 1, 0));
	close(fd);

	fd = persistent_open("test-field", 0);
	ASSERT_LE(0, fd);
	snprintf(text, sizeof(text), "log(%s) dry-run if %s == %s", v->field, v->field, v->text);
	id = rule_add(fd, text);
	ASSERT_LT(0, id) TH_LOG("%s", text);
	snprintf(text, sizeof(text), "log(%s) dry-run if %s != %s && %s != 0", v->field,
		 v->field, v->text, v->field);
	filtered = rule_add(fd, text);
	ASSERT_LT(0, filtered) TH_LOG("%s", text);
	record_one(&f, &rec, v->event, v->field, v->raw);
	ASSERT_EQ(rec.header.size, record_write(fd, &rec));
	ASSERT_LE(1, decided(a));
	EXPECT_EQ(1, decided_by(a, id));
	/* Those of the fence have an errno, too. */
	EXPECT_EQ(strcmp(v->system, "signal") ? 0 : a->cpus, decided_by(a, filtered));
	EXPECT_TRUE(decision_is(a, 0, "log", "test-field", id, v->value, DRY_RUN));
	close(fd);
	ASSERT_EQ(0, forget("test-field"));
}

TEST_F(rate, fields)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(fields); i++)
		expect_field(_metadata, &self->a, &fields[i]);
}

TEST_HARNESS_MAIN
