// SPDX-License-Identifier: GPL-2.0
/*
 * What must become of a record, from its bytes and Documentation/ras/abi.rst. A record with
 * several faults may be refused for any of them.
 */
#include "fuzz.h"

#define WORDS_BEFORE							\
	(PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID |	\
	 PERF_SAMPLE_TIME | PERF_SAMPLE_ADDR | PERF_SAMPLE_ID |		\
	 PERF_SAMPLE_STREAM_ID | PERF_SAMPLE_CPU | PERF_SAMPLE_PERIOD)
#define WORDS_AFTER							\
	(PERF_SAMPLE_WEIGHT | PERF_SAMPLE_WEIGHT_STRUCT |		\
	 PERF_SAMPLE_DATA_SRC | PERF_SAMPLE_TRANSACTION |		\
	 PERF_SAMPLE_PHYS_ADDR | PERF_SAMPLE_CGROUP |			\
	 PERF_SAMPLE_DATA_PAGE_SIZE | PERF_SAMPLE_CODE_PAGE_SIZE)
#define UNDERSTOOD							\
	(WORDS_BEFORE | WORDS_AFTER | PERF_SAMPLE_READ |		\
	 PERF_SAMPLE_CALLCHAIN | PERF_SAMPLE_RAW)

#define LEVELS		(PERF_RECORD_MISC_INJECT_DRIVER | PERF_RECORD_MISC_INJECT_HARDWARE)
#define MISC_KNOWN							\
	(PERF_RECORD_MISC_CPUMODE_MASK | PERF_RECORD_MISC_EXACT_IP |	\
	 LEVELS | PERF_RECORD_MISC_INJECT_FATAL)

unsigned int fuzz_wrong;

/* Is a condition of the rule with this number met? */
#define RULE(number, condition)	(fuzz_wrong != (number) && (condition))

struct cursor {
	const __u8 *at, *end;
};

static bool skip(struct cursor *c, __u64 words)
{
	if (words > (__u64)(c->end - c->at) / 8)
		return false;
	c->at += words * 8;
	return true;
}

static __u64 word(const __u8 *at)
{
	__u64 value;

	memcpy(&value, at, sizeof(value));
	return value;
}

static int words(__u64 bits)
{
	return __builtin_popcountll(bits);
}

static bool skip_read(struct cursor *c, __u64 format)
{
	int times = words(format & (PERF_FORMAT_TOTAL_TIME_ENABLED |
				    PERF_FORMAT_TOTAL_TIME_RUNNING));
	int each = 1 + words(format & (PERF_FORMAT_ID | PERF_FORMAT_LOST));
	const __u8 *nr = c->at;

	if (!(format & PERF_FORMAT_GROUP))
		return skip(c, times + each);
	return skip(c, 1) && word(nr) <= FUZZ_SIZE_MAX && skip(c, times + word(nr) * each);
}

static bool skip_callchain(struct cursor *c)
{
	const __u8 *nr = c->at;

	return skip(c, 1) && skip(c, word(nr));
}

static bool take_raw(struct cursor *c, struct fuzz_verdict *v)
{
	__u32 size;

	if (c->end - c->at < 8)
		return false;
	memcpy(&size, c->at, sizeof(size));
	v->raw = c->at + sizeof(size);
	v->raw_size = size;
	return !RULE(1, size % 8 != 4) && skip(c, (size + 4ull) / 8);
}

/* The record's parts are as large as it is. */
static bool parse(const struct fuzz_target *t, const __u8 *at, size_t size,
		  struct fuzz_verdict *v)
{
	struct cursor c = { .at = at + 8, .end = at + size };
	__u64 type = t->attr.sample_type;
	const __u8 *before = c.at;

	v->adds = t->attr.sample_period ?: 1;
	if (!skip(&c, words(type & WORDS_BEFORE)))
		return false;
	if (type & PERF_SAMPLE_IP)
		v->ip = word(before + (type & PERF_SAMPLE_IDENTIFIER ? 8 : 0));
	/* The last of them */
	if (type & PERF_SAMPLE_PERIOD)
		v->adds = word(c.at - 8);
	if (!t->event->counter)
		v->adds = 1;
	if (type & PERF_SAMPLE_READ && !skip_read(&c, t->attr.read_format))
		return false;
	if (type & PERF_SAMPLE_CALLCHAIN && !skip_callchain(&c))
		return false;
	if (type & PERF_SAMPLE_RAW && !take_raw(&c, v))
		return false;
	return !RULE(2, (__u64)(c.end - c.at) != 8ull * words(type & WORDS_AFTER));
}

/* Data of a field of variable size: where it may be, and how it must end */
static bool check_field(const struct fuzz_event *event, const struct fuzz_field *f,
			const struct fuzz_verdict *v, __u64 *dynamic)
{
	__u32 loc, offset, length;

	memcpy(&loc, v->raw + f->offset, sizeof(loc));
	offset = loc & 0xffff;
	length = loc >> 16;
	if (f->where == FUZZ_REL_LOC)
		offset += f->offset + 4;
	*dynamic += length;
	if (offset > v->raw_size || length > v->raw_size - offset)
		return fuzz_wrong == 3;
	if (RULE(4, offset < event->fixed))
		return false;
	if (f->what == FUZZ_STRING) {
		if (!length)
			return fuzz_wrong == 5;
		if (RULE(6, v->raw[offset + length - 1]))
			return false;
	}
	return !(f->what == FUZZ_CPUS && RULE(7, length < FUZZ_CPUMASK_SIZE));
}

static unsigned int check_payload(const struct fuzz_event *event, const struct fuzz_verdict *v)
{
	unsigned int bad = 0;
	__u64 dynamic = 0, fixed = (event->fixed + 7) & ~7u;
	int i;

	if (v->raw_size > FUZZ_TRACE_MAX)
		return FUZZ_E2BIG | FUZZ_EINVAL;
	if (v->raw_size < event->fixed)
		return fuzz_wrong == 8 ? 0 : FUZZ_EINVAL;
	for (i = 0; i < event->fields; i++)
		if (event->field[i].where != FUZZ_FIXED &&
		    !check_field(event, &event->field[i], v, &dynamic))
			bad = FUZZ_EINVAL;
	/* As large as the tracepoint would have made it, at most */
	if (RULE(9, v->raw_size > ((fixed + dynamic + 4 + 7) & ~7ull) - 4))
		bad = FUZZ_EINVAL;
	return bad;
}

/* What is wrong with the header alone */
static unsigned int check_header(const struct perf_event_header *h, size_t left)
{
	unsigned int level = h->misc & LEVELS;

	if (RULE(10, h->type != PERF_RECORD_SAMPLE) || RULE(11, h->misc & ~MISC_KNOWN) ||
	    RULE(12, level == LEVELS) ||
	    RULE(13, !level && h->misc & PERF_RECORD_MISC_INJECT_FATAL) ||
	    h->size < sizeof(*h) || h->size % 8)
		return FUZZ_EINVAL;
	return h->size > left && fuzz_wrong != 14 ? FUZZ_EINVAL : 0;
}

static unsigned int check_counter(const struct fuzz_target *t, const struct fuzz_verdict *v)
{
	unsigned int bad = 0;

	if (RULE(15, v->level))
		bad |= FUZZ_EOPNOTSUPP;
	/* Not what any count could grow by */
	if (RULE(16, !v->adds || v->adds >> 63))
		bad |= FUZZ_EINVAL;
	return bad;
}

/* What a tracepoint with such a payload can be made to do */
static unsigned int check_tracepoint(const struct fuzz_target *t, struct fuzz_verdict *v,
				     unsigned int misc)
{
	unsigned int bad = check_payload(t->event, v);

	v->malformed = bad;
	if (bad || !v->level)
		return bad;
	if (!(t->event->deep & v->level))
		return fuzz_wrong == 17 ? FUZZ_TAKEN : FUZZ_EOPNOTSUPP;
	return fuzz_deep_judge(t->event, misc, v->raw);
}

/* The event as it is open takes no record at all. */
static bool refuses_all(const struct fuzz_target *t)
{
	__u64 type = t->attr.sample_type;

	return t->event->refused || RULE(18, type & ~UNDERSTOOD) ||
	       (!t->event->counter && !(type & PERF_SAMPLE_RAW));
}

/* Does what happens in such a mode, with such fields, count? */
static bool counts(const struct fuzz_target *t, const struct fuzz_verdict *v, unsigned int misc)
{
	__u64 value = 0;

	if (v->level)
		return false;
	if (t->event->counter)
		return (misc & PERF_RECORD_MISC_CPUMODE_MASK) == PERF_RECORD_MISC_USER ?
		       !t->attr.exclude_user : !t->attr.exclude_kernel;
	if (t->key) {
		memcpy(&value, v->raw + t->key->offset, t->key->size);
		return value == t->value || fuzz_wrong == FUZZ_RULES;
	}
	return true;
}

/**
 * fuzz_judge - what must become of a record
 * @t:	      where it is written to
 * @at:	      the record
 * @left:     bytes from there to the end of what is written
 * @readable: how many of them the kernel can read
 * @v:	      the verdict. A record that can be taken has a size.
 */
void fuzz_judge(const struct fuzz_target *t, const void *at, size_t left, size_t readable,
		struct fuzz_verdict *v)
{
	unsigned int bad = 0, deeper = 0;
	struct perf_event_header h;

	memset(v, 0, sizeof(*v));
	/* Which may be found out when it is about to happen */
	if (refuses_all(t))
		bad = FUZZ_EOPNOTSUPP | (t->asleep ? FUZZ_EAGAIN : 0);
	if (left < sizeof(h)) {
		v->outcome = bad | FUZZ_EINVAL | (readable < left ? FUZZ_EFAULT : 0);
		return;
	}
	if (readable < sizeof(h)) {
		v->outcome = bad | FUZZ_EFAULT;
		return;
	}
	memcpy(&h, at, sizeof(h));
	bad |= check_header(&h, left);
	if (h.size > readable && readable < left)
		bad |= FUZZ_EFAULT;
	/* Or for its size, which is that of no trace record */
	if (bad && h.size > FUZZ_TRACE_MAX)
		bad |= FUZZ_E2BIG;
	v->outcome = bad;
	v->size = h.size;
	/* There is no more of it to look at. */
	if (h.size > readable || h.size < sizeof(h) || h.size % 8)
		return;

	v->level = h.misc & LEVELS;
	if (!parse(t, at, h.size, v))
		bad |= FUZZ_EINVAL | (h.size > FUZZ_TRACE_MAX ? FUZZ_E2BIG : 0);
	else if (t->event->counter)
		bad |= check_counter(t, v);
	else if (t->attr.sample_type & PERF_SAMPLE_RAW && !t->event->refused)
		deeper = check_tracepoint(t, v, h.misc);
	/* Several things may become of what goes deeper. */
	if (bad) {
		v->outcome = bad | (deeper & ~FUZZ_TAKEN);
		v->malformed = true;
		return;
	}
	v->outcome = deeper ?: FUZZ_TAKEN;
	if (!(v->outcome & FUZZ_TAKEN))
		return;
	if (t->asleep && !v->level)
		v->outcome = FUZZ_EAGAIN;
	if (!counts(t, v, h.misc))
		v->adds = 0;
}

/* The bit of an errno */
unsigned int fuzz_outcome(int error)
{
	switch (error) {
	case EINVAL:		return FUZZ_EINVAL;
	case E2BIG:		return FUZZ_E2BIG;
	case EOPNOTSUPP:	return FUZZ_EOPNOTSUPP;
	case EFAULT:		return FUZZ_EFAULT;
	case ENODEV:		return FUZZ_ENODEV;
	case EAGAIN:		return FUZZ_EAGAIN;
	case ECANCELED:		return FUZZ_ECANCELED;
	case EIO:		return FUZZ_EIO;
	case EBUSY:		return FUZZ_EBUSY;
	case ENXIO:		return FUZZ_ENXIO;
	default:		return FUZZ_OTHER;
	}
}
