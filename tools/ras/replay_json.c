// SPDX-License-Identifier: GPL-2.0
/*
 * Replay of JSON lines, as ras log prints them. Each member that is a field
 * becomes a FIELD=VALUE word, so that it is read as everywhere else.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <jansson.h>
#include "build.h"
#include "print.h"
#include "record.h"
#include "replay.h"

/* U+FFFD in UTF-8: what was printed for each byte that is none */
#define REPLACEMENT	"\xef\xbf\xbd"

struct line {
	struct ras_replay *replay;
	u64 number;
	s64 clock;	/* its time_ns, or that of the line before */
	unsigned int boot;
	char boot_id[RAS_BOOT_ID_LEN + 1];	/* of the line before */
	u64 time;	/* since the first one */
	json_t *object;
	const char *event;
	struct ras_inject_event inject;
	struct ras_build build;
	char **words;
	size_t nr_words;
};

/* Back from what json.c makes of a string that is not UTF-8 */
static void restore_bytes(char *text)
{
	size_t len = strlen(REPLACEMENT);
	char *to = text;

	while (*text) {
		if (strncmp(text, REPLACEMENT, len)) {
			*to++ = *text++;
		} else {
			*to++ = '\xff';
			text += len;
		}
	}
	*to = '\0';
}

/* An integer or a string; NULL if it is neither. */
static char *scalar(const json_t *value)
{
	char *text;

	if (json_is_string(value))
		return strdup(json_string_value(value));
	if (!json_is_integer(value) ||
	    asprintf(&text, "%lld", (long long)json_integer_value(value)) < 0)
		return NULL;
	return text;
}

/* The elements, separated by commas */
static char *list(const json_t *array)
{
	char *text = NULL, *element;
	const json_t *value;
	size_t i, len;
	FILE *out = open_memstream(&text, &len);
	bool bad = !out;

	if (!out)
		return NULL;
	json_array_foreach(array, i, value) {
		element = scalar(value);
		fprintf(out, "%s%s", i ? "," : "", element ? element : "");
		bad |= !element;
		free(element);
	}
	if (fclose(out) || bad) {
		free(text);
		return NULL;
	}
	return text;
}

static int add_word(struct line *line, const char *key,
		    const struct ras_field *field, const json_t *value)
{
	char *text, *word, **words;
	int err;

	text = json_is_array(value) && field->kind == RAS_ARRAY ? list(value) :
								   scalar(value);
	if (!text)
		return ras_replay_error(line->replay, line->number, 0,
					"%s is neither a number nor a string", key);
	if (field->kind == RAS_STRING)
		restore_bytes(text);
	err = asprintf(&word, "%s=%s", field->name, text);
	free(text);
	if (err < 0)
		return -ENOMEM;
	words = reallocarray(line->words, line->nr_words + 1, sizeof(*words));
	if (!words) {
		free(word);
		return -ENOMEM;
	}
	line->words = words;
	words[line->nr_words++] = word;
	err = ras_build_set(&line->build, word);
	if (err == -EINVAL)
		return ras_replay_error(line->replay, line->number, 0, "%s",
					line->build.error);
	return err;
}

/* The field that a key is of; with @suffix, the key has that behind it. */
static const struct ras_field *key_field(const struct ras_type *type,
					 const char *key, const char *suffix)
{
	const struct ras_field *field;
	size_t len = strlen(key), n = strlen(suffix);
	char name[128];

	if (len <= n || len - n >= sizeof(name) || strcmp(key + len - n, suffix))
		return NULL;
	memcpy(name, key, len - n);
	name[len - n] = '\0';
	if (ras_json_reserved(name))
		return NULL;
	field = ras_type_field(type, name);
	if (field)
		return field;
	len = strlen(name);
	if (len <= 4 || strcmp(name + len - 4, "_raw"))
		return NULL;
	name[len - 4] = '\0';
	return ras_json_reserved(name) ? ras_type_field(type, name) : NULL;
}

static int add_member(struct line *line, const char *key, const json_t *value)
{
	const struct ras_type *type = line->inject.type;
	const struct ras_field *field = key_field(type, key, "");

	/* A counter's sample says which task it was: that is the kernel's now. */
	if (!field && (ras_json_reserved(key) || !strcmp(key, "cpu") ||
		       key_field(type, key, "_text") ||
		       (!type->id && (!strcmp(key, "pid") || !strcmp(key, "tid")))))
		return 0;
	if (!field)
		return ras_replay_error(line->replay, line->number, 0,
					"%s has no field %s in this kernel",
					line->event, key);
	return add_word(line, key, field, value);
}

static int check_complete(struct line *line)
{
	const struct ras_type *type = line->inject.type;
	unsigned int i;

	for (i = 0; i < type->nr_fields; i++) {
		if (!line->build.given[i])
			return ras_replay_error(line->replay, line->number, 0,
						"%s has a field %s in this kernel, which is missing here",
						line->event, type->fields[i].name);
	}
	return 0;
}

static int build(struct line *line)
{
	const json_t *value;
	const char *key;
	int err = 0;
	void *iter;

	for (iter = json_object_iter(line->object); !err && iter;
	     iter = json_object_iter_next(line->object, iter)) {
		key = json_object_iter_key(iter);
		value = json_object_iter_value(iter);
		err = add_member(line, key, value);
	}
	if (err)
		return err;
	if (line->inject.type->id)
		return check_complete(line);
	err = ras_build_finish(&line->build, 0);
	if (err == -EINVAL)
		return ras_replay_error(line->replay, line->number, 0, "%s",
					line->build.error);
	return err;
}

static int number(struct line *line, const char *key, s64 max, s64 *num)
{
	const json_t *value = json_object_get(line->object, key);

	if (!value)
		return 0;
	*num = json_integer_value(value);
	if (!json_is_integer(value) || *num < 0 || *num > max)
		return ras_replay_error(line->replay, line->number, 0,
					"%s is not a number from 0 to %lld", key,
					(long long)max);
	return 0;
}

/* Lines of two boots have different ids; those without one are of the same. */
static unsigned int find_boot(struct line *line)
{
	const char *id = json_string_value(json_object_get(line->object, "boot_id"));

	if (!id || !*id || !strncmp(line->boot_id, id, RAS_BOOT_ID_LEN))
		return line->boot;
	line->boot += *line->boot_id != '\0';
	snprintf(line->boot_id, sizeof(line->boot_id), "%s", id);
	return line->boot;
}

static int add_record(struct line *line, int event)
{
	static u64 record[(RAS_RAW_MAX + 128) / 8];
	struct ras_replay_item item = {
		.where = line->number,
		.event = event,
	};
	s64 cpu = -1, uptime = 0, clock = line->clock;
	int len, err;

	err = number(line, "buffer_cpu", 65535, &cpu);
	if (!err)
		err = number(line, "time_ns", INT64_MAX, &clock);
	if (!err)
		err = number(line, "uptime_ns", INT64_MAX, &uptime);
	if (err)
		return err;
	if (line->clock && clock > line->clock)
		line->time += clock - line->clock;
	line->clock = clock;
	len = ras_inject_pack(&line->inject, line->build.values, 0,
			      (unsigned char *)record, sizeof(record));
	if (len < 0)
		return ras_replay_error(line->replay, line->number, 0,
					"the values make a record of more than %d bytes",
					RAS_RAW_MAX);
	item.cpu = cpu;
	item.time = line->time;
	item.clock = clock;
	item.uptime = uptime;
	item.boot = find_boot(line);
	return ras_replay_add(line->replay, &item, record);
}

static int find_event(struct line *line)
{
	struct ras_replay *replay = line->replay;
	char error[512];
	int index = ras_replay_add_event(replay, line->event, NULL);

	if (index >= 0) {
		line->inject = replay->events[index].inject;
		return index;
	}
	if (ras_inject_find(&replay->types, line->event, &line->inject, error,
			    sizeof(error)))
		return ras_replay_error(replay, line->number, 0, "%s", error);
	return ras_replay_add_event(replay, line->event, &line->inject);
}

static int add_object(struct line *line)
{
	int index, err;

	line->event = json_string_value(json_object_get(line->object, "event"));
	if (!line->event)
		return ras_replay_error(line->replay, line->number, 0,
					"there is no member \"event\" with a string");
	/* No events, but what became of some; see pseudo.c */
	if (!strcmp(line->event, "lost") || !strcmp(line->event, "unknown")) {
		line->replay->skipped++;
		return 0;
	}
	line->replay->seen++;
	if (!ras_replay_wanted(line->replay, line->event))
		return 0;
	index = find_event(line);
	if (index < 0)
		return index;
	err = ras_build_init(&line->build, line->inject.type);
	if (!err)
		err = build(line);
	if (!err)
		err = add_record(line, index);
	ras_build_free(&line->build);
	while (line->nr_words)
		free(line->words[--line->nr_words]);
	return err;
}

static int add_line(struct line *line, const char *text, size_t len)
{
	json_error_t error;
	int err;

	if (!text[strspn(text, " \t\r\n")] || strspn(text, " \t\r\n") >= len)
		return 0;
	line->object = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
	if (!line->object)
		return ras_replay_error(line->replay, line->number,
					error.column > 0 ? error.column : 1,
					"not JSON: %s", error.text);
	if (json_is_object(line->object))
		err = add_object(line);
	else
		err = ras_replay_error(line->replay, line->number, 1,
				       "not an object, {...}");
	json_decref(line->object);
	return err;
}

/**
 * ras_replay_json - read JSON lines
 * @replay: result
 * @text: the lines, with a NUL behind them
 * @len: their size in bytes
 *
 * Their order is kept; a line that is earlier than the one before it, since
 * the clock was set or the machine booted, follows it at once.
 *
 * Return: 0; -EINVAL with a message in @replay; -ENOMEM.
 */
int ras_replay_json(struct ras_replay *replay, const char *text, size_t len)
{
	struct line line = { .replay = replay };
	size_t n;
	int err = 0;

	for (; !err && len; text += n, len -= n) {
		n = strcspn(text, "\n");
		line.number++;
		err = add_line(&line, text, n);
		n += n < len;
	}
	free(line.words);
	return err;
}
