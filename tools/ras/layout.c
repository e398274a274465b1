// SPDX-License-Identifier: GPL-2.0
/*
 * Samples of any layout that write() takes, as perf_event_open(2) describes
 * PERF_RECORD_SAMPLE: the parts follow each other in this order.
 */
#include <errno.h>
#include <string.h>
#include <linux/kernel.h>
#include "bytes.h"
#include "layout.h"

#define READ_KNOWN							\
	(PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING | \
	 PERF_FORMAT_ID | PERF_FORMAT_GROUP | PERF_FORMAT_LOST)

static const struct {
	u64 bit;
	const char *what;
} refused[] = {
	{ PERF_SAMPLE_BRANCH_STACK, "branch stacks (-b, --call-graph lbr)" },
	{ PERF_SAMPLE_REGS_USER, "user registers (--user-regs, --call-graph dwarf)" },
	{ PERF_SAMPLE_STACK_USER, "user stacks (--call-graph dwarf)" },
	{ PERF_SAMPLE_REGS_INTR, "registers (-I)" },
	{ PERF_SAMPLE_AUX, "AUX data (--aux-sample)" },
	{ ~((u64)PERF_SAMPLE_MAX - 1), "parts that are newer than this tool" },
};

/**
 * ras_layout_refused - what a layout has that the kernel does not take back
 * @sample_type: layout
 *
 * Return: what, in words, or NULL.
 */
const char *ras_layout_refused(u64 sample_type)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(refused); i++) {
		if (sample_type & refused[i].bit)
			return refused[i].what;
	}
	return NULL;
}

static unsigned int nr_bits(u64 bits)
{
	return __builtin_popcountll(bits);
}

/* So many groups of so many u64 */
static void skip(struct ras_bytes *cur, u64 nr, u64 each)
{
	if (nr > cur->left / (8 * each))
		cur->bad = true;
	else
		ras_bytes_take(cur, nr * each * 8);
}

static void skip_read(struct ras_bytes *cur, u64 format)
{
	u64 each = 1 + !!(format & PERF_FORMAT_ID) +
		   !!(format & PERF_FORMAT_LOST);
	u64 times = !!(format & PERF_FORMAT_TOTAL_TIME_ENABLED) +
		    !!(format & PERF_FORMAT_TOTAL_TIME_RUNNING);
	u64 nr = 1;

	if (format & ~(u64)READ_KNOWN)
		cur->bad = true;
	if (format & PERF_FORMAT_GROUP)
		nr = ras_bytes_u64(cur);
	skip(cur, times, 1);
	skip(cur, nr, each);
}

static void take_raw(struct ras_bytes *cur, struct ras_record *rec)
{
	u32 size = ras_bytes_u32(cur);

	/* The padding that makes a multiple of 8 of it is part of the size. */
	if ((size + 4ULL) % 8)
		cur->bad = true;
	rec->raw = ras_bytes_take(cur, size);
	rec->raw_len = size;
	/* perf's way to say that there is none: 4 bytes of 0 */
	if (size == 4) {
		rec->raw = NULL;
		rec->raw_len = 0;
	}
}

/**
 * ras_layout_id - which event a sample is of
 * @sample_type: of all events of a file with several, which agree in this
 * @header: the sample, wholly in memory
 * @id: result: one of those that the file lists for an event
 *
 * Return: 0; -ENOENT: it does not say; -EINVAL: damaged.
 */
int ras_layout_id(u64 sample_type, const struct perf_event_header *header,
		  u64 *id)
{
	size_t pos = 0;

	if (sample_type & PERF_SAMPLE_IDENTIFIER)
		pos = 0;
	else if (sample_type & PERF_SAMPLE_ID)
		pos = 8 * nr_bits(sample_type &
				  (PERF_SAMPLE_IP | PERF_SAMPLE_TID |
				   PERF_SAMPLE_TIME | PERF_SAMPLE_ADDR));
	else
		return -ENOENT;
	if (header->size < sizeof(*header) + pos + 8)
		return -EINVAL;
	memcpy(id, (const unsigned char *)(header + 1) + pos, 8);
	return 0;
}

/**
 * ras_layout_parse - take a sample of any layout apart
 * @attr: the layout: sample_type, one that ras_layout_refused() does not
 *        refuse, and read_format
 * @header: the sample, wholly in memory; must outlive @sample
 * @sample: result; what the layout does not have is 0, the CPU -1
 *
 * Return: 0, or -EINVAL if its sizes contradict each other.
 */
int ras_layout_parse(const struct perf_event_attr *attr,
		     const struct perf_event_header *header,
		     struct ras_sample *sample)
{
	/* one u64 each, of no interest here */
	static const u64 words = PERF_SAMPLE_DATA_SRC | PERF_SAMPLE_TRANSACTION |
		PERF_SAMPLE_WEIGHT | PERF_SAMPLE_WEIGHT_STRUCT |
		PERF_SAMPLE_PHYS_ADDR | PERF_SAMPLE_CGROUP |
		PERF_SAMPLE_DATA_PAGE_SIZE | PERF_SAMPLE_CODE_PAGE_SIZE;
	struct ras_record *rec = &sample->rec;
	u64 type = attr->sample_type;
	struct ras_bytes cur = { .pos = (const void *)(header + 1) };

	memset(sample, 0, sizeof(*sample));
	rec->kind = RAS_RECORD_SAMPLE;
	rec->cpu = -1;
	rec->mode = header->misc & PERF_RECORD_MISC_CPUMODE_MASK;
	if (header->size <= sizeof(*header) || header->size % 8)
		return -EINVAL;
	cur.left = header->size - sizeof(*header);

	if (type & PERF_SAMPLE_IDENTIFIER)
		rec->id = ras_bytes_u64(&cur);
	if (type & PERF_SAMPLE_IP)
		rec->ip = ras_bytes_u64(&cur);
	if (type & PERF_SAMPLE_TID) {
		rec->pid = (s32)ras_bytes_u32(&cur);
		rec->tid = (s32)ras_bytes_u32(&cur);
	}
	if (type & PERF_SAMPLE_TIME)
		rec->time = ras_bytes_u64(&cur);
	if (type & PERF_SAMPLE_ADDR)
		sample->addr = ras_bytes_u64(&cur);
	if (type & PERF_SAMPLE_ID)
		rec->id = ras_bytes_u64(&cur);
	if (type & PERF_SAMPLE_STREAM_ID)
		ras_bytes_u64(&cur);
	if (type & PERF_SAMPLE_CPU) {
		rec->cpu = ras_bytes_u32(&cur);
		ras_bytes_u32(&cur);
	}
	if (type & PERF_SAMPLE_PERIOD)
		sample->period = ras_bytes_u64(&cur);
	if (type & PERF_SAMPLE_READ)
		skip_read(&cur, attr->read_format);
	if (type & PERF_SAMPLE_CALLCHAIN)
		skip(&cur, ras_bytes_u64(&cur), 1);
	if (type & PERF_SAMPLE_RAW)
		take_raw(&cur, rec);
	skip(&cur, nr_bits(type & words), 1);
	return cur.bad || cur.left ? -EINVAL : 0;
}
