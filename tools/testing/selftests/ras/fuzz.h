/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Fuzzing write() on perf fds. A generator makes records from what an event's format file
 * says, and spoils some of them; a model says what must become of each, from its bytes
 * alone. The same seed makes the same records.
 */
#ifndef SELFTESTS_RAS_FUZZ_H
#define SELFTESTS_RAS_FUZZ_H

#include "persistent.h"

#define TRACEFS		"/sys/kernel/tracing"

/* One write() takes no more of ours. */
#define FUZZ_MAX	(192 * 1024)
/* The largest trace record, and its size behind the u32 that tells it */
#define FUZZ_TRACE_MAX	8192
/* Of a record: what the largest header.size leaves */
#define FUZZ_SIZE_MAX	65528
/* A mask of CPUs, in a kernel for up to 64 */
#define FUZZ_CPUMASK_SIZE	8

/* fuzz_rng.c */
struct fuzz_rng {
	__u64 state;
};

void fuzz_seed(struct fuzz_rng *rng, __u64 seed);
__u64 fuzz_u64(struct fuzz_rng *rng);
__u64 fuzz_below(struct fuzz_rng *rng, __u64 n);
bool fuzz_chance(struct fuzz_rng *rng, unsigned int percent);
/* Small ones, ones with one bit, the largest ones, and any */
__u64 fuzz_odd(struct fuzz_rng *rng);
void fuzz_fill(struct fuzz_rng *rng, void *to, size_t n);

/* A field of a tracepoint, as its format file describes it. */
struct fuzz_field {
	char name[48];
	unsigned int offset, size;
	enum { FUZZ_FIXED, FUZZ_DATA_LOC, FUZZ_REL_LOC } where;
	enum { FUZZ_BYTES, FUZZ_STRING, FUZZ_CPUS } what;
	bool scalar;
};

struct fuzz_event {
	char name[96];
	__u32 type;
	__u64 config;
	bool counter;
	bool persistent;
	/* Nothing but injection makes it happen here. */
	bool quiet;
	/* It cannot be injected at all. */
	bool refused;
	/* Levels below STREAM that somebody offers, in the words of header.misc */
	unsigned int deep;
	/* errno of perf_event_open(), 0 if it was opened or not yet tried */
	int closed;
	/* Where the fields of fixed size end */
	unsigned int fixed;
	int fields;
	struct fuzz_field *field;
};

/* fuzz_event.c */
struct fuzz_events {
	struct fuzz_event *event;
	int nr;
};

void fuzz_events_find(struct fuzz_events *all);
const struct fuzz_field *fuzz_field(const struct fuzz_event *event, const char *name);
__u64 fuzz_get(const struct fuzz_event *event, const __u8 *raw, const char *name);
void fuzz_set(const struct fuzz_event *event, __u8 *raw, const char *name, __u64 value);

/* An event that is open, with a listener beside it that has a buffer. */
struct fuzz_target {
	struct fuzz_event *event;
	struct perf_event_attr attr;
	int fd;
	/* negative: it follows a task */
	int cpu;
	/* Of a task that sleeps: nothing can happen to it. */
	bool asleep;
	/* Its count moves by what is injected: not if it is disabled, or of a task elsewhere. */
	bool counting;
	/* What goes deeper than STREAM, and comes back who knows where, is allowed. */
	bool deep;
	/* Then the event on all CPUs, to count what comes back */
	int cpus;
	int everywhere[CPUS_MAX];
	/* Its filter lets nothing pass but records with this value in this field. */
	const struct fuzz_field *key;
	__u64 value;
	int listener;
	__u64 id;
	struct ring ring;
};

/* fuzz_target.c */
bool fuzz_open(struct fuzz_target *t, struct fuzz_rng *rng, struct fuzz_event *event,
	       int here, int cpus, pid_t sleeper, __u64 value);
void fuzz_open_everywhere(struct fuzz_target *t, int cpus);
void fuzz_close(struct fuzz_target *t);
__u64 fuzz_count(const struct fuzz_target *t);
__u64 fuzz_count_everywhere(const struct fuzz_target *t);

/* What may become of a record */
enum {
	FUZZ_TAKEN	= 0x001,
	FUZZ_EINVAL	= 0x002,
	FUZZ_E2BIG	= 0x004,
	FUZZ_EOPNOTSUPP	= 0x008,
	FUZZ_EFAULT	= 0x010,
	FUZZ_ENODEV	= 0x020,
	FUZZ_EAGAIN	= 0x040,
	FUZZ_ECANCELED	= 0x080,
	FUZZ_EIO	= 0x100,
	FUZZ_EBUSY	= 0x200,
	FUZZ_ENXIO	= 0x400,
	FUZZ_OTHER	= 0x800,
};

/**
 * struct fuzz_verdict - what the model says of a record
 * @outcome:  all that may become of it
 * @malformed: it is refused for its form, before anybody looks at what it says
 * @size:     of the record, if it can be taken
 * @adds:     to the count of its event
 * @level:    as in header.misc
 * @ip:	      the instruction pointer that listeners get, 0: the kernel's own
 * @raw:      the payload
 * @raw_size: its bytes
 */
struct fuzz_verdict {
	unsigned int outcome;
	bool malformed;
	size_t size;
	__u64 adds;
	unsigned int level;
	__u64 ip;
	const __u8 *raw;
	__u32 raw_size;
};

/* fuzz_model.c */
#define FUZZ_RULES	19
/* A rule of the model that is ignored, to see that it is missed; 0: none */
extern unsigned int fuzz_wrong;
void fuzz_judge(const struct fuzz_target *t, const void *at, size_t left, size_t readable,
		struct fuzz_verdict *v);
unsigned int fuzz_outcome(int error);

/* fuzz_record.c */
size_t fuzz_batch(const struct fuzz_target *t, struct fuzz_rng *rng, __u8 *buf, size_t max);

/* fuzz_payload.c */
unsigned int fuzz_payload(const struct fuzz_target *t, struct fuzz_rng *rng, __u8 *raw);
unsigned int fuzz_payload_max(const struct fuzz_event *event, const __u8 *raw);
bool fuzz_spoil_payload(const struct fuzz_target *t, struct fuzz_rng *rng, __u8 *raw,
			unsigned int size);

/* fuzz_deep.c */
unsigned int fuzz_deep_payload(const struct fuzz_target *t, struct fuzz_rng *rng, __u8 *raw,
			       __u16 *misc);
unsigned int fuzz_deep_judge(const struct fuzz_event *event, unsigned int misc,
			     const __u8 *raw);
bool fuzz_deep_safe(const struct fuzz_event *event, unsigned int misc, const __u8 *raw);

#endif
