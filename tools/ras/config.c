// SPDX-License-Identifier: GPL-2.0
/* The daemon's configuration file: INI, one table of options for all uses. */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <linux/kernel.h>
#include "config.h"
#include "pmu.h"
#include "ras.h"

enum option_type { TEXT, COUNT, DURATION, SEVERITIES, NAMES };
enum section { NONE, DAEMON, POLICY };

static const struct config_option {
	enum section section;
	const char *key;
	enum option_type type;
	const char *def;	/* NULL: must be given */
	const char *arg;
	const char *help;
	size_t offset;
} options[] = {
	{ DAEMON, "database", TEXT, RAS_DEFAULT_DB, "FILE",
	  "SQLite database that every event goes into. Its directory must exist, unless it is the default.",
	  offsetof(struct ras_config, database) },
	{ DAEMON, "sets", NAMES, RAS_DEFAULT_SETS, "LIST",
	  "Buffer sets to consume, separated by commas. One that does not exist yet is taken when it does. Sets that keep the last records cannot be consumed.",
	  offsetof(struct ras_config, sets) },
	{ DAEMON, "rescan", DURATION, "60s", "TIME",
	  "How often to look for configured sets that are missing. CPUs that come online are seen without.",
	  offsetof(struct ras_config, rescan) },
	{ DAEMON, "children", COUNT, "4", "N",
	  "How many policy commands may run at the same time.",
	  offsetof(struct ras_config, children) },
	{ DAEMON, "queue", COUNT, "256", "N",
	  "How many policy commands may wait. What comes on top is dropped, counted and logged; the event itself is stored in any case.",
	  offsetof(struct ras_config, queue) },
	{ POLICY, "event", TEXT, "*", "PATTERN",
	  "Shell pattern for SYSTEM:NAME or NAME of the events; \"lost\" is for records that found a buffer full.",
	  offsetof(struct ras_policy, event) },
	{ POLICY, "severity", SEVERITIES, "any", "LIST",
	  "Severities, separated by commas: unknown, info, corrected, recovered, deferred, ucna, srao, srar, uncorrected, fatal; WORD+ is that and all worse ones; any is all.",
	  offsetof(struct ras_policy, severities) },
	{ POLICY, "command", TEXT, NULL, "COMMAND",
	  "Run by /bin/sh -c with the event's JSON on its standard input, and RAS_POLICY, RAS_EVENT and RAS_SEVERITY in its environment.",
	  offsetof(struct ras_policy, command) },
	{ POLICY, "timeout", DURATION, "30s", "TIME",
	  "The command and its children are killed after this time.",
	  offsetof(struct ras_policy, timeout) },
};

static int parse_count(const char *text, u64 *num)
{
	char *end;

	*num = strtoull(text, &end, 10);
	if (!isdigit((unsigned char)*text) || *end || !*num || *num > 1000000)
		return -EINVAL;
	return 0;
}

static int parse_duration(const char *text, u64 *ns)
{
	static const struct {
		const char *unit;
		u64 ns;
	} units[] = {
		{ "ms", 1000000 }, { "s", NSEC_PER_SEC },
		{ "m", 60 * NSEC_PER_SEC }, { "h", 3600 * NSEC_PER_SEC },
		{ "d", 86400 * NSEC_PER_SEC },
	};
	unsigned int i;
	char *end;
	u64 num;

	num = strtoull(text, &end, 10);
	if (!isdigit((unsigned char)*text) || !num || num > 1000000)
		return -EINVAL;
	while (isspace((unsigned char)*end))
		end++;
	for (i = 0; i < ARRAY_SIZE(units); i++) {
		if (strcmp(end, units[i].unit))
			continue;
		*ns = num * units[i].ns;
		return 0;
	}
	return -EINVAL;
}

static const char *expected(enum option_type type)
{
	switch (type) {
	case COUNT:
		return "a number from 1 to 1000000";
	case DURATION:
		return "a time such as 500ms, 30s, 5m, 2h or 1d";
	case SEVERITIES:
		return "severities such as corrected,deferred or ucna+";
	case NAMES:
		return "names of buffer sets such as ras,trace; `ras list --sets` shows them";
	default:
		return "some text";
	}
}

static int set_option(const struct config_option *opt, void *base,
		      const char *value)
{
	void *field = (char *)base + opt->offset;
	unsigned int mask;
	char *text;
	int err;

	switch (opt->type) {
	case TEXT:
		if (!*value)
			return -EINVAL;
		text = strdup(value);
		if (!text)
			return -ENOMEM;
		free(*(char **)field);
		*(char **)field = text;
		return 0;
	case COUNT:
		return parse_count(value, field);
	case DURATION:
		return parse_duration(value, field);
	case SEVERITIES:
		err = ras_severity_parse(value, &mask);
		if (!err)
			*(u64 *)field = mask;
		return err;
	case NAMES:
		ras_names_free(field);
		return ras_names_parse(field, value);
	}
	return -EINVAL;
}

static int set_defaults(enum section section, void *base)
{
	unsigned int i;
	int err = 0;

	for (i = 0; !err && i < ARRAY_SIZE(options); i++) {
		if (options[i].section == section && options[i].def)
			err = set_option(&options[i], base, options[i].def);
	}
	return err;
}

/* State of the parser; @seen has a bit for each option of the section. */
struct parser {
	struct ras_config *config;
	const char *path;
	unsigned int line;
	enum section section;
	unsigned int section_line;
	unsigned int seen;
	char *error;
	size_t len;
};

static __printf(3, 4) int fail(struct parser *p, unsigned int line, const char *fmt, ...)
{
	va_list ap;
	size_t pos;

	pos = snprintf(p->error, p->len, "%s:%u: ", p->path, line);
	if (pos < p->len) {
		va_start(ap, fmt);
		vsnprintf(p->error + pos, p->len - pos, fmt, ap);
		va_end(ap);
	}
	return -EINVAL;
}

static struct ras_policy *last_policy(struct parser *p)
{
	return &p->config->policies[p->config->nr_policies - 1];
}

static int end_section(struct parser *p)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(options); i++) {
		if (options[i].section == p->section && !options[i].def &&
		    !(p->seen >> i & 1))
			return fail(p, p->section_line,
				    "policy '%s' has no '%s'",
				    last_policy(p)->name, options[i].key);
	}
	return 0;
}

static int add_policy(struct parser *p, const char *name)
{
	struct ras_config *config = p->config;
	struct ras_policy *policies;
	unsigned int i;

	for (i = 0; i < config->nr_policies; i++) {
		if (!strcmp(config->policies[i].name, name))
			return fail(p, p->line, "policy '%s' is there twice",
				    name);
	}
	policies = realloc(config->policies,
			   (config->nr_policies + 1) * sizeof(*policies));
	if (!policies)
		return -ENOMEM;
	config->policies = policies;
	memset(&policies[config->nr_policies], 0, sizeof(*policies));
	config->nr_policies++;
	last_policy(p)->name = strdup(name);
	if (!last_policy(p)->name)
		return -ENOMEM;
	return set_defaults(POLICY, last_policy(p));
}

static int begin_section(struct parser *p, char *text)
{
	char *end = strchr(text, ']');
	int err;

	if (!end || end[1])
		return fail(p, p->line, "a section is [daemon] or [policy NAME]");
	*end = '\0';
	err = end_section(p);
	if (err)
		return err;
	p->section_line = p->line;
	p->seen = 0;
	if (!strcmp(text, "daemon")) {
		p->section = DAEMON;
		return 0;
	}
	if (strncmp(text, "policy ", 7) || !text[7])
		return fail(p, p->line,
			    "unknown section [%s]: use [daemon] or [policy NAME]",
			    text);
	p->section = POLICY;
	return add_policy(p, text + 7);
}

static int unknown_key(struct parser *p, const char *key)
{
	char known[256] = "";
	unsigned int i;
	size_t pos = 0;

	for (i = 0; i < ARRAY_SIZE(options); i++) {
		if (options[i].section == p->section && pos < sizeof(known))
			pos += snprintf(known + pos, sizeof(known) - pos,
					" %s", options[i].key);
	}
	return fail(p, p->line, "unknown key '%s': known here are%s", key,
		    known);
}

static int set_key(struct parser *p, const char *key, const char *value)
{
	void *base = p->config;
	unsigned int i;
	int err;

	if (p->section == NONE)
		return fail(p, p->line,
			    "'%s' stands before the first [section]", key);
	if (p->section == POLICY)
		base = last_policy(p);
	for (i = 0; i < ARRAY_SIZE(options); i++) {
		if (options[i].section != p->section ||
		    strcmp(options[i].key, key))
			continue;
		if (p->seen >> i & 1)
			return fail(p, p->line, "'%s' is there twice", key);
		p->seen |= 1U << i;
		err = set_option(&options[i], base, value);
		if (err == -EINVAL)
			return fail(p, p->line, "bad value '%s' for '%s': give %s",
				    value, key, expected(options[i].type));
		return err;
	}
	return unknown_key(p, key);
}

static char *trim(char *text)
{
	char *end = text + strlen(text);

	while (end > text && isspace((unsigned char)end[-1]))
		*--end = '\0';
	while (isspace((unsigned char)*text))
		text++;
	return text;
}

static int parse_line(struct parser *p, char *line)
{
	char *text = trim(line), *equals;

	if (!*text || *text == '#' || *text == ';')
		return 0;
	if (*text == '[')
		return begin_section(p, text + 1);
	equals = strchr(text, '=');
	if (!equals)
		return fail(p, p->line, "'%s' is not of the form KEY = VALUE",
			    text);
	*equals = '\0';
	return set_key(p, trim(text), trim(equals + 1));
}

/**
 * ras_config_default - a configuration without a file
 * @config: result, for ras_config_free()
 *
 * Return: 0 or -ENOMEM.
 */
int ras_config_default(struct ras_config *config)
{
	memset(config, 0, sizeof(*config));
	return set_defaults(DAEMON, config);
}

/**
 * ras_config_load - read a configuration file
 * @config: result, for ras_config_free()
 * @path: file
 * @error: what is wrong and where, if it fails
 * @len: size of @error
 *
 * Return: 0 or -errno; -EINVAL for what the file says.
 */
int ras_config_load(struct ras_config *config, const char *path, char *error,
		    size_t len)
{
	struct parser p = {
		.config = config, .path = path, .error = error, .len = len,
	};
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t size = 0;
	int err;

	if (!file) {
		err = -errno;
		snprintf(error, len, "%s: %s", path, strerror(errno));
		return err;
	}
	snprintf(error, len, "%s: out of memory", path);
	err = ras_config_default(config);
	while (!err && getline(&line, &size, file) >= 0) {
		p.line++;
		err = parse_line(&p, line);
	}
	if (!err)
		err = end_section(&p);
	free(line);
	fclose(file);
	if (err)
		ras_config_free(config);
	return err;
}

/**
 * ras_config_free - free a configuration
 * @config: configuration
 */
void ras_config_free(struct ras_config *config)
{
	unsigned int i;

	for (i = 0; i < config->nr_policies; i++) {
		free(config->policies[i].name);
		free(config->policies[i].event);
		free(config->policies[i].command);
	}
	free(config->policies);
	free(config->database);
	ras_names_free(&config->sets);
	memset(config, 0, sizeof(*config));
}

static const char *section_name(enum section section)
{
	return section == DAEMON ? "[daemon]" : "[policy NAME]";
}

/**
 * ras_config_help - print the options as text
 * @out: stream
 */
void ras_config_help(FILE *out)
{
	enum section section = NONE;
	unsigned int i;

	fprintf(out, "\nConfiguration file (default %s):\n",
		RAS_DEFAULT_CONFIG);
	for (i = 0; i < ARRAY_SIZE(options); i++) {
		const struct config_option *opt = &options[i];

		if (opt->section != section)
			fprintf(out, "%s\n", section_name(opt->section));
		section = opt->section;
		fprintf(out, "    %s = %s (%s)\n        %s\n", opt->key,
			opt->arg, opt->def ? opt->def : "required", opt->help);
	}
}

/**
 * ras_config_man - print the options for the manual page
 * @out: stream
 */
void ras_config_man(FILE *out)
{
	enum section section = NONE;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(options); i++) {
		const struct config_option *opt = &options[i];

		if (opt->section != section)
			fprintf(out, ".SS %s\n", section_name(opt->section));
		section = opt->section;
		fprintf(out, ".TP\n.BI \"%s = \" %s\n%s\n", opt->key, opt->arg,
			opt->help);
		if (opt->def)
			fprintf(out, "Default: %s.\n", opt->def);
		else
			fprintf(out, "Required.\n");
	}
}
