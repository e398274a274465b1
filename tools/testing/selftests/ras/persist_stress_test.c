// SPDX-License-Identifier: GPL-2.0
/* Persist, forget, open, map, read, poll, often and all at once: nothing is left or breaks. */
#include <limits.h>
#include <pthread.h>

#include "../kselftest_harness.h"
#include "memory.h"
#include "persist.h"

#define ROUNDS		200
#define SECONDS		5
/* A slow machine does less. */
#define ROUNDS_SECONDS	60

FIXTURE(stress) {
};

FIXTURE_SETUP(stress)
{
	if (!persist_usable())
		SKIP(return, "nothing can be made persistent here");
	forget_tests();
}

FIXTURE_TEARDOWN(stress)
{
	forget_tests();
}

static void rounds(int n)
{
	time_t end = time(NULL) + ROUNDS_SECONDS;
	struct ring ring;
	int i, fd, ret;

	for (i = 0; i < n && time(NULL) <= end; i++) {
		ret = persist_signal(SIGNAL_A, "test-a", "", 16,
				     i % 2 ? PERF_EVENT_PERSIST_KEEP_LAST : 0);
		if (ret) {
			errno = -ret;
			die("persist, round %d", i);
		}
		raise_signals(SIGNAL_A, 1, 3);
		fd = event_map(&ring, "test-a", i % buffer_cpus(), PROT_READ);
		if (fd < 0)
			die("map, round %d", i);
		/* Readers that are gone before, and after. */
		if (i % 3)
			ring_unmap(&ring);
		ret = forget_fd(fd);
		if (ret) {
			errno = -ret;
			die("forget, round %d", i);
		}
		ring_unmap(&ring);
		close(fd);
	}
}

/* A leak of one buffer of one CPU per round would be 13 MiB; in a debug kernel kmemleak counts. */
TEST_F_TIMEOUT(stress, persist_and_forget_many_times, 240)
{
	long before, after, least = LONG_MAX;
	int i;

	rounds(ROUNDS / 10);
	before = settled_kib();
	for (i = 0; i < 3 && least > 2048; i++, before = after) {
		rounds(ROUNDS);
		after = settled_kib();
		TH_LOG("%ld KiB less", before - after);
		if (before - after < least)
			least = before - after;
	}
	if (access("/sys/kernel/debug/kmemleak", F_OK))
		EXPECT_GE(2048, least);
	EXPECT_FALSE(event_exists("test-a"));
	EXPECT_FALSE(set_exists("test-a"));
}

/* A process that dies with everything open: what it made stays, and can be forgotten. */
TEST_F(stress, creators_die)
{
	int i, status;
	pid_t pid;

	for (i = 0; i < 10; i++) {
		pid = fork();
		if (!pid) {
			struct ring ring;

			if (persist_signal(SIGNAL_A, "test-a", "", 2, 0) ||
			    event_map(&ring, "test-a", 0, RW) < 0)
				_exit(1);
			if (i % 2)
				forget("test-a");
			raise(SIGKILL);
		}
		ASSERT_EQ(pid, waitpid(pid, &status, 0));
		EXPECT_TRUE(WIFSIGNALED(status)) TH_LOG("round %d: %#x", i, status);
		EXPECT_EQ(i % 2 == 0, event_exists("test-a"));
		if (i % 2 == 0)
			EXPECT_EQ(0, forget("test-a"));
	}
}

struct stress {
	bool stop;
	long done;
};

static bool going(struct stress *s)
{
	__atomic_fetch_add(&s->done, 1, __ATOMIC_RELAXED);
	return !__atomic_load_n(&s->stop, __ATOMIC_RELAXED);
}

static const char * const names[] = { "test-a", "test-b", "test-c" };

static const char *any_name(unsigned int *seed)
{
	return names[rand_r(seed) % ARRAY_SIZE(names)];
}

static void *persister(void *arg)
{
	unsigned int seed = 1 + (unsigned long)pthread_self();
	int fd = signal_open(SIGNAL_A, getpid());

	while (going(arg)) {
		const char *name = any_name(&seed);

		persist(fd, name, rand_r(&seed) % 2 ? "" : "test-set", 1 << rand_r(&seed) % 4,
			rand_r(&seed) % 2 ? PERF_EVENT_PERSIST_KEEP_LAST : 0);
	}
	close(fd);
	return NULL;
}

/* As persistent_open() does, but what is there may be gone the next moment. */
static int open_any(unsigned int *seed, bool counting, int cpu)
{
	struct perf_event_attr attr = {
		.sample_type = SAMPLE_TYPE,
		.sample_period = !counting,
		.write_backward = !counting && rand_r(seed) % 2,
		.read_format = PERF_FORMAT_ID | PERF_FORMAT_LOST,
	};
	char path[256], text[64];

	attr.type = pmu_value("type", NULL);
	snprintf(path, sizeof(path), PMU_DIR "/events/%s", any_name(seed));
	if (read_text(path, text, sizeof(text)))
		return -1;
	attr.config = strtoul(text + strlen("event="), NULL, 0);
	return perf_open(&attr, -1, cpu, -1, 0);
}

static void *forgetter(void *arg)
{
	unsigned int seed = 2 + (unsigned long)pthread_self();
	int fd;

	while (going(arg)) {
		fd = open_any(&seed, true, rand_r(&seed) % buffer_cpus());
		if (fd < 0)
			continue;
		forget_fd(fd);
		close(fd);
	}
	return NULL;
}

#define READ_ONCE_(x)	((void)__atomic_load_n(&(x), __ATOMIC_RELAXED))

/* A mapping of any size; a consumer that moves the tail anywhere. */
static void *map_any(unsigned int *seed, int fd, size_t *len)
{
	int prot = rand_r(seed) % 2 ? RW : PROT_READ;
	struct perf_event_mmap_page *page;

	*len = (1 + (1 << rand_r(seed) % 4)) * sysconf(_SC_PAGESIZE);
	page = mmap(NULL, *len, prot, MAP_SHARED, fd, 0);
	if (page == MAP_FAILED)
		return NULL;
	if (prot == RW)
		page->data_tail = rand_r(seed) % 3 ? page->data_head : rand_r(seed);
	return page;
}

static void *reader(void *arg)
{
	unsigned int seed = 3 + (unsigned long)pthread_self();
	struct pollfd p = { .events = POLLIN };
	__u64 *words;
	struct count count;
	bool close_first;
	size_t len;
	int i;

	while (going(arg)) {
		p.fd = open_any(&seed, rand_r(&seed) % 4 == 0, rand_r(&seed) % buffer_cpus());
		if (p.fd < 0)
			continue;
		words = map_any(&seed, p.fd, &len);
		for (i = 0; i < 4; i++) {
			if (read(p.fd, &count, sizeof(count)) != sizeof(count))
				break;
			poll(&p, 1, rand_r(&seed) % 5);
			if (words)
				READ_ONCE_(words[rand_r(&seed) % (len / sizeof(*words))]);
		}
		close_first = rand_r(&seed) % 2;
		if (close_first)
			close(p.fd);
		if (words)
			munmap(words, len);
		if (!close_first)
			close(p.fd);
	}
	return NULL;
}

static void *raiser(void *arg)
{
	int cpu = 0;

	while (going(arg)) {
		pin_to_cpu(cpu++ % buffer_cpus());
		raise_signals(SIGNAL_A, 1, 20);
	}
	return NULL;
}

static void *lister(void *arg)
{
	static const char * const files[] = {
		"sources/%s/count", "sources/%s/lost", "sources/%s/source", "sources/%s/set",
		"sources/%s/state", "events/%s", "sets/%s/memory", "sets/%s/cpus", "sets/%s/keep",
	};
	char format[128], path[256], text[1024];
	unsigned int seed = 4, i;

	while (going(arg)) {
		for (i = 0; i < ARRAY_SIZE(files); i++) {
			snprintf(format, sizeof(format), PMU_DIR "/%s", files[i]);
			snprintf(path, sizeof(path), format, any_name(&seed));
			read_text(path, text, sizeof(text));
		}
	}
	return NULL;
}

static bool all_went(struct stress *s, size_t n)
{
	while (n--)
		if (__atomic_load_n(&s[n].done, __ATOMIC_RELAXED) <= 5)
			return false;
	return true;
}

TEST_F_TIMEOUT(stress, all_at_once, 180)
{
	void *(*work[])(void *) = {
		persister, persister, forgetter, reader, reader, raiser, lister,
	};
	struct stress s[ARRAY_SIZE(work)] = {};
	pthread_t thread[ARRAY_SIZE(work)];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(work); i++)
		ASSERT_EQ(0, pthread_create(&thread[i], NULL, work[i], &s[i]));
	sleep(SECONDS);
	/* Nobody is stuck. */
	EXPECT_TRUE(eventually(60, all_went(s, ARRAY_SIZE(work))));
	for (i = 0; i < ARRAY_SIZE(work); i++)
		__atomic_store_n(&s[i].stop, true, __ATOMIC_RELAXED);
	for (i = 0; i < ARRAY_SIZE(work); i++)
		ASSERT_EQ(0, pthread_join(thread[i], NULL)) TH_LOG("thread %zu", i);

	/* It all still works. */
	forget_tests();
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		EXPECT_FALSE(event_exists(names[i]));
		EXPECT_FALSE(set_exists(names[i]));
	}
	EXPECT_FALSE(set_exists("test-set"));
	ASSERT_EQ(0, persist_signal(SIGNAL_A, "test-a", "", 0, 0));
	raise_signals_on(0, SIGNAL_A, 1, 5);
	EXPECT_EQ(5, count_of("test-a", 0));
}

TEST_HARNESS_MAIN
