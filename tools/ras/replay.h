/* SPDX-License-Identifier: GPL-2.0 */
/* Recorded or written events, to be injected at their times. */
#ifndef _RAS_REPLAY_H
#define _RAS_REPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <linux/compiler.h>
#include "inject.h"

/* Events of one replay, so that a slip in a count does not eat the memory. */
#define RAS_REPLAY_MAX	10000000

/**
 * struct ras_replay_args - what the user wants
 * @event: shell pattern for "system:name" or the name alone, NULL: all
 * @cpu: CPU for all events, or -1: each where it was
 * @level: level for all events, or -1: each as the file has it
 * @fatal: below STREAM, also what may take the machine down
 * @look: the records are only looked at: their CPUs need not be here
 */
struct ras_replay_args {
	const char *event;
	int cpu;
	int level;
	bool fatal;
	bool look;
};

/**
 * struct ras_replay_event - an event that occurs in the file
 * @name: as the file calls it
 * @inject: what it is in this kernel
 * @count: records of it
 */
struct ras_replay_event {
	char *name;
	struct ras_inject_event inject;
	u64 count;
};

/**
 * struct ras_replay_item - one record
 * @time: ns, see @start of the replay
 * @where: its line, or its offset in bytes
 * @pos: of the record, in the replay's records
 * @event: index of its event
 * @cpu: CPU to inject it on; -1: it does not say, and is only looked at
 * @clock: of JSON lines: its wall time, ns since the epoch
 * @uptime: of JSON lines: its own time, in ns; 0: it does not say
 * @boot: of JSON lines: its boot, of those in the file, from 0
 */
struct ras_replay_item {
	u64 time;
	u64 where;
	size_t pos;
	unsigned int event;
	int cpu;
	unsigned int boot;
	u64 clock;
	u64 uptime;
};

/**
 * struct ras_replay - everything that a file asks for
 * @args: what the user wants
 * @file: name of the file
 * @binary: it has no lines: positions are offsets in bytes
 * @start: of the clock that the items' times are of
 * @types: event types of this kernel
 * @events: the events
 * @nr_events: their number
 * @items: one per record, in the order of time after ras_replay_finish()
 * @nr: their number
 * @records: the perf records, one after the other
 * @len: bytes in @records
 * @seen: of JSON lines: events, wanted or not
 * @skipped: records that are no events: of losses, and of unknown events
 * @left_out: lines of a scenario whose event this kernel does not have
 * @lost: records that were lost when the file was recorded
 * @error: what is wrong and where, after a function failed
 */
struct ras_replay {
	struct ras_replay_args args;
	const char *file;
	bool binary;
	u64 start;
	struct ras_types types;
	struct ras_replay_event *events;
	unsigned int nr_events;
	struct ras_replay_item *items;
	size_t nr;
	unsigned char *records;
	size_t len;
	u64 seen;
	u64 skipped;
	u64 left_out;
	u64 lost;
	char error[1024];

	size_t max_items;
	size_t max_len;
};

int ras_replay_json(struct ras_replay *replay, const char *text, size_t len);
int ras_replay_scenario(struct ras_replay *replay, const char *text, size_t len);
int ras_replay_perf(struct ras_replay *replay, const unsigned char *data,
		    size_t len);

int ras_replay_read(struct ras_replay *replay, const char *file);
bool ras_replay_wanted(const struct ras_replay *replay, const char *name);
int ras_replay_add_event(struct ras_replay *replay, const char *name,
			 const struct ras_inject_event *inject);
int ras_replay_add(struct ras_replay *replay, const struct ras_replay_item *item,
		   const void *record);
int ras_replay_finish(struct ras_replay *replay, bool recorded);
void ras_replay_free(struct ras_replay *replay);
int ras_replay_error(struct ras_replay *replay, u64 where, unsigned int column,
		     const char *fmt, ...) __printf(4, 5);

/**
 * struct ras_replay_run - how it is played, and what came of it
 * @speed: so many times as fast; 0: without waiting
 * @stop: set by a signal handler
 * @progress: tell on stderr how far it is
 * @injected: how many records the kernel took
 * @seconds: how long it took
 */
struct ras_replay_run {
	double speed;
	const sig_atomic_t *stop;
	bool progress;
	u64 injected;
	double seconds;
};

int ras_replay_run(struct ras_replay *replay, struct ras_replay_run *run);
int ras_replay_show(struct ras_replay *replay, FILE *out);

#endif /* _RAS_REPLAY_H */
