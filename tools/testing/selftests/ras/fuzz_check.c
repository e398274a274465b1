// SPDX-License-Identifier: GPL-2.0
/* Has a write() done what the model says? */
#include "fuzz_writer.h"

/**
 * fuzz_check - is what write() returned right?
 * @t:	where it was written to
 * @wr:	what was written, and what came of it. What has been taken is filled in.
 *
 * The model walks over the records as the kernel did: each one before the end of what was
 * taken must be one that can be taken, and the next one, if any, one that can be refused,
 * for that reason.
 *
 * Return: NULL, or what is wrong.
 */
const char *fuzz_check(const struct fuzz_target *t, struct fuzz_written *wr)
{
	size_t pos = 0, end = wr->ret > 0 ? wr->ret : 0;
	struct fuzz_verdict v;

	wr->refused = NULL;
	while (pos < end) {
		fuzz_judge(t, wr->buf + pos, wr->len - pos, wr->readable - pos, &v);
		wr->outcome = v.outcome;
		wr->refused = wr->buf + pos;
		if (!(v.outcome & FUZZ_TAKEN))
			return "a record was taken that must be refused";
		if (v.size > end - pos)
			return "a part of a record was taken";
		pos += v.size;
		wr->taken++;
		wr->adds += v.adds;
		if (v.level)
			wr->deep++;
		else
			wr->stream++;
	}
	wr->refused = NULL;
	if (end == wr->len && wr->ret >= 0)
		return NULL;
	wr->refused = wr->buf + end;
	fuzz_judge(t, wr->refused, wr->len - end, wr->readable - end, &v);
	wr->outcome = v.outcome;
	/* The CPU may have been in the midst of another event: try again. */
	if (v.outcome & FUZZ_TAKEN)
		wr->outcome |= FUZZ_EAGAIN;
	if (wr->ret < 0)
		return fuzz_outcome(-wr->ret) & wr->outcome ? NULL :
		       "a record was refused for the wrong reason, or must be taken";
	return wr->ret ? NULL : "nothing was taken, without an error";
}

/* Does a sample show what was written? The common fields are the kernel's. */
static bool same(const struct fuzz_target *t, const struct fuzz_verdict *v,
		 const struct record *rec)
{
	return rec->id == t->id && rec->raw_size == v->raw_size &&
	       (t->cpu < 0 || rec->cpu == (__u32)t->cpu) &&
	       (!v->ip || rec->ip == v->ip) &&
	       !memcmp(rec->raw + 8, v->raw + 8, v->raw_size - 8);
}

/**
 * fuzz_check_samples - has the listener got what was taken, in that order, and no more?
 * @t:	where it was written to
 * @wr:	what was written, checked
 * @n:	the samples seen are added here
 *
 * Return: NULL, or what is wrong.
 */
const char *fuzz_check_samples(struct fuzz_target *t, const struct fuzz_written *wr, __u64 *n)
{
	size_t pos = 0, end = wr->ret > 0 ? wr->ret : 0;
	__u64 tail = ring_tail(&t->ring), value;
	const char *wrong = NULL;
	struct fuzz_verdict v;
	struct record rec;

	while (pos < end && !wrong) {
		fuzz_judge(t, wr->buf + pos, wr->len - pos, wr->readable - pos, &v);
		pos += v.size;
		value = t->value;
		if (t->key)
			memcpy(&value, v.raw + t->key->offset, t->key->size);
		if (v.level || value != t->value)
			continue;
		if (!ring_sample(&t->ring, &tail, 0, &rec))
			wrong = "a listener lacks a record";
		else if (!same(t, &v, &rec))
			wrong = "a listener got another record than was written";
		++*n;
	}
	if (!wrong && ring_sample(&t->ring, &tail, 0, &rec))
		wrong = "a listener got more than was taken";
	ring_set_tail(&t->ring, ring_head(&t->ring));
	if (!wrong && read_count(t->listener).lost)
		wrong = "a listener lost records";
	return wrong;
}
