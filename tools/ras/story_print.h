/* SPDX-License-Identifier: GPL-2.0 */
/* Stories for a human reader. */
#ifndef _RAS_STORY_PRINT_H
#define _RAS_STORY_PRINT_H

#include <stdio.h>
#include "filter.h"
#include "story.h"

struct ras_tale;

/**
 * struct ras_story_log - prints stories when they are complete
 * @stories: what belongs together
 * @filter: a story is printed if it matches one of its events
 * @out: stream
 * @first: stories not printed yet, in the order of their numbers
 * @last: the last one of them
 * @nr: their number
 */
struct ras_story_log {
	struct ras_stories stories;
	const struct ras_filter *filter;
	FILE *out;
	struct ras_tale *first, *last;
	unsigned int nr;
};

int ras_story_log_add(struct ras_story_log *log, const struct ras_event *ev);
void ras_story_log_end(struct ras_story_log *log);

#endif /* _RAS_STORY_PRINT_H */
