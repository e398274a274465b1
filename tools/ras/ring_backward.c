// SPDX-License-Identifier: GPL-2.0
/*
 * Reading a ring buffer that the kernel writes backward, over the oldest
 * records: from data_head on they lie newest first, up to data_head + size or,
 * before it came around once, up to position 0. Nobody consumes it; everyone
 * copies all that is new at once, and returns that from its end.
 *
 * The kernel goes on writing meanwhile, and moves data_head only when a record
 * is complete. So data_head is looked at again after the copy, and later than
 * any record that was begun during the copy takes to be completed: what lies
 * beyond that data_head + size may have been overwritten.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include <linux/kernel.h>
#include "ring.h"

/*
 * Records are written with preemption disabled, in microseconds; there are four
 * contexts that may be writing one of at most 8 KiB (PERF_MAX_TRACE_SIZE).
 */
#define WRITER_US	1000
#define WRITER_BYTES	(4 * 8192)

static int add_offset(struct ras_ring *ring, u32 offset)
{
	unsigned int max = ring->max_offsets * 2 + 64;
	u32 *offsets;

	if (ring->nr_offsets == ring->max_offsets) {
		offsets = realloc(ring->offsets, max * sizeof(*offsets));
		if (!offsets)
			return -ENOMEM;
		ring->offsets = offsets;
		ring->max_offsets = max;
	}
	ring->offsets[ring->nr_offsets++] = offset;
	return 0;
}

/* Where the records are in the first @len bytes of the copy, and their size. */
static int find_records(struct ras_ring *ring, size_t len, u64 *size)
{
	const struct perf_event_header *head;
	int err = 0;

	ring->nr_offsets = 0;
	*size = 0;
	while (!err && len - *size >= sizeof(*head)) {
		head = (void *)((char *)ring->copy + *size);
		/* never written, or the oldest one, cut by the newest */
		if (head->size < sizeof(*head) || head->size > len - *size)
			break;
		err = add_offset(ring, *size);
		*size += head->size;
	}
	return err;
}

/* Copy what was written since @ring->pos. */
static int snapshot(struct ras_ring *ring, u64 head)
{
	u64 new = ring->pos - head, len = min_t(u64, new, ring->size);
	u64 past, found;
	int err;

	err = ras_ring_grow(ring, len);
	if (err)
		return err;
	ras_ring_copy(ring, ring->copy, head, len);
	if (len + WRITER_BYTES > ring->size)
		usleep(WRITER_US);
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	past = head - ras_ring_head(ring);
	if (past > ring->size)
		past = ring->size;
	err = find_records(ring, min_t(u64, len, ring->size - past), &found);
	if (err)
		return err;
	/* new to a follower, not to one who just came */
	if (ring->pos)
		ring->skipped += new - found;
	ring->pos = head;
	return 0;
}

/**
 * ras_ring_next_backward - ras_ring_next() for a ring that is written backward
 * @ring: ring buffer
 * @header: result; valid until the next call for this ring buffer
 *
 * Return: 1; 0 if there is none; -ENOMEM.
 */
int ras_ring_next_backward(struct ras_ring *ring,
			   struct perf_event_header **header)
{
	u64 head;
	int err;

	if (!ring->nr_offsets) {
		head = ras_ring_head(ring);
		if (head == ring->pos)
			return 0;
		err = snapshot(ring, head);
		if (err || !ring->nr_offsets)
			return err;
	}
	*header = (void *)((char *)ring->copy +
			   ring->offsets[--ring->nr_offsets]);
	return 1;
}
