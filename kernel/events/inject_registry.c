// SPDX-License-Identifier: GPL-2.0
/*
 * Injection: what the owners of events offer below the event itself. One entry
 * for a tracepoint and a level; what nobody offers is refused, never replaced
 * by something shallower.
 */
#include <linux/cleanup.h>
#include <linux/export.h>
#include <linux/mutex.h>
#include <linux/perf_inject.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/trace_events.h>

#include "inject.h"
#include "persistent.h"

static LIST_HEAD(perf_inject_list);
/* Also held while an owner injects: it is not gone before it has returned. */
static DEFINE_MUTEX(perf_inject_mutex);

/* Under perf_inject_mutex. */
static struct perf_inject_ops *perf_inject_find(const char *system, const char *name,
						enum perf_inject_level level)
{
	struct perf_inject_ops *ops;

	list_for_each_entry(ops, &perf_inject_list, list)
		if (ops->level == level && !strcmp(ops->system, system) &&
		    !strcmp(ops->name, name))
			return ops;

	return NULL;
}

/**
 * perf_inject_register - offer a deeper injection for a tracepoint
 * @ops: the operations; they stay the caller's
 *
 * Context: process, may sleep.
 * Return: 0; -EBUSY if somebody offers that tracepoint's level already.
 */
int perf_inject_register(struct perf_inject_ops *ops)
{
	guard(mutex)(&perf_inject_mutex);

	if (perf_inject_find(ops->system, ops->name, ops->level))
		return -EBUSY;

	list_add_tail(&ops->list, &perf_inject_list);
	return 0;
}
EXPORT_SYMBOL_GPL(perf_inject_register);

/**
 * perf_inject_unregister - withdraw what perf_inject_register() offered
 * @ops: the operations; nothing happens if they were not taken
 *
 * Context: process, may sleep. When it returns, none of @ops is running.
 */
void perf_inject_unregister(struct perf_inject_ops *ops)
{
	guard(mutex)(&perf_inject_mutex);

	if (perf_inject_find(ops->system, ops->name, ops->level) == ops)
		list_del(&ops->list);
}
EXPORT_SYMBOL_GPL(perf_inject_unregister);

/**
 * perf_inject_deep - let the owner of a tracepoint inject a record
 * @rec: the record, of level PERF_INJECT_DRIVER or PERF_INJECT_HARDWARE
 *
 * Context: process, may sleep.
 * Return: 0; -EOPNOTSUPP if nobody offers that; or what the owner says.
 */
int perf_inject_deep(const struct perf_inject_record *rec)
{
	struct perf_inject_ops *ops;

	guard(mutex)(&perf_inject_mutex);

	ops = perf_inject_find(rec->call->class->system, trace_event_name(rec->call),
			       rec->level);
	return ops ? ops->inject(rec) : -EOPNOTSUPP;
}

/**
 * perf_inject_show_levels - for sysfs: the levels at which an event is injected
 * @call: the tracepoint, or NULL for a counter
 * @buf:  the page of sysfs
 *
 * Context: process, may sleep.
 * Return: bytes in @buf.
 */
ssize_t perf_inject_show_levels(struct trace_event_call *call, char *buf)
{
	const char *system = call ? call->class->system : "";
	const char *name = call ? trace_event_name(call) : "";
	ssize_t len = 0;

	if (!perf_inject_switched_off() && (!call || perf_trace_injectable(call))) {
		guard(mutex)(&perf_inject_mutex);

		len = sysfs_emit(buf, "stream");
		if (perf_inject_find(system, name, PERF_INJECT_DRIVER))
			len += sysfs_emit_at(buf, len, " driver");
		if (perf_inject_find(system, name, PERF_INJECT_HARDWARE))
			len += sysfs_emit_at(buf, len, " hardware");
	}

	return len + sysfs_emit_at(buf, len, "\n");
}
