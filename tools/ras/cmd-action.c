// SPDX-License-Identifier: GPL-2.0
/* ras action: rules, that is filters of events that act in the kernel. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <linux/kernel.h>
#include <subcmd/parse-options.h>
#include "action.h"
#include "cmd-action.h"
#include "json.h"
#include "pmu.h"
#include "ras.h"

static int usage_error(const char *text)
{
	ras_msg("%s", text);
	return RAS_EXIT_USAGE;
}

static int open_pmu(struct ras_pmu *pmu)
{
	char error[512];

	if (!ras_pmu_init(pmu, error, sizeof(error)))
		return RAS_EXIT_OK;
	ras_msg("%s", error);
	return RAS_EXIT_FAIL;
}

static int request_failed(const struct ras_rule_request *request, int err)
{
	ras_msg("%s", request->error);
	if (request->about_text)
		ras_rule_caret(request->text, request->pos, stderr);
	return request->about_text || err == -ENOENT ? RAS_EXIT_USAGE :
						       RAS_EXIT_FAIL;
}

static int no_rule(u32 id)
{
	ras_msg("there is no rule %u: `ras action list` shows them", id);
	return RAS_EXIT_USAGE;
}

static int read_failed(int err)
{
	ras_msg("cannot read the rules: %s", strerror(-err));
	return RAS_EXIT_FAIL;
}

/* What a rule is now, once it is made or changed */
static int show_id(const struct ras_rule_request *request, bool json)
{
	struct ras_json js = { .out = stdout };

	if (json) {
		ras_json_open(&js, NULL, '{');
		ras_json_text(&js, "event", request->event);
		ras_json_u64(&js, "rule", request->id);
		ras_json_text(&js, "text", request->text);
		ras_json_close(&js, '}');
		printf("\n");
	} else {
		printf("%s: rule %u\n", request->event, request->id);
	}
	return fflush(stdout) ? RAS_EXIT_FAIL : RAS_EXIT_OK;
}

static int set_rule(const struct ras_pmu *pmu, struct ras_rule_request *request,
		    bool dry, bool json)
{
	char *text = NULL;
	int err = 0, ret;

	if (dry)
		err = ras_rule_dry_run(request, &text);
	if (text)
		request->text = text;
	if (!err)
		err = ras_rule_set(pmu, request);
	ret = err ? request_failed(request, err) : show_id(request, json);
	free(text);
	return ret;
}

static int parse_id(const char *text, u32 *id)
{
	unsigned long long num;
	char *end;

	num = strtoull(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || !num || num > UINT_MAX) {
		ras_msg("'%s' is no number of a rule: `ras action list` shows them",
			text);
		return -EINVAL;
	}
	*id = num;
	return 0;
}

static int add(int argc, const char **argv)
{
	struct ras_rule_request request = { };
	bool dry = false, json = false;
	const struct option opts[] = {
		OPT_BOOLEAN('n', "dry-run", &dry,
			    "the rule only says what it would do"),
		OPT_BOOLEAN(0, "json", &json, "the rule's number as a JSON object"),
		OPT_END()
	};
	static const char * const usage[] = {
		"ras action add [--dry-run] [--json] EVENT RULE", NULL
	};
	struct ras_pmu pmu;
	int ret;

	argc = ras_options(argc, argv, opts, usage, NULL);
	if (argc != 2)
		return usage_error("which rule? ras action add EVENT RULE, RULE in quotes");
	request.event = argv[0];
	request.text = argv[1];
	ret = open_pmu(&pmu);
	if (ret)
		return ret;
	ret = set_rule(&pmu, &request, dry, json);
	ras_pmu_exit(&pmu);
	return ret;
}

static int change(int argc, const char **argv)
{
	struct ras_rule_request request = { };
	bool dry = false, json = false;
	const struct option opts[] = {
		OPT_BOOLEAN('n', "dry-run", &dry,
			    "the rule only says what it would do"),
		OPT_BOOLEAN(0, "json", &json, "the rule's number as a JSON object"),
		OPT_END()
	};
	static const char * const usage[] = {
		"ras action change [--dry-run] [--json] N RULE", NULL
	};
	const struct ras_rule *rule;
	struct ras_rules rules;
	struct ras_pmu pmu;
	int err, ret;

	argc = ras_options(argc, argv, opts, usage, NULL);
	if (argc != 2)
		return usage_error("which rule? ras action change N RULE, RULE in quotes");
	if (parse_id(argv[0], &request.id))
		return RAS_EXIT_USAGE;
	request.text = argv[1];
	ret = open_pmu(&pmu);
	if (ret)
		return ret;
	err = ras_rules_read(&rules, &pmu, NULL);
	rule = ras_rules_find(&rules, request.id);
	if (rule)
		request.event = rule->event;
	ret = err ? read_failed(err) : rule ? set_rule(&pmu, &request, dry, json) :
					      no_rule(request.id);
	ras_rules_free(&rules);
	ras_pmu_exit(&pmu);
	return ret;
}

static int remove_rule(const struct ras_pmu *pmu, const struct ras_rule *rule)
{
	struct ras_rule_request request = { .event = rule->event, .id = rule->id };
	int err = ras_rule_set(pmu, &request);

	return err ? request_failed(&request, err) : RAS_EXIT_OK;
}

/* All of them; one that fails does not keep the others. */
static int remove_all(const struct ras_pmu *pmu, const struct ras_rules *rules)
{
	int ret = RAS_EXIT_OK;
	unsigned int i;

	for (i = 0; i < rules->nr; i++) {
		if (remove_rule(pmu, &rules->rule[i]))
			ret = RAS_EXIT_FAIL;
	}
	return ret;
}

static int remove_some(const struct ras_pmu *pmu, const struct ras_rules *rules,
		       const u32 *ids, int nr)
{
	int i, ret = RAS_EXIT_OK;

	for (i = 0; i < nr; i++) {
		const struct ras_rule *rule = ras_rules_find(rules, ids[i]);

		if (rule ? remove_rule(pmu, rule) : no_rule(ids[i]))
			ret = RAS_EXIT_FAIL;
	}
	return ret;
}

/* @event: whose, NULL: the ids say it */
static int remove_rules(const char *event, const u32 *ids, int nr)
{
	const struct ras_pmu_event *source = NULL;
	struct ras_rules rules;
	struct ras_pmu pmu;
	int err, ret;

	ret = open_pmu(&pmu);
	if (ret)
		return ret;
	if (event)
		source = ras_pmu_find(&pmu, event);
	err = ras_rules_read(&rules, &pmu, source ? source->name : NULL);
	if (event && !source) {
		ras_msg("there is no persistent event '%s': `ras list` shows them",
			event);
		ret = RAS_EXIT_USAGE;
	} else if (err) {
		ret = read_failed(err);
	} else {
		ret = event ? remove_all(&pmu, &rules) :
			      remove_some(&pmu, &rules, ids, nr);
	}
	ras_rules_free(&rules);
	ras_pmu_exit(&pmu);
	return ret;
}

static int remove_verb(int argc, const char **argv)
{
	bool all = false;
	const struct option opts[] = {
		OPT_BOOLEAN(0, "all", &all, "all rules of this event"),
		OPT_END()
	};
	static const char * const usage[] = {
		"ras action remove N...", "ras action remove --all EVENT", NULL
	};
	int i, ret = RAS_EXIT_OK;
	u32 *ids;

	argc = ras_options(argc, argv, opts, usage, NULL);
	if (!argc || (all && argc != 1))
		return usage_error(all ? "whose rules? ras action remove --all EVENT" :
				   "which rule? ras action remove N...; `ras action list` shows them");
	if (all)
		return remove_rules(argv[0], NULL, 0);
	ids = calloc(argc, sizeof(*ids));
	if (!ids) {
		ras_msg("%s", strerror(ENOMEM));
		return RAS_EXIT_FAIL;
	}
	for (i = 0; !ret && i < argc; i++) {
		if (parse_id(argv[i], &ids[i]))
			ret = RAS_EXIT_USAGE;
	}
	if (!ret)
		ret = remove_rules(NULL, ids, argc);
	free(ids);
	return ret;
}

static const struct ras_cmd verbs[] = {
	{ "add", "add a rule to a persistent event", add },
	{ "change", "make a rule another one, with its number", change },
	{ "list", "rules and what they did; or the kernel's actions",
	  cmd_action_list },
	{ "remove", "remove rules", remove_verb },
	{ "test", "what a rule would have done to recorded events",
	  cmd_action_test },
};

static void print_help(FILE *out)
{
	unsigned int i;

	fprintf(out, "Usage: ras action VERB [OPTIONS]\n\n");
	for (i = 0; i < ARRAY_SIZE(verbs); i++)
		fprintf(out, "    %-10s%s\n", verbs[i].name, verbs[i].summary);
	fprintf(out,
		"\nA rule is ACTION[(VALUE)] [after COUNT[/PERIOD] [per VALUE]] [dry-run] [if FILTER],\n"
		"such as 'soft-offline(address) after 10/24h per address if error_type == 0'.\n"
		"`ras action VERB --help` and ras(1) explain each verb.\n");
}

/**
 * cmd_action - the verb action
 * @argc: number of arguments
 * @argv: arguments
 *
 * Return: enum ras_exit.
 */
int cmd_action(int argc, const char **argv)
{
	const char *verb = argc > 1 ? argv[1] : "";
	unsigned int i;

	if (!strcmp(verb, "--help") || !strcmp(verb, "-h")) {
		print_help(stdout);
		return RAS_EXIT_OK;
	}
	for (i = 0; i < ARRAY_SIZE(verbs); i++) {
		if (!strcmp(verbs[i].name, verb))
			return verbs[i].fn(argc - 1, argv + 1);
	}
	if (*verb)
		ras_msg("unknown verb '%s': see `ras help action`", verb);
	else
		print_help(stderr);
	return RAS_EXIT_USAGE;
}
