// SPDX-License-Identifier: GPL-2.0
/*
 * Injection: write() on a perf file descriptor takes what mmap() gives.
 *
 * The records are samples in the event's own layout. What only the kernel can
 * say (time, CPU, ids, task) is stamped anew; the payload is the caller's.
 * From there on nothing can tell an injected event from a real one, which is
 * the point: every perf event on that tracepoint gets it, through its filter,
 * and so do the BPF programs that are attached through perf.
 *
 * With PERF_RECORD_MISC_INJECT_DRIVER and _HARDWARE the record starts deeper,
 * in the code that would have emitted the event; its owner registers how.
 */
#define pr_fmt(fmt) "perf: inject: " fmt

#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/mutex.h>
#include <linux/perf_event.h>
#include <linux/perf_inject.h>
#include <linux/sched/signal.h>
#include <linux/security.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/trace_events.h>
#include <linux/user_namespace.h>

#include "inject.h"
#include "persistent.h"

static LIST_HEAD(perf_inject_list);
static DEFINE_MUTEX(perf_inject_mutex);

/**
 * perf_inject_register - offer a deeper injection for a tracepoint
 * @ops: the operations; they stay the caller's
 *
 * Context: process, may sleep.
 * Return: 0, or -EBUSY if somebody provides that tracepoint's already.
 */
int perf_inject_register(struct perf_inject_ops *ops)
{
	struct perf_inject_ops *pos;

	guard(mutex)(&perf_inject_mutex);

	list_for_each_entry(pos, &perf_inject_list, list)
		if (!strcmp(pos->system, ops->system) && !strcmp(pos->name, ops->name))
			return -EBUSY;

	list_add_tail(&ops->list, &perf_inject_list);
	return 0;
}
EXPORT_SYMBOL_GPL(perf_inject_register);

/**
 * perf_inject_unregister - withdraw what perf_inject_register() offered
 * @ops: the operations
 *
 * Context: process, may sleep. When it returns, none of @ops is running.
 */
void perf_inject_unregister(struct perf_inject_ops *ops)
{
	guard(mutex)(&perf_inject_mutex);
	list_del(&ops->list);
}
EXPORT_SYMBOL_GPL(perf_inject_unregister);

/* Below STREAM it is the owner's to say; never fall back to a shallower level. */
static int perf_inject_deep(const struct perf_inject_record *rec)
{
	struct perf_inject_ops *ops;

	guard(mutex)(&perf_inject_mutex);

	list_for_each_entry(ops, &perf_inject_list, list)
		if (!strcmp(ops->system, rec->call->class->system) &&
		    !strcmp(ops->name, trace_event_name(rec->call)))
			return ops->inject(rec);

	return -EOPNOTSUPP;
}

struct perf_inject_ipi {
	struct perf_event		*event;
	const struct perf_inject_record	*rec;
	int				ret;
};

static void perf_inject_on_cpu(void *info)
{
	struct perf_inject_ipi *ipi = info;

	/* A CPU that comes or goes is online for longer than its events are. */
	if (is_persistent_event(ipi->event) && !perf_persistent_captures(ipi->event)) {
		ipi->ret = -ENODEV;
		return;
	}

	ipi->ret = perf_trace_inject(ipi->rec);
}

/*
 * The listeners of a tracepoint are on a list of their CPU, and their buffers
 * may be written on that CPU only.
 */
static int perf_inject_stream(struct perf_event *event, const struct perf_inject_record *rec)
{
	struct perf_inject_ipi ipi = { .event = event, .rec = rec };

	if (smp_call_function_single(rec->cpu, perf_inject_on_cpu, &ipi, 1))
		return -ENODEV;

	return ipi.ret;
}

/* What can come before and with the payload. One u64 each, but for RAW. */
#define PERF_INJECT_FIXED ((u64)					\
	(PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID |	\
	 PERF_SAMPLE_TIME | PERF_SAMPLE_ADDR | PERF_SAMPLE_ID |		\
	 PERF_SAMPLE_STREAM_ID | PERF_SAMPLE_CPU | PERF_SAMPLE_PERIOD))

#define PERF_INJECT_MISC						\
	(PERF_RECORD_MISC_CPUMODE_MASK | PERF_RECORD_MISC_EXACT_IP |	\
	 PERF_RECORD_MISC_INJECT_MASK)

/* The size of a raw payload and the largest one, both within a record. */
struct perf_inject_raw {
	u32	size;
	u8	data[];
};

#define PERF_INJECT_MAX_SIZE						\
	(sizeof(struct perf_event_header) +				\
	 hweight64(PERF_INJECT_FIXED) * sizeof(u64) +			\
	 sizeof(struct perf_inject_raw) + PERF_MAX_TRACE_SIZE)

/**
 * perf_inject_parse - find the payload in a sample
 * @sample_type: the layout: of PERF_INJECT_FIXED, with PERF_SAMPLE_RAW
 * @header:	 the record's header as it was checked
 * @sample:	 what follows the header, header->size - sizeof(*header) bytes
 * @rec:	 filled in: level, ip, data and size
 *
 * Return: 0 or -EINVAL if the sizes do not agree.
 */
static int perf_inject_parse(u64 sample_type, const struct perf_event_header *header,
			     const u64 *sample, struct perf_inject_record *rec)
{
	size_t left = header->size - sizeof(*header);
	size_t fixed = hweight64(sample_type & PERF_INJECT_FIXED) * sizeof(u64);
	const struct perf_inject_raw *raw;
	const u64 *pos = sample;

	if (left < fixed + sizeof(u64))
		return -EINVAL;

	rec->level = header->misc & PERF_RECORD_MISC_INJECT_MASK;
	rec->ip = 0;

	/* In the order of the bits, but for IDENTIFIER, which is first. */
	if (sample_type & PERF_SAMPLE_IDENTIFIER)
		pos++;
	if (sample_type & PERF_SAMPLE_IP)
		rec->ip = *pos;

	raw = (const void *)sample + fixed;
	if (raw->size != left - fixed - sizeof(*raw))
		return -EINVAL;

	rec->data = raw->data;
	rec->size = raw->size;
	return 0;
}

/* Logged once per file descriptor, so that a storm of tests is one line. */
static void perf_inject_log(struct perf_event *event, const struct perf_inject_record *rec)
{
	if (xchg(&event->inject_logged, 1))
		return;

	pr_notice("%s[%d] (uid %u) injects %s:%s\n", current->comm,
		  task_pid_nr(current),
		  from_kuid(&init_user_ns, current_uid()),
		  rec->call->class->system, trace_event_name(rec->call));
}

/*
 * Function tracing and the like have no fields that could be checked. The BPF
 * programs of probes want registers, not a record.
 */
static bool perf_inject_has_fields(const struct trace_event_call *call)
{
	return !(call->flags & (TRACE_EVENT_FL_IGNORE_ENABLE | TRACE_EVENT_FL_UKPROBE));
}

static int perf_inject_call(struct perf_event *event, struct trace_event_call *call,
			    const struct perf_event_header *header, const u64 *sample)
{
	struct perf_inject_record rec = {
		.call = call,
		.cpu = event->cpu >= 0 ? event->cpu : raw_smp_processor_id(),
	};
	int ret;

	if (!perf_inject_has_fields(call))
		return -EOPNOTSUPP;

	ret = perf_inject_parse(event->attr.sample_type, header, sample, &rec);
	if (ret)
		return ret;

	ret = perf_trace_inject_check(&rec);
	if (ret)
		return ret;

	perf_inject_log(event, &rec);

	return rec.level == PERF_INJECT_STREAM ? perf_inject_stream(event, &rec) :
						 perf_inject_deep(&rec);
}

/*
 * An ordinary event keeps its tracepoint from going away. A persistent one
 * does not: it may belong to a module that is not loaded now.
 */
static int perf_inject_one(struct perf_event *event, const struct perf_event_header *header,
			   const u64 *sample)
{
	struct trace_event_call *call;
	int ret;

	if (!is_persistent_event(event))
		return perf_inject_call(event, event->tp_event, header, sample);

	call = perf_persistent_call_get(event);
	if (IS_ERR(call))
		return PTR_ERR(call);

	ret = perf_inject_call(event, call, header, sample);
	trace_event_put_ref(call);

	return ret;
}

/* Copy in and inject the record at @buf, of which there are @count bytes. */
static ssize_t perf_inject_user(struct perf_event *event, const char __user *buf,
				size_t count)
{
	struct perf_event_header header;
	void *sample;
	int ret;

	if (count < sizeof(header))
		return -EINVAL;
	if (copy_from_user(&header, buf, sizeof(header)))
		return -EFAULT;

	if (header.type != PERF_RECORD_SAMPLE || header.misc & ~PERF_INJECT_MISC)
		return -EINVAL;
	/* The two bits together are no level. */
	if ((header.misc & PERF_RECORD_MISC_INJECT_MASK) == PERF_RECORD_MISC_INJECT_MASK)
		return -EINVAL;
	if (header.size > count || header.size <= sizeof(header) ||
	    !IS_ALIGNED(header.size, sizeof(u64)))
		return -EINVAL;
	if (header.size > PERF_INJECT_MAX_SIZE)
		return -E2BIG;

	sample = memdup_user(buf + sizeof(header), header.size - sizeof(header));
	if (IS_ERR(sample))
		return PTR_ERR(sample);

	ret = perf_inject_one(event, &header, sample);
	kfree(sample);

	return ret ?: header.size;
}

/*
 * Whoever opened the descriptor and whoever writes must both be allowed to:
 * a descriptor passed to another task gives no rights, nor does it take them
 * from a privileged task that was tricked into writing.
 */
static int perf_inject_permitted(struct file *file, struct perf_event *event)
{
	int ret;

	if (!file_ns_capable(file, &init_user_ns, CAP_SYS_ADMIN) ||
	    !capable(CAP_SYS_ADMIN))
		return -EPERM;

	ret = security_perf_event_write(event);
	if (ret)
		return ret;

	return security_locked_down(LOCKDOWN_PERF_INJECT);
}

static bool perf_inject_supported(struct perf_event *event)
{
	if (event->attr.type != PERF_TYPE_TRACEPOINT && !is_persistent_event(event))
		return false;

	return event->attr.sample_type & PERF_SAMPLE_RAW &&
	       !(event->attr.sample_type & ~(PERF_INJECT_FIXED | PERF_SAMPLE_RAW));
}

/**
 * perf_inject_write - write() on a perf file descriptor
 * @file:  the perf event's file
 * @buf:   one or more records of type PERF_RECORD_SAMPLE, laid out by the
 *	   event's own sample_type
 * @count: bytes in @buf
 * @ppos:  unused
 *
 * Context: process, may sleep.
 * Return: the bytes of the whole records that were taken, which is short of
 * @count when a record was refused. If that is the first: -EINVAL for a
 * malformed record, -E2BIG for one that no tracepoint could have written,
 * -EPERM, -EOPNOTSUPP for an event or level that cannot be injected, -ENODEV
 * if the event's CPU is offline or its module is not loaded, -EAGAIN if the
 * CPU was just emitting an event of the same context, or what the event's
 * owner said.
 */
ssize_t perf_inject_write(struct file *file, const char __user *buf,
			  size_t count, loff_t *ppos)
{
	struct perf_event *event = file->private_data;
	size_t done = 0;
	ssize_t ret;

	ret = perf_inject_permitted(file, event);
	if (ret)
		return ret;

	if (!perf_inject_supported(event))
		return -EOPNOTSUPP;

	while (done < count) {
		ret = perf_inject_user(event, buf + done, count - done);
		if (ret < 0)
			break;

		done += ret;
		cond_resched();
		if (signal_pending(current))
			break;
	}

	return done ?: ret;
}
