// SPDX-License-Identifier: GPL-2.0
/*
 * An event meets the rules. That happens wherever the event does, in NMI and
 * machine check context, too: what matches is only put into a queue of the CPU,
 * which takes no lock and is emptied in interrupt context, action_run.c.
 */
#include <linux/irq_work.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/perf_event.h>
#include <linux/preempt.h>
#include <linux/rculist.h>
#include <linux/sched.h>
#include <linux/siphash.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/trace_events.h>
#include <linux/unaligned.h>

#include <asm/local.h>

#include "action_private.h"

/* Events of one CPU between two interrupts. A power of two. */
#define PERF_ACTION_QUEUE	128

/**
 * struct perf_action_slot - room for an event
 * @ready: it is written and not yet read
 * @ev:	   the event
 */
struct perf_action_slot {
	bool				ready;
	struct perf_action_event	ev;
};

/**
 * struct perf_action_queue - what matched on a CPU and was not looked at yet
 * @tail: slots ever taken. Writers interrupt each other, but only on this CPU.
 * @head: slots ever given back
 * @slot: the slots
 */
struct perf_action_queue {
	local_t			tail;
	unsigned long		head;
	struct perf_action_slot	slot[PERF_ACTION_QUEUE];
};

static void perf_action_empty_queue(struct irq_work *work);

static DEFINE_PER_CPU(struct perf_action_queue, perf_action_queue);
static DEFINE_PER_CPU(struct irq_work, perf_action_irq_work) =
	IRQ_WORK_INIT_HARD(perf_action_empty_queue);

/* A slot is its taker's until it is ready, however often he is interrupted. */
static struct perf_action_slot *perf_action_take_slot(struct perf_action_queue *queue)
{
	long tail = local_read(&queue->tail);

	do {
		/* Negative: the tail is old, an interrupt was here. */
		if ((long)(tail - READ_ONCE(queue->head)) >= PERF_ACTION_QUEUE)
			return NULL;
	} while (!local_try_cmpxchg(&queue->tail, &tail, tail + 1));

	return &queue->slot[(unsigned long)tail % PERF_ACTION_QUEUE];
}

/**
 * perf_action_enqueue - have an event looked at
 * @ev: the event
 *
 * Context: any, NMI included, with preemption disabled.
 * Return: false if there is no room for it.
 */
bool perf_action_enqueue(const struct perf_action_event *ev)
{
	struct perf_action_slot *slot = perf_action_take_slot(this_cpu_ptr(&perf_action_queue));

	if (!slot)
		return false;

	slot->ev = *ev;
	barrier();
	WRITE_ONCE(slot->ready, true);
	irq_work_queue(this_cpu_ptr(&perf_action_irq_work));

	return true;
}

/*
 * Context: hard interrupt, on the CPU of the queue. A slot that is not ready
 * is that of somebody who was interrupted: he comes back to the queue's end.
 */
static void perf_action_empty_queue(struct irq_work *work)
{
	struct perf_action_queue *queue = this_cpu_ptr(&perf_action_queue);
	struct perf_action_event ev;
	struct perf_action_slot *slot;

	for (;;) {
		slot = &queue->slot[queue->head % PERF_ACTION_QUEUE];
		if (!READ_ONCE(slot->ready))
			break;

		barrier();
		ev = slot->ev;
		WRITE_ONCE(slot->ready, false);
		barrier();
		WRITE_ONCE(queue->head, queue->head + 1);

		perf_action_handle(&ev);
	}
}

/**
 * perf_action_causes - whose doing is what happens here?
 *
 * Only what happens while an action runs, where it runs, is its doing. What
 * it causes elsewhere or later is not known to be.
 *
 * Context: any, with preemption disabled.
 * Return: the actions, a bit each.
 */
u32 perf_action_causes(void)
{
	u32 causes;

	/* An NMI just happens to come then. */
	if (in_nmi())
		return 0;

	/* These run with interrupts disabled. */
	causes = this_cpu_read(perf_action_irq_causes);
	if (causes)
		return causes;

	return in_task() && current == READ_ONCE(perf_action_worker) ?
	       READ_ONCE(perf_action_worker_causes) : 0;
}

static u64 perf_action_read(const struct perf_action_field *field, const void *record, u32 size)
{
	const void *at = record + field->offset;

	if (field->kind == PERF_ACTION_FIELD_CPU)
		return raw_smp_processor_id();
	if (field->offset + field->size > size)
		return 0;

	switch (field->size) {
	case 1:
		return field->is_signed ? (u64)*(s8 *)at : *(u8 *)at;
	case 2:
		return field->is_signed ? (u64)(s16)get_unaligned((u16 *)at) :
					  get_unaligned((u16 *)at);
	case 4:
		return field->is_signed ? (u64)(s32)get_unaligned((u32 *)at) :
					  get_unaligned((u32 *)at);
	default:
		return get_unaligned((u64 *)at);
	}
}

/* Up to its NUL; what lies outside of the record is nothing, 0. */
static u64 perf_action_hash(const struct perf_action_taken *taken, const void *record, u32 size)
{
	const struct perf_action_field *field = &taken->field;
	u32 at = field->offset, len = field->size, place;

	if (at + len > size)
		return 0;
	if (field->kind != PERF_ACTION_FIELD_STRING) {
		place = get_unaligned((u32 *)(record + at));
		at = (place & 0xffff) +
		     (field->kind == PERF_ACTION_FIELD_REL_STRING ? at + len : 0);
		len = place >> 16;
		if (at + len > size)
			return 0;
	}

	return siphash(record + at, strnlen(record + at, len), &taken->secret);
}

/**
 * perf_action_take - take a value from a record
 * @taken:  which
 * @record: the record
 * @size:   its size
 *
 * Context: any, with preemption disabled.
 * Return: the value in the unit of the action; of a string, a number that no
 * other string has but by chance, one in 2^64; 0 if none is wanted.
 */
u64 perf_action_take(const struct perf_action_taken *taken, const void *record, u32 size)
{
	u64 value;

	if (!taken->wanted)
		return 0;
	if (perf_action_is_string(&taken->field))
		return perf_action_hash(taken, record, size);

	value = perf_action_read(&taken->field, record, size);
	switch (taken->unit) {
	case PERF_ACTION_PFN:
		/* Of no page, rather than of another one */
		return value >> (64 - PAGE_SHIFT) ? U64_MAX : value << PAGE_SHIFT;
	case PERF_ACTION_PAGE:
		return round_down(value, (u64)PAGE_SIZE);
	default:
		return value;
	}
}

static void perf_action_match_rule(struct perf_action_rule *rule, const void *record, u32 size)
{
	struct perf_action_body *body = rcu_dereference(rule->body);
	struct perf_action_event ev;

	/* Without a filter everything matches. */
	if (!body || !filter_match_preds(body->filter, (void *)record))
		return;

	atomic_long_inc(&rule->counts[PERF_ACTION_MATCHED]);
	ev.causes = perf_action_causes();
	if (ev.causes & BIT(body->entry->index)) {
		atomic_long_inc(&rule->counts[PERF_ACTION_SUPPRESSED]);
		return;
	}

	ev.rule = rule->id;
	ev.serial = body->serial;
	ev.value = perf_action_take(&body->arg, record, size);
	ev.key = perf_action_take(&body->key, record, size);
	ev.time = ktime_get_boot_fast_ns();
	if (!perf_action_enqueue(&ev))
		atomic_long_inc(&rule->counts[PERF_ACTION_DROPPED]);
}

/**
 * perf_action_match - let the rules of an event see it
 * @rules: the rules of the event
 * @data:  with the record of a tracepoint
 *
 * Context: that of the event, up to NMI, with preemption disabled.
 */
void perf_action_match(struct perf_action_rules *rules, struct perf_sample_data *data)
{
	struct perf_action_rule *rule;

	if (!(data->sample_flags & PERF_SAMPLE_RAW))
		return;
	if (rules->until_running && system_state >= SYSTEM_RUNNING)
		return;

	guard(rcu)();
	list_for_each_entry_rcu(rule, &rules->list, list)
		perf_action_match_rule(rule, data->raw->frag.data, data->raw->frag.size);
}
