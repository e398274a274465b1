// SPDX-License-Identifier: GPL-2.0
/* Records for one write(): right ones, and among them spoilt ones. */
#include "fuzz.h"

#define LEVELS		(PERF_RECORD_MISC_INJECT_DRIVER | PERF_RECORD_MISC_INJECT_HARDWARE)

/* A record in the making, and where its parts are; 0: it has none */
struct draft {
	const struct fuzz_target *t;
	struct fuzz_rng *rng;
	__u8 *at;
	unsigned int size;
	unsigned int period, read, callchain, raw;
};

static struct perf_event_header *header(const struct draft *d)
{
	return (void *)d->at;
}

static void add_words(struct draft *d, unsigned int n)
{
	fuzz_fill(d->rng, d->at + d->size, 8 * n);
	d->size += 8 * n;
}

static void add_word(struct draft *d, __u64 value)
{
	memcpy(d->at + d->size, &value, sizeof(value));
	d->size += sizeof(value);
}

static void add_before(struct draft *d, __u64 type)
{
	__u64 bits = type & (PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_ADDR |
			     PERF_SAMPLE_ID | PERF_SAMPLE_STREAM_ID | PERF_SAMPLE_CPU);

	if (type & PERF_SAMPLE_IDENTIFIER)
		add_words(d, 1);
	if (type & PERF_SAMPLE_IP)
		add_word(d, fuzz_chance(d->rng, 30) ? 0 : fuzz_odd(d->rng));
	add_words(d, __builtin_popcountll(bits));
	if (!(type & PERF_SAMPLE_PERIOD))
		return;
	d->period = d->size;
	/* What a counter can take */
	add_word(d, 1 + fuzz_below(d->rng, fuzz_chance(d->rng, 90) ? 1000 : 1ull << 40));
}

static void add_read(struct draft *d, __u64 format)
{
	int times = !!(format & PERF_FORMAT_TOTAL_TIME_ENABLED) +
		    !!(format & PERF_FORMAT_TOTAL_TIME_RUNNING);
	int each = 1 + !!(format & PERF_FORMAT_ID) + !!(format & PERF_FORMAT_LOST);
	int nr = 1;

	d->read = d->size;
	if (format & PERF_FORMAT_GROUP) {
		nr = fuzz_below(d->rng, 5);
		add_word(d, nr);
	}
	add_words(d, times + nr * each);
}

static void add_callchain(struct draft *d)
{
	unsigned int nr = fuzz_below(d->rng, fuzz_chance(d->rng, 98) ? 8 : 200);

	d->callchain = d->size;
	add_word(d, nr);
	add_words(d, nr);
}

static void add_raw(struct draft *d)
{
	__u16 misc = 0;
	__u32 size;

	d->raw = d->size;
	if (d->t->event->counter) {
		size = 4 + 8 * fuzz_below(d->rng, 4);
		fuzz_fill(d->rng, d->at + d->raw + 4, size);
	} else if (d->t->deep && fuzz_chance(d->rng, 33)) {
		size = fuzz_deep_payload(d->t, d->rng, d->at + d->raw + 4, &misc);
		header(d)->misc |= misc;
	} else {
		size = fuzz_payload(d->t, d->rng, d->at + d->raw + 4);
	}
	memcpy(d->at + d->raw, &size, sizeof(size));
	d->size += 4 + size;
}

/* A record as it should be */
static void draft_good(struct draft *d)
{
	static const __u16 ignored[] = {
		0, PERF_RECORD_MISC_KERNEL, PERF_RECORD_MISC_USER, PERF_RECORD_MISC_HYPERVISOR,
		PERF_RECORD_MISC_EXACT_IP | PERF_RECORD_MISC_USER, PERF_RECORD_MISC_CPUMODE_MASK,
	};
	__u64 type = d->t->attr.sample_type;

	header(d)->type = PERF_RECORD_SAMPLE;
	header(d)->misc = ignored[fuzz_below(d->rng, 6)];
	d->size = sizeof(*header(d));
	add_before(d, type);
	if (type & PERF_SAMPLE_READ)
		add_read(d, d->t->attr.read_format);
	if (type & PERF_SAMPLE_CALLCHAIN)
		add_callchain(d);
	if (type & PERF_SAMPLE_RAW)
		add_raw(d);
	add_words(d, __builtin_popcountll(type & (PERF_SAMPLE_WEIGHT_TYPE |
			PERF_SAMPLE_DATA_SRC | PERF_SAMPLE_TRANSACTION |
			PERF_SAMPLE_PHYS_ADDR | PERF_SAMPLE_CGROUP |
			PERF_SAMPLE_DATA_PAGE_SIZE | PERF_SAMPLE_CODE_PAGE_SIZE)));
	header(d)->size = d->size;
}

static void put_word(struct draft *d, unsigned int at, __u64 value)
{
	if (at)
		memcpy(d->at + at, &value, sizeof(value));
}

/* Another size in the header: of the record, or of it and what follows */
static void spoil_size(struct draft *d)
{
	static const int by[] = { -8, 8, -1, 1, -4, 4, -16, 16 };

	switch (fuzz_below(d->rng, 4)) {
	case 0:
		header(d)->size = fuzz_below(d->rng, 3) * 4;
		break;
	case 1:
		header(d)->size = fuzz_odd(d->rng);
		break;
	default:
		header(d)->size += by[fuzz_below(d->rng, 8)];
	}
}

static void spoil_header(struct draft *d)
{
	switch (fuzz_below(d->rng, 6)) {
	case 0:
		header(d)->type = fuzz_below(d->rng, PERF_RECORD_MAX + 2);
		break;
	case 1:
		header(d)->type ^= 1u << fuzz_below(d->rng, 32);
		break;
	case 2:
		header(d)->misc ^= 1u << fuzz_below(d->rng, 16);
		break;
	case 3:
		header(d)->misc |= LEVELS;
		break;
	case 4:
		header(d)->misc |= PERF_RECORD_MISC_INJECT_FATAL;
		break;
	case 5:
		header(d)->misc |= PERF_RECORD_MISC_INJECT_DRIVER << fuzz_below(d->rng, 2);
		break;
	}
}

/* The payload longer or shorter, and the record with it */
static void resize(struct draft *d, int bytes)
{
	unsigned int tail;
	__u32 size;

	if (!d->raw)
		return;
	memcpy(&size, d->at + d->raw, sizeof(size));
	tail = d->size - d->raw - 4 - size;
	if (bytes < 0 && -bytes > (int)size)
		bytes = -(int)(size & ~7u);
	if (d->size + bytes > FUZZ_SIZE_MAX)
		return;
	memmove(d->at + d->raw + 4 + size + bytes, d->at + d->raw + 4 + size, tail);
	if (bytes > 0)
		fuzz_fill(d->rng, d->at + d->raw + 4 + size, bytes);
	size += bytes;
	memcpy(d->at + d->raw, &size, sizeof(size));
	d->size += bytes;
	header(d)->size = d->size;
}

static void spoil_raw_size(struct draft *d)
{
	__u32 size;

	if (!d->raw)
		return;
	memcpy(&size, d->at + d->raw, sizeof(size));
	if (fuzz_chance(d->rng, 30))
		size = fuzz_odd(d->rng);
	else
		size += fuzz_below(d->rng, 33) - 16;
	memcpy(d->at + d->raw, &size, sizeof(size));
}

static void flip_bits(struct draft *d)
{
	int n = 1 + fuzz_below(d->rng, 8);

	while (n--)
		d->at[fuzz_below(d->rng, d->size)] ^= 1u << fuzz_below(d->rng, 8);
}

/* Sometimes what comes of it is right again: the model will know. */
static void draft_spoil(struct draft *d)
{
	__u32 size = 0;

	if (d->raw)
		memcpy(&size, d->at + d->raw, sizeof(size));
	switch (fuzz_below(d->rng, 13)) {
	case 0:
		return spoil_size(d);
	case 1:
	case 2:
		return spoil_header(d);
	case 3:
		return spoil_raw_size(d);
	case 4:
		return resize(d, 8 * (1 + fuzz_below(d->rng, 4)));
	case 5:
		return resize(d, -8 * (1 + fuzz_below(d->rng, 8)));
	case 6:
		return resize(d, 8 * fuzz_below(d->rng, fuzz_chance(d->rng, 50) ? 8192 : 1100));
	case 7:
		put_word(d, d->callchain, fuzz_odd(d->rng));
		return put_word(d, d->read, fuzz_odd(d->rng));
	case 8:
		return put_word(d, d->period, fuzz_chance(d->rng, 30) ? 0 : fuzz_odd(d->rng));
	case 9:
		return flip_bits(d);
	case 10:
		fuzz_fill(d->rng, d->at + 8, d->size - 8);
		return;
	default:
		if (!d->raw || d->t->event->counter ||
		    !fuzz_spoil_payload(d->t, d->rng, d->at + d->raw + 4, size))
			resize(d, -8 * (1 + fuzz_below(d->rng, 4)));
	}
}

/*
 * Nothing that would take the machine down, or a page that it needs: what goes deeper is as
 * fuzz_deep.c made it, or is refused for its form.
 */
static void make_safe(const struct fuzz_target *t, __u8 *buf, size_t len)
{
	unsigned int wrong = fuzz_wrong;
	struct fuzz_verdict v;
	size_t pos = 0;

	fuzz_wrong = 0;
	while (len - pos >= sizeof(struct perf_event_header)) {
		struct perf_event_header *h = (void *)(buf + pos);

		fuzz_judge(t, h, len - pos, len - pos, &v);
		if (v.level & t->event->deep && !v.malformed && !(v.outcome & FUZZ_EOPNOTSUPP) &&
		    !(t->deep && fuzz_deep_safe(t->event, h->misc, v.raw)))
			h->misc &= PERF_RECORD_MISC_CPUMODE_MASK;
		if (h->size < sizeof(*h) || h->size % 8 || h->size > len - pos)
			break;
		pos += h->size;
	}
	fuzz_wrong = wrong;
}

/**
 * fuzz_batch - the records of one write()
 * @t:	 where they go
 * @rng: decides
 * @buf: where they are put
 * @max: bytes, at least FUZZ_SIZE_MAX
 *
 * Return: their bytes.
 */
size_t fuzz_batch(const struct fuzz_target *t, struct fuzz_rng *rng, __u8 *buf, size_t max)
{
	unsigned int n = 1, spoilt = -1, i;
	size_t len = 0;

	if (fuzz_chance(rng, 60))
		n = 1 + fuzz_below(rng, fuzz_chance(rng, 25) ? 100 : 12);
	if (fuzz_chance(rng, 50))
		spoilt = fuzz_below(rng, n);
	for (i = 0; i < n && max - len >= FUZZ_SIZE_MAX; i++) {
		struct draft d = { .t = t, .rng = rng, .at = buf + len };

		draft_good(&d);
		if (i == spoilt || (spoilt != -1u && fuzz_chance(rng, 2)))
			draft_spoil(&d);
		len += d.size;
	}
	/* The last one cut off */
	if (fuzz_chance(rng, 5))
		len -= 1 + fuzz_below(rng, len > 64 ? 64 : len - 1);
	make_safe(t, buf, len);
	return len;
}
