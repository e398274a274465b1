// SPDX-License-Identifier: GPL-2.0
/*
 * What sysfs says of persistent events and buffer sets, below the directory of
 * the PMU: see Documentation/ABI/testing/sysfs-bus-event_source-devices-persistent.
 *
 * The objects are made long before there is a sysfs directory to put them into.
 */
#include <linux/cpumask.h>
#include <linux/init.h>
#include <linux/kobject.h>
#include <linux/percpu.h>
#include <linux/perf_event.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include "internal.h"
#include "persistent.h"

/* NULL until late_initcall. Under perf_persistent_mutex. */
static struct kobject *perf_persistent_sources_dir;
static struct kobject *perf_persistent_sets_dir;

static struct perf_persistent_event *kobj_to_event(struct kobject *kobj)
{
	return container_of(kobj, struct perf_persistent_event, kobj);
}

static struct perf_persistent_set *kobj_to_set(struct kobject *kobj)
{
	return container_of(kobj, struct perf_persistent_set, kobj);
}

static ssize_t source_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	struct perf_persistent_event *pe = kobj_to_event(kobj);
	const struct perf_event_attr *pa = &pe->attr;
	const char *name = perf_persistent_attr_name(pa);
	ssize_t len = 0;

	if (pe->system) {
		len = sysfs_emit(buf, "tracepoint=%s:%s", pe->system, pe->tracepoint);
		/* The numbers are those of an existing one. */
		if (perf_persistent_pending(pe))
			return len + sysfs_emit_at(buf, len, "\n");
		len += sysfs_emit_at(buf, len, ",");
	} else if (*name) {
		len = sysfs_emit(buf, "event=%s,", name);
	}

	len += sysfs_emit_at(buf, len, "type=0x%x,config=0x%llx", pa->type, pa->config);
	if (pa->freq)
		len += sysfs_emit_at(buf, len, ",freq=%llu", pa->sample_freq);
	else if (!pe->system || pa->sample_period != 1)
		len += sysfs_emit_at(buf, len, ",period=%llu", pa->sample_period);

	return len + sysfs_emit_at(buf, len, "\n");
}

static ssize_t set_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", kobject_name(&kobj_to_event(kobj)->set->kobj));
}

static ssize_t state_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", perf_persistent_state(kobj_to_event(kobj)));
}

static const struct perf_persistent_default *
perf_persistent_default_of(const struct perf_persistent_event *pe)
{
	return pe->system ? perf_persistent_default_find(pe->system, pe->tracepoint) : NULL;
}

static ssize_t driver_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	const struct perf_persistent_default *def =
		perf_persistent_default_of(kobj_to_event(kobj));

	return sysfs_emit(buf, "%s\n", def ? def->driver : "");
}

static ssize_t severity_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	const struct perf_persistent_default *def =
		perf_persistent_default_of(kobj_to_event(kobj));

	return sysfs_emit(buf, "%s\n", def ? def->severity : "");
}

static ssize_t filter_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", kobj_to_event(kobj)->filter ?: "");
}

/* The sum, then the CPUs on which there is something. */
static ssize_t perf_persistent_emit_counts(struct kobject *kobj, char *buf, bool want_lost)
{
	struct perf_persistent_event *pe = kobj_to_event(kobj);
	u64 count, lost, value, sum = 0;
	ssize_t len;
	int cpu;

	for_each_possible_cpu(cpu) {
		perf_persistent_counts(pe, cpu, &count, &lost);
		sum += want_lost ? lost : count;
	}

	len = sysfs_emit(buf, "%llu", sum);
	for_each_possible_cpu(cpu) {
		perf_persistent_counts(pe, cpu, &count, &lost);
		value = want_lost ? lost : count;
		if (value)
			len += sysfs_emit_at(buf, len, " C%d=%llu", cpu, value);
	}

	return len + sysfs_emit_at(buf, len, "\n");
}

static ssize_t count_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return perf_persistent_emit_counts(kobj, buf, false);
}

static ssize_t lost_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return perf_persistent_emit_counts(kobj, buf, true);
}

static ssize_t inject_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	struct perf_persistent_event *pe = kobj_to_event(kobj);
	struct trace_event_call *call;
	ssize_t len;
	int idx;

	idx = srcu_read_lock(&perf_persistent_srcu);
	call = READ_ONCE(pe->call);
	if (pe->system && !call)
		len = sysfs_emit(buf, "\n");
	else
		len = perf_inject_show_levels(call, buf);
	srcu_read_unlock(&perf_persistent_srcu, idx);

	return len;
}

static struct kobj_attribute source_attr = __ATTR_RO(source);
static struct kobj_attribute set_attr = __ATTR_RO(set);
static struct kobj_attribute state_attr = __ATTR_RO(state);
static struct kobj_attribute driver_attr = __ATTR_RO(driver);
static struct kobj_attribute severity_attr = __ATTR_RO(severity);
static struct kobj_attribute filter_attr = __ATTR_RO_MODE(filter, 0400);
static struct kobj_attribute inject_attr = __ATTR_RO(inject);
static struct kobj_attribute count_attr = __ATTR_RO_MODE(count, 0400);
static struct kobj_attribute lost_attr = __ATTR_RO_MODE(lost, 0400);

static struct attribute *perf_persistent_event_attrs[] = {
	&source_attr.attr,
	&set_attr.attr,
	&state_attr.attr,
	&driver_attr.attr,
	&severity_attr.attr,
	&filter_attr.attr,
	&inject_attr.attr,
	&count_attr.attr,
	&lost_attr.attr,
	NULL
};
ATTRIBUTE_GROUPS(perf_persistent_event);

static void perf_persistent_event_free(struct rcu_head *rcu)
{
	kfree(container_of(rcu, struct perf_persistent_event, rcu));
}

/* Nobody reads the event any more, though somebody may just look it up. */
static void perf_persistent_event_release(struct kobject *kobj)
{
	struct perf_persistent_event *pe = kobj_to_event(kobj);

	if (pe->set)
		kobject_put(&pe->set->kobj);
	free_percpu(pe->sources);
	kfree_const(pe->system);
	kfree_const(pe->tracepoint);
	kfree(pe->filter);
	call_rcu(&pe->rcu, perf_persistent_event_free);
}

const struct kobj_type perf_persistent_event_ktype = {
	.release	= perf_persistent_event_release,
	.sysfs_ops	= &kobj_sysfs_ops,
	.default_groups	= perf_persistent_event_groups,
};

static ssize_t data_pages_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", kobj_to_set(kobj)->policy.data_pages);
}

static ssize_t keep_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n",
			  perf_persistent_keeps_last(kobj_to_set(kobj)) ? "last" : "first");
}

static ssize_t sample_type_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "0x%llx\n", perf_persistent_sample_type(kobj_to_set(kobj)));
}

static bool perf_persistent_has_buffer(struct perf_persistent_set *set, int cpu)
{
	return READ_ONCE(per_cpu_ptr(set->buffers, cpu)->rb);
}

static ssize_t cpus_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	struct perf_persistent_set *set = kobj_to_set(kobj);
	cpumask_var_t cpus;
	ssize_t len;
	int cpu;

	if (!zalloc_cpumask_var(&cpus, GFP_KERNEL))
		return -ENOMEM;

	for_each_possible_cpu(cpu)
		if (perf_persistent_has_buffer(set, cpu))
			cpumask_set_cpu(cpu, cpus);

	len = cpumap_print_to_pagebuf(true, buf, cpus);
	free_cpumask_var(cpus);
	return len;
}

static ssize_t memory_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	struct perf_persistent_set *set = kobj_to_set(kobj);
	size_t bytes = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		if (perf_persistent_has_buffer(set, cpu))
			bytes += perf_persistent_buffer_bytes(set);

	return sysfs_emit(buf, "%zu\n", bytes);
}

static struct kobj_attribute data_pages_attr = __ATTR_RO(data_pages);
static struct kobj_attribute keep_attr = __ATTR_RO(keep);
static struct kobj_attribute sample_type_attr = __ATTR_RO(sample_type);
static struct kobj_attribute cpus_attr = __ATTR_RO(cpus);
static struct kobj_attribute memory_attr = __ATTR_RO(memory);

static struct attribute *perf_persistent_set_attrs[] = {
	&data_pages_attr.attr,
	&keep_attr.attr,
	&sample_type_attr.attr,
	&cpus_attr.attr,
	&memory_attr.attr,
	NULL
};
ATTRIBUTE_GROUPS(perf_persistent_set);

/* The last of its events is gone, with the last of their readers. */
static void perf_persistent_set_release(struct kobject *kobj)
{
	struct perf_persistent_set *set = kobj_to_set(kobj);
	struct perf_buffer *rb;
	int cpu;

	if (set->buffers) {
		for_each_possible_cpu(cpu) {
			rb = per_cpu_ptr(set->buffers, cpu)->rb;
			if (rb)
				ring_buffer_put(rb);
		}
	}
	free_percpu(set->buffers);
	kfree(set);
}

const struct kobj_type perf_persistent_set_ktype = {
	.release	= perf_persistent_set_release,
	.sysfs_ops	= &kobj_sysfs_ops,
	.default_groups	= perf_persistent_set_groups,
};

static ssize_t config_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct perf_pmu_events_attr *pa =
		container_of(attr, struct perf_pmu_events_attr, attr);

	return sysfs_emit(buf, "event=0x%llx\n", pa->id);
}

/*
 * That sysfs has no memory for a file is no reason not to capture. Context of
 * all below: process, under perf_persistent_mutex.
 */

/**
 * perf_persistent_sysfs_add_event - show an event
 * @pe: the event
 *
 * Before late_initcall it does nothing: all are shown then.
 */
void perf_persistent_sysfs_add_event(struct perf_persistent_event *pe)
{
	struct device_attribute *attr = &pe->config_attr.attr;

	if (!perf_persistent_sources_dir)
		return;

	sysfs_attr_init(&attr->attr);
	attr->attr.name = kobject_name(&pe->kobj);
	attr->attr.mode = 0444;
	attr->show = config_show;

	WARN_ON_ONCE(kobject_add(&pe->kobj, perf_persistent_sources_dir, NULL));
	if (pe->system)
		perf_action_sysfs_show_rules(&pe->rules, &pe->kobj);
	WARN_ON_ONCE(sysfs_add_file_to_group(&perf_persistent_device()->kobj, &attr->attr,
					     "events"));
}

/**
 * perf_persistent_sysfs_del_event - do not show an event any more
 * @pe: the event; nobody is in its show functions when this returns
 */
void perf_persistent_sysfs_del_event(struct perf_persistent_event *pe)
{
	if (!perf_persistent_sources_dir)
		return;

	sysfs_remove_file_from_group(&perf_persistent_device()->kobj,
				     &pe->config_attr.attr.attr, "events");
	perf_action_sysfs_hide_rules(&pe->rules);
	kobject_del(&pe->kobj);
}

/**
 * perf_persistent_sysfs_add_set - show a set
 * @set: the set
 *
 * Before late_initcall it does nothing: all are shown then.
 */
void perf_persistent_sysfs_add_set(struct perf_persistent_set *set)
{
	if (perf_persistent_sets_dir)
		WARN_ON_ONCE(kobject_add(&set->kobj, perf_persistent_sets_dir, NULL));
}

/* perf core makes the directories of PMUs at device_initcall. */
static int __init perf_persistent_sysfs_init(void)
{
	struct device *dev = perf_persistent_device();
	struct perf_persistent_event *pe;
	struct perf_persistent_set *set;
	unsigned long config;

	if (!dev)
		return 0;

	guard(mutex)(&perf_persistent_mutex);
	perf_persistent_sources_dir = kobject_create_and_add("sources", &dev->kobj);
	perf_persistent_sets_dir = kobject_create_and_add("sets", &dev->kobj);
	if (!perf_persistent_sources_dir || !perf_persistent_sets_dir)
		return -ENOMEM;

	perf_action_sysfs_start(&dev->kobj);
	list_for_each_entry(set, &perf_persistent_sets, list)
		perf_persistent_sysfs_add_set(set);
	xa_for_each(&perf_persistent_events, config, pe)
		perf_persistent_sysfs_add_event(pe);

	return 0;
}
late_initcall(perf_persistent_sysfs_init);
