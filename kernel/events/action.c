// SPDX-License-Identifier: GPL-2.0
/*
 * The actions that there are. Their owners offer them, next to the code that
 * knows how; rules and BPF programs find them by their names.
 */
#define pr_fmt(fmt) "perf: action: " fmt

#include <linux/export.h>
#include <linux/kobject.h>
#include <linux/mutex.h>
#include <linux/perf_action.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "action_private.h"

/* Between what makes and removes actions and rules */
DEFINE_MUTEX(perf_action_mutex);
struct perf_action_entry __rcu *perf_action_table[PERF_ACTION_MAX];

/**
 * perf_action_find - look up an action
 * @name: its name
 *
 * Context: any, under RCU or perf_action_mutex, which the entry is valid as
 * long as.
 * Return: the action or NULL.
 */
struct perf_action_entry *perf_action_find(const char *name)
{
	struct perf_action_entry *entry;
	int i;

	for (i = 0; i < PERF_ACTION_MAX; i++) {
		entry = rcu_dereference_check(perf_action_table[i],
					      lockdep_is_held(&perf_action_mutex));
		if (entry && !strcmp(entry->action->name, name))
			return entry;
	}

	return NULL;
}

static u32 perf_action_serial;

static int perf_action_free_index(void)
{
	int i;

	for (i = 0; i < PERF_ACTION_MAX; i++)
		if (!rcu_access_pointer(perf_action_table[i]))
			return i;

	return -ENOSPC;
}

/**
 * perf_action_register - offer an action
 * @action: the action; it stays the caller's
 *
 * An owner that is built in does so before core_initcall, so that rules on the
 * command line find it; a module, last of all, when its init cannot fail any
 * more.
 *
 * Context: process, may sleep.
 * Return: 0; -EEXIST if there is one of that name, -ENOSPC if there are
 * PERF_ACTION_MAX, -ENOMEM.
 */
int perf_action_register(const struct perf_action *action)
{
	struct perf_action_entry *entry;
	int index;

	guard(mutex)(&perf_action_mutex);
	if (perf_action_find(action->name))
		return -EEXIST;
	index = perf_action_free_index();
	if (index < 0)
		return index;

	entry = kzalloc(sizeof(*entry), GFP_KERNEL);
	if (!entry)
		return -ENOMEM;
	kobject_init(&entry->kobj, &perf_action_entry_ktype);
	if (kobject_set_name(&entry->kobj, "%s", action->name)) {
		kobject_put(&entry->kobj);
		return -ENOMEM;
	}
	entry->action = action;
	entry->index = index;
	entry->serial = ++perf_action_serial;
	entry->cap = action->cap;

	rcu_assign_pointer(perf_action_table[index], entry);
	perf_action_sysfs_add(entry);

	return 0;
}
EXPORT_SYMBOL_GPL(perf_action_register);

/**
 * perf_action_unregister - withdraw an action
 * @action: the action, of a module; nothing happens if it was not taken
 *
 * Only for the exit of the module, or for an init that fails: a rule keeps its
 * owner loaded, so that none has the action then.
 *
 * Context: process, may sleep. When it returns, the action is not running.
 */
void perf_action_unregister(const struct perf_action *action)
{
	struct perf_action_entry *entry;

	scoped_guard(mutex, &perf_action_mutex) {
		entry = perf_action_find(action->name);
		if (!entry || entry->action != action)
			return;

		RCU_INIT_POINTER(perf_action_table[entry->index], NULL);
	}

	/* BPF programs may have asked for it. */
	perf_action_drain();

	if (entry->kobj.state_in_sysfs)
		kobject_del(&entry->kobj);
	kobject_put(&entry->kobj);
}
EXPORT_SYMBOL_GPL(perf_action_unregister);
