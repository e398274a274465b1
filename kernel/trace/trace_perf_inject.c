// SPDX-License-Identifier: GPL-2.0
/*
 * Injection of perf events, the tracepoint's part: is a record one that the
 * tracepoint could have written, and hand it to those who listen.
 */
#include <linux/cpumask.h>
#include <linux/export.h>
#include <linux/perf_event.h>
#include <linux/perf_inject.h>
#include <linux/trace_events.h>

#include "trace.h"
#include "../events/inject.h"

/* The location word of a dynamic field: length above, offset below. */
#define LOC_OFFSET(loc)		((loc) & 0xffff)
#define LOC_LENGTH(loc)		((loc) >> 16)

static bool field_is_loc(const struct ftrace_event_field *field, bool *relative)
{
	*relative = !strncmp(field->type, "__rel_loc ", 10);
	return *relative || !strncmp(field->type, "__data_loc ", 11);
}

/*
 * @fixed is where the fields of fixed size end and the dynamic data begin.
 * Returns the length of the field's data, or -EINVAL.
 */
static int check_loc(const struct perf_inject_record *rec,
		     const struct ftrace_event_field *field, bool relative, u32 fixed)
{
	u32 loc, offset, length;

	if (field->size != sizeof(loc))
		return -EINVAL;

	memcpy(&loc, rec->data + field->offset, sizeof(loc));
	offset = LOC_OFFSET(loc);
	length = LOC_LENGTH(loc);
	if (relative)
		offset += field->offset + sizeof(loc);

	if (offset < fixed || offset > rec->size || length > rec->size - offset)
		return -EINVAL;

	/* Readers rely on a string's end. */
	if (field->filter_type == FILTER_DYN_STRING ||
	    field->filter_type == FILTER_RDYN_STRING) {
		const char *str = rec->data + offset;

		if (!length || str[length - 1])
			return -EINVAL;
	}

	/* And a filter on a mask reads all of it. */
	if (field->filter_type == FILTER_CPUMASK && length < cpumask_size())
		return -EINVAL;

	return length;
}

/**
 * perf_trace_inject_check - could the tracepoint have written this record?
 * @rec: the record: call, data and size
 *
 * Context: process. The tracepoint is held by an open event.
 * Return: 0, -E2BIG if it is larger than any trace record, -EINVAL if it is
 * too small or too large for the fields or a dynamic field points out of its
 * bounds, -EOPNOTSUPP if the tracepoint has a pointer that somebody would
 * follow.
 */
int perf_trace_inject_check(const struct perf_inject_record *rec)
{
	struct list_head *head = trace_get_fields(rec->call);
	struct ftrace_event_field *field;
	u32 fixed = sizeof(struct trace_entry);
	u32 dynamic = 0;
	bool relative;
	int ret;

	if (rec->size > PERF_MAX_TRACE_SIZE)
		return -E2BIG;

	list_for_each_entry(field, head, link) {
		if (strchr(field->type, '*'))
			return -EOPNOTSUPP;
		fixed = max_t(u32, fixed, field->offset + field->size);
	}

	if (rec->size < fixed)
		return -EINVAL;

	list_for_each_entry(field, head, link) {
		if (!field_is_loc(field, &relative))
			continue;
		ret = check_loc(rec, field, relative, fixed);
		if (ret < 0)
			return ret;
		dynamic += ret;
	}

	/* As perf_trace_##call() pads it. */
	fixed = ALIGN(fixed, sizeof(u64));
	if (rec->size > ALIGN(fixed + dynamic + sizeof(u32), sizeof(u64)) - sizeof(u32))
		return -EINVAL;

	return 0;
}

/**
 * perf_trace_inject - emit a record to the listeners on this CPU
 * @rec: the record, checked by perf_trace_inject_check()
 *
 * As perf's own probe of the tracepoint would: BPF programs, filters and all
 * events on the CPU's list get it. perf stamps the common fields.
 *
 * Context: interrupts disabled, on the CPU where it is to happen.
 * Return: 0, or -EAGAIN if an event of the same context is being emitted.
 */
int perf_trace_inject(const struct perf_inject_record *rec)
{
	struct trace_event_call *call = rec->call;
	struct pt_regs *regs;
	void *entry;
	int rctx;

	entry = perf_trace_buf_alloc(rec->size, &regs, &rctx);
	if (!entry)
		return -EAGAIN;

	perf_fetch_caller_regs(regs);
	if (rec->ip)
		instruction_pointer_set(regs, rec->ip);
	memcpy(entry, rec->data, rec->size);

	perf_trace_run_bpf_submit(entry, rec->size, rctx, call, 1, regs,
				  this_cpu_ptr(call->perf_events), NULL);
	return 0;
}

static struct ftrace_event_field *find_field(struct trace_event_call *call,
					     const char *name)
{
	struct ftrace_event_field *field;

	list_for_each_entry(field, trace_get_fields(call), link)
		if (!strcmp(field->name, name))
			return field;

	return NULL;
}

/**
 * perf_inject_copy_fields - take the fields of a record into a structure
 * @rec:    the record, as perf_inject_ops::inject gets it
 * @to:	    the structure
 * @fields: which field goes where
 * @nr:	    how many
 *
 * By name, since the layout of a trace record is no ABI.
 *
 * Context: any.
 * Return: 0, or -EINVAL if the tracepoint has no such field of that size.
 */
int perf_inject_copy_fields(const struct perf_inject_record *rec, void *to,
			    const struct perf_inject_field *fields, int nr)
{
	const struct ftrace_event_field *from;
	int i;

	for (i = 0; i < nr; i++) {
		from = find_field(rec->call, fields[i].name);
		if (!from || from->size != fields[i].size)
			return -EINVAL;

		memcpy(to + fields[i].offset, rec->data + from->offset, from->size);
	}

	return 0;
}
EXPORT_SYMBOL_GPL(perf_inject_copy_fields);
