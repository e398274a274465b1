// SPDX-License-Identifier: GPL-2.0
/* KUnit tests of filters that act: the grammar, values, and rates against a model. */
#include <kunit/test.h>
#include <linux/prandom.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/time64.h>

#include "action_private.h"

#define SECOND	((u64)NSEC_PER_SEC)
#define HOUR	(3600 * SECOND)

struct parse_case {
	const char		*text;
	struct perf_action_spec	spec;
	unsigned int		pos;	/* of what is wrong */
	const char		*why;	/* that it is, or NULL */
};

static const struct parse_case parse_cases[] = {
	{ "log", { .action = "log", .count = 1 } },
	{ " log ", { .action = "log", .count = 1 } },
	{ "log()", .pos = 4, .why = "a field is wanted" },
	{ "soft-offline(addr)", { .action = "soft-offline", .arg = { .field = "addr" },
				  .count = 1 } },
	{ "soft-offline ( pfn:n )", { .action = "soft-offline", .count = 1,
				      .arg = { PERF_ACTION_PFN, "n" } } },
	{ "log(page:a) after 10/24h per page:a",
	  { .action = "log", .arg = { PERF_ACTION_PAGE, "a" }, .count = 10,
	    .period = 24 * HOUR, .key = { PERF_ACTION_PAGE, "a" } } },
	{ "log after 1023 per pfn", { .action = "log", .count = 1023,
				      .key = { .field = "pfn" } } },
	{ "log after 2/3ms", { .action = "log", .count = 2, .period = 3 * NSEC_PER_MSEC } },
	{ "log after 2 / 3 s", { .action = "log", .count = 2, .period = 3 * SECOND } },
	{ "log after 2/3m", { .action = "log", .count = 2, .period = 180 * SECOND } },
	{ "log after 2/3d dry-run", { .action = "log", .count = 2, .period = 72 * HOUR,
				      .dry_run = true } },
	{ "log dry-run if a == 1 && b", { .action = "log", .count = 1, .dry_run = true,
					  .filter = "a == 1 && b", .filter_pos = 15 } },
	{ "log if if", { .action = "log", .count = 1, .filter = "if", .filter_pos = 7 } },
	{ "log after 4294967295", { .action = "log", .count = U32_MAX } },

	{ "", .pos = 0, .why = "an action is wanted" },
	{ "  ", .pos = 2, .why = "an action is wanted" },
	{ "7", .pos = 0, .why = "an action is wanted" },
	{ "(addr)", .pos = 0, .why = "an action is wanted" },
	{ "x(7)", .pos = 2, .why = "a field is wanted" },
	{ "x(a", .pos = 3, .why = "a ) is wanted" },
	{ "x(a-b)", .pos = 3, .why = "a ) is wanted" },
	{ "x(a:b)", .pos = 2, .why = "neither pfn: nor page:" },
	{ "x(pfn:)", .pos = 6, .why = "a field is wanted" },
	{ "x after", .pos = 7, .why = "a number is wanted, at least 1" },
	{ "x after 0", .pos = 8, .why = "a number is wanted, at least 1" },
	{ "x after -1", .pos = 8, .why = "a number is wanted, at least 1" },
	{ "x after 4294967296", .pos = 8, .why = "the number is too large" },
	{ "x after 1/", .pos = 10, .why = "a number is wanted, at least 1" },
	{ "x after 1/1", .pos = 11, .why = "a unit of time is wanted: ms, s, m, h or d" },
	{ "x after 1/1hour", .pos = 11, .why = "a unit of time is wanted: ms, s, m, h or d" },
	{ "x after 1/36501d", .pos = 10, .why = "more than 100 years" },
	{ "x after 1000001/1ms", .pos = 16, .why = "less than a nanosecond for each event" },
	{ "x after 1 per", .pos = 13, .why = "a field is wanted" },
	{ "x per a", .pos = 2, .why = "expected, in this order: after, per, dry-run, if" },
	{ "x dry-run after 1", .pos = 10,
	  .why = "expected, in this order: after, per, dry-run, if" },
	{ "x dry-running", .pos = 2, .why = "expected, in this order: after, per, dry-run, if" },
	{ "x if ", .pos = 5, .why = "a filter is wanted" },
	{ "x y", .pos = 2, .why = "expected, in this order: after, per, dry-run, if" },
	{ "a123456789012345678901234567890123456789012345678901234567890123",
	  .pos = 0, .why = "the name is too long" },
};

static void expect_value(struct kunit *test, const struct parse_case *c,
			 const struct perf_action_value *want,
			 const struct perf_action_value *got)
{
	KUNIT_EXPECT_EQ_MSG(test, want->unit, got->unit, "%s", c->text);
	KUNIT_EXPECT_STREQ_MSG(test, want->field, got->field, "%s", c->text);
	if (*got->field)
		KUNIT_EXPECT_EQ_MSG(test, 0, strncmp(c->text + got->pos, got->field,
						     strlen(got->field)), "%s", c->text);
}

static void parse_test(struct kunit *test)
{
	struct perf_action_complaint complaint;
	struct perf_action_spec spec;
	const struct parse_case *c;
	int ret;

	for (c = parse_cases; c < parse_cases + ARRAY_SIZE(parse_cases); c++) {
		ret = perf_action_parse(c->text, &spec, &complaint);
		KUNIT_EXPECT_EQ_MSG(test, ret, c->why ? -EINVAL : 0, "%s", c->text);
		if (c->why && ret) {
			KUNIT_EXPECT_EQ_MSG(test, complaint.pos, c->pos, "%s", c->text);
			KUNIT_EXPECT_STREQ_MSG(test, complaint.why, c->why, "%s", c->text);
		}
		if (c->why || ret)
			continue;

		KUNIT_EXPECT_STREQ(test, spec.action, c->spec.action);
		expect_value(test, c, &c->spec.arg, &spec.arg);
		expect_value(test, c, &c->spec.key, &spec.key);
		KUNIT_EXPECT_EQ_MSG(test, spec.count, c->spec.count, "%s", c->text);
		KUNIT_EXPECT_EQ_MSG(test, spec.period, c->spec.period, "%s", c->text);
		KUNIT_EXPECT_EQ_MSG(test, spec.dry_run, c->spec.dry_run, "%s", c->text);
		if (c->spec.filter)
			KUNIT_EXPECT_STREQ(test, spec.filter, c->spec.filter);
		else
			KUNIT_EXPECT_NULL(test, spec.filter);
		KUNIT_EXPECT_EQ_MSG(test, spec.filter_pos, c->spec.filter_pos, "%s", c->text);
	}
}

/*
 * The model: events are in a list each, of a value and with the time at which
 * they leak out; it has as many values as it is told, and looks at everything
 * for each question. The first event of a value that has none stays for the
 * period, each further one an interval longer than the one before it.
 */
#define MODEL_MAX	8192

struct model_event {
	u64	value;
	u64	gone;	/* when */
	u64	used;	/* its number */
};

struct model {
	struct model_event	*all;
	unsigned int		nr;
	unsigned int		max;	/* values */
	u32			count;
	u64			period, events, forgotten;
};

static void model_remove(struct model *m, unsigned int i)
{
	memmove(&m->all[i], &m->all[i + 1], (--m->nr - i) * sizeof(*m->all));
}

static void model_remove_value(struct model *m, u64 value)
{
	unsigned int i;

	for (i = 0; i < m->nr; i++)
		if (m->all[i].value == value)
			model_remove(m, i--);
}

/* The events of a value; its last one, the newest, is what speaks for it. */
static unsigned int model_find(struct model *m, u64 value, struct model_event **last)
{
	unsigned int i, found = 0;

	for (i = 0; i < m->nr; i++) {
		if (m->all[i].value == value) {
			*last = &m->all[i];
			found++;
		}
	}

	return found;
}

/* How warm a value is: until when it is there, or how often it came */
static u64 model_warmth(struct model *m, u64 value, u64 *used)
{
	struct model_event *last;
	unsigned int found = model_find(m, value, &last);

	*used = last->used;

	return m->period ? last->gone : found;
}

static void model_forget_coldest(struct model *m)
{
	u64 coldest = 0, warmth = U64_MAX, used = U64_MAX, seen = 0;
	unsigned int i, values = 0;
	u64 w, u;

	for (i = 0; i < m->nr; i++) {
		w = model_warmth(m, m->all[i].value, &u);
		/* Once for each value, at its newest event */
		if (u != m->all[i].used)
			continue;
		values++;
		seen = m->all[i].value;
		if (w < warmth || (w == warmth && u < used)) {
			coldest = seen;
			warmth = w;
			used = u;
		}
	}
	if (values < m->max)
		return;

	model_remove_value(m, coldest);
	m->forgotten++;
}

static bool model_hit(struct model *m, u64 value, u64 now)
{
	u64 interval = div64_u64(m->period, m->count);
	struct model_event *last;
	unsigned int i, found;
	u64 gone;

	for (i = 0; m->period && i < m->nr; i++)
		if (m->all[i].gone <= now)
			model_remove(m, i--);

	found = model_find(m, value, &last);
	gone = found ? last->gone + interval : now + m->period;
	if (!found)
		model_forget_coldest(m);
	m->all[m->nr++] = (struct model_event){ value, gone, ++m->events };
	if (found + 1 < m->count)
		return false;

	model_remove_value(m, value);
	return true;
}

struct rate_case {
	u32		count;
	u64		period;
	unsigned int	values;	/* how many there are to come */
	u64		gap;	/* between two events, at most */
	unsigned int	nr;	/* of buckets */
};

/* 100,000 events in all */
static const struct rate_case rate_cases[] = {
	{ 10, 0, 60, SECOND, 64 },
	{ 100, 0, 8, SECOND, 16 },
	{ 10, 0, 200, SECOND, 32 },
	{ 10, 24 * HOUR, 60, 600 * SECOND, 64 },
	{ 10, 24 * HOUR, 200, 600 * SECOND, 32 },
	{ 3, 7, 40, 3, 16 },
	{ 2, SECOND, 1, SECOND, 1 },
	{ 50, 60, 1, 2, 1 },
};

/* Some values come often, as failing cells do. */
static u64 rate_value(struct rnd_state *rnd, const struct rate_case *c)
{
	u32 value = prandom_u32_state(rnd) % c->values;

	return prandom_u32_state(rnd) % 4 ? value % (c->values / 8 + 1) : value;
}

static unsigned int rate_run(struct kunit *test, const struct rate_case *c, u32 seed,
			     unsigned int events)
{
	struct perf_action_buckets *buckets;
	unsigned int i, fired = 0;
	struct rnd_state rnd;
	struct model m = { .max = c->nr, .count = c->count, .period = c->period };
	u64 now = 1, value;

	buckets = kunit_kzalloc(test, struct_size(buckets, bucket, c->nr), GFP_KERNEL);
	m.all = kunit_kcalloc(test, MODEL_MAX, sizeof(*m.all), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, buckets);
	KUNIT_ASSERT_NOT_NULL(test, m.all);
	KUNIT_ASSERT_LE(test, c->count * c->nr, MODEL_MAX);
	perf_action_buckets_init(buckets, c->nr, c->count, c->period);

	prandom_seed_state(&rnd, seed);
	for (i = 0; i < events; i++) {
		bool want, got;

		now += prandom_u32_state(&rnd) % (c->gap + 1);
		value = rate_value(&rnd, c);
		want = model_hit(&m, value, now);
		got = perf_action_hit(buckets, value, now);
		fired += want;
		if (want != got) {
			KUNIT_FAIL(test, "count %u period %llu: event %u: %d instead of %d",
				   c->count, c->period, i, got, want);
			break;
		}
	}
	KUNIT_EXPECT_EQ(test, buckets->forgotten, m.forgotten);

	return fired;
}

static void rate_test(struct kunit *test)
{
	unsigned int i, fired;

	for (i = 0; i < ARRAY_SIZE(rate_cases); i++) {
		fired = rate_run(test, &rate_cases[i], i + 1, 100000 / ARRAY_SIZE(rate_cases));
		KUNIT_EXPECT_GT_MSG(test, fired, 0, "case %u never fires", i);
		kunit_info(test, "case %u: fired %u times\n", i, fired);
	}
}

/* What Documentation/ras/actions.rst promises of 10/24h */
static void rate_promise_test(struct kunit *test)
{
	struct perf_action_buckets *buckets;
	int i;

	buckets = kunit_kzalloc(test, struct_size(buckets, bucket, 1), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, buckets);
	perf_action_buckets_init(buckets, 1, 10, 24 * HOUR);

	/* Ten at once: the tenth */
	for (i = 1; i <= 10; i++)
		KUNIT_EXPECT_EQ(test, perf_action_hit(buckets, 0, HOUR), i == 10);
	/* Afterwards it starts anew: ten within a day, however they come */
	for (i = 1; i <= 10; i++)
		KUNIT_EXPECT_EQ(test, perf_action_hit(buckets, 0, (24 + 2 * i) * HOUR), i == 10);
	/* Nine in one day and nine in the next, but not far apart */
	for (i = 1; i <= 9; i++)
		KUNIT_EXPECT_FALSE(test, perf_action_hit(buckets, 0, (48 + 2 * i) * HOUR));
	KUNIT_EXPECT_FALSE(test, perf_action_hit(buckets, 0, (50 + 25) * HOUR));
	KUNIT_EXPECT_TRUE(test, perf_action_hit(buckets, 0, (50 + 25) * HOUR));
	/* One in a ninth of a day: never */
	for (i = 1; i <= 1000; i++)
		KUNIT_EXPECT_FALSE(test, perf_action_hit(buckets, 0,
							 100 * HOUR + i * (24 * HOUR / 9)));
	/* More than COUNT in two days, if one day ends and the next begins with them */
	buckets->bucket[0] = (struct perf_action_bucket){};
	for (i = 1; i <= 9; i++)
		KUNIT_EXPECT_FALSE(test, perf_action_hit(buckets, 0, HOUR));
	KUNIT_EXPECT_FALSE(test, perf_action_hit(buckets, 0, 25 * HOUR + 1));
	KUNIT_EXPECT_TRUE(test, perf_action_hit(buckets, 0, 25 * HOUR + 1));
	/* Ten within a day that did not begin with an empty bucket: not so */
	KUNIT_EXPECT_FALSE(test, perf_action_hit(buckets, 0, 100 * HOUR));
	KUNIT_EXPECT_FALSE(test, perf_action_hit(buckets, 0, 124 * HOUR - 1));
	for (i = 0; i < 9; i++)
		KUNIT_EXPECT_FALSE(test, perf_action_hit(buckets, 0,
							 125 * HOUR + i * (24 * HOUR / 10)));
	/* The clock of another CPU is behind: that is as if it were now */
	KUNIT_EXPECT_FALSE(test, perf_action_hit(buckets, 0, 1));
}

/* As a tracepoint has it, with strings in an array, in front of the data and in it */
struct taken_record {
	s16	number;
	char	fixed[6];
	u32	dyn;
	u32	rel;
	char	data[16];
};

#define TAKEN_FIELD(_kind, _field, _signed)				\
	{								\
		.wanted	= true,						\
		.field	= {						\
			.kind	   = PERF_ACTION_FIELD_##_kind,		\
			.offset	   = offsetof(struct taken_record, _field),	\
			.size	   = sizeof_field(struct taken_record, _field),	\
			.is_signed = _signed,				\
		},							\
	}

static void take_test(struct kunit *test)
{
	static const struct perf_action_taken number = TAKEN_FIELD(INT, number, true);
	static const struct perf_action_taken fixed = TAKEN_FIELD(STRING, fixed, false);
	static const struct perf_action_taken dyn = TAKEN_FIELD(DYN_STRING, dyn, false);
	static const struct perf_action_taken rel = TAKEN_FIELD(REL_STRING, rel, false);
	static const struct perf_action_taken none, other = {
		.wanted	= true,
		.field	= fixed.field,
		.secret	= { { 1, 2 } },
	};
	struct taken_record record = {
		.number	= -2,
		.fixed	= "DIMM\0x",
		.dyn	= 8 << 16 | offsetof(struct taken_record, data),
		.rel	= 5 << 16 | 8,
		.data	= "DIMM\0yz\0DIMM",
	};
	const u32 size = sizeof(record);
	u64 dimm = perf_action_take(&fixed, &record, size);

	KUNIT_EXPECT_EQ(test, perf_action_take(&none, &record, size), 0);
	KUNIT_EXPECT_EQ(test, perf_action_take(&number, &record, size), -2ULL);
	KUNIT_EXPECT_EQ(test, perf_action_take(&number, &record, 1), 0);

	/* The same string is the same value, wherever it is and whatever is behind it. */
	KUNIT_EXPECT_NE(test, dimm, 0);
	KUNIT_EXPECT_EQ(test, perf_action_take(&dyn, &record, size), dimm);
	KUNIT_EXPECT_EQ(test, perf_action_take(&rel, &record, size), dimm);
	/* That of another rule is not. */
	KUNIT_EXPECT_NE(test, perf_action_take(&other, &record, size), dimm);
	/* It need not end. */
	record.rel = 4 << 16 | 8;
	KUNIT_EXPECT_EQ(test, perf_action_take(&rel, &record, size), dimm);
	record.rel = 3 << 16 | 8;
	KUNIT_EXPECT_NE(test, perf_action_take(&rel, &record, size), dimm);
	record.data[3] = 'N';
	KUNIT_EXPECT_NE(test, perf_action_take(&dyn, &record, size), dimm);

	/* Outside of the record there is nothing. */
	KUNIT_EXPECT_EQ(test, perf_action_take(&fixed, &record, 7), 0);
	KUNIT_EXPECT_EQ(test, perf_action_take(&dyn, &record, 15), 0);
	KUNIT_EXPECT_EQ(test, perf_action_take(&dyn, &record, 23), 0);
	record.rel = 16 << 16 | 1;
	KUNIT_EXPECT_EQ(test, perf_action_take(&rel, &record, size), 0);
	record.rel = U32_MAX;
	KUNIT_EXPECT_EQ(test, perf_action_take(&rel, &record, size), 0);
}

static struct kunit_case perf_action_test_cases[] = {
	KUNIT_CASE(parse_test),
	KUNIT_CASE(take_test),
	KUNIT_CASE_SLOW(rate_test),
	KUNIT_CASE(rate_promise_test),
	{}
};

static struct kunit_suite perf_action_test_suite = {
	.name = "perf_action",
	.test_cases = perf_action_test_cases,
};

kunit_test_suite(perf_action_test_suite);

MODULE_DESCRIPTION("Tests of filters that act");
MODULE_LICENSE("GPL");
