/* SPDX-License-Identifier: GPL-2.0 */
/* Counts in sysfs, and the buffers of sets that keep the last records. */
#ifndef SELFTESTS_RAS_SET_H
#define SELFTESTS_RAS_SET_H

#include "persistent.h"

static inline bool source_is(const char *event, const char *file, const char *wanted)
{
	char text[256];

	source_text(event, file, text, sizeof(text));
	return !strcmp(text, wanted);
}

/* @cpu's buffer, opened on another CPU. */
static inline int open_across(const char *event, int cpu, int on)
{
	struct perf_event_attr attr = persistent_attr(event);

	attr.config1 = 1 + cpu;
	return perf_open(&attr, -1, on, -1, 0);
}

/* A copy of a buffer that is written backward: the newest record comes first. */
struct snapshot {
	char *bytes;
	size_t valid, at;
};

static inline void snapshot_take(struct snapshot *s, const struct ring *ring)
{
	const char *data = (const char *)ring->page + ring->page->data_offset;
	__u64 head = ring_head(ring), moved;
	size_t at = head % ring->size;

	s->bytes = malloc(ring->size);
	if (!s->bytes)
		die("malloc");
	memcpy(s->bytes, data + at, ring->size - at);
	memcpy(s->bytes + ring->size - at, data, at);
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	/* The oldest of it has been overwritten meanwhile. */
	moved = head - ring_head(ring);
	s->valid = moved < ring->size ? ring->size - moved : 0;
	s->at = 0;
}

static inline bool snapshot_next(struct snapshot *s, struct record *out)
{
	struct perf_event_header header;

	if (s->at + sizeof(header) > s->valid)
		return false;
	memcpy(&header, s->bytes + s->at, sizeof(header));
	/* Never written, or the oldest, of which the end is gone */
	if (!header.size || s->at + header.size > s->valid)
		return false;
	if (header.size < sizeof(header) || header.size % 8 || header.size > sizeof(*out)) {
		errno = EBADMSG;
		die("record of %u bytes at %zu", header.size, s->at);
	}
	memcpy(out, s->bytes + s->at, header.size);
	s->at += header.size;
	return true;
}

static inline void snapshot_free(struct snapshot *s)
{
	free(s->bytes);
}

#endif
