// SPDX-License-Identifier: GPL-2.0
/*
 * Rules by ioctl() on perf file descriptors: those of a persistent event, which
 * stay when the descriptor is closed; or those of an event of the descriptor,
 * which goes with it.
 */
#define pr_fmt(fmt) "perf: action: " fmt

#include <linux/capability.h>
#include <linux/cleanup.h>
#include <linux/file.h>
#include <linux/mm.h>
#include <linux/perf_event.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/trace_events.h>
#include <linux/uaccess.h>
#include <linux/user_namespace.h>

#include "action_private.h"
#include "persistent.h"

static int perf_action_copy_args(struct perf_event_action *args, void __user *from)
{
	u32 size;
	int ret;

	if (get_user(size, (u32 __user *)from))
		return -EFAULT;
	if (size < PERF_EVENT_ACTION_SIZE_VER0 || size > PAGE_SIZE)
		return -EINVAL;

	ret = copy_struct_from_user(args, sizeof(*args), from, size);
	if (ret)
		return ret;

	return args->flags || (!args->id && !args->rule) ? -EINVAL : 0;
}

/*
 * Only what has its record with it, and is not copied to children with whom it
 * would have to share its rules.
 */
static int perf_action_check_event(struct perf_event *event)
{
	if (event->attr.type != PERF_TYPE_TRACEPOINT)
		return -EOPNOTSUPP;
	if (event->attach_state & PERF_ATTACH_TASK || event->attr.inherit ||
	    !is_sampling_event(event) || !(event->attr.sample_type & PERF_SAMPLE_RAW))
		return -EINVAL;

	return 0;
}

/* The rules of an event of a descriptor, made when they are first wanted. */
static struct perf_action_rules *perf_action_own_rules(struct perf_event *event)
{
	struct perf_action_rules *rules = READ_ONCE(event->rules), *other;
	int ret;

	if (rules)
		return rules;

	ret = perf_action_check_event(event);
	if (ret)
		return ERR_PTR(ret);

	rules = kzalloc(sizeof(*rules), GFP_KERNEL);
	if (!rules)
		return ERR_PTR(-ENOMEM);
	perf_action_rules_init(rules, trace_event_name(event->tp_event));
	rules->call = event->tp_event;

	other = cmpxchg(&event->rules, NULL, rules);
	if (!other)
		return rules;

	kfree(rules);
	return other;
}

static int perf_action_change_persistent(struct perf_event *event,
					 struct perf_action_request *request,
					 struct perf_action_complaint *complaint)
{
	struct perf_persistent_event *pe = perf_persistent_of(event);

	if (!pe->system)
		return -EOPNOTSUPP;

	guard(mutex)(&perf_persistent_mutex);
	if (pe->forgotten)
		return -ENOENT;

	return perf_action_change(&pe->rules, request, complaint);
}

static int perf_action_change_own(struct perf_event *event,
				  struct perf_action_request *request,
				  struct perf_action_complaint *complaint)
{
	struct perf_action_rules *rules = perf_action_own_rules(event);

	return IS_ERR(rules) ? PTR_ERR(rules) : perf_action_change(rules, request, complaint);
}

/* Fails only if the user's memory does. */
static int perf_action_answer(struct perf_event_action __user *to,
			      const struct perf_action_request *request,
			      const struct perf_action_complaint *complaint)
{
	char error[sizeof(to->error)] = "";

	if (complaint->why)
		strscpy_pad(error, complaint->why);

	return put_user(request->id, &to->id) ||
	       put_user(complaint->why ? complaint->pos : 0, &to->error_pos) ||
	       copy_to_user(to->error, error, sizeof(error)) ? -EFAULT : 0;
}

static void perf_action_say(struct perf_event *event, const struct perf_action_request *request,
			    u32 id)
{
	pr_info("%s[%d] %s rule %u of %s\n", current->comm, task_pid_nr(current),
		!request->text ? "removed" : id ? "changed" : "made", request->id,
		is_persistent_event(event) ? kobject_name(&perf_persistent_of(event)->kobj) :
					     trace_event_name(event->tp_event));
}

/**
 * perf_action_ioctl - ioctl PERF_EVENT_IOC_SET_ACTION
 * @file:  the descriptor
 * @event: its event
 * @arg:   struct perf_event_action
 *
 * Context: process, may sleep, without the context's mutex.
 * Return: 0; -EPERM if the caller or the opener has no CAP_SYS_ADMIN; -EINVAL
 * for a malformed argument, a text that is no rule (its reason is in the
 * answer then), or an event of a task, one that is inherited, does not sample
 * or samples without PERF_SAMPLE_RAW; -EOPNOTSUPP for what is no tracepoint;
 * -ENOENT if there is no such rule, or the event was removed; -ENOSPC if there
 * are PERF_ACTION_RULES_MAX rules; -ENODEV if the module of the action is going;
 * -E2BIG for a text longer than a page or an argument that is newer than this
 * kernel; -ENOMEM, -EFAULT.
 */
long perf_action_ioctl(struct file *file, struct perf_event *event, void __user *arg)
{
	struct perf_action_complaint complaint = {};
	struct perf_action_request request;
	struct perf_event_action args;
	char *text = NULL;
	u32 id;
	int ret;

	if (!file_ns_capable(file, &init_user_ns, CAP_SYS_ADMIN) || !capable(CAP_SYS_ADMIN))
		return -EPERM;

	ret = perf_action_copy_args(&args, arg);
	if (ret)
		return ret;

	if (args.rule) {
		text = strndup_user(u64_to_user_ptr(args.rule), PAGE_SIZE);
		if (IS_ERR(text))
			return PTR_ERR(text) == -EINVAL ? -E2BIG : PTR_ERR(text);
	}

	id = args.id;
	request.id = id;
	request.text = text;
	/* Before anything is done, can its maker be told? */
	ret = perf_action_answer(arg, &request, &complaint);
	if (ret)
		goto free_text;

	if (is_persistent_event(event))
		ret = perf_action_change_persistent(event, &request, &complaint);
	else
		ret = perf_action_change_own(event, &request, &complaint);
	if (!ret)
		perf_action_say(event, &request, id);
	ret = perf_action_answer(arg, &request, &complaint) ?: ret;
free_text:
	kfree(text);
	return ret;
}

/**
 * perf_action_release - an event goes
 * @event: the event, which is out of its context
 *
 * Its rules go with it. Those of a persistent event are not its own.
 *
 * Context: process, may sleep.
 */
void perf_action_release(struct perf_event *event)
{
	struct perf_action_rules *rules = event->rules;

	if (!rules)
		return;

	perf_action_remove_all(rules);
	/* Whoever still saw the event, saw its rules. */
	synchronize_rcu();
	kfree(rules);
}
