// SPDX-License-Identifier: GPL-2.0
/* Replay: inject what is on the list at its times, or show it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <linux/compiler.h>
#include <linux/kernel.h>
#include "desc.h"
#include "layout.h"
#include "print.h"
#include "ras.h"
#include "replay.h"

/* How often a terminal is told how far it is */
#define PROGRESS_NS	NSEC_PER_SEC

/* An injector for an event on a CPU */
struct target {
	unsigned int event;
	int cpu;
	struct ras_injector injector;
};

struct player {
	struct ras_replay *replay;
	struct ras_replay_run *run;
	struct target **targets;	/* of each event, by CPU */
	unsigned int nr_cpus;
	struct target *current;		/* whose batch is being filled */
	size_t first;			/* the first item in it */
	u64 start;
	u64 next_progress;
};

static u64 now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

static const struct perf_event_header *record(const struct ras_replay *replay,
					      size_t index)
{
	return (const void *)(replay->records + replay->items[index].pos);
}

static struct target **slot(struct player *p, const struct ras_replay_item *item)
{
	return &p->targets[(size_t)item->event * p->nr_cpus + item->cpu];
}

static int open_target(struct player *p, const struct ras_replay_item *item)
{
	struct ras_replay_event *event = &p->replay->events[item->event];
	struct target **target = slot(p, item);
	char text[256];
	int err;

	if (*target)
		return 0;
	*target = calloc(1, sizeof(**target));
	if (!*target)
		return -ENOMEM;
	(*target)->event = item->event;
	(*target)->cpu = item->cpu;
	err = ras_injector_open(&(*target)->injector, &event->inject.attr,
				item->cpu);
	(*target)->injector.stop = p->run->stop;
	if (err)
		ras_replay_error(p->replay, item->where, 0,
				 "cannot inject %s on CPU %d: %s", event->name,
				 item->cpu,
				 ras_inject_open_reason(err, &event->inject,
							text, sizeof(text)));
	return err;
}

/* All of them before the first record, so that what cannot be is known first. */
static int open_targets(struct player *p)
{
	struct ras_replay *replay = p->replay;
	int err = 0;
	size_t i;

	for (i = 0; i < replay->nr; i++)
		p->nr_cpus = max_t(unsigned int, p->nr_cpus,
				   replay->items[i].cpu + 1);
	p->targets = calloc((size_t)replay->nr_events * p->nr_cpus,
			    sizeof(*p->targets));
	if (!p->targets)
		return -ENOMEM;
	for (i = 0; !err && i < replay->nr; i++)
		err = open_target(p, &replay->items[i]);
	return err;
}

static void close_targets(struct player *p)
{
	size_t i;

	for (i = 0; p->targets && i < (size_t)p->replay->nr_events * p->nr_cpus;
	     i++) {
		if (p->targets[i])
			ras_injector_close(&p->targets[i]->injector);
		free(p->targets[i]);
	}
	free(p->targets);
}

static int flush(struct player *p)
{
	const struct ras_replay_event *event;
	const struct ras_replay_item *item;
	unsigned int taken;
	char text[512];
	int err;

	if (!p->current)
		return 0;
	err = ras_injector_flush(&p->current->injector, &taken);
	p->run->injected += taken;
	p->first += taken;
	if (!err || err == -EINTR)
		return err;
	item = &p->replay->items[p->first];
	event = &p->replay->events[item->event];
	ras_replay_error(p->replay, item->where, 0,
			 "cannot inject %s on CPU %d: %s", event->name,
			 item->cpu,
			 ras_inject_reason(err, &event->inject,
					   record(p->replay, p->first)->misc,
					   text, sizeof(text)));
	return err;
}

/* Into a batch; what is for another event or CPU ends the one before. */
static int add(struct player *p, size_t index)
{
	struct target *target = *slot(p, &p->replay->items[index]);
	const struct perf_event_header *header = record(p->replay, index);
	int err = 0;

	if (target != p->current) {
		err = flush(p);
		if (err)
			return err;
		p->current = target;
		p->first = index;
	}
	err = ras_injector_add(&target->injector, header, header->size);
	if (err != -ENOSPC)
		return err;
	err = flush(p);
	return err ? err : ras_injector_add(&target->injector, header,
					    header->size);
}

static bool stopped(const struct player *p)
{
	return READ_ONCE(*p->run->stop);
}

static u64 due(const struct player *p, size_t index)
{
	u64 passed = p->replay->items[index].time - p->replay->start;

	return p->run->speed > 0 ? p->start + (u64)(passed / p->run->speed) : 0;
}

static void progress(struct player *p)
{
	if (!p->run->progress || now() < p->next_progress)
		return;
	p->next_progress = now() + PROGRESS_NS;
	fprintf(stderr, "\r%llu of %zu events",
		(unsigned long long)p->run->injected, p->replay->nr);
}

static int wait_until(struct player *p, u64 time)
{
	struct timespec ts;
	u64 until;

	while (!stopped(p) && now() < time) {
		progress(p);
		until = p->run->progress && p->next_progress < time ?
			p->next_progress : time;
		ts.tv_sec = until / NSEC_PER_SEC;
		ts.tv_nsec = until % NSEC_PER_SEC;
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL);
	}
	return stopped(p) ? -EINTR : 0;
}

/* What is due goes into one write(), also when we are late. */
static int play(struct player *p)
{
	size_t i;
	int err = 0;

	for (i = 0; !err && i < p->replay->nr; i++) {
		u64 time = due(p, i);

		if (stopped(p))
			return -EINTR;
		if (now() < time) {
			err = flush(p);
			if (!err)
				err = wait_until(p, time);
		}
		if (!err)
			err = add(p, i);
		progress(p);
	}
	return err ? err : flush(p);
}

/**
 * ras_replay_run - inject everything
 * @replay: read
 * @run: how; and the result, also if it fails
 *
 * Return: 0; -EINTR: @run->stop was set; other -errno with a message in
 * @replay.
 */
int ras_replay_run(struct ras_replay *replay, struct ras_replay_run *run)
{
	struct player player = { .replay = replay, .run = run };
	int err = open_targets(&player);

	player.start = now();
	player.next_progress = player.start + PROGRESS_NS;
	if (!err)
		err = play(&player);
	run->seconds = (double)(now() - player.start) / NSEC_PER_SEC;
	if (run->progress && player.next_progress > player.start + PROGRESS_NS)
		fprintf(stderr, "\r\033[K");
	close_targets(&player);
	if (err == -ENOMEM)
		snprintf(replay->error, sizeof(replay->error), "no memory");
	return err;
}

/* A counter's values are parts of the sample itself. */
static int counter_event(const struct ras_inject_event *inject,
			 const struct ras_sample *sample, struct ras_event *ev)
{
	const struct ras_type *type = inject->type;
	u64 period = inject->attr.sample_type & PERF_SAMPLE_PERIOD ?
		     sample->period : inject->attr.sample_period;
	const struct {
		const char *name;
		u64 num;
	} parts[] = {
		{ "ip", sample->rec.ip }, { "addr", sample->addr },
		{ "period", period }, { "mode", sample->rec.mode },
	};
	const struct ras_field *field;
	unsigned int i;

	*ev = (struct ras_event) { .type = type };
	ev->values = calloc(type->nr_fields + 1, sizeof(*ev->values));
	if (!ev->values)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		field = ras_type_field(type, parts[i].name);
		if (field)
			ev->values[field - type->fields].num = parts[i].num;
	}
	return 0;
}

static int show_item(struct ras_replay *replay, size_t index, FILE *out)
{
	const struct ras_replay_item *item = &replay->items[index];
	const struct ras_replay_event *event = &replay->events[item->event];
	const struct ras_type *type = event->inject.type;
	const struct perf_event_header *header = record(replay, index);
	u64 time = item->time - replay->start;
	struct ras_sample sample;
	struct ras_event ev;
	char *summary;
	int err;

	err = ras_layout_parse(&event->inject.attr, header, &sample);
	if (!err)
		err = type->id ? ras_record_decode(type, &sample.rec, &ev) :
				 counter_event(&event->inject, &sample, &ev);
	if (err)
		return err;
	ev.buffer_cpu = item->cpu;
	summary = ras_event_summary(&ev);
	fprintf(out, "+%llu.%09llu CPU %d %s%s %s %s: %s\n",
		(unsigned long long)(time / NSEC_PER_SEC),
		(unsigned long long)(time % NSEC_PER_SEC), item->cpu,
		ras_inject_level_name(header->misc),
		header->misc & PERF_RECORD_MISC_INJECT_FATAL ? " fatal" : "",
		ras_severity_name(ev.severity), type->full,
		summary ? summary : "");
	free(summary);
	ras_event_release(&ev);
	return ferror(out) ? -EIO : 0;
}

/**
 * ras_replay_show - show everything as it would be injected
 * @replay: read
 * @out: stream
 *
 * One line each: time since the start, CPU, level, severity, event, summary.
 *
 * Return: 0 or -errno.
 */
int ras_replay_show(struct ras_replay *replay, FILE *out)
{
	int err = 0;
	size_t i;

	for (i = 0; !err && i < replay->nr; i++)
		err = show_item(replay, i, out);
	return err;
}
