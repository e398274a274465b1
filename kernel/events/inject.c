// SPDX-License-Identifier: GPL-2.0
/*
 * Injection: write() on a perf file descriptor takes what mmap() gives.
 *
 * The records are samples in the event's own layout. What only the kernel can
 * say (time, CPU, ids, task) is stamped anew; the payload is the caller's.
 * From there on nothing can tell an injected event from a real one, which is
 * the point: every perf event of that kind on the CPU gets it, through its
 * filter, and so do the BPF programs that are attached through perf.
 *
 * With PERF_RECORD_MISC_INJECT_DRIVER and _HARDWARE the record starts deeper,
 * in the code that would have emitted the event; its owner registers how.
 *
 * User memory is copied in pieces of up to 64 KiB. Records for the event alone
 * are checked first and then handed to the CPU a batch at a time: one interrupt
 * for up to PERF_INJECT_BATCH records.
 */
#include <linux/err.h>
#include <linux/perf_event.h>
#include <linux/perf_inject.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/trace_events.h>
#include <linux/uaccess.h>

#include "inject.h"
#include "persistent.h"

/* So many records with interrupts disabled, at about a microsecond each */
#define PERF_INJECT_BATCH	32
/* perf_event_header::size has 16 bits. */
#define PERF_INJECT_CHUNK	SZ_64K

#define PERF_INJECT_MISC						\
	(PERF_RECORD_MISC_CPUMODE_MASK | PERF_RECORD_MISC_EXACT_IP |	\
	 PERF_RECORD_MISC_INJECT_MASK | PERF_RECORD_MISC_INJECT_FATAL)

/* What comes before READ, CALLCHAIN and RAW, and after them: one u64 each. */
#define PERF_INJECT_BEFORE ((u64)					\
	(PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID |	\
	 PERF_SAMPLE_TIME | PERF_SAMPLE_ADDR | PERF_SAMPLE_ID |		\
	 PERF_SAMPLE_STREAM_ID | PERF_SAMPLE_CPU | PERF_SAMPLE_PERIOD))
#define PERF_INJECT_AFTER ((u64)					\
	(PERF_SAMPLE_WEIGHT_TYPE | PERF_SAMPLE_DATA_SRC |		\
	 PERF_SAMPLE_TRANSACTION | PERF_SAMPLE_PHYS_ADDR |		\
	 PERF_SAMPLE_CGROUP | PERF_SAMPLE_DATA_PAGE_SIZE |		\
	 PERF_SAMPLE_CODE_PAGE_SIZE))
#define PERF_INJECT_LAYOUT						\
	(PERF_INJECT_BEFORE | PERF_SAMPLE_READ | PERF_SAMPLE_CALLCHAIN | \
	 PERF_SAMPLE_RAW | PERF_INJECT_AFTER)

/**
 * struct perf_inject_sample - where things are in a sample, in u64
 * @before:	what comes before READ, CALLCHAIN and RAW
 * @ip:		index of the instruction pointer, or -1
 * @addr:	index of the address, or -1
 * @period:	index of the period, or -1
 * @after:	what comes after RAW
 */
struct perf_inject_sample {
	unsigned int	before;
	int		ip;
	int		addr;
	int		period;
	unsigned int	after;
};

/**
 * struct perf_inject - one write()
 * @event:     the event of the descriptor
 * @call:      the tracepoint, or NULL for a counter
 * @layout:    of the tracepoint's records
 * @sample:    of the event's samples
 * @user_regs: registers of user mode, the caller's, where the CPU has none
 * @taken:     bytes of the records that were taken, from the buffer at hand
 * @error:     why not the next
 * @nr:	       records in @batch
 * @done:      how many of them the CPU has taken
 * @ends:      where each ends in the buffer
 * @batch:     checked records of level PERF_INJECT_STREAM
 */
struct perf_inject {
	struct perf_event		*event;
	struct trace_event_call		*call;
	const struct perf_trace_layout	*layout;
	struct perf_inject_sample	sample;
	const struct pt_regs		*user_regs;
	size_t				taken;
	int				error;
	unsigned int			nr;
	unsigned int			done;
	size_t				ends[PERF_INJECT_BATCH];
	struct perf_inject_record	batch[PERF_INJECT_BATCH];
};

/* What is left of a sample that is being parsed */
struct perf_inject_cursor {
	const u64	*pos;
	size_t		left;	/* in u64 */
};

static bool perf_inject_take(struct perf_inject_cursor *c, size_t n, const u64 **from)
{
	if (n > c->left)
		return false;

	if (from)
		*from = c->pos;
	c->pos += n;
	c->left -= n;
	return true;
}

/* The counts that PERF_SAMPLE_READ puts into a sample, see perf_output_read() */
static bool perf_inject_skip_read(struct perf_inject_cursor *c, u64 format)
{
	size_t times = hweight64(format & (PERF_FORMAT_TOTAL_TIME_ENABLED |
					   PERF_FORMAT_TOTAL_TIME_RUNNING));
	size_t each = 1 + hweight64(format & (PERF_FORMAT_ID | PERF_FORMAT_LOST));
	const u64 *nr;

	if (!(format & PERF_FORMAT_GROUP))
		return perf_inject_take(c, times + each, NULL);

	return perf_inject_take(c, 1, &nr) && *nr <= c->left &&
	       perf_inject_take(c, times + *nr * each, NULL);
}

static bool perf_inject_skip_callchain(struct perf_inject_cursor *c)
{
	const u64 *nr;

	return perf_inject_take(c, 1, &nr) && *nr <= c->left && perf_inject_take(c, *nr, NULL);
}

/* A size, and as many bytes, which end with a u64. */
static bool perf_inject_take_raw(struct perf_inject_cursor *c, struct perf_inject_record *rec)
{
	const u64 *start = c->pos;
	u32 size;

	if (!c->left)
		return false;

	size = *(const u32 *)start;
	if (size > c->left * sizeof(u64) - sizeof(u32) ||
	    !IS_ALIGNED(sizeof(u32) + size, sizeof(u64)))
		return false;

	rec->data = (const void *)start + sizeof(u32);
	rec->size = size;
	return perf_inject_take(c, (sizeof(u32) + size) / sizeof(u64), NULL);
}

/*
 * Once per write(): counting bits takes longer than the rest of a record's
 * parsing. IDENTIFIER is first, then come IP, TID, TIME and ADDR in the order of
 * their bits; PERIOD is the last. See perf_output_sample().
 */
static void perf_inject_find_all(struct perf_inject_sample *at, u64 type)
{
	int first = !!(type & PERF_SAMPLE_IDENTIFIER);

	at->before = hweight64(type & PERF_INJECT_BEFORE);
	at->ip = type & PERF_SAMPLE_IP ? first : -1;
	at->addr = type & PERF_SAMPLE_ADDR ?
		   first + hweight64(type & (PERF_SAMPLE_ADDR - 1)) : -1;
	at->period = type & PERF_SAMPLE_PERIOD ? at->before - 1 : -1;
	at->after = hweight64(type & PERF_INJECT_AFTER);
}

/**
 * perf_inject_parse - find the payload in a sample
 * @in:	    the write()
 * @header: the record's header as it was checked
 * @sample: what follows the header, header->size - sizeof(*header) bytes
 * @rec:    filled in: ip, addr, period, data and size
 *
 * Return: 0 or -EINVAL if the sizes do not agree.
 */
static int perf_inject_parse(const struct perf_inject *in,
			     const struct perf_event_header *header,
			     const u64 *sample, struct perf_inject_record *rec)
{
	struct perf_inject_cursor c = {
		.pos = sample,
		.left = (header->size - sizeof(*header)) / sizeof(u64),
	};
	const struct perf_event_attr *attr = &in->event->attr;
	const struct perf_inject_sample *at = &in->sample;
	u64 type = attr->sample_type;

	if (!perf_inject_take(&c, at->before, NULL))
		return -EINVAL;

	rec->ip = at->ip < 0 ? 0 : sample[at->ip];
	rec->addr = at->addr < 0 ? 0 : sample[at->addr];
	if (at->period >= 0)
		rec->period = sample[at->period];
	else
		rec->period = attr->sample_period && !attr->freq ? attr->sample_period : 1;
	rec->data = NULL;
	rec->size = 0;

	if (type & PERF_SAMPLE_READ && !perf_inject_skip_read(&c, attr->read_format))
		return -EINVAL;
	if (type & PERF_SAMPLE_CALLCHAIN && !perf_inject_skip_callchain(&c))
		return -EINVAL;
	if (type & PERF_SAMPLE_RAW && !perf_inject_take_raw(&c, rec))
		return -EINVAL;

	return c.left == at->after ? 0 : -EINVAL;
}

static int perf_inject_header(const struct perf_event_header *header)
{
	u16 level = header->misc & PERF_RECORD_MISC_INJECT_MASK;

	if (header->type != PERF_RECORD_SAMPLE || header->misc & ~PERF_INJECT_MISC)
		return -EINVAL;
	/* The two bits together are no level. */
	if (level == PERF_RECORD_MISC_INJECT_MASK)
		return -EINVAL;
	/* An event alone harms nobody. */
	if (level == PERF_RECORD_MISC_INJECT_STREAM &&
	    header->misc & PERF_RECORD_MISC_INJECT_FATAL)
		return -EINVAL;
	if (header->size < sizeof(*header) || !IS_ALIGNED(header->size, sizeof(u64)))
		return -EINVAL;

	return 0;
}

/* The task of a per-task event is not moved while it is the caller. */
static bool perf_inject_into_current(const struct perf_event *event)
{
	return event->cpu < 0 && event->hw.target == current;
}

static int perf_inject_cpu(const struct perf_event *event)
{
	return event->cpu >= 0 ? event->cpu : task_cpu(event->hw.target);
}

/* Check a record at @header, and find out all about it. */
static int perf_inject_check(struct perf_inject *in, const struct perf_event_header *header,
			     struct perf_inject_record *rec)
{
	int ret;

	rec->call = in->call;
	rec->cpu = perf_inject_cpu(in->event);
	rec->level = header->misc & PERF_RECORD_MISC_INJECT_MASK;
	rec->fatal = header->misc & PERF_RECORD_MISC_INJECT_FATAL;
	rec->user = (header->misc & PERF_RECORD_MISC_CPUMODE_MASK) == PERF_RECORD_MISC_USER;

	ret = perf_inject_parse(in, header, (const u64 *)(header + 1), rec);
	if (ret)
		return ret;

	if (in->call)
		return perf_trace_inject_check(rec, in->layout);

	if (rec->level != PERF_INJECT_STREAM)
		return -EOPNOTSUPP;

	return rec->period && !(rec->period >> 63) ? 0 : -EINVAL;
}

/*
 * The listeners of a tracepoint, and the counters, are on lists of their CPU,
 * and their buffers may be written on that CPU only.
 */
static void perf_inject_on_cpu(void *info)
{
	struct perf_inject *in = info;
	struct perf_event *event = in->event;

	if (event->hw.target && event->hw.target != current) {
		in->error = -EAGAIN;
		return;
	}

	if (is_persistent_event(event)) {
		/* A CPU that comes or goes is online for longer than its events are. */
		event = perf_persistent_here(event);
		if (!event) {
			in->error = -ENODEV;
			return;
		}
	}

	for (; in->done < in->nr; in->done++) {
		if (in->call)
			in->error = perf_trace_inject(&in->batch[in->done]);
		else
			in->error = perf_inject_count(event, &in->batch[in->done],
						      in->user_regs);
		if (in->error)
			return;
	}
}

/* Hand the batch to the CPU. */
static void perf_inject_flush(struct perf_inject *in)
{
	int error;

	if (!in->nr)
		return;

	in->done = 0;
	if (perf_inject_into_current(in->event)) {
		guard(preempt)();
		error = smp_call_function_single(smp_processor_id(), perf_inject_on_cpu, in, 1);
	} else {
		error = smp_call_function_single(perf_inject_cpu(in->event),
						 perf_inject_on_cpu, in, 1);
	}
	if (error)
		in->error = -ENODEV;
	if (in->done)
		in->taken = in->ends[in->done - 1];
	in->nr = 0;
}

/**
 * perf_inject_chunk - inject the whole records at the start of a buffer
 * @in:	  the write()
 * @buf:  the records
 * @size: bytes in @buf
 *
 * Stops at a record that is refused, with the reason in in->error, at one that
 * does not end within @buf, and at a signal. in->taken says where.
 */
static void perf_inject_chunk(struct perf_inject *in, const void *buf, size_t size)
{
	const struct perf_event_header *header;
	struct perf_inject_record *rec;
	size_t pos = 0;
	int ret = 0;

	in->taken = 0;
	while (size - pos >= sizeof(*header)) {
		header = buf + pos;
		ret = perf_inject_header(header);
		if (ret || header->size > size - pos)
			break;

		rec = &in->batch[in->nr];
		ret = perf_inject_check(in, header, rec);
		if (ret)
			break;

		perf_inject_log(in->event, rec);
		pos += header->size;

		if (rec->level == PERF_INJECT_STREAM) {
			in->ends[in->nr++] = pos;
			if (in->nr < PERF_INJECT_BATCH)
				continue;
			perf_inject_flush(in);
		} else {
			perf_inject_flush(in);
			if (!in->error)
				in->error = perf_inject_deep(rec);
			if (!in->error)
				in->taken = pos;
		}
		if (in->error || signal_pending(current))
			return;
		cond_resched();
	}

	perf_inject_flush(in);
	if (!in->error)
		in->error = ret;
}

static ssize_t perf_inject_records(struct perf_inject *in, const char __user *buf,
				   size_t count)
{
	size_t chunk = min_t(size_t, count, PERF_INJECT_CHUNK);
	size_t done = 0, want, got;
	void *records;

	records = kvmalloc(chunk, GFP_KERNEL_ACCOUNT);
	if (!records)
		return -ENOMEM;

	while (done < count) {
		want = min(count - done, chunk);
		got = want - copy_from_user(records, buf + done, want);

		perf_inject_chunk(in, records, got);
		done += in->taken;
		if (in->error)
			break;
		if (!in->taken) {
			/* Half a record: in all of @buf, or because of a fault */
			in->error = got < want ? -EFAULT : -EINVAL;
			break;
		}
		if (signal_pending(current))
			break;
	}
	kvfree(records);

	return done ?: in->error;
}

/* The tracepoint of an event, NULL for a counter; an ERR_PTR(). */
static struct trace_event_call *perf_inject_call_get(struct perf_event *event)
{
	struct trace_event_call *call;

	/* An ordinary event keeps its tracepoint from going away. */
	if (!is_persistent_event(event))
		return event->tp_event;

	/* A persistent one may belong to a module that is not loaded now. */
	call = perf_persistent_call_get(event);
	return call == ERR_PTR(-EOPNOTSUPP) ? NULL : call;
}

static void perf_inject_call_put(struct perf_event *event, struct trace_event_call *call)
{
	if (call && is_persistent_event(event))
		trace_event_put_ref(call);
}

/*
 * Found out at the first write() and kept with the event, unless the tracepoint
 * may be another one at the next: a persistent event does not hold its module.
 */
static const struct perf_trace_layout *perf_inject_layout_get(struct perf_inject *in)
{
	struct perf_event *event = in->event;
	struct perf_trace_layout *layout, *old;

	layout = READ_ONCE(event->inject_layout);
	if (layout)
		return layout;

	layout = perf_trace_layout(in->call);
	if (IS_ERR(layout) || (is_persistent_event(event) && perf_trace_may_go(in->call)))
		return layout;

	old = cmpxchg(&event->inject_layout, NULL, layout);
	if (!old)
		return layout;

	kfree(layout);
	return old;
}

static void perf_inject_layout_put(struct perf_inject *in)
{
	if (in->layout != READ_ONCE(in->event->inject_layout))
		kfree(in->layout);
}

static ssize_t perf_inject_event(struct perf_inject *in, const char __user *buf, size_t count)
{
	u64 type = in->event->attr.sample_type;
	ssize_t ret;

	if (type & ~PERF_INJECT_LAYOUT)
		return -EOPNOTSUPP;

	perf_inject_find_all(&in->sample, type);
	if (!in->call)
		return perf_inject_records(in, buf, count);

	if (!(type & PERF_SAMPLE_RAW))
		return -EOPNOTSUPP;

	in->layout = perf_inject_layout_get(in);
	if (IS_ERR(in->layout))
		return PTR_ERR(in->layout);

	ret = perf_inject_records(in, buf, count);
	perf_inject_layout_put(in);

	return ret;
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
 * @count when a record was refused or a signal came. If the first is refused:
 * -EINVAL for a malformed record, -E2BIG for one that no tracepoint could have
 * written, -EPERM, -EOPNOTSUPP for an event or level that cannot be injected,
 * -ENODEV if the event's CPU is offline or its module is not loaded, -EAGAIN
 * if the event's task is not running or the CPU was just emitting an event of
 * the same context, or what the event's owner said.
 */
ssize_t perf_inject_write(struct file *file, const char __user *buf,
			  size_t count, loff_t *ppos)
{
	struct perf_event *event = file->private_data;
	struct perf_inject *in;
	ssize_t ret;

	ret = perf_inject_permitted(file, event);
	if (ret)
		return ret;

	in = kmalloc(sizeof(*in), GFP_KERNEL);
	if (!in)
		return -ENOMEM;

	in->event = event;
	in->user_regs = current_pt_regs();
	in->nr = 0;
	in->error = 0;
	in->call = perf_inject_call_get(event);
	if (IS_ERR(in->call)) {
		ret = PTR_ERR(in->call);
	} else {
		ret = count ? perf_inject_event(in, buf, count) : 0;
		perf_inject_call_put(event, in->call);
	}
	kfree(in);

	return ret;
}
