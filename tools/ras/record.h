/* SPDX-License-Identifier: GPL-2.0 */
/* perf records: taken apart, and put together. */
#ifndef _RAS_RECORD_H
#define _RAS_RECORD_H

#include <linux/perf_event.h>
#include "event.h"
#include "format.h"

/* The one layout that persistent events have. */
#define RAS_SAMPLE_TYPE	(PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME | \
			 PERF_SAMPLE_ID | PERF_SAMPLE_CPU | PERF_SAMPLE_RAW)

/* Bytes of trace data that one record may have (PERF_MAX_TRACE_SIZE). */
#define RAS_RAW_MAX	8192

enum ras_record_kind {
	RAS_RECORD_SAMPLE,
	RAS_RECORD_LOST,
	RAS_RECORD_OTHER,	/* perf's side-band records: skip */
};

/**
 * struct ras_record - a perf record taken apart
 * @kind: what it is
 * @time: its TIME, ns of local_clock; 0 if it has none
 * @cpu: its CPU, or -1 if it has none
 * @lost: RAS_RECORD_LOST: how many
 * @raw: RAS_RECORD_SAMPLE: the trace record, inside the perf record
 * @raw_len: its size in bytes
 */
struct ras_record {
	enum ras_record_kind kind;
	u64 time;
	int cpu;
	u64 lost;
	const unsigned char *raw;
	size_t raw_len;
};

int ras_record_parse(const struct perf_event_header *header,
		     struct ras_record *rec);
int ras_record_type(const struct ras_record *rec);
int ras_record_values(const struct ras_type *type, const unsigned char *raw,
		      size_t len, struct ras_value *values);
int ras_record_event(const struct ras_types *types,
		     const struct ras_record *rec, struct ras_event *ev);
void ras_event_release(struct ras_event *ev);

int ras_record_pack(const struct ras_type *type, const struct ras_value *values,
		    unsigned char *raw, size_t max);
int ras_record_wrap(const unsigned char *raw, size_t len, u16 misc,
		    unsigned char *buf, size_t max);

#endif /* _RAS_RECORD_H */
