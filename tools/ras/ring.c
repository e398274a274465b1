// SPDX-License-Identifier: GPL-2.0
/*
 * Reading a mapped perf ring buffer. The kernel writes records between
 * data_head and data_tail + size, the consumer owns what lies between
 * data_tail and data_head, and moves data_tail when it is done with it.
 *
 * A peeker has the buffer mapped read-only and owns nothing: the consumer may
 * give a record's room back while it is being copied. So it copies first and
 * then looks at data_tail again. While data_tail is not beyond the record,
 * the copy is good.
 *
 * When there is a new consumer, the kernel moves what is unread to position 0.
 * The control page's lock is odd meanwhile, and another one afterwards. A
 * peeker then looks for the record it read last, to go on behind it.
 *
 * A follower wants a record even if a consumer was faster. Its bytes stay as
 * they are until data_head comes around: the kernel is far from them as long
 * as no more than half of the buffer was written since, which leaves room for
 * records being written right now (at most 8 KiB each, one per context).
 *
 * A ring that keeps the last records is another matter: ring_backward.c.
 */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/kernel.h>
#include "ring.h"

/*
 * Wait until the kernel is not moving records, which takes it microseconds. A
 * consumer can write there, too, and must not make us wait for ever.
 */
static u32 get_seq(const struct ras_ring *ring)
{
	int tries = 1000;
	u32 seq;

	do {
		seq = __atomic_load_n(&ring->page->lock, __ATOMIC_ACQUIRE);
		if (!(seq & 1))
			break;
		sched_yield();
	} while (--tries);
	return seq;
}

/**
 * ras_ring_init - start reading at the tail
 * @ring: ring buffer, @ring->cpu, peek, follow and backward set by the caller
 * @base: address it is mapped at
 * @pages: data pages
 */
void ras_ring_init(struct ras_ring *ring, void *base, unsigned int pages)
{
	long page_size = sysconf(_SC_PAGESIZE);

	ring->page = base;
	ring->data = (unsigned char *)base + page_size;
	ring->size = (u64)pages * page_size;
	ring->seq = get_seq(ring);
	ring->pos = ring->backward ? 0 : ras_ring_tail(ring);
	ring->copy = NULL;
	ring->copy_size = 0;
	ring->offsets = NULL;
	ring->nr_offsets = 0;
	ring->max_offsets = 0;
	ring->skipped = 0;
	ring->last = 0;
}

/**
 * ras_ring_exit - free what a ring buffer's reader holds
 * @ring: ring buffer; it stays mapped
 */
void ras_ring_exit(struct ras_ring *ring)
{
	free(ring->copy);
	free(ring->offsets);
	ring->copy = NULL;
	ring->offsets = NULL;
}

/**
 * ras_ring_head - where the kernel writes next
 * @ring: ring buffer
 *
 * Return: position; all before it may be read.
 */
u64 ras_ring_head(const struct ras_ring *ring)
{
	return __atomic_load_n(&ring->page->data_head, __ATOMIC_ACQUIRE);
}

/**
 * ras_ring_tail - where the consumer is
 * @ring: ring buffer
 *
 * Return: position.
 */
u64 ras_ring_tail(const struct ras_ring *ring)
{
	return __atomic_load_n(&ring->page->data_tail, __ATOMIC_ACQUIRE);
}

/**
 * ras_ring_consume - give room back to the kernel
 * @ring: ring buffer, mapped writable
 * @tail: position before which everything is done with
 */
void ras_ring_consume(struct ras_ring *ring, u64 tail)
{
	__atomic_store_n(&ring->page->data_tail, tail, __ATOMIC_RELEASE);
}

/**
 * ras_ring_used - how much there is to read
 * @ring: ring buffer
 *
 * Return: bytes that nobody consumed, or that a backward ring still has.
 */
u64 ras_ring_used(const struct ras_ring *ring)
{
	u64 head = ras_ring_head(ring);

	if (ring->backward)
		return min_t(u64, -head, ring->size);
	return head - ras_ring_tail(ring);
}

static bool intact(const struct ras_ring *ring)
{
	/* what was copied was read before these are */
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	if (__atomic_load_n(&ring->page->lock, __ATOMIC_RELAXED) != ring->seq)
		return false;
	if (ring->pos >= ras_ring_tail(ring))
		return true;
	return ring->follow &&
	       ras_ring_head(ring) - ring->pos <= ring->size / 2;
}

/**
 * ras_ring_copy - copy bytes out of the buffer, which may lie around its end
 * @ring: ring buffer
 * @to: where to
 * @pos: position of the first
 * @len: their number, not more than the buffer's size
 */
void ras_ring_copy(const struct ras_ring *ring, void *to, u64 pos, size_t len)
{
	size_t off = pos % ring->size;
	size_t first = min_t(size_t, len, ring->size - off);

	memcpy(to, ring->data + off, first);
	memcpy((char *)to + first, ring->data, len - first);
}

/* FNV-1a, 64 bits, over the record at @pos: its TIME makes it unique. */
static u64 hash_at(const struct ras_ring *ring, u64 pos, size_t len)
{
	u64 hash = 0xcbf29ce484222325ULL;

	while (len--)
		hash = (hash ^ ring->data[pos++ % ring->size]) *
		       0x100000001b3ULL;
	return hash ? hash : 1;
}

/**
 * ras_ring_find - look for a record among the unread ones
 * @ring: ring buffer
 * @hash: what @ring->last was after it was read
 * @limit: bytes behind the tail to look at
 * @behind: result: position behind it
 *
 * Return: true if it is there.
 */
bool ras_ring_find(const struct ras_ring *ring, u64 hash, u64 limit,
		   u64 *behind)
{
	u64 pos = ras_ring_tail(ring), end = ras_ring_head(ring);
	struct perf_event_header head;

	if (end - pos > ring->size)
		return false;
	end = min_t(u64, end, pos + limit);
	while (end - pos >= sizeof(head)) {
		ras_ring_copy(ring, &head, pos, sizeof(head));
		if (head.size < sizeof(head) || head.size > end - pos)
			break;
		*behind = pos + head.size;
		if (hash_at(ring, pos, head.size) == hash)
			return true;
		pos = *behind;
	}
	return false;
}

/* A peeker's position, if it is not valid any more. */
static void reposition(struct ras_ring *ring)
{
	u32 seq = get_seq(ring);
	u64 tail = ras_ring_tail(ring), behind;

	if (seq == ring->seq) {
		ring->skipped += tail - ring->pos;
		ring->pos = tail;
		return;
	}
	ring->seq = seq;
	ring->pos = tail;
	if (ring->last && ras_ring_find(ring, ring->last, ring->size, &behind))
		ring->pos = behind;
}

/**
 * ras_ring_grow - make room in @ring->copy
 * @ring: ring buffer
 * @size: bytes
 *
 * Return: 0 or -ENOMEM.
 */
int ras_ring_grow(struct ras_ring *ring, size_t size)
{
	void *copy;

	if (size <= ring->copy_size)
		return 0;
	copy = realloc(ring->copy, size);
	if (!copy)
		return -ENOMEM;
	ring->copy = copy;
	ring->copy_size = size;
	return 0;
}

/**
 * ras_ring_next - read the next record
 * @ring: ring buffer
 * @header: result; valid until the next call for this ring buffer
 *
 * Return: 1; 0 if there is none; -EBADMSG if what is there is no record: the
 * rest of what was written is then skipped; -ENOMEM.
 */
int ras_ring_next(struct ras_ring *ring, struct perf_event_header **header)
{
	struct perf_event_header head;
	u64 limit, hash;
	int err;

	if (ring->backward)
		return ras_ring_next_backward(ring, header);
again:
	while (ring->peek && !intact(ring))
		reposition(ring);
	limit = ras_ring_head(ring);
	if (ring->pos >= limit)
		return 0;

	ras_ring_copy(ring, &head, ring->pos, sizeof(head));
	if (ring->peek && !intact(ring))
		goto again;
	if (head.size < sizeof(head) || head.size > limit - ring->pos) {
		ring->skipped += limit - ring->pos;
		ring->pos = limit;
		return -EBADMSG;
	}
	err = ras_ring_grow(ring, head.size);
	if (err)
		return err;
	ras_ring_copy(ring, ring->copy, ring->pos, head.size);
	hash = hash_at(ring, ring->pos, head.size);
	if (ring->peek && !intact(ring))
		goto again;
	ring->last = hash;
	ring->pos += head.size;
	*header = ring->copy;
	return 1;
}
