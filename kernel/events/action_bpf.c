// SPDX-License-Identifier: GPL-2.0
/* The actions of rules for BPF programs that are attached to the events. */
#include <linux/bpf.h>
#include <linux/btf.h>
#include <linux/btf_ids.h>
#include <linux/capability.h>
#include <linux/cleanup.h>
#include <linux/init.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/timekeeping.h>

#include "action_private.h"

__bpf_kfunc_start_defs();

/**
 * bpf_perf_action - have the kernel take an action
 * @action__str: its name
 * @value:	 what to act on: a physical address, a CPU, or anything
 *
 * As if a rule without a rate had decided on it: caps and the event ras:action
 * are the same, which says rule 0 of "bpf".
 *
 * One that is waiting already with the same value is not taken twice.
 *
 * Context: any, NMI included; the action is taken later.
 * Return: 0 if it will be looked at; -ENOENT if there is no such action;
 * -ELOOP if that action is what caused the event that the program sees; -EBUSY
 * if too many are waiting on this CPU.
 */
__bpf_kfunc int bpf_perf_action(const char *action__str, u64 value)
{
	const struct perf_action_entry *entry;
	struct perf_action_event ev = { .value = value, .time = ktime_get_boot_fast_ns() };

	guard(preempt_notrace)();
	guard(rcu)();
	entry = perf_action_find(action__str);
	if (!entry)
		return -ENOENT;

	ev.causes = perf_action_causes();
	if (ev.causes & BIT(entry->index))
		return -ELOOP;

	ev.serial = entry->serial;
	ev.key = entry->index;

	return perf_action_enqueue(&ev) ? 0 : -EBUSY;
}

__bpf_kfunc_end_defs();

BTF_KFUNCS_START(perf_action_kfuncs)
BTF_ID_FLAGS(func, bpf_perf_action)
BTF_KFUNCS_END(perf_action_kfuncs)

/*
 * Called for the kfuncs of others, too. Whoever loads a program that acts must
 * be one who may make a rule. Context: of the loading task.
 */
static int perf_action_kfunc_filter(const struct bpf_prog *prog, u32 kfunc_id)
{
	if (!btf_id_set8_contains(&perf_action_kfuncs, kfunc_id))
		return 0;

	return capable(CAP_SYS_ADMIN) ? 0 : -EACCES;
}

static const struct btf_kfunc_id_set perf_action_kfunc_set = {
	.owner	= THIS_MODULE,
	.set	= &perf_action_kfuncs,
	.filter	= perf_action_kfunc_filter,
};

/* One registration serves all programs of tracing, but for those of kprobes. */
static int __init perf_action_bpf_init(void)
{
	return register_btf_kfunc_id_set(BPF_PROG_TYPE_TRACEPOINT, &perf_action_kfunc_set) ?:
	       register_btf_kfunc_id_set(BPF_PROG_TYPE_KPROBE, &perf_action_kfunc_set);
}
late_initcall(perf_action_bpf_init);
