/* SPDX-License-Identifier: GPL-2.0 */
/* Injection of perf events: what the owner of an event provides. */
#ifndef _LINUX_PERF_INJECT_H
#define _LINUX_PERF_INJECT_H

#include <linux/list.h>
#include <linux/stddef.h>
#include <linux/types.h>
#include <uapi/linux/perf_event.h>

struct trace_event_call;

/* How deep an injection starts, in the words of perf_event_header::misc. */
enum perf_inject_level {
	PERF_INJECT_STREAM	= PERF_RECORD_MISC_INJECT_STREAM,
	PERF_INJECT_DRIVER	= PERF_RECORD_MISC_INJECT_DRIVER,
	PERF_INJECT_HARDWARE	= PERF_RECORD_MISC_INJECT_HARDWARE,
};

/**
 * struct perf_inject_record - one record to be injected
 * @call:   the tracepoint; NULL for a counter
 * @data:   of a tracepoint: the trace record, checked against the tracepoint's
 *	    fields. The common fields are the caller's and mean nothing.
 * @size:   bytes in @data
 * @cpu:    the CPU that it happens on
 * @ip:	    the instruction pointer given, or 0
 * @addr:   of a counter: the address given, or 0
 * @period: of a counter: what to add to the count
 * @level:  how deep
 * @fatal:  the caller knows that this may take the machine down. Without it
 *	    what may do so is refused with -ECANCELED.
 * @user:   of a counter: it happens in user mode
 */
struct perf_inject_record {
	struct trace_event_call	*call;
	const void		*data;
	u32			size;
	int			cpu;
	u64			ip;
	u64			addr;
	u64			period;
	enum perf_inject_level	level;
	bool			fatal;
	bool			user;
};

/**
 * struct perf_inject_ops - how a subsystem takes injected events
 * @system:   trace system of the tracepoint
 * @name:     name of the tracepoint
 * @level:    PERF_INJECT_DRIVER or PERF_INJECT_HARDWARE
 * @inject:   check one record, then take it, or refuse it without any effect.
 *	      It arrives at the tracepoint by the subsystem's own ways. Before
 *	      it touches hardware it taints the kernel with TAINT_USER. Process
 *	      context, may sleep. Returns 0; -EINVAL for a record that makes no
 *	      sense, -ENODEV for a device that is not there, -ECANCELED for what
 *	      may take the machine down without perf_inject_record::fatal, -EIO
 *	      if the hardware does not take it, or what the subsystem says.
 * @list:     for the registry
 */
struct perf_inject_ops {
	const char		*system;
	const char		*name;
	enum perf_inject_level	level;
	int			(*inject)(const struct perf_inject_record *rec);
	struct list_head	list;
};

/**
 * struct perf_inject_field - where a field of the trace record goes
 * @name:   the field's name
 * @offset: into the subsystem's own structure
 * @size:   1, 2, 4 or 8 bytes, or that of an array
 */
struct perf_inject_field {
	const char	*name;
	u16		offset;
	u16		size;
};

#define PERF_INJECT_FIELD(_name, _type, _member)			\
	{ .name = (_name), .offset = offsetof(_type, _member),		\
	  .size = sizeof_field(_type, _member) }

int perf_inject_register(struct perf_inject_ops *ops);
void perf_inject_unregister(struct perf_inject_ops *ops);
int perf_inject_copy_fields(const struct perf_inject_record *rec, void *to,
			    const struct perf_inject_field *fields, int nr);
const void *perf_inject_dynamic(const struct perf_inject_record *rec, const char *name,
				u32 *len);
const char *perf_inject_string(const struct perf_inject_record *rec, const char *name);

#endif /* _LINUX_PERF_INJECT_H */
