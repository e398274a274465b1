// SPDX-License-Identifier: GPL-2.0
/*
 * Persistent events: events that the kernel itself keeps open on every CPU.
 *
 * An ordinary perf event lives as long as the task that opened it, so nobody
 * hears the errors that strike before the first task, or between two runs of
 * a daemon. The events here belong to no task. Those of one CPU and set share
 * one ring buffer, so that memory is O(CPUs) and not O(CPUs * events); when it
 * is full the oldest records are kept, since the first error is the one that
 * explains the others, and the rest is counted as lost.
 *
 * This file is the side that captures. persistent_pmu.c is the side that
 * reads: the PMU through which a task attaches to a CPU's buffer.
 */
#define pr_fmt(fmt) "perf: persistent: " fmt

#include <linux/cpuhotplug.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/perf_event.h>
#include <linux/pid_namespace.h>
#include <linux/slab.h>
#include <linux/trace_events.h>
#include <linux/workqueue.h>

#include "internal.h"
#include "persistent.h"

/* Making and removing events and sets */
DEFINE_MUTEX(perf_persistent_mutex);
DEFINE_SRCU(perf_persistent_srcu);
DEFINE_XARRAY_ALLOC1(perf_persistent_events);

/* Config values are not soon used again: they may stand in somebody's script. */
static u32 perf_persistent_next;

/**
 * perf_persistent_get - look up a persistent event by its number
 * @config: perf_event_attr::config as given by the user
 *
 * Context: any that is not NMI.
 * Return: the event with a reference, for kobject_put(), or NULL.
 */
struct perf_persistent_event *perf_persistent_get(u64 config)
{
	struct perf_persistent_event *pe;

	if (config > U32_MAX)
		return NULL;

	guard(rcu)();
	pe = xa_load(&perf_persistent_events, config);

	return pe && kobject_get_unless_zero(&pe->kobj) ? pe : NULL;
}

/**
 * perf_persistent_find - look up a persistent event by its name
 * @name: its name
 *
 * Context: process, under perf_persistent_mutex.
 * Return: the event or NULL.
 */
struct perf_persistent_event *perf_persistent_find(const char *name)
{
	struct perf_persistent_event *pe;
	unsigned long config;

	lockdep_assert_held(&perf_persistent_mutex);
	xa_for_each(&perf_persistent_events, config, pe)
		if (!strcmp(kobject_name(&pe->kobj), name))
			return pe;

	return NULL;
}

/**
 * perf_persistent_stopped - has the event done what it was for?
 * @pe: the event
 *
 * Context: any.
 * Return: true if it was to be captured until user space runs, which it does.
 */
bool perf_persistent_stopped(const struct perf_persistent_event *pe)
{
	return pe->until_running && system_state >= SYSTEM_RUNNING;
}

/**
 * perf_persistent_pending - is there nothing to capture now?
 * @pe: the event
 *
 * Context: any.
 * Return: true if it is a tracepoint that does not exist.
 */
bool perf_persistent_pending(const struct perf_persistent_event *pe)
{
	return pe->system && !READ_ONCE(pe->call);
}

/**
 * perf_persistent_state - what an event is doing
 * @pe: the event
 *
 * Context: any.
 * Return: the word for it.
 */
const char *perf_persistent_state(const struct perf_persistent_event *pe)
{
	if (perf_persistent_stopped(pe))
		return "stopped";

	return perf_persistent_pending(pe) ? "pending" : "active";
}

/**
 * perf_persistent_counts - how often an event has happened on a CPU
 * @pe:	   the event
 * @cpu:   a possible CPU
 * @count: filled in, in the event's unit
 * @lost:  filled in, the records that did not get into the buffer
 *
 * Context: any.
 */
void perf_persistent_counts(struct perf_persistent_event *pe, int cpu, u64 *count,
			    u64 *lost)
{
	struct perf_persistent_source *source = per_cpu_ptr(pe->sources, cpu);
	struct perf_event *event;

	guard(rcu)();
	/* Pairs with the release in perf_persistent_create() and _stop(). */
	event = smp_load_acquire(&source->event);
	*count = event ? local64_read(&event->count) : source->count;
	*lost = event ? atomic64_read(&event->lost_samples) : source->lost;
}

/**
 * perf_persistent_call_get - the tracepoint that a reader's event stands for
 * @event: an event of the PMU
 *
 * Context: process, may sleep.
 * Return: the tracepoint, for trace_event_put_ref(); ERR_PTR(-EOPNOTSUPP) if it
 * is not a tracepoint, ERR_PTR(-ENODEV) if it is not there now.
 */
struct trace_event_call *perf_persistent_call_get(struct perf_event *event)
{
	struct perf_persistent_event *pe = perf_persistent_of(event);
	struct trace_event_call *call;
	int idx;

	if (!pe->system)
		return ERR_PTR(-EOPNOTSUPP);

	idx = srcu_read_lock(&perf_persistent_srcu);
	call = READ_ONCE(pe->call);
	if (call && !trace_event_try_get_ref(call))
		call = NULL;
	srcu_read_unlock(&perf_persistent_srcu, idx);

	return call ?: ERR_PTR(-ENODEV);
}

/**
 * perf_persistent_here - the kernel's own event on this CPU
 * @event: an event of the PMU that stands for it
 *
 * Context: on the CPU that is asked about, with interrupts disabled.
 * Return: the event if it is in service now, or NULL.
 */
struct perf_event *perf_persistent_here(struct perf_event *event)
{
	struct perf_persistent_event *pe = perf_persistent_of(event);
	struct perf_event *own = READ_ONCE(this_cpu_ptr(pe->sources)->event);

	return own && READ_ONCE(own->state) == PERF_EVENT_STATE_ACTIVE ? own : NULL;
}

/*
 * In place of perf_event_output_forward() and _backward() of an event that is
 * only wanted until user space runs. What it sees after that has not happened
 * as far as it is concerned.
 *
 * Context: that of the event, up to NMI.
 */
static void perf_persistent_until_running(struct perf_event *event,
					  struct perf_sample_data *data,
					  struct pt_regs *regs)
{
	if (system_state >= SYSTEM_RUNNING) {
		if (!event->attr.freq)
			local64_sub(event->attr.sample_period, &event->count);
		perf_event_disable_inatomic(event);
		return;
	}

	if (event->attr.write_backward)
		perf_event_output_backward(event, data, regs);
	else
		perf_event_output_forward(event, data, regs);
}

/* A module's, which is not to stay loaded only because we listen. */
static struct module *perf_persistent_module(const struct trace_event_call *call)
{
	return call && !(call->flags & TRACE_EVENT_FL_DYNAMIC) ? call->module : NULL;
}

/* perf core gives back the reference to the module when it closes the event. */
static void perf_persistent_close(struct perf_event *event)
{
	perf_action_attach(event, NULL);
	__module_get(perf_persistent_module(event->tp_event));
	perf_event_release_kernel(event);
}

static struct perf_event *perf_persistent_open(struct perf_persistent_event *pe, int cpu)
{
	struct perf_event_attr attr = pe->attr;
	struct perf_event *event;
	int ret;

	attr.sample_type = perf_persistent_sample_type(pe->set);
	attr.write_backward = perf_persistent_keeps_last(pe->set);

	event = perf_event_create_kernel_counter(&attr, cpu, NULL,
						 pe->until_running ?
						 perf_persistent_until_running : NULL, NULL);
	if (IS_ERR(event))
		return event;

	if (perf_persistent_module(event->tp_event))
		trace_event_put_ref(event->tp_event);

	/* Whoever asked for it, it is the machine's. */
	put_pid_ns(event->ns);
	event->ns = get_pid_ns(&init_pid_ns);

	if (!pe->filter)
		return event;

	ret = ftrace_profile_set_filter(event, attr.config, (char *)pe->filter);
	if (!ret)
		return event;

	perf_persistent_close(event);
	return ERR_PTR(ret);
}

/*
 * Created disabled, enabled when everything is in place: nothing is written
 * in a layout that is not set up yet.
 */
static int perf_persistent_create(struct perf_persistent_event *pe, int cpu)
{
	struct perf_persistent_source *source = per_cpu_ptr(pe->sources, cpu);
	struct perf_persistent_buffer *buf;
	struct perf_event *event;

	buf = perf_persistent_buffer_get(pe->set, cpu);
	if (!buf)
		return -ENOMEM;

	event = perf_persistent_open(pe, cpu);
	if (IS_ERR(event))
		return PTR_ERR(event);

	perf_event__header_size(event);
	perf_event__id_header_size(event);

	/* Unread records may carry the id of an event before this one. */
	if (source->id)
		event->id = source->id;
	source->id = event->id;
	local64_set(&event->count, source->count);
	atomic64_set(&event->lost_samples, source->lost);

	refcount_inc(&buf->rb->refcount);
	ring_buffer_attach(event, buf->rb);
	perf_event_init_userpage(event);

	/* Pairs with the acquire in perf_persistent_counts(). */
	smp_store_release(&source->event, event);
	perf_action_attach(event, &pe->rules);
	perf_event_enable(event);

	return 0;
}

/* perf core took the event out of its context when the CPU went offline. */
static void perf_persistent_resume(struct perf_event *event)
{
	perf_event_reinstall(event);
	perf_event_enable(event);
}

/*
 * That the CPU went away meanwhile is no failure: it comes here again. It may
 * also have come and gone while its event was being created, hence the resuming.
 */
static int perf_persistent_start_cpu(struct perf_persistent_event *pe, int cpu)
{
	struct perf_persistent_source *source = per_cpu_ptr(pe->sources, cpu);
	int ret;

	if (source->event) {
		perf_persistent_resume(source->event);
		return 0;
	}

	ret = perf_persistent_create(pe, cpu);
	return ret == -ENODEV ? 0 : ret;
}

/* Find the tracepoint. Without one the event is pending. */
static bool perf_persistent_resolve(struct perf_persistent_event *pe)
{
	struct trace_event_file *file;

	if (!pe->system || pe->call)
		return true;

	file = trace_get_event_file(NULL, pe->system, pe->tracepoint);
	if (IS_ERR(file))
		return false;

	pe->attr.config = file->event_call->event.type;
	WRITE_ONCE(pe->call, file->event_call);
	trace_put_event_file(file);

	return true;
}

static bool perf_persistent_captured(struct perf_persistent_event *pe)
{
	int cpu;

	for_each_possible_cpu(cpu)
		if (per_cpu_ptr(pe->sources, cpu)->event)
			return true;

	return false;
}

/*
 * Release the events on all CPUs, keeping their counts. Afterwards nothing
 * refers to the tracepoint.
 */
static void perf_persistent_stop(struct perf_persistent_event *pe)
{
	struct perf_persistent_source *source;
	struct perf_event *event;
	int cpu;

	lockdep_assert_held(&perf_persistent_mutex);
	WRITE_ONCE(pe->leaving, true);
	WRITE_ONCE(pe->call, NULL);
	/* No hotplug callback enables them any more, nobody takes the tracepoint. */
	synchronize_srcu(&perf_persistent_srcu);

	for_each_possible_cpu(cpu) {
		source = per_cpu_ptr(pe->sources, cpu);
		event = source->event;
		if (!event)
			continue;

		perf_event_disable(event);
		source->count = local64_read(&event->count);
		source->lost = atomic64_read(&event->lost_samples);
		/* Pairs with the acquire in perf_persistent_counts(). */
		smp_store_release(&source->event, NULL);
		perf_persistent_close(event);
	}
	perf_action_disarm(&pe->rules);
}

/*
 * Bring an event to life on every CPU that is online. A failure costs the
 * capture on one CPU; it is an error if there is none left.
 */
static int perf_persistent_start(struct perf_persistent_event *pe)
{
	int cpu, err, ret = 0;

	lockdep_assert_held(&perf_persistent_mutex);
	if (perf_persistent_stopped(pe) || !perf_persistent_resolve(pe))
		return 0;

	WRITE_ONCE(pe->leaving, false);
	if (pe->call)
		perf_action_arm(&pe->rules, pe->call);
	for_each_online_cpu(cpu) {
		err = perf_persistent_start_cpu(pe, cpu);
		ret = err ?: ret;
	}
	if (!ret)
		return 0;

	if (perf_persistent_captured(pe)) {
		pr_err("%s is not captured on all CPUs (%d)\n", kobject_name(&pe->kobj), ret);
		return 0;
	}

	/* Nothing keeps the tracepoint of a probe where it is, then. */
	perf_persistent_stop(pe);
	return ret;
}

static struct perf_persistent_event *
perf_persistent_alloc(const struct perf_persistent_spec *spec, const char *name)
{
	struct perf_persistent_event *pe;

	pe = kzalloc(sizeof(*pe), GFP_KERNEL);
	if (!pe)
		return NULL;

	kobject_init(&pe->kobj, &perf_persistent_event_ktype);
	pe->attr = spec->attr;
	pe->attr.size = sizeof(pe->attr);
	pe->attr.sample_max_stack = PERF_MAX_STACK_DEPTH;
	pe->attr.read_format = PERF_FORMAT_ID | PERF_FORMAT_LOST;
	pe->attr.wakeup_events = 1;
	pe->attr.sample_id_all = 1;
	pe->attr.disabled = 1;
	pe->until_running = spec->until_running;
	pe->sources = alloc_percpu(struct perf_persistent_source);
	if (!pe->sources || kobject_set_name(&pe->kobj, "%s", name))
		goto fail;
	perf_action_rules_init(&pe->rules, kobject_name(&pe->kobj));
	pe->rules.until_running = spec->until_running;

	if (spec->system) {
		pe->system = kstrdup_const(spec->system, GFP_KERNEL);
		pe->tracepoint = kstrdup_const(spec->tracepoint, GFP_KERNEL);
		if (!pe->system || !pe->tracepoint)
			goto fail;
	}
	if (spec->filter) {
		pe->filter = kstrdup(spec->filter, GFP_KERNEL);
		if (!pe->filter)
			goto fail;
	}

	return pe;

fail:
	kobject_put(&pe->kobj);
	return NULL;
}

/* Those who wait for records find that there will be none. */
static void perf_persistent_wake_readers(struct perf_persistent_set *set)
{
	struct perf_persistent_buffer *buf;
	struct perf_event *event;
	int cpu;

	guard(rcu)();
	for_each_possible_cpu(cpu) {
		buf = per_cpu_ptr(set->buffers, cpu);
		if (!buf->rb)
			continue;

		list_for_each_entry_rcu(event, &buf->rb->event_list, rb_entry)
			wake_up_all(&event->waitq);
	}
}

/* Nobody finds the event any more; its readers keep what is in the buffer. */
static void perf_persistent_drop(struct perf_persistent_event *pe)
{
	xa_erase(&perf_persistent_events, pe->config_attr.id);
	perf_persistent_stop(pe);
	perf_action_remove_all(&pe->rules);
	WRITE_ONCE(pe->forgotten, true);
	perf_persistent_wake_readers(pe->set);
	perf_persistent_set_leave(pe->set);
	kobject_put(&pe->kobj);
}

/**
 * perf_persistent_add - make an event persistent
 * @spec: what it is to be
 *
 * A tracepoint that does not exist makes a pending event. Anything else that
 * cannot be captured on any CPU is an error.
 *
 * Context: process, under perf_persistent_mutex; may sleep.
 * Return: the event, whose reference stays the list's; or an ERR_PTR():
 * -EEXIST if the name is taken, -EINVAL if it cannot be one or the set is not
 * as wished, -ENOSPC if the set would take more than an eighth of the memory,
 * -ENOMEM, or what perf core says of the event underneath.
 */
struct perf_persistent_event *perf_persistent_add(const struct perf_persistent_spec *spec)
{
	const char *name = spec->name ?: spec->tracepoint ?:
			   perf_persistent_attr_name(&spec->attr);
	const char *set_name = spec->set ?: name;
	struct perf_persistent_event *pe;
	u32 config;
	int ret;

	lockdep_assert_held(&perf_persistent_mutex);
	if (!perf_persistent_name_valid(name) || !perf_persistent_name_valid(set_name))
		return ERR_PTR(-EINVAL);
	if (perf_persistent_find(name))
		return ERR_PTR(-EEXIST);

	pe = perf_persistent_alloc(spec, name);
	if (!pe)
		return ERR_PTR(-ENOMEM);

	pe->set = perf_persistent_set_make(set_name, &spec->policy);
	if (IS_ERR(pe->set)) {
		ret = PTR_ERR(pe->set);
		pe->set = NULL;
		kobject_put(&pe->kobj);
		return ERR_PTR(ret);
	}
	perf_persistent_set_join(pe->set);

	ret = xa_alloc_cyclic(&perf_persistent_events, &config, pe, xa_limit_31b,
			      &perf_persistent_next, GFP_KERNEL);
	if (ret < 0) {
		perf_persistent_set_leave(pe->set);
		kobject_put(&pe->kobj);
		return ERR_PTR(ret);
	}
	pe->config_attr.id = config;

	ret = perf_persistent_start(pe);
	if (ret) {
		perf_persistent_drop(pe);
		return ERR_PTR(ret);
	}
	perf_persistent_sysfs_add_event(pe);

	return pe;
}

/**
 * perf_persistent_remove - an event is not persistent any more
 * @pe: the event, to which the caller has a reference if he still needs it
 *
 * Its readers keep what is in the buffer, and are told by POLLHUP.
 *
 * Context: process, under perf_persistent_mutex; may sleep.
 * Return: 0, or -ENOENT if it was removed before.
 */
int perf_persistent_remove(struct perf_persistent_event *pe)
{
	lockdep_assert_held(&perf_persistent_mutex);
	if (pe->forgotten)
		return -ENOENT;

	perf_persistent_sysfs_del_event(pe);
	perf_persistent_drop(pe);

	return 0;
}

static void perf_persistent_start_all(struct work_struct *work)
{
	struct perf_persistent_event *pe;
	unsigned long config;

	guard(mutex)(&perf_persistent_mutex);
	xa_for_each(&perf_persistent_events, config, pe)
		perf_persistent_start(pe);
}

static DECLARE_WORK(perf_persistent_work, perf_persistent_start_all);

/*
 * A CPU that is back resumes its events before anybody can tell that it is
 * online. One that was never seen before gets its events from a work item:
 * creating a tracepoint event takes event_mutex, whose holders wait for
 * cpus_read_lock() (to patch the tracepoint's static key) and so for the end
 * of this very callback. For the same reason it must not take our mutex.
 *
 * There is nothing to do when a CPU goes: perf core takes its events out of
 * service as late as it can, and the buffer stays with what is in it.
 */
static int perf_persistent_online(unsigned int cpu)
{
	struct perf_persistent_event *pe;
	struct perf_event *event;
	unsigned long config;
	int idx;

	idx = srcu_read_lock(&perf_persistent_srcu);
	xa_for_each(&perf_persistent_events, config, pe) {
		event = READ_ONCE(per_cpu_ptr(pe->sources, cpu)->event);
		if (!event || READ_ONCE(pe->leaving))
			schedule_work(&perf_persistent_work);
		else if (!perf_persistent_stopped(pe))
			perf_persistent_resume(event);
	}
	srcu_read_unlock(&perf_persistent_srcu, idx);

	return 0;
}

/*
 * The tracepoints of a module are there before its init runs: see
 * trace_module_notify(), which has a higher priority.
 */
static int perf_persistent_module_coming(struct notifier_block *nb, unsigned long state,
					 void *data)
{
	struct perf_persistent_event *pe;
	unsigned long config;

	if (state != MODULE_STATE_COMING)
		return NOTIFY_DONE;

	guard(mutex)(&perf_persistent_mutex);
	xa_for_each(&perf_persistent_events, config, pe)
		if (perf_persistent_pending(pe) && perf_persistent_start(pe))
			pr_err("%s cannot be captured\n", kobject_name(&pe->kobj));

	return NOTIFY_DONE;
}

/* They go in trace_module_notify(), so we come before it here. */
static int perf_persistent_module_going(struct notifier_block *nb, unsigned long state,
					void *data)
{
	struct perf_persistent_event *pe;
	unsigned long config;

	if (state != MODULE_STATE_GOING)
		return NOTIFY_DONE;

	guard(mutex)(&perf_persistent_mutex);
	xa_for_each(&perf_persistent_events, config, pe)
		if (perf_persistent_module(pe->call) == data)
			perf_persistent_stop(pe);

	return NOTIFY_DONE;
}

static struct notifier_block perf_persistent_coming_nb = {
	.notifier_call	= perf_persistent_module_coming,
	.priority	= 0,
};

static struct notifier_block perf_persistent_going_nb = {
	.notifier_call	= perf_persistent_module_going,
	.priority	= 2,
};

/*
 * The earliest RAS tracepoint that can fire is that of GHES, whose probe at
 * subsys_initcall drains what firmware left; machine checks found in the
 * banks at boot are delivered at late_initcall.
 */
static int __init perf_persistent_init(void)
{
	int ret;

	if (perf_persistent_boot_off())
		return 0;

	ret = perf_persistent_pmu_init();
	if (ret) {
		pr_err("cannot register the PMU (%d)\n", ret);
		return ret;
	}

	mutex_lock(&perf_persistent_mutex);
	perf_persistent_boot_apply();
	mutex_unlock(&perf_persistent_mutex);

	ret = cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN, "perf/persistent:online",
					perf_persistent_online, NULL);
	if (ret < 0)
		pr_err("cannot follow CPU hotplug (%d)\n", ret);

	register_module_notifier(&perf_persistent_coming_nb);
	register_module_notifier(&perf_persistent_going_nb);

	return 0;
}
core_initcall(perf_persistent_init);
