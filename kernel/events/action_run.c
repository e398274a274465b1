// SPDX-License-Identifier: GPL-2.0
/*
 * What rules matched is counted, and what they decide is done: at once, in
 * interrupt context, or by a work item, one after the other. Each decision and
 * its result is an event, ras:action.
 *
 * Nothing here holds on to a rule or an action by a pointer from one context
 * to the next: what was removed meanwhile is not found any more.
 */
#include <linux/bits.h>
#include <linux/cleanup.h>
#include <linux/errno.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

#include <trace/events/ras.h>

#include "action_private.h"

/* Decisions that wait. A power of two. */
#define PERF_ACTION_DECISIONS	256

/**
 * struct perf_action_decision - something to be done in process context
 * @rule:   the number of the rule, 0: a BPF program's
 * @serial: of the rule's body; of a BPF program's, of the action
 * @index:  of the action
 * @causes: the actions whose doing this is, a bit each
 * @value:  the argument
 */
struct perf_action_decision {
	u32	rule;
	u32	serial;
	u32	index;
	u32	causes;
	u64	value;
};

static struct perf_action_decision perf_action_decisions[PERF_ACTION_DECISIONS];
static unsigned int perf_action_first, perf_action_last;
static DEFINE_RAW_SPINLOCK(perf_action_decisions_lock);

static void perf_action_work_fn(struct work_struct *work);
static DECLARE_WORK(perf_action_work, perf_action_work_fn);

/* What runs: in process context, one at a time; in interrupt context, on each CPU. */
struct task_struct *perf_action_worker;
u32 perf_action_worker_causes;
DEFINE_PER_CPU(u32, perf_action_irq_causes);

static bool perf_action_capped(const struct perf_action_entry *entry)
{
	unsigned int cap = READ_ONCE(entry->cap);
	u64 gone, all;

	if (!entry->action->usage || cap >= 1000)
		return false;

	entry->action->usage(&gone, &all);

	return (gone + 1) * 1000 > all * cap;
}

static void perf_action_do(const struct perf_action_entry *entry,
			   const struct perf_action_call *call)
{
	enum ras_action_outcome outcome = RAS_ACTION_CAPPED;
	int ret = -EDQUOT;

	if (!perf_action_capped(entry)) {
		ret = entry->action->run(call);
		outcome = ret ? RAS_ACTION_FAILED : RAS_ACTION_DONE;
	}

	trace_action(entry->action->name, call->source, call->rule, call->value, outcome, ret);
}

/* Under RCU. */
static struct perf_action_rule *perf_action_rule_of(u32 id, u32 serial,
						    struct perf_action_body **body)
{
	struct perf_action_rule *rule = xa_load(&perf_action_all_rules, id);

	*body = rule ? rcu_dereference(rule->body) : NULL;

	return *body && (*body)->serial == serial ? rule : NULL;
}

/* Under RCU. */
static struct perf_action_entry *perf_action_entry_of(unsigned int index, u32 serial)
{
	struct perf_action_entry *entry = rcu_dereference(perf_action_table[index]);

	return entry && entry->serial == serial ? entry : NULL;
}

static bool perf_action_same(const struct perf_action_decision *one,
			     const struct perf_action_decision *other)
{
	return one->rule == other->rule && one->serial == other->serial &&
	       one->index == other->index && one->value == other->value;
}

/* One that waits already is not made twice: 1. No room: -EBUSY. */
static int perf_action_queue_decision(const struct perf_action_decision *decision)
{
	unsigned long flags;
	unsigned int i;
	int ret = 0;

	raw_spin_lock_irqsave(&perf_action_decisions_lock, flags);
	for (i = perf_action_first; i != perf_action_last && !ret; i++)
		ret = perf_action_same(&perf_action_decisions[i % PERF_ACTION_DECISIONS],
				       decision);

	if (!ret && perf_action_last - perf_action_first >= PERF_ACTION_DECISIONS)
		ret = -EBUSY;
	if (!ret) {
		perf_action_decisions[perf_action_last++ % PERF_ACTION_DECISIONS] = *decision;
		queue_work(system_unbound_wq, &perf_action_work);
	}
	raw_spin_unlock_irqrestore(&perf_action_decisions_lock, flags);

	return ret;
}

static bool perf_action_next_decision(struct perf_action_decision *decision)
{
	bool any;

	raw_spin_lock_irq(&perf_action_decisions_lock);
	any = perf_action_first != perf_action_last;
	if (any)
		*decision = perf_action_decisions[perf_action_first++ % PERF_ACTION_DECISIONS];
	if (perf_action_first != perf_action_last)
		queue_work(system_unbound_wq, &perf_action_work);
	raw_spin_unlock_irq(&perf_action_decisions_lock);

	return any;
}

/* Is it still wanted? Its rule and action stay until perf_action_drain() is through. */
static struct perf_action_entry *
perf_action_resolve(const struct perf_action_decision *decision, struct perf_action_call *call)
{
	struct perf_action_rule *rule;
	struct perf_action_body *body;

	call->rule = decision->rule;
	call->value = decision->value;
	call->source = "bpf";

	guard(rcu)();
	if (!decision->rule)
		return perf_action_entry_of(decision->index, decision->serial);

	rule = perf_action_rule_of(decision->rule, decision->serial, &body);
	if (!rule)
		return NULL;
	call->source = rule->rules->source;

	/* A rule keeps its action. */
	return rcu_dereference(perf_action_table[decision->index]);
}

/* One decision at a time: perf_action_drain() does not wait for those behind it. */
static void perf_action_work_fn(struct work_struct *work)
{
	struct perf_action_decision decision;
	const struct perf_action_entry *entry;
	struct perf_action_call call;

	if (!perf_action_next_decision(&decision))
		return;
	entry = perf_action_resolve(&decision, &call);
	if (!entry)
		return;

	WRITE_ONCE(perf_action_worker_causes, decision.causes);
	WRITE_ONCE(perf_action_worker, current);
	perf_action_do(entry, &call);
	WRITE_ONCE(perf_action_worker, NULL);
}

static void perf_action_later(const struct perf_action_entry *entry,
			      const struct perf_action_call *call, struct perf_action_rule *rule,
			      const struct perf_action_event *ev)
{
	const struct perf_action_decision decision = {
		.rule	= ev->rule,
		.serial	= ev->serial,
		.index	= entry->index,
		.causes	= ev->causes | BIT(entry->index),
		.value	= ev->value,
	};
	int ret = perf_action_queue_decision(&decision);

	if (ret < 0)
		trace_action(entry->action->name, call->source, call->rule, call->value,
			     RAS_ACTION_DROPPED, ret);
	if (!rule)
		return;
	if (ret < 0)
		atomic_long_inc(&rule->counts[PERF_ACTION_DROPPED]);
	if (ret <= 0)
		atomic_long_inc(&rule->counts[PERF_ACTION_TRIGGERED]);
}

static bool perf_action_full(struct perf_action_body *body, const struct perf_action_event *ev)
{
	bool full;

	if (!body->buckets)
		return true;

	raw_spin_lock(&body->lock);
	full = perf_action_hit(body->buckets, ev->key, ev->time);
	raw_spin_unlock(&body->lock);

	return full;
}

static void perf_action_decide(const struct perf_action_entry *entry, bool dry_run,
			       struct perf_action_rule *rule,
			       const struct perf_action_event *ev)
{
	const struct perf_action_call call = {
		.rule	= ev->rule,
		.source	= rule ? rule->rules->source : "bpf",
		.value	= ev->value,
	};

	if (entry->action->may_sleep && !dry_run) {
		perf_action_later(entry, &call, rule, ev);
		return;
	}

	if (rule)
		atomic_long_inc(&rule->counts[PERF_ACTION_TRIGGERED]);
	if (dry_run)
		trace_action(entry->action->name, call.source, call.rule, call.value,
			     RAS_ACTION_DRY_RUN, 0);
	else
		perf_action_do(entry, &call);
}

/**
 * perf_action_handle - look at an event that a rule matched
 * @ev: the event
 *
 * Context: hard interrupt, with interrupts disabled.
 */
void perf_action_handle(const struct perf_action_event *ev)
{
	const struct perf_action_entry *entry;
	struct perf_action_rule *rule = NULL;
	struct perf_action_body *body = NULL;

	guard(rcu)();
	if (ev->rule) {
		rule = perf_action_rule_of(ev->rule, ev->serial, &body);
		if (!rule || !perf_action_full(body, ev))
			return;
		entry = body->entry;
	} else {
		entry = perf_action_entry_of(ev->key, ev->serial);
		if (!entry)
			return;
	}

	this_cpu_write(perf_action_irq_causes, ev->causes | BIT(entry->index));
	perf_action_decide(entry, body && body->dry_run, rule, ev);
	this_cpu_write(perf_action_irq_causes, 0);
}

/**
 * perf_action_drain - wait for what was removed before
 *
 * Context: process, may sleep; not from an action. When it returns, a rule, a
 * rule's body or an action that could not be found any more is not used.
 */
void perf_action_drain(void)
{
	synchronize_rcu();
	flush_work(&perf_action_work);
}
