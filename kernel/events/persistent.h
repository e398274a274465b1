/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Persistent events: what their parts share, and what perf core calls.
 *
 *   persistent.c         the events: made, put back after hotplug, removed
 *   persistent_set.c     the buffer sets that they write into
 *   persistent_defaults.c  what is captured by default
 *   persistent_boot.c    the defaults made, and perf_persistent=
 *   persistent_ioctl.c   the same at run time
 *   persistent_pmu.c     the PMU through which a task reads
 *   persistent_rebase.c  a new reader starts at position 0
 *   persistent_sysfs.c   what sysfs says of events and sets
 *   persistent_test.c    KUnit tests
 */
#ifndef _KERNEL_EVENTS_PERSISTENT_H
#define _KERNEL_EVENTS_PERSISTENT_H

#include <linux/device.h>
#include <linux/kobject.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/perf_event.h>
#include <linux/poll.h>
#include <linux/srcu.h>
#include <linux/sysfs.h>
#include <linux/xarray.h>

#include "action.h"

struct trace_event_call;

/*
 * The sets of the defaults: what the hardware does wrong, the kernel, tasks,
 * devices; and what rules do about it
 */
#define PERF_PERSISTENT_RAS		"ras"
#define PERF_PERSISTENT_SOFTWARE	"software"
#define PERF_PERSISTENT_TASKS		"tasks"
#define PERF_PERSISTENT_DEVICES		"devices"
#define PERF_PERSISTENT_ACTIONS		"actions"

/* Of names, with the terminating zero */
#define PERF_PERSISTENT_NAME_SIZE	64

/*
 * Data pages of each CPU's buffer. With the header page, and pages of 4 KiB,
 * that makes 36 KiB, which hold 186 machine checks.
 */
#define PERF_PERSISTENT_DATA_PAGES	8

/*
 * The layout of the records, the one that "perf record -R -a -c 1" of the
 * distributions asks for.
 */
#define PERF_PERSISTENT_SAMPLE_TYPE					\
	(PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME |		\
	 PERF_SAMPLE_ID | PERF_SAMPLE_CPU | PERF_SAMPLE_RAW)

enum perf_persistent_keep {
	PERF_PERSISTENT_KEEP_ANY,	/* as a wish: whatever the set does */
	PERF_PERSISTENT_KEEP_FIRST,
	PERF_PERSISTENT_KEEP_LAST,
};

/**
 * struct perf_persistent_policy - what the buffers of a set are like
 * @data_pages:	of each CPU, a power of two; as a wish 0 for whatever it has
 * @keep:	which records a full buffer keeps. PERF_PERSISTENT_KEEP_LAST
 *		has it written backward, so that the newest record is where
 *		data_head says.
 * @callchain:	do the records carry PERF_SAMPLE_CALLCHAIN?
 */
struct perf_persistent_policy {
	unsigned int			data_pages;
	enum perf_persistent_keep	keep;
	bool				callchain;
};

/**
 * struct perf_persistent_buffer - the buffer of one CPU in a set
 * @rb:		the ring buffer; NULL until an event of the set is first made
 *		on this CPU, then not changed until the set goes. All events of
 *		the set on the CPU write into it, from this CPU only.
 * @cpu:	the CPU that writes
 * @base:	bytes consumed before position 0 of the ring buffer, see
 *		perf_persistent_rebase(); may wrap
 * @consumer:	the reader's event through which the one writable mapping was
 *		made, an ERR_PTR() while that mapping goes away, or NULL.
 *		Claimed by cmpxchg(); dropped under the event's mmap_mutex.
 * @writable:	how many VMAs that mapping has (mremap() makes it two for a
 *		moment)
 */
struct perf_persistent_buffer {
	struct perf_buffer	*rb;
	int			cpu;
	unsigned long		base;
	struct perf_event	*consumer;
	atomic_t		writable;
};

/**
 * struct perf_persistent_set - a buffer on every CPU, with a policy
 * @kobj:	its name, its directory in sysfs and its reference count:
 *		perf_persistent_sets holds one, and each event of the set
 * @list:	in perf_persistent_sets
 * @policy:	the policy, nothing in it left open
 * @nr_events:	how many events it has, under perf_persistent_mutex
 * @buffers:	per CPU
 */
struct perf_persistent_set {
	struct kobject				kobj;
	struct list_head			list;
	struct perf_persistent_policy		policy;
	int					nr_events;
	struct perf_persistent_buffer __percpu	*buffers;
};

/**
 * struct perf_persistent_source - a persistent event on one CPU
 * @event: the kernel's own perf event; NULL until the CPU first comes online,
 *	   and while the tracepoint is not there. While the CPU is offline the
 *	   event is out of service and keeps its counts.
 * @id:	   what the samples carry, also of a later @event; 0 until the first
 * @count: of the events before the present one
 * @lost:  of the events before the present one
 */
struct perf_persistent_source {
	struct perf_event	*event;
	u64			id;
	u64			count;
	u64			lost;
};

/**
 * struct perf_persistent_event - an event that the kernel keeps open
 * @kobj:	its name, its directory in sysfs and its reference count:
 *		perf_persistent_events holds one, and each reader
 * @rcu:	for its release
 * @config_attr: its file in the PMU's events/; the id is the config value
 * @set:	the set that it writes into
 * @attr:	of the event underneath; the config of a tracepoint that is not
 *		there is that of the last time
 * @system:	of a tracepoint: its trace system, or NULL
 * @tracepoint:	of a tracepoint: its name
 * @filter:	of a tracepoint: what to record, or NULL
 * @until_running: captured only until user space runs
 * @call:	of a tracepoint that is there: what describes it. Valid under
 *		perf_persistent_mutex or perf_persistent_srcu.
 * @leaving:	set for hotplug callbacks: the events are being released
 * @forgotten:	removed, only readers are left
 * @rules:	of a tracepoint: filters that act, on all CPUs
 * @sources:	per CPU
 */
struct perf_persistent_event {
	struct kobject				kobj;
	struct rcu_head				rcu;
	struct perf_pmu_events_attr		config_attr;
	struct perf_persistent_set		*set;
	struct perf_event_attr			attr;
	const char				*system;
	const char				*tracepoint;
	const char				*filter;
	bool					until_running;
	struct trace_event_call			*call;
	bool					leaving;
	bool					forgotten;
	struct perf_action_rules		rules;
	struct perf_persistent_source __percpu	*sources;
};

enum perf_persistent_action {
	PERF_PERSISTENT_OFF,		/* no persistent events at all */
	PERF_PERSISTENT_REMOVE,		/* not that event */
	PERF_PERSISTENT_SET,		/* a set is to have this policy */
	PERF_PERSISTENT_ADD,		/* an event */
	PERF_PERSISTENT_RULE,		/* an event is to have this rule */
};

/**
 * struct perf_persistent_spec - what an event or a set is to be
 * @action:	what perf_persistent= wants; the rest is for ADD but where said
 * @name:	name of the event (ADD, REMOVE, RULE); NULL for the default
 * @set:	name of the set (ADD, SET); NULL for the event's own
 * @system:	trace system of a tracepoint (ADD, REMOVE, RULE), or NULL
 * @tracepoint:	name of a tracepoint, or NULL
 * @filter:	of a tracepoint, or NULL
 * @attr:	type, config and period of the event underneath; those of a
 *		tracepoint need not be known
 * @policy:	wishes about the set (ADD, SET)
 * @until_running: capture only until user space runs
 * @rule:	the text of a rule (RULE)
 */
struct perf_persistent_spec {
	enum perf_persistent_action	action;
	const char			*name;
	const char			*set;
	const char			*system;
	const char			*tracepoint;
	const char			*filter;
	struct perf_event_attr		attr;
	struct perf_persistent_policy	policy;
	bool				until_running;
	const char			*rule;
};

/**
 * struct perf_persistent_default - an event that is captured from the start
 * @system:	its trace system
 * @tracepoint:	its name
 * @set:	the set that it is written into
 * @driver:	who emits it, one word or several
 * @severity:	how bad it can be: a word, or two with a "-" between
 * @filter:	what of it is recorded, or NULL for all
 * @later:	it comes with a module: pending until then. Otherwise it is left
 *		out if this kernel does not have it.
 */
struct perf_persistent_default {
	const char	*system;
	const char	*tracepoint;
	const char	*set;
	const char	*driver;
	const char	*severity;
	const char	*filter;
	bool		later;
};

/**
 * struct perf_persistent_complaint - why a text is no perf_persistent_spec
 * @word: the part of it that is wrong
 * @why:  the reason
 */
struct perf_persistent_complaint {
	const char	*word;
	const char	*why;
};

#ifdef CONFIG_PERF_EVENTS_PERSISTENT
/* Between what makes and removes events and sets. Never taken by readers. */
extern struct mutex perf_persistent_mutex;
/* For what uses an event's perf events, or its tracepoint, without the mutex. */
extern struct srcu_struct perf_persistent_srcu;
/* The events by their config value. */
extern struct xarray perf_persistent_events;
extern struct list_head perf_persistent_sets;

/* persistent.c */
struct perf_persistent_event *perf_persistent_get(u64 config);
struct perf_persistent_event *perf_persistent_find(const char *name);
struct perf_persistent_event *perf_persistent_add(const struct perf_persistent_spec *spec);
int perf_persistent_remove(struct perf_persistent_event *pe);
bool perf_persistent_stopped(const struct perf_persistent_event *pe);
bool perf_persistent_pending(const struct perf_persistent_event *pe);
const char *perf_persistent_state(const struct perf_persistent_event *pe);
void perf_persistent_counts(struct perf_persistent_event *pe, int cpu, u64 *count,
			    u64 *lost);

/* persistent_set.c */
bool perf_persistent_name_valid(const char *name);
struct perf_persistent_set *perf_persistent_set_find(const char *name);
struct perf_persistent_set *perf_persistent_set_make(const char *name,
						     const struct perf_persistent_policy *wish);
void perf_persistent_set_join(struct perf_persistent_set *set);
void perf_persistent_set_leave(struct perf_persistent_set *set);
u64 perf_persistent_sample_type(const struct perf_persistent_set *set);
bool perf_persistent_keeps_last(const struct perf_persistent_set *set);
size_t perf_persistent_buffer_bytes(const struct perf_persistent_set *set);
struct perf_persistent_buffer *perf_persistent_buffer_get(struct perf_persistent_set *set,
							  int cpu);

/* persistent_defaults.c */
#define PERF_PERSISTENT_DEFAULTS_MAX	128
extern const struct perf_persistent_default perf_persistent_defaults[];
extern const unsigned int perf_persistent_nr_defaults;
unsigned int perf_persistent_default_pages(const char *set);
const struct perf_persistent_default *perf_persistent_default_find(const char *system,
								   const char *tracepoint);

/* persistent_boot.c */
int perf_persistent_parse(char *text, struct perf_persistent_spec *spec,
			  struct perf_persistent_complaint *complaint);
const char *perf_persistent_attr_name(const struct perf_event_attr *attr);
bool perf_persistent_boot_off(void);
void perf_persistent_boot_apply(void);

/* persistent_pmu.c, persistent_rebase.c */
struct perf_persistent_event *perf_persistent_of(struct perf_event *event);
struct device *perf_persistent_device(void);
int perf_persistent_pmu_init(void);
int perf_persistent_rebase(struct perf_persistent_buffer *buf);

/* persistent_sysfs.c */
extern const struct kobj_type perf_persistent_event_ktype;
extern const struct kobj_type perf_persistent_set_ktype;
void perf_persistent_sysfs_add_event(struct perf_persistent_event *pe);
void perf_persistent_sysfs_del_event(struct perf_persistent_event *pe);
void perf_persistent_sysfs_add_set(struct perf_persistent_set *set);

/* kernel/trace/trace_perf_persistent.c */
char *perf_trace_filter_dup(struct perf_event *event);

/* for perf core */
bool is_persistent_event(struct perf_event *event);
int perf_persistent_mmap(struct perf_event *event, struct vm_area_struct *vma);
__poll_t perf_persistent_poll(struct perf_event *event);
void perf_persistent_read(struct perf_event *event);
bool perf_persistent_output_denied(struct perf_event *event,
				   struct perf_event *output_event);
long perf_persistent_persist(struct perf_event *event, void __user *arg);
long perf_persistent_forget(struct perf_event *event);

/* for injection */
struct trace_event_call *perf_persistent_call_get(struct perf_event *event);
struct perf_event *perf_persistent_here(struct perf_event *event);
#else
static inline bool is_persistent_event(struct perf_event *event)
{
	return false;
}

static inline int perf_persistent_mmap(struct perf_event *event,
				       struct vm_area_struct *vma)
{
	return -ENODEV;
}

static inline __poll_t perf_persistent_poll(struct perf_event *event)
{
	return EPOLLHUP;
}

static inline void perf_persistent_read(struct perf_event *event) { }

static inline bool perf_persistent_output_denied(struct perf_event *event,
						 struct perf_event *output_event)
{
	return false;
}

static inline long perf_persistent_persist(struct perf_event *event, void __user *arg)
{
	return -EOPNOTSUPP;
}

static inline long perf_persistent_forget(struct perf_event *event)
{
	return -EOPNOTSUPP;
}

static inline struct trace_event_call *perf_persistent_call_get(struct perf_event *event)
{
	return ERR_PTR(-EOPNOTSUPP);
}

static inline struct perf_event *perf_persistent_here(struct perf_event *event)
{
	return NULL;
}
#endif /* CONFIG_PERF_EVENTS_PERSISTENT */

#ifdef CONFIG_PERF_EVENTS_INJECT
/* inject_registry.c, for sysfs */
ssize_t perf_inject_show_levels(struct trace_event_call *call, char *buf);
#else
static inline ssize_t perf_inject_show_levels(struct trace_event_call *call, char *buf)
{
	return sysfs_emit(buf, "\n");
}
#endif /* CONFIG_PERF_EVENTS_INJECT */

#endif /* _KERNEL_EVENTS_PERSISTENT_H */
