// SPDX-License-Identifier: GPL-2.0
/*
 * Persistent events: events that the kernel itself keeps open on every CPU.
 *
 * An ordinary perf event lives as long as the task that opened it, so nobody
 * hears the errors that strike before the first task, or between two runs of
 * a daemon. The events here belong to no task. Those of one CPU share one
 * ring buffer, so that memory is O(CPUs) and not O(CPUs * events); when it is
 * full the oldest records are kept, since the first error is the one that
 * explains the others, and the rest is counted as lost.
 *
 * This file is the side that captures. persistent_pmu.c is the side that
 * reads: the PMU through which a task attaches to a CPU's buffer.
 */
#define pr_fmt(fmt) "perf: persistent: " fmt

#include <linux/cpuhotplug.h>
#include <linux/init.h>
#include <linux/percpu.h>
#include <linux/perf_event.h>
#include <linux/trace_events.h>
#include <linux/workqueue.h>

#include "internal.h"
#include "persistent.h"

DEFINE_PER_CPU(struct perf_persistent_buffer, perf_persistent_buffer);

/*
 * What is captured by default: the hardware errors. Those that this kernel
 * does not have are left out. The position, from 1 on, is the config value
 * of the PMU's event.
 */
static struct perf_persistent_event persistent_events[] = {
	{ "mce", "mce_record" },
	{ "ras", "mc_event" },
	{ "ras", "aer_event" },
	{ "ras", "non_standard_event" },
	{ "ras", "extlog_mem_event" },
	{ "ras", "memory_failure_event" },
};

/**
 * perf_persistent_nr - the highest config value of the PMU
 *
 * Return: the number of events, present or not.
 */
int perf_persistent_nr(void)
{
	return ARRAY_SIZE(persistent_events);
}

/**
 * perf_persistent_find - look up a persistent event
 * @config: perf_event_attr::config as given by the user
 *
 * Return: the event, or NULL when there is none of that number, or when this
 * kernel lacks what would be underneath.
 */
struct perf_persistent_event *perf_persistent_find(u64 config)
{
	struct perf_persistent_event *pe;

	if (!config || config > ARRAY_SIZE(persistent_events))
		return NULL;

	pe = &persistent_events[config - 1];
	return pe->events ? pe : NULL;
}

/**
 * perf_persistent_get - the kernel's own event on a CPU
 * @pe:	 the persistent event
 * @cpu: a possible CPU
 *
 * Context: any. The event is never freed.
 * Return: the event, NULL if the CPU was never online.
 */
struct perf_event *perf_persistent_get(struct perf_persistent_event *pe, int cpu)
{
	/* Pairs with the release in perf_persistent_create(). */
	return smp_load_acquire(per_cpu_ptr(pe->events, cpu));
}

/*
 * The one place where a buffer's pages come from. Without the overwrite mode
 * (RING_BUFFER_WRITABLE) new records are dropped when the buffer is full.
 */
static struct perf_buffer *perf_persistent_rb_alloc(int cpu)
{
	return rb_alloc(PERF_PERSISTENT_DATA_PAGES, 0, cpu, RING_BUFFER_WRITABLE);
}

static int perf_persistent_buffer_init(struct perf_persistent_buffer *buf, int cpu)
{
	struct perf_buffer *rb;

	if (buf->rb)
		return 0;

	rb = perf_persistent_rb_alloc(cpu);
	if (!rb)
		return -ENOMEM;

	/*
	 * The kernel's own "mapping": without one, perf core takes the buffer
	 * for one that is about to be freed.
	 */
	atomic_set(&rb->mmap_count, 1);
	rb->persistent = buf;
	buf->cpu = cpu;
	/* Pairs with the acquire in perf_persistent_event_init(). */
	smp_store_release(&buf->rb, rb);

	return 0;
}

/*
 * Created disabled, enabled when everything is in place: nothing is written
 * in a layout that is not set up yet.
 */
static int perf_persistent_create(struct perf_persistent_event *pe,
				  struct perf_persistent_buffer *buf, int cpu)
{
	struct perf_event_attr attr = {
		.type		= pe->type,
		.config		= pe->config,
		.size		= sizeof(attr),
		.sample_period	= 1,
		.sample_type	= PERF_PERSISTENT_SAMPLE_TYPE,
		.read_format	= PERF_FORMAT_ID | PERF_FORMAT_LOST,
		.wakeup_events	= 1,
		.sample_id_all	= 1,
		.disabled	= 1,
	};
	struct perf_event *event;

	event = perf_event_create_kernel_counter(&attr, cpu, NULL, NULL, NULL);
	if (IS_ERR(event))
		return PTR_ERR(event);

	perf_event__header_size(event);
	perf_event__id_header_size(event);

	refcount_inc(&buf->rb->refcount);
	ring_buffer_attach(event, buf->rb);
	perf_event_init_userpage(event);
	perf_event_enable(event);

	/* Pairs with the acquire in perf_persistent_get(). */
	smp_store_release(per_cpu_ptr(pe->events, cpu), event);

	return 0;
}

/* perf core took the event out of its context when the CPU went offline. */
static void perf_persistent_resume(struct perf_event *event)
{
	perf_event_reinstall(event);
	perf_event_enable(event);
}

/*
 * A failure costs the capture of errors on this CPU and nothing else. That
 * the CPU went away meanwhile is none: it comes here again. It may also have
 * come and gone while its event was being created, hence the resuming.
 */
static void perf_persistent_start_cpu(int cpu)
{
	struct perf_persistent_buffer *buf = per_cpu_ptr(&perf_persistent_buffer, cpu);
	struct perf_persistent_event *pe;
	struct perf_event *event;
	int i, ret;

	ret = perf_persistent_buffer_init(buf, cpu);
	if (ret) {
		pr_err("no buffer for CPU %d: errors on it are not captured (%d)\n",
		       cpu, ret);
		return;
	}

	for (i = 1; i <= perf_persistent_nr(); i++) {
		pe = perf_persistent_find(i);
		if (!pe)
			continue;

		event = perf_persistent_get(pe, cpu);
		if (event) {
			perf_persistent_resume(event);
			continue;
		}

		ret = perf_persistent_create(pe, buf, cpu);
		if (ret && ret != -ENODEV)
			pr_err("%s:%s is not captured on CPU %d (%d)\n",
			       pe->system, pe->name, cpu, ret);
	}
}

static void perf_persistent_start(struct work_struct *work)
{
	int cpu;

	for_each_online_cpu(cpu)
		perf_persistent_start_cpu(cpu);
}

static DECLARE_WORK(perf_persistent_work, perf_persistent_start);

/*
 * A CPU that is back resumes its events before anybody can tell that it is
 * online. One that was never seen before gets its events from a work item:
 * creating a tracepoint event takes event_mutex, whose holders wait for
 * cpus_read_lock() (to patch the tracepoint's static key) and so for the end
 * of this very callback.
 *
 * There is nothing to do when a CPU goes: perf core takes its events out of
 * service as late as it can, and the buffer stays with what is in it.
 */
static int perf_persistent_online(unsigned int cpu)
{
	struct perf_persistent_event *pe;
	struct perf_event *event;
	int i;

	for (i = 1; i <= perf_persistent_nr(); i++) {
		pe = perf_persistent_find(i);
		if (!pe)
			continue;

		event = perf_persistent_get(pe, cpu);
		if (event)
			perf_persistent_resume(event);
		else
			schedule_work(&perf_persistent_work);
	}

	return 0;
}

static int __init perf_persistent_resolve(struct perf_persistent_event *pe)
{
	struct trace_event_file *file;

	file = trace_get_event_file(NULL, pe->system, pe->name);
	if (IS_ERR(file))
		return PTR_ERR(file);

	pe->type = PERF_TYPE_TRACEPOINT;
	pe->config = file->event_call->event.type;
	trace_put_event_file(file);

	pe->events = alloc_percpu(struct perf_event *);
	return pe->events ? 0 : -ENOMEM;
}

/*
 * The earliest RAS tracepoint that can fire is that of GHES, whose probe at
 * subsys_initcall drains what firmware left; machine checks found in the
 * banks at boot are delivered at late_initcall.
 */
static int __init perf_persistent_init(void)
{
	int i, nr = 0, ret;

	for (i = 0; i < ARRAY_SIZE(persistent_events); i++)
		nr += !perf_persistent_resolve(&persistent_events[i]);

	if (!nr)
		return 0;

	ret = perf_persistent_pmu_init();
	if (ret) {
		pr_err("cannot register the PMU (%d)\n", ret);
		return ret;
	}

	perf_persistent_start(NULL);

	ret = cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN, "perf/persistent:online",
					perf_persistent_online, NULL);
	if (ret < 0) {
		pr_err("cannot follow CPU hotplug (%d)\n", ret);
		return ret;
	}

	pr_info("%d events, %lu KiB per CPU\n", nr,
		(PERF_PERSISTENT_DATA_PAGES + 1) * PAGE_SIZE / SZ_1K);
	return 0;
}
core_initcall(perf_persistent_init);
