/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Injection: what its parts share, and what perf core calls. What persistent
 * events ask is in persistent.h.
 *
 *   inject.c           write() on a perf file descriptor
 *   inject_permit.c    who may, and how to switch it off
 *   inject_registry.c  what the owners of events offer below the event itself
 *   inject_count.c     counters
 *   kernel/trace/trace_perf_inject.c  tracepoints
 */
#ifndef _KERNEL_EVENTS_INJECT_H
#define _KERNEL_EVENTS_INJECT_H

#include <linux/fs.h>
#include <linux/perf_inject.h>

struct perf_event;
struct pt_regs;
struct trace_event_call;

/**
 * struct perf_trace_layout - what a record of a tracepoint has to look like
 * @fixed:  bytes of the fields of fixed size, at least
 * @nr:	    how many fields of variable size there are
 * @field:  where they say where their data is, see trace_perf_inject.c
 */
struct perf_trace_layout {
	u32	fixed;
	u32	nr;
	struct perf_trace_loc {
		u16	offset;
		u16	flags;
	} field[] __counted_by(nr);
};

#ifdef CONFIG_PERF_EVENTS_INJECT
ssize_t perf_inject_write(struct file *file, const char __user *buf,
			  size_t count, loff_t *ppos);

/* inject_permit.c */
int perf_inject_permitted(struct file *file, struct perf_event *event);
bool perf_inject_switched_off(void);
void perf_inject_log(struct perf_event *event, const struct perf_inject_record *rec);

/* inject_registry.c */
int perf_inject_deep(const struct perf_inject_record *rec);

/* inject_count.c */
int perf_inject_count(struct perf_event *event, const struct perf_inject_record *rec,
		      const struct pt_regs *user_regs);

/* kernel/trace/trace_perf_inject.c */
bool perf_trace_injectable(struct trace_event_call *call);
bool perf_trace_may_go(const struct trace_event_call *call);
struct perf_trace_layout *perf_trace_layout(struct trace_event_call *call);
int perf_trace_inject_check(const struct perf_inject_record *rec,
			    const struct perf_trace_layout *layout);
int perf_trace_inject(const struct perf_inject_record *rec);
#else
# define perf_inject_write NULL
#endif

#endif /* _KERNEL_EVENTS_INJECT_H */
