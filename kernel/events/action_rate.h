/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rates of rules: a leaky bucket for each value, in bounded memory.
 *
 * No clock, no lock and no allocation is in here, so that tools/ras decides
 * with the same code what a rule would have done to recorded events.
 */
#ifndef _KERNEL_EVENTS_ACTION_RATE_H
#define _KERNEL_EVENTS_ACTION_RATE_H

#include <linux/types.h>
#ifdef __KERNEL__
#include <linux/math64.h>
#else
#define div64_u64(dividend, divisor)	((dividend) / (divisor))
#endif

/* How many values a rule tells apart; the collector of corrected errors has as many. */
#define PERF_ACTION_VALUES	512

/**
 * struct perf_action_bucket - how often a value came
 * @value: the value
 * @empty: when all will have leaked out, in ns; of buckets that do not leak,
 *	   @level
 * @used:  perf_action_buckets::uses when it was last used
 * @level: how many events are in it; 0: it is free
 */
struct perf_action_bucket {
	u64	value;
	u64	empty;
	u64	used;
	u32	level;
};

/**
 * struct perf_action_buckets - the buckets of a rule
 * @count:     how many events of a value fill its bucket
 * @period:    for how long a bucket holds what comes, from its first event on,
 *	       in ns; 0: for ever
 * @interval:  in what time one event after the other leaks out then, in ns
 * @uses:      how many events there were
 * @forgotten: how many values were forgotten to make room for others
 * @nr:	       how many buckets there are
 * @bucket:    the buckets
 */
struct perf_action_buckets {
	u32				count;
	u64				period;
	u64				interval;
	u64				uses;
	u64				forgotten;
	unsigned int			nr;
	struct perf_action_bucket	bucket[];
};

/**
 * perf_action_buckets_init - make buckets, all empty
 * @buckets: zeroed memory with room for @nr
 * @nr:	     how many values to tell apart, at least 1
 * @count:   how many events fill a bucket, at least 1
 * @period:  within what time, in ns, at least @count; 0: whenever
 */
static inline void perf_action_buckets_init(struct perf_action_buckets *buckets, unsigned int nr,
					    u32 count, u64 period)
{
	buckets->nr = nr;
	buckets->count = count;
	buckets->period = period;
	buckets->interval = div64_u64(period, count);
}

/* Which value is to be forgotten first: the emptiest, and the longest unused of these. */
static inline bool perf_action_colder(const struct perf_action_bucket *one,
				      const struct perf_action_bucket *other)
{
	return one->empty < other->empty ||
	       (one->empty == other->empty && one->used < other->used);
}

/* The bucket of @value, made from the coldest if there is none. */
static inline struct perf_action_bucket *
perf_action_bucket(struct perf_action_buckets *buckets, u64 value, u64 now)
{
	struct perf_action_bucket *coldest = buckets->bucket, *one;
	unsigned int i;

	for (i = 0; i < buckets->nr; i++) {
		one = &buckets->bucket[i];
		if (one->level && one->value == value)
			return one;
		if (perf_action_colder(one, coldest))
			coldest = one;
	}

	if (coldest->level && (!buckets->period || coldest->empty > now))
		buckets->forgotten++;
	coldest->value = value;
	coldest->level = 0;

	return coldest;
}

static inline void perf_action_leak(const struct perf_action_buckets *buckets,
				    struct perf_action_bucket *one, u64 now)
{
	u64 next, gone;

	if (!buckets->period || !one->level)
		return;

	next = one->empty - (one->level - 1) * buckets->interval;
	if (next > now)
		return;
	gone = div64_u64(now - next, buckets->interval) + 1;
	one->level = gone < one->level ? one->level - gone : 0;
}

static inline void perf_action_fill(const struct perf_action_buckets *buckets,
				    struct perf_action_bucket *one, u64 now)
{
	one->level++;
	if (!buckets->period)
		one->empty = one->level;
	else if (one->level == 1)
		one->empty = now + buckets->period;
	else
		one->empty += buckets->interval;
}

/**
 * perf_action_hit - an event has come
 * @buckets: the rule's
 * @value:   of the event
 * @now:     its time, in ns. Events of different CPUs need not come in order.
 *
 * A bucket holds what comes for perf_action_buckets::period, from the event on
 * that found it empty. Then one leaks out after the other.
 *
 * Context: any, under whatever protects @buckets. Looks at every bucket.
 * Return: true if this event fills the bucket of its value, which is emptied.
 */
static inline bool perf_action_hit(struct perf_action_buckets *buckets, u64 value, u64 now)
{
	struct perf_action_bucket *one = perf_action_bucket(buckets, value, now);

	perf_action_leak(buckets, one, now);
	perf_action_fill(buckets, one, now);
	one->used = ++buckets->uses;
	if (one->level < buckets->count)
		return false;

	one->level = 0;
	one->empty = 0;
	return true;
}

#endif /* _KERNEL_EVENTS_ACTION_RATE_H */
