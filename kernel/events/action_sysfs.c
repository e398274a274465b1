// SPDX-License-Identifier: GPL-2.0
/*
 * Rules and actions in sysfs, below the directory of the PMU "persistent": see
 * Documentation/ABI/testing/sysfs-bus-event_source-devices-persistent.
 *
 * What is written here is checked for CAP_SYS_ADMIN, too: that a file can be
 * opened does not make its writer one who may take pages and CPUs away.
 */
#define pr_fmt(fmt) "perf: action: " fmt

#include <linux/capability.h>
#include <linux/cleanup.h>
#include <linux/kobject.h>
#include <linux/kstrtox.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "action_private.h"
#include "persistent.h"

/* NULL until late_initcall. Under perf_action_mutex. */
static struct kobject *perf_action_dir;

static struct perf_action_entry *kobj_to_entry(struct kobject *kobj)
{
	return container_of(kobj, struct perf_action_entry, kobj);
}

static struct perf_action_rule *kobj_to_rule(struct kobject *kobj)
{
	return container_of(kobj, struct perf_action_rule, kobj);
}

static ssize_t argument_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	static const char * const kinds[] = {
		[PERF_ACTION_ANY]	= "any",
		[PERF_ACTION_PHYS]	= "phys",
		[PERF_ACTION_CPU]	= "cpu",
	};

	return sysfs_emit(buf, "%s\n", kinds[kobj_to_entry(kobj)->action->kind]);
}

static ssize_t sleeps_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", kobj_to_entry(kobj)->action->may_sleep);
}

static ssize_t cap_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", READ_ONCE(kobj_to_entry(kobj)->cap));
}

static ssize_t cap_store(struct kobject *kobj, struct kobj_attribute *attr, const char *buf,
			 size_t count)
{
	unsigned int cap;
	int ret;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;

	ret = kstrtouint(buf, 0, &cap);
	if (ret)
		return ret;
	if (cap > 1000)
		return -ERANGE;

	WRITE_ONCE(kobj_to_entry(kobj)->cap, cap);
	return count;
}

static struct kobj_attribute argument_attr = __ATTR_RO(argument);
static struct kobj_attribute sleeps_attr = __ATTR_RO(sleeps);
static struct kobj_attribute cap_attr = __ATTR_RW(cap);

static struct attribute *perf_action_entry_attrs[] = {
	&argument_attr.attr,
	&sleeps_attr.attr,
	&cap_attr.attr,
	NULL
};

/* What takes nothing away has no cap. */
static umode_t perf_action_entry_visible(struct kobject *kobj, struct attribute *attr, int n)
{
	if (attr == &cap_attr.attr && !kobj_to_entry(kobj)->action->usage)
		return 0;

	return attr->mode;
}

static const struct attribute_group perf_action_entry_group = {
	.attrs		= perf_action_entry_attrs,
	.is_visible	= perf_action_entry_visible,
};

static const struct attribute_group *perf_action_entry_groups[] = {
	&perf_action_entry_group,
	NULL
};

static void perf_action_entry_release(struct kobject *kobj)
{
	kfree(kobj_to_entry(kobj));
}

const struct kobj_type perf_action_entry_ktype = {
	.release	= perf_action_entry_release,
	.sysfs_ops	= &kobj_sysfs_ops,
	.default_groups	= perf_action_entry_groups,
};

static void perf_action_say(const struct perf_action_rules *rules, u32 id, const char *what)
{
	pr_info("%s[%d] %s rule %u of %s\n", current->comm, task_pid_nr(current), what, id,
		rules->source);
}

/* Without the newline of echo. */
static int perf_action_store(struct perf_action_rules *rules, u32 id, const char *buf,
			     size_t count, const char *what)
{
	struct perf_action_complaint complaint;
	struct perf_action_request request = { .id = id };
	int ret;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;

	char *text __free(kfree) = kmemdup_nul(buf, count, GFP_KERNEL);
	if (!text)
		return -ENOMEM;

	request.text = strim(text);
	ret = perf_action_change(rules, &request, &complaint);
	if (!ret)
		perf_action_say(rules, request.id, what);

	return ret;
}

static ssize_t rule_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	guard(mutex)(&perf_action_mutex);
	return sysfs_emit(buf, "%s\n", kobj_to_rule(kobj)->text);
}

static ssize_t rule_store(struct kobject *kobj, struct kobj_attribute *attr, const char *buf,
			  size_t count)
{
	struct perf_action_rule *rule = kobj_to_rule(kobj);

	return perf_action_store(rule->rules, rule->id, buf, count, "changed") ?: count;
}

static ssize_t forgotten_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	struct perf_action_body *body;
	u64 forgotten = 0;

	guard(mutex)(&perf_action_mutex);
	body = rcu_dereference_protected(kobj_to_rule(kobj)->body,
					 lockdep_is_held(&perf_action_mutex));
	if (body && body->buckets)
		forgotten = READ_ONCE(body->buckets->forgotten);

	return sysfs_emit(buf, "%llu\n", forgotten);
}

static ssize_t count_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf);

static struct kobj_attribute perf_action_count_attrs[] = {
	[PERF_ACTION_MATCHED]		= __ATTR(matched, 0400, count_show, NULL),
	[PERF_ACTION_TRIGGERED]		= __ATTR(triggered, 0400, count_show, NULL),
	[PERF_ACTION_SUPPRESSED]	= __ATTR(suppressed, 0400, count_show, NULL),
	[PERF_ACTION_DROPPED]		= __ATTR(dropped, 0400, count_show, NULL),
};

static ssize_t count_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	unsigned int i = attr - perf_action_count_attrs;

	return sysfs_emit(buf, "%ld\n", atomic_long_read(&kobj_to_rule(kobj)->counts[i]));
}

static struct kobj_attribute rule_attr = __ATTR_RW_MODE(rule, 0600);
static struct kobj_attribute forgotten_attr = __ATTR_RO_MODE(forgotten, 0400);

static struct attribute *perf_action_rule_attrs[] = {
	&rule_attr.attr,
	&perf_action_count_attrs[PERF_ACTION_MATCHED].attr,
	&perf_action_count_attrs[PERF_ACTION_TRIGGERED].attr,
	&perf_action_count_attrs[PERF_ACTION_SUPPRESSED].attr,
	&perf_action_count_attrs[PERF_ACTION_DROPPED].attr,
	&forgotten_attr.attr,
	NULL
};
ATTRIBUTE_GROUPS(perf_action_rule);

static void perf_action_rule_release(struct kobject *kobj)
{
	struct perf_action_rule *rule = kobj_to_rule(kobj);

	kfree(rule->text);
	kfree(rule);
}

const struct kobj_type perf_action_rule_ktype = {
	.release	= perf_action_rule_release,
	.sysfs_ops	= &kobj_sysfs_ops,
	.default_groups	= perf_action_rule_groups,
};

/* The files of an event with which its rules are made and removed */
static struct perf_action_rules *kobj_to_rules(struct kobject *kobj)
{
	return &container_of(kobj, struct perf_persistent_event, kobj)->rules;
}

static ssize_t add_rule_store(struct kobject *kobj, struct kobj_attribute *attr,
			      const char *buf, size_t count)
{
	return perf_action_store(kobj_to_rules(kobj), 0, buf, count, "made") ?: count;
}

static ssize_t remove_rule_store(struct kobject *kobj, struct kobj_attribute *attr,
				 const char *buf, size_t count)
{
	struct perf_action_complaint complaint;
	struct perf_action_request request = {};
	int ret;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;

	ret = kstrtou32(buf, 0, &request.id);
	if (ret)
		return ret;

	ret = perf_action_change(kobj_to_rules(kobj), &request, &complaint);
	if (ret)
		return ret;
	perf_action_say(kobj_to_rules(kobj), request.id, "removed");

	return count;
}

static struct kobj_attribute add_rule_attr = __ATTR_WO(add_rule);
static struct kobj_attribute remove_rule_attr = __ATTR_WO(remove_rule);

static struct attribute *perf_action_event_attrs[] = {
	&add_rule_attr.attr,
	&remove_rule_attr.attr,
	NULL
};

static const struct attribute_group perf_action_event_group = {
	.attrs = perf_action_event_attrs,
};

/*
 * That sysfs has no memory for a file is no reason not to act. Context of all
 * below: process, may sleep.
 */

/**
 * perf_action_sysfs_start - the PMU has a directory now
 * @pmu: its directory, below which the actions are shown
 */
void perf_action_sysfs_start(struct kobject *pmu)
{
	struct perf_action_entry *entry;
	int i;

	guard(mutex)(&perf_action_mutex);
	perf_action_dir = kobject_create_and_add("actions", pmu);
	for (i = 0; i < PERF_ACTION_MAX; i++) {
		entry = rcu_dereference_protected(perf_action_table[i],
						  lockdep_is_held(&perf_action_mutex));
		if (entry)
			perf_action_sysfs_add(entry);
	}
}

/**
 * perf_action_sysfs_add - show an action
 * @entry: the action
 *
 * Under perf_action_mutex. Before perf_action_sysfs_start() it does nothing.
 */
void perf_action_sysfs_add(struct perf_action_entry *entry)
{
	if (perf_action_dir)
		WARN_ON_ONCE(kobject_add(&entry->kobj, perf_action_dir, NULL));
}

/**
 * perf_action_sysfs_show_rules - show the rules of an event
 * @rules: its rules
 * @dir:   its directory
 */
void perf_action_sysfs_show_rules(struct perf_action_rules *rules, struct kobject *dir)
{
	struct perf_action_rule *rule;

	guard(mutex)(&perf_action_mutex);
	rules->dir = dir;
	WARN_ON_ONCE(sysfs_create_group(dir, &perf_action_event_group));
	list_for_each_entry(rule, &rules->list, list)
		perf_action_sysfs_add_rule(rule);
}

/**
 * perf_action_sysfs_hide_rules - the directory of an event goes
 * @rules: its rules
 *
 * When it returns, nobody makes or removes rules there any more.
 */
void perf_action_sysfs_hide_rules(struct perf_action_rules *rules)
{
	struct kobject *dir;

	scoped_guard(mutex, &perf_action_mutex) {
		dir = rules->dir;
		rules->dir = NULL;
	}
	/* Whoever is in one of the files may want the mutex. */
	if (dir)
		sysfs_remove_group(dir, &perf_action_event_group);
}

/**
 * perf_action_sysfs_add_rule - show a rule
 * @rule: the rule
 *
 * Under perf_action_mutex. Does nothing if its event is not shown.
 */
void perf_action_sysfs_add_rule(struct perf_action_rule *rule)
{
	if (rule->rules->dir)
		WARN_ON_ONCE(kobject_add(&rule->kobj, rule->rules->dir, NULL));
}
