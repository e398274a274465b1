/* SPDX-License-Identifier: GPL-2.0 */
/* Persistent events: what the capturing and the reading side share, and what perf core calls. */
#ifndef _KERNEL_EVENTS_PERSISTENT_H
#define _KERNEL_EVENTS_PERSISTENT_H

#include <linux/perf_event.h>
#include <linux/poll.h>

/*
 * Data pages of each CPU's buffer. With the header page, and pages of 4 KiB,
 * that makes 36 KiB, which hold 186 machine checks.
 */
#define PERF_PERSISTENT_DATA_PAGES	8

/*
 * The layout of the records, the one that "perf record -R -a -c 1" of the
 * distributions asks for.
 */
#define PERF_PERSISTENT_SAMPLE_TYPE					\
	(PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME |		\
	 PERF_SAMPLE_ID | PERF_SAMPLE_CPU | PERF_SAMPLE_RAW)

/**
 * struct perf_persistent_buffer - the buffer of one CPU
 * @rb:		the ring buffer; NULL until the CPU first comes online, then
 *		never changed nor freed. All persistent events of the CPU
 *		write into it, from this CPU only.
 * @cpu:	the CPU that writes
 * @base:	bytes consumed before position 0 of the ring buffer, see
 *		perf_persistent_rebase(); may wrap
 * @consumer:	the reader's event through which the one writable mapping was
 *		made, an ERR_PTR() while that mapping goes away, or NULL.
 *		Claimed by cmpxchg(); dropped under the event's mmap_mutex.
 * @writable:	how many VMAs that mapping has (mremap() makes it two for a
 *		moment)
 */
struct perf_persistent_buffer {
	struct perf_buffer	*rb;
	int			cpu;
	unsigned long		base;
	struct perf_event	*consumer;
	atomic_t		writable;
};

/**
 * struct perf_persistent_event - an event that the kernel keeps open
 * @system:	trace system of the tracepoint underneath
 * @name:	its name, and the name in sysfs
 * @type:	perf_event_attr::type of the event underneath
 * @config:	perf_event_attr::config of the event underneath
 * @events:	per CPU, the kernel's own event: created when the CPU first comes
 *		online, never freed. While the CPU is offline the event is out
 *		of service and keeps its id and counts, since unread records
 *		carry that id.
 */
struct perf_persistent_event {
	const char			*system;
	const char			*name;
	u32				type;
	u64				config;
	struct perf_event * __percpu	*events;
};

#ifdef CONFIG_PERF_EVENTS_PERSISTENT
DECLARE_PER_CPU(struct perf_persistent_buffer, perf_persistent_buffer);

struct perf_persistent_event *perf_persistent_find(u64 config);
int perf_persistent_nr(void);
struct perf_event *perf_persistent_get(struct perf_persistent_event *pe, int cpu);
int perf_persistent_rebase(struct perf_persistent_buffer *buf);
int perf_persistent_pmu_init(void);

bool is_persistent_event(struct perf_event *event);
int perf_persistent_mmap(struct perf_event *event, struct vm_area_struct *vma);
__poll_t perf_persistent_poll(struct perf_event *event);
void perf_persistent_read(struct perf_event *event);
bool perf_persistent_output_denied(struct perf_event *event,
				   struct perf_event *output_event);
#else
static inline bool is_persistent_event(struct perf_event *event)
{
	return false;
}

static inline int perf_persistent_mmap(struct perf_event *event,
				       struct vm_area_struct *vma)
{
	return -ENODEV;
}

static inline __poll_t perf_persistent_poll(struct perf_event *event)
{
	return EPOLLHUP;
}

static inline void perf_persistent_read(struct perf_event *event) { }

static inline bool perf_persistent_output_denied(struct perf_event *event,
						 struct perf_event *output_event)
{
	return false;
}
#endif /* CONFIG_PERF_EVENTS_PERSISTENT */

#endif /* _KERNEL_EVENTS_PERSISTENT_H */
