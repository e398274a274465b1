/* SPDX-License-Identifier: GPL-2.0 */
/* Making events persistent, and forgetting them. */
#ifndef _RAS_PERSIST_H
#define _RAS_PERSIST_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

/**
 * struct ras_persist - what is to be made persistent
 * @event: "system:event" or the name of a perf event
 * @name: what it is to be called, NULL: like the event
 * @set: set that it is to go into, NULL: one of its own
 * @pages: data pages of a new set, 0: the default
 * @keep_last: of a new set: write over the oldest records
 * @callchain: of a new set: records have the callchain
 * @freq: samples per second, 0: by @period
 * @period: every so many occurrences, 0: the default
 * @filter: for a tracepoint, NULL: none
 */
struct ras_persist {
	const char *event;
	const char *name;
	const char *set;
	u64 pages;
	bool keep_last;
	bool callchain;
	u64 freq;
	u64 period;
	const char *filter;
};

struct perf_event_attr;

int ras_persist_attr(struct ras_persist *persist, struct perf_event_attr *attr,
		     char *error, size_t len);
int ras_persist(const struct ras_persist *persist,
		const struct perf_event_attr *attr, char *error, size_t len);
int ras_forget(const char *name, char *error, size_t len);

#endif /* _RAS_PERSIST_H */
