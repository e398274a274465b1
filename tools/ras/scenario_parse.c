// SPDX-License-Identifier: GPL-2.0
/* A line of a scenario: its words, and what they say. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/kernel.h>
#include "ras.h"
#include "replay.h"
#include "scenario.h"

/* Further off than anybody waits, and far from an overflow of sums */
#define TIME_MAX	(365 * 86400 * NSEC_PER_SEC)

struct parser {
	struct ras_replay *replay;
	struct scenario_line *line;
	unsigned int next;	/* word */
	bool has_time, has_count, has_rate;
};

static int fail(struct parser *p, const struct scenario_word *word,
		const char *reason)
{
	return ras_replay_error(p->replay, p->line->number, word->column,
				"%s: %s", word->text, reason);
}

/*
 * A word ends at a blank outside of quotes; \ takes a quote or itself as it is.
 * In place: what is left is never longer.
 */
static char *take_word(char *pos, bool *open)
{
	char *to = pos;
	bool quoted = false;

	for (; *pos && (quoted || !isspace((unsigned char)*pos)); pos++) {
		if (*pos == '"') {
			quoted = !quoted;
			continue;
		}
		if (*pos == '\\' && (pos[1] == '"' || pos[1] == '\\'))
			pos++;
		*to++ = *pos;
	}
	*open = quoted;
	if (*pos)
		pos++;
	*to = '\0';
	return pos;
}

static int split(struct parser *p, char *text)
{
	struct scenario_line *line = p->line;
	struct scenario_word *word;
	char *pos = text;
	bool open;

	line->nr_words = 0;
	for (;;) {
		while (isspace((unsigned char)*pos))
			pos++;
		if (!*pos || *pos == '#')
			return 0;
		if (line->nr_words == SCENARIO_WORDS_MAX)
			return ras_replay_error(p->replay, line->number,
						pos - text + 1,
						"there are more than %d words",
						SCENARIO_WORDS_MAX);
		word = &line->words[line->nr_words++];
		word->text = pos;
		word->column = pos - text + 1;
		pos = take_word(pos, &open);
		if (open)
			return ras_replay_error(p->replay, line->number,
						word->column,
						"a quote is not closed");
	}
}

static int parse_unit(const char *text, u64 *ns)
{
	static const struct {
		const char *unit;
		u64 ns;
	} units[] = {
		{ "ns", 1 }, { "us", 1000 }, { "ms", 1000000 },
		{ "s", NSEC_PER_SEC }, { "m", 60 * NSEC_PER_SEC },
		{ "h", 3600 * NSEC_PER_SEC }, { "d", 86400 * NSEC_PER_SEC },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(units); i++) {
		if (strcmp(text, units[i].unit))
			continue;
		*ns = units[i].ns;
		return 0;
	}
	return -EINVAL;
}

/* "1500ms"; "0" needs no unit, and for a rate "s" is one second. */
static int parse_time(const char *text, bool rate, u64 *ns)
{
	u64 num = 1, unit;
	char *end = (char *)text;

	errno = 0;
	if (isdigit((unsigned char)*text))
		num = strtoull(text, &end, 10);
	else if (!rate)
		return -EINVAL;
	if (!num && !*end && !rate) {
		*ns = 0;
		return 0;
	}
	if (parse_unit(end, &unit) || errno || num > TIME_MAX / unit)
		return -EINVAL;
	*ns = num * unit;
	return 0;
}

static int parse_start(struct parser *p, const struct scenario_word *word)
{
	if (p->has_time)
		return fail(p, word, "there is a time already");
	p->has_time = true;
	p->line->relative = *word->text == '+';
	if (parse_time(word->text + 1, false, &p->line->time))
		return fail(p, word,
			    "give a time such as +500ms (after the line before) or =30s (after the start): a number and ns, us, ms, s, m, h or d");
	return 0;
}

static int parse_count(struct parser *p, const struct scenario_word *word)
{
	char *end;

	if (p->has_count)
		return fail(p, word, "there is a count already");
	p->has_count = true;
	errno = 0;
	p->line->count = strtoull(word->text + 1, &end, 10);
	if (*end || errno || !p->line->count || p->line->count > RAS_REPLAY_MAX)
		return fail(p, word,
			    "give a count such as x1000, from 1 to 10000000");
	return 0;
}

static int parse_rate(struct parser *p, const struct scenario_word *word)
{
	char *end;
	u64 num, ns;

	if (p->has_rate)
		return fail(p, word, "there is a rate already");
	p->has_rate = true;
	errno = 0;
	num = strtoull(word->text + 1, &end, 10);
	if (!isdigit((unsigned char)word->text[1]) || errno || !num ||
	    *end != '/' || parse_time(end + 1, true, &ns) || !ns)
		return fail(p, word, "give a rate such as @200/s or @5/100ms");
	p->line->interval = ns / num;
	return 0;
}

/* The value of "--cpu 1" or "--cpu=1" */
static const struct scenario_word *option_value(struct parser *p,
						const struct scenario_word *word,
						struct scenario_word *value)
{
	char *equals = strchr(word->text, '=');

	if (equals) {
		value->text = equals + 1;
		value->column = word->column;
	} else if (p->next < p->line->nr_words) {
		*value = p->line->words[p->next++];
	} else {
		return NULL;
	}
	return value;
}

static bool is_option(const char *text, const char *name)
{
	size_t len = strlen(name);

	return !strncmp(text, name, len) && (!text[len] || text[len] == '=');
}

static int parse_option(struct parser *p, const struct scenario_word *word)
{
	struct scenario_line *line = p->line;
	struct scenario_word value = { };
	u16 level;
	char *end;
	long cpu;

	if (!strcmp(word->text, "--fatal")) {
		line->misc |= PERF_RECORD_MISC_INJECT_FATAL;
		return 0;
	}
	if (!is_option(word->text, "--cpu") && !is_option(word->text, "--level"))
		return fail(p, word,
			    "there is no such option: use --cpu, --level or --fatal");
	if (!option_value(p, word, &value))
		return fail(p, word, "the value is missing");
	if (is_option(word->text, "--level")) {
		if (ras_inject_level(value.text, &level))
			return fail(p, &value,
				    "unknown level: use stream, driver or hardware");
		line->misc = (line->misc & ~PERF_RECORD_MISC_INJECT_MASK) | level;
		return 0;
	}
	if (!strcmp(value.text, "all")) {
		line->cpu = SCENARIO_CPU_ALL;
		return 0;
	}
	cpu = strtol(value.text, &end, 10);
	if (!isdigit((unsigned char)*value.text) || *end || cpu > 65535)
		return fail(p, &value, "no CPU: give a number, or all");
	line->cpu = cpu;
	return 0;
}

/* What precedes the event: -ENOENT if the word is the event. */
static int parse_before(struct parser *p, const struct scenario_word *word)
{
	switch (*word->text) {
	case '+':
	case '=':
		return parse_start(p, word);
	case '@':
		return parse_rate(p, word);
	case 'x':
		if (isdigit((unsigned char)word->text[1]))
			return parse_count(p, word);
		break;
	}
	return -ENOENT;
}

static int parse_event(struct parser *p, struct scenario_word *word)
{
	if (!strncmp(word->text, "--", 2) || strchr(word->text, '='))
		return fail(p, word,
			    "name the event first: [+TIME] [xCOUNT] [@RATE] EVENT FIELD=VALUE...");
	p->line->optional = *word->text == '?';
	word->text += p->line->optional;
	if (!*word->text)
		return fail(p, word, "which event?");
	p->line->event = word;
	return 0;
}

static int parse_word(struct parser *p, struct scenario_word *word)
{
	int err;

	if (p->line->event) {
		if (!strncmp(word->text, "--", 2))
			return parse_option(p, word);
		p->line->fields[p->line->nr_fields++] = word;
		return 0;
	}
	err = parse_before(p, word);
	return err == -ENOENT ? parse_event(p, word) : err;
}

/**
 * scenario_parse - take a line apart
 * @replay: for messages
 * @line: its number is set; the rest is the result, valid as long as @text is
 * @text: the line; is changed
 *
 * Return: 0: an event; -ENOENT: there is nothing in the line; -EINVAL with a
 * message in @replay.
 */
int scenario_parse(struct ras_replay *replay, struct scenario_line *line,
		   char *text)
{
	struct parser p = { .replay = replay, .line = line };
	int err;

	line->relative = true;
	line->time = 0;
	line->count = 1;
	line->interval = 0;
	line->event = NULL;
	line->nr_fields = 0;
	line->cpu = 0;
	line->misc = PERF_RECORD_MISC_INJECT_STREAM;
	err = split(&p, text);
	while (!err && p.next < line->nr_words)
		err = parse_word(&p, &line->words[p.next++]);
	if (err)
		return err;
	if (!line->nr_words)
		return -ENOENT;
	if (!line->event)
		return fail(&p, &line->words[line->nr_words - 1],
			    "there is no event behind it");
	if (line->interval && line->count > TIME_MAX / line->interval)
		return fail(&p, line->event,
			    "so many at that rate take more than a year");
	return 0;
}

/* Is there nothing but "n" or "STEP*n"? */
static bool parse_step(const char *text, u64 *step)
{
	char *end;

	*step = 1;
	if (!strcmp(text, "n"))
		return true;
	if (!isdigit((unsigned char)*text))
		return false;
	*step = strtoull(text, &end, 0);
	return !strcmp(end, "*n");
}

/**
 * scenario_series - is a value one that changes
 * @text: "n", "STEP*n", "BASE+STEP*n", "BASE-n" and so on
 * @series: result
 *
 * Return: true if it is.
 */
bool scenario_series(const char *text, struct scenario_series *series)
{
	char *end;

	series->base = 0;
	if (parse_step(text, &series->step))
		return true;
	if (!isdigit((unsigned char)*text))
		return false;
	series->base = strtoull(text, &end, 0);
	if ((*end != '+' && *end != '-') || !parse_step(end + 1, &series->step))
		return false;
	if (*end == '-')
		series->step = -series->step;
	return true;
}

/**
 * scenario_series_text - one of the values, as it would have been written
 * @series: from scenario_series()
 * @n: which, from 0
 * @text: result
 * @len: size of @text in bytes
 *
 * Return: 0, or -ERANGE if it is beyond 64 bits.
 */
int scenario_series_text(const struct scenario_series *series, u64 n,
			 char *text, size_t len)
{
	bool down = series->step >> 63;
	u64 step = down ? -series->step : series->step;
	u64 way, num;

	if (__builtin_mul_overflow(step, n, &way) ||
	    (!down && __builtin_add_overflow(series->base, way, &num)))
		return -ERANGE;
	if (!down)
		snprintf(text, len, "0x%llx", (unsigned long long)num);
	else if (way <= series->base)
		snprintf(text, len, "0x%llx",
			 (unsigned long long)(series->base - way));
	else
		snprintf(text, len, "-%llu",
			 (unsigned long long)(way - series->base));
	return 0;
}
