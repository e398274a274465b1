/* SPDX-License-Identifier: GPL-2.0 */
/* All CPUs' persistent buffers, read as one stream. */
#ifndef _RAS_READER_H
#define _RAS_READER_H

#include <stdbool.h>
#include <stddef.h>
#include "clock.h"
#include "event.h"
#include "format.h"
#include "pmu.h"
#include "record.h"
#include "ring.h"

struct perf_evsel;

/**
 * struct ras_source - one CPU's buffer
 * @ring: the mapped buffer
 * @evsel: the event it is mapped through
 * @fd: its descriptor, for poll()
 * @base: address of the mapping
 * @pending: the next record, if @has_pending
 * @has_pending: it was read, but ras_reader_next() has not returned it
 * @done: position behind the last record returned
 * @last_time: TIME of the last record, for records that have none
 */
struct ras_source {
	struct ras_ring ring;
	struct perf_evsel *evsel;
	int fd;
	void *base;
	struct ras_record pending;
	bool has_pending;
	u64 done;
	u64 last_time;
};

/**
 * struct ras_reader - all buffers
 * @pmu: the persistent events
 * @types: their types
 * @clock: this boot's time base
 * @sources: one per CPU that has a buffer
 * @nr: their number
 * @consume: be the consumer of the buffers
 * @follow: see struct ras_ring
 * @error: what is wrong and what to do, after a function failed
 */
struct ras_reader {
	struct ras_pmu pmu;
	struct ras_types types;
	struct ras_clock clock;
	struct ras_source **sources;
	unsigned int nr;
	bool consume;
	bool follow;
	char error[512];
};

int ras_reader_init(struct ras_reader *reader);
int ras_reader_open(struct ras_reader *reader, bool consume, bool follow);
int ras_reader_rescan(struct ras_reader *reader);
int ras_reader_next(struct ras_reader *reader, struct ras_source **source,
		    struct ras_event *ev);
void ras_reader_close(struct ras_reader *reader);

#endif /* _RAS_READER_H */
