// SPDX-License-Identifier: GPL-2.0
/*
 * A new consumer of a persistent buffer starts reading at position 0.
 *
 * Task-owned buffers are always new when they are mapped, and perf relies on
 * it: it reads from position 0 on, whatever data_tail says. Of a buffer that
 * had a consumer before it would read again what was consumed, or, when that
 * is more than the buffer holds, discard everything. So when a consumer comes,
 * what is unread is moved to the beginning.
 */
#include <linux/cpumask.h>
#include <linux/perf_event.h>
#include <linux/slab.h>
#include <linux/smp.h>

#include "internal.h"
#include "persistent.h"

/* Between the buffer's pages, from @pos on, and @tmp. */
static void perf_persistent_copy(struct perf_buffer *rb, u64 pos, void *tmp, size_t len,
				 bool to_rb)
{
	size_t page_size = PAGE_SIZE << page_order(rb);
	size_t offset, part;
	void *data;

	for (; len; len -= part, pos += part, tmp += part) {
		offset = pos & (perf_data_size(rb) - 1);
		data = rb->data_pages[offset / page_size] + offset % page_size;
		part = min(page_size - offset % page_size, len);
		if (to_rb)
			memcpy(data, tmp, part);
		else
			memcpy(tmp, data, part);
	}
}

struct perf_persistent_move {
	struct perf_persistent_buffer	*buf;
	void				*tmp;
	bool				offline;
	int				ret;
};

/*
 * On the CPU that writes, with interrupts disabled, so that only an NMI can
 * want to write meanwhile: it finds the buffer paused and its record is
 * counted as lost. Or anywhere, while that CPU is offline.
 */
static void perf_persistent_move(void *info)
{
	struct perf_persistent_move *move = info;
	struct perf_persistent_buffer *buf = move->buf;
	struct perf_buffer *rb = buf->rb;
	struct perf_event_mmap_page *page = rb->user_page;
	u64 head, tail, unread;
	u32 seq;

	/* We interrupted a writer in the midst of its record. */
	if (READ_ONCE(rb->nest)) {
		move->ret = -EAGAIN;
		return;
	}

	rb_toggle_paused(rb, true);
	/* Either we see the CPU come online, or it sees the buffer paused. */
	smp_mb();
	if (move->offline && cpu_online(buf->cpu)) {
		rb_toggle_paused(rb, false);
		move->ret = -EAGAIN;
		return;
	}

	head = local_read(&rb->head);
	tail = READ_ONCE(page->data_tail);
	unread = head - tail;
	/* The last consumer left a tail that is nowhere in the buffer. */
	if (unread > perf_data_size(rb))
		unread = 0;

	/*
	 * Those who look on see by the count that positions have changed. It
	 * is odd now, whatever the last consumer wrote there.
	 */
	seq = READ_ONCE(page->lock) | 1;
	WRITE_ONCE(page->lock, seq);
	smp_wmb(); /* as in perf_event_update_userpage(), for the reader's smp_rmb() */

	perf_persistent_copy(rb, tail, move->tmp, unread, false);
	perf_persistent_copy(rb, 0, move->tmp, unread, true);

	local_set(&rb->head, unread);
	local_set(&rb->wakeup, 0);
	WRITE_ONCE(page->data_tail, 0);
	WRITE_ONCE(page->data_head, unread);

	smp_wmb(); /* as above */
	WRITE_ONCE(page->lock, seq + 1);
	/* Pairs with the acquire in perf_persistent_position(). */
	smp_store_release(&buf->base, buf->base + (unsigned long)(head - unread));

	barrier();
	rb_toggle_paused(rb, false);
	move->ret = 0;
}

/**
 * perf_persistent_rebase - move what is unread to the beginning of a buffer
 * @buf: the buffer, which the caller has claimed as its consumer
 *
 * Afterwards data_tail is 0. perf_event_mmap_page::lock is odd meanwhile and
 * different afterwards.
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int perf_persistent_rebase(struct perf_persistent_buffer *buf)
{
	struct perf_persistent_move move = { .buf = buf };
	struct perf_event_mmap_page *page = buf->rb->user_page;

	if (!READ_ONCE(page->data_tail) && !(READ_ONCE(page->lock) & 1))
		return 0;

	move.tmp = kvmalloc(perf_data_size(buf->rb), GFP_KERNEL);
	if (!move.tmp)
		return -ENOMEM;

	do {
		cond_resched();
		move.offline = smp_call_function_single(buf->cpu, perf_persistent_move,
							&move, 1);
		if (move.offline)
			perf_persistent_move(&move);
	} while (move.ret == -EAGAIN);

	kvfree(move.tmp);
	return 0;
}
