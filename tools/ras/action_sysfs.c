// SPDX-License-Identifier: GPL-2.0
/*
 * Rules and actions, read from sysfs. They come and go while we read: what is
 * gone half way is left out.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <linux/kernel.h>
#include "action.h"
#include "pmu.h"

/* What actions of this kernel act on, where sysfs does not say */
static const struct {
	const char *name;
	const char *argument;
} known[] = {
	{ "soft-offline", "phys" },
	{ "hard-offline", "phys" },
	{ "kill-users", "phys" },
	{ "cpu-offline", "cpu" },
	{ "log", "any" },
	{ "panic", "any" },
};

struct rule_reader {
	struct ras_rules *rules;
	const char *event;
};

static int read_u64(const char *dir, const char *name, const char *attr, u64 *num)
{
	char buf[64];
	int err = ras_pmu_read(dir, name, attr, buf, sizeof(buf));

	if (!err)
		*num = strtoull(buf, NULL, 0);
	return err;
}

static bool is_denied(int err)
{
	return err == -EACCES || err == -EPERM;
}

static int read_counts(struct ras_rule *rule, const char *dir, const char *name)
{
	const struct {
		const char *attr;
		u64 *num;
	} numbers[] = {
		{ "matched", &rule->counts.matched },
		{ "triggered", &rule->counts.triggered },
		{ "suppressed", &rule->counts.suppressed },
		{ "dropped", &rule->counts.dropped },
		{ "forgotten", &rule->counts.forgotten },
	};
	unsigned int i;
	int err = 0;

	for (i = 0; !err && i < ARRAY_SIZE(numbers); i++)
		err = read_u64(dir, name, numbers[i].attr, numbers[i].num);
	rule->known = !err;
	return is_denied(err) ? 0 : err;
}

static int read_rule(struct ras_rule *rule, const char *dir, const char *name)
{
	char *text = malloc(RAS_RULE_MAX);
	int err = -ENOMEM;

	if (text)
		err = ras_pmu_read(dir, name, "rule", text, RAS_RULE_MAX);
	if (!err) {
		rule->text = strdup(text);
		err = rule->text ? 0 : -ENOMEM;
	}
	free(text);
	if (err && !is_denied(err))
		return err;
	return read_counts(rule, dir, name);
}

static void rule_free(struct ras_rule *rule)
{
	free(rule->event);
	free(rule->text);
}

/* "ruleN", among the event's other files */
static int add_rule(void *arg, const char *name)
{
	struct rule_reader *reader = arg;
	struct ras_rules *rules = reader->rules;
	struct ras_rule rule = { }, *more;
	char dir[256], *end;
	int err;

	if (strncmp(name, "rule", 4))
		return 0;
	rule.id = strtoul(name + 4, &end, 10);
	if (*end || !rule.id)
		return 0;
	more = reallocarray(rules->rule, rules->nr + 1, sizeof(*more));
	if (!more)
		return -ENOMEM;
	rules->rule = more;
	snprintf(dir, sizeof(dir), "sources/%s", reader->event);
	rule.event = strdup(reader->event);
	err = rule.event ? read_rule(&rule, dir, name) : -ENOMEM;
	if (err)
		rule_free(&rule);
	else
		rules->rule[rules->nr++] = rule;
	return err;
}

static int by_id(const void *a, const void *b)
{
	const struct ras_rule *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

/**
 * ras_rules_read - read the rules that there are
 * @rules: result, for ras_rules_free() in any case
 * @pmu: PMU
 * @event: own name of the persistent event whose they are, NULL: of all
 *
 * Return: 0 or -errno.
 */
int ras_rules_read(struct ras_rules *rules, const struct ras_pmu *pmu,
		   const char *event)
{
	struct rule_reader reader = { .rules = rules };
	unsigned int i;
	int err = 0;

	*rules = (struct ras_rules) { };
	for (i = 0; !err && i < pmu->nr_events; i++) {
		reader.event = pmu->events[i].name;
		if (event && strcmp(reader.event, event))
			continue;
		err = ras_pmu_dir("sources", reader.event, add_rule, &reader);
		/* forgotten meanwhile */
		if (err == -ENOENT)
			err = 0;
	}
	if (rules->nr)
		qsort(rules->rule, rules->nr, sizeof(*rules->rule), by_id);
	return err;
}

/**
 * ras_rules_find - find a rule
 * @rules: rules
 * @id: its number
 *
 * Return: the rule or NULL.
 */
const struct ras_rule *ras_rules_find(const struct ras_rules *rules, u32 id)
{
	unsigned int i;

	for (i = 0; i < rules->nr; i++) {
		if (rules->rule[i].id == id)
			return &rules->rule[i];
	}
	return NULL;
}

/**
 * ras_rules_free - free what ras_rules_read() allocated
 * @rules: rules
 */
void ras_rules_free(struct ras_rules *rules)
{
	while (rules->nr)
		rule_free(&rules->rule[--rules->nr]);
	free(rules->rule);
	rules->rule = NULL;
}

static void action_free(struct ras_action *action)
{
	free(action->name);
	free(action->argument);
}

static int read_action(struct ras_action *action, const char *name)
{
	u64 sleeps = 0;
	char buf[64];
	int err;

	err = ras_pmu_read("actions", name, "argument", buf, sizeof(buf));
	if (!err)
		err = read_u64("actions", name, "sleeps", &sleeps);
	if (err)
		return err;
	action->sleeps = sleeps;
	action->capped = !read_u64("actions", name, "cap", &action->cap);
	action->name = strdup(name);
	action->argument = strdup(buf);
	return action->name && action->argument ? 0 : -ENOMEM;
}

static int add_action(void *arg, const char *name)
{
	struct ras_actions *actions = arg;
	struct ras_action action = { }, *more;
	int err;

	more = reallocarray(actions->action, actions->nr + 1, sizeof(*more));
	if (!more)
		return -ENOMEM;
	actions->action = more;
	err = read_action(&action, name);
	if (err)
		action_free(&action);
	else
		actions->action[actions->nr++] = action;
	return err;
}

static int by_action(const void *a, const void *b)
{
	const struct ras_action *x = a, *y = b;

	return strcmp(x->name, y->name);
}

/**
 * ras_actions_read - read the actions that there are
 * @actions: result, for ras_actions_free() in any case
 *
 * Return: 0; -ENOENT: the kernel has no rules; other -errno.
 */
int ras_actions_read(struct ras_actions *actions)
{
	int err;

	*actions = (struct ras_actions) { };
	err = ras_pmu_dir("actions", NULL, add_action, actions);
	if (actions->nr)
		qsort(actions->action, actions->nr, sizeof(*actions->action),
		      by_action);
	return err;
}

/**
 * ras_actions_free - free what ras_actions_read() allocated
 * @actions: actions
 */
void ras_actions_free(struct ras_actions *actions)
{
	while (actions->nr)
		action_free(&actions->action[--actions->nr]);
	free(actions->action);
	actions->action = NULL;
}

/**
 * ras_action_argument - what an action acts on
 * @name: action, a valid name
 * @argument: result: phys, cpu or any, as sysfs says or else as we know it
 * @len: size of @argument
 *
 * Return: 0; -ENOENT: there is no such action.
 */
int ras_action_argument(const char *name, char *argument, size_t len)
{
	unsigned int i;

	if (!ras_pmu_read("actions", name, "argument", argument, len))
		return 0;
	for (i = 0; i < ARRAY_SIZE(known); i++) {
		if (strcmp(known[i].name, name))
			continue;
		snprintf(argument, len, "%s", known[i].argument);
		return 0;
	}
	return -ENOENT;
}
