// SPDX-License-Identifier: GPL-2.0
/*
 * Injection of perf events, the tracepoint's part: is a record one that the
 * tracepoint could have written, and hand it to those who listen.
 */
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/perf_event.h>
#include <linux/perf_inject.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/trace_events.h>

#include "trace.h"
#include "../events/inject.h"

/* The location word of a dynamic field: length above, offset below. */
#define LOC_OFFSET(loc)		((loc) & 0xffff)
#define LOC_LENGTH(loc)		((loc) >> 16)

/* perf_trace_loc::flags */
#define LOC_RELATIVE		BIT(0)	/* the offset is from behind the word */
#define LOC_STRING		BIT(1)
#define LOC_CPUMASK		BIT(2)

static bool field_is_loc(const struct ftrace_event_field *field, bool *relative)
{
	*relative = !strncmp(field->type, "__rel_loc ", 10);
	return *relative || !strncmp(field->type, "__data_loc ", 11);
}

static u16 loc_flags(const struct ftrace_event_field *field, bool relative)
{
	u16 flags = relative ? LOC_RELATIVE : 0;

	switch (field->filter_type) {
	case FILTER_DYN_STRING:
	case FILTER_RDYN_STRING:
		return flags | LOC_STRING;
	case FILTER_CPUMASK:
		return flags | LOC_CPUMASK;
	default:
		return flags;
	}
}

/**
 * perf_trace_injectable - can anything be injected into a tracepoint?
 * @call: the tracepoint
 *
 * Function tracing and the like have no fields that could be checked, the BPF
 * programs of probes want registers, not a record, and somebody would follow a
 * pointer.
 *
 * Context: process. The tracepoint is held.
 * Return: true if so.
 */
bool perf_trace_injectable(struct trace_event_call *call)
{
	struct ftrace_event_field *field;

	if (call->flags & (TRACE_EVENT_FL_IGNORE_ENABLE | TRACE_EVENT_FL_UKPROBE))
		return false;

	list_for_each_entry(field, trace_get_fields(call), link)
		if (strchr(field->type, '*'))
			return false;

	return true;
}

/**
 * perf_trace_may_go - can a tracepoint go away when nobody holds it?
 * @call: the tracepoint
 *
 * Context: any.
 * Return: true if it is a module's, or was made at run time.
 */
bool perf_trace_may_go(const struct trace_event_call *call)
{
	return call->flags & TRACE_EVENT_FL_DYNAMIC || call->module;
}

/**
 * perf_trace_layout - what a record of a tracepoint has to look like
 * @call: the tracepoint
 *
 * Context: process, may sleep. The tracepoint is held.
 * Return: the layout, for kfree(); ERR_PTR(-EOPNOTSUPP) for a tracepoint that
 * cannot be injected, ERR_PTR(-ENOMEM).
 */
struct perf_trace_layout *perf_trace_layout(struct trace_event_call *call)
{
	struct list_head *head = trace_get_fields(call);
	struct perf_trace_layout *layout;
	struct ftrace_event_field *field;
	bool relative;
	u32 nr = 0;

	if (!perf_trace_injectable(call))
		return ERR_PTR(-EOPNOTSUPP);

	list_for_each_entry(field, head, link)
		nr += field_is_loc(field, &relative);

	layout = kmalloc(struct_size(layout, field, nr), GFP_KERNEL);
	if (!layout)
		return ERR_PTR(-ENOMEM);

	layout->fixed = sizeof(struct trace_entry);
	layout->nr = nr;
	nr = 0;
	list_for_each_entry(field, head, link) {
		layout->fixed = max_t(u32, layout->fixed, field->offset + field->size);
		if (!field_is_loc(field, &relative))
			continue;
		if (WARN_ON_ONCE(field->size != sizeof(u32))) {
			kfree(layout);
			return ERR_PTR(-EOPNOTSUPP);
		}
		layout->field[nr].offset = field->offset;
		layout->field[nr++].flags = loc_flags(field, relative);
	}

	return layout;
}

/*
 * The dynamic data begin where the fields of fixed size end. Returns the length
 * of the field's data, or -EINVAL.
 */
static int check_loc(const struct perf_inject_record *rec, const struct perf_trace_loc *field,
		     u32 fixed)
{
	u32 loc, offset, length;

	memcpy(&loc, rec->data + field->offset, sizeof(loc));
	offset = LOC_OFFSET(loc);
	length = LOC_LENGTH(loc);
	if (field->flags & LOC_RELATIVE)
		offset += field->offset + sizeof(loc);

	if (offset < fixed || offset > rec->size || length > rec->size - offset)
		return -EINVAL;

	/* Readers rely on a string's end. */
	if (field->flags & LOC_STRING) {
		const char *str = rec->data + offset;

		if (!length || str[length - 1])
			return -EINVAL;
	}

	/* And a filter on a mask reads all of it. */
	if (field->flags & LOC_CPUMASK && length < cpumask_size())
		return -EINVAL;

	return length;
}

/**
 * perf_trace_inject_check - could the tracepoint have written this record?
 * @rec:    the record: data and size
 * @layout: of its tracepoint
 *
 * Context: any.
 * Return: 0, -E2BIG if it is larger than any trace record, -EINVAL if it is
 * too small or too large for the fields or a dynamic field points out of its
 * bounds.
 */
int perf_trace_inject_check(const struct perf_inject_record *rec,
			    const struct perf_trace_layout *layout)
{
	u32 fixed = layout->fixed;
	u32 dynamic = 0;
	int i, ret;

	if (rec->size > PERF_MAX_TRACE_SIZE)
		return -E2BIG;
	if (rec->size < fixed)
		return -EINVAL;

	for (i = 0; i < layout->nr; i++) {
		ret = check_loc(rec, &layout->field[i], fixed);
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
	/* What is common to all tracepoints is stamped by perf. */
	memcpy(entry + sizeof(struct trace_entry), rec->data + sizeof(struct trace_entry),
	       rec->size - sizeof(struct trace_entry));

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

/**
 * perf_inject_dynamic - the data of a field of variable size
 * @rec:  the record, as perf_inject_ops::inject gets it
 * @name: the field's name
 * @len:  filled in: bytes
 *
 * Context: any.
 * Return: the data, or NULL if the tracepoint has no such field.
 */
const void *perf_inject_dynamic(const struct perf_inject_record *rec, const char *name,
				u32 *len)
{
	struct ftrace_event_field *field = find_field(rec->call, name);
	bool relative;
	u32 loc, at;

	if (!field || !field_is_loc(field, &relative))
		return NULL;

	memcpy(&loc, rec->data + field->offset, sizeof(loc));
	at = LOC_OFFSET(loc) + (relative ? field->offset + sizeof(loc) : 0);
	*len = LOC_LENGTH(loc);

	return rec->data + at;
}
EXPORT_SYMBOL_GPL(perf_inject_dynamic);

/**
 * perf_inject_string - a string of the record
 * @rec:  the record, as perf_inject_ops::inject gets it
 * @name: the field's name
 *
 * Context: any.
 * Return: the string, which ends with a zero; NULL if the tracepoint has no
 * such field.
 */
const char *perf_inject_string(const struct perf_inject_record *rec, const char *name)
{
	u32 len;

	return perf_inject_dynamic(rec, name, &len);
}
EXPORT_SYMBOL_GPL(perf_inject_string);
