// SPDX-License-Identifier: GPL-2.0
/* What persistent events need to know of tracepoints. */
#include <linux/perf_event.h>
#include <linux/slab.h>

#include "../events/persistent.h"
#include "trace.h"

/**
 * perf_trace_filter_dup - the filter of a perf event
 * @event: the event
 *
 * Context: process, may sleep; takes event_mutex.
 * Return: its text, for kfree(); NULL if it has none; ERR_PTR(-ENOMEM).
 */
char *perf_trace_filter_dup(struct perf_event *event)
{
	char *text;

	guard(mutex)(&event_mutex);
	if (!event->filter)
		return NULL;

	text = kstrdup(event->filter->filter_string, GFP_KERNEL);
	return text ?: ERR_PTR(-ENOMEM);
}
