/* SPDX-License-Identifier: GPL-2.0 */
/* perf records: taken apart, and put together. */
#ifndef _RAS_RECORD_H
#define _RAS_RECORD_H

#include <linux/perf_event.h>
#include "event.h"
#include "format.h"

/* The layout of a set's records; it may have PERF_SAMPLE_CALLCHAIN, too. */
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
 * @ip: RAS_RECORD_SAMPLE: where the CPU was
 * @pid: process, also signed
 * @tid: thread, also signed
 * @id: which event on which CPU
 * @mode: header.misc's PERF_RECORD_MISC_CPUMODE_MASK
 * @raw: the trace record, inside the perf record; NULL: no tracepoint's
 * @raw_len: its size in bytes
 */
struct ras_record {
	enum ras_record_kind kind;
	u64 time;
	int cpu;
	u64 lost;
	u64 ip;
	u64 pid;
	u64 tid;
	u64 id;
	u64 mode;
	const unsigned char *raw;
	size_t raw_len;
};

bool ras_record_layout(u64 sample_type);
int ras_record_parse(const struct perf_event_header *header, u64 sample_type,
		     struct ras_record *rec);
int ras_record_type(const struct ras_record *rec);
int ras_record_value(const struct ras_field *field, const unsigned char *raw,
		     size_t len, struct ras_value *value);
int ras_record_values(const struct ras_type *type, const unsigned char *raw,
		      size_t len, struct ras_value *values);
int ras_record_decode(const struct ras_type *type,
		      const struct ras_record *rec, struct ras_event *ev);
int ras_record_event(const struct ras_types *types,
		     const struct ras_record *rec, struct ras_event *ev);
void ras_event_release(struct ras_event *ev);

int ras_record_pack(const struct ras_type *type, const struct ras_value *values,
		    unsigned char *raw, size_t max);
int ras_record_wrap(const unsigned char *raw, size_t len, u16 misc,
		    unsigned char *buf, size_t max);

#endif /* _RAS_RECORD_H */
