// SPDX-License-Identifier: GPL-2.0
/* Opening perf events on one CPU, persistent ones among them. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <linux/perf_event.h>
#include <internal/evsel.h>
#include <internal/xyarray.h>
#include <perf/cpumap.h>
#include <perf/evsel.h>
#include "pmu.h"

/**
 * ras_evsel_open - open a perf event on a CPU
 * @attr: its attributes
 * @cpu: CPU
 * @err: -errno if it fails
 *
 * Return: the open event, for ras_evsel_close(), or NULL.
 */
struct perf_evsel *ras_evsel_open(const struct perf_event_attr *attr, int cpu,
				  int *err)
{
	struct perf_event_attr copy = *attr;
	struct perf_evsel *evsel = perf_evsel__new(&copy);
	struct perf_cpu_map *map;
	char text[16];

	snprintf(text, sizeof(text), "%d", cpu);
	map = perf_cpu_map__new(text);
	*err = evsel && map ? perf_evsel__open(evsel, map, NULL) : -ENOMEM;
	perf_cpu_map__put(map);
	if (*err) {
		perf_evsel__delete(evsel);
		return NULL;
	}
	fcntl(ras_evsel_fd(evsel), F_SETFD, FD_CLOEXEC);
	return evsel;
}

/**
 * ras_pmu_open - open a persistent event on a CPU's buffer
 * @pmu: PMU
 * @event: which
 * @buffer_cpu: whose buffer; if that CPU is offline, another one is opened
 * @sampling: to be mapped, as its set wants it; otherwise only to be counted
 * @err: -errno if it fails: -ENODEV: the event is pending and never was
 *       active, -ENOENT: it was forgotten
 *
 * Return: the open event, for ras_evsel_close(), or NULL.
 */
struct perf_evsel *ras_pmu_open(const struct ras_pmu *pmu,
				const struct ras_pmu_event *event,
				int buffer_cpu, bool sampling, int *err)
{
	struct perf_event_attr attr = {
		.type = pmu->type,
		.size = sizeof(attr),
		.config = event->config,
		.config1 = buffer_cpu + 1,
		.sample_type = event->set->sample_type,
		.sample_period = sampling,
		.sample_id_all = 1,
		.wakeup_events = sampling,
		.write_backward = sampling && event->set->keep_last,
		.read_format = PERF_FORMAT_ID | PERF_FORMAT_LOST,
	};
	struct perf_evsel *evsel = ras_evsel_open(&attr, buffer_cpu, err);
	struct perf_cpu_map *online;
	struct perf_cpu cpu;
	int i;

	if (*err == -ENODEV) {
		online = perf_cpu_map__new_online_cpus();
		perf_cpu_map__for_each_cpu(cpu, i, online) {
			evsel = ras_evsel_open(&attr, cpu.cpu, err);
			if (*err != -ENODEV)
				break;
		}
		perf_cpu_map__put(online);
	}
	return evsel;
}

/**
 * ras_pmu_open_any - open a persistent event on some CPU, not to read it
 * @pmu: PMU
 * @event: which; also one that is pending and has no buffer yet
 * @err: -errno if it fails
 *
 * Return: the open event, for ras_evsel_close(), or NULL.
 */
struct perf_evsel *ras_pmu_open_any(const struct ras_pmu *pmu,
				    const struct ras_pmu_event *event, int *err)
{
	struct perf_cpu_map *online = perf_cpu_map__new_online_cpus();
	struct perf_evsel *evsel = NULL;
	struct perf_cpu cpu;
	int i;

	*err = -ENOMEM;
	perf_cpu_map__for_each_cpu(cpu, i, online) {
		evsel = ras_pmu_open(pmu, event, cpu.cpu, false, err);
		if (evsel)
			break;
	}
	perf_cpu_map__put(online);
	return evsel;
}

/**
 * ras_evsel_close - close and free an event
 * @evsel: from ras_pmu_open() or ras_evsel_open(), or NULL
 */
void ras_evsel_close(struct perf_evsel *evsel)
{
	if (!evsel)
		return;
	perf_evsel__close(evsel);
	perf_evsel__delete(evsel);
}

/**
 * ras_evsel_fd - the file descriptor of an event open on one CPU
 * @evsel: event
 *
 * Return: the descriptor.
 */
int ras_evsel_fd(const struct perf_evsel *evsel)
{
	return *(int *)xyarray__entry(evsel->fd, 0, 0);
}

/**
 * ras_open_error - say why perf_event_open() failed and what to do
 * @err: -errno
 * @error: result
 * @len: size of @error
 *
 * Return: @err.
 */
int ras_open_error(int err, char *error, size_t len)
{
	if (err == -EACCES || err == -EPERM)
		snprintf(error, len,
			 "not permitted to open persistent events: run as root, or with CAP_PERFMON");
	else if (err == -EMFILE)
		snprintf(error, len, "too many open files: raise ulimit -n");
	else
		snprintf(error, len, "cannot open a persistent event: %s",
			 strerror(-err));
	return err;
}
