/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Filters that act: what perf core and persistent events call.
 *
 *   action.c           the actions that there are
 *   action_rule.c      rules: made, changed, removed
 *   action_match.c     an event meets the rules: any context
 *   action_run.c       what is decided is done: interrupt and process context
 *   action_parse.c,
 *   action_rate.h      the text of a rule; its rate. Also part of tools/ras.
 *   action_ioctl.c     rules by ioctl()
 *   action_sysfs.c     rules and actions in sysfs
 *   action_builtin.c   actions of no subsystem: log, panic
 *   action_bpf.c       actions for BPF programs
 *   action_test.c      KUnit tests
 */
#ifndef _KERNEL_EVENTS_ACTION_H
#define _KERNEL_EVENTS_ACTION_H

#include <linux/errno.h>
#include <linux/jump_label.h>
#include <linux/list.h>
#include <linux/perf_event.h>

struct file;
struct kobject;
struct trace_event_call;

/**
 * struct perf_action_rules - the rules of an event
 * @list:	the rules, in the order in which they were made. Changed under
 *		perf_action_mutex, read under RCU.
 * @source:	the name of the event
 * @dir:	where the rules are shown in sysfs, NULL: nowhere
 * @call:	the tracepoint, NULL while it is not there. Under
 *		perf_action_mutex.
 * @until_running: no rule acts once user space runs
 */
struct perf_action_rules {
	struct list_head		list;
	const char			*source;
	struct kobject			*dir;
	struct trace_event_call		*call;
	bool				until_running;
};

#ifdef CONFIG_PERF_EVENTS_ACTIONS
/* action_rule.c */
DECLARE_STATIC_KEY_FALSE(perf_action_any_rule);
void perf_action_rules_init(struct perf_action_rules *rules, const char *source);
int perf_action_boot(struct perf_action_rules *rules, const char *text);
void perf_action_arm(struct perf_action_rules *rules, struct trace_event_call *call);
void perf_action_disarm(struct perf_action_rules *rules);
void perf_action_remove_all(struct perf_action_rules *rules);

/* action_sysfs.c */
void perf_action_sysfs_start(struct kobject *pmu);
void perf_action_sysfs_show_rules(struct perf_action_rules *rules, struct kobject *dir);
void perf_action_sysfs_hide_rules(struct perf_action_rules *rules);

/* action_ioctl.c, action_match.c: for perf core */
long perf_action_ioctl(struct file *file, struct perf_event *event, void __user *arg);
void perf_action_release(struct perf_event *event);
void perf_action_match(struct perf_action_rules *rules, struct perf_sample_data *data);

/**
 * perf_action_attach - let the rules of a persistent event see the kernel's own
 * @event: the kernel's own event on a CPU
 * @rules: the rules; NULL when it goes, as they are not its own
 */
static inline void perf_action_attach(struct perf_event *event, struct perf_action_rules *rules)
{
	WRITE_ONCE(event->rules, rules);
}

/**
 * perf_action_overflow - let the rules of an event see it
 * @event: the event
 * @data:  what it has to say
 *
 * Context: that of the event, up to NMI.
 */
static inline void perf_action_overflow(struct perf_event *event, struct perf_sample_data *data)
{
	struct perf_action_rules *rules;

	if (!static_branch_unlikely(&perf_action_any_rule))
		return;

	rules = READ_ONCE(event->rules);
	if (rules && !list_empty(&rules->list))
		perf_action_match(rules, data);
}
#else
static inline void perf_action_rules_init(struct perf_action_rules *rules, const char *source) { }

static inline int perf_action_boot(struct perf_action_rules *rules, const char *text)
{
	return -EOPNOTSUPP;
}

static inline void perf_action_arm(struct perf_action_rules *rules,
				   struct trace_event_call *call) { }
static inline void perf_action_disarm(struct perf_action_rules *rules) { }
static inline void perf_action_remove_all(struct perf_action_rules *rules) { }
static inline void perf_action_sysfs_start(struct kobject *pmu) { }
static inline void perf_action_sysfs_show_rules(struct perf_action_rules *rules,
						struct kobject *dir) { }
static inline void perf_action_sysfs_hide_rules(struct perf_action_rules *rules) { }

static inline long perf_action_ioctl(struct file *file, struct perf_event *event,
				     void __user *arg)
{
	return -EOPNOTSUPP;
}

static inline void perf_action_release(struct perf_event *event) { }
static inline void perf_action_attach(struct perf_event *event,
				      struct perf_action_rules *rules) { }
static inline void perf_action_overflow(struct perf_event *event,
					struct perf_sample_data *data) { }
#endif /* CONFIG_PERF_EVENTS_ACTIONS */

#endif /* _KERNEL_EVENTS_ACTION_H */
