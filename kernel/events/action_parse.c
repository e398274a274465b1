// SPDX-License-Identifier: GPL-2.0
/*
 * The grammar of rules, see Documentation/ras/actions.rst. Whether there is
 * such an action and such a field is for others to say.
 */
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "action_parse.h"

#define PERF_ACTION_MSEC	1000000ULL
#define PERF_ACTION_SEC		(1000 * PERF_ACTION_MSEC)
/* 100 years. The sum of a time and a period does not overflow. */
#define PERF_ACTION_PERIOD_MAX	(36500 * 24 * 3600ULL * PERF_ACTION_SEC)

struct perf_action_scan {
	const char		*text;
	const char		*at;
	enum perf_action_error	error;
};

const char *perf_action_errors[] = {
	[PERF_ACTION_ERR_FIELD]		= "a field is wanted",
	[PERF_ACTION_ERR_LONG]		= "the name is too long",
	[PERF_ACTION_ERR_UNIT]		= "neither pfn: nor page:",
	[PERF_ACTION_ERR_LARGE]		= "the number is too large",
	[PERF_ACTION_ERR_NUMBER]	= "a number is wanted, at least 1",
	[PERF_ACTION_ERR_TIME]		= "a unit of time is wanted: ms, s, m, h or d",
	[PERF_ACTION_ERR_YEARS]		= "more than 100 years",
	[PERF_ACTION_ERR_FAST]		= "less than a nanosecond for each event",
	[PERF_ACTION_ERR_ACTION]	= "an action is wanted",
	[PERF_ACTION_ERR_PAREN]		= "a ) is wanted",
	[PERF_ACTION_ERR_FILTER]	= "a filter is wanted",
	[PERF_ACTION_ERR_ORDER]		= "expected, in this order: after, per, dry-run, if",
	[PERF_ACTION_ERR_NO_ACTION]	= "no such action",
	[PERF_ACTION_ERR_NO_FIELD]	= "the event has no such field",
	[PERF_ACTION_ERR_NO_INTEGER]	= "the field is no integer",
	[PERF_ACTION_ERR_NO_KEY]	= "the field is no integer and no string of the event",
	[PERF_ACTION_ERR_ARGUMENT]	= "the action wants an argument",
	[PERF_ACTION_ERR_NO_UNIT]	= "only a physical address can be pfn: or page:",
	[PERF_ACTION_ERR_BAD_FILTER]	= "the filter is wrong",
};

/* Returns false, with the reason; what is wrong is at scan->at. */
static bool perf_action_wrong(struct perf_action_scan *scan, enum perf_action_error error)
{
	scan->error = error;
	return false;
}

static unsigned int perf_action_pos(const struct perf_action_scan *scan)
{
	return scan->at - scan->text;
}

static void perf_action_skip_spaces(struct perf_action_scan *scan)
{
	while (isspace(*scan->at))
		scan->at++;
}

/* The kernel's isalnum() knows more letters than names have. */
static bool perf_action_in_word(char c, bool dash)
{
	return (isascii(c) && isalnum(c)) || c == '_' || (dash && c == '-');
}

static size_t perf_action_word_length(const char *word, bool dash)
{
	size_t len = 0;

	while (perf_action_in_word(word[len], dash))
		len++;

	return len;
}

/* Is @word next? Then skip it. */
static bool perf_action_take(struct perf_action_scan *scan, const char *word)
{
	size_t len = strlen(word);

	perf_action_skip_spaces(scan);
	if (strncmp(scan->at, word, len))
		return false;
	/* Not only the beginning of a longer one */
	if (isalnum(word[len - 1]) && perf_action_word_length(scan->at + len, true))
		return false;

	scan->at += len;
	return true;
}

static bool perf_action_name(struct perf_action_scan *scan, char *name, bool dash,
			     enum perf_action_error wanted)
{
	size_t len;

	perf_action_skip_spaces(scan);
	len = perf_action_word_length(scan->at, dash);
	if (!len || isdigit(*scan->at))
		return perf_action_wrong(scan, wanted);
	if (len >= PERF_ACTION_NAME_SIZE)
		return perf_action_wrong(scan, PERF_ACTION_ERR_LONG);

	memcpy(name, scan->at, len);
	name[len] = '\0';
	scan->at += len;

	return true;
}

/* VALUE := [UNIT ":"] FIELD */
static bool perf_action_value(struct perf_action_scan *scan, struct perf_action_value *value)
{
	if (!perf_action_name(scan, value->field, false, PERF_ACTION_ERR_FIELD))
		return false;
	value->pos = perf_action_pos(scan) - strlen(value->field);
	if (*scan->at != ':')
		return true;

	if (!strcmp(value->field, "pfn")) {
		value->unit = PERF_ACTION_PFN;
	} else if (!strcmp(value->field, "page")) {
		value->unit = PERF_ACTION_PAGE;
	} else {
		scan->at = scan->text + value->pos;
		return perf_action_wrong(scan, PERF_ACTION_ERR_UNIT);
	}

	scan->at++;
	if (!perf_action_name(scan, value->field, false, PERF_ACTION_ERR_FIELD))
		return false;
	value->pos = perf_action_pos(scan) - strlen(value->field);

	return true;
}

static bool perf_action_number(struct perf_action_scan *scan, u32 *number)
{
	const char *start;
	u64 n = 0;

	perf_action_skip_spaces(scan);
	start = scan->at;
	for (; isdigit(*scan->at); scan->at++) {
		n = n * 10 + (*scan->at - '0');
		if (n >> 32) {
			scan->at = start;
			return perf_action_wrong(scan, PERF_ACTION_ERR_LARGE);
		}
	}
	if (!n) {
		scan->at = start;
		return perf_action_wrong(scan, PERF_ACTION_ERR_NUMBER);
	}
	*number = n;

	return true;
}

static bool perf_action_period(struct perf_action_scan *scan, struct perf_action_spec *spec)
{
	static const struct {
		const char	*unit;
		u64		ns;
	} units[] = {
		{ "ms", PERF_ACTION_MSEC },
		{ "s", PERF_ACTION_SEC },
		{ "m", 60 * PERF_ACTION_SEC },
		{ "h", 3600 * PERF_ACTION_SEC },
		{ "d", 24 * 3600 * PERF_ACTION_SEC },
	};
	const char *start;
	unsigned int i;
	u32 number;

	perf_action_skip_spaces(scan);
	start = scan->at;
	if (!perf_action_number(scan, &number))
		return false;

	for (i = 0; i < ARRAY_SIZE(units); i++)
		if (perf_action_take(scan, units[i].unit))
			break;
	if (i == ARRAY_SIZE(units))
		return perf_action_wrong(scan, PERF_ACTION_ERR_TIME);
	if (number > PERF_ACTION_PERIOD_MAX / units[i].ns) {
		scan->at = start;
		return perf_action_wrong(scan, PERF_ACTION_ERR_YEARS);
	}

	spec->period = number * units[i].ns;
	if (spec->period < spec->count) {
		scan->at = start;
		return perf_action_wrong(scan, PERF_ACTION_ERR_FAST);
	}

	return true;
}

/* COUNT ["/" PERIOD] ["per" VALUE] */
static bool perf_action_rate(struct perf_action_scan *scan, struct perf_action_spec *spec)
{
	if (!perf_action_number(scan, &spec->count))
		return false;
	if (perf_action_take(scan, "/") && !perf_action_period(scan, spec))
		return false;

	return !perf_action_take(scan, "per") || perf_action_value(scan, &spec->key);
}

/* NAME ["(" VALUE ")"] */
static bool perf_action_call(struct perf_action_scan *scan, struct perf_action_spec *spec)
{
	if (!perf_action_name(scan, spec->action, true, PERF_ACTION_ERR_ACTION))
		return false;
	/* Where a value would be, for whom it lacks one */
	spec->arg.pos = perf_action_pos(scan);
	if (!perf_action_take(scan, "("))
		return true;
	if (!perf_action_value(scan, &spec->arg))
		return false;

	return perf_action_take(scan, ")") || perf_action_wrong(scan, PERF_ACTION_ERR_PAREN);
}

static bool perf_action_filter(struct perf_action_scan *scan, struct perf_action_spec *spec)
{
	perf_action_skip_spaces(scan);
	if (!*scan->at)
		return perf_action_wrong(scan, PERF_ACTION_ERR_FILTER);

	spec->filter = scan->at;
	spec->filter_pos = perf_action_pos(scan);
	scan->at += strlen(scan->at);

	return true;
}

static bool perf_action_rule(struct perf_action_scan *scan, struct perf_action_spec *spec)
{
	if (!perf_action_call(scan, spec))
		return false;
	if (perf_action_take(scan, "after") && !perf_action_rate(scan, spec))
		return false;
	spec->dry_run = perf_action_take(scan, "dry-run");
	if (perf_action_take(scan, "if") && !perf_action_filter(scan, spec))
		return false;

	perf_action_skip_spaces(scan);
	return !*scan->at ||
	       perf_action_wrong(scan, PERF_ACTION_ERR_ORDER);
}

/**
 * perf_action_parse - take the text of a rule apart
 * @text:      the text
 * @spec:      filled in; the filter in it is part of @text
 * @complaint: filled in if it is wrong
 *
 * Context: any.
 * Return: 0 or -EINVAL.
 */
int perf_action_parse(const char *text, struct perf_action_spec *spec,
		      struct perf_action_complaint *complaint)
{
	struct perf_action_scan scan = { .text = text, .at = text };

	*spec = (struct perf_action_spec){ .count = 1 };
	if (perf_action_rule(&scan, spec))
		return 0;

	complaint->pos = perf_action_pos(&scan);
	complaint->error = scan.error;
	complaint->why = perf_action_errors[scan.error];

	return -EINVAL;
}
