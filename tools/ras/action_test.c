// SPDX-License-Identifier: GPL-2.0
/*
 * What a rule would have done to recorded events: with the kernel's own parser
 * and rates, and what kernel/events/action_rule.c makes of them.
 */
#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/kernel.h>
#include <traceevent/event-parse.h>
#include "action.h"
#include "action_test.h"
#include "format.h"
#include "record.h"

#include "../../kernel/events/action_rate.h"

static int wrong(struct ras_action_test *test, unsigned int pos, const char *why)
{
	test->error.pos = pos;
	snprintf(test->error.why, sizeof(test->error.why), "%s", why);
	return -EINVAL;
}

static int complain(struct ras_action_test *test, unsigned int pos,
		    enum perf_action_error error)
{
	return wrong(test, pos, perf_action_errors[error]);
}

static bool is_cpu(const char *name)
{
	return !strcmp(name, "CPU") || !strcmp(name, "cpu") ||
	       !strcmp(name, "common_cpu");
}

/* Fields of every event, of which no record of ours has the value */
static bool is_common(const char *name)
{
	return !strncmp(name, "common_", 7);
}

/* What the kernel has for every event, but not in a record */
static bool is_generic(const char *name)
{
	return !strcmp(name, "COMM") || !strcmp(name, "comm") ||
	       !strcmp(name, "STACKTRACE") || !strcmp(name, "stacktrace");
}

static bool is_string(const struct ras_type *type, const char *name)
{
	return ras_kernel_filter_string(tep_find_field(type->tep_event, name));
}

static int find_value(struct ras_action_test *test,
		      const struct perf_action_value *value, bool is_key,
		      struct ras_test_value *res)
{
	bool strings = is_key && value->unit == PERF_ACTION_AS_IS;
	const char *name = value->field;

	res->unit = value->unit;
	if (!*name)
		return 0;
	res->field = ras_type_field(test->type, name);
	res->cpu = !res->field && is_cpu(name);
	if (res->cpu)
		return 0;
	if (!res->field && is_common(name))
		return wrong(test, value->pos,
			     "this field is not in the recorded events");
	if (!res->field && !is_generic(name))
		return complain(test, value->pos, PERF_ACTION_ERR_NO_FIELD);
	if (res->field && res->field->kind == RAS_INT)
		return 0;
	res->string = strings && res->field && is_string(test->type, name);
	if (!res->string)
		return complain(test, value->pos, strings ? PERF_ACTION_ERR_NO_KEY :
				PERF_ACTION_ERR_NO_INTEGER);
	return 0;
}

/* What is counted is what the action acts on, if that is what is named. */
static void count_pages(struct ras_action_test *test)
{
	const struct perf_action_spec *spec = &test->spec;

	if (spec->key.unit == PERF_ACTION_AS_IS && spec->arg.unit == PERF_ACTION_AS_IS &&
	    !strcmp(spec->key.field, spec->arg.field))
		test->key.unit = PERF_ACTION_PAGE;
}

static int check_action(struct ras_action_test *test, bool *phys)
{
	const struct perf_action_spec *spec = &test->spec;
	char argument[64];

	if (ras_action_argument(spec->action, argument, sizeof(argument)))
		return complain(test, 0, PERF_ACTION_ERR_NO_ACTION);
	if (strcmp(argument, "any") && !*spec->arg.field)
		return complain(test, spec->arg.pos, PERF_ACTION_ERR_ARGUMENT);
	if (!strcmp(argument, "cpu") && spec->arg.unit != PERF_ACTION_AS_IS)
		return complain(test, spec->arg.pos, PERF_ACTION_ERR_NO_UNIT);
	*phys = !strcmp(argument, "phys");
	return 0;
}

static int find_values(struct ras_action_test *test)
{
	bool phys = false;
	int err;

	err = check_action(test, &phys);
	if (!err)
		err = find_value(test, &test->spec.arg, false, &test->arg);
	if (!err)
		err = find_value(test, &test->spec.key, true, &test->key);
	if (!err && phys)
		count_pages(test);
	return err;
}

static int make_buckets(struct ras_action_test *test)
{
	const struct perf_action_spec *spec = &test->spec;
	unsigned int nr = *spec->key.field ? PERF_ACTION_VALUES : 1;
	struct perf_action_buckets *buckets;

	if (spec->count == 1)
		return 0;
	buckets = calloc(1, sizeof(*buckets) + nr * sizeof(buckets->bucket[0]));
	if (!buckets)
		return -ENOMEM;
	perf_action_buckets_init(buckets, nr, spec->count, spec->period);
	test->buckets = buckets;
	return 0;
}

static int make_filter(struct ras_action_test *test)
{
	int err;

	if (!test->spec.filter)
		return 0;
	err = ras_kernel_filter_parse(test->type, test->spec.filter, &test->filter,
				      &test->error);
	test->error.pos += test->spec.filter_pos;
	return err;
}

/**
 * ras_action_test_init - understand a rule
 * @test: result, for ras_action_test_free() in any case
 * @type: the tracepoint of its event; must outlive @test
 * @rule: its text; must outlive @test
 *
 * Return: 0; -EINVAL: the text is no rule for that event, see @test's error;
 * -E2BIG: it is longer than the kernel takes; -ENOMEM.
 */
int ras_action_test_init(struct ras_action_test *test, const struct ras_type *type,
			 const char *rule)
{
	struct perf_action_complaint complaint;
	int err;

	*test = (struct ras_action_test) { .type = type };
	if (strlen(rule) >= (size_t)sysconf(_SC_PAGESIZE))
		return -E2BIG;
	if (perf_action_parse(rule, &test->spec, &complaint))
		return wrong(test, complaint.pos, complaint.why);
	err = find_values(test);
	if (!err)
		err = make_filter(test);
	return err ? err : make_buckets(test);
}

/**
 * ras_action_test_free - free what ras_action_test_init() allocated
 * @test: rule
 */
void ras_action_test_free(struct ras_action_test *test)
{
	ras_kernel_filter_free(test->filter);
	free(test->buckets);
	tdestroy(test->strings, free);
	test->filter = NULL;
	test->buckets = NULL;
	test->strings = NULL;
}

/**
 * ras_action_test_cpu - does it matter on which CPU an event was
 * @test: rule
 *
 * Return: true if it does.
 */
bool ras_action_test_cpu(const struct ras_action_test *test)
{
	return test->arg.cpu || test->key.cpu || ras_kernel_filter_cpu(test->filter);
}

static int compare(const void *one, const void *other)
{
	return strcmp(one, other);
}

/* A number that no other string has */
static u64 number_of(struct ras_action_test *test, const struct ras_value *value)
{
	char *text = strndup(value->data, value->len);
	char **known = text ? tsearch(text, &test->strings, compare) : NULL;

	if (!known || *known != text)
		free(text);
	return known ? (unsigned long)*known : 0;
}

static u64 read_field(struct ras_action_test *test, const struct ras_test_value *value,
		      const struct ras_test_event *ev)
{
	struct ras_value v;

	if (ras_record_value(value->field, ev->raw, ev->len, &v))
		return 0;
	return value->string ? number_of(test, &v) : v.num;
}

static u64 take_value(struct ras_action_test *test, const struct ras_test_value *value,
		      const struct ras_test_event *ev)
{
	u64 page = sysconf(_SC_PAGESIZE), num;

	if (!value->field && !value->cpu)
		return 0;
	num = value->cpu ? (u64)ev->cpu : read_field(test, value, ev);
	if (value->unit == PERF_ACTION_PFN)
		return num * page;
	return value->unit == PERF_ACTION_PAGE ? num & ~(page - 1) : num;
}

/* Another boot of the machine begins with empty buckets. */
static void empty_buckets(struct ras_action_test *test, unsigned int boot)
{
	struct perf_action_buckets *buckets = test->buckets;

	if (boot == test->boot)
		return;
	test->boot = boot;
	if (buckets)
		memset(buckets->bucket, 0, buckets->nr * sizeof(buckets->bucket[0]));
}

/**
 * ras_action_test_event - an event has come
 * @test: rule
 * @ev: event, of the rule's type
 * @value: result, if it acts: what on
 *
 * Return: true if the rule would have acted.
 */
bool ras_action_test_event(struct ras_action_test *test,
			   const struct ras_test_event *ev, u64 *value)
{
	empty_buckets(test, ev->boot);
	if (!ras_kernel_filter_match(test->filter, ev->raw, ev->len, ev->cpu))
		return false;
	test->matched++;
	if (test->buckets) {
		bool hit = perf_action_hit(test->buckets,
					   take_value(test, &test->key, ev), ev->time);

		test->forgotten = test->buckets->forgotten;
		if (!hit)
			return false;
	}
	*value = take_value(test, &test->arg, ev);
	test->decisions++;
	return true;
}
