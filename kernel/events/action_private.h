/* SPDX-License-Identifier: GPL-2.0 */
/* Filters that act: what their parts share, see action.h */
#ifndef _KERNEL_EVENTS_ACTION_PRIVATE_H
#define _KERNEL_EVENTS_ACTION_PRIVATE_H

#include <linux/kobject.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/perf_action.h>
#include <linux/perf_event.h>
#include <linux/siphash.h>
#include <linux/spinlock.h>
#include <linux/xarray.h>

#include "action.h"
#include "action_parse.h"
#include "action_rate.h"

struct event_filter;
struct trace_event_call;

/* Rules in the whole system: each costs its match at every event that has it. */
#define PERF_ACTION_RULES_MAX	64

/* Actions; a mask of them is how far an event is remembered to be their doing. */
#define PERF_ACTION_MAX		32

/**
 * struct perf_action_entry - an action that there is
 * @kobj:   its name, its directory in sysfs and its reference count
 * @action: what its owner says
 * @index:  its place in perf_action_table, below PERF_ACTION_MAX
 * @serial: of no other
 * @cap:    see struct perf_action; the administrator's
 */
struct perf_action_entry {
	struct kobject			kobj;
	const struct perf_action	*action;
	unsigned int			index;
	u32				serial;
	unsigned int			cap;
};

/**
 * enum perf_action_field_kind - what a field is
 * @PERF_ACTION_FIELD_INT:	  an integer of 1, 2, 4 or 8 bytes
 * @PERF_ACTION_FIELD_CPU:	  the number of the CPU, which is not in the record
 * @PERF_ACTION_FIELD_STRING:	  a string in an array
 * @PERF_ACTION_FIELD_DYN_STRING: where in the record a string is, __data_loc
 * @PERF_ACTION_FIELD_REL_STRING: how far behind the field a string is, __rel_loc
 */
enum perf_action_field_kind {
	PERF_ACTION_FIELD_INT,
	PERF_ACTION_FIELD_CPU,
	PERF_ACTION_FIELD_STRING,
	PERF_ACTION_FIELD_DYN_STRING,
	PERF_ACTION_FIELD_REL_STRING,
};

/**
 * struct perf_action_field - a field in the record of a tracepoint
 * @kind:      what it is
 * @offset:    where
 * @size:      in bytes
 * @is_signed: is it, if it is an integer?
 */
struct perf_action_field {
	enum perf_action_field_kind	kind;
	unsigned int			offset;
	unsigned int			size;
	bool				is_signed;
};

/**
 * struct perf_action_taken - a value that a rule takes from a record
 * @unit:   what the field is
 * @wanted: is there one? Otherwise the value is 0.
 * @field:  which
 * @secret: of a string's hash, which is its value
 */
struct perf_action_taken {
	enum perf_action_unit		unit;
	bool				wanted;
	struct perf_action_field	field;
	siphash_key_t			secret;
};

static inline bool perf_action_is_string(const struct perf_action_field *field)
{
	return field->kind >= PERF_ACTION_FIELD_STRING;
}

/**
 * struct perf_action_body - what a rule does, while its tracepoint is there
 * @serial:  of no other
 * @entry:   the action
 * @arg:     its argument
 * @key:     what is counted separately
 * @dry_run: only say what would be done
 * @filter:  for which events, NULL: for all
 * @lock:    of the buckets
 * @buckets: how often each value came, NULL: once is enough
 * @gone:    another one that is to be freed
 */
struct perf_action_body {
	u32				serial;
	const struct perf_action_entry	*entry;
	struct perf_action_taken	arg;
	struct perf_action_taken	key;
	bool				dry_run;
	struct event_filter		*filter;
	raw_spinlock_t			lock;
	struct perf_action_buckets	*buckets;
	struct perf_action_body		*gone;
};

/**
 * enum perf_action_count - what is counted of a rule
 * @PERF_ACTION_MATCHED:    events that the filter let through
 * @PERF_ACTION_TRIGGERED:  how often it decided to act
 * @PERF_ACTION_SUPPRESSED: events let through that were the doing of its own
 *			    action
 * @PERF_ACTION_DROPPED:    events let through and decisions for which there was
 *			    no room
 * @PERF_ACTION_COUNTS:	    how many counts there are
 */
enum perf_action_count {
	PERF_ACTION_MATCHED,
	PERF_ACTION_TRIGGERED,
	PERF_ACTION_SUPPRESSED,
	PERF_ACTION_DROPPED,
	PERF_ACTION_COUNTS
};

/**
 * struct perf_action_rule - a filter that acts
 * @kobj:	its directory in sysfs and its reference count
 * @list:	in perf_action_rules::list
 * @rules:	of which event
 * @id:		its number
 * @text:	what it was made from. Under perf_action_mutex.
 * @body:	NULL while the tracepoint is not there. Changed under
 *		perf_action_mutex, read under RCU.
 * @counts:	see enum perf_action_count
 */
struct perf_action_rule {
	struct kobject				kobj;
	struct list_head			list;
	struct perf_action_rules		*rules;
	u32					id;
	char					*text;
	struct perf_action_body __rcu		*body;
	atomic_long_t				counts[PERF_ACTION_COUNTS];
};

/**
 * struct perf_action_request - what is asked of perf_action_change()
 * @id:    the number of the rule, 0: a new one
 * @text:  what it is to be, NULL: nothing, it goes
 */
struct perf_action_request {
	u32		id;
	const char	*text;
};

/**
 * struct perf_action_event - an event that a rule matched, on its way
 * @rule:  the number of the rule; 0: a BPF program's, there is no rate
 * @serial: of the rule's body; of a BPF program's, of the action
 * @causes: the actions whose doing the event was, a bit each
 * @value: the argument
 * @key:   what is counted; of a BPF program's, the index of the action
 * @time:  when, in ns of the boot clock
 */
struct perf_action_event {
	u32	rule;
	u32	serial;
	u32	causes;
	u64	value;
	u64	key;
	u64	time;
};

/* Between what makes and removes rules and actions. Never taken to match or to run. */
extern struct mutex perf_action_mutex;
/* The rules by their number. */
extern struct xarray perf_action_all_rules;
extern struct perf_action_entry __rcu *perf_action_table[PERF_ACTION_MAX];

/* action.c */
struct perf_action_entry *perf_action_find(const char *name);

/* action_rule.c */
int perf_action_change(struct perf_action_rules *rules, struct perf_action_request *request,
		       struct perf_action_complaint *complaint);

/* action_match.c */
bool perf_action_enqueue(const struct perf_action_event *ev);
u64 perf_action_take(const struct perf_action_taken *taken, const void *record, u32 size);
u32 perf_action_causes(void);

/* action_run.c */
void perf_action_handle(const struct perf_action_event *ev);
void perf_action_drain(void);
extern struct task_struct *perf_action_worker;
extern u32 perf_action_worker_causes;
DECLARE_PER_CPU(u32, perf_action_irq_causes);

/* action_sysfs.c */
extern const struct kobj_type perf_action_entry_ktype;
extern const struct kobj_type perf_action_rule_ktype;
void perf_action_sysfs_add(struct perf_action_entry *entry);
void perf_action_sysfs_add_rule(struct perf_action_rule *rule);

/* action_bpf.c, for the programs */
int bpf_perf_action(const char *action__str, u64 value);

/* kernel/trace/trace_perf_action.c */
int perf_action_find_field(struct trace_event_call *call, const char *name,
			   struct perf_action_field *field);
struct event_filter *perf_action_make_filter(struct trace_event_call *call, const char *text,
					     struct perf_action_complaint *complaint);
void perf_action_free_filter(struct event_filter *filter);
void perf_action_log_error(const char *text, const struct perf_action_complaint *complaint);

#endif /* _KERNEL_EVENTS_ACTION_PRIVATE_H */
