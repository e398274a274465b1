// SPDX-License-Identifier: GPL-2.0
/*
 * Rules: made from their text, changed and removed; and prepared for the
 * tracepoint of their event when that is there.
 */
#define pr_fmt(fmt) "perf: action: " fmt

#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/jump_label.h>
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/rculist.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/xarray.h>

#include "action_private.h"

DEFINE_XARRAY_ALLOC1(perf_action_all_rules);

/* Numbers are not soon used again: they may stand in somebody's script. */
static u32 perf_action_next;
static unsigned int perf_action_nr_rules;
static u32 perf_action_serial;

/* An event costs nothing as long as there is none. */
DEFINE_STATIC_KEY_FALSE(perf_action_any_rule);

static int perf_action_complain(struct perf_action_complaint *complaint, unsigned int pos,
				enum perf_action_error error)
{
	complaint->pos = pos;
	complaint->error = error;
	complaint->why = perf_action_errors[error];

	return -EINVAL;
}

/* Strings are counted, but nothing acts on one. */
static int perf_action_compile_value(struct trace_event_call *call,
				     const struct perf_action_value *value, bool is_key,
				     struct perf_action_taken *taken,
				     struct perf_action_complaint *complaint)
{
	bool strings = is_key && value->unit == PERF_ACTION_AS_IS;
	int ret;

	if (!*value->field)
		return 0;

	taken->unit = value->unit;
	taken->wanted = true;
	ret = perf_action_find_field(call, value->field, &taken->field);
	if (ret == -ENOENT)
		return perf_action_complain(complaint, value->pos, PERF_ACTION_ERR_NO_FIELD);
	if (ret || (perf_action_is_string(&taken->field) && !strings))
		return perf_action_complain(complaint, value->pos, strings ?
					    PERF_ACTION_ERR_NO_KEY : PERF_ACTION_ERR_NO_INTEGER);

	/* So that nobody can choose strings that count as one. */
	if (perf_action_is_string(&taken->field))
		get_random_bytes(&taken->secret, sizeof(taken->secret));

	return 0;
}

/* What is counted is what the action acts on, if that is what is named. */
static void perf_action_count_pages(const struct perf_action_spec *spec,
				    struct perf_action_body *body)
{
	if (body->entry->action->kind == PERF_ACTION_PHYS &&
	    body->key.unit == PERF_ACTION_AS_IS && spec->arg.unit != PERF_ACTION_PFN &&
	    !strcmp(spec->key.field, spec->arg.field))
		body->key.unit = PERF_ACTION_PAGE;
}

static int perf_action_make_buckets(const struct perf_action_spec *spec,
				    struct perf_action_body *body)
{
	unsigned int nr = *spec->key.field ? PERF_ACTION_VALUES : 1;

	if (spec->count == 1)
		return 0;

	body->buckets = kvzalloc(struct_size(body->buckets, bucket, nr), GFP_KERNEL);
	if (!body->buckets)
		return -ENOMEM;

	perf_action_buckets_init(body->buckets, nr, spec->count, spec->period);

	return 0;
}

static void perf_action_free_body(struct perf_action_body *body)
{
	if (!body)
		return;

	perf_action_free_filter(body->filter);
	kvfree(body->buckets);
	kfree(body);
}

/* The part of the check that needs no tracepoint. */
static int perf_action_check_spec(const struct perf_action_spec *spec,
				  struct perf_action_complaint *complaint)
{
	struct perf_action_entry *entry = perf_action_find(spec->action);

	if (!entry)
		return perf_action_complain(complaint, 0, PERF_ACTION_ERR_NO_ACTION);
	if (entry->action->kind != PERF_ACTION_ANY && !*spec->arg.field)
		return perf_action_complain(complaint, spec->arg.pos, PERF_ACTION_ERR_ARGUMENT);
	if (entry->action->kind == PERF_ACTION_CPU && spec->arg.unit != PERF_ACTION_AS_IS)
		return perf_action_complain(complaint, spec->arg.pos, PERF_ACTION_ERR_NO_UNIT);

	return 0;
}

static int perf_action_fill_body(struct perf_action_body *body, struct trace_event_call *call,
				 const struct perf_action_spec *spec,
				 struct perf_action_complaint *complaint)
{
	struct event_filter *filter;
	int ret;

	raw_spin_lock_init(&body->lock);
	body->serial = ++perf_action_serial;
	body->entry = perf_action_find(spec->action);
	body->dry_run = spec->dry_run;

	ret = perf_action_compile_value(call, &spec->arg, false, &body->arg, complaint) ?:
	      perf_action_compile_value(call, &spec->key, true, &body->key, complaint);
	if (ret)
		return ret;
	perf_action_count_pages(spec, body);

	if (spec->filter) {
		filter = perf_action_make_filter(call, spec->filter, complaint);
		if (IS_ERR(filter)) {
			complaint->pos += spec->filter_pos;
			return PTR_ERR(filter);
		}
		body->filter = filter;
	}

	return perf_action_make_buckets(spec, body);
}

/*
 * Returns NULL if the text is right as far as can be told without @call; or
 * an ERR_PTR(), -EINVAL with a complaint.
 */
static struct perf_action_body *perf_action_compile(struct trace_event_call *call,
						    const char *text,
						    struct perf_action_complaint *complaint)
{
	struct perf_action_body *body;
	struct perf_action_spec spec;
	int ret;

	ret = perf_action_parse(text, &spec, complaint) ?:
	      perf_action_check_spec(&spec, complaint);
	if (ret)
		return ERR_PTR(ret);
	if (!call)
		return NULL;

	body = kzalloc(sizeof(*body), GFP_KERNEL);
	if (!body)
		return ERR_PTR(-ENOMEM);

	ret = perf_action_fill_body(body, call, &spec, complaint);
	if (!ret)
		return body;

	perf_action_free_body(body);
	return ERR_PTR(ret);
}

static struct perf_action_body *perf_action_replace_body(struct perf_action_rule *rule,
							 struct perf_action_body *body)
{
	return rcu_replace_pointer(rule->body, body, lockdep_is_held(&perf_action_mutex));
}

/* Whose module stays loaded for as long as there is the rule. Of a right text. */
static struct module *perf_action_owner(const char *text)
{
	struct perf_action_complaint complaint;
	struct perf_action_spec spec;

	perf_action_parse(text, &spec, &complaint);

	return perf_action_find(spec.action)->action->owner;
}

static struct perf_action_rule *perf_action_alloc_rule(struct perf_action_rules *rules)
{
	struct perf_action_rule *rule;
	int ret;

	rule = kzalloc(sizeof(*rule), GFP_KERNEL);
	if (!rule)
		return ERR_PTR(-ENOMEM);
	kobject_init(&rule->kobj, &perf_action_rule_ktype);
	rule->rules = rules;

	ret = xa_alloc_cyclic(&perf_action_all_rules, &rule->id, NULL, xa_limit_31b,
			      &perf_action_next, GFP_KERNEL);
	if (ret < 0) {
		kobject_put(&rule->kobj);
		return ERR_PTR(ret);
	}
	if (kobject_set_name(&rule->kobj, "rule%u", rule->id)) {
		xa_erase(&perf_action_all_rules, rule->id);
		kobject_put(&rule->kobj);
		return ERR_PTR(-ENOMEM);
	}

	return rule;
}

static int perf_action_add_rule(struct perf_action_rules *rules, char *text,
				struct perf_action_body *body)
{
	struct perf_action_rule *rule;
	int ret;

	if (perf_action_nr_rules >= PERF_ACTION_RULES_MAX)
		return -ENOSPC;

	rule = perf_action_alloc_rule(rules);
	if (IS_ERR(rule))
		return PTR_ERR(rule);

	ret = xa_err(xa_store(&perf_action_all_rules, rule->id, rule, GFP_KERNEL));
	if (ret) {
		xa_erase(&perf_action_all_rules, rule->id);
		kobject_put(&rule->kobj);
		return ret;
	}

	rule->text = text;
	rcu_assign_pointer(rule->body, body);
	list_add_tail_rcu(&rule->list, &rules->list);
	perf_action_nr_rules++;
	static_branch_inc(&perf_action_any_rule);
	perf_action_sysfs_add_rule(rule);

	return rule->id;
}

static struct perf_action_rule *perf_action_find_rule(struct perf_action_rules *rules, u32 id)
{
	struct perf_action_rule *rule = xa_load(&perf_action_all_rules, id);

	return rule && rule->rules == rules ? rule : NULL;
}

static int perf_action_change_rule(struct perf_action_rules *rules, u32 id, char *text,
				   struct perf_action_body *body)
{
	struct perf_action_rule *rule = perf_action_find_rule(rules, id);

	if (!rule)
		return -ENOENT;

	swap(rule->text, text);
	body = perf_action_replace_body(rule, body);
	perf_action_drain();

	perf_action_free_body(body);
	module_put(perf_action_owner(text));
	kfree(text);

	return id;
}

/* After perf_action_drain(): it is not found any more, and not running. */
static void perf_action_free_rule(struct perf_action_rule *rule)
{
	perf_action_free_body(perf_action_replace_body(rule, NULL));
	module_put(perf_action_owner(rule->text));
	perf_action_nr_rules--;
	static_branch_dec(&perf_action_any_rule);
}

/* Waits for whoever is in its files, and may want the mutex. */
static void perf_action_put_rule(struct perf_action_rule *rule)
{
	if (rule->kobj.state_in_sysfs)
		kobject_del(&rule->kobj);
	kobject_put(&rule->kobj);
}

static int perf_action_remove(struct perf_action_rules *rules, u32 id)
{
	struct perf_action_rule *rule;

	scoped_guard(mutex, &perf_action_mutex) {
		rule = perf_action_find_rule(rules, id);
		if (!rule)
			return -ENOENT;
		list_del_rcu(&rule->list);
		xa_erase(&perf_action_all_rules, rule->id);
		perf_action_drain();
		perf_action_free_rule(rule);
	}
	perf_action_put_rule(rule);

	return 0;
}

static int perf_action_set(struct perf_action_rules *rules, u32 id, const char *from,
			   struct perf_action_complaint *complaint)
{
	struct perf_action_body *body;
	char *text;
	int ret;

	body = perf_action_compile(rules->call, from, complaint);
	if (IS_ERR(body))
		return PTR_ERR(body);

	ret = -ENODEV;
	if (!try_module_get(perf_action_owner(from)))
		goto free_body;
	ret = -ENOMEM;
	text = kstrdup(from, GFP_KERNEL);
	if (!text)
		goto put_module;

	if (id)
		ret = perf_action_change_rule(rules, id, text, body);
	else
		ret = perf_action_add_rule(rules, text, body);
	if (ret >= 0)
		return ret;

	kfree(text);
put_module:
	module_put(perf_action_owner(from));
free_body:
	perf_action_free_body(body);
	return ret;
}

/**
 * perf_action_rules_init - prepare for the rules of an event
 * @rules:  of the event
 * @source: the name of the event, for as long as there are @rules
 */
void perf_action_rules_init(struct perf_action_rules *rules, const char *source)
{
	INIT_LIST_HEAD(&rules->list);
	rules->source = source;
}

/**
 * perf_action_change - make a rule, change it or remove it
 * @rules:     of the event
 * @request:   what is asked; of a new rule its number is filled in
 * @complaint: filled in if the text is wrong; otherwise complaint->why is NULL
 *
 * The buckets of a rule that is changed are empty; what is counted for sysfs
 * goes on.
 *
 * Context: process, may sleep. When it returns, what a rule was before decides
 * nothing any more, nothing of that is running, and what was waiting is
 * forgotten.
 * Return: 0; -EINVAL if the text is wrong, -ENOENT if @rules have no such rule,
 * -ENOSPC if there are PERF_ACTION_RULES_MAX, -ENODEV if the module of the
 * action is going, -ENOMEM.
 */
int perf_action_change(struct perf_action_rules *rules, struct perf_action_request *request,
		       struct perf_action_complaint *complaint)
{
	int ret;

	complaint->why = NULL;
	if (!request->text)
		return perf_action_remove(rules, request->id);

	guard(mutex)(&perf_action_mutex);
	ret = perf_action_set(rules, request->id, request->text, complaint);
	if (complaint->why)
		perf_action_log_error(request->text, complaint);
	if (ret < 0)
		return ret;
	request->id = ret;

	return 0;
}

/**
 * perf_action_boot - make a rule that the command line wants
 * @rules: of the event
 * @text:  what it is to be
 *
 * Context: boot; may sleep.
 * Return: what perf_action_change() does; if the text is wrong, the reason is
 * in the log.
 */
int __init perf_action_boot(struct perf_action_rules *rules, const char *text)
{
	struct perf_action_request request = { .text = text };
	struct perf_action_complaint complaint;
	int ret = perf_action_change(rules, &request, &complaint);

	if (complaint.why)
		pr_err("%s=>%s: at '%s': %s\n", rules->source, text, text + complaint.pos,
		       complaint.why);

	return ret;
}

/**
 * perf_action_arm - the tracepoint of the rules is there
 * @rules: of the event
 * @call:  the tracepoint, until perf_action_disarm()
 *
 * A rule that does not fit it stays, and does nothing.
 *
 * Context: process, may sleep.
 */
void perf_action_arm(struct perf_action_rules *rules, struct trace_event_call *call)
{
	struct perf_action_complaint complaint;
	struct perf_action_rule *rule;
	struct perf_action_body *body;

	guard(mutex)(&perf_action_mutex);
	if (rules->call == call)
		return;

	rules->call = call;
	list_for_each_entry(rule, &rules->list, list) {
		if (rcu_access_pointer(rule->body))
			continue;

		complaint.why = "out of memory";
		body = perf_action_compile(call, rule->text, &complaint);
		if (IS_ERR(body)) {
			pr_err("%s: rule %u does nothing: '%s': %s\n", rules->source, rule->id,
			       rule->text, complaint.why);
			continue;
		}
		rcu_assign_pointer(rule->body, body);
	}
}

/**
 * perf_action_disarm - the tracepoint of the rules goes
 * @rules: of the event, of which none comes any more
 *
 * Context: process, may sleep.
 */
void perf_action_disarm(struct perf_action_rules *rules)
{
	struct perf_action_body *body, *next, *gone = NULL;
	struct perf_action_rule *rule;

	guard(mutex)(&perf_action_mutex);
	rules->call = NULL;
	list_for_each_entry(rule, &rules->list, list) {
		body = perf_action_replace_body(rule, NULL);
		if (!body)
			continue;
		body->gone = gone;
		gone = body;
	}
	if (gone)
		perf_action_drain();
	for (body = gone; body; body = next) {
		next = body->gone;
		perf_action_free_body(body);
	}
}

/**
 * perf_action_remove_all - the event goes, and its rules with it
 * @rules: of the event
 *
 * Context: process, may sleep.
 */
void perf_action_remove_all(struct perf_action_rules *rules)
{
	struct perf_action_rule *rule, *next;
	LIST_HEAD(gone);

	scoped_guard(mutex, &perf_action_mutex) {
		if (list_empty(&rules->list))
			return;

		list_splice_init_rcu(&rules->list, &gone, synchronize_rcu);
		list_for_each_entry(rule, &gone, list)
			xa_erase(&perf_action_all_rules, rule->id);
		perf_action_drain();
		list_for_each_entry(rule, &gone, list)
			perf_action_free_rule(rule);
	}
	list_for_each_entry_safe(rule, next, &gone, list)
		perf_action_put_rule(rule);
}
