// SPDX-License-Identifier: GPL-2.0
/* What filters that act need of tracing: fields, filters and the log of errors. */
#include <linux/err.h>
#include <linux/perf_event.h>
#include <linux/string.h>
#include <linux/trace_events.h>

#include "../events/action_private.h"
#include "trace.h"

static int perf_action_field_kind(const struct ftrace_event_field *found)
{
	switch (found->filter_type) {
	case FILTER_CPU:
		return PERF_ACTION_FIELD_CPU;
	case FILTER_STATIC_STRING:
		return PERF_ACTION_FIELD_STRING;
	case FILTER_DYN_STRING:
		return PERF_ACTION_FIELD_DYN_STRING;
	case FILTER_RDYN_STRING:
		return PERF_ACTION_FIELD_REL_STRING;
	case FILTER_OTHER:
		break;
	default:
		return -EINVAL;
	}

	if (strchr(found->type, '[') || !is_power_of_2(found->size) || found->size > sizeof(u64))
		return -EINVAL;

	return PERF_ACTION_FIELD_INT;
}

/**
 * perf_action_find_field - an integer or string in the record of a tracepoint
 * @call:  the tracepoint
 * @name:  the name of the field, one of those that filters have
 * @field: filled in
 *
 * Context: process, may sleep; takes event_mutex.
 * Return: 0; -ENOENT if there is no such field, -EINVAL if it is neither.
 */
int perf_action_find_field(struct trace_event_call *call, const char *name,
			   struct perf_action_field *field)
{
	const struct ftrace_event_field *found;
	int kind;

	guard(mutex)(&event_mutex);
	found = trace_find_event_field(call, (char *)name);
	if (!found)
		return -ENOENT;

	kind = perf_action_field_kind(found);
	if (kind < 0)
		return kind;

	field->kind = kind;
	field->offset = found->offset;
	field->size = found->size;
	field->is_signed = found->is_signed;

	return 0;
}

/*
 * What create_event_filter() leaves: the text, a caret below what is wrong, and
 * "parse_error: " with the reason.
 */
static void perf_action_filter_error(const char *said,
				     struct perf_action_complaint *complaint)
{
	static const char mark[] = "^\nparse_error: ";
	const char *caret = said ? strstr(said, mark) : NULL;
	const char *line = caret, *why;

	complaint->pos = 0;
	complaint->error = PERF_ACTION_ERR_BAD_FILTER;
	complaint->why = perf_action_errors[complaint->error];
	if (!caret)
		return;

	while (line > said && line[-1] != '\n')
		line--;
	complaint->pos = caret - line;

	why = caret + strlen(mark);
	strscpy(complaint->filter, why, min(sizeof(complaint->filter), strcspn(why, "\n") + 1));
	complaint->why = complaint->filter;
}

/**
 * perf_action_make_filter - understand a filter
 * @call:      the tracepoint
 * @text:      the filter
 * @complaint: filled in if it is wrong, with the position in @text
 *
 * Context: process, may sleep; takes event_mutex.
 * Return: the filter, for perf_action_free_filter(); ERR_PTR(): -EINVAL or
 * what else tracing says if it is wrong, -ENOMEM.
 */
struct event_filter *perf_action_make_filter(struct trace_event_call *call, const char *text,
					     struct perf_action_complaint *complaint)
{
	struct event_filter *filter = NULL;
	int ret;

	guard(mutex)(&event_mutex);
	ret = create_event_filter(NULL, call, (char *)text, true, &filter);
	if (!ret)
		return filter;

	if (filter)
		perf_action_filter_error(filter->filter_string, complaint);
	free_event_filter(filter);

	return ERR_PTR(ret == -ENOMEM ? ret : -EINVAL);
}

/**
 * perf_action_free_filter - a filter is not used any more
 * @filter: the filter, or NULL
 *
 * Context: process, may sleep; nobody is in filter_match_preds().
 */
void perf_action_free_filter(struct event_filter *filter)
{
	free_event_filter(filter);
}

/**
 * perf_action_log_error - tell in tracefs' error_log why a text is no rule
 * @text:      the text
 * @complaint: why
 *
 * Context: process, may sleep.
 */
void perf_action_log_error(const char *text, const struct perf_action_complaint *complaint)
{
	tracing_log_err(NULL, "perf action", text, perf_action_errors, complaint->error,
			complaint->pos);
}
