/* SPDX-License-Identifier: GPL-2.0 */
/* Processes that fuzz, and how they find out whether something is wrong. */
#ifndef SELFTESTS_RAS_FUZZ_WRITER_H
#define SELFTESTS_RAS_FUZZ_WRITER_H

#include "fuzz.h"

/* fuzz_writer.c */
struct fuzz_stats {
	__u64 records, taken, refused, faults, again, sessions, events, samples, deep;
	__u64 closed, disturbed, failed;
};

/* What writers share: one takes a CPU offline, the others have to notice. */
struct fuzz_shared {
	/* Odd while a CPU comes or goes */
	unsigned int hotplug;
	/* What each has seen of it; ~0 when it has ended */
	unsigned int seen[CPUS_MAX];
	struct fuzz_stats stats[CPUS_MAX];
};

struct fuzz_writer {
	struct fuzz_shared *shared;
	struct fuzz_stats *stats;
	struct fuzz_events events;
	__u64 seed;
	__u64 session;
	/* Who we are, which is also our CPU */
	int id;
	/* How many CPUs are ours: all, or only our own */
	int cpus;
	int writers;
	bool quiet;
	pid_t sleeper;
	__u8 *buf, *window;
};

void fuzz_writer_init(struct fuzz_writer *w, struct fuzz_shared *shared, int id, int writers,
		      __u64 seed);
void fuzz_writer_end(struct fuzz_writer *w);
bool fuzz_session(struct fuzz_writer *w, struct fuzz_event *event, __u64 records);
bool fuzz_run(struct fuzz_writer *w, __u64 records);

/* fuzz_check.c */
struct fuzz_written {
	const __u8 *buf;
	size_t len, readable;
	ssize_t ret;
	/* What the model says has been taken */
	__u64 taken, stream, deep, adds;
	/* The record that was refused, if any, and what may become of it */
	const __u8 *refused;
	unsigned int outcome;
};

const char *fuzz_check(const struct fuzz_target *t, struct fuzz_written *wr);
const char *fuzz_check_samples(struct fuzz_target *t, const struct fuzz_written *wr, __u64 *n);

#endif
