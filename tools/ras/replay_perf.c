// SPDX-License-Identifier: GPL-2.0
/*
 * Replay of what perf record wrote. A sample goes back as it is; only what it
 * is of has another number in this kernel.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <linux/kernel.h>
#include <linux/perf_event.h>
#include <perf/event.h>
#include "bytes.h"
#include "layout.h"
#include "perf_file.h"
#include "pseudo.h"
#include "replay.h"

/* What write() takes in header.misc */
#define MISC_KEPT	(PERF_RECORD_MISC_CPUMODE_MASK | PERF_RECORD_MISC_EXACT_IP)

/* struct perf_record_event_update: type PERF_EVENT_UPDATE__NAME, id, name */
#define UPDATE_NAME	2

/* A record in the file, where nothing need be aligned */
struct record {
	struct perf_event_header header;
	u64 where;
	struct ras_bytes body;
};

/* The next line that begins with "field:", without blanks before it */
static const char *next_field(const char **text, size_t *len)
{
	const char *line;

	while (*text && **text) {
		line = *text + strspn(*text, " \t\n");
		*len = strcspn(line, "\n");
		*text = line + *len;
		if (!strncmp(line, "field:", 6))
			return line;
	}
	*len = 0;
	return NULL;
}

/* If not, @diff is the first one that differs, theirs and ours. */
static bool same_fields(const char *theirs, const char *ours, char *diff,
			size_t size)
{
	const char *a, *b;
	size_t m, n;

	do {
		a = next_field(&theirs, &m);
		b = next_field(&ours, &n);
	} while (a && b && m == n && !memcmp(a, b, n));
	if (!a && !b)
		return true;
	snprintf(diff, size, "'%.*s' where this kernel has '%.*s'",
		 (int)m, a ? a : "", (int)n, b ? b : "");
	return false;
}

/* Without its format, a record says nothing about the fields it has. */
static int same_kernel(struct perf_file *file, const char *name, u64 where)
{
	struct utsname uts;

	if (!file->release || uname(&uts) || !strcmp(uts.release, file->release))
		return 0;
	return ras_replay_error(file->replay, where, 0,
				"%s was recorded on %s without its format, this is %s: record the tracepoint itself, with -e SYSTEM:NAME",
				name, file->release, uts.release);
}

static int resolve_error(struct perf_file *file, u64 where, const char *error)
{
	return ras_replay_error(file->replay, where, 0, "%s", error);
}

/* A tracepoint by its name, whose format here must be as in the file. */
static int find_tracepoint(struct perf_file *file, const char *name,
			   const struct perf_file_format *format, u64 where,
			   struct ras_inject_event *inject)
{
	char error[512], diff[400];
	int err;

	err = ras_inject_find(&file->replay->types, name, inject, error,
			      sizeof(error));
	if (err)
		return resolve_error(file, where, error);
	if (!format)
		return same_kernel(file, name, where);
	if (file->long_size != sizeof(long))
		return ras_replay_error(file->replay, where, 0,
					"%s was recorded on a machine with longs of %u bytes",
					name, file->long_size);
	if (!same_fields(format->text, inject->type->text, diff, sizeof(diff)))
		return ras_replay_error(file->replay, where, 0,
					"the fields of %s are not those of this kernel: the file has %s",
					name, diff);
	return 0;
}

/* "persistent/NAME/", "persistent/NAME,TERM/" */
static bool persistent_name(const char *event, char *name, size_t size)
{
	static const char prefix[] = "persistent/";

	if (!event || strncmp(event, prefix, strlen(prefix)))
		return false;
	event += strlen(prefix);
	snprintf(name, size, "%.*s", (int)strcspn(event, ",/"), event);
	return true;
}

static bool is_persistent(const struct perf_file *file,
			  const struct perf_file_event *event)
{
	return file->persistent && event->attr.type == file->persistent;
}

static int find_persistent(struct perf_file *file,
			   const struct perf_file_event *event, u64 where,
			   struct ras_inject_event *inject)
{
	char name[128], error[512];
	int err;

	if (!persistent_name(event->name, name, sizeof(name)))
		return ras_replay_error(file->replay, where, 0,
					"the file does not name its persistent event: record it with -e persistent/NAME/");
	err = ras_inject_find(&file->replay->types, name, inject, error,
			      sizeof(error));
	if (err)
		return resolve_error(file, where, error);
	return inject->type->id ? same_kernel(file, name, where) : 0;
}

static int find_counter(struct perf_file *file, const char *name, u64 where,
			struct ras_inject_event *inject)
{
	if (inject->attr.type >= PERF_TYPE_BREAKPOINT)
		return ras_replay_error(file->replay, where, 0,
					"%s is of a PMU that cannot be injected: leave it out with --event",
					name);
	return ras_types_counter(&file->replay->types, name, &inject->type);
}

/* "sched:sched_switch:u" is sched:sched_switch; "page-faults:u", page-faults. */
static void plain_name(const char *event, bool tracepoint, char *name,
		       size_t size)
{
	size_t len = strcspn(event, ":");

	if (tracepoint && event[len])
		len += 1 + strcspn(event + len + 1, ":");
	snprintf(name, size, "%.*s", (int)len, event);
}

/* An event's name: from its format, or what perf calls it, or numbers. */
static void event_name(const struct perf_file *file,
		       const struct perf_file_event *event, char *name,
		       size_t size)
{
	bool tracepoint = event->attr.type == PERF_TYPE_TRACEPOINT;
	const struct perf_file_format *format = NULL;
	int len;

	if (tracepoint)
		format = perf_file_format(file, event->attr.config);
	if (format) {
		len = strcspn(format->text, "\n");
		snprintf(name, size, "%s:%.*s", format->system,
			 len > 6 ? len - 6 : 0, format->text + 6);
	} else if (event->name) {
		if (!is_persistent(file, event) ||
		    !persistent_name(event->name, name, size))
			plain_name(event->name, tracepoint, name, size);
	} else {
		snprintf(name, size, "type=%#x,config=%#llx", event->attr.type,
			 (unsigned long long)event->attr.config);
	}
}

/*
 * What to open here. The layout is the file's, or the records would not fit. It
 * only counts, unless the period has to come from it; then it need not run.
 */
static void set_attr(struct ras_inject_event *inject,
		     const struct perf_event_attr *recorded)
{
	inject->attr.sample_type = recorded->sample_type;
	inject->attr.read_format = recorded->read_format;
	if (inject->type->id || recorded->sample_type & PERF_SAMPLE_PERIOD)
		return;
	inject->attr.sample_period = recorded->freq ? 1 : recorded->sample_period;
	inject->attr.disabled = 1;
}

static int resolve_kind(struct perf_file *file,
			const struct perf_file_event *event, const char *name,
			u64 where, struct ras_inject_event *inject)
{
	if (is_persistent(file, event))
		return find_persistent(file, event, where, inject);
	if (event->attr.type != PERF_TYPE_TRACEPOINT)
		return find_counter(file, name, where, inject);
	if (!strchr(name, ':'))
		return ras_replay_error(file->replay, where, 0,
					"the file does not name its tracepoint %llu",
					(unsigned long long)event->attr.config);
	return find_tracepoint(file, name,
			       perf_file_format(file, event->attr.config),
			       where, inject);
}

/* When the first sample of an event is met: is it wanted, and what is it here */
static int resolve(struct perf_file *file, struct perf_file_event *event,
		   u64 where)
{
	const char *refused = ras_layout_refused(event->attr.sample_type);
	struct ras_inject_event inject = {
		.attr = {
			.type = event->attr.type,
			.size = sizeof(inject.attr),
			.config = event->attr.config,
			.config1 = event->attr.config1,
			.config2 = event->attr.config2,
		},
	};
	char name[256];
	int err;

	event_name(file, event, name, sizeof(name));
	if (!ras_replay_wanted(file->replay, name)) {
		event->index = PERF_FILE_UNWANTED;
		return 0;
	}
	if (refused)
		return ras_replay_error(file->replay, where, 0,
					"%s was recorded with %s, which cannot be written back: record without, or leave it out with --event",
					name, refused);
	err = resolve_kind(file, event, name, where, &inject);
	if (err)
		return err;
	set_attr(&inject, &event->attr);
	err = ras_replay_add_event(file->replay, name, &inject);
	if (err < 0)
		return err;
	event->index = err;
	return 0;
}

static int check_fields(struct perf_file *file, const struct ras_type *type,
			const struct ras_record *rec, u64 where)
{
	struct ras_value *values;
	unsigned int i;
	int err;

	for (i = 0; i < type->nr_fields; i++) {
		if (type->fields[i].pointer)
			return ras_replay_error(file->replay, where, 0,
						"%s has a pointer, %s, which cannot be injected: leave it out with --event",
						type->full, type->fields[i].name);
	}
	values = calloc(type->nr_fields + 1, sizeof(*values));
	if (!values)
		return -ENOMEM;
	err = rec->raw && rec->raw_len <= RAS_RAW_MAX ?
	      ras_record_values(type, rec->raw, rec->raw_len, values) : -EINVAL;
	free(values);
	if (err)
		return ras_replay_error(file->replay, where, 0,
					"the record is not one that %s could have written",
					type->full);
	return 0;
}

static struct perf_file_event *sample_event(struct perf_file *file,
					    const struct perf_event_header *header)
{
	u64 id;

	/* perf writes no ids if there is only one event. */
	if (file->nr_events == 1)
		return &file->events[0];
	if (!file->nr_events ||
	    ras_layout_id(file->events[0].attr.sample_type, header, &id))
		return NULL;
	return perf_file_event(file, id);
}

/* The buffer is one for all events of a set, and perf takes all that is in it. */
static bool other_persistent(const struct perf_file *file)
{
	unsigned int i;

	for (i = 0; i < file->nr_events; i++) {
		if (is_persistent(file, &file->events[i]))
			return true;
	}
	return false;
}

static int add_sample(struct perf_file *file, struct perf_event_header *header,
		      u64 where)
{
	struct perf_file_event *event = sample_event(file, header);
	struct ras_replay_item item = { .where = where };
	const struct ras_inject_event *inject;
	struct ras_sample sample;
	int err = 0;

	if (!event && other_persistent(file)) {
		file->replay->skipped++;
		return 0;
	}
	if (!event)
		return ras_replay_error(file->replay, where, 0,
					"the sample is of none of the file's events");
	if (event->index == PERF_FILE_NEW)
		err = resolve(file, event, where);
	if (err || event->index == PERF_FILE_UNWANTED)
		return err;
	inject = &file->replay->events[event->index].inject;
	if (ras_layout_parse(&inject->attr, header, &sample))
		return ras_replay_error(file->replay, where, 0,
					"the sample's sizes contradict each other: the file is damaged");
	if (inject->type->id)
		err = check_fields(file, inject->type, &sample.rec, where);
	if (err)
		return err;
	header->misc &= MISC_KEPT;
	item.event = event->index;
	item.time = sample.rec.time;
	item.cpu = sample.rec.cpu;
	return ras_replay_add(file->replay, &item, header);
}

static int copy_sample(struct perf_file *file, const struct record *rec)
{
	struct perf_event_header *header = malloc(rec->header.size);
	int err;

	if (!header)
		return -ENOMEM;
	*header = rec->header;
	if (rec->body.left)
		memcpy(header + 1, rec->body.pos, rec->body.left);
	err = add_sample(file, header, rec->where);
	free(header);
	return err;
}

/* Into a pipe perf writes as records what is before and behind them in a file. */
static int pipe_attr(struct perf_file *file, const struct ras_bytes *body)
{
	u32 size = 0;

	if (body->left >= 8)
		memcpy(&size, body->pos + 4, 4);
	if (size > body->left)
		size = body->left;
	return perf_file_attr(file, body->pos, body->left, body->pos + size,
			      body->left - size);
}

static int pipe_feature(struct perf_file *file, struct ras_bytes *body)
{
	u64 feature = ras_bytes_u64(body);

	return perf_file_feature(file, feature < 256 ? feature : 0, body->pos,
				 body->left);
}

static void pipe_name(struct perf_file *file, struct ras_bytes *body)
{
	u64 type = ras_bytes_u64(body);
	struct perf_file_event *event = perf_file_event(file, ras_bytes_u64(body));
	const char *name = ras_bytes_text(body);

	if (event && name && type == UPDATE_NAME)
		event->name = name;
}

static int add_record(struct perf_file *file, struct record *rec)
{
	struct ras_bytes *body = &rec->body;

	switch (rec->header.type) {
	case PERF_RECORD_SAMPLE:
		return copy_sample(file, rec);
	case PERF_RECORD_LOST:
		ras_bytes_u64(body);		/* id */
		file->replay->lost += ras_bytes_u64(body);
		return 0;
	case PERF_RECORD_LOST_SAMPLES:
		file->replay->lost += ras_bytes_u64(body);
		return 0;
	case PERF_RECORD_HEADER_ATTR:
		return pipe_attr(file, body);
	case PERF_RECORD_HEADER_FEATURE:
		return pipe_feature(file, body);
	case PERF_RECORD_EVENT_UPDATE:
		pipe_name(file, body);
		return 0;
	case PERF_RECORD_COMPRESSED:
		return ras_replay_error(file->replay, rec->where, 0,
					"the records are compressed: record without -z");
	default:
		return 0;
	}
}

/* Two kinds of records are followed by data that is not part of their size. */
static int add_data(struct perf_file *file, const struct record *rec,
		    struct ras_bytes *bytes)
{
	struct ras_bytes body = rec->body;
	const void *data;
	u64 size;

	switch (rec->header.type) {
	case PERF_RECORD_AUXTRACE:
		ras_bytes_take(bytes, ras_bytes_u64(&body));
		return 0;
	case PERF_RECORD_HEADER_TRACING_DATA:
		size = ras_bytes_u32(&body);
		data = ras_bytes_take(bytes, (size + 7) / 8 * 8);
		return data ? perf_file_tracing(file, data, size) : 0;
	default:
		return 0;
	}
}

static int add_records(struct perf_file *file)
{
	struct ras_bytes bytes = {
		.pos = file->data + file->records,
		.left = file->end - file->records,
	};
	struct record rec = { };
	const void *header;
	int err = 0;

	while (!err && bytes.left && !bytes.bad) {
		rec.where = bytes.pos - file->data;
		header = ras_bytes_take(&bytes, sizeof(rec.header));
		if (!header)
			break;
		memcpy(&rec.header, header, sizeof(rec.header));
		if (rec.header.size < sizeof(rec.header)) {
			bytes.bad = true;
			break;
		}
		rec.body = (struct ras_bytes) {
			.left = rec.header.size - sizeof(rec.header),
		};
		rec.body.pos = ras_bytes_take(&bytes, rec.body.left);
		if (bytes.bad)
			break;
		err = add_data(file, &rec, &bytes);
		if (!err && !bytes.bad)
			err = add_record(file, &rec);
	}
	if (!err && bytes.bad)
		err = ras_replay_error(file->replay, rec.where, 0,
				       "the record is cut off, or damaged");
	return err;
}

/**
 * ras_replay_perf - read a perf.data file
 * @replay: result
 * @data: the file
 * @len: its size in bytes
 *
 * Return: 0; -EINVAL with a message in @replay; -ENOMEM.
 */
int ras_replay_perf(struct ras_replay *replay, const unsigned char *data,
		    size_t len)
{
	struct perf_file file = { .replay = replay, .data = data, .len = len };
	int err = perf_file_open(&file);

	if (!err)
		err = add_records(&file);
	perf_file_close(&file);
	return err;
}
