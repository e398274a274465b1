/* SPDX-License-Identifier: GPL-2.0 */
/* Reading a mapped perf ring buffer, as its consumer or beside it. */
#ifndef _RAS_RING_H
#define _RAS_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/perf_event.h>
#include <linux/types.h>

/**
 * struct ras_ring - a mapped ring buffer and how far it has been read
 * @page: its control page
 * @data: its records
 * @size: bytes of @data
 * @pos: where the next record begins; valid until there is a new consumer
 * @cpu: whose buffer it is
 * @peek: somebody else may be consuming it: check again after each copy
 * @follow: peeking, and also wanting records that the consumer took already
 * @skipped: bytes that a peeker found gone
 * @seq: the control page's lock, which changes with the positions
 * @last: hash of the last record read, 0 if there was none
 * @copy: the last record, in one piece; of a backward ring all new ones
 * @copy_size: room there
 * @backward: the kernel writes it backward, and over the oldest records; @pos is
 *            then where the newest record began when it was read last
 * @offsets: backward: where in @copy the records begin, newest first
 * @nr_offsets: how many of them were not returned yet
 * @max_offsets: room there
 */
struct ras_ring {
	struct perf_event_mmap_page *page;
	const unsigned char *data;
	u64 size;
	u64 pos;
	int cpu;
	bool peek;
	bool follow;
	u64 skipped;
	u32 seq;
	u64 last;
	void *copy;
	size_t copy_size;
	bool backward;
	u32 *offsets;
	unsigned int nr_offsets;
	unsigned int max_offsets;
};

void ras_ring_init(struct ras_ring *ring, void *base, unsigned int pages);
void ras_ring_exit(struct ras_ring *ring);
u64 ras_ring_head(const struct ras_ring *ring);
u64 ras_ring_tail(const struct ras_ring *ring);
int ras_ring_next(struct ras_ring *ring, struct perf_event_header **header);
bool ras_ring_find(const struct ras_ring *ring, u64 hash, u64 limit,
		   u64 *behind);
void ras_ring_consume(struct ras_ring *ring, u64 tail);
void ras_ring_copy(const struct ras_ring *ring, void *to, u64 pos, size_t len);
int ras_ring_grow(struct ras_ring *ring, size_t size);
u64 ras_ring_used(const struct ras_ring *ring);
int ras_ring_next_backward(struct ras_ring *ring,
			   struct perf_event_header **header);

#endif /* _RAS_RING_H */
