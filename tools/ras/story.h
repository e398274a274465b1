/* SPDX-License-Identifier: GPL-2.0 */
/* Which events tell of the same error. The rule is in story.c. */
#ifndef _RAS_STORY_H
#define _RAS_STORY_H

#include <stdbool.h>
#include "event.h"

/* So many stories can go on at a time, each on so many threads. */
#define RAS_STORIES_MAX		64
#define RAS_STORY_THREADS	4

/**
 * struct ras_story - a story that may go on
 * @number: its number, from 1 on
 * @last_ns: uptime of its last event
 * @kinds: what it has, bit 1 << enum story_kind
 * @has_page: @page is known
 * @page: page frame
 * @offline: the page is to be soft-offlined
 * @threads: where its events came from, the last one first
 * @nr_threads: their number
 */
struct ras_story {
	u64 number;
	u64 last_ns;
	unsigned int kinds;
	bool has_page;
	u64 page;
	bool offline;
	struct ras_thread {
		int cpu;
		int tid;
	} threads[RAS_STORY_THREADS];
	unsigned int nr_threads;
};

/**
 * struct ras_stories - all stories of a stream of events; starts as zeroes
 * @nr: how many there were so far
 * @boot_id: boot of the last event
 * @open: those that may go on, in the order of their numbers
 * @nr_open: their number
 */
struct ras_stories {
	u64 nr;
	char boot_id[RAS_BOOT_ID_LEN + 1];
	struct ras_story open[RAS_STORIES_MAX];
	unsigned int nr_open;
};

u64 ras_story_add(struct ras_stories *stories, const struct ras_event *ev);
u64 ras_stories_told(const struct ras_stories *stories);
void ras_stories_end(struct ras_stories *stories, u64 number);
bool ras_story_page(const struct ras_event *ev, u64 *page);

#endif /* _RAS_STORY_H */
