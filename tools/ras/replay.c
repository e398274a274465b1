// SPDX-License-Identifier: GPL-2.0
/* Events to be injected again: the list that the readers of files fill. */
#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <perf/cpumap.h>
#include "replay.h"

/**
 * ras_replay_error - say what is wrong with a file, and where
 * @replay: replay
 * @where: line, or offset in bytes
 * @column: in the line, from 1; 0: none in particular
 * @fmt: as for printf
 *
 * Return: -EINVAL.
 */
int ras_replay_error(struct ras_replay *replay, u64 where, unsigned int column,
		     const char *fmt, ...)
{
	size_t pos, len = sizeof(replay->error);
	char *error = replay->error;
	va_list ap;

	pos = snprintf(error, len, replay->binary ? "%s: byte %llu" : "%s:%llu",
		       replay->file, (unsigned long long)where);
	if (column && pos < len)
		pos += snprintf(error + pos, len - pos, ":%u", column);
	if (pos < len)
		pos += snprintf(error + pos, len - pos, ": ");
	va_start(ap, fmt);
	if (pos < len)
		vsnprintf(error + pos, len - pos, fmt, ap);
	va_end(ap);
	/* It may quote what the file has: one line, and nothing for the terminal. */
	for (pos = 0; error[pos]; pos++) {
		if (iscntrl((unsigned char)error[pos]))
			error[pos] = ' ';
	}
	return -EINVAL;
}

/**
 * ras_replay_wanted - does the user want an event
 * @replay: replay
 * @name: "system:name", or a counter's name
 *
 * Return: true if the pattern matches.
 */
bool ras_replay_wanted(const struct ras_replay *replay, const char *name)
{
	const char *pattern = replay->args.event;
	const char *colon = strchr(name, ':');

	return !pattern || !fnmatch(pattern, name, 0) ||
	       (colon && !fnmatch(pattern, colon + 1, 0));
}

/**
 * ras_replay_add_event - put an event on the list, unless it is there
 * @replay: replay
 * @name: as the file calls it
 * @inject: what it is in this kernel; NULL only asks
 *
 * Return: its index; -ENOENT: it is not there, and @inject is NULL; -ENOMEM.
 */
int ras_replay_add_event(struct ras_replay *replay, const char *name,
			 const struct ras_inject_event *inject)
{
	struct ras_replay_event *events, *event;
	unsigned int i;

	for (i = 0; i < replay->nr_events; i++) {
		event = &replay->events[i];
		if (!strcmp(event->name, name) &&
		    (!inject || !memcmp(&event->inject, inject, sizeof(*inject))))
			return i;
	}
	if (!inject)
		return -ENOENT;
	events = reallocarray(replay->events, i + 1, sizeof(*events));
	if (!events)
		return -ENOMEM;
	replay->events = events;
	events[i] = (struct ras_replay_event) {
		.name = strdup(name),
		.inject = *inject,
	};
	if (!events[i].name)
		return -ENOMEM;
	replay->nr_events++;
	return i;
}

/* Room for one more item and its record. */
static int make_room(struct ras_replay *replay, size_t size)
{
	size_t max;
	void *more;

	if (replay->nr == replay->max_items) {
		max = replay->max_items ? 2 * replay->max_items : 1024;
		more = reallocarray(replay->items, max, sizeof(*replay->items));
		if (!more)
			return -ENOMEM;
		replay->items = more;
		replay->max_items = max;
	}
	if (size > replay->max_len - replay->len) {
		max = 2 * replay->max_len + (size < 65536 ? 65536 : size);
		more = realloc(replay->records, max);
		if (!more)
			return -ENOMEM;
		replay->records = more;
		replay->max_len = max;
	}
	return 0;
}

static u16 set_level(const struct ras_replay_args *args, u16 misc)
{
	if (args->level >= 0)
		misc = (misc & ~(PERF_RECORD_MISC_INJECT_MASK |
				 PERF_RECORD_MISC_INJECT_FATAL)) | args->level;
	/* The word means nothing to an event that comes from nowhere. */
	if (!(misc & PERF_RECORD_MISC_INJECT_MASK))
		misc &= ~PERF_RECORD_MISC_INJECT_FATAL;
	else if (args->fatal)
		misc |= PERF_RECORD_MISC_INJECT_FATAL;
	return misc;
}

/**
 * ras_replay_add - put a record on the list
 * @replay: replay
 * @item: its time, place in the file, event and CPU (-1: it does not say)
 * @record: perf record in the layout of its event, NULL: that of the item before
 *
 * Level and CPU are made what the user wants.
 *
 * Return: 0; -EINVAL with a message in @replay; -ENOMEM.
 */
int ras_replay_add(struct ras_replay *replay, const struct ras_replay_item *item,
		   const void *record)
{
	struct perf_event_header header = { };
	struct ras_replay_item *to;

	if (replay->nr >= RAS_REPLAY_MAX)
		return ras_replay_error(replay, item->where, 0,
					"there are more than %d events: use several files",
					RAS_REPLAY_MAX);
	if (record)
		memcpy(&header, record, sizeof(header));
	if (make_room(replay, header.size))
		return -ENOMEM;
	to = &replay->items[replay->nr];
	*to = *item;
	if (replay->args.cpu >= 0)
		to->cpu = replay->args.cpu;
	if (to->cpu < 0 && !replay->args.look)
		return ras_replay_error(replay, item->where, 0,
					"the record does not say on which CPU it was: give --cpu");
	if (record) {
		header.misc = set_level(&replay->args, header.misc);
		to->pos = replay->len;
		memcpy(replay->records + to->pos, record, header.size);
		memcpy(replay->records + to->pos, &header, sizeof(header));
		replay->len += header.size;
	} else {
		to->pos = to[-1].pos;
	}
	replay->events[to->event].count++;
	replay->nr++;
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct ras_replay_item *x = a, *y = b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	/* What was first in the file stays so; equal ones are the same record. */
	return (x->pos > y->pos) - (x->pos < y->pos);
}

static int check_cpus(struct ras_replay *replay)
{
	struct perf_cpu_map *online = perf_cpu_map__new_online_cpus();
	int err = 0, last = -1;
	size_t i;

	if (!online)
		return -ENOMEM;
	for (i = 0; !err && i < replay->nr; i++) {
		struct perf_cpu cpu = { .cpu = replay->items[i].cpu };

		if (cpu.cpu == last)
			continue;
		last = cpu.cpu;
		if (!perf_cpu_map__has(online, cpu))
			err = ras_replay_error(replay, replay->items[i].where, 0,
					       "there is no CPU %d online here: --cpu N puts everything on CPU N",
					       cpu.cpu);
	}
	perf_cpu_map__put(online);
	return err;
}

/**
 * ras_replay_finish - put the list in the order of time, and check its CPUs
 * @replay: filled
 * @recorded: its times are of some clock: it starts with the first one
 *
 * Return: 0; -EINVAL with a message in @replay; -ENOMEM.
 */
int ras_replay_finish(struct ras_replay *replay, bool recorded)
{
	if (replay->nr)
		qsort(replay->items, replay->nr, sizeof(*replay->items), compare);
	if (replay->nr && recorded)
		replay->start = replay->items[0].time;
	return replay->args.look ? 0 : check_cpus(replay);
}

/**
 * ras_replay_free - free what a replay holds
 * @replay: replay
 */
void ras_replay_free(struct ras_replay *replay)
{
	while (replay->nr_events)
		free(replay->events[--replay->nr_events].name);
	free(replay->events);
	free(replay->items);
	free(replay->records);
	ras_types_free(&replay->types);
}

static int read_stream(FILE *stream, char **text, size_t *len)
{
	size_t got, max = 0;
	char *more;

	*text = NULL;
	*len = 0;
	do {
		if (max - *len < 2) {
			max = max ? 2 * max : 65536;
			more = realloc(*text, max);
			if (!more)
				return -ENOMEM;
			*text = more;
		}
		got = fread(*text + *len, 1, max - *len - 1, stream);
		*len += got;
	} while (got);
	(*text)[*len] = '\0';
	return ferror(stream) ? -EIO : 0;
}

static int read_file(const char *file, char **text, size_t *len)
{
	bool standard = !strcmp(file, "-");
	FILE *stream = standard ? stdin : fopen(file, "re");
	struct stat st;
	int err;

	*text = NULL;
	if (!stream)
		return -errno;
	if (!fstat(fileno(stream), &st) && S_ISDIR(st.st_mode))
		err = -EISDIR;
	else
		err = read_stream(stream, text, len);
	if (!standard)
		fclose(stream);
	return err;
}

static bool has_suffix(const char *file, const char *suffix)
{
	size_t len = strlen(file), n = strlen(suffix);

	return len > n && !strcmp(file + len - n, suffix);
}

static int parse(struct ras_replay *replay, const char *text, size_t len,
		 bool *recorded)
{
	static const char magic[] = "PERFILE2", swapped[] = "2ELIFREP";
	const char *first = text + strspn(text, " \t\r\n");

	*recorded = true;
	replay->binary = true;
	if (len >= 8 && !memcmp(text, swapped, 8))
		return ras_replay_error(replay, 0, 0,
					"it was recorded on a machine of the other byte order");
	if (len >= 8 && !memcmp(text, magic, 8) && !replay->args.look)
		return ras_replay_perf(replay, (const void *)text, len);
	if (strlen(text) != len)
		return ras_replay_error(replay, strlen(text), 0,
					replay->args.look ?
					"a NUL: this is not what `ras log --json` prints" :
					"a NUL: this is neither a perf.data file nor a text");
	if (replay->args.look) {
		replay->binary = false;
		return ras_replay_json(replay, text, len);
	}
	replay->binary = false;
	*recorded = *first == '{' && !has_suffix(replay->file, ".scenario");
	if (!*recorded)
		return ras_replay_scenario(replay, text, len);
	return ras_replay_json(replay, text, len);
}

/**
 * ras_replay_read - read and check a file, of whatever kind it is
 * @replay: its args are set
 * @file: its name, "-": standard input
 *
 * Return: 0; -errno with a message in @replay.
 */
int ras_replay_read(struct ras_replay *replay, const char *file)
{
	size_t len = 0;
	bool recorded;
	char *text;
	int err;

	replay->file = strcmp(file, "-") ? file : "standard input";
	err = read_file(file, &text, &len);
	if (err == -EISDIR) {
		snprintf(replay->error, sizeof(replay->error),
			 "%s is a directory: record without --threads", file);
	} else if (err) {
		snprintf(replay->error, sizeof(replay->error),
			 "cannot read %s: %s", replay->file, strerror(-err));
	} else {
		err = parse(replay, text, len, &recorded);
		if (!err)
			err = ras_replay_finish(replay, recorded);
	}
	if (err == -ENOMEM)
		snprintf(replay->error, sizeof(replay->error),
			 "%s: no memory for %zu bytes", replay->file,
			 replay->max_len);
	free(text);
	return err;
}
