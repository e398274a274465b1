/* SPDX-License-Identifier: GPL-2.0 */
/* Samples of any layout that write() takes. */
#ifndef _RAS_LAYOUT_H
#define _RAS_LAYOUT_H

#include <linux/perf_event.h>
#include "record.h"

/**
 * struct ras_sample - a sample taken apart
 * @rec: the parts that a tracepoint's record has as well
 * @addr: PERF_SAMPLE_ADDR
 * @period: PERF_SAMPLE_PERIOD
 */
struct ras_sample {
	struct ras_record rec;
	u64 addr;
	u64 period;
};

const char *ras_layout_refused(u64 sample_type);
int ras_layout_id(u64 sample_type, const struct perf_event_header *header,
		  u64 *id);
int ras_layout_parse(const struct perf_event_attr *attr,
		     const struct perf_event_header *header,
		     struct ras_sample *sample);

#endif /* _RAS_LAYOUT_H */
