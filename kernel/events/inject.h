/* SPDX-License-Identifier: GPL-2.0 */
/* Injection: between write() on a perf file descriptor and the tracepoints. */
#ifndef _KERNEL_EVENTS_INJECT_H
#define _KERNEL_EVENTS_INJECT_H

#include <linux/fs.h>

#ifdef CONFIG_PERF_EVENTS_INJECT
struct perf_inject_record;

ssize_t perf_inject_write(struct file *file, const char __user *buf,
			  size_t count, loff_t *ppos);

int perf_trace_inject_check(const struct perf_inject_record *rec);
int perf_trace_inject(const struct perf_inject_record *rec);
#else
# define perf_inject_write NULL
#endif

#endif /* _KERNEL_EVENTS_INJECT_H */
