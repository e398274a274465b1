// SPDX-License-Identifier: GPL-2.0
/* More events than a rule can act on: what is not done is counted, and rules can be removed. */
#include <pthread.h>

#include "../kselftest_harness.h"
#include "action.h"

/* No machine has memory there. */
#define NOWHERE		0x400000000000ull
#define ADDRESSES	1024
#define RULES		20

FIXTURE(storm) {
	struct actions a;
};

FIXTURE_SETUP(storm)
{
	const char *why = actions_setup(&self->a);

	if (why)
		SKIP(return, "%s", why);
}

FIXTURE_TEARDOWN(storm)
{
	actions_close(&self->a);
}

/* Fire @n different addresses on all CPUs at @id; returns how many decisions there were. */
static __u64 flood(struct __test_metadata *_metadata, struct actions *a, int n, __u64 first)
{
	__u64 before = source_count("action", "count", -1);
	int i;

	for (i = 0; i < n; i++)
		fire(a, i % a->cpus, first + 0x1000ull * i);
	decisions_drop(a);
	EXPECT_LE(0, decided(a));
	/* One is the fence's on each CPU. */
	return source_count("action", "count", -1) - before - a->cpus;
}

/* What does not fit into a CPU's queue is counted; each decision is an event, read or lost. */
TEST_F(storm, flood)
{
	int id = rule_add(self->a.fire[0], "log(addr) dry-run"), n = 3000;
	__u64 decisions;

	ASSERT_LT(0, id);
	decisions = flood(_metadata, &self->a, n, 0);
	EXPECT_LT(0, decisions);
	EXPECT_EQ(n, rule_count(EVENT, id, "matched"));
	EXPECT_EQ(n, rule_count(EVENT, id, "triggered") + rule_count(EVENT, id, "dropped"));
	EXPECT_EQ(decisions, rule_count(EVENT, id, "triggered"));
}

#define BATCH	32
#define TOGETHER	6

/* What is injected by one write() happens without an interrupt between. */
static void fire_batch(struct actions *a, int cpu, const __u64 *addr)
{
	static __thread char recs[BATCH * 512];
	struct record rec;
	char *at = recs;
	int i;

	for (i = 0; i < BATCH; i++, at += rec.header.size) {
		record_mce(&a->mce, &rec, 0, 1, STATUS_CE, addr[i]);
		if (rec.header.size > 512)
			die("records of %u bytes", rec.header.size);
		memcpy(at, &rec, rec.header.size);
	}
	if (write(a->fire[cpu], recs, at - recs) != at - recs)
		die("inject %d", BATCH);
}

/* One event is many for the queue; the first are kept, as in the order they came. */
TEST_F(storm, full_queue)
{
	long triggered = 0, dropped = 0;
	int id[TOGETHER], i, round;
	__u64 addr[BATCH];

	for (i = 0; i < BATCH; i++)
		addr[i] = i;
	for (i = 0; i < TOGETHER; i++) {
		id[i] = rule_add(self->a.fire[0], "log(addr) dry-run");
		ASSERT_LT(0, id[i]);
	}
	for (round = 1; round <= 3; round++) {
		fire_batch(&self->a, 0, addr);
		EXPECT_LT(BATCH, decided(&self->a));
		for (i = 0; i < self->a.n; i++)
			EXPECT_TRUE(would_log(&self->a, i, id[i % TOGETHER], i / TOGETHER));
		triggered += self->a.n;
		for (i = 0; i < TOGETHER; i++) {
			EXPECT_EQ(round * BATCH, rule_count(EVENT, id[i], "matched"));
			EXPECT_EQ(round * BATCH, rule_count(EVENT, id[i], "triggered") +
						 rule_count(EVENT, id[i], "dropped"));
		}
	}
	for (i = 0; i < TOGETHER; i++) {
		triggered -= rule_count(EVENT, id[i], "triggered");
		dropped += rule_count(EVENT, id[i], "dropped");
	}
	EXPECT_EQ(0, triggered);
	EXPECT_LT(0, dropped);
	/* There is room again. */
	fire(&self->a, 0, 77);
	EXPECT_EQ(TOGETHER, decided(&self->a));
}

/* So is what does not fit into the one of all CPUs; here, of pages that there are not. */
TEST_F(storm, flood_of_what_sleeps)
{
	long matched, triggered, dropped;
	int id, last, n = 2000;
	__u64 before = source_count("action", "count", -1);

	if (access(PMU_DIR "/actions/soft-offline", F_OK))
		SKIP(return, "no memory failure here");
	id = rule_add(self->a.fire[0], "soft-offline(addr)");
	ASSERT_LT(0, id);
	flood(_metadata, &self->a, n, NOWHERE);
	matched = rule_count(EVENT, id, "matched");
	triggered = rule_count(EVENT, id, "triggered");
	dropped = rule_count(EVENT, id, "dropped");
	EXPECT_EQ(n, matched);
	EXPECT_LT(0, triggered);
	EXPECT_GE(n, triggered);
	EXPECT_LE(n, triggered + dropped);
	/* All are done, or said to be dropped. */
	EXPECT_TRUE(eventually(60, source_count("action", "count", -1) ==
			       before + triggered + self->a.cpus));
	ASSERT_EQ(0, rule_remove(self->a.fire[0], id));
	EXPECT_EQ(0, rules_of(EVENT, &last));
}

/* One on each CPU, with different addresses again and again */
struct firer {
	struct actions *a;
	const __u64 *addr;
	bool *stop;
	int cpu;
	long fired;
};

static void *firer(void *arg)
{
	struct firer *f = arg;
	int at = 0;

	while (!__atomic_load_n(f->stop, __ATOMIC_RELAXED)) {
		fire_batch(f->a, f->cpu, f->addr + at);
		at = (at + BATCH) % ADDRESSES;
		f->fired += BATCH;
	}
	return NULL;
}

struct remover {
	int fd;
	int id[RULES];
	int error;
	bool done;
};

static void *remover(void *arg)
{
	struct remover *r = arg;
	int i;

	r->error = rule_change(r->fd, r->id[0], "soft-offline(addr) after 2");
	for (i = 0; i < RULES && !r->error; i++)
		r->error = rule_remove(r->fd, r->id[i]);
	__atomic_store_n(&r->done, true, __ATOMIC_RELEASE);
	return NULL;
}

/* Rules @text are removed while there is always something to do for those that are left. */
static void expect_removed(struct __test_metadata *_metadata, struct actions *a,
			   const char *text, const __u64 *addr)
{
	struct remover r = { .fd = a->fire[0] };
	pthread_t thread[CPUS_MAX + 1];
	struct firer f[CPUS_MAX] = {};
	bool stop = false;
	time_t begun;
	int i, last;

	for (i = 0; i < RULES; i++) {
		r.id[i] = rule_add(r.fd, text);
		ASSERT_LT(0, r.id[i]);
	}
	for (i = 0; i < a->cpus; i++) {
		f[i] = (struct firer) { .a = a, .addr = addr, .stop = &stop, .cpu = i };
		ASSERT_EQ(0, pthread_create(&thread[i], NULL, firer, &f[i]));
	}
	sleep(2);
	begun = time(NULL);
	ASSERT_EQ(0, pthread_create(&thread[i], NULL, remover, &r));
	EXPECT_TRUE(eventually(60, __atomic_load_n(&r.done, __ATOMIC_ACQUIRE)));
	TH_LOG("all removed after %ld s", (long)(time(NULL) - begun));
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	for (i = 0; i <= a->cpus; i++)
		ASSERT_EQ(0, pthread_join(thread[i], NULL));
	for (i = 0; i < a->cpus; i++) {
		EXPECT_LT(BATCH, f[i].fired);
		TH_LOG("cpu %d: %ld fired", i, f[i].fired);
	}
	EXPECT_EQ(0, r.error);
	EXPECT_EQ(0, rules_of(EVENT, &last));

	/* Nothing of it is left to be done. */
	decisions_drop(a);
	ASSERT_LE(0, decided(a));
	fire(a, 0, addr[0]);
	EXPECT_EQ(0, decided(a));
}

TEST_F_TIMEOUT(storm, removed_meanwhile, 200)
{
	static __u64 addr[ADDRESSES];
	int i;

	if (access(PMU_DIR "/actions/soft-offline", F_OK))
		SKIP(return, "no memory failure here");
	for (i = 0; i < ADDRESSES; i++)
		addr[i] = NOWHERE + 0x1000ull * i;
	expect_removed(_metadata, &self->a, "soft-offline(addr)", addr);
}

/* Where the page at @at is in the memory of this machine; 0: nowhere */
static __u64 physical(const char *at)
{
	long size = sysconf(_SC_PAGESIZE);
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	__u64 entry = 0;

	if (pread(fd, &entry, sizeof(entry), (unsigned long)at / size * sizeof(entry)) < 0)
		entry = 0;
	close(fd);
	return (entry & ((1ull << 55) - 1)) * size;
}

/* What takes its time: signals to ourselves, who do not care. */
TEST_F_TIMEOUT(storm, removed_meanwhile_slow_ones, 200)
{
	static __u64 addr[ADDRESSES];
	long size = sysconf(_SC_PAGESIZE);
	char *map;
	int i;

	if (access(PMU_DIR "/actions/kill-users", F_OK))
		SKIP(return, "no memory failure here");
	map = mmap(NULL, ADDRESSES * size, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	ASSERT_NE(MAP_FAILED, map);
	ASSERT_EQ(0, mlock(map, ADDRESSES * size));
	signal(SIGBUS, SIG_IGN);
	for (i = 0; i < ADDRESSES; i++) {
		map[i * size] = 1;
		addr[i] = physical(map + i * size);
		ASSERT_NE(0, addr[i]);
	}
	expect_removed(_metadata, &self->a, "kill-users(addr)", addr);
	munmap(map, ADDRESSES * size);
}

TEST_HARNESS_MAIN
