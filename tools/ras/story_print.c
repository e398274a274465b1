// SPDX-License-Identifier: GPL-2.0
/* Stories for a human reader: what they are about, then their events. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <linux/kernel.h>
#include "print.h"
#include "ras.h"
#include "story_print.h"

/* So many stories wait for one before them, and so many events are shown of one. */
#define TALES_MAX	1024
#define EVENTS_MAX	64
#define TASKS_MAX	8

/**
 * struct ras_tale - what is known of a story so far
 * @number: its number
 * @time_ns: wall time of its first event
 * @uptime_ns: uptime of its first event
 * @severity: the worst
 * @wanted: an event of it matches the filter
 * @has_page: @page is known
 * @page: page frame
 * @label: of the memory, empty: not known
 * @kinds: names of its events, in the order in which they came
 * @tasks: what became of which task
 * @nr_tasks: their number
 * @nr: number of its events
 * @events: their text
 * @next: list
 */
struct ras_tale {
	u64 number;
	u64 time_ns;
	u64 uptime_ns;
	enum ras_severity severity;
	bool wanted;
	bool has_page;
	u64 page;
	char label[128];
	struct {
		char name[64];
		unsigned int nr;
	} kinds[16];
	char tasks[TASKS_MAX][96];
	unsigned int nr_tasks;
	u64 nr;
	char *events[EVENTS_MAX];
	struct ras_tale *next;
};

static void put_text(const char *text, FILE *out)
{
	for (; *text; text++)
		fputc((unsigned char)*text < ' ' || *text == 0x7f ? ' ' : *text, out);
}

static void print_title(const struct ras_tale *tale, FILE *out)
{
	char time[RAS_TIME_LEN];
	unsigned int i;

	ras_time_format(tale->time_ns, time);
	fprintf(out, "%s [%5llu.%06llu] %s story %llu:", time,
		(unsigned long long)(tale->uptime_ns / NSEC_PER_SEC),
		(unsigned long long)(tale->uptime_ns % NSEC_PER_SEC / 1000),
		ras_severity_name(tale->severity), (unsigned long long)tale->number);
	for (i = 0; i < ARRAY_SIZE(tale->kinds) && tale->kinds[i].nr; i++) {
		fprintf(out, "%s", i ? ", " : " ");
		if (tale->kinds[i].nr > 1)
			fprintf(out, "%u ", tale->kinds[i].nr);
		fprintf(out, "%s", tale->kinds[i].name);
	}
	if (tale->has_page)
		fprintf(out, "; page 0x%llx", (unsigned long long)tale->page);
	if (*tale->label) {
		fprintf(out, "; on ");
		put_text(tale->label, out);
	}
	for (i = 0; i < tale->nr_tasks && i < TASKS_MAX; i++) {
		fprintf(out, "%s", i ? ", " : "; task ");
		put_text(tale->tasks[i], out);
	}
	if (tale->nr_tasks > TASKS_MAX)
		fprintf(out, " and %u more", tale->nr_tasks - TASKS_MAX);
	fprintf(out, "\n");
}

static void print_indented(const char *text, FILE *out)
{
	while (*text) {
		int len = strcspn(text, "\n");

		fprintf(out, "    %.*s\n", len, text);
		text += len + (text[len] == '\n');
	}
}

/* A single event is shown as if there were no stories. */
static void print_tale(const struct ras_tale *tale, FILE *out)
{
	unsigned int i;

	if (tale->nr == 1) {
		fputs(tale->events[0], out);
		return;
	}
	print_title(tale, out);
	for (i = 0; i < EVENTS_MAX && tale->events[i]; i++)
		print_indented(tale->events[i], out);
	if (tale->nr > EVENTS_MAX)
		fprintf(out, "    and %llu more events\n",
			(unsigned long long)tale->nr - EVENTS_MAX);
}

static void print_first(struct ras_story_log *log)
{
	struct ras_tale *tale = log->first;
	unsigned int i;

	if (tale->wanted)
		print_tale(tale, log->out);
	log->first = tale->next;
	if (!log->first)
		log->last = NULL;
	log->nr--;
	for (i = 0; i < EVENTS_MAX; i++)
		free(tale->events[i]);
	free(tale);
}

static void print_told(struct ras_story_log *log)
{
	if (log->nr > TALES_MAX)
		ras_stories_end(&log->stories, log->first->number);
	while (log->first && log->first->number <= ras_stories_told(&log->stories))
		print_first(log);
}

static struct ras_tale *get_tale(struct ras_story_log *log, u64 number)
{
	struct ras_tale *tale = log->first;

	if (log->last && number > log->last->number)
		tale = NULL;
	for (; tale; tale = tale->next) {
		if (tale->number == number)
			return tale;
	}
	tale = calloc(1, sizeof(*tale));
	if (!tale)
		return NULL;
	tale->number = number;
	if (log->last)
		log->last->next = tale;
	else
		log->first = tale;
	log->last = tale;
	log->nr++;
	return tale;
}

static void add_kind(struct ras_tale *tale, const struct ras_event *ev)
{
	unsigned int i = 0;

	while (i < ARRAY_SIZE(tale->kinds) - 1 && tale->kinds[i].nr &&
	       strcmp(tale->kinds[i].name, ev->type->name))
		i++;
	snprintf(tale->kinds[i].name, sizeof(tale->kinds[i].name), "%s", ev->type->name);
	tale->kinds[i].nr++;
}

static void add_task(struct ras_tale *tale, const struct ras_event *ev)
{
	const struct ras_value *comm = ras_event_value(ev, "comm");
	const char *fate = ras_event_text(ev, "fate");

	if (!comm || !fate)
		return;
	if (tale->nr_tasks < TASKS_MAX)
		snprintf(tale->tasks[tale->nr_tasks], sizeof(tale->tasks[0]), "%.*s:%d (%s)",
			 (int)comm->len, (const char *)comm->data,
			 (int)ras_event_num(ev, "pid"), fate);
	tale->nr_tasks++;
}

static void add_label(struct ras_tale *tale, const struct ras_event *ev)
{
	const struct ras_value *label = ras_event_value(ev, "label");

	if (label && label->data && !*tale->label)
		snprintf(tale->label, sizeof(tale->label), "%.*s", (int)label->len,
			 (const char *)label->data);
}

static int add_text(struct ras_tale *tale, const struct ras_event *ev)
{
	size_t len;
	FILE *out;

	if (tale->nr >= EVENTS_MAX)
		return 0;
	out = open_memstream(&tale->events[tale->nr], &len);
	if (!out)
		return -ENOMEM;
	ras_event_print(ev, out);
	return fclose(out) ? -ENOMEM : 0;
}

/**
 * ras_story_log_add - add the next event, and print what is complete
 * @log: log
 * @ev: event
 *
 * Return: 0 or -ENOMEM.
 */
int ras_story_log_add(struct ras_story_log *log, const struct ras_event *ev)
{
	u64 number = ras_story_add(&log->stories, ev);
	struct ras_tale *tale = get_tale(log, number);
	int err;

	if (!tale)
		return -ENOMEM;
	err = add_text(tale, ev);
	if (err)
		return err;
	if (!tale->nr++) {
		tale->time_ns = ev->time_ns;
		tale->uptime_ns = ev->uptime_ns;
	}
	tale->severity = max(tale->severity, ev->severity);
	tale->wanted |= ras_filter_match(log->filter, ev);
	if (!tale->has_page)
		tale->has_page = ras_story_page(ev, &tale->page);
	add_kind(tale, ev);
	add_task(tale, ev);
	add_label(tale, ev);
	print_told(log);
	return 0;
}

/**
 * ras_story_log_end - print what is left
 * @log: log
 */
void ras_story_log_end(struct ras_story_log *log)
{
	while (log->first)
		print_first(log);
}
