/* SPDX-License-Identifier: GPL-2.0 */
/* Rules: filters of persistent events that act, in the kernel. */
#ifndef _RAS_ACTION_H
#define _RAS_ACTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <linux/perf_event.h>
#include <linux/types.h>

/* A rule's text is shorter than a page of the kernel's; so is a line of sysfs. */
#define RAS_RULE_MAX	65536

/**
 * struct ras_rule_counts - what a rule has done
 * @matched: events that its filter let through
 * @triggered: how often it decided to act
 * @suppressed: events that were its own action's doing
 * @dropped: what there was no room for
 * @forgotten: values that made room for others
 */
struct ras_rule_counts {
	u64 matched;
	u64 triggered;
	u64 suppressed;
	u64 dropped;
	u64 forgotten;
};

/**
 * struct ras_rule - a rule
 * @id: its number
 * @event: name of its persistent event
 * @text: its text, NULL: not permitted to read it
 * @known: the counts could be read
 * @counts: the counts
 */
struct ras_rule {
	u32 id;
	char *event;
	char *text;
	bool known;
	struct ras_rule_counts counts;
};

struct ras_rules {
	struct ras_rule *rule;
	unsigned int nr;
};

/* Permille: no cap */
#define RAS_CAP_OFF	1000

/**
 * struct ras_action - an action that the kernel has
 * @name: its name
 * @argument: phys, cpu or any
 * @sleeps: it is done in process context
 * @capped: it has a cap
 * @cap: how much of what it takes away may be gone, in permille
 */
struct ras_action {
	char *name;
	char *argument;
	bool sleeps;
	bool capped;
	u64 cap;
};

struct ras_actions {
	struct ras_action *action;
	unsigned int nr;
};

struct ras_pmu;

int ras_rules_read(struct ras_rules *rules, const struct ras_pmu *pmu,
		   const char *event);
const struct ras_rule *ras_rules_find(const struct ras_rules *rules, u32 id);
void ras_rules_free(struct ras_rules *rules);
int ras_actions_read(struct ras_actions *actions);
void ras_actions_free(struct ras_actions *actions);
int ras_action_argument(const char *name, char *argument, size_t len);

/**
 * struct ras_rule_request - what is asked of the kernel, and what it answers
 * @event: name of the persistent event
 * @id: number of the rule, 0: a new one; that it has, afterwards
 * @text: what it is to be, NULL: it goes
 * @error: what is wrong and what to do, if it fails
 * @about_text: then it is the text that is wrong
 * @pos: where
 */
struct ras_rule_request {
	const char *event;
	u32 id;
	const char *text;
	char error[512];
	bool about_text;
	unsigned int pos;
};

int ras_rule_set(const struct ras_pmu *pmu, struct ras_rule_request *request);
void ras_rule_explain(struct ras_rule_request *request,
		      const struct perf_event_action *arg, int err);
int ras_rule_dry_run(struct ras_rule_request *request, char **text);
void ras_rule_caret(const char *text, unsigned int pos, FILE *out);

#endif /* _RAS_ACTION_H */
