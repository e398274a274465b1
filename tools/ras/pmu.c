// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's persistent events and buffer sets, read from sysfs. Both come
 * and go while we read: what is gone half way is left out, and a set that an
 * event names is read when its event is.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <api/fs/fs.h>
#include <linux/kernel.h>
#include <perf/cpumap.h>
#include "pmu.h"

#define PMU_DIR "bus/event_source/devices/persistent/"

/* A name that is made anew again and again is not worth more. */
#define TRIES	8

/**
 * ras_pmu_read - read a file of the PMU's
 * @dir: directory: "events", "sources", "sets"
 * @name: event or set
 * @attr: file, NULL if @name is the file
 * @buf: result, without the newline
 * @len: size of @buf
 *
 * Return: 0; -ENOENT: it is not there (any more); other -errno.
 */
int ras_pmu_read(const char *dir, const char *name, const char *attr,
		 char *buf, size_t len)
{
	char path[512], *text;
	size_t size;
	int err;

	snprintf(path, sizeof(path), PMU_DIR "%s%s%s%s%s", dir, *dir ? "/" : "",
		 name, attr ? "/" : "", attr ? attr : "");
	errno = 0;
	if (sysfs__read_str(path, &text, &size)) {
		err = errno ? -errno : -EIO;
		/* open(), but then removed */
		return err == -ENODEV ? -ENOENT : err;
	}
	snprintf(buf, len, "%.*s", (int)size, text);
	buf[strcspn(buf, "\n")] = '\0';
	free(text);
	return 0;
}

static int parse_number(const char *text, u64 *num)
{
	char *end;

	*num = strtoull(text, &end, 0);
	return end == text ? -EINVAL : 0;
}

static int read_number(const char *dir, const char *name, const char *attr,
		       u64 *num)
{
	char buf[64];
	int err = ras_pmu_read(dir, name, attr, buf, sizeof(buf));

	return err ? err : parse_number(buf, num);
}

static void set_free(struct ras_pmu_set *set)
{
	perf_cpu_map__put(set->cpus);
	free(set->name);
	free(set);
}

static int read_set(struct ras_pmu_set *set, const char *name)
{
	u64 pages = 0;
	const struct {
		const char *attr;
		u64 *num;
	} numbers[] = {
		{ "data_pages", &pages },
		{ "sample_type", &set->sample_type },
		{ "memory", &set->memory },
	};
	unsigned int i;
	char buf[4096];
	int err = 0;

	for (i = 0; !err && i < ARRAY_SIZE(numbers); i++)
		err = read_number("sets", name, numbers[i].attr,
				  numbers[i].num);
	if (!err)
		err = ras_pmu_read("sets", name, "keep", buf, sizeof(buf));
	if (err)
		return err;
	set->data_pages = pages;
	set->keep_last = !strcmp(buf, "last");
	err = ras_pmu_read("sets", name, "cpus", buf, sizeof(buf));
	if (!err && *buf)
		set->cpus = perf_cpu_map__new(buf);
	return err;
}

/* The set of that name, read if it was not yet. */
static int get_set(struct ras_pmu *pmu, const char *name,
		   const struct ras_pmu_set **res)
{
	struct ras_pmu_set **sets, *set;
	int err = -ENOMEM;

	*res = ras_pmu_set(pmu, name);
	if (*res)
		return 0;
	sets = realloc(pmu->sets, (pmu->nr_sets + 1) * sizeof(*sets));
	if (!sets)
		return -ENOMEM;
	pmu->sets = sets;
	set = calloc(1, sizeof(*set));
	if (!set)
		return -ENOMEM;
	set->name = strdup(name);
	if (set->name)
		err = read_set(set, name);
	if (err) {
		set_free(set);
		return err;
	}
	sets[pmu->nr_sets++] = set;
	*res = set;
	return 0;
}

static int add_set(void *arg, const char *name)
{
	const struct ras_pmu_set *set;

	return get_set(arg, name, &set);
}

static void event_free(struct ras_pmu_event *event)
{
	free(event->name);
	free(event->source);
	free(event->state);
	free(event->driver);
	free(event->severity);
	free(event->inject);
	memset(event, 0, sizeof(*event));
}

/*
 * "tracepoint=mce:mce_record,type=0x2,config=0x1d", without the last two while
 * it is pending; "event=cpu-clock,type=0x1,config=0x0,freq=1000", without the
 * first if it has no name.
 */
static int parse_source(struct ras_pmu_event *event, char *text)
{
	char *word, *tracepoint = NULL, *name = NULL, *type = NULL, *config = NULL;
	char *freq = NULL, *period = NULL;
	const struct {
		const char *key;
		char **value;
	} keys[] = {
		{ "tracepoint=", &tracepoint }, { "event=", &name },
		{ "type=", &type }, { "config=", &config }, { "freq=", &freq },
		{ "period=", &period },
	};
	unsigned int i;
	u64 id;

	while ((word = strsep(&text, ","))) {
		for (i = 0; i < ARRAY_SIZE(keys); i++) {
			size_t len = strlen(keys[i].key);

			if (!strncmp(word, keys[i].key, len))
				*keys[i].value = word + len;
		}
	}
	if (tracepoint)
		name = tracepoint;
	if (name)
		event->source = strdup(name);
	else if (!type || !config)
		return -EINVAL;
	else if (asprintf(&event->source, "type=%s,config=%s", type, config) < 0)
		event->source = NULL;
	event->tracepoint = tracepoint;
	event->every = tracepoint && !freq &&
		       (!period || !strcmp(period, "1"));
	event->tracepoint_id = -1;
	if (tracepoint && config && !parse_number(config, &id))
		event->tracepoint_id = id;
	event->full = name ? event->source : event->name;
	return event->source ? 0 : -ENOMEM;
}

/* events/NAME is "event=0x1" */
static int read_config(const char *name, u64 *config)
{
	char buf[256], *p;
	int err = ras_pmu_read("events", name, NULL, buf, sizeof(buf));

	if (err)
		return err;
	p = strstr(buf, "event=");
	return p ? parse_number(p + 6, config) : -EINVAL;
}

/* What older kernels do not say, and none of an event that a user added */
static int read_origin(struct ras_pmu_event *event, const char *name)
{
	char buf[512];

	if (ras_pmu_read("sources", name, "driver", buf, sizeof(buf)))
		*buf = '\0';
	event->driver = strdup(buf);
	if (ras_pmu_read("sources", name, "severity", buf, sizeof(buf)))
		*buf = '\0';
	event->severity = strdup(buf);
	return event->driver && event->severity ? 0 : -ENOMEM;
}

static int read_source(struct ras_pmu *pmu, struct ras_pmu_event *event,
		       const char *name)
{
	char buf[512];
	int err;

	event->name = strdup(name);
	if (!event->name)
		return -ENOMEM;
	err = ras_pmu_read("sources", name, "source", buf, sizeof(buf));
	if (!err)
		err = parse_source(event, buf);
	if (!err)
		err = ras_pmu_read("sources", name, "state", buf, sizeof(buf));
	if (err)
		return err;
	event->state = strdup(buf);
	event->pending = !strcmp(buf, "pending");
	err = ras_pmu_read("sources", name, "set", buf, sizeof(buf));
	if (!err)
		err = get_set(pmu, buf, &event->set);
	if (!err && !event->state)
		err = -ENOMEM;
	/* not there: an older kernel */
	if (!err && !ras_pmu_read("sources", name, "inject", buf, sizeof(buf)))
		event->inject = strdup(buf);
	return err ? err : read_origin(event, name);
}

/* Forgotten and made anew meanwhile? Then it is another one: read it again. */
static int read_event(struct ras_pmu *pmu, struct ras_pmu_event *event,
		      const char *name)
{
	int err, tries = TRIES;
	u64 config;

	do {
		event_free(event);
		err = read_config(name, &event->config);
		if (!err)
			err = read_source(pmu, event, name);
		if (!err)
			err = read_config(name, &config);
	} while (!err && config != event->config && --tries);
	return err;
}

static int add_event(void *arg, const char *name)
{
	struct ras_pmu *pmu = arg;
	struct ras_pmu_event *events;
	int err;

	events = realloc(pmu->events, (pmu->nr_events + 1) * sizeof(*events));
	if (!events)
		return -ENOMEM;
	pmu->events = events;
	events += pmu->nr_events;
	memset(events, 0, sizeof(*events));
	err = read_event(pmu, events, name);
	if (err)
		event_free(events);
	else
		pmu->nr_events++;
	return err;
}

/**
 * ras_pmu_dir - what is in a directory of the PMU's
 * @dir_name: directory: "events", "sources", "sets", "actions"
 * @name: a directory in it, or NULL
 * @add: called with each name; if it returns -ENOENT, that is left out
 * @arg: its first argument
 *
 * Return: 0; -ENOENT: there is no such directory; what else @add returned.
 */
int ras_pmu_dir(const char *dir_name, const char *name,
		int (*add)(void *arg, const char *name), void *arg)
{
	struct dirent *entry;
	char path[512];
	int err = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/" PMU_DIR "%s%s%s", sysfs__mountpoint(),
		 dir_name, name ? "/" : "", name ? name : "");
	dir = opendir(path);
	if (!dir)
		return -errno;
	while (!err && (entry = readdir(dir))) {
		/* also an event's further files, NAME.unit */
		if (strchr(entry->d_name, '.'))
			continue;
		err = add(arg, entry->d_name);
		if (err == -ENOENT)
			err = 0;
	}
	closedir(dir);
	return err;
}

static int by_config(const void *a, const void *b)
{
	const struct ras_pmu_event *x = a, *y = b;

	return x->config < y->config ? -1 : x->config > y->config;
}

static int by_name(const void *a, const void *b)
{
	const char *x = (*(struct ras_pmu_set * const *)a)->name;
	const char *y = (*(struct ras_pmu_set * const *)b)->name;
	bool first = !strcmp(x, RAS_DEFAULT_SET);

	if (first != !strcmp(y, RAS_DEFAULT_SET))
		return first ? -1 : 1;
	return strcmp(x, y);
}

/**
 * ras_pmu_init - read what sysfs says about persistent events
 * @pmu: result, for ras_pmu_exit()
 * @error: what is wrong and what to do, if it fails
 * @len: size of @error
 *
 * Return: 0; -ENODEV: the kernel has none; other -errno.
 */
int ras_pmu_init(struct ras_pmu *pmu, char *error, size_t len)
{
	u64 type;
	int err;

	memset(pmu, 0, sizeof(*pmu));
	if (!sysfs__mountpoint()) {
		snprintf(error, len,
			 "sysfs is not mounted: mount -t sysfs none /sys");
		return -ENODEV;
	}
	err = read_number("", "type", NULL, &type);
	if (err) {
		snprintf(error, len,
			 "no %s/" PMU_DIR
			 ": boot a kernel with CONFIG_PERF_EVENTS_PERSISTENT=y, without perf_persistent=off",
			 sysfs__mountpoint());
		return -ENODEV;
	}
	pmu->type = type;
	err = ras_pmu_dir("events", NULL, add_event, pmu);
	if (!err)
		err = ras_pmu_dir("sets", NULL, add_set, pmu);
	if (err) {
		snprintf(error, len, "cannot read %s/" PMU_DIR ": %s",
			 sysfs__mountpoint(), strerror(-err));
		ras_pmu_exit(pmu);
		return err;
	}
	if (pmu->nr_events)
		qsort(pmu->events, pmu->nr_events, sizeof(*pmu->events),
		      by_config);
	if (pmu->nr_sets)
		qsort(pmu->sets, pmu->nr_sets, sizeof(*pmu->sets), by_name);
	return 0;
}

/**
 * ras_pmu_exit - free what ras_pmu_init() allocated
 * @pmu: PMU
 */
void ras_pmu_exit(struct ras_pmu *pmu)
{
	unsigned int i;

	for (i = 0; i < pmu->nr_events; i++)
		event_free(&pmu->events[i]);
	for (i = 0; i < pmu->nr_sets; i++)
		set_free(pmu->sets[i]);
	free(pmu->events);
	free(pmu->sets);
	memset(pmu, 0, sizeof(*pmu));
}

/**
 * ras_pmu_find - find a persistent event
 * @pmu: PMU
 * @name: its own name, or else that of what it is underneath
 *
 * Return: the event or NULL.
 */
const struct ras_pmu_event *ras_pmu_find(const struct ras_pmu *pmu,
					 const char *name)
{
	const struct ras_pmu_event *found = NULL;
	unsigned int i;

	for (i = 0; i < pmu->nr_events; i++) {
		if (!strcmp(pmu->events[i].name, name))
			return &pmu->events[i];
		if (!found && !strcmp(pmu->events[i].source, name))
			found = &pmu->events[i];
	}
	return found;
}

/**
 * ras_pmu_find_own - find a persistent event by its own name only
 * @pmu: PMU
 * @name: its name
 *
 * Return: the event or NULL.
 */
const struct ras_pmu_event *ras_pmu_find_own(const struct ras_pmu *pmu,
					     const char *name)
{
	const struct ras_pmu_event *event = ras_pmu_find(pmu, name);

	return event && !strcmp(event->name, name) ? event : NULL;
}

/**
 * ras_pmu_set - find a buffer set
 * @pmu: PMU
 * @name: its name
 *
 * Return: the set or NULL.
 */
const struct ras_pmu_set *ras_pmu_set(const struct ras_pmu *pmu,
				      const char *name)
{
	unsigned int i;

	for (i = 0; i < pmu->nr_sets; i++) {
		if (!strcmp(pmu->sets[i]->name, name))
			return pmu->sets[i];
	}
	return NULL;
}
