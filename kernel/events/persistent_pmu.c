// SPDX-License-Identifier: GPL-2.0
/*
 * The "persistent" PMU: how a task reads what persistent events captured.
 *
 * perf_event_open() on this PMU gives the caller an event of its own that
 * measures nothing; its output buffer is the one that the kernel's events of
 * that CPU write into. So it can be closed, passed on or killed with its
 * task, and nothing happens to the capture.
 */
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/perf_event.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include "internal.h"
#include "persistent.h"

/* Any of these would make perf core write the reader's own records. */
static bool perf_persistent_has_sideband(const struct perf_event_attr *attr)
{
	return attr->mmap || attr->mmap_data || attr->mmap2 || attr->comm ||
	       attr->comm_exec || attr->task || attr->context_switch ||
	       attr->namespaces || attr->ksymbol || attr->bpf_event ||
	       attr->cgroup || attr->text_poke || attr->build_id;
}

/* The records are there already, so their layout is not negotiable. */
static int perf_persistent_check_sampling(const struct perf_event_attr *attr,
					  const struct perf_persistent_set *set)
{
	if (attr->freq || attr->sample_period != 1 ||
	    attr->sample_type != perf_persistent_sample_type(set))
		return -EINVAL;

	if (attr->write_backward != perf_persistent_keeps_last(set))
		return -EINVAL;

	/* Neither can the clock and the context be chosen any more. */
	if (attr->use_clockid || attr->exclude_user ||
	    attr->exclude_kernel || attr->exclude_hv || attr->exclude_idle ||
	    attr->exclude_host)
		return -EINVAL;

	if (perf_persistent_has_sideband(attr))
		return -EINVAL;

	return perf_allow_tracepoint();
}

/**
 * struct perf_persistent_reader - what belongs to a reader's event
 * @pe:	  the event that it reads, with a reference
 * @buf:  the buffer, which may be another CPU's
 * @seen: how far the buffer had been written, since boot, when poll() last
 *	  looked; the readers of one buffer are woken independently of each
 *	  other
 */
struct perf_persistent_reader {
	struct perf_persistent_event	*pe;
	struct perf_persistent_buffer	*buf;
	unsigned long			seen;
};

static struct pmu persistent_pmu;

/* A position in the buffer, counted from boot on. It may wrap. */
static unsigned long perf_persistent_position(struct perf_persistent_buffer *buf,
					      u64 *pos)
{
	/* Pairs with the release in perf_persistent_move(). */
	return smp_load_acquire(&buf->base) + (unsigned long)READ_ONCE(*pos);
}

bool is_persistent_event(struct perf_event *event)
{
	return event->pmu == &persistent_pmu;
}

/**
 * perf_persistent_of - what a reader reads
 * @event: an event of this PMU
 *
 * Return: the persistent event, which exists as long as @event does.
 */
struct perf_persistent_event *perf_persistent_of(struct perf_event *event)
{
	struct perf_persistent_reader *reader = event->pmu_private;

	return reader->pe;
}

/*
 * Runs when the event is closed, and also when perf core turns it down after
 * a successful init: it must not stay on the buffer's list then.
 */
static void perf_persistent_destroy(struct perf_event *event)
{
	struct perf_persistent_reader *reader = event->pmu_private;

	if (event->rb) {
		mutex_lock(&event->mmap_mutex);
		ring_buffer_attach(event, NULL);
		mutex_unlock(&event->mmap_mutex);
	}

	kobject_put(&reader->pe->kobj);
	kfree(reader);
}

/* Attach a reader's event to what @pe has captured on a CPU. */
static int perf_persistent_attach(struct perf_event *event, struct perf_persistent_event *pe,
				  int cpu)
{
	struct perf_persistent_source *source = per_cpu_ptr(pe->sources, cpu);
	struct perf_persistent_buffer *buf = per_cpu_ptr(pe->set->buffers, cpu);
	struct perf_persistent_reader *reader;
	struct perf_buffer *rb;
	u64 id;
	int ret;

	/* Pairs with the release in perf_persistent_buffer_get(). */
	rb = smp_load_acquire(&buf->rb);
	id = READ_ONCE(source->id);
	if (!rb || !id) {
		if (!perf_persistent_pending(pe))
			return -ENXIO;
		/* There is nothing to map; what counts it can remove it. */
		if (is_sampling_event(event))
			return -ENODEV;
	}

	if (is_sampling_event(event)) {
		ret = perf_persistent_check_sampling(&event->attr, pe->set);
		if (ret)
			return ret;
	}

	reader = kzalloc(sizeof(*reader), GFP_KERNEL);
	if (!reader)
		return -ENOMEM;

	reader->pe = pe;
	reader->buf = buf;
	event->pmu_private = reader;
	event->destroy = perf_persistent_destroy;
	/* The samples carry the id of the event that wrote them. */
	if (id)
		event->id = id;

	/* Without sampling it is a counter, which may not see the records. */
	if (is_sampling_event(event)) {
		reader->seen = perf_persistent_position(buf, &rb->user_page->data_tail);
		refcount_inc(&rb->refcount);
		ring_buffer_attach(event, rb);
	}

	return 0;
}

static int perf_persistent_event_init(struct perf_event *event)
{
	struct perf_event_attr *attr = &event->attr;
	struct perf_persistent_event *pe;
	u64 cpu;
	int ret;

	if (attr->type != persistent_pmu.type)
		return -ENOENT;

	if (event->cpu < 0 || attr->config2 || attr->config3)
		return -EINVAL;

	/* An offline CPU cannot be opened, but its buffer can, from another. */
	cpu = attr->config1 ? attr->config1 - 1 : event->cpu;
	if (cpu >= nr_cpu_ids || !cpu_possible(cpu))
		return -ENXIO;

	pe = perf_persistent_get(attr->config);
	if (!pe)
		return -ENOENT;

	ret = perf_persistent_attach(event, pe, cpu);
	if (ret)
		kobject_put(&pe->kobj);

	return ret;
}

/* The kernel's own event does the work. */
static int perf_persistent_pmu_add(struct perf_event *event, int flags)
{
	return 0;
}

static void perf_persistent_pmu_del(struct perf_event *event, int flags) { }
static void perf_persistent_pmu_start(struct perf_event *event, int flags) { }
static void perf_persistent_pmu_stop(struct perf_event *event, int flags) { }

/**
 * perf_persistent_read - bring a reader's counts up to date
 * @event: an event of this PMU
 *
 * The counts are those of the kernel's own event. perf core calls
 * pmu::read() for an event that is scheduled in and nothing for others, such
 * as one whose CPU was offline, so read() calls this first.
 *
 * Context: any.
 */
void perf_persistent_read(struct perf_event *event)
{
	struct perf_persistent_reader *reader = event->pmu_private;
	u64 count, lost;

	perf_persistent_counts(reader->pe, reader->buf->cpu, &count, &lost);
	local64_set(&event->count, count);
	atomic64_set(&event->lost_samples, lost);
}

/**
 * perf_persistent_poll - poll() on a reader's event
 * @event: an event of this PMU
 *
 * Unlike perf_buffer::poll, which one reader's poll() clears for all, each
 * event remembers how far it has looked.
 *
 * Context: process.
 * Return: EPOLLIN once per advance of data_head; at first if anything is
 * unread. EPOLLHUP for a counter, which has no buffer, and for an event that is
 * not persistent any more.
 */
__poll_t perf_persistent_poll(struct perf_event *event)
{
	struct perf_persistent_reader *reader = event->pmu_private;
	__poll_t hup = READ_ONCE(reader->pe->forgotten) ? EPOLLHUP : 0;
	unsigned long head;

	if (!is_sampling_event(event))
		return EPOLLHUP;

	head = perf_persistent_position(reader->buf,
					&reader->buf->rb->user_page->data_head);
	if (xchg(&reader->seen, head) == head)
		return hup;

	return hup | EPOLLIN | EPOLLRDNORM;
}

/**
 * perf_persistent_output_denied - may an event write into another's buffer?
 * @event:	  the event to be redirected
 * @output_event: the event whose buffer it is to use, or NULL for none
 *
 * A reader's event stays with its buffer. Foreign events may share the buffer
 * while the reader that consumes it allows that ("perf record" has its
 * side-band events there), provided that they write on the buffer's own CPU
 * and bring no AUX area.
 *
 * Context: process, with the mmap_mutex of both events held.
 * Return: true if not.
 */
bool perf_persistent_output_denied(struct perf_event *event,
				   struct perf_event *output_event)
{
	struct perf_buffer *rb = output_event ? output_event->rb : NULL;

	if (is_persistent_event(event))
		return !event->rb || rb != event->rb;

	if (!rb || !rb->persistent)
		return false;

	return READ_ONCE(rb->persistent->consumer) != output_event ||
	       rb->persistent->cpu != event->cpu || has_aux(event);
}

/* Only a mapping that was made writable can be made so: see mmap below. */
static bool perf_persistent_vma_consumes(struct vm_area_struct *vma)
{
	return vma->vm_flags & VM_MAYWRITE;
}

static void perf_persistent_vma_open(struct vm_area_struct *vma)
{
	struct perf_event *event = vma->vm_file->private_data;

	atomic_inc(&event->mmap_count);
	if (perf_persistent_vma_consumes(vma))
		atomic_inc(&event->rb->persistent->writable);
}

/*
 * First no new foreign event may come, then the present ones go, and only
 * then may somebody else become the consumer.
 */
static void perf_persistent_unclaim(struct perf_persistent_buffer *buf,
				    struct perf_event *event)
{
	mutex_lock(&event->mmap_mutex);
	WRITE_ONCE(buf->consumer, ERR_PTR(-EBUSY));
	mutex_unlock(&event->mmap_mutex);

	ring_buffer_detach_events(buf->rb);
	/* Pairs with the cmpxchg() in perf_persistent_mmap(). */
	smp_store_release(&buf->consumer, NULL);
}

static void perf_persistent_vma_close(struct vm_area_struct *vma)
{
	struct perf_event *event = vma->vm_file->private_data;
	struct perf_persistent_buffer *buf = event->rb->persistent;

	if (perf_persistent_vma_consumes(vma) && atomic_dec_and_test(&buf->writable))
		perf_persistent_unclaim(buf, event);

	atomic_dec(&event->mmap_count);
}

static const struct vm_operations_struct perf_persistent_vmops = {
	.open		= perf_persistent_vma_open,
	.close		= perf_persistent_vma_close,
	.fault		= perf_mmap_fault,
	.page_mkwrite	= perf_mmap_fault,
	.may_split	= perf_mmap_may_split,
};

/*
 * To consume is to decide what the next one will not see any more. That is for
 * those whom the administrator has made monitors, whatever perf_event_paranoid
 * lets others look at; and it is the opener's right, which can be passed on.
 */
static int perf_persistent_may_consume(struct perf_event *event, struct file *file)
{
	/* Written backward, and over what was not read: there is no tail. */
	if (event->attr.write_backward)
		return -EACCES;

	if (!file_ns_capable(file, &init_user_ns, CAP_PERFMON) &&
	    !file_ns_capable(file, &init_user_ns, CAP_SYS_ADMIN))
		return -EPERM;

	return 0;
}

/**
 * perf_persistent_mmap - map a CPU's buffer
 * @event: an event of this PMU
 * @vma:   the mapping: all of the buffer, shared
 *
 * A writable mapping can move data_tail and makes its owner the consumer, of
 * whom there is one; it begins with data_tail at 0. Others may look on through
 * read-only mappings. The buffer is the kernel's and outlives them all, so that
 * unlike in perf_mmap() no memory is charged to anybody and nothing is detached
 * at the last unmap.
 *
 * Context: process, under mmap_lock.
 * Return: 0, -EINVAL if the size is not that of the buffer or the event is a
 * counter; for a writable one -EPERM if the opener had no CAP_PERFMON, -EACCES
 * if the buffer keeps the last records, -EBUSY if there is a consumer already,
 * -ENOMEM.
 */
int perf_persistent_mmap(struct perf_event *event, struct vm_area_struct *vma)
{
	struct perf_buffer *rb = event->rb;
	struct perf_persistent_buffer *buf;
	int ret;

	if (!rb || vma->vm_pgoff || vma_pages(vma) != data_page_nr(rb) + 1)
		return -EINVAL;

	if (vma->vm_flags & VM_WRITE) {
		ret = perf_persistent_may_consume(event, vma->vm_file);
		if (ret)
			return ret;

		buf = rb->persistent;
		if (cmpxchg(&buf->consumer, NULL, event))
			return -EBUSY;

		ret = perf_persistent_rebase(buf);
		if (ret) {
			perf_persistent_unclaim(buf, event);
			return ret;
		}
		atomic_set(&buf->writable, 1);
	} else {
		vm_flags_clear(vma, VM_MAYWRITE);
	}

	atomic_inc(&event->mmap_count);
	vm_flags_set(vma, VM_DONTCOPY | VM_DONTEXPAND | VM_DONTDUMP);
	vma->vm_ops = &perf_persistent_vmops;

	return 0;
}

/* See Documentation/ABI/testing/sysfs-bus-event_source-devices-persistent. */

PMU_FORMAT_ATTR(event, "config:0-31");
PMU_FORMAT_ATTR(buffer, "config1:0-31");

static struct attribute *format_attrs[] = {
	&format_attr_event.attr,
	&format_attr_buffer.attr,
	NULL
};

static const struct attribute_group format_group = {
	.name	= "format",
	.attrs	= format_attrs,
};

/* persistent_sysfs.c puts a file into it for each event. */
static struct attribute *events_attrs[] = {
	NULL
};

static const struct attribute_group events_group = {
	.name	= "events",
	.attrs	= events_attrs,
};

static const struct attribute_group *persistent_groups[] = {
	&format_group,
	&events_group,
	NULL
};

static struct pmu persistent_pmu = {
	.task_ctx_nr	= perf_invalid_context,
	.attr_groups	= persistent_groups,
	.event_init	= perf_persistent_event_init,
	.add		= perf_persistent_pmu_add,
	.del		= perf_persistent_pmu_del,
	.start		= perf_persistent_pmu_start,
	.stop		= perf_persistent_pmu_stop,
	.read		= perf_persistent_read,
};

/**
 * perf_persistent_device - the PMU's device
 *
 * Return: the device, NULL before device_initcall and if there is no PMU.
 */
struct device *perf_persistent_device(void)
{
	return persistent_pmu.dev;
}

/**
 * perf_persistent_pmu_init - register the PMU
 *
 * Context: early boot, before the events are created. perf core gives the PMU
 * its sysfs directory later, at device_initcall.
 * Return: 0 or a negative errno.
 */
int __init perf_persistent_pmu_init(void)
{
	return perf_pmu_register(&persistent_pmu, "persistent", -1);
}
