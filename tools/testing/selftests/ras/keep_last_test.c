// SPDX-License-Identifier: GPL-2.0
/* Sets that keep the last records: written backward, the oldest is overwritten. */
#include <pthread.h>

#include "../kselftest_harness.h"
#include "persist.h"

FIXTURE(last) {
	struct format sig;
	struct record rec;
	struct ring ring;
	int fd;
};

FIXTURE_SETUP(last)
{
	self->fd = -1;
	if (!persist_usable())
		SKIP(return, "nothing can be made persistent here");
	forget_tests();
	format_read(&self->sig, "signal", "signal_generate");
	ASSERT_EQ(0, persist_signal(SIGNAL_A, "test-a", "test-set", 2,
				    PERF_EVENT_PERSIST_KEEP_LAST));
	self->fd = event_map(&self->ring, "test-a", 0, PROT_READ);
	ASSERT_LE(0, self->fd);
	ASSERT_TRUE(pin_to_cpu(0));
}

FIXTURE_TEARDOWN(last)
{
	ring_unmap(&self->ring);
	close(self->fd);
	forget_tests();
}

/* The newest has number @newest; from there on backwards. Returns how many there are. */
static int expect_numbers(struct __test_metadata *_metadata, const struct format *sig,
			  const struct ring *ring, int newest)
{
	__u64 head = ring_head(ring), pos = head;
	struct record rec;
	int n = 0;

	while (ring_older(ring, head, &pos, &rec)) {
		EXPECT_EQ(PERF_RECORD_SAMPLE, rec.header.type);
		EXPECT_EQ(newest - n, field_get(sig, &rec, "errno"));
		EXPECT_EQ(getpid(), (pid_t)rec.pid);
		n++;
	}
	return n;
}

TEST_F(last, sysfs)
{
	char text[32];

	EXPECT_EQ(2, set_value("test-set", "data_pages"));
	ASSERT_EQ(0, read_text(PMU_DIR "/sets/test-set/keep", text, sizeof(text)));
	EXPECT_STREQ("last", text);
	ASSERT_EQ(0, read_text(PMU_DIR "/sets/ras/keep", text, sizeof(text)));
	EXPECT_STREQ("first", text);
}

TEST_F(last, not_full)
{
	EXPECT_EQ(0, ring_head(&self->ring));
	raise_signals(SIGNAL_A, 1, 10);
	EXPECT_EQ(10, expect_numbers(_metadata, &self->sig, &self->ring, 10));
	/* It decreases. */
	EXPECT_GT(0, (long long)ring_head(&self->ring));
}

/* However many there were: the newest, as many as the buffer holds, in order. */
TEST_F_TIMEOUT(last, newest_are_kept, 90)
{
	int total = 0, n, i;
	size_t size = 0;

	for (i = 0; i < 30; i++) {
		raise_signals(SIGNAL_A, total + 1, 17 * i);
		total += 17 * i;
		n = expect_numbers(_metadata, &self->sig, &self->ring, total);
		if (!size && n) {
			__u64 head = ring_head(&self->ring), pos = head;

			ASSERT_TRUE(ring_older(&self->ring, head, &pos, &self->rec));
			size = self->rec.header.size;
		}
		if (size)
			EXPECT_EQ(total < self->ring.size / size ? total :
				  self->ring.size / size, n);
	}
	EXPECT_EQ(total, read_count(self->fd).value);
	/* Nothing that did not get in. */
	EXPECT_EQ(0, read_count(self->fd).lost);
	EXPECT_EQ(0, source_count("test-a", "lost", -1));
	EXPECT_EQ(total, source_count("test-a", "count", 0));
}

/* Nobody has it mapped while it goes round. */
TEST_F(last, not_mapped)
{
	ring_unmap(&self->ring);
	raise_signals(SIGNAL_A, 1, 1000);
	ASSERT_EQ(0, ring_map_set(&self->ring, self->fd, PROT_READ, "test-set"));
	EXPECT_LT(50, expect_numbers(_metadata, &self->sig, &self->ring, 1000));
	EXPECT_EQ(1000, read_count(self->fd).value);
}

TEST_F(last, shared_set)
{
	__u64 head, pos, id_b;
	int i, b, n = 0;

	/* Who asks for nothing gets what the set does. */
	ASSERT_EQ(0, persist_signal(SIGNAL_B, "test-b", "test-set", 0, 0));
	EXPECT_TRUE(set_keeps_last("test-set"));
	b = persistent_open("test-b", 0);
	ASSERT_LE(0, b);
	id_b = read_count(b).id;
	for (i = 1; i <= 500; i++)
		raise_signals(i % 5 ? SIGNAL_A : SIGNAL_B, i, 1);
	head = ring_head(&self->ring);
	for (pos = head; ring_older(&self->ring, head, &pos, &self->rec); n++) {
		i = field_get(&self->sig, &self->rec, "errno");
		EXPECT_EQ(500 - n, i);
		EXPECT_EQ(i % 5 == 0, self->rec.id == id_b);
	}
	EXPECT_LT(50, n);
	EXPECT_EQ(400, read_count(self->fd).value);
	EXPECT_EQ(100, read_count(b).value);
	close(b);
}

/* Nobody consumes, anybody looks on. */
TEST_F(last, no_consumer)
{
	struct ring second;

	EXPECT_EQ(-EACCES, ring_map_set(&second, self->fd, RW, "test-set"));
	EXPECT_EQ(-EACCES, ring_map_set(&second, self->fd, PROT_WRITE, "test-set"));
	EXPECT_EQ(-1, mprotect(self->ring.page, self->ring.len, RW));
	EXPECT_EQ(EACCES, errno);
	EXPECT_EQ(0, ring_map_set(&second, self->fd, PROT_READ, "test-set"));
	raise_signals(SIGNAL_A, 1, 3);
	EXPECT_EQ(3, expect_numbers(_metadata, &self->sig, &second, 3));
	ring_unmap(&second);
}

TEST_F(last, write_backward_must_match)
{
	struct perf_event_attr attr = persistent_attr("test-a");
	int fd;

	ASSERT_TRUE(!!attr.write_backward);
	attr.write_backward = 0;
	EXPECT_EQ(-1, perf_open(&attr, -1, 0, -1, 0));
	EXPECT_EQ(EINVAL, errno);
	/* A counter has no records. */
	attr.sample_period = 0;
	fd = perf_open(&attr, -1, 0, -1, 0);
	EXPECT_LE(0, fd);
	close(fd);
	attr = persistent_attr("mce_record");
	attr.write_backward = 1;
	EXPECT_EQ(-1, perf_open(&attr, -1, 0, -1, 0));
	EXPECT_EQ(EINVAL, errno);
}

TEST_F_TIMEOUT(last, poll_wakes, 90)
{
	struct pollfd p = { .fd = self->fd, .events = POLLIN };
	pid_t pid;
	int i;

	EXPECT_EQ(0, poll(&p, 1, 100));
	for (i = 0; i < 3; i++) {
		raise_signals(SIGNAL_A, 1, 100);
		EXPECT_EQ(1, poll(&p, 1, 20000));
		EXPECT_EQ(POLLIN, p.revents);
		EXPECT_EQ(0, poll(&p, 1, 100));
	}
	/* Asleep, too: the buffer is going round by now. */
	raise_signals(SIGNAL_A, 1, 1000);
	poll(&p, 1, 0);
	pid = poll_begin(self->fd);
	raise_signals(SIGNAL_A, 1, 1);
	EXPECT_EQ(POLLIN, poll_end(pid));
}

TEST_F(last, forgotten)
{
	struct pollfd p = { .fd = self->fd, .events = POLLIN };

	raise_signals(SIGNAL_A, 1, 200);
	ASSERT_EQ(0, forget("test-a"));
	raise_signals(SIGNAL_A, 201, 200);
	EXPECT_EQ(1, poll(&p, 1, 0));
	EXPECT_TRUE(p.revents & POLLHUP);
	EXPECT_EQ(200, read_count(self->fd).value);
	EXPECT_LT(50, expect_numbers(_metadata, &self->sig, &self->ring, 200));
}

struct writer {
	int cpu;
	bool stop;
	int number;
};

static void *keep_writing(void *arg)
{
	struct writer *w = arg;

	pin_to_cpu(w->cpu);
	for (w->number = 1; !__atomic_load_n(&w->stop, __ATOMIC_RELAXED); w->number++)
		raise_signals(SIGNAL_A, w->number, 1);
	return NULL;
}

/* More than a record of these takes. */
#define RECORD_ROOM	256

/*
 * While it is written: copy all, and look again where the head is. What lies beyond
 * head + size by then was overwritten, and of what lies before it as much as the record
 * that is being written takes, since the head moves when that is complete. Returns how many
 * records were whole.
 */
static int snapshot(struct __test_metadata *_metadata, const struct format *sig,
		    const struct ring *ring)
{
	static char copy[1 << 16];
	size_t page = sysconf(_SC_PAGESIZE);
	/* A ring that stands still, with the data of the one that does not. */
	struct ring still = { .size = ring->size, .page = (void *)copy };
	__u64 head = ring_head(ring), end, pos = head;
	int n = 0, newest = 0;
	struct record rec;
	size_t size;

	ASSERT_GE(sizeof(copy), page + ring->size);
	memcpy(copy + page, (char *)ring->page + page, ring->size);
	still.page->data_offset = page;
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	end = ring_head(ring) + ring->size - RECORD_ROOM;
	/* Position 0 is where the first record ended. */
	if ((long long)end > 0)
		end = 0;
	while ((long long)(end - pos) > 0) {
		size = ring_copy(&still, pos, end - pos, &rec);
		if (!size)
			break;
		if (!n)
			newest = field_get(sig, &rec, "errno");
		EXPECT_EQ(PERF_RECORD_SAMPLE, rec.header.type);
		EXPECT_EQ(newest - n, field_get(sig, &rec, "errno"));
		pos += size;
		n++;
	}
	return n;
}

TEST_F_TIMEOUT(last, read_while_written, 60)
{
	struct writer w = { .cpu = 1 };
	int i, n, seen = 0, some = 0;
	pthread_t thread;

	if (buffer_cpus() < 2)
		SKIP(return, "needs two CPUs");
	ring_unmap(&self->ring);
	close(self->fd);
	ASSERT_EQ(0, persist_signal(SIGNAL_A, "test-big", "", 8, PERF_EVENT_PERSIST_KEEP_LAST));
	self->fd = event_map(&self->ring, "test-big", 1, PROT_READ);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, pthread_create(&thread, NULL, keep_writing, &w));
	ASSERT_TRUE(eventually(20, read_count(self->fd).value > 1000));
	for (i = 0; i < 500; i++) {
		n = snapshot(_metadata, &self->sig, &self->ring);
		seen += n;
		some += n > 0;
	}
	__atomic_store_n(&w.stop, true, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
	/* Slow as the copy may be, it is not in vain. */
	EXPECT_LT(100, some);
	EXPECT_LT(1000, seen);
	EXPECT_EQ(w.number - 1, read_count(self->fd).value);
}

TEST_HARNESS_MAIN
