// SPDX-License-Identifier: GPL-2.0
/* Counts of persistent events. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <perf/cpumap.h>
#include <perf/evsel.h>
#include "counts.h"

static int read_cpu(struct ras_cpu_count *count, const struct ras_pmu *pmu,
		    const struct ras_pmu_event *event, int cpu)
{
	struct perf_counts_values values = { };
	struct perf_evsel *evsel;
	int err;

	evsel = ras_pmu_open(pmu, event, cpu, false, &err);
	if (!evsel)
		return err;
	err = perf_evsel__read(evsel, 0, 0, &values);
	ras_evsel_close(evsel);
	if (err)
		return err;
	count->cpu = cpu;
	snprintf(count->name, sizeof(count->name), "CPU %d", cpu);
	/* the kernel counts each occurrence, also one it could not record */
	count->lost = values.lost;
	count->captured = values.val > values.lost ? values.val - values.lost :
						     0;
	return 0;
}

/**
 * ras_counts_get - count an event on all CPUs
 * @counts: result, for ras_counts_free()
 * @pmu: PMU
 * @event: event
 * @error: what is wrong and what to do, if it fails
 * @len: size of @error
 *
 * Return: 0 or -errno.
 */
int ras_counts_get(struct ras_counts *counts, const struct ras_pmu *pmu,
		   const struct ras_pmu_event *event, char *error, size_t len)
{
	struct perf_cpu_map *cpus = ras_pmu_cpus();
	struct perf_cpu cpu;
	int i, err = 0;

	memset(counts, 0, sizeof(*counts));
	if (!cpus) {
		snprintf(error, len,
			 "the kernel has no persistent buffers: see dmesg");
		return -ENODEV;
	}
	counts->cpus = calloc(perf_cpu_map__nr(cpus), sizeof(*counts->cpus));
	if (!counts->cpus)
		err = -ENOMEM;
	perf_cpu_map__for_each_cpu(cpu, i, cpus) {
		struct ras_cpu_count *count;

		if (err)
			break;
		count = &counts->cpus[counts->nr];
		err = read_cpu(count, pmu, event, cpu.cpu);
		if (err)
			break;
		counts->captured += count->captured;
		counts->lost += count->lost;
		counts->nr++;
	}
	perf_cpu_map__put(cpus);
	if (err) {
		ras_counts_free(counts);
		ras_open_error(err, error, len);
	}
	return err;
}

/**
 * ras_counts_free - free the result of ras_counts_get()
 * @counts: counts
 */
void ras_counts_free(struct ras_counts *counts)
{
	free(counts->cpus);
	counts->cpus = NULL;
}
