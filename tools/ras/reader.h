/* SPDX-License-Identifier: GPL-2.0 */
/* The buffers of some sets, on all CPUs, read as one stream. */
#ifndef _RAS_READER_H
#define _RAS_READER_H

#include <stdbool.h>
#include <stddef.h>
#include "clock.h"
#include "event.h"
#include "format.h"
#include "ids.h"
#include "names.h"
#include "pmu.h"
#include "record.h"
#include "ring.h"

struct perf_evsel;
struct pollfd;

/**
 * struct ras_source - one CPU's buffer of a set
 * @ring: the mapped buffer
 * @set: name of the set
 * @label: which buffer it is, in words
 * @sample_type: layout of its records
 * @evsel: the event it is mapped through
 * @fd: its descriptor, for poll()
 * @base: address of the mapping
 * @map_len: its length in bytes
 * @pending: the next record, if @has_pending
 * @has_pending: it was read, but ras_reader_next() has not returned it
 * @done: position behind the last record returned
 * @last_time: TIME of the last record, for records that have none
 * @after: records up to that TIME were returned through an earlier mapping
 * @hung_up: the event it is mapped through was forgotten
 * @resumed: it was compared with the database
 */
struct ras_source {
	struct ras_ring ring;
	char set[RAS_NAME_MAX + 1];
	char label[RAS_NAME_MAX + 32];
	u64 sample_type;
	struct perf_evsel *evsel;
	int fd;
	void *base;
	size_t map_len;
	struct ras_record pending;
	bool has_pending;
	u64 done;
	u64 last_time;
	u64 after;
	bool hung_up;
	bool resumed;
};

/**
 * struct ras_reader - all buffers
 * @sets: the sets to read; none: all there are
 * @consume: be the consumer of the buffers
 * @follow: see struct ras_ring
 * @wait: a set may come into being later
 * @pmu: the persistent events
 * @types: their types
 * @ids: the ids of their samples
 * @clock: this boot's time base
 * @sources: one per CPU that has a buffer, of each set
 * @nr: their number
 * @fds: for poll()
 * @error: what is wrong and what to do, after a function failed
 */
struct ras_reader {
	struct ras_names sets;
	bool consume;
	bool follow;
	bool wait;
	struct ras_pmu pmu;
	struct ras_types types;
	struct ras_ids ids;
	struct ras_clock clock;
	struct ras_source **sources;
	unsigned int nr;
	struct pollfd *fds;
	char error[512];
};

int ras_reader_init(struct ras_reader *reader);
int ras_reader_open(struct ras_reader *reader);
int ras_reader_reload(struct ras_reader *reader);
int ras_reader_rescan(struct ras_reader *reader);
int ras_reader_poll(struct ras_reader *reader, int extra, int timeout);
bool ras_reader_wants(const struct ras_reader *reader, const char *set);
int ras_reader_next(struct ras_reader *reader, struct ras_source **source,
		    struct ras_event *ev);
void ras_reader_close(struct ras_reader *reader);

#endif /* _RAS_READER_H */
