// SPDX-License-Identifier: GPL-2.0
/*
 * Injection: who may, and how it is switched off. An injected error can take
 * pages and CPUs out of service, kill tasks and stop the machine.
 */
#define pr_fmt(fmt) "perf: inject: " fmt

#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/init.h>
#include <linux/perf_event.h>
#include <linux/ratelimit.h>
#include <linux/sched.h>
#include <linux/security.h>
#include <linux/sysctl.h>
#include <linux/trace_events.h>
#include <linux/user_namespace.h>

#include "inject.h"

static int perf_inject_disabled __read_mostly;

static struct ctl_table perf_inject_sysctls[] = {
	{
		.procname	= "perf_inject_disabled",
		.data		= &perf_inject_disabled,
		.maxlen		= sizeof(int),
		.mode		= 0644,
		/* Only from 0 to 1: there is no way back but a reboot. */
		.proc_handler	= proc_dointvec_minmax,
		.extra1		= SYSCTL_ONE,
		.extra2		= SYSCTL_ONE,
	},
};

static int __init perf_inject_sysctl_init(void)
{
	register_sysctl_init("kernel", perf_inject_sysctls);
	return 0;
}
late_initcall(perf_inject_sysctl_init);

/**
 * perf_inject_switched_off - has kernel.perf_inject_disabled been set?
 *
 * Context: any.
 * Return: true if nothing can be injected until the next boot.
 */
bool perf_inject_switched_off(void)
{
	return READ_ONCE(perf_inject_disabled);
}

/**
 * perf_inject_permitted - may this task inject through this descriptor?
 * @file:  the perf event's file
 * @event: the event
 *
 * Whoever opened the descriptor and whoever writes must both be allowed to:
 * a descriptor passed to another task gives no rights, nor does it take them
 * from a privileged task that was tricked into writing.
 *
 * Context: process, may sleep.
 * Return: 0; -EPERM, also when injection was switched off or the kernel is
 * locked down; or what the LSM says.
 */
int perf_inject_permitted(struct file *file, struct perf_event *event)
{
	int ret;

	if (!file_ns_capable(file, &init_user_ns, CAP_SYS_ADMIN) ||
	    !capable(CAP_SYS_ADMIN) || perf_inject_switched_off())
		return -EPERM;

	ret = security_perf_event_write(event);
	if (ret)
		return ret;

	return security_locked_down(LOCKDOWN_PERF_INJECT);
}

static const char *perf_inject_what(const struct perf_inject_record *rec)
{
	switch (rec->level) {
	case PERF_INJECT_DRIVER:
		return "into the driver of";
	case PERF_INJECT_HARDWARE:
		return "into the hardware behind";
	default:
		return "into";
	}
}

/**
 * perf_inject_log - say who injects
 * @event: the event of the descriptor
 * @rec:   the first record, which is about to be taken
 *
 * Once per file descriptor, so that a storm is one line; and the lines of many
 * descriptors are limited, what they inject is not.
 *
 * Context: process.
 */
void perf_inject_log(struct perf_event *event, const struct perf_inject_record *rec)
{
	if (READ_ONCE(event->inject_logged) || xchg(&event->inject_logged, 1))
		return;

	if (rec->call)
		pr_notice_ratelimited("%s[%d] (uid %u) injects %s %s:%s\n", current->comm,
				      task_pid_nr(current),
				      from_kuid(&init_user_ns, current_uid()),
				      perf_inject_what(rec), rec->call->class->system,
				      trace_event_name(rec->call));
	else
		pr_notice_ratelimited("%s[%d] (uid %u) injects into event type %u config %#llx\n",
				      current->comm, task_pid_nr(current),
				      from_kuid(&init_user_ns, current_uid()),
				      event->attr.type, event->attr.config);
}
