// SPDX-License-Identifier: GPL-2.0
/* Injection: what a name stands for, its records, and write() of many of them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <linux/kernel.h>
#include "inject.h"
#include "perf_name.h"
#include "pmu.h"
#include "pseudo.h"
#include "record.h"

/* A few hundred machine checks; one write() of it takes the kernel well below a second. */
#define BATCH_MAX	(256 * 1024)

/* A CPU that is busy in the same context is so for a moment only. */
#define BUSY_TRIES	100
#define BUSY_NS		1000000

/* What a counter's record has beside its header, in the order of the bits. */
#define COUNTER_SAMPLE_TYPE \
	(PERF_SAMPLE_IP | PERF_SAMPLE_ADDR | PERF_SAMPLE_PERIOD)

/* The names a user may have meant: all persistent events, and perf's. */
static void name_events(const char *name, bool counters, char *error,
			size_t len)
{
	const char *sep = ": ";
	struct ras_pmu pmu;
	char none[512];
	unsigned int i;
	size_t pos;

	pos = snprintf(error, len,
		       "unknown event '%s': give SYSTEM:NAME as in tracefs events/, %sor a persistent event",
		       name, counters ? "a counter of `perf list`, " : "");
	if (ras_pmu_init(&pmu, none, sizeof(none)))
		return;
	for (i = 0; i < pmu.nr_events && pos < len; i++) {
		if (!counters && !pmu.events[i].tracepoint)
			continue;
		pos += snprintf(error + pos, len - pos, "%s%s", sep,
				pmu.events[i].name);
		sep = ", ";
	}
	ras_pmu_exit(&pmu);
}

static int get_tracepoint(struct ras_types *types, const char *name,
			  const char *full, bool counters,
			  const struct ras_type **type, char *error, size_t len)
{
	int err = ras_types_get(types, full, type);

	switch (err) {
	case 0:
		return 0;
	case -ENOENT:
	case -EINVAL:
		name_events(name, counters, error, len);
		return -ENOENT;
	default:
		return ras_type_error(err, full, error, len);
	}
}

static int pending(const char *name, const char *full, char *error, size_t len)
{
	snprintf(error, len,
		 "%s is pending: load the module that has the tracepoint %s",
		 name, full);
	return -ENODEV;
}

/**
 * ras_inject_type - the type of a tracepoint that a user named
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
			err = pending(name, full, error, len);
		} else if (event && !event->tracepoint) {
			snprintf(error, len,
				 "%s is no tracepoint, so there are no fields to decode",
				 name);
			err = -EOPNOTSUPP;
		}
		ras_pmu_exit(&pmu);
		if (err)
			return err;
	}
	return get_tracepoint(types, name, full, false, type, error, len);
}

static int find_tracepoint(struct ras_types *types, const char *name,
			   const char *full, struct ras_inject_event *event,
			   char *error, size_t len)
{
	int err = get_tracepoint(types, name, full, true, &event->type, error,
				 len);

	if (err)
		return err;
	event->attr = (struct perf_event_attr) {
		.type = PERF_TYPE_TRACEPOINT,
		.size = sizeof(event->attr),
		.config = event->type->id,
		.sample_type = RAS_SAMPLE_TYPE,
		.sample_period = 1,
	};
	return 0;
}

static int find_counter(struct ras_types *types, const char *source,
			struct ras_inject_event *event, char *error, size_t len)
{
	int err;

	event->attr = (struct perf_event_attr) {
		.size = sizeof(event->attr),
		.sample_type = COUNTER_SAMPLE_TYPE,
		.disabled = 1,
	};
	err = ras_perf_name(source, &event->attr, NULL);
	if (!err)
		err = ras_types_counter(types, source, &event->type);
	if (err == -ENOMEM)
		snprintf(error, len, "%s", strerror(ENOMEM));
	return err;
}

/**
 * ras_inject_find - what a user named, ready to be injected
 * @types: where its type is kept
 * @name: "system:name", the name of a persistent event, or a counter's as in
 *        `perf list`
 * @event: result
 * @error: what is wrong and what to do, if it fails
 * @len: size of @error
 *
 * Return: 0; -ENOENT: unknown; other -errno.
 */
int ras_inject_find(struct ras_types *types, const char *name,
		    struct ras_inject_event *event, char *error, size_t len)
{
	const struct ras_pmu_event *persistent = NULL;
	char source[256], none[512] = "";
	struct ras_pmu pmu = { };
	int err = 0;

	snprintf(source, sizeof(source), "%s", name);
	if (!strchr(name, ':') && !ras_pmu_init(&pmu, none, sizeof(none)))
		persistent = ras_pmu_find(&pmu, name);
	if (persistent) {
		snprintf(source, sizeof(source), "%s", persistent->source);
		if (persistent->pending)
			err = pending(name, source, error, len);
	}
	ras_pmu_exit(&pmu);
	if (err)
		return err;
	if (strchr(source, ':'))
		return find_tracepoint(types, name, source, event, error, len);
	err = find_counter(types, source, event, error, len);
	if (err == -ENOENT && *none) {
		/* It may be a persistent event, of another kernel. */
		snprintf(error, len, "%s", none);
		return -ENODEV;
	}
	if (err == -ENOENT)
		name_events(name, true, error, len);
	return err;
}

static int pack_counter(const struct ras_inject_event *event,
			const struct ras_value *values, u16 misc,
			unsigned char *buf, size_t max)
{
	struct ras_event ev = {
		.type = event->type,
		.values = (struct ras_value *)values,
	};
	struct {
		struct perf_event_header header;
		u64 ip, addr, period;
	} record = {
		.header = {
			.type = PERF_RECORD_SAMPLE,
			.misc = misc | (ras_event_num(&ev, "mode") &
					PERF_RECORD_MISC_CPUMODE_MASK),
			.size = sizeof(record),
		},
		.ip = ras_event_num(&ev, "ip"),
		.addr = ras_event_num(&ev, "addr"),
		.period = ras_event_num(&ev, "period"),
	};

	if (max < sizeof(record))
		return -E2BIG;
	memcpy(buf, &record, sizeof(record));
	return sizeof(record);
}

/**
 * ras_inject_pack - a record of an event, as write() takes it
 * @event: from ras_inject_find()
 * @values: one per field of its type
 * @misc: level, perhaps with PERF_RECORD_MISC_INJECT_FATAL
 * @buf: result
 * @max: size of @buf in bytes
 *
 * Return: size of the record or -E2BIG.
 */
int ras_inject_pack(const struct ras_inject_event *event,
		    const struct ras_value *values, u16 misc,
		    unsigned char *buf, size_t max)
{
	static unsigned char raw[RAS_RAW_MAX + 16];
	int len;

	if (event->attr.type != PERF_TYPE_TRACEPOINT)
		return pack_counter(event, values, misc, buf, max);
	len = ras_record_pack(event->type, values, raw, sizeof(raw));
	return len < 0 ? len : ras_record_wrap(raw, len, misc, buf, max);
}

/**
 * ras_injector_open - open an event on a CPU to write to it
 * @injector: for ras_injector_close(), whatever is returned
 * @attr: event, and layout of the records
 * @cpu: CPU on which every listener shall see them
 *
 * Return: 0 or -errno, see ras_inject_open_reason().
 */
int ras_injector_open(struct ras_injector *injector,
		      const struct perf_event_attr *attr, int cpu)
{
	int err;

	memset(injector, 0, sizeof(*injector));
	injector->batch = malloc(BATCH_MAX);
	if (!injector->batch)
		return -ENOMEM;
	injector->write = write;
	injector->evsel = ras_evsel_open(attr, cpu, &err);
	if (injector->evsel)
		injector->fd = ras_evsel_fd(injector->evsel);
	return err;
}

/**
 * ras_injector_add - put a record into the batch
 * @injector: open
 * @record: a perf record in the layout of the event
 * @len: its size in bytes, which its header must have as well
 *
 * Return: 0; -ENOSPC: the batch is full, flush it; -EINVAL: not that size.
 */
int ras_injector_add(struct ras_injector *injector, const void *record,
		     size_t len)
{
	struct perf_event_header header;

	if (len < sizeof(header))
		return -EINVAL;
	memcpy(&header, record, sizeof(header));
	if (header.size != len)
		return -EINVAL;
	if (len > BATCH_MAX - injector->len)
		return -ENOSPC;
	memcpy(injector->batch + injector->len, record, len);
	injector->len += len;
	return 0;
}

static size_t first_size(const struct ras_injector *injector, size_t pos)
{
	struct perf_event_header header;

	memcpy(&header, injector->batch + pos, sizeof(header));
	return header.size;
}

static void remove_front(struct ras_injector *injector, size_t len)
{
	injector->len -= len;
	memmove(injector->batch, injector->batch + len, injector->len);
}

static bool stopped(const struct ras_injector *injector)
{
	return injector->stop && *injector->stop;
}

/* Once more? What another moment can cure is tried for a while. */
static bool again(int err, int *tries)
{
	static const struct timespec wait = { .tv_nsec = BUSY_NS };

	if (err == -EINTR)
		return true;
	if (err != -EAGAIN || ++*tries > BUSY_TRIES)
		return false;
	nanosleep(&wait, NULL);
	return true;
}

/**
 * ras_injector_flush - write the batch
 * @injector: open
 * @taken: result, how many records the kernel took, whatever is returned
 *
 * When a record is refused, it and those behind it stay in the batch: see
 * ras_injector_drop().
 *
 * Return: 0: all are written; -EINTR: the stop flag is set; other -errno: why
 * the first one in the batch was refused, see ras_inject_reason().
 */
int ras_injector_flush(struct ras_injector *injector, unsigned int *taken)
{
	size_t pos = 0, end;
	int err, tries = 0;
	ssize_t written;

	for (*taken = 0, err = 0; !err && pos < injector->len;) {
		if (stopped(injector)) {
			err = -EINTR;
			break;
		}
		written = injector->write(injector->fd, injector->batch + pos,
					  injector->len - pos);
		if (written <= 0) {
			err = written ? -errno : -EIO;
			if (again(err, &tries))
				err = 0;
			continue;
		}
		/* A short count does not say why: the next write() does. */
		tries = 0;
		for (end = pos + written; pos < end; ++*taken)
			pos += first_size(injector, pos);
	}
	remove_front(injector, pos);
	return err;
}

/**
 * ras_injector_drop - leave out the first record of the batch
 * @injector: open
 */
void ras_injector_drop(struct ras_injector *injector)
{
	if (injector->len)
		remove_front(injector, first_size(injector, 0));
}

/**
 * ras_injector_close - close the event; what is still in the batch is lost
 * @injector: from ras_injector_open()
 */
void ras_injector_close(struct ras_injector *injector)
{
	ras_evsel_close(injector->evsel);
	free(injector->batch);
	memset(injector, 0, sizeof(*injector));
}
