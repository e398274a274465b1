// SPDX-License-Identifier: GPL-2.0
/*
 * Of a tracepoint in a set that keeps the first records: what happened is what was delivered
 * plus what was lost, for each event and CPU; and read(), sysfs and PERF_RECORD_LOST agree.
 */
#include <pthread.h>

#include "../kselftest_harness.h"
#include "persist.h"

#define EVENTS		2
#define SET		"test-set"

static const char * const names[EVENTS] = { "test-a", "test-b" };
static const int signals[EVENTS] = { SIGNAL_A, SIGNAL_B };

/* A CPU: one consumer, and what it has seen of each event. */
struct cpu {
	int nr;
	int fd[EVENTS];
	__u64 id[EVENTS];
	__u64 delivered[EVENTS];
	__u64 told;		/* by PERF_RECORD_LOST */
	__u64 raised[EVENTS];
	struct ring ring;
	unsigned int seed;
	int n;
};

FIXTURE(exact) {
	struct cpu cpu[CPUS_MAX];
	int cpus;
};

FIXTURE_SETUP(exact)
{
	int c, e;

	self->cpus = 0;
	if (!persist_usable())
		SKIP(return, "nothing can be made persistent here");
	forget_tests();
	for (e = 0; e < EVENTS; e++)
		ASSERT_EQ(0, persist_signal(signals[e], names[e], SET, 2, 0));
	self->cpus = buffer_cpus();
	for (c = 0; c < self->cpus; c++) {
		struct cpu *cpu = &self->cpu[c];

		cpu->nr = c;
		cpu->seed = 1 + c;
		for (e = 0; e < EVENTS; e++) {
			cpu->fd[e] = persistent_open(names[e], c);
			ASSERT_LE(0, cpu->fd[e]);
			cpu->id[e] = read_count(cpu->fd[e]).id;
		}
		ASSERT_EQ(0, ring_map_set(&cpu->ring, cpu->fd[0], RW, SET));
	}
}

FIXTURE_TEARDOWN(exact)
{
	int c, e;

	for (c = 0; c < self->cpus; c++) {
		ring_unmap(&self->cpu[c].ring);
		for (e = 0; e < EVENTS; e++)
			close(self->cpu[c].fd[e]);
	}
	forget_tests();
}

/* Take up to @n records. Returns false when there are no more. */
static bool take(struct cpu *cpu, int n)
{
	__u64 pos = ring_tail(&cpu->ring), lost;
	struct record rec;
	bool more = true;
	int e;

	while (n-- > 0 && (more = ring_next(&cpu->ring, &pos, &rec))) {
		if (rec.header.type == PERF_RECORD_LOST) {
			/* struct { header; u64 id; u64 lost; … } */
			memcpy(&lost, (char *)&rec + sizeof(rec.header) + 8, sizeof(lost));
			cpu->told += lost;
			continue;
		}
		for (e = 0; e < EVENTS; e++)
			cpu->delivered[e] += rec.id == cpu->id[e];
	}
	ring_set_tail(&cpu->ring, pos);
	return more;
}

/* With nothing going on: all numbers are what they have to be. */
static void expect_exact(struct __test_metadata *_metadata, struct cpu *cpus, int n)
{
	__u64 lost, total_lost[EVENTS] = {}, total[EVENTS] = {};
	struct count now;
	int c, e;

	for (c = 0; c < n; c++) {
		struct cpu *cpu = &cpus[c];

		while (take(cpu, 100))
			;
		/* What was lost last is told with the next that fits. */
		raise_signals_on(c, signals[0], 0, 1);
		cpu->raised[0]++;
		take(cpu, 100);
		for (e = 0, lost = 0; e < EVENTS; e++) {
			now = read_count(cpu->fd[e]);
			EXPECT_EQ(cpu->raised[e], now.value);
			EXPECT_EQ(now.value, cpu->delivered[e] + now.lost) {
				TH_LOG("cpu %d %s: %llu != %llu delivered + %llu lost", c,
				       names[e], now.value, cpu->delivered[e], now.lost);
			}
			EXPECT_EQ(now.value, source_count(names[e], "count", c));
			EXPECT_EQ(now.lost, source_count(names[e], "lost", c));
			lost += now.lost;
			total_lost[e] += now.lost;
			total[e] += now.value;
		}
		EXPECT_EQ(lost, cpu->told);
	}
	for (e = 0; e < EVENTS; e++) {
		EXPECT_EQ(total[e], source_count(names[e], "count", -1));
		EXPECT_EQ(total_lost[e], source_count(names[e], "lost", -1));
	}
}

/* Random amounts of either event. */
static void raise_some(struct cpu *cpu, int n)
{
	int e, some;

	while (n > 0) {
		e = rand_r(&cpu->seed) % EVENTS;
		some = 1 + rand_r(&cpu->seed) % 20;
		raise_signals(signals[e], 0, some);
		cpu->raised[e] += some;
		n -= some;
	}
}

/* Fill it, more or less, and drain it, more or less. */
TEST_F_TIMEOUT(exact, one_after_the_other, 90)
{
	int round, c;

	for (round = 0; round < 40; round++) {
		for (c = 0; c < self->cpus; c++) {
			struct cpu *cpu = &self->cpu[c];

			ASSERT_TRUE(pin_to_cpu(c));
			raise_some(cpu, rand_r(&cpu->seed) % 200);
			take(cpu, rand_r(&cpu->seed) % 100);
		}
		if (round % 8 == 0)
			expect_exact(_metadata, self->cpu, self->cpus);
	}
	expect_exact(_metadata, self->cpu, self->cpus);
	/* Or it tested nothing. */
	EXPECT_LT(0, self->cpu[0].told);
	EXPECT_LT(100, self->cpu[0].delivered[1]);
}

static void *emit(void *arg)
{
	struct cpu *cpu = arg;

	pin_to_cpu(cpu->nr);
	raise_some(cpu, cpu->n);
	return NULL;
}

/* All CPUs at once, while somebody reads now from the one, now from the other. */
TEST_F_TIMEOUT(exact, all_at_once, 120)
{
	pthread_t thread[CPUS_MAX];
	int round, c, e, i;
	__u64 lost;

	for (round = 0; round < 10; round++) {
		for (c = 0; c < self->cpus; c++) {
			self->cpu[c].n = 2000;
			ASSERT_EQ(0, pthread_create(&thread[c], NULL, emit, &self->cpu[c]));
		}
		for (i = 0; i < 100; i++) {
			struct cpu *cpu = &self->cpu[i % self->cpus];

			e = i / 2 % EVENTS;
			take(cpu, i % 7 * 5);
			/* At any moment: not more than there is. */
			lost = read_count(cpu->fd[e]).lost;
			EXPECT_GE(read_count(cpu->fd[e]).value, cpu->delivered[e] + lost);
		}
		for (c = 0; c < self->cpus; c++)
			pthread_join(thread[c], NULL);
		expect_exact(_metadata, self->cpu, self->cpus);
	}
	EXPECT_LT(0, self->cpu[0].told);
}

/* Nobody reads at all. */
TEST_F(exact, never_drained)
{
	struct count now;
	int c, e, first;

	for (c = 0; c < self->cpus; c++) {
		ASSERT_TRUE(pin_to_cpu(c));
		raise_some(&self->cpu[c], 1000);
		first = read_count(self->cpu[c].fd[0]).lost;
		EXPECT_LT(0, first);
		/* Full is full: each further one is lost. */
		raise_signals(signals[0], 0, 50);
		self->cpu[c].raised[0] += 50;
		now = read_count(self->cpu[c].fd[0]);
		EXPECT_EQ(first + 50, now.lost);
		for (e = 0; e < EVENTS; e++)
			EXPECT_EQ(source_count(names[e], "lost", c),
				  read_count(self->cpu[c].fd[e]).lost);
	}
	expect_exact(_metadata, self->cpu, self->cpus);
}

/*
 * A tracepoint that is hit while perf deals with another one in the same context cannot be
 * recorded: perf has one buffer per context. A page fault in perf's own look at the user's
 * stack does that: the frame pointer of a system call points nowhere.
 */
#ifdef __x86_64__
static void raise_without_frame(int sig)
{
	siginfo_t info = { .si_signo = sig, .si_code = SI_QUEUE };
	long ret;

	/* Its three arguments are all in registers with a letter. */
	asm volatile("mov %%rbp, %%r12\n\t"
		     "mov %[nowhere], %%rbp\n\t"
		     "syscall\n\t"
		     "mov %%r12, %%rbp"
		     : "=a" (ret)
		     : "a" (SYS_rt_sigqueueinfo), "D" ((long)getpid()), "S" ((long)sig),
		       "d" (&info), [nowhere] "r" (0x10000l)
		     : "rcx", "r11", "r12", "memory");
	if (ret) {
		errno = -ret;
		die("rt_sigqueueinfo");
	}
}
#endif

FIXTURE(recursion) {
	struct ring ring;
	struct record rec;
	int outer;
	int fd;
};

/* The event of @attr, persistent as @name. */
static void persist_attr(struct __test_metadata *_metadata, struct perf_event_attr *attr,
			 const char *filter, const char *name)
{
	int fd = perf_open(attr, -1, 0, -1, 0);

	ASSERT_LE(0, fd);
	if (filter)
		ASSERT_EQ(0, ioctl(fd, PERF_EVENT_IOC_SET_FILTER, filter));
	ASSERT_EQ(0, persist(fd, name, "", 16, 0));
	close(fd);
}

FIXTURE_SETUP(recursion)
{
	struct perf_event_attr attr = event_attr(PERF_TYPE_TRACEPOINT, 0);
	char id[32], filter[64];

	self->outer = -1;
	self->fd = -1;
	if (!persist_usable())
		SKIP(return, "nothing can be made persistent here");
	if (read_text(TRACEFS "/events/exceptions/page_fault_kernel/id", id, sizeof(id)))
		SKIP(return, "no exceptions:page_fault_kernel");
	forget_tests();
	ASSERT_TRUE(pin_to_cpu(0));
	attr.config = strtoull(id, NULL, 10);
	persist_attr(_metadata, &attr, NULL, "test-a");
	/* Two of which nothing can tell whether they lost a record. */
	persist_attr(_metadata, &attr, "address == 1", "test-b");
	attr.sample_period = 1000000;
	persist_attr(_metadata, &attr, NULL, "test-c");
	self->fd = event_map(&self->ring, "test-a", 0, RW);
	ASSERT_LE(0, self->fd);

	/* Ordinary, of this task alone, with the user's callchain. */
	attr = event_attr(PERF_TYPE_TRACEPOINT, signal_config());
	attr.sample_type |= PERF_SAMPLE_CALLCHAIN;
	self->outer = perf_open(&attr, 0, -1, -1, 0);
	ASSERT_LE(0, self->outer);
	snprintf(filter, sizeof(filter), "sig == %d", SIGNAL_A);
	ASSERT_EQ(0, ioctl(self->outer, PERF_EVENT_IOC_SET_FILTER, filter));
}

FIXTURE_TEARDOWN(recursion)
{
	ring_unmap(&self->ring);
	close(self->fd);
	close(self->outer);
	forget_tests();
}

TEST_F(recursion, is_counted_as_lost)
{
#ifndef __x86_64__
	SKIP(return, "knows only the registers of x86_64");
#else
	struct count before, after;
	__u64 pos, id, outer;
	int i, delivered = 0;

	before = read_count(self->fd);
	id = before.id;
	pos = ring_head(&self->ring);
	EXPECT_EQ(0, before.lost);
	for (i = 0; i < 100; i++)
		raise_without_frame(SIGNAL_A);
	after = read_count(self->fd);
	ASSERT_EQ((ssize_t)sizeof(outer), read(self->outer, &outer, sizeof(outer)));
	EXPECT_EQ(100, outer);
	while (ring_sample(&self->ring, &pos, id, &self->rec))
		delivered++;
	/* Page faults of others may be there too, but those are delivered. */
	EXPECT_EQ(100, after.lost);
	EXPECT_EQ(after.value - before.value, delivered + after.lost);
	EXPECT_EQ(after.lost, source_count("test-a", "lost", 0));
	EXPECT_EQ(after.value, source_count("test-a", "count", 0));
	EXPECT_EQ(0, source_count("test-b", "count", 0));
	EXPECT_EQ(0, source_count("test-b", "lost", 0));
	EXPECT_EQ(0, source_count("test-c", "lost", 0));

	/* And it captures again what it can. */
	ASSERT_EQ(0, ioctl(self->outer, PERF_EVENT_IOC_DISABLE, 0));
	before = read_count(self->fd);
	for (i = 0; i < 10; i++)
		EXPECT_EQ(-1, open((char *)0x10000, O_RDONLY));
	after = read_count(self->fd);
	EXPECT_LE(before.value + 10, after.value);
	EXPECT_EQ(before.lost, after.lost);
#endif
}

TEST_HARNESS_MAIN
