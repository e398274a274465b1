// SPDX-License-Identifier: GPL-2.0
/* Injection: an event's type by its name, and write() to its descriptor. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <linux/perf_event.h>
#include <api/fs/fs.h>
#include <api/fs/tracing_path.h>
#include "inject.h"
#include "pmu.h"
#include "record.h"

/* The names a user may have meant: all persistent events. */
static void name_events(const char *name, char *error, size_t len)
{
	const char *sep = ": ";
	struct ras_pmu pmu;
	char none[512];
	unsigned int i;
	size_t pos;

	pos = snprintf(error, len,
		       "unknown event '%s': give SYSTEM:NAME as in tracefs events/, or a persistent event",
		       name);
	if (ras_pmu_init(&pmu, none, sizeof(none)))
		return;
	for (i = 0; i < pmu.nr_events && pos < len; i++) {
		if (!pmu.events[i].tracepoint)
			continue;
		pos += snprintf(error + pos, len - pos, "%s%s", sep,
				pmu.events[i].name);
		sep = ", ";
	}
	ras_pmu_exit(&pmu);
}

/**
 * ras_inject_type - the type of an event that a user named
 * @types: where to keep it
 * @name: "system:name", or the name of a persistent event
 * @type: result
 * @error: what is wrong and what to do, if it fails
 * @len: size of @error
 *
 * Return: 0; -ENOENT: unknown; other -errno.
 */
int ras_inject_type(struct ras_types *types, const char *name,
		    const struct ras_type **type, char *error, size_t len)
{
	const struct ras_pmu_event *event;
	struct ras_pmu pmu = { };
	char full[256];
	int err;

	snprintf(full, sizeof(full), "%s", name);
	if (!types->dir && !strchr(name, ':')) {
		err = ras_pmu_init(&pmu, error, len);
		if (err)
			return err;
		event = ras_pmu_find(&pmu, name);
		if (event)
			snprintf(full, sizeof(full), "%s", event->source);
		if (event && event->pending) {
			snprintf(error, len,
				 "%s is pending: load the module that has the tracepoint %s",
				 name, full);
			err = -ENODEV;
		} else if (event && !event->tracepoint) {
			snprintf(error, len,
				 "%s is no tracepoint, so there is nothing to inject",
				 name);
			err = -EOPNOTSUPP;
		}
		ras_pmu_exit(&pmu);
		if (err)
			return err;
	}
	err = ras_types_get(types, full, type);
	switch (err) {
	case 0:
		return 0;
	case -ENOENT:
	case -EINVAL:
		name_events(name, error, len);
		return -ENOENT;
	default:
		return ras_type_error(err, full, error, len);
	}
}

/**
 * ras_inject - write a record to a tracepoint's perf event
 * @type: the tracepoint
 * @cpu: CPU on which every listener shall see it
 * @record: from ras_record_wrap()
 * @len: its size in bytes
 * @opened: result: it was write() that failed
 *
 * Return: 0 or -errno of perf_event_open() or write().
 */
int ras_inject(const struct ras_type *type, int cpu, const void *record,
	       size_t len, bool *opened)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT,
		.size = sizeof(attr),
		.config = type->id,
		.sample_type = RAS_SAMPLE_TYPE,
		.sample_period = 1,
	};
	struct perf_evsel *evsel;
	ssize_t written;
	int err;

	evsel = ras_evsel_open(&attr, cpu, &err);
	*opened = evsel;
	if (!evsel)
		return err;
	written = write(ras_evsel_fd(evsel), record, len);
	if (written < 0)
		err = -errno;
	else if ((size_t)written != len)
		err = -EIO;
	ras_evsel_close(evsel);
	return err;
}
