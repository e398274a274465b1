/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The text of a rule, taken apart. Like action_rate.h it is also built into
 * tools/ras.
 */
#ifndef _KERNEL_EVENTS_ACTION_PARSE_H
#define _KERNEL_EVENTS_ACTION_PARSE_H

#include <linux/types.h>

/* Of the names of actions and fields, with the terminating zero */
#define PERF_ACTION_NAME_SIZE	64

/**
 * enum perf_action_unit - what a field is, as the rule says
 * @PERF_ACTION_AS_IS:	what the action wants
 * @PERF_ACTION_PFN:	a page frame number, to be made a physical address
 * @PERF_ACTION_PAGE:	a physical address, to be rounded down to its page
 */
enum perf_action_unit {
	PERF_ACTION_AS_IS,
	PERF_ACTION_PFN,
	PERF_ACTION_PAGE,
};

/**
 * struct perf_action_value - a value that a rule takes from an event
 * @unit:  what the field is
 * @field: its name, "" if there is no value
 * @pos:   where in the text
 */
struct perf_action_value {
	enum perf_action_unit	unit;
	char			field[PERF_ACTION_NAME_SIZE];
	unsigned int		pos;
};

/**
 * struct perf_action_spec - what a rule is to be
 * @action:   the name of the action
 * @arg:      its argument
 * @count:    how many events of a value it takes, at least 1
 * @period:   within what time, in ns; 0: whenever
 * @key:      what is counted separately
 * @dry_run:  only say what would be done
 * @filter:   for which events, in the text; NULL: for all
 * @filter_pos: where in the text it is
 */
struct perf_action_spec {
	char				action[PERF_ACTION_NAME_SIZE];
	struct perf_action_value	arg;
	u32				count;
	u64				period;
	struct perf_action_value	key;
	bool				dry_run;
	const char			*filter;
	unsigned int			filter_pos;
};

enum perf_action_error {
	/* found by perf_action_parse() */
	PERF_ACTION_ERR_FIELD,
	PERF_ACTION_ERR_LONG,
	PERF_ACTION_ERR_UNIT,
	PERF_ACTION_ERR_LARGE,
	PERF_ACTION_ERR_NUMBER,
	PERF_ACTION_ERR_TIME,
	PERF_ACTION_ERR_YEARS,
	PERF_ACTION_ERR_FAST,
	PERF_ACTION_ERR_ACTION,
	PERF_ACTION_ERR_PAREN,
	PERF_ACTION_ERR_FILTER,
	PERF_ACTION_ERR_ORDER,
	/* found when the event is known */
	PERF_ACTION_ERR_NO_ACTION,
	PERF_ACTION_ERR_NO_FIELD,
	PERF_ACTION_ERR_NO_INTEGER,
	PERF_ACTION_ERR_NO_KEY,
	PERF_ACTION_ERR_ARGUMENT,
	PERF_ACTION_ERR_NO_UNIT,
	PERF_ACTION_ERR_BAD_FILTER,
};

/* The reasons, in words */
extern const char *perf_action_errors[];

/**
 * struct perf_action_complaint - why a text is no rule
 * @pos:   where in the text
 * @error: the reason
 * @why:   the same in words, or more precisely
 * @filter: room for what the kernel says of a filter
 */
struct perf_action_complaint {
	unsigned int		pos;
	enum perf_action_error	error;
	const char		*why;
	char			filter[PERF_ACTION_NAME_SIZE];
};

int perf_action_parse(const char *text, struct perf_action_spec *spec,
		      struct perf_action_complaint *complaint);

#endif /* _KERNEL_EVENTS_ACTION_PARSE_H */
