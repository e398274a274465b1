/* SPDX-License-Identifier: GPL-2.0 */
/* A line of a scenario; ras-scenario(5) is its grammar. */
#ifndef _RAS_SCENARIO_H
#define _RAS_SCENARIO_H

#include <stdbool.h>
#include <linux/types.h>

struct ras_replay;

/* Words in a line, and fields of an event that are given */
#define SCENARIO_WORDS_MAX	64

/* A word, where it was, and without its quotes */
struct scenario_word {
	char *text;
	unsigned int column;
};

enum scenario_cpus {
	SCENARIO_CPU_ALL	= -1,
};

/**
 * struct scenario_line - a line taken apart
 * @number: of the line, from 1
 * @words: all its words
 * @nr_words: their number
 * @relative: @time is from the last event of the line before, not the start
 * @time: of the first event, ns
 * @count: how many events
 * @interval: from one to the next, ns
 * @optional: leave it out where the kernel has no such event
 * @event: its name
 * @fields: FIELD=VALUE
 * @nr_fields: their number
 * @cpu: CPU, or SCENARIO_CPU_ALL
 * @misc: level, perhaps with PERF_RECORD_MISC_INJECT_FATAL
 */
struct scenario_line {
	u64 number;
	struct scenario_word words[SCENARIO_WORDS_MAX];
	unsigned int nr_words;
	bool relative;
	u64 time;
	u64 count;
	u64 interval;
	bool optional;
	const struct scenario_word *event;
	const struct scenario_word *fields[SCENARIO_WORDS_MAX];
	unsigned int nr_fields;
	int cpu;
	u16 misc;
};

int scenario_parse(struct ras_replay *replay, struct scenario_line *line,
		   char *text);

/**
 * struct scenario_series - a value that changes from one event to the next
 * @base: of the first
 * @step: from one to the next, in two's complement
 */
struct scenario_series {
	u64 base;
	u64 step;
};

bool scenario_series(const char *text, struct scenario_series *series);
int scenario_series_text(const struct scenario_series *series, u64 n,
			 char *text, size_t len);

#endif /* _RAS_SCENARIO_H */
