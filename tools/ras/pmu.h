/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's persistent events, as sysfs describes them. */
#ifndef _RAS_PMU_H
#define _RAS_PMU_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

struct perf_cpu_map;
struct perf_evsel;

/**
 * struct ras_pmu_event - a persistent event
 * @name: its name in events/
 * @tracepoint: "system:name" of what it is underneath
 * @config: perf_event_attr.config
 */
struct ras_pmu_event {
	char *name;
	char *tracepoint;
	u64 config;
};

/**
 * struct ras_pmu - the PMU "persistent"
 * @type: perf_event_attr.type
 * @data_pages: data pages of each CPU's buffer
 * @events: its events
 * @nr_events: their number
 */
struct ras_pmu {
	u32 type;
	unsigned int data_pages;
	struct ras_pmu_event *events;
	unsigned int nr_events;
};

int ras_pmu_init(struct ras_pmu *pmu, char *error, size_t len);
void ras_pmu_exit(struct ras_pmu *pmu);
const struct ras_pmu_event *ras_pmu_find(const struct ras_pmu *pmu,
					 const char *name);
struct perf_cpu_map *ras_pmu_cpus(void);
struct perf_evsel *ras_pmu_open(const struct ras_pmu *pmu,
				const struct ras_pmu_event *event,
				int buffer_cpu, bool sampling, int *err);
void ras_evsel_close(struct perf_evsel *evsel);
int ras_evsel_fd(const struct perf_evsel *evsel);
int ras_open_error(int err, char *error, size_t len);

#endif /* _RAS_PMU_H */
