// SPDX-License-Identifier: GPL-2.0
/*
 * Making an event persistent at run time, and undoing it: ioctl() on perf file
 * descriptors. The descriptor is a template; the event is the kernel's own, on
 * all CPUs, and stays when the descriptor is closed.
 */
#define pr_fmt(fmt) "perf: persistent: " fmt

#include <linux/capability.h>
#include <linux/mutex.h>
#include <linux/perf_event.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/trace_events.h>
#include <linux/uaccess.h>

#include "persistent.h"

static bool perf_persistent_terminated(const char *text)
{
	return strnlen(text, PERF_PERSISTENT_NAME_SIZE) < PERF_PERSISTENT_NAME_SIZE;
}

static int perf_persistent_copy_args(struct perf_event_persist *args, void __user *from)
{
	u32 size;
	int ret;

	BUILD_BUG_ON(sizeof(args->name) != PERF_PERSISTENT_NAME_SIZE);
	BUILD_BUG_ON(sizeof(args->set) != PERF_PERSISTENT_NAME_SIZE);

	if (get_user(size, (u32 __user *)from))
		return -EFAULT;
	if (size < PERF_EVENT_PERSIST_SIZE_VER0 || size > PAGE_SIZE)
		return -EINVAL;

	ret = copy_struct_from_user(args, sizeof(*args), from, size);
	if (ret)
		return ret;

	if (args->flags & ~PERF_EVENT_PERSIST_KEEP_LAST || args->__reserved)
		return -EINVAL;

	if (!perf_persistent_terminated(args->name) || !perf_persistent_terminated(args->set))
		return -EINVAL;

	return 0;
}

/*
 * Only what is the same on every CPU, and is still there when whoever opened
 * it is not.
 */
static int perf_persistent_check_template(struct perf_event *event)
{
	const struct perf_event_attr *attr = &event->attr;

	if (is_persistent_event(event) || attr->type == PERF_TYPE_BREAKPOINT || event->prog)
		return -EOPNOTSUPP;
	/* A probe that goes away with its descriptor */
	if (event->tp_event && attr->type != PERF_TYPE_TRACEPOINT)
		return -EOPNOTSUPP;

	if (event->attach_state & PERF_ATTACH_TASK || !is_sampling_event(event))
		return -EINVAL;

	return 0;
}

static void perf_persistent_describe(struct perf_persistent_spec *spec,
				     struct perf_event *event,
				     const struct perf_event_persist *args)
{
	const struct perf_event_attr *attr = &event->attr;

	*spec = (struct perf_persistent_spec) {
		.action	= PERF_PERSISTENT_ADD,
		.name	= args->name,
		.set	= *args->set ? args->set : NULL,
		.attr	= {
			/* perf core may have replaced attr->type. */
			.type		= event->orig_type,
			.config		= attr->config,
			.config1	= attr->config1,
			.config2	= attr->config2,
			.config3	= attr->config3,
			.sample_period	= attr->sample_period,
			.freq		= attr->freq,
			.precise_ip	= attr->precise_ip,
			.exclude_user	= attr->exclude_user,
			.exclude_kernel	= attr->exclude_kernel,
			.exclude_hv	= attr->exclude_hv,
			.exclude_idle	= attr->exclude_idle,
			.exclude_host	= attr->exclude_host,
			.exclude_guest	= attr->exclude_guest,
			.exclude_callchain_kernel = attr->exclude_callchain_kernel,
			.exclude_callchain_user	  = attr->exclude_callchain_user,
		},
		.policy	= {
			.data_pages	= args->data_pages,
			.keep		= args->flags & PERF_EVENT_PERSIST_KEEP_LAST ?
					  PERF_PERSISTENT_KEEP_LAST :
					  PERF_PERSISTENT_KEEP_ANY,
			.callchain	= attr->sample_type & PERF_SAMPLE_CALLCHAIN,
		},
	};

	if (event->tp_event) {
		spec->system = event->tp_event->class->system;
		spec->tracepoint = trace_event_name(event->tp_event);
	}
}

/**
 * perf_persistent_persist - ioctl PERF_EVENT_IOC_PERSIST
 * @event: the event of the descriptor, the template
 * @arg:   struct perf_event_persist
 *
 * Context: process, may sleep, without the context's mutex.
 * Return: 0; -EPERM without CAP_SYS_ADMIN, or for the set of the hardware
 * errors, which nothing may crowd out; -EINVAL for a malformed argument, an
 * event of a task, one that does not sample, or a set of another policy;
 * -EOPNOTSUPP for an event that depends on its descriptor; -EEXIST if the name
 * is taken; -ENOSPC if it would take more than an eighth of the memory; -E2BIG
 * for an argument that is newer than this kernel; -ENOMEM, -EFAULT.
 */
long perf_persistent_persist(struct perf_event *event, void __user *arg)
{
	struct perf_persistent_spec spec;
	struct perf_persistent_event *pe;
	struct perf_event_persist args;
	int ret;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;

	ret = perf_persistent_copy_args(&args, arg);
	if (ret)
		return ret;

	ret = perf_persistent_check_template(event);
	if (ret)
		return ret;

	if (perf_persistent_default_pages(*args.set ? args.set : args.name))
		return -EPERM;

	perf_persistent_describe(&spec, event, &args);
	spec.filter = perf_trace_filter_dup(event);
	if (IS_ERR(spec.filter))
		return PTR_ERR(spec.filter);

	mutex_lock(&perf_persistent_mutex);
	pe = perf_persistent_add(&spec);
	mutex_unlock(&perf_persistent_mutex);
	kfree(spec.filter);
	if (IS_ERR(pe))
		return PTR_ERR(pe);

	pr_info("%s[%d] made %s persistent\n", current->comm, task_pid_nr(current), args.name);
	return 0;
}

/**
 * perf_persistent_forget - ioctl PERF_EVENT_IOC_FORGET
 * @event: the event of a reader of the persistent event to be removed
 *
 * Context: process, may sleep, without the context's mutex.
 * Return: 0; -EPERM without CAP_SYS_ADMIN, -EINVAL for an event that is not of
 * the PMU "persistent", -ENOENT if it was removed before.
 */
long perf_persistent_forget(struct perf_event *event)
{
	struct perf_persistent_event *pe;
	int ret;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (!is_persistent_event(event))
		return -EINVAL;

	pe = perf_persistent_of(event);
	mutex_lock(&perf_persistent_mutex);
	ret = perf_persistent_remove(pe);
	mutex_unlock(&perf_persistent_mutex);
	if (ret)
		return ret;

	pr_info("%s[%d] removed %s\n", current->comm, task_pid_nr(current),
		kobject_name(&pe->kobj));
	return 0;
}
