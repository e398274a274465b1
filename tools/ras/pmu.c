// SPDX-License-Identifier: GPL-2.0
/* The kernel's persistent events: sysfs, and opening them. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <api/fs/fs.h>
#include <internal/evsel.h>
#include <internal/xyarray.h>
#include <perf/cpumap.h>
#include <perf/evsel.h>
#include "pmu.h"
#include "record.h"

#define PMU_DIR "bus/event_source/devices/persistent/"

static int read_text(const char *entry, char *buf, size_t len)
{
	char *text;
	size_t size;

	errno = 0;
	if (sysfs__read_str(entry, &text, &size))
		return errno ? -errno : -EIO;
	snprintf(buf, len, "%.*s", (int)size, text);
	buf[strcspn(buf, "\n")] = '\0';
	free(text);
	return 0;
}

static int read_number(const char *entry, u64 *num)
{
	char buf[64], *end;
	int err = read_text(entry, buf, sizeof(buf));

	if (err)
		return err;
	*num = strtoull(buf, &end, 0);
	return end == buf ? -EINVAL : 0;
}

/* events/NAME is "event=0x1", sources/NAME "tracepoint=mce:mce_record,...". */
static int read_event(struct ras_pmu_event *event, const char *name)
{
	char path[512], buf[512], *p;
	int err;

	snprintf(path, sizeof(path), PMU_DIR "events/%s", name);
	err = read_text(path, buf, sizeof(buf));
	if (err)
		return err;
	p = strstr(buf, "event=");
	if (!p)
		return -EINVAL;
	event->config = strtoull(p + 6, NULL, 0);

	snprintf(path, sizeof(path), PMU_DIR "sources/%s", name);
	err = read_text(path, buf, sizeof(buf));
	if (err)
		return err;
	p = strstr(buf, "tracepoint=");
	if (!p)
		return -EINVAL;
	p += 11;
	p[strcspn(p, ",")] = '\0';
	event->tracepoint = strdup(p);
	event->name = strdup(name);
	return event->tracepoint && event->name ? 0 : -ENOMEM;
}

static int by_config(const void *a, const void *b)
{
	const struct ras_pmu_event *x = a, *y = b;

	return x->config < y->config ? -1 : x->config > y->config;
}

static int read_events(struct ras_pmu *pmu)
{
	struct ras_pmu_event *events;
	struct dirent *entry;
	char path[512];
	int err = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/" PMU_DIR "events",
		 sysfs__mountpoint());
	dir = opendir(path);
	if (!dir)
		return -errno;
	while (!err && (entry = readdir(dir))) {
		if (strchr(entry->d_name, '.'))
			continue;
		events = realloc(pmu->events,
				 (pmu->nr_events + 1) * sizeof(*events));
		if (!events) {
			err = -ENOMEM;
			break;
		}
		pmu->events = events;
		memset(&events[pmu->nr_events], 0, sizeof(*events));
		err = read_event(&events[pmu->nr_events++], entry->d_name);
	}
	closedir(dir);
	if (pmu->nr_events)
		qsort(pmu->events, pmu->nr_events, sizeof(*pmu->events),
		      by_config);
	return err;
}

/**
 * ras_pmu_init - read what sysfs says about persistent events
 * @pmu: result
 * @error: what is wrong and what to do, if it fails
 * @len: size of @error
 *
 * Return: 0; -ENODEV: the kernel has none; other -errno.
 */
int ras_pmu_init(struct ras_pmu *pmu, char *error, size_t len)
{
	u64 type, pages, layout;
	int err;

	memset(pmu, 0, sizeof(*pmu));
	if (!sysfs__mountpoint()) {
		snprintf(error, len,
			 "sysfs is not mounted: mount -t sysfs none /sys");
		return -ENODEV;
	}
	err = read_number(PMU_DIR "type", &type);
	if (err) {
		snprintf(error, len,
			 "no %s/" PMU_DIR ": boot a kernel with CONFIG_PERF_EVENTS_PERSISTENT=y",
			 sysfs__mountpoint());
		return -ENODEV;
	}
	err = read_number(PMU_DIR "buffer/data_pages", &pages);
	if (!err)
		err = read_number(PMU_DIR "buffer/sample_type", &layout);
	if (!err)
		err = read_events(pmu);
	if (err) {
		snprintf(error, len, "cannot read %s/" PMU_DIR ": %s",
			 sysfs__mountpoint(), strerror(-err));
		ras_pmu_exit(pmu);
		return err;
	}
	if (layout != RAS_SAMPLE_TYPE) {
		snprintf(error, len,
			 "the kernel's records have layout 0x%llx, this ras reads 0x%x: install the ras that came with the kernel",
			 (unsigned long long)layout,
			 (unsigned int)RAS_SAMPLE_TYPE);
		ras_pmu_exit(pmu);
		return -EPROTO;
	}
	pmu->type = type;
	pmu->data_pages = pages;
	return 0;
}

/**
 * ras_pmu_exit - free what ras_pmu_init() allocated
 * @pmu: PMU
 */
void ras_pmu_exit(struct ras_pmu *pmu)
{
	unsigned int i;

	for (i = 0; i < pmu->nr_events; i++) {
		free(pmu->events[i].name);
		free(pmu->events[i].tracepoint);
	}
	free(pmu->events);
	memset(pmu, 0, sizeof(*pmu));
}

/**
 * ras_pmu_find - find a persistent event
 * @pmu: PMU
 * @name: its own name or that of its tracepoint
 *
 * Return: the event or NULL.
 */
const struct ras_pmu_event *ras_pmu_find(const struct ras_pmu *pmu,
					 const char *name)
{
	unsigned int i;

	for (i = 0; i < pmu->nr_events; i++) {
		if (!strcmp(pmu->events[i].name, name) ||
		    !strcmp(pmu->events[i].tracepoint, name))
			return &pmu->events[i];
	}
	return NULL;
}

/**
 * ras_pmu_cpus - the CPUs that have a buffer, online or not
 *
 * Return: a map, to be given to perf_cpu_map__put(), or NULL.
 */
struct perf_cpu_map *ras_pmu_cpus(void)
{
	char buf[4096];

	if (read_text(PMU_DIR "buffer/cpus", buf, sizeof(buf)) || !*buf)
		return NULL;
	return perf_cpu_map__new(buf);
}

static int open_on(struct perf_evsel *evsel, int cpu)
{
	struct perf_cpu_map *map;
	char text[16];
	int err;

	snprintf(text, sizeof(text), "%d", cpu);
	map = perf_cpu_map__new(text);
	if (!map)
		return -ENOMEM;
	err = perf_evsel__open(evsel, map, NULL);
	perf_cpu_map__put(map);
	return err;
}

/**
 * ras_pmu_open - open a persistent event on a CPU's buffer
 * @pmu: PMU
 * @event: which
 * @buffer_cpu: whose buffer; if that CPU is offline, another one is opened
 * @sampling: to be mapped; otherwise only to be counted
 * @err: -errno if it fails
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
		.sample_type = RAS_SAMPLE_TYPE,
		.sample_period = sampling,
		.sample_id_all = 1,
		.wakeup_events = sampling,
		.read_format = PERF_FORMAT_ID | PERF_FORMAT_LOST,
	};
	struct perf_evsel *evsel = perf_evsel__new(&attr);
	struct perf_cpu_map *online;
	struct perf_cpu cpu;
	int i;

	*err = -ENOMEM;
	if (!evsel)
		return NULL;
	*err = open_on(evsel, buffer_cpu);
	if (*err == -ENODEV) {
		online = perf_cpu_map__new_online_cpus();
		perf_cpu_map__for_each_cpu(cpu, i, online) {
			*err = open_on(evsel, cpu.cpu);
			if (*err != -ENODEV)
				break;
		}
		perf_cpu_map__put(online);
	}
	if (*err) {
		perf_evsel__delete(evsel);
		return NULL;
	}
	fcntl(ras_evsel_fd(evsel), F_SETFD, FD_CLOEXEC);
	return evsel;
}

/**
 * ras_evsel_close - close and free an event
 * @evsel: from ras_pmu_open(), or NULL
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
