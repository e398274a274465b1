// SPDX-License-Identifier: GPL-2.0
/* Everything that can be opened: tracepoints, persistent events, counters. */
#include <ctype.h>
#include <dirent.h>

#include "fuzz.h"

static struct fuzz_event *event_add(struct fuzz_events *all)
{
	struct fuzz_event *event;

	all->event = realloc(all->event, (all->nr + 1) * sizeof(*event));
	if (!all->event)
		die("realloc");
	event = &all->event[all->nr++];
	memset(event, 0, sizeof(*event));
	return event;
}

/* "	field:TYPE NAME[N];	offset:O;	size:S;	signed:B;" */
static bool field_parse(struct fuzz_field *f, char *line)
{
	char *type = strstr(line, "field:"), *offset = strstr(line, "offset:");
	char *size = strstr(line, "size:"), *end = strchr(line, ';'), *name;
	bool array = false;

	if (!type || !offset || !size || !end)
		return false;
	type += 6;
	*end = '\0';
	if (end[-1] == ']') {
		array = true;
		if (strncmp(type, "__data_loc ", 11) && strncmp(type, "__rel_loc ", 10))
			*strrchr(type, '[') = '\0';
	}
	name = strrchr(type, ' ');
	if (!name)
		return false;
	memset(f, 0, sizeof(*f));
	snprintf(f->name, sizeof(f->name), "%s", name + 1);
	*name = '\0';
	f->offset = strtoul(offset + 7, NULL, 0);
	f->size = strtoul(size + 5, NULL, 0);
	if (!strncmp(type, "__data_loc ", 11))
		f->where = FUZZ_DATA_LOC;
	else if (!strncmp(type, "__rel_loc ", 10))
		f->where = FUZZ_REL_LOC;
	/* As filter_assign_type() of the kernel has it */
	if (f->where != FUZZ_FIXED && strstr(type, "char"))
		f->what = FUZZ_STRING;
	else if (f->where == FUZZ_DATA_LOC && strstr(type, "cpumask_t"))
		f->what = FUZZ_CPUS;
	f->scalar = f->where == FUZZ_FIXED && !array && (f->size == 4 || f->size == 8);
	return true;
}

/* The field list of @path. Whether a pointer is among them goes to ->refused. */
static int format_parse(struct fuzz_event *event, const char *path)
{
	char line[1024];
	FILE *file = fopen(path, "re");
	struct fuzz_field f;

	if (!file)
		return -errno;
	event->fixed = 8;
	while (fgets(line, sizeof(line), file)) {
		char *end = strchr(line, ';');

		if (strncmp(line, "\tfield:", 7) || !end)
			continue;
		if (memchr(line, '*', end - line))
			event->refused = true;
		if (!field_parse(&f, line) || !strncmp(f.name, "common_", 7))
			continue;
		event->field = realloc(event->field, (event->fields + 1) * sizeof(f));
		if (!event->field)
			die("realloc");
		event->field[event->fields++] = f;
		if (event->fixed < f.offset + f.size)
			event->fixed = f.offset + f.size;
	}
	fclose(file);
	return 0;
}

const struct fuzz_field *fuzz_field(const struct fuzz_event *event, const char *name)
{
	int i;

	for (i = 0; i < event->fields; i++)
		if (!strcmp(event->field[i].name, name))
			return &event->field[i];
	errno = ENOENT;
	die("%s has no field %s", event->name, name);
}

__u64 fuzz_get(const struct fuzz_event *event, const __u8 *raw, const char *name)
{
	const struct fuzz_field *f = fuzz_field(event, name);
	__u64 value = 0;

	memcpy(&value, raw + f->offset, f->size < 8 ? f->size : 8);
	return value;
}

void fuzz_set(const struct fuzz_event *event, __u8 *raw, const char *name, __u64 value)
{
	const struct fuzz_field *f = fuzz_field(event, name);

	memcpy(raw + f->offset, &value, f->size < 8 ? f->size : 8);
}

/*
 * Who offers more than STREAM says sysfs, for persistent events; the same goes for the
 * tracepoints underneath.
 */
static unsigned int deep_levels(const char *source)
{
	char path[512], text[128];
	unsigned int levels = 0;

	snprintf(path, sizeof(path), PMU_DIR "/sources/%s/inject", source);
	if (read_text(path, text, sizeof(text)))
		return 0;
	if (strstr(text, "driver"))
		levels |= PERF_RECORD_MISC_INJECT_DRIVER;
	if (strstr(text, "hardware"))
		levels |= PERF_RECORD_MISC_INJECT_HARDWARE;
	return levels;
}

/* No error happens here but those that are injected, and what comes of these. */
static bool is_quiet(const char *system, const char *name)
{
	static const char * const comes_of_others[] = {
		"cec_event", "fatal_signal", "memory_failure_task", "page_offline",
	};
	size_t i;

	for (i = 0; i < sizeof(comes_of_others) / sizeof(*comes_of_others); i++)
		if (!strcmp(name, comes_of_others[i]))
			return false;
	return !strcmp(system, "ras") || !strcmp(system, "mce");
}

static void add_tracepoint(struct fuzz_events *all, const char *system, const char *name)
{
	struct fuzz_event *event;
	char path[640], id[32];

	snprintf(path, sizeof(path), TRACEFS "/events/%s/%s/id", system, name);
	if (read_text(path, id, sizeof(id)))
		return;
	event = event_add(all);
	snprintf(event->name, sizeof(event->name), "%.40s:%.50s", system, name);
	event->type = PERF_TYPE_TRACEPOINT;
	event->config = strtoull(id, NULL, 10);
	event->quiet = is_quiet(system, name);
	snprintf(path, sizeof(path), TRACEFS "/events/%s/%s/format", system, name);
	if (format_parse(event, path))
		all->nr--;
	/* A probe has registers, not a record; function tracing has a way of its own. */
	if (!strcmp(system, "kprobes") || !strcmp(system, "uprobes") ||
	    !strcmp(system, "ftrace"))
		event->refused = true;
}

static int not_hidden(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

/* Sorted, for the same seed to make the same records. */
static void add_tracepoints(struct fuzz_events *all)
{
	struct dirent **systems, **names;
	int i, j, n, m;
	char path[512];

	n = scandir(TRACEFS "/events", &systems, not_hidden, alphasort);
	if (n < 0)
		die(TRACEFS "/events");
	for (i = 0; i < n; i++) {
		snprintf(path, sizeof(path), TRACEFS "/events/%s", systems[i]->d_name);
		m = systems[i]->d_type == DT_DIR ?
		    scandir(path, &names, not_hidden, alphasort) : 0;
		for (j = 0; j < m; j++) {
			if (names[j]->d_type == DT_DIR)
				add_tracepoint(all, systems[i]->d_name, names[j]->d_name);
			free(names[j]);
		}
		if (m > 0)
			free(names);
		free(systems[i]);
	}
	free(systems);
}

/* The tracepoint under a persistent event, which has been added before, or NULL */
static struct fuzz_event *underneath(struct fuzz_events *all, const char *source)
{
	char *id = strstr(source, ",config=");
	int i;

	for (i = 0; id && i < all->nr; i++)
		if (all->event[i].type == PERF_TYPE_TRACEPOINT &&
		    all->event[i].config == strtoull(id + 8, NULL, 0))
			return &all->event[i];
	return NULL;
}

static void add_persistent_event(struct fuzz_events *all, const char *name)
{
	struct fuzz_event *event, *tp;
	char source[256], filter[256];

	/* What passes a filter would be for the model to know. */
	source_text(name, "filter", filter, sizeof(filter));
	if (*filter)
		return;
	event = event_add(all);
	source_text(name, "source", source, sizeof(source));
	if (!strncmp(source, "tracepoint=", 11)) {
		tp = underneath(all, source);
		/* One that is pending has no format. */
		if (!tp) {
			all->nr--;
			return;
		}
		tp->deep = deep_levels(name);
		*event = *tp;
	} else {
		event->counter = true;
	}
	snprintf(event->name, sizeof(event->name), "persistent/%.63s/", name);
	event->type = pmu_value("type", NULL);
	event->config = pmu_config(name);
	event->persistent = true;
}

static void add_persistent(struct fuzz_events *all)
{
	struct dirent **names;
	int i, n;

	n = scandir(PMU_DIR "/events", &names, not_hidden, alphasort);
	for (i = 0; i < n; i++) {
		add_persistent_event(all, names[i]->d_name);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
}

static void add_counter(struct fuzz_events *all, const char *name, __u32 type, __u64 config,
			bool quiet)
{
	struct fuzz_event *event = event_add(all);

	snprintf(event->name, sizeof(event->name), "%s %llu", name, config);
	event->type = type;
	event->config = config;
	event->counter = true;
	event->quiet = quiet;
	/* What a BPF program says is no count, and a breakpoint is hit by an access. */
	event->refused = type == PERF_TYPE_BREAKPOINT ||
			 (type == PERF_TYPE_SOFTWARE && config == PERF_COUNT_SW_BPF_OUTPUT);
}

/* Those of the hardware, too: where there is none they cannot be opened, and say so. */
static void add_counters(struct fuzz_events *all)
{
	__u64 i;

	for (i = 0; i < PERF_COUNT_SW_MAX; i++)
		add_counter(all, "software", PERF_TYPE_SOFTWARE, i,
			    i == PERF_COUNT_SW_ALIGNMENT_FAULTS ||
			    i == PERF_COUNT_SW_EMULATION_FAULTS ||
			    i == PERF_COUNT_SW_CGROUP_SWITCHES ||
			    i == PERF_COUNT_SW_DUMMY);
	for (i = 0; i < PERF_COUNT_HW_MAX; i++)
		add_counter(all, "hardware", PERF_TYPE_HARDWARE, i, false);
	for (i = 0; i < 7; i++)
		add_counter(all, "cache", PERF_TYPE_HW_CACHE, i | 1 << 16, false);
	add_counter(all, "raw", PERF_TYPE_RAW, 0xc0, false);
	add_counter(all, "breakpoint", PERF_TYPE_BREAKPOINT, 0, true);
}

void fuzz_events_find(struct fuzz_events *all)
{
	memset(all, 0, sizeof(*all));
	add_tracepoints(all);
	add_persistent(all);
	add_counters(all);
}
