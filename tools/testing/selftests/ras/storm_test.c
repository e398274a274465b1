// SPDX-License-Identifier: GPL-2.0
/*
 * CPUs go and come, errors strike at random, and whoever reads is killed at any moment:
 * in the end each error is accounted for, as delivered or as lost.
 *
 * Every record has a serial number for its address. The injector marks in shared memory
 * what the kernel took, and on which CPU. A reader appends each record to a file and then
 * frees it: killed between the two, its successor sees that one again, as the first.
 *
 * STORM_SEED and STORM_CYCLES in the environment repeat a run, or make it longer.
 */
#include <assert.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/wait.h>

#include "../kselftest_harness.h"
#include "record.h"
#include "set.h"

#define RW		(PROT_READ | PROT_WRITE)
#define SERIALS		400000
#define LAST_WORDS	5

enum order { GO_ON, EMPTY_IT };

/* Between all processes */
struct shared {
	enum order injector, reader;
	__u64 serial;				/* the next */
	__u64 taken[CPUS_MAX];			/* by write() */
	__u64 refused, again;
	int error;
	__u8 written[SERIALS];			/* 1 + CPU if write() took it */
};

/* A line of a reader's file. A power of two, so that no page boundary divides it. */
struct entry {
	__u64 serial;				/* of a sample */
	__u64 lost;				/* of a PERF_RECORD_LOST */
	__u32 cpu, reader;
	__u64 time;
};

static_assert(sizeof(struct entry) == 32, "written as a whole, whatever happens");

struct storm {
	struct shared *shared;
	struct format mce;
	char file[32];
	__u64 seed;
	int cpus, cycles;
	int fd[CPUS_MAX];
	bool off[CPUS_MAX];
	struct count start[CPUS_MAX];
	pid_t injector, reader;
	__u32 readers;
};

FIXTURE(storm) {
	struct storm storm;
};

static __u64 random_below(__u64 *state, __u64 n)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return (*state >> 11) % n;
}

static int set_online(int cpu, bool on)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/online", cpu);
	return write_text(path, on ? "1" : "0");
}

static __u64 from_env(const char *name, __u64 otherwise)
{
	const char *value = getenv(name);

	return value ? strtoull(value, NULL, 0) : otherwise;
}

FIXTURE_SETUP(storm)
{
	struct storm *s = &self->storm;
	int i;

	if (!persistent_usable())
		SKIP(return, "no persistent events here, or not root");
	s->cpus = buffer_cpus();
	if (s->cpus < 2 || access("/sys/devices/system/cpu/cpu1/online", W_OK))
		SKIP(return, "needs CPUs that can go offline");
	s->shared = mmap(NULL, sizeof(*s->shared), RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, s->shared);
	s->shared->serial = 1;
	snprintf(s->file, sizeof(s->file), "/tmp/storm.XXXXXX");
	i = mkstemp(s->file);
	ASSERT_LE(0, i);
	close(i);
	format_read(&s->mce, "mce", "mce_record");
	drain_all();
	for (i = 0; i < s->cpus; i++) {
		s->fd[i] = persistent_open("mce_record", i);
		ASSERT_LE(0, s->fd[i]);
		if (!can_inject(s->fd[i]))
			SKIP(return, "perf fds cannot be written");
		/* What was lost before is reported with this. */
		ASSERT_EQ(0, inject_many(s->fd[i], &s->mce, 0, 1));
	}
	drain_all();
	for (i = 0; i < s->cpus; i++)
		s->start[i] = read_count(s->fd[i]);
	if (getrandom(&s->seed, 4, 0) != 4)
		s->seed = time(NULL);
	s->seed = from_env("STORM_SEED", s->seed) ?: 1;
	s->cycles = from_env("STORM_CYCLES", 200);
	TH_LOG("STORM_SEED=%llu STORM_CYCLES=%d, %d CPUs", s->seed, s->cycles, s->cpus);
}

FIXTURE_TEARDOWN(storm)
{
	struct storm *s = &self->storm;
	int i;

	if (s->injector > 0)
		kill(s->injector, SIGKILL);
	if (s->reader > 0)
		kill(s->reader, SIGKILL);
	for (i = 1; i < s->cpus; i++)
		set_online(i, true);
	unlink(s->file);
}

/* One error on @cpu. */
static int strike(struct storm *s, int cpu)
{
	struct shared *shared = s->shared;
	__u64 serial = shared->serial;
	struct record rec;
	int ret;

	if (serial >= SERIALS)
		return 0;
	shared->serial++;
	record_mce(&s->mce, &rec, cpu, 1, STATUS_CE, serial);
	ret = record_write(s->fd[cpu], &rec);
	if (ret == rec.header.size) {
		shared->written[serial] = 1 + cpu;
		shared->taken[cpu]++;
	} else if (ret == -ENODEV) {
		shared->refused++;
	} else if (ret == -EAGAIN) {
		shared->again++;
	} else {
		shared->error = ret < 0 ? -ret : EIO;
		return -1;
	}
	return 0;
}

/* The system goes on after a write() that its process does not see the end of. */
static void injector(struct storm *s)
{
	__u64 rnd = s->seed * 31 + 7;
	int cpu, n;

	while (__atomic_load_n(&s->shared->injector, __ATOMIC_ACQUIRE) == GO_ON) {
		cpu = random_below(&rnd, s->cpus);
		for (n = 1 + random_below(&rnd, 60); n; n--)
			if (strike(s, cpu))
				_exit(1);
		usleep(random_below(&rnd, 10000));
	}
	_exit(0);
}

/* The buffer of @cpu, by itself or by way of CPU 0, as it pleases or has to. */
static int open_somehow(int cpu, bool across)
{
	int fd = -1;

	if (!across)
		fd = persistent_open("mce_record", cpu);
	if (fd < 0)
		fd = open_across("mce_record", cpu, 0);
	if (fd < 0)
		die("open buffer of cpu %d", cpu);
	return fd;
}

/* Returns whether there was anything. */
static bool take_from(struct ring *ring, __u64 *pos, struct entry entry, int out,
		      const struct format *mce)
{
	static struct record rec;
	bool any = false;

	while (ring_next(ring, pos, &rec)) {
		entry.serial = 0;
		entry.lost = 0;
		entry.time = rec.time;
		if (rec.header.type == PERF_RECORD_SAMPLE) {
			entry.serial = field_get(mce, &rec, "addr");
			if (rec.cpu != entry.cpu)
				die("record of cpu %u in the buffer of %u", rec.cpu, entry.cpu);
		} else if (rec.header.type == PERF_RECORD_LOST) {
			/* id, lost, and what a sample has but the address: pid, time, … */
			memcpy(&entry.lost, &rec.pid, sizeof(entry.lost));
			entry.time = rec.id;
		} else {
			die("record of type %u", rec.header.type);
		}
		if (write(out, &entry, sizeof(entry)) != sizeof(entry))
			die("write");
		/* Here is where it matters to be killed. */
		if (entry.serial % 64 == 0)
			usleep(2000);
		ring_set_tail(ring, *pos);
		any = true;
	}
	return any;
}

static void reader(struct storm *s)
{
	struct entry entry = { .reader = s->readers };
	__u64 rnd = s->seed * 131 + s->readers;
	struct ring ring[CPUS_MAX];
	__u64 pos[CPUS_MAX];
	bool any = true, last = false;
	int out, i, fd;

	out = open(s->file, O_WRONLY | O_APPEND | O_CLOEXEC);
	if (out < 0)
		die("%s", s->file);
	for (i = 0; i < s->cpus; i++) {
		fd = open_somehow(i, random_below(&rnd, 2));
		if (!eventually(30, !ring_map(&ring[i], fd, RW)))
			die("map buffer of cpu %d", i);
		pos[i] = ring_tail(&ring[i]);
		close(fd);
	}
	while (any || !last) {
		last = __atomic_load_n(&s->shared->reader, __ATOMIC_ACQUIRE) == EMPTY_IT;
		any = false;
		for (i = 0; i < s->cpus; i++) {
			entry.cpu = i;
			any |= take_from(&ring[i], &pos[i], entry, out, &s->mce);
		}
		/* At times long enough for a buffer to fill */
		if (!last)
			usleep(random_below(&rnd, 8) ? 1000 : random_below(&rnd, 200000));
	}
	_exit(0);
}

static pid_t start(struct storm *s, void (*what)(struct storm *))
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		what(s);
	}
	return pid;
}

static void start_reader(struct storm *s)
{
	s->readers++;
	s->reader = start(s, reader);
}

/* Its status if it ended by itself, which it never should. */
static int kill_reader(struct storm *s)
{
	int status;

	kill(s->reader, SIGKILL);
	if (waitpid(s->reader, &status, 0) != s->reader)
		die("waitpid");
	s->reader = 0;
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL ? 0 : status;
}

/* All that is there, then it ends by itself. */
static int finish_reader(struct storm *s)
{
	int status;

	s->shared->reader = EMPTY_IT;
	if (waitpid(s->reader, &status, 0) != s->reader)
		die("waitpid");
	s->reader = 0;
	s->shared->reader = GO_ON;
	return status;
}

static int finish_injector(struct storm *s)
{
	int status;

	s->shared->injector = EMPTY_IT;
	if (waitpid(s->injector, &status, 0) != s->injector)
		die("waitpid");
	s->injector = 0;
	return status;
}

/* What the file says of one CPU. */
struct tally {
	__u64 delivered, again, reported;
	__u64 wrong;
};

/*
 * Once and in order, and what write() took there. The first that a reader sees may be the
 * last that the one before it has seen.
 */
static void tally_entry(struct tally *t, const struct entry *e, const struct entry *last,
			const struct shared *shared)
{
	bool first = e->reader != last->reader;

	if (first && !memcmp(&e->serial, &last->serial, 2 * sizeof(__u64)) &&
	    e->time == last->time) {
		t->again++;
	} else if (e->lost) {
		t->reported += e->lost;
	} else if (e->serial >= SERIALS || shared->written[e->serial] != 1 + e->cpu ||
		   e->time < last->time) {
		t->wrong++;
		printf("# cpu %u reader %u: serial %llu, wanted from cpu %d\n", e->cpu,
		       e->reader, e->serial,
		       e->serial < SERIALS ? shared->written[e->serial] - 1 : -1);
	} else {
		t->delivered++;
	}
}

static void tally_all(struct storm *s, struct tally *tally)
{
	static struct entry last[CPUS_MAX];
	static __u8 seen[SERIALS];
	struct entry e;
	FILE *file = fopen(s->file, "r");

	if (!file)
		die("%s", s->file);
	memset(last, 0, sizeof(last));
	memset(seen, 0, sizeof(seen));
	while (fread(&e, sizeof(e), 1, file) == 1) {
		struct tally *t = &tally[e.cpu];
		__u64 before = t->delivered;

		tally_entry(t, &e, &last[e.cpu], s->shared);
		if (t->delivered != before && seen[e.serial]++) {
			printf("# serial %llu twice\n", e.serial);
			t->wrong++;
		}
		last[e.cpu] = e;
	}
	if (!feof(file) || ftell(file) % sizeof(e))
		die("%s: a part of an entry", s->file);
	fclose(file);
}

/* All errors of @cpu, from the first moment of this test to now */
static bool accounted(struct storm *s, const struct tally *t, int cpu, bool all_reported)
{
	struct count now = read_count(s->fd[cpu]);
	__u64 count = now.value - s->start[cpu].value;
	__u64 lost = now.lost - s->start[cpu].lost;
	bool ok = true;

	printf("# cpu %d: %llu written, %llu counted, %llu delivered, %llu of them twice, ",
	       cpu, s->shared->taken[cpu], count, t->delivered, t->again);
	printf("%llu lost, %llu reported\n", lost, t->reported);
	ok &= count == s->shared->taken[cpu];
	ok &= count == t->delivered + lost;
	ok &= all_reported ? t->reported == lost : t->reported <= lost;
	ok &= !t->wrong;
	ok &= now.value == source_count("mce_record", "count", cpu);
	ok &= now.lost == source_count("mce_record", "lost", cpu);
	return ok;
}

static bool all_accounted(struct storm *s, bool all_reported)
{
	struct tally tally[CPUS_MAX] = {};
	bool ok = true;
	int i;

	tally_all(s, tally);
	for (i = 0; i < s->cpus; i++)
		ok &= accounted(s, &tally[i], i, all_reported);
	return ok;
}

/* Turn a random CPU on or off. */
static int toggle(struct storm *s, __u64 *rnd)
{
	int cpu = 1 + random_below(rnd, s->cpus - 1);
	int ret = set_online(cpu, s->off[cpu]);

	if (!ret)
		s->off[cpu] = !s->off[cpu];
	return ret;
}

TEST_F_TIMEOUT(storm, each_error_accounted, 1500)
{
	struct storm *s = &self->storm;
	__u64 rnd = s->seed;
	int i, n, kills = 0;

	s->injector = start(s, injector);
	start_reader(s);
	for (i = 0; i < 2 * s->cycles; i++) {
		ASSERT_EQ(0, toggle(s, &rnd));
		usleep(random_below(&rnd, 5000));
		if (!random_below(&rnd, 5)) {
			ASSERT_EQ(0, kill_reader(s));
			kills++;
			usleep(random_below(&rnd, 50000));
			start_reader(s);
		}
		if (i % 50 == 49)
			TH_LOG("%d cycles, %d readers killed, %llu errors", (i + 1) / 2, kills,
			       s->shared->serial - 1);
		ASSERT_EQ(0, s->shared->error);
		ASSERT_LT(s->shared->serial, SERIALS) TH_LOG("too many for this test");
	}
	EXPECT_EQ(0, finish_injector(s));
	for (i = 1; i < s->cpus; i++)
		if (s->off[i])
			ASSERT_EQ(0, set_online(i, true));
	EXPECT_EQ(0, finish_reader(s));
	TH_LOG("%llu taken by no CPU, %llu to be tried again", s->shared->refused,
	       s->shared->again);
	EXPECT_TRUE(all_accounted(s, false));
	/* Or it was no storm. */
	EXPECT_LT(0, kills);
	EXPECT_LT(0, s->shared->refused);

	/* The last words of CPUs that go for good */
	for (i = 0; i < s->cpus; i++)
		for (n = 0; n < LAST_WORDS; n++)
			ASSERT_EQ(0, strike(s, i));
	for (i = 1; i < s->cpus; i++)
		ASSERT_EQ(0, set_online(i, false));
	start_reader(s);
	EXPECT_EQ(0, finish_reader(s));
	EXPECT_TRUE(all_accounted(s, true));
}

TEST_HARNESS_MAIN
