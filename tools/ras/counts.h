/* SPDX-License-Identifier: GPL-2.0 */
/* How many events were captured, and how many found a buffer full. */
#ifndef _RAS_COUNTS_H
#define _RAS_COUNTS_H

#include <stddef.h>
#include <linux/types.h>
#include "pmu.h"

struct ras_cpu_count {
	int cpu;
	char name[16];
	u64 captured;
	u64 lost;
};

/**
 * struct ras_counts - counts of one event since boot
 * @captured: records that went into a buffer, all CPUs
 * @lost: records that found it full, all CPUs
 * @cpus: the same for each CPU that has a buffer
 * @nr: their number
 */
struct ras_counts {
	u64 captured;
	u64 lost;
	struct ras_cpu_count *cpus;
	unsigned int nr;
};

int ras_counts_get(struct ras_counts *counts, const struct ras_pmu *pmu,
		   const struct ras_pmu_event *event, char *error, size_t len);
void ras_counts_free(struct ras_counts *counts);

#endif /* _RAS_COUNTS_H */
