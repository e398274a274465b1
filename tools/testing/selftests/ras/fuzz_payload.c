// SPDX-License-Identifier: GPL-2.0
/* The payload of a tracepoint: one that it could have written, and spoilt ones. */
#include "fuzz.h"

#define LOC(offset, length)	((__u32)(length) << 16 | ((offset) & 0xffff))

static void set_loc(const struct fuzz_field *f, __u8 *raw, unsigned int offset,
		    unsigned int length)
{
	__u32 loc;

	if (f->where == FUZZ_REL_LOC)
		offset -= f->offset + 4;
	loc = LOC(offset, length);
	memcpy(raw + f->offset, &loc, sizeof(loc));
}

static unsigned int data_length(struct fuzz_rng *rng, const struct fuzz_field *f)
{
	unsigned int n = fuzz_chance(rng, 5) ? fuzz_below(rng, 1500) : fuzz_below(rng, 24);

	switch (f->what) {
	case FUZZ_STRING:
		return 1 + n;
	case FUZZ_CPUS:
		return FUZZ_CPUMASK_SIZE + (fuzz_chance(rng, 20) ? 8 : 0);
	default:
		return n;
	}
}

/* Whoever sees the event must be able to read it to its end. */
static void fill_data(struct fuzz_rng *rng, const struct fuzz_field *f, __u8 *at,
		      unsigned int length)
{
	fuzz_fill(rng, at, length);
	if (f->what == FUZZ_STRING)
		at[length - 1] = '\0';
}

/* Aligned as the end of a record is: a u32 before it is all that may be missing. */
static unsigned int round_up(unsigned int bytes)
{
	return ((bytes + 4 + 7) & ~7u) - 4;
}

/* Bytes that a payload with these fields may have, at most */
unsigned int fuzz_payload_max(const struct fuzz_event *event, const __u8 *raw)
{
	unsigned int dynamic = 0;
	int i;

	for (i = 0; i < event->fields; i++)
		if (event->field[i].where != FUZZ_FIXED)
			dynamic += fuzz_get(event, raw, event->field[i].name) >> 16;
	return round_up(((event->fixed + 7) & ~7u) + dynamic);
}

/**
 * fuzz_payload - a payload that is right
 * @t:	 the event that it is for
 * @rng: decides
 * @raw: where it is put, FUZZ_TRACE_MAX bytes
 *
 * Return: its bytes.
 */
unsigned int fuzz_payload(const struct fuzz_target *t, struct fuzz_rng *rng, __u8 *raw)
{
	const struct fuzz_event *event = t->event;
	unsigned int end = event->fixed, at, length, size, max;
	int i;

	fuzz_fill(rng, raw, event->fixed);
	if (t->key && fuzz_chance(rng, 80))
		memcpy(raw + t->key->offset, &t->value, t->key->size);
	for (i = 0; i < event->fields; i++) {
		const struct fuzz_field *f = &event->field[i];

		if (f->where == FUZZ_FIXED)
			continue;
		length = data_length(rng, f);
		/* Two fields may share their data, if only it ends with a zero for both. */
		at = end;
		if (f->what == FUZZ_BYTES && fuzz_chance(rng, 10))
			at = event->fixed;
		if (at + length > end) {
			if (at < end)
				length = end - at;
			else
				fill_data(rng, f, raw + at, length);
			end = at + length;
		}
		set_loc(f, raw, at, length);
	}
	size = round_up(end);
	fuzz_fill(rng, raw + end, size - end);
	/* Room that nothing points to */
	max = fuzz_payload_max(event, raw);
	if (size < max && max <= FUZZ_TRACE_MAX && fuzz_chance(rng, 20)) {
		fuzz_fill(rng, raw + size, max - size);
		size = max;
	}
	return size;
}

/* A field of variable size, chosen at random, or NULL */
static const struct fuzz_field *any_loc(const struct fuzz_event *event, struct fuzz_rng *rng)
{
	const struct fuzz_field *chosen = NULL;
	int i, seen = 0;

	for (i = 0; i < event->fields; i++)
		if (event->field[i].where != FUZZ_FIXED && !fuzz_below(rng, ++seen))
			chosen = &event->field[i];
	return chosen;
}

/**
 * fuzz_spoil_payload - let a field of variable size point where it must not
 * @t:	  the event
 * @rng:  decides how; sometimes nothing bad comes of it
 * @raw:  the payload
 * @size: its bytes
 *
 * Return: false if there is no such field.
 */
bool fuzz_spoil_payload(const struct fuzz_target *t, struct fuzz_rng *rng, __u8 *raw,
			unsigned int size)
{
	const struct fuzz_event *event = t->event;
	const struct fuzz_field *f = any_loc(event, rng);
	unsigned int offset, length;
	__u32 loc;

	if (!f)
		return false;
	memcpy(&loc, raw + f->offset, sizeof(loc));
	length = loc >> 16;
	offset = loc & 0xffff;
	if (f->where == FUZZ_REL_LOC)
		offset += f->offset + 4;
	switch (fuzz_below(rng, 9)) {
	case 0:
		set_loc(f, raw, fuzz_below(rng, event->fixed), length);
		break;
	case 1:
		set_loc(f, raw, event->fixed - 1, length + 1);
		break;
	case 2:
		set_loc(f, raw, size - fuzz_below(rng, 8), 8);
		break;
	case 3:
		set_loc(f, raw, size + fuzz_below(rng, 3), fuzz_below(rng, 2));
		break;
	case 4:
		set_loc(f, raw, offset, size - offset + 1 + fuzz_below(rng, 8));
		break;
	case 5:
		set_loc(f, raw, offset, fuzz_chance(rng, 50) ? 0 : 0xffff);
		break;
	case 6:
		set_loc(f, raw, fuzz_odd(rng), fuzz_odd(rng));
		break;
	case 7:
		if (length)
			raw[offset + length - 1] = 'x';
		break;
	case 8:
		set_loc(f, raw, offset, fuzz_below(rng, length + 1));
		break;
	}
	return true;
}
