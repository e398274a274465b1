// SPDX-License-Identifier: GPL-2.0
/* PERF_EVENT_IOC_FORGET: what goes, and what stays for those who still read. */
#include <pthread.h>

#include "../kselftest_harness.h"
#include "persist.h"

FIXTURE(forget) {
	struct format sig;
	struct record rec;
	struct ring ring;
	int fd;
};

FIXTURE_SETUP(forget)
{
	self->fd = -1;
	if (!persist_usable())
		SKIP(return, "nothing can be made persistent here");
	forget_tests();
	format_read(&self->sig, "signal", "signal_generate");
	ASSERT_TRUE(pin_to_cpu(0));
	ASSERT_EQ(0, persist_signal(SIGNAL_A, "test-a", "", 4, 0));
	self->fd = persistent_open("test-a", 0);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(forget)
{
	ring_unmap(&self->ring);
	close(self->fd);
	forget_tests();
}

#define MAP_LEN		(5 * (size_t)sysconf(_SC_PAGESIZE))

TEST_F(forget, vanishes)
{
	struct perf_event_attr attr = persistent_attr("test-a");

	ASSERT_EQ(0, forget_fd(self->fd));
	EXPECT_FALSE(event_exists("test-a"));
	EXPECT_EQ(-1, access(PMU_DIR "/sources/test-a", F_OK));
	EXPECT_EQ(-1, access(PMU_DIR "/sets/test-a", F_OK));
	EXPECT_EQ(-1, perf_open(&attr, -1, 0, -1, 0));
	EXPECT_EQ(ENOENT, errno);
	/* Neither the number nor the counter of it. */
	attr.sample_period = 0;
	EXPECT_EQ(-1, perf_open(&attr, -1, 0, -1, 0));
	EXPECT_EQ(ENOENT, errno);
	EXPECT_EQ(-ENOENT, forget_fd(self->fd));
}

/* Through any CPU's fd it goes from all of them. */
TEST_F(forget, on_all_cpus)
{
	struct perf_event_attr attr = persistent_attr("test-a");
	int cpu, cpus = buffer_cpus();
	int fd[CPUS_MAX];

	for (cpu = 0; cpu < cpus; cpu++)
		fd[cpu] = persistent_open("test-a", cpu);
	ASSERT_EQ(0, forget_fd(fd[cpus - 1]));
	for (cpu = 0; cpu < cpus; cpu++) {
		struct pollfd p = { .fd = fd[cpu], .events = POLLIN };

		EXPECT_EQ(-1, perf_open(&attr, -1, cpu, -1, 0));
		EXPECT_EQ(ENOENT, errno);
		raise_signals_on(cpu, SIGNAL_A, 1, 3);
		EXPECT_EQ(0, read_count(fd[cpu]).value);
		EXPECT_EQ(1, poll(&p, 1, 0));
		EXPECT_TRUE(p.revents & POLLHUP);
		close(fd[cpu]);
	}
}

/* All that was captured, and nothing of what came after. */
static void expect_rest(struct __test_metadata *_metadata, const struct format *sig,
			const struct ring *ring, int first, int n)
{
	__u64 pos = ring_tail(ring);
	struct record rec;
	int i;

	for (i = 0; i < n; i++) {
		ASSERT_TRUE(ring_next(ring, &pos, &rec));
		EXPECT_EQ(first + i, field_get(sig, &rec, "errno"));
	}
	EXPECT_FALSE(ring_next(ring, &pos, &rec));
}

TEST_F(forget, reader_reads_what_is_left)
{
	struct count last;
	__u64 pos = 0;
	int i;

	ASSERT_EQ(0, ring_map_set(&self->ring, self->fd, RW, "test-a"));
	raise_signals(SIGNAL_A, 1, 400);
	last = read_count(self->fd);
	EXPECT_EQ(400, last.value);
	EXPECT_LT(0, last.lost);

	ASSERT_EQ(0, forget("test-a"));
	raise_signals(SIGNAL_A, 1000, 50);
	EXPECT_EQ(400, read_count(self->fd).value);
	EXPECT_EQ(last.lost, read_count(self->fd).lost);
	EXPECT_EQ(last.id, read_count(self->fd).id);
	expect_rest(_metadata, &self->sig, &self->ring, 1, 400 - last.lost);

	/* It can be consumed, unmapped and mapped again, by the same fd. */
	for (i = 0; i < 10; i++)
		ASSERT_TRUE(ring_next(&self->ring, &pos, &self->rec));
	ring_set_tail(&self->ring, pos);
	raise_signals(SIGNAL_A, 2000, 50);
	ring_unmap(&self->ring);
	ASSERT_EQ(0, ring_map_len(&self->ring, self->fd, RW, MAP_LEN));
	expect_rest(_metadata, &self->sig, &self->ring, 11, 390 - last.lost);
	ring_unmap(&self->ring);
	ASSERT_EQ(0, ring_map_len(&self->ring, self->fd, PROT_READ, MAP_LEN));
	expect_rest(_metadata, &self->sig, &self->ring, 11, 390 - last.lost);
}

/* Mapped for the first time when it is all over. */
TEST_F(forget, mapped_afterwards)
{
	raise_signals(SIGNAL_A, 1, 5);
	ASSERT_EQ(0, forget("test-a"));
	ASSERT_EQ(0, ring_map_len(&self->ring, self->fd, RW, MAP_LEN));
	expect_rest(_metadata, &self->sig, &self->ring, 1, 5);
}

/* The mapping alone keeps the memory. */
TEST_F(forget, mapping_outlives_the_fd)
{
	char *scribble;
	int i;

	raise_signals(SIGNAL_A, 1, 20);
	ASSERT_EQ(0, ring_map_set(&self->ring, self->fd, PROT_READ, "test-a"));
	ASSERT_EQ(0, forget_fd(self->fd));
	close(self->fd);
	self->fd = -1;
	/* Whoever got its pages now would show. */
	for (i = 0; i < 8; i++) {
		scribble = mmap(NULL, 1 << 20, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		ASSERT_NE(MAP_FAILED, scribble);
		memset(scribble, 0x5a, 1 << 20);
	}
	expect_rest(_metadata, &self->sig, &self->ring, 1, 20);
}

TEST_F(forget, poll_says_hup)
{
	struct pollfd p = { .fd = self->fd, .events = POLLIN };

	EXPECT_EQ(0, poll(&p, 1, 0));
	ASSERT_EQ(0, forget("test-a"));
	EXPECT_EQ(1, poll(&p, 1, 0));
	EXPECT_TRUE(p.revents & POLLHUP);
	/* Not once, but from now on. */
	EXPECT_EQ(1, poll(&p, 1, 0));
	EXPECT_TRUE(p.revents & POLLHUP);
	p.events = 0;
	EXPECT_EQ(1, poll(&p, 1, 0));
	EXPECT_EQ(POLLHUP, p.revents);
}

/* Whoever sleeps is woken by it, on whatever CPU's buffer. */
TEST_F_TIMEOUT(forget, sleeping_readers, 90)
{
	struct pollfd p = { .events = POLLIN };
	int cpu, cpus = buffer_cpus();
	pid_t pid[CPUS_MAX];
	int fd;

	for (cpu = 0; cpu < cpus; cpu++) {
		fd = persistent_open("test-a", cpu);
		ASSERT_LE(0, fd);
		p.fd = fd;
		poll(&p, 1, 0);
		pid[cpu] = poll_begin(fd);
		close(fd);
	}
	ASSERT_EQ(0, forget("test-a"));
	for (cpu = 0; cpu < cpus; cpu++)
		EXPECT_EQ(POLLHUP, poll_end(pid[cpu])) TH_LOG("cpu %d", cpu);
}

/* The same name again is another event: its number, its id and its buffer are new. */
TEST_F(forget, persist_again)
{
	struct perf_event_attr attr = persistent_attr("test-a");
	__u64 old = read_count(self->fd).id;
	struct ring again;
	int fd, i;

	ASSERT_EQ(0, ring_map_set(&self->ring, self->fd, PROT_READ, "test-a"));
	raise_signals(SIGNAL_A, 1, 3);
	for (i = 0; i < 5; i++) {
		ASSERT_EQ(0, forget("test-a"));
		ASSERT_EQ(0, persist_signal(SIGNAL_A, "test-a", "", 2, 0));
		EXPECT_NE(attr.config, pmu_config("test-a"));
	}
	EXPECT_EQ(2, set_value("test-a", "data_pages"));
	fd = event_map(&again, "test-a", 0, RW);
	ASSERT_LE(0, fd);
	EXPECT_NE(old, read_count(fd).id);
	EXPECT_EQ(0, read_count(fd).value);
	raise_signals(SIGNAL_A, 100, 4);
	EXPECT_EQ(4, read_count(fd).value);
	EXPECT_EQ(3, read_count(self->fd).value);
	expect_rest(_metadata, &self->sig, &again, 100, 4);
	expect_rest(_metadata, &self->sig, &self->ring, 1, 3);
	/* The old number is nobody's, and the old fd cannot forget the new event. */
	EXPECT_EQ(-1, perf_open(&attr, -1, 0, -1, 0));
	EXPECT_EQ(ENOENT, errno);
	EXPECT_EQ(-ENOENT, forget_fd(self->fd));
	EXPECT_TRUE(event_exists("test-a"));
	ring_unmap(&again);
	close(fd);
}

TEST_F(forget, shared_set)
{
	struct pollfd p = { .events = POLLIN };
	struct perf_event_attr attr;
	struct ring ring;
	__u64 pos = 0;
	int b, i;

	ASSERT_EQ(0, persist_signal(SIGNAL_B, "test-b", "test-a", 0, 0));
	b = event_map(&ring, "test-b", 0, RW);
	ASSERT_LE(0, b);
	raise_signals(SIGNAL_A, 1, 3);
	raise_signals(SIGNAL_B, 4, 3);
	ASSERT_EQ(0, forget_fd(self->fd));
	EXPECT_TRUE(set_exists("test-a"));
	raise_signals(SIGNAL_A, 50, 3);
	raise_signals(SIGNAL_B, 7, 3);
	for (i = 1; i < 10; i++) {
		ASSERT_TRUE(ring_next(&ring, &pos, &self->rec));
		EXPECT_EQ(i, field_get(&self->sig, &self->rec, "errno"));
	}
	EXPECT_FALSE(ring_next(&ring, &pos, &self->rec));
	EXPECT_EQ(3, read_count(self->fd).value);
	EXPECT_EQ(6, read_count(b).value);
	p.fd = b;
	poll(&p, 1, 0);
	EXPECT_EQ(0, poll(&p, 1, 0));
	p.fd = self->fd;
	EXPECT_EQ(1, poll(&p, 1, 0));
	EXPECT_TRUE(p.revents & POLLHUP);

	/* The last one takes the set with it; then its name is free for another. */
	attr = persistent_attr("test-b");
	ASSERT_EQ(0, forget("test-b"));
	EXPECT_EQ(-1, perf_open(&attr, -1, 0, -1, 0));
	EXPECT_FALSE(set_exists("test-a"));
	ASSERT_EQ(0, persist_signal(SIGNAL_A, "test-c", "test-a", 16,
				    PERF_EVENT_PERSIST_KEEP_LAST));
	EXPECT_EQ(16, set_value("test-a", "data_pages"));
	ring_unmap(&ring);
	close(b);
}

static void *hammer(void *stop)
{
	pin_to_cpu(buffer_cpus() - 1);
	while (!__atomic_load_n((bool *)stop, __ATOMIC_RELAXED))
		raise_signals(SIGNAL_A, 1, 10);
	return NULL;
}

/* While it happens all the time on another CPU, counts are final once forgotten. */
TEST_F_TIMEOUT(forget, while_it_happens, 120)
{
	int cpu = buffer_cpus() - 1, round, fd;
	bool stop = false;
	pthread_t thread;
	struct ring ring;
	struct count last;
	__u64 pos, head, id;
	int delivered;

	ASSERT_EQ(0, pthread_create(&thread, NULL, hammer, &stop));
	for (round = 0; round < 5; round++) {
		fd = event_map(&ring, "test-a", cpu, PROT_READ);
		ASSERT_LE(0, fd);
		id = read_count(fd).id;
		ASSERT_TRUE(eventually(20, read_count(fd).value > 100));
		ASSERT_EQ(0, forget_fd(fd));
		last = read_count(fd);
		head = ring_head(&ring);
		usleep(50000);
		EXPECT_EQ(last.value, read_count(fd).value);
		EXPECT_EQ(last.lost, read_count(fd).lost);
		EXPECT_EQ(head, ring_head(&ring));
		pos = 0;
		for (delivered = 0; ring_sample(&ring, &pos, id, &self->rec); delivered++)
			;
		EXPECT_EQ(last.value, delivered + last.lost);
		ring_unmap(&ring);
		close(fd);
		ASSERT_EQ(0, persist_signal(SIGNAL_A, "test-a", "", 4, 0));
	}
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
}

TEST_HARNESS_MAIN
