/* SPDX-License-Identifier: GPL-2.0 */
/* What a rule would have done to recorded events. */
#ifndef _RAS_ACTION_TEST_H
#define _RAS_ACTION_TEST_H

#include <stdbool.h>
#include "kernel_filter.h"

#include "../../kernel/events/action_parse.h"

struct perf_action_buckets;

/**
 * struct ras_test_value - a value that a rule takes from a record
 * @unit: what the field is
 * @field: which, NULL: none, or the CPU
 * @string: it is a string; its value is a number of its own
 * @cpu: it is the number of the CPU
 */
struct ras_test_value {
	enum perf_action_unit unit;
	const struct ras_field *field;
	bool string;
	bool cpu;
};

/**
 * struct ras_action_test - a rule that is tried
 * @type: the tracepoint of its event
 * @spec: the rule
 * @arg: what the action acts on
 * @key: what is counted separately
 * @filter: for which events, NULL: for all
 * @buckets: how often each value came, NULL: once is enough
 * @strings: those that were counted, for tsearch()
 * @error: where and what is wrong, after ras_action_test_init() failed
 * @boot: boot of the last event
 * @matched: events that the filter let through
 * @decisions: how often it decided to act
 * @forgotten: values that made room for others
 */
struct ras_action_test {
	const struct ras_type *type;
	struct perf_action_spec spec;
	struct ras_test_value arg;
	struct ras_test_value key;
	struct ras_kernel_filter *filter;
	struct perf_action_buckets *buckets;
	void *strings;
	struct ras_filter_error error;
	unsigned int boot;
	u64 matched;
	u64 decisions;
	u64 forgotten;
};

/**
 * struct ras_test_event - an event for a rule
 * @raw: trace record
 * @len: its size in bytes
 * @cpu: CPU that it was recorded on
 * @time: when, in ns
 * @boot: the boot in which that was: when the machine goes down, all is forgotten
 */
struct ras_test_event {
	const unsigned char *raw;
	size_t len;
	int cpu;
	u64 time;
	unsigned int boot;
};

int ras_action_test_init(struct ras_action_test *test, const struct ras_type *type,
			 const char *rule);
bool ras_action_test_cpu(const struct ras_action_test *test);
bool ras_action_test_event(struct ras_action_test *test,
			   const struct ras_test_event *ev, u64 *value);
void ras_action_test_free(struct ras_action_test *test);

#endif /* _RAS_ACTION_TEST_H */
