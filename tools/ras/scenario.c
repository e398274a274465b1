// SPDX-License-Identifier: GPL-2.0
/* Scenarios: what becomes of their lines. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/kernel.h>
#include <perf/cpumap.h>
#include "build.h"
#include "record.h"
#include "replay.h"
#include "scenario.h"

/* A field whose value changes from one event to the next */
struct series {
	struct scenario_series series;
	unsigned int field;
};

/* The events of a line on one CPU */
struct build {
	struct ras_replay *replay;
	const struct scenario_line *line;
	const struct ras_inject_event *inject;
	struct ras_build build;
	char *words[SCENARIO_WORDS_MAX];
	unsigned int nr_words;
	struct series series[SCENARIO_WORDS_MAX];
	unsigned int nr_series;
};

static int at(struct build *b, const struct scenario_word *word,
	      const char *reason)
{
	return ras_replay_error(b->replay, b->line->number, word->column, "%s",
				reason);
}

static int set(struct build *b, struct ras_build *build,
	       const struct scenario_word *word, const char *text)
{
	int err = ras_build_set(build, text);

	return err == -EINVAL ? at(b, word, build->error) : err;
}

/* The first and the last value must fit the field; so do those between. */
static int set_series(struct build *b, const struct scenario_word *word,
		      const struct ras_field *field,
		      const struct scenario_series *series)
{
	struct ras_build last;
	char value[32], *text;
	int err;

	if (scenario_series_text(series, b->line->count - 1, value,
				 sizeof(value)))
		return at(b, word, "the last value is beyond 64 bits");
	err = ras_build_init(&last, b->build.type);
	if (!err && asprintf(&text, "%s=%s", field->name, value) < 0)
		err = -ENOMEM;
	if (!err) {
		err = set(b, &last, word, text);
		free(text);
	}
	ras_build_free(&last);
	if (err)
		return err;
	if (asprintf(&text, "%s=0x%llx", field->name,
		     (unsigned long long)series->base) < 0)
		return -ENOMEM;
	b->words[b->nr_words++] = text;
	b->series[b->nr_series++] = (struct series) {
		.series = *series,
		.field = field - b->build.type->fields,
	};
	return set(b, &b->build, word, text);
}

static int set_word(struct build *b, const struct scenario_word *word)
{
	const char *equals = strchr(word->text, '=');
	const struct ras_field *field = NULL;
	struct scenario_series series;
	char name[128];
	u64 unused;
	bool other;

	if (equals) {
		snprintf(name, sizeof(name), "%.*s",
			 (int)(equals - word->text), word->text);
		field = ras_type_field(b->build.type, name);
	}
	if (field && field->kind == RAS_INT && !field->pointer &&
	    ras_field_symbol_value(field, equals + 1, &unused, &other) &&
	    scenario_series(equals + 1, &series))
		return set_series(b, word, field, &series);
	return set(b, &b->build, word, word->text);
}

static int add_items(struct build *b, unsigned int event, int cpu, u64 start)
{
	static u64 record[(RAS_RAW_MAX + 128) / 8];
	const struct scenario_line *line = b->line;
	struct ras_replay_item item = {
		.where = line->number,
		.event = event,
		.cpu = cpu,
	};
	const struct series *s;
	int err = 0, len;
	u64 n;

	for (n = 0; !err && n < line->count; n++) {
		bool same = n && !b->nr_series;

		/* No default hangs on a value that changes. */
		for (s = b->series; s < b->series + b->nr_series; s++)
			b->build.values[s->field].num =
				s->series.base + n * s->series.step;
		len = same ? 0 : ras_inject_pack(b->inject, b->build.values,
						 line->misc,
						 (unsigned char *)record,
						 sizeof(record));
		if (len < 0)
			return at(b, line->event,
				  "the values make too large a record: shorten them");
		item.time = start + n * line->interval;
		err = ras_replay_add(b->replay, &item, same ? NULL : record);
	}
	return err;
}

static int add_on_cpu(struct ras_replay *replay,
		      const struct scenario_line *line, unsigned int event,
		      int cpu, u64 start)
{
	/* The list of events may move, but what they are does not. */
	struct ras_inject_event inject = replay->events[event].inject;
	struct build b = { .replay = replay, .line = line, .inject = &inject };
	unsigned int i;
	int err;

	err = ras_build_init(&b.build, inject.type);
	for (i = 0; !err && i < line->nr_fields; i++)
		err = set_word(&b, line->fields[i]);
	if (!err) {
		err = ras_build_finish(&b.build, cpu);
		if (err == -EINVAL)
			err = at(&b, line->event, b.build.error);
	}
	if (!err)
		err = add_items(&b, event, cpu, start);
	ras_build_free(&b.build);
	while (b.nr_words)
		free(b.words[--b.nr_words]);
	return err;
}

static int add_on_cpus(struct ras_replay *replay,
		       const struct scenario_line *line, unsigned int event,
		       u64 start)
{
	struct perf_cpu_map *online;
	struct perf_cpu cpu;
	int i, err = 0;

	if (line->cpu != SCENARIO_CPU_ALL)
		return add_on_cpu(replay, line, event, line->cpu, start);
	online = perf_cpu_map__new_online_cpus();
	if (!online)
		return -ENOMEM;
	perf_cpu_map__for_each_cpu(cpu, i, online) {
		if (!err)
			err = add_on_cpu(replay, line, event, cpu.cpu, start);
	}
	perf_cpu_map__put(online);
	return err;
}

static int find_event(struct ras_replay *replay, const struct scenario_line *line)
{
	struct ras_inject_event inject = { };
	const char *name = line->event->text;
	char error[512];
	int err;

	err = ras_inject_find(&replay->types, name, &inject, error,
			      sizeof(error));
	if (err == -ENOENT && line->optional) {
		replay->left_out++;
		return err;
	}
	if (err)
		return ras_replay_error(replay, line->number,
					line->event->column, "%s", error);
	if (!ras_replay_wanted(replay, inject.type->full))
		return -ENOENT;
	return ras_replay_add_event(replay, inject.type->full, &inject);
}

static int add_line(struct ras_replay *replay, struct scenario_line *line,
		    char *text, u64 *clock)
{
	int err = scenario_parse(replay, line, text);
	u64 start;

	if (err)
		return err == -ENOENT ? 0 : err;
	start = line->time + (line->relative ? *clock : 0);
	*clock = start + (line->count - 1) * line->interval;
	err = find_event(replay, line);
	if (err < 0)
		return err == -ENOENT ? 0 : err;
	return add_on_cpus(replay, line, err, start);
}

/**
 * ras_replay_scenario - read a scenario
 * @replay: result
 * @text: its lines, with a NUL behind them
 * @len: their size in bytes
 *
 * Return: 0; -EINVAL with a message in @replay; -ENOMEM.
 */
int ras_replay_scenario(struct ras_replay *replay, const char *text,
			size_t len __maybe_unused)
{
	struct scenario_line line = { };
	u64 clock = 0;
	char *copy;
	size_t n;
	int err = 0;

	while (!err && *text) {
		n = strcspn(text, "\n");
		copy = strndup(text, n);
		if (!copy)
			return -ENOMEM;
		line.number++;
		err = add_line(replay, &line, copy, &clock);
		free(copy);
		text += n + (text[n] == '\n');
	}
	return err;
}
