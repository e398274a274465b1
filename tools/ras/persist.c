// SPDX-License-Identifier: GPL-2.0
/* Making events persistent, and forgetting them: ioctls of perf descriptors. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <linux/kernel.h>
#include <linux/perf_event.h>
#include <perf/cpumap.h>
#include <perf/evsel.h>
#include "format.h"
#include "names.h"
#include "perf_name.h"
#include "persist.h"
#include "pmu.h"
#include "record.h"

/* As the kernel does for perf_persistent= */
#define DEFAULT_FREQ	1000

static int unknown_event(const char *name, char *error, size_t len)
{
	char names[768];

	ras_perf_names(names, sizeof(names));
	snprintf(error, len,
		 "unknown event '%s': give SYSTEM:EVENT as in tracefs events/, or one of %s",
		 name, names);
	return -ENOENT;
}

static int tracepoint_attr(const struct ras_persist *persist,
			   struct perf_event_attr *attr, char *error,
			   size_t len)
{
	struct ras_types types = { };
	const struct ras_type *type;
	int err;

	err = ras_types_get(&types, persist->event, &type);
	if (!err)
		attr->config = type->id;
	ras_types_free(&types);
	attr->type = PERF_TYPE_TRACEPOINT;
	if (err == -ENOENT)
		snprintf(error, len,
			 "there is no tracepoint %s: load the module that has it, or boot with perf_persistent=%s",
			 persist->event, persist->event);
	else if (err == -EINVAL)
		snprintf(error, len, "'%s' is no SYSTEM:EVENT", persist->event);
	else if (err)
		ras_type_error(err, persist->event, error, len);
	return err;
}

/* Of a tracepoint's name, the event. */
static int set_name(struct ras_persist *persist, char *error, size_t len)
{
	const char *colon = strchr(persist->event, ':');

	if (!persist->name)
		persist->name = colon ? colon + 1 : persist->event;
	if (!ras_name_valid(persist->name))
		snprintf(error, len,
			 "'%s' is no name: give --name, a letter and up to %d letters, digits, _ and -",
			 persist->name, RAS_NAME_MAX - 1);
	else if (persist->set && !ras_name_valid(persist->set))
		snprintf(error, len,
			 "'%s' is no name of a set: a letter and up to %d letters, digits, _ and -",
			 persist->set, RAS_NAME_MAX - 1);
	else
		return 0;
	return -EINVAL;
}

/**
 * ras_persist_attr - what to open to make an event persistent
 * @persist: what is wanted; what was left open is filled in
 * @attr: result
 * @error: what is wrong and what to do, if it fails
 * @len: size of @error
 *
 * Return: 0; -ENOENT or -EINVAL: what is wanted cannot be; other -errno.
 */
int ras_persist_attr(struct ras_persist *persist, struct perf_event_attr *attr,
		     char *error, size_t len)
{
	bool tracepoint = strchr(persist->event, ':'), known, clock = false;
	int err = 0;

	*attr = (struct perf_event_attr) {
		.size = sizeof(*attr),
		.disabled = 1,
		.sample_type = RAS_SAMPLE_TYPE,
	};
	known = !ras_perf_name(persist->event, attr, &clock);
	attr->freq = persist->freq || (!persist->period && clock);
	if (persist->callchain)
		attr->sample_type |= PERF_SAMPLE_CALLCHAIN;
	if (attr->freq)
		attr->sample_freq = persist->freq ? persist->freq : DEFAULT_FREQ;
	else
		attr->sample_period = persist->period ? persist->period : 1;
	if (tracepoint) {
		err = tracepoint_attr(persist, attr, error, len);
	} else if (persist->filter) {
		snprintf(error, len,
			 "only tracepoints have a filter: leave out --filter");
		err = -EINVAL;
	} else if (!known) {
		err = unknown_event(persist->event, error, len);
	}
	return err ? err : set_name(persist, error, len);
}

static int template_error(int err, const struct ras_persist *persist,
			  char *error, size_t len)
{
	switch (err) {
	case -EACCES:
	case -EPERM:
		snprintf(error, len,
			 "not permitted to open %s: run as root", persist->event);
		break;
	case -ENOENT:
	case -ENODEV:
	case -EOPNOTSUPP:
		snprintf(error, len,
			 "this machine cannot sample %s: it has no such counter, try cpu-clock",
			 persist->event);
		break;
	case -EINVAL:
		snprintf(error, len,
			 "the kernel refuses to sample %s%s", persist->event,
			 persist->freq ? ": is --freq above kernel.perf_event_max_sample_rate?" :
					 " like that");
		break;
	default:
		snprintf(error, len, "cannot open %s: %s", persist->event,
			 strerror(-err));
	}
	return err;
}

static bool is_default_set(const char *set)
{
	struct ras_names names = { };
	bool is;

	is = !ras_names_parse(&names, RAS_DEFAULT_SETS) && ras_names_have(&names, set);
	ras_names_free(&names);
	return is;
}

static int persist_error(int err, const struct ras_persist *persist,
			 char *error, size_t len)
{
	const char *set = persist->set ? persist->set : persist->name;

	switch (err) {
	case -EPERM:
		if (is_default_set(set))
			snprintf(error, len,
				 "set '%s' is for the kernel's own events, nothing may be added to it at run time: choose another --set or --name",
				 set);
		else
			snprintf(error, len,
				 "not permitted: run as root, outside of user namespaces");
		break;
	case -EEXIST:
		snprintf(error, len,
			 "there is a persistent event '%s' already: give another --name, or `ras forget %s`",
			 persist->name, persist->name);
		break;
	case -EINVAL:
		snprintf(error, len,
			 "the kernel refuses that: does a set '%s' exist with another size or policy? `ras list --sets` shows it",
			 set);
		break;
	case -ENOSPC:
		snprintf(error, len,
			 "the set '%s' would take more than an eighth of the memory: give fewer --pages",
			 set);
		break;
	case -EOPNOTSUPP:
		snprintf(error, len,
			 "%s cannot be persistent: it goes away with its opener, as dynamic probes do",
			 persist->event);
		break;
	case -ENOTTY:
		snprintf(error, len,
			 "this kernel has no persistent events: boot one with CONFIG_PERF_EVENTS_PERSISTENT=y, without perf_persistent=off");
		break;
	case -E2BIG:
		snprintf(error, len,
			 "this kernel is older than this ras: install the ras that came with the kernel");
		break;
	default:
		snprintf(error, len, "cannot make %s persistent: %s",
			 persist->event, strerror(-err));
	}
	return err;
}

/* The descriptor is only a template: any CPU will do. */
static struct perf_evsel *open_template(const struct perf_event_attr *attr,
					int *err)
{
	struct perf_cpu_map *online = perf_cpu_map__new_online_cpus();
	struct perf_evsel *evsel;

	if (!online) {
		*err = -ENOMEM;
		return NULL;
	}
	evsel = ras_evsel_open(attr, perf_cpu_map__cpu(online, 0).cpu, err);
	perf_cpu_map__put(online);
	return evsel;
}

static int set_filter(int fd, const struct ras_persist *persist, char *error,
		      size_t len)
{
	int err;

	if (!persist->filter ||
	    !ioctl(fd, PERF_EVENT_IOC_SET_FILTER, persist->filter))
		return 0;
	err = -errno;
	if (err == -EINVAL)
		snprintf(error, len,
			 "'%s' is no filter for %s: see filter and format in tracefs events/",
			 persist->filter, persist->event);
	else
		snprintf(error, len, "cannot set the filter of %s: %s",
			 persist->event, strerror(-err));
	return err;
}

/**
 * ras_persist - make an event persistent
 * @persist: what is wanted, after ras_persist_attr()
 * @attr: what that said
 * @error: what is wrong and what to do, if it fails
 * @len: size of @error
 *
 * Return: 0 or -errno.
 */
int ras_persist(const struct ras_persist *persist,
		const struct perf_event_attr *attr, char *error, size_t len)
{
	struct perf_event_persist arg = {
		.size = sizeof(arg),
		.flags = persist->keep_last ? PERF_EVENT_PERSIST_KEEP_LAST : 0,
		.data_pages = persist->pages,
	};
	struct perf_evsel *evsel;
	int err;

	snprintf(arg.name, sizeof(arg.name), "%s", persist->name);
	snprintf(arg.set, sizeof(arg.set), "%s",
		 persist->set ? persist->set : "");
	evsel = open_template(attr, &err);
	if (!evsel)
		return template_error(err, persist, error, len);
	err = set_filter(ras_evsel_fd(evsel), persist, error, len);
	if (!err && ioctl(ras_evsel_fd(evsel), PERF_EVENT_IOC_PERSIST, &arg))
		err = persist_error(-errno, persist, error, len);
	ras_evsel_close(evsel);
	return err;
}

static int forget_error(int err, const char *name, char *error, size_t len)
{
	if (err == -EPERM || err == -EACCES)
		snprintf(error, len,
			 "not permitted to forget %s: run as root, outside of user namespaces",
			 name);
	else if (err == -ENOENT)
		snprintf(error, len,
			 "there is no persistent event '%s': `ras list` shows them",
			 name);
	else
		snprintf(error, len, "cannot forget %s: %s", name,
			 strerror(-err));
	return err;
}

static int forget(const struct ras_pmu *pmu, const struct ras_pmu_event *event)
{
	struct perf_evsel *evsel;
	int err;

	evsel = ras_pmu_open_any(pmu, event, &err);
	if (!evsel)
		return err;
	err = ioctl(ras_evsel_fd(evsel), PERF_EVENT_IOC_FORGET) ? -errno : 0;
	ras_evsel_close(evsel);
	return err;
}

/**
 * ras_forget - end a persistent event
 * @name: its own name
 * @error: what is wrong and what to do, if it fails
 * @len: size of @error
 *
 * Return: 0 or -errno; -ENOENT: there is no such event.
 */
int ras_forget(const char *name, char *error, size_t len)
{
	const struct ras_pmu_event *event;
	struct ras_pmu pmu;
	int err;

	err = ras_pmu_init(&pmu, error, len);
	if (err)
		return err;
	event = ras_pmu_find_own(&pmu, name);
	err = event ? forget(&pmu, event) : -ENOENT;
	ras_pmu_exit(&pmu);
	return err ? forget_error(err, name, error, len) : 0;
}
