// SPDX-License-Identifier: GPL-2.0
/* Numbers at random, the same ones for the same seed. */
#include "fuzz.h"

void fuzz_seed(struct fuzz_rng *rng, __u64 seed)
{
	rng->state = seed * 0x9e3779b97f4a7c15ull + 0x2545f4914f6cdd1dull;
	fuzz_u64(rng);
}

/* splitmix64 */
__u64 fuzz_u64(struct fuzz_rng *rng)
{
	__u64 z = rng->state += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

__u64 fuzz_below(struct fuzz_rng *rng, __u64 n)
{
	return fuzz_u64(rng) % n;
}

bool fuzz_chance(struct fuzz_rng *rng, unsigned int percent)
{
	return fuzz_below(rng, 100) < percent;
}

__u64 fuzz_odd(struct fuzz_rng *rng)
{
	switch (fuzz_below(rng, 6)) {
	case 0:
		return fuzz_below(rng, 17);
	case 1:
		return 1ull << fuzz_below(rng, 64);
	case 2:
		return (1ull << fuzz_below(rng, 64)) - 1;
	case 3:
		return -fuzz_below(rng, 17);
	case 4:
		return fuzz_below(rng, 1 << 16);
	default:
		return fuzz_u64(rng);
	}
}

void fuzz_fill(struct fuzz_rng *rng, void *to, size_t n)
{
	__u64 word;

	for (; n >= sizeof(word); n -= sizeof(word), to += sizeof(word)) {
		word = fuzz_u64(rng);
		memcpy(to, &word, sizeof(word));
	}
	word = fuzz_u64(rng);
	memcpy(to, &word, n);
}
