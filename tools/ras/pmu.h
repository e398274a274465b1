/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's persistent events and buffer sets, as sysfs describes them. */
#ifndef _RAS_PMU_H
#define _RAS_PMU_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

struct perf_cpu_map;
struct perf_event_attr;
struct perf_evsel;

/* The set of the hardware errors, and all that the kernel fills from the start */
#define RAS_DEFAULT_SET		"ras"
#define RAS_DEFAULT_SETS	"ras,software,tasks,devices,actions"

/**
 * struct ras_pmu_set - a buffer set: one ring buffer per CPU
 * @name: its name in sets/
 * @data_pages: data pages of each CPU's buffer
 * @keep_last: overwrites the oldest records, instead of refusing new ones
 * @sample_type: layout of its records
 * @memory: bytes in all its buffers
 * @cpus: the CPUs that have a buffer, online or not; NULL if none has
 */
struct ras_pmu_set {
	char *name;
	unsigned int data_pages;
	bool keep_last;
	u64 sample_type;
	u64 memory;
	struct perf_cpu_map *cpus;
};

/**
 * struct ras_pmu_event - a persistent event
 * @name: its name in events/
 * @source: what it is underneath: "system:name" of a tracepoint, the name of
 *          a perf event, or "type=0x4,config=0x1234"
 * @full: what its records are called: @source or, where that is no name, @name
 * @tracepoint: it is a tracepoint
 * @every: each occurrence is a record, so that its count is that of records
 * @tracepoint_id: tracefs' id of it, or -1
 * @state: active, pending or stopped, in the kernel's words
 * @pending: there is no such tracepoint now
 * @set: its buffer set
 * @driver: which code emits it, one or more words; empty: nobody says
 * @severity: what its severity may be, "corrected-fatal" or one word; empty:
 *            nobody says
 * @inject: levels at which it can be injected now, separated by blanks; NULL:
 *          the kernel does not say
 * @config: perf_event_attr.config
 */
struct ras_pmu_event {
	char *name;
	char *source;
	const char *full;
	bool tracepoint;
	bool every;
	int tracepoint_id;
	char *state;
	bool pending;
	const struct ras_pmu_set *set;
	char *driver;
	char *severity;
	char *inject;
	u64 config;
};

/**
 * struct ras_pmu - the PMU "persistent"
 * @type: perf_event_attr.type
 * @events: its events, in the order in which they were made
 * @nr_events: their number
 * @sets: its buffer sets, "ras" first, the others by name
 * @nr_sets: their number
 */
struct ras_pmu {
	u32 type;
	struct ras_pmu_event *events;
	unsigned int nr_events;
	struct ras_pmu_set **sets;
	unsigned int nr_sets;
};

int ras_pmu_init(struct ras_pmu *pmu, char *error, size_t len);
void ras_pmu_exit(struct ras_pmu *pmu);
const struct ras_pmu_event *ras_pmu_find(const struct ras_pmu *pmu,
					 const char *name);
const struct ras_pmu_event *ras_pmu_find_own(const struct ras_pmu *pmu,
					     const char *name);
const struct ras_pmu_set *ras_pmu_set(const struct ras_pmu *pmu,
				      const char *name);
int ras_pmu_read(const char *dir, const char *name, const char *attr,
		 char *buf, size_t len);
int ras_pmu_dir(const char *dir, const char *name,
		int (*add)(void *arg, const char *name), void *arg);

struct perf_evsel *ras_pmu_open(const struct ras_pmu *pmu,
				const struct ras_pmu_event *event,
				int buffer_cpu, bool sampling, int *err);
struct perf_evsel *ras_pmu_open_any(const struct ras_pmu *pmu,
				    const struct ras_pmu_event *event, int *err);
struct perf_evsel *ras_evsel_open(const struct perf_event_attr *attr, int cpu,
				  int *err);
void ras_evsel_close(struct perf_evsel *evsel);
int ras_evsel_fd(const struct perf_evsel *evsel);
int ras_open_error(int err, char *error, size_t len);

#endif /* _RAS_PMU_H */
