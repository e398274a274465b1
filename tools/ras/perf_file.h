/* SPDX-License-Identifier: GPL-2.0 */
/* What a perf.data file says about its events. */
#ifndef _RAS_PERF_FILE_H
#define _RAS_PERF_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/perf_event.h>
#include <linux/types.h>

struct ras_replay;

/**
 * struct perf_file_event - an event that was recorded
 * @attr: what perf opened; what it is shorter than ours is 0
 * @ids: the ids that its samples have, u64 that need not be aligned
 * @nr_ids: their number
 * @name: what perf calls it, NULL: not known
 * @index: in the replay's list, or one of enum perf_file_index
 */
struct perf_file_event {
	struct perf_event_attr attr;
	const unsigned char *ids;
	u64 nr_ids;
	const char *name;
	int index;
};

enum perf_file_index {
	PERF_FILE_NEW		= -1,	/* no sample of it was seen yet */
	PERF_FILE_UNWANTED	= -2,
};

/**
 * struct perf_file_format - the format file of a tracepoint
 * @id: its id there
 * @system: its system
 * @text: the file, which ends with a NUL
 */
struct perf_file_format {
	int id;
	const char *system;
	char *text;
};

/**
 * struct perf_file - a perf.data file
 * @replay: for messages
 * @data: the file
 * @len: bytes in @data
 * @records: where the records begin
 * @end: where they end
 * @events: the events in it
 * @nr_events: their number
 * @formats: format files of the tracepoints among them
 * @nr_formats: their number
 * @long_size: of the machine, if there are @formats
 * @release: the kernel's, NULL: not known
 * @persistent: type of the PMU of that name there, 0: not known
 */
struct perf_file {
	struct ras_replay *replay;
	const unsigned char *data;
	size_t len;
	size_t records, end;
	struct perf_file_event *events;
	unsigned int nr_events;
	struct perf_file_format *formats;
	unsigned int nr_formats;
	unsigned int long_size;
	const char *release;
	u32 persistent;
};

int perf_file_open(struct perf_file *file);
int perf_file_attr(struct perf_file *file, const unsigned char *attr,
		   size_t len, const unsigned char *ids, u64 ids_size);
int perf_file_feature(struct perf_file *file, unsigned int feature,
		      const unsigned char *data, size_t len);
struct perf_file_event *perf_file_event(struct perf_file *file, u64 id);
void perf_file_close(struct perf_file *file);

int perf_file_tracing(struct perf_file *file, const unsigned char *data,
		      size_t len);
const struct perf_file_format *perf_file_format(const struct perf_file *file,
						u64 id);

#endif /* _RAS_PERF_FILE_H */
