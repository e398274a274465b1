// SPDX-License-Identifier: GPL-2.0
/*
 * Injection into counters. Page faults, context switches and the like go the
 * way of the real ones, by perf's table of software events. What counts by
 * itself, clocks and the hardware, is stopped for a moment and put forward, as
 * if it had counted on: what is due then overflows.
 *
 * Context of all: interrupts disabled, on the CPU where it is to happen.
 */
#include <linux/math64.h>
#include <linux/perf_event.h>
#include <linux/perf_inject.h>
#include <linux/ptrace.h>
#include <linux/sched/task_stack.h>

#include "inject.h"
#include "internal.h"

/* More samples at once than this, perf would throttle all but its own users'. */
#define PERF_INJECT_MAX_SAMPLES	1000

/* What all listeners of a counter get */
struct perf_inject_counter {
	const struct perf_event	*event;
	u64			nr;
	u64			addr;
	struct pt_regs		*regs;
};

/* Do two events count the same? */
static bool perf_inject_same(const struct perf_event *a, const struct perf_event *b)
{
	return a->pmu == b->pmu && a->attr.type == b->attr.type &&
	       a->attr.config == b->attr.config && a->attr.config1 == b->attr.config1 &&
	       a->attr.config2 == b->attr.config2;
}

/* How many periods of a stopped event have ended; the rest of the next one is left. */
static u64 perf_inject_due(struct hw_perf_event *hwc)
{
	s64 left = local64_read(&hwc->period_left);
	u64 due;

	if (left > 0)
		return 0;

	due = div64_u64(-left, hwc->sample_period) + 1;
	local64_add(due * hwc->sample_period, &hwc->period_left);
	return min_t(u64, due, PERF_INJECT_MAX_SAMPLES);
}

/* As the driver of a PMU does for an interrupt, when it has set up the next period */
static void perf_inject_overflow(struct perf_event *event, u64 due, struct perf_inject_counter *c)
{
	struct hw_perf_event *hwc = &event->hw;
	struct perf_sample_data data;

	while (due--) {
		perf_sample_data_init(&data, c->addr, hwc->last_period);
		hwc->last_period = hwc->sample_period;
		if (perf_event_overflow(event, &data, c->regs)) {
			event->pmu->stop(event, 0);
			return;
		}
	}
}

static void perf_inject_forward(struct perf_event *event, void *info)
{
	struct perf_inject_counter *c = info;
	struct hw_perf_event *hwc = &event->hw;
	u64 due;

	if (event->state != PERF_EVENT_STATE_ACTIVE || !perf_inject_same(event, c->event))
		return;
	if (user_mode(c->regs) ? event->attr.exclude_user : event->attr.exclude_kernel)
		return;

	/* A throttled one is stopped, and takes no samples until the next tick. */
	if (!is_sampling_event(event) || hwc->interrupts == MAX_INTERRUPTS) {
		local64_add(c->nr, &event->count);
		return;
	}

	perf_pmu_disable(event->pmu);
	event->pmu->stop(event, PERF_EF_UPDATE);
	local64_add(c->nr, &event->count);
	local64_sub(c->nr, &hwc->period_left);
	due = perf_inject_due(hwc);
	event->pmu->start(event, PERF_EF_RELOAD);

	perf_inject_overflow(event, due, c);
	perf_pmu_enable(event->pmu);
}

/* By perf's table of software events, perf_swevent_enabled[] */
static bool perf_inject_by_table(const struct perf_event *event)
{
	return event->attr.type == PERF_TYPE_SOFTWARE;
}

/*
 * A breakpoint and the output of a BPF program say more than a count, and what
 * writes a trace of its own has no count that could be put forward.
 */
static bool perf_inject_countable(const struct perf_event *event)
{
	if (perf_inject_by_table(event))
		return event->attr.config != PERF_COUNT_SW_BPF_OUTPUT;

	return event->attr.type != PERF_TYPE_BREAKPOINT &&
	       !(event->pmu->capabilities & (PERF_PMU_CAP_ITRACE | PERF_PMU_CAP_EXCLUSIVE));
}

/**
 * perf_inject_count - let a counter count
 * @event:     one that counts it; the kernel's own if it is a persistent one
 * @rec:       the record
 * @user_regs: registers of user mode, where the task on this CPU has none
 *
 * Every event on this CPU that counts the same gets it.
 *
 * Context: interrupts disabled, on the CPU where it is to happen.
 * Return: 0, or -EOPNOTSUPP if @event is nothing that counts.
 */
int perf_inject_count(struct perf_event *event, const struct perf_inject_record *rec,
		      const struct pt_regs *user_regs)
{
	struct pt_regs *own = task_pt_regs(current);
	struct pt_regs regs = { };
	struct perf_inject_counter c = {
		.event = event,
		.nr = rec->period,
		.addr = rec->addr,
		.regs = &regs,
	};

	if (!perf_inject_countable(event))
		return -EOPNOTSUPP;

	/* Those of the task on this CPU, to whose listeners they are no secret */
	if (rec->user)
		regs = user_mode(own) ? *own : *user_regs;
	else
		perf_fetch_caller_regs(&regs);
	if (rec->ip)
		instruction_pointer_set(&regs, rec->ip);

	if (perf_inject_by_table(event))
		__perf_sw_event(event->attr.config, rec->period, &regs, rec->addr);
	else
		perf_iterate_this_cpu(perf_inject_forward, &c);

	return 0;
}
