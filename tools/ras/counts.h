/* SPDX-License-Identifier: GPL-2.0 */
/* How often an event happened, and how many records were lost. */
#ifndef _RAS_COUNTS_H
#define _RAS_COUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>
#include "pmu.h"

struct ras_cpu_count {
	int cpu;
	u64 count;
	u64 lost;
};

/**
 * struct ras_counts - counts of one event since it was made persistent
 * @count: how often it happened, all CPUs, in the unit of the event
 * @lost: records that did not get into a buffer, all CPUs
 * @cpus: the same for each CPU that has a buffer
 * @nr: their number
 */
struct ras_counts {
	u64 count;
	u64 lost;
	struct ras_cpu_count *cpus;
	unsigned int nr;
};

int ras_counts_get(struct ras_counts *counts,
		   const struct ras_pmu_event *event);
const struct ras_cpu_count *ras_counts_cpu(const struct ras_counts *counts,
					   int cpu);
void ras_counts_free(struct ras_counts *counts);

#endif /* _RAS_COUNTS_H */
