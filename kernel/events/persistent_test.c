// SPDX-License-Identifier: GPL-2.0
/* KUnit tests of persistent events: the parser, names and sets, accounting. */
#include <kunit/test.h>
#include <linux/log2.h>
#include <linux/perf_event.h>
#include <linux/prandom.h>
#include <linux/slab.h>

#include "internal.h"
#include "persistent.h"

struct parse_case {
	const char			*text;
	const char			*why;	/* that it is wrong, or NULL */
	const char			*word;	/* what of it is */
	struct perf_persistent_spec	spec;
};

#define TRACEPOINT(_system, _tracepoint, ...)				\
	{ .action = PERF_PERSISTENT_ADD, .system = _system,		\
	  .tracepoint = _tracepoint,					\
	  .attr = { .type = PERF_TYPE_TRACEPOINT, .sample_period = 1 }, __VA_ARGS__ }

#define SOFTWARE(_config, _freq, _period, ...)				\
	{ .action = PERF_PERSISTENT_ADD,				\
	  .attr = { .type = PERF_TYPE_SOFTWARE, .config = _config,	\
		    .freq = _freq, .sample_period = _period }, __VA_ARGS__ }

static const struct parse_case parse_cases[] = {
	{ "off", .spec = { .action = PERF_PERSISTENT_OFF } },
	{ "-mc_event", .spec = { .action = PERF_PERSISTENT_REMOVE, .name = "mc_event" } },
	{ "-ras:mc_event", .spec = { .action = PERF_PERSISTENT_REMOVE, .system = "ras",
				     .tracepoint = "mc_event" } },
	{ "-", "wants an event", "-" },
	{ "mc_event=>log if a == 'b=>c'", .spec = { .action = PERF_PERSISTENT_RULE,
						    .name = "mc_event",
						    .rule = "log if a == 'b=>c'" } },
	{ "ras:mc_event=>", .spec = { .action = PERF_PERSISTENT_RULE, .system = "ras",
				      .tracepoint = "mc_event", .rule = "" } },
	{ "=>log", "wants an event", "" },
	{ "ras:pages=16,keep=last",
	  .spec = { .action = PERF_PERSISTENT_SET, .set = "ras",
		    .policy = { 16, PERF_PERSISTENT_KEEP_LAST } } },
	{ "ras:callchain", .spec = { .action = PERF_PERSISTENT_SET, .set = "ras",
				     .policy = { .callchain = true } } },
	{ "sched:sched_switch", .spec = TRACEPOINT("sched", "sched_switch") },
	{ "sched:sched_switch:pages=0x40", .spec = TRACEPOINT("sched", "sched_switch",
							      .policy = { 64 }) },
	{ "sched:sched_switch:set=a,name=b-1",
	  .spec = TRACEPOINT("sched", "sched_switch", .set = "a", .name = "b-1") },
	{ "page-faults", .spec = SOFTWARE(PERF_COUNT_SW_PAGE_FAULTS, 0, 1) },
	{ "page-faults:period=100", .spec = SOFTWARE(PERF_COUNT_SW_PAGE_FAULTS, 0, 100) },
	{ "cpu-clock", .spec = SOFTWARE(PERF_COUNT_SW_CPU_CLOCK, 1, 1000) },
	{ "cpu-clock:freq=99,pages=512,until=running",
	  .spec = SOFTWARE(PERF_COUNT_SW_CPU_CLOCK, 1, 99, .policy = { 512 },
			   .until_running = true) },
	{ "cpu-clock:keep=first,callchain",
	  .spec = SOFTWARE(PERF_COUNT_SW_CPU_CLOCK, 1, 1000,
			   .policy = { 0, PERF_PERSISTENT_KEEP_FIRST, true }) },

	{ "", "neither a perf event nor SYSTEM:EVENT", "" },
	{ "bogus", "neither a perf event nor SYSTEM:EVENT", "bogus" },
	{ "a:b:c", "neither a perf event nor SYSTEM:EVENT", "a:b:c" },
	{ "sched:", "neither a perf event nor SYSTEM:EVENT", "sched:" },
	{ "cpu-clock:bogus", "not an option", "cpu-clock" },
	{ "-x:pages=8", .spec = { .action = PERF_PERSISTENT_REMOVE, .system = "x",
				  .tracepoint = "pages=8" } },
	{ "a b:pages=8", "not a name", "a b" },
	{ "cpu-clock:size=8", "no such option", "size=8" },
	{ "cpu-clock:pages=8,", "no such option", "" },
	{ "cpu-clock:pages=8,keep", "wants a value", "keep" },
	{ "cpu-clock:pages=8,pages=8", "given twice", "pages=8" },
	{ "cpu-clock:pages=", "not a power of two", "pages=" },
	{ "cpu-clock:pages=0", "not a power of two", "pages=0" },
	{ "cpu-clock:pages=3", "not a power of two", "pages=3" },
	{ "cpu-clock:pages=-8", "not a power of two", "pages=-8" },
	{ "cpu-clock:pages=4294967296", "not a power of two", "pages=4294967296" },
	{ "cpu-clock:keep=maybe", "neither first nor last", "keep=maybe" },
	{ "cpu-clock:freq=0", "not a number of samples per second", "freq=0" },
	{ "cpu-clock:freq=1000001", "not a number of samples per second", "freq=1000001" },
	{ "cpu-clock:freq=1,period=1", "either freq or period", "period=1" },
	{ "cpu-clock:period=1,freq=1", "either freq or period", "freq=1" },
	{ "cpu-clock:period=0", "not a number of events", "period=0" },
	{ "cpu-clock:period=0x8000000000000000", "not a number of events",
	  "period=0x8000000000000000" },
	{ "cpu-clock:until=never", "can only be until running", "until=never" },
	{ "cpu-clock:callchain=1", "takes no value", "callchain=1" },
	{ "cpu-clock:set=1", "not a name", "set=1" },
	{ "cpu-clock:name=a/b", "not a name", "name=a/b" },
	{ "ras:freq=1", "not an option of a set", "freq=1" },
};

static void parse_case_desc(const struct parse_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "'%s'", c->text);
}

KUNIT_ARRAY_PARAM(parse, parse_cases, parse_case_desc);

static void parse_test(struct kunit *test)
{
	const struct parse_case *c = test->param_value;
	struct perf_persistent_complaint complaint;
	struct perf_persistent_spec spec;
	char *text = kunit_kzalloc(test, strlen(c->text) + 1, GFP_KERNEL);
	int ret;

	KUNIT_ASSERT_NOT_NULL(test, text);
	strscpy(text, c->text, strlen(c->text) + 1);

	ret = perf_persistent_parse(text, &spec, &complaint);
	if (c->why) {
		KUNIT_EXPECT_EQ(test, ret, -EINVAL);
		KUNIT_EXPECT_STREQ(test, complaint.why, c->why);
		KUNIT_EXPECT_STREQ(test, complaint.word, c->word);
		return;
	}

	KUNIT_ASSERT_EQ(test, ret, 0);
	KUNIT_EXPECT_EQ(test, spec.action, c->spec.action);
	KUNIT_EXPECT_STREQ(test, spec.name ?: "", c->spec.name ?: "");
	KUNIT_EXPECT_STREQ(test, spec.set ?: "", c->spec.set ?: "");
	KUNIT_EXPECT_STREQ(test, spec.system ?: "", c->spec.system ?: "");
	KUNIT_EXPECT_STREQ(test, spec.tracepoint ?: "", c->spec.tracepoint ?: "");
	KUNIT_EXPECT_STREQ(test, spec.rule ?: "", c->spec.rule ?: "");
	KUNIT_EXPECT_EQ(test, spec.attr.type, c->spec.attr.type);
	KUNIT_EXPECT_EQ(test, spec.attr.config, c->spec.attr.config);
	KUNIT_EXPECT_EQ(test, (u64)spec.attr.freq, (u64)c->spec.attr.freq);
	KUNIT_EXPECT_EQ(test, spec.attr.sample_period, c->spec.attr.sample_period);
	KUNIT_EXPECT_EQ(test, spec.policy.data_pages, c->spec.policy.data_pages);
	KUNIT_EXPECT_EQ(test, spec.policy.keep, c->spec.policy.keep);
	KUNIT_EXPECT_EQ(test, spec.policy.callchain, c->spec.policy.callchain);
	KUNIT_EXPECT_EQ(test, spec.until_running, c->spec.until_running);
}

static const char * const severities[] = {
	"info", "corrected", "recovered", "uncorrected", "fatal",
};

/* "a" or "a-b", the milder one first */
static bool severity_valid(const char *text)
{
	const char *dash = strchr(text, '-');
	size_t len = dash ? dash - text : strlen(text);
	int i, from = -1, to = -1;

	for (i = 0; i < ARRAY_SIZE(severities); i++) {
		if (strlen(severities[i]) == len && !strncmp(severities[i], text, len))
			from = i;
		if (dash && !strcmp(severities[i], dash + 1))
			to = i;
	}

	return from >= 0 && (!dash || from < to);
}

static void defaults_test(struct kunit *test)
{
	const struct perf_persistent_default *def;
	int i;

	for (i = 0; i < perf_persistent_nr_defaults; i++) {
		def = &perf_persistent_defaults[i];
		KUNIT_EXPECT_TRUE(test, perf_persistent_name_valid(def->tracepoint));
		KUNIT_EXPECT_TRUE(test, is_power_of_2(perf_persistent_default_pages(def->set)));
		KUNIT_EXPECT_TRUE_MSG(test, severity_valid(def->severity), "%s: %s",
				      def->tracepoint, def->severity);
		KUNIT_EXPECT_GT(test, strlen(def->driver), 0);
		/* One of each name: that is what they are removed by. */
		KUNIT_EXPECT_PTR_EQ(test, def,
				    perf_persistent_default_find(NULL, def->tracepoint));
	}
	KUNIT_EXPECT_NULL(test, perf_persistent_default_find("ras", "mce_record"));
	KUNIT_EXPECT_EQ(test, 0, perf_persistent_default_pages("mce_record"));
}

static void name_test(struct kunit *test)
{
	char name[PERF_PERSISTENT_NAME_SIZE + 1] = {};

	KUNIT_EXPECT_TRUE(test, perf_persistent_name_valid("a"));
	KUNIT_EXPECT_TRUE(test, perf_persistent_name_valid("cpu-clock_2"));
	KUNIT_EXPECT_FALSE(test, perf_persistent_name_valid(""));
	KUNIT_EXPECT_FALSE(test, perf_persistent_name_valid("2"));
	KUNIT_EXPECT_FALSE(test, perf_persistent_name_valid("-a"));
	KUNIT_EXPECT_FALSE(test, perf_persistent_name_valid("."));
	KUNIT_EXPECT_FALSE(test, perf_persistent_name_valid("a.unit"));
	KUNIT_EXPECT_FALSE(test, perf_persistent_name_valid("a/b"));
	KUNIT_EXPECT_FALSE(test, perf_persistent_name_valid("a\n"));
	KUNIT_EXPECT_FALSE(test, perf_persistent_name_valid("\xe4"));

	memset(name, 'a', PERF_PERSISTENT_NAME_SIZE - 1);
	KUNIT_EXPECT_TRUE(test, perf_persistent_name_valid(name));
	name[PERF_PERSISTENT_NAME_SIZE - 1] = 'a';
	KUNIT_EXPECT_FALSE(test, perf_persistent_name_valid(name));
}

/* Nothing but these tests raises this event here. */
#define TEST_CONFIG	PERF_COUNT_SW_EMULATION_FAULTS

static struct perf_persistent_spec test_spec(const char *name, const char *set)
{
	return (struct perf_persistent_spec) {
		.action	= PERF_PERSISTENT_ADD,
		.name	= name,
		.set	= set,
		.attr	= {
			.type		= PERF_TYPE_SOFTWARE,
			.config		= TEST_CONFIG,
			.sample_period	= 1,
		},
		.policy	= { .data_pages = 1 },
	};
}

static struct perf_persistent_event *add(const struct perf_persistent_spec *spec)
{
	guard(mutex)(&perf_persistent_mutex);
	return perf_persistent_add(spec);
}

static void remove(void *pe)
{
	guard(mutex)(&perf_persistent_mutex);
	perf_persistent_remove(pe);
}

static struct perf_persistent_event *add_for(struct kunit *test,
					     const struct perf_persistent_spec *spec)
{
	struct perf_persistent_event *pe = add(spec);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, pe);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, remove, pe), 0);
	return pe;
}

static bool set_exists(const char *name)
{
	guard(mutex)(&perf_persistent_mutex);
	return perf_persistent_set_find(name);
}

static void set_test(struct kunit *test)
{
	struct perf_persistent_spec spec = test_spec("kunit-a", NULL);
	struct perf_persistent_event *a, *b;

	a = add_for(test, &spec);
	KUNIT_EXPECT_STREQ(test, kobject_name(&a->set->kobj), "kunit-a");
	KUNIT_EXPECT_EQ(test, perf_persistent_buffer_bytes(a->set), 2 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(add(&spec)), -EEXIST);

	/* To share a set is to agree to what it is. */
	spec = test_spec("kunit-b", "kunit-a");
	spec.policy.data_pages = 2;
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(add(&spec)), -EINVAL);
	spec.policy.data_pages = 0;
	spec.policy.keep = PERF_PERSISTENT_KEEP_LAST;
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(add(&spec)), -EINVAL);
	spec.policy.keep = PERF_PERSISTENT_KEEP_FIRST;
	spec.policy.callchain = true;
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(add(&spec)), -EINVAL);
	spec.policy.callchain = false;
	b = add(&spec);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, b);
	KUNIT_EXPECT_PTR_EQ(test, a->set, b->set);
	KUNIT_EXPECT_NE(test, a->config_attr.id, b->config_attr.id);

	/* It goes with its last event. */
	remove(b);
	KUNIT_EXPECT_TRUE(test, set_exists("kunit-a"));
	kunit_release_action(test, remove, a);
	KUNIT_EXPECT_FALSE(test, set_exists("kunit-a"));
}

static void refusal_test(struct kunit *test)
{
	struct perf_persistent_spec spec = test_spec("kunit", NULL);

	spec.policy.data_pages = 3;
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(add(&spec)), -EINVAL);
	spec.policy.data_pages = 1U << 31;
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(add(&spec)), -ENOSPC);
	spec.policy.data_pages = 1;
	spec.name = "no/name";
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(add(&spec)), -EINVAL);
	spec.name = "kunit";
	spec.attr.config = PERF_COUNT_SW_MAX;
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(add(&spec)), -ENOENT);

	/* What could not be made has left nothing behind. */
	KUNIT_EXPECT_FALSE(test, set_exists("kunit"));
}

static void pending_test(struct kunit *test)
{
	struct perf_persistent_spec spec = test_spec("kunit-pending", NULL);
	struct perf_persistent_event *pe;
	int cpu;

	spec.attr.type = PERF_TYPE_TRACEPOINT;
	spec.system = "kunit";
	spec.tracepoint = "there_is_no_such_tracepoint";
	pe = add_for(test, &spec);
	KUNIT_EXPECT_STREQ(test, perf_persistent_state(pe), "pending");
	for_each_possible_cpu(cpu)
		KUNIT_EXPECT_NULL(test, per_cpu_ptr(pe->set->buffers, cpu)->rb);
}

/* What a reader has found in the buffer of the present CPU so far. */
struct drained {
	u64	samples;
	u64	lost;
	u64	pos;
};

static void emit(unsigned int n)
{
	struct pt_regs regs = {};

	perf_fetch_caller_regs(&regs);
	while (n--)
		perf_sw_event(TEST_CONFIG, 1, &regs, 0);
}

/* Take up to @n records out of the buffer. */
static void drain(struct kunit *test, struct perf_buffer *rb, struct drained *d, unsigned int n)
{
	u64 head = READ_ONCE(rb->user_page->data_head);
	u64 mask = perf_data_size(rb) - 1;
	struct perf_event_header *header;

	for (; n && d->pos < head; n--) {
		/* A single page, and records are aligned: no header is split. */
		header = rb->data_pages[0] + (d->pos & mask);
		if (header->type == PERF_RECORD_SAMPLE)
			d->samples++;
		else if (header->type == PERF_RECORD_LOST)
			d->lost += *(u64 *)(rb->data_pages[0] + ((d->pos + 16) & mask));
		else
			KUNIT_FAIL(test, "record of type %u", header->type);
		d->pos += header->size;
	}

	/* What is still in the buffer will be drained, or is not complete. */
	WRITE_ONCE(rb->user_page->data_tail, d->pos);
}

static u64 unread(struct perf_buffer *rb, u64 pos, u64 *lost)
{
	u64 head = READ_ONCE(rb->user_page->data_head);
	u64 mask = perf_data_size(rb) - 1;
	struct perf_event_header *header;
	u64 samples = 0;

	for (*lost = 0; pos < head; pos += header->size) {
		header = rb->data_pages[0] + (pos & mask);
		if (header->type == PERF_RECORD_SAMPLE)
			samples++;
		else
			*lost += *(u64 *)(rb->data_pages[0] + ((pos + 16) & mask));
	}

	return samples;
}

/*
 * The buffer fills and is drained again, by amounts of all sizes. A page holds
 * 73 samples of 56 bytes.
 */
static void accounting_test(struct kunit *test)
{
	struct perf_persistent_spec spec = test_spec("kunit-count", NULL);
	u64 emitted = 0, count, lost, unread_samples, unread_lost;
	struct perf_persistent_event *pe = add_for(test, &spec);
	struct drained drained = {};
	struct rnd_state rnd;
	struct perf_buffer *rb;
	int i, cpu;

	prandom_seed_state(&rnd, 1);
	migrate_disable();
	cpu = smp_processor_id();
	rb = per_cpu_ptr(pe->set->buffers, cpu)->rb;

	for (i = 0; i < 1000; i++) {
		unsigned int n = prandom_u32_state(&rnd) % 100;

		preempt_disable();
		emit(n);
		preempt_enable();
		emitted += n;

		perf_persistent_counts(pe, cpu, &count, &lost);
		unread_samples = unread(rb, drained.pos, &unread_lost);
		KUNIT_EXPECT_EQ(test, count, emitted);
		KUNIT_EXPECT_EQ(test, count, drained.samples + unread_samples + lost);
		KUNIT_EXPECT_EQ(test, lost,
				drained.lost + unread_lost + local_read(&rb->lost));

		drain(test, rb, &drained, prandom_u32_state(&rnd) % 100);
	}

	KUNIT_EXPECT_GT(test, drained.samples, 10000);
	KUNIT_EXPECT_GT(test, lost, 1000);
	migrate_enable();
}

static struct kunit_case persistent_cases[] = {
	KUNIT_CASE_PARAM(parse_test, parse_gen_params),
	KUNIT_CASE(defaults_test),
	KUNIT_CASE(name_test),
	KUNIT_CASE(set_test),
	KUNIT_CASE(refusal_test),
	KUNIT_CASE(pending_test),
	KUNIT_CASE(accounting_test),
	{}
};

static struct kunit_suite persistent_suite = {
	.name		= "perf_persistent",
	.test_cases	= persistent_cases,
};

kunit_test_suite(persistent_suite);

MODULE_DESCRIPTION("KUnit tests of persistent perf events");
MODULE_LICENSE("GPL");
