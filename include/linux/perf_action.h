/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Actions that the kernel takes by itself when an event satisfies a filter.
 * Whoever owns the knowledge offers them; rules bind them to events. See
 * Documentation/ras/actions.rst.
 */
#ifndef _LINUX_PERF_ACTION_H
#define _LINUX_PERF_ACTION_H

#include <linux/types.h>

struct module;

/**
 * enum perf_action_kind - what an action acts on
 * @PERF_ACTION_ANY:  on nothing, or on whatever value it is given
 * @PERF_ACTION_PHYS: on the page of a physical address
 * @PERF_ACTION_CPU:  on a CPU, by the kernel's number
 */
enum perf_action_kind {
	PERF_ACTION_ANY,
	PERF_ACTION_PHYS,
	PERF_ACTION_CPU,
};

/**
 * struct perf_action_call - what an action is called with
 * @rule:   the number of the rule; 0 if it is a BPF program that calls
 * @source: the name of the event, "bpf" if it is a BPF program that calls
 * @value:  what to act on, of the action's kind; 0 of PERF_ACTION_ANY without
 *	    an argument
 */
struct perf_action_call {
	u32		rule;
	const char	*source;
	u64		value;
};

/**
 * struct perf_action - an action
 * @name:	its name in rules: letters, digits, "-" and "_"
 * @kind:	what it acts on
 * @may_sleep:	if set it is run in process context, one such action at a time.
 *		Otherwise with interrupts disabled, in interrupt context but not
 *		in that of an NMI.
 * @cap:	how much of what it takes away may be gone, in permille, unless
 *		the administrator says otherwise
 * @run:	does it. Returns 0 or -errno, for the event ras:action.
 * @usage:	how much of what it takes away is gone, whoever took it, and how
 *		much there is; same context as @run. NULL if it takes nothing
 *		away.
 * @owner:	THIS_MODULE
 */
struct perf_action {
	const char		*name;
	enum perf_action_kind	kind;
	bool			may_sleep;
	unsigned int		cap;
	int			(*run)(const struct perf_action_call *call);
	void			(*usage)(u64 *gone, u64 *all);
	struct module		*owner;
};

int perf_action_register(const struct perf_action *action);
void perf_action_unregister(const struct perf_action *action);

#endif /* _LINUX_PERF_ACTION_H */
