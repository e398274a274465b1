// SPDX-License-Identifier: GPL-2.0
/* ras action list: rules and what they did; the kernel's actions. */
#include <errno.h>
#include <string.h>
#include <linux/kernel.h>
#include <subcmd/parse-options.h>
#include "action.h"
#include "cmd-action.h"
#include "json.h"
#include "pmu.h"
#include "ras.h"

/* A number that only some may know. */
static void json_count(struct ras_json *js, const char *key, bool known, u64 num)
{
	if (known)
		ras_json_u64(js, key, num);
	else
		ras_json_null(js, key);
}

static void rule_json(const struct ras_rule *rule)
{
	const struct ras_rule_counts *counts = &rule->counts;
	struct ras_json js = { .out = stdout };

	ras_json_open(&js, NULL, '{');
	ras_json_u64(&js, "rule", rule->id);
	ras_json_text(&js, "event", rule->event);
	if (rule->text)
		ras_json_text(&js, "text", rule->text);
	else
		ras_json_null(&js, "text");
	json_count(&js, "matched", rule->known, counts->matched);
	json_count(&js, "triggered", rule->known, counts->triggered);
	json_count(&js, "suppressed", rule->known, counts->suppressed);
	json_count(&js, "dropped", rule->known, counts->dropped);
	json_count(&js, "forgotten", rule->known, counts->forgotten);
	ras_json_close(&js, '}');
	printf("\n");
}

/* The text is last: it may be long. */
static void rule_text(const struct ras_rule *rule)
{
	const u64 counts[] = {
		rule->counts.matched, rule->counts.triggered,
		rule->counts.suppressed, rule->counts.dropped,
		rule->counts.forgotten,
	};
	unsigned int i;

	printf("%-6u %-24s", rule->id, rule->event);
	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		if (rule->known)
			printf(" %10llu", (unsigned long long)counts[i]);
		else
			printf(" %10s", "-");
	}
	printf("  %s\n", rule->text ? rule->text : "-");
}

static int list_rules(const struct ras_pmu *pmu, const char *name, bool json)
{
	const struct ras_pmu_event *event = NULL;
	struct ras_rules rules;
	unsigned int i;
	int err;

	if (name)
		event = ras_pmu_find(pmu, name);
	if (name && !event) {
		ras_msg("there is no persistent event '%s': `ras list` shows them",
			name);
		return RAS_EXIT_USAGE;
	}
	err = ras_rules_read(&rules, pmu, event ? event->name : NULL);
	if (!err && !json)
		printf("%-6s %-24s %10s %10s %10s %10s %10s  %s\n", "RULE",
		       "EVENT", "MATCHED", "TRIGGERED", "SUPPRESSED",
		       "DROPPED", "FORGOTTEN", "TEXT");
	for (i = 0; !err && i < rules.nr; i++)
		(json ? rule_json : rule_text)(&rules.rule[i]);
	ras_rules_free(&rules);
	if (err)
		ras_msg("cannot read the rules: %s", strerror(-err));
	return err ? RAS_EXIT_FAIL : RAS_EXIT_OK;
}

static void action_json(const struct ras_action *action)
{
	struct ras_json js = { .out = stdout };

	ras_json_open(&js, NULL, '{');
	ras_json_text(&js, "action", action->name);
	ras_json_text(&js, "argument", action->argument);
	ras_json_bool(&js, "sleeps", action->sleeps);
	json_count(&js, "cap", action->capped, action->cap);
	ras_json_close(&js, '}');
	printf("\n");
}

/* The cap in percent, with the one decimal that it can have */
static void action_text(const struct ras_action *action)
{
	printf("%-24s %-8s  %-10s ", action->name, action->argument,
	       action->sleeps ? "process" : "interrupt");
	if (action->capped && action->cap >= RAS_CAP_OFF)
		printf("off\n");
	else if (action->capped)
		printf("%llu.%llu%%\n", (unsigned long long)action->cap / 10,
		       (unsigned long long)action->cap % 10);
	else
		printf("-\n");
}

static int list_actions(bool json)
{
	struct ras_actions actions;
	unsigned int i;
	int err;

	err = ras_actions_read(&actions);
	if (!err && !json)
		printf("%-24s %-8s  %-10s %s\n", "ACTION", "ARGUMENT", "CONTEXT",
		       "CAP");
	for (i = 0; !err && i < actions.nr; i++)
		(json ? action_json : action_text)(&actions.action[i]);
	ras_actions_free(&actions);
	if (err == -ENOENT)
		ras_msg("this kernel has no rules: boot one with CONFIG_PERF_EVENTS_ACTIONS=y");
	else if (err)
		ras_msg("cannot read the actions: %s", strerror(-err));
	return err ? RAS_EXIT_FAIL : RAS_EXIT_OK;
}

/**
 * cmd_action_list - rules and what they did; the kernel's actions
 * @argc: number of arguments
 * @argv: arguments; argv[0] is the verb
 *
 * Return: enum ras_exit.
 */
int cmd_action_list(int argc, const char **argv)
{
	bool actions = false, json = false;
	const struct option opts[] = {
		OPT_BOOLEAN(0, "actions", &actions,
			    "show the kernel's actions instead of the rules"),
		OPT_BOOLEAN(0, "json", &json, "one JSON object per rule or action"),
		OPT_END()
	};
	static const char * const usage[] = {
		"ras action list [--json] [EVENT]",
		"ras action list --actions [--json]",
		NULL
	};
	struct ras_pmu pmu;
	char error[512];
	int ret;

	argc = ras_options(argc, argv, opts, usage, NULL);
	if (argc > 1 || (argc && actions)) {
		ras_msg("unexpected argument '%s': see `ras action list --help`",
			argv[argc - 1]);
		return RAS_EXIT_USAGE;
	}
	if (ras_pmu_init(&pmu, error, sizeof(error))) {
		ras_msg("%s", error);
		return RAS_EXIT_FAIL;
	}
	ret = actions ? list_actions(json) :
			list_rules(&pmu, argc ? argv[0] : NULL, json);
	ras_pmu_exit(&pmu);
	return !ret && fflush(stdout) ? RAS_EXIT_FAIL : ret;
}
