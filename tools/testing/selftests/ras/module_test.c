// SPDX-License-Identifier: GPL-2.0
/*
 * Persistent events on the tracepoints of a module: they wait for it, do not keep it from
 * leaving, and leave nothing out. samples/trace_events/trace-events-sample.ko has a thread
 * that fires foo_bar once a second, and at once when the module goes, with bar = 0, 1, 2, …
 */
#include <signal.h>
#include <sys/wait.h>

#include "../kselftest_harness.h"
#include "module.h"
#include "record.h"
#include "set.h"

#define RW	(PROT_READ | PROT_WRITE)
#define EVENT	"foo_bar"
#define WITH_FN	"foo_fn"
#define CYCLES	12

/* A consumer of EVENT on every CPU */
struct consumer {
	struct format foo;
	struct record rec;
	int cpus;
	int fd[CPUS_MAX];
	struct ring ring[CPUS_MAX];
	__u64 pos[CPUS_MAX];
	struct count start[CPUS_MAX];
};

FIXTURE(module) {
	struct consumer consumer;
};

/* From here on. */
static void attach(struct consumer *c)
{
	int i;

	c->cpus = buffer_cpus();
	for (i = 0; i < c->cpus; i++) {
		c->fd[i] = persistent_open(EVENT, i);
		if (c->fd[i] < 0)
			die("open on cpu %d", i);
		errno = -ring_map_set(&c->ring[i], c->fd[i], RW, EVENT);
		if (errno)
			die("map on cpu %d", i);
		c->pos[i] = ring_head(&c->ring[i]);
		ring_set_tail(&c->ring[i], c->pos[i]);
		c->start[i] = read_count(c->fd[i]);
	}
}

static void detach(struct consumer *c)
{
	int i;

	for (i = 0; i < c->cpus; i++) {
		ring_unmap(&c->ring[i]);
		close(c->fd[i]);
	}
	c->cpus = 0;
}

/* What came on all CPUs since attach(). */
static __u64 fired(struct consumer *c)
{
	__u64 n = 0;
	int i;

	for (i = 0; i < c->cpus; i++)
		n += read_count(c->fd[i]).value - c->start[i].value;
	return n;
}

/* The same with the module off again, and nothing unread. */
static int attach_empty(struct consumer *c)
{
	int i, ret;

	ret = load();
	if (ret)
		return ret;
	format_read(&c->foo, "sample-trace", "foo_bar");
	attach(c);
	ret = unload();
	for (i = 0; i < c->cpus; i++) {
		c->pos[i] = ring_head(&c->ring[i]);
		ring_set_tail(&c->ring[i], c->pos[i]);
		c->start[i] = read_count(c->fd[i]);
	}
	return ret;
}

/* The CPU that has the oldest unread record, or -1. */
static int oldest(struct consumer *c)
{
	__u64 pos, best = ~0ull;
	int i, cpu = -1;

	for (i = 0; i < c->cpus; i++) {
		pos = c->pos[i];
		if (ring_sample(&c->ring[i], &pos, 0, &c->rec) && c->rec.time < best) {
			best = c->rec.time;
			cpu = i;
		}
	}
	return cpu;
}

/*
 * The next record in the order of time over all CPUs; *@cpu has it. Looks twice: what came
 * before the one that was found may have come after its CPU was looked at.
 */
static bool next_sample(struct consumer *c, int *cpu)
{
	if (oldest(c) < 0)
		return false;
	*cpu = oldest(c);
	return ring_sample(&c->ring[*cpu], &c->pos[*cpu], 0, &c->rec);
}

FIXTURE_SETUP(module)
{
	if (!persistent_usable())
		SKIP(return, "no persistent events here, or not root");
	if (!module_path())
		SKIP(return, "no trace-events-sample.ko here");
	if (access(PMU_DIR "/sources/" EVENT, F_OK))
		SKIP(return, "not booted with perf_persistent=sample-trace:foo_bar: see boots");
	if (loaded())
		ASSERT_EQ(0, unload());
}

FIXTURE_TEARDOWN(module)
{
	struct consumer *c = &self->consumer;

	detach(c);
	write_text("/sys/devices/system/cpu/cpu1/online", "1");
	if (loaded())
		unload();
}

TEST_F(module, pending)
{
	char text[256];
	int fd;

	EXPECT_TRUE(source_is(EVENT, "state", "pending"));
	source_text(EVENT, "source", text, sizeof(text));
	EXPECT_STREQ("tracepoint=sample-trace:foo_bar", text);
	EXPECT_TRUE(source_is(EVENT, "set", EVENT));
	EXPECT_EQ(2, set_value(EVENT, "data_pages"));
	EXPECT_TRUE(event_exists(EVENT));
	/* That of before the first load, when there is nothing that could be read. */
	ASSERT_EQ(0, read_text(PMU_DIR "/sets/" EVENT "/cpus", text, sizeof(text)));
	if (!*text) {
		EXPECT_EQ(0, set_value(EVENT, "memory"));
		EXPECT_EQ(-1, persistent_open(EVENT, 0));
		EXPECT_EQ(ENODEV, errno);
		EXPECT_EQ(-1, open_across(EVENT, 0, 1));
		EXPECT_EQ(ENODEV, errno);
	}
	/* A tracepoint of the kernel is not to be found below a name that waits. */
	fd = persistent_open("mce_record", 0);
	EXPECT_LE(0, fd);
	close(fd);
}

TEST_F(module, live_at_load)
{
	struct consumer *c = &self->consumer;
	char text[256], wanted[256], path[] = TRACEFS "/events/sample-trace/foo_bar/id";
	__u64 before;
	int cpu, i;

	ASSERT_EQ(0, attach_empty(c));
	detach(c);
	before = source_count(EVENT, "count", -1);
	ASSERT_EQ(0, load());
	/* Not soon: now. */
	EXPECT_TRUE(source_is(EVENT, "state", "active"));
	EXPECT_TRUE(source_is(WITH_FN, "state", "active"));
	ASSERT_EQ(0, read_text(path, text, sizeof(text)));
	snprintf(wanted, sizeof(wanted), "tracepoint=sample-trace:foo_bar,type=0x2,config=%#x",
		 atoi(text));
	source_text(EVENT, "source", text, sizeof(text));
	EXPECT_STREQ(wanted, text);

	/* Nobody is attached while the first of them come. */
	ASSERT_TRUE(eventually(30, source_count(EVENT, "count", -1) >= before + 2));
	ASSERT_EQ(0, unload());
	EXPECT_LE(before + 3, source_count(EVENT, "count", -1));
	ASSERT_EQ(0, load());
	c->cpus = buffer_cpus();
	for (i = 0; i < c->cpus; i++) {
		c->fd[i] = persistent_open(EVENT, i);
		ASSERT_LE(0, c->fd[i]);
		ASSERT_EQ(0, ring_map_set(&c->ring[i], c->fd[i], RW, EVENT));
		c->pos[i] = ring_tail(&c->ring[i]);
	}
	for (i = 0; i < 3; i++) {
		ASSERT_TRUE(next_sample(c, &cpu));
		EXPECT_EQ(i, field_get(&c->foo, &c->rec, "bar"));
		EXPECT_STREQ("hello", (char *)c->rec.raw +
			     format_field(&c->foo, "foo")->offset);
		EXPECT_EQ(cpu, c->rec.cpu);
	}
}

/* A tracepoint with a function of its own that is called when somebody listens: a thread */
TEST_F(module, tracepoint_with_function)
{
	__u64 before = source_count(WITH_FN, "count", -1);

	ASSERT_EQ(0, load());
	EXPECT_TRUE(eventually(30, source_count(WITH_FN, "count", -1) >= before + 2));
	EXPECT_EQ(0, unload());
	EXPECT_TRUE(source_is(WITH_FN, "state", "pending"));
}

TEST_F(module, leaves_although_read)
{
	struct consumer *c = &self->consumer;
	struct count old[CPUS_MAX];
	__u64 ids[CPUS_MAX], unread = 0, sum, id;
	int i, cpu, fd;

	ASSERT_EQ(0, load());
	attach(c);
	format_read(&c->foo, "sample-trace", "foo_bar");
	ASSERT_TRUE(eventually(30, fired(c) >= 2));
	for (i = 0; i < c->cpus; i++)
		ASSERT_EQ(0, ioctl(c->fd[i], PERF_EVENT_IOC_ID, &ids[i]));
	sum = fired(c);
	ASSERT_EQ(0, unload());
	EXPECT_FALSE(loaded());
	EXPECT_TRUE(source_is(EVENT, "state", "pending"));
	EXPECT_TRUE(source_is(EVENT, "source", "tracepoint=sample-trace:foo_bar"));

	/* Readers go on: counts, ids, the ring, a further mapping; and so do new ones. */
	EXPECT_LE(sum, fired(c));
	sum = fired(c);
	for (i = 0; i < c->cpus; i++) {
		struct ring peek;

		old[i] = read_count(c->fd[i]);
		EXPECT_EQ(ids[i], old[i].id);
		ASSERT_EQ(0, ioctl(c->fd[i], PERF_EVENT_IOC_ID, &id));
		EXPECT_EQ(ids[i], id);
		EXPECT_EQ(old[i].value, source_count(EVENT, "count", i));
		EXPECT_EQ(0, ring_map_set(&peek, c->fd[i], PROT_READ, EVENT));
		EXPECT_EQ(ring_head(&c->ring[i]), ring_head(&peek));
		ring_unmap(&peek);
		fd = persistent_open(EVENT, i);
		ASSERT_LE(0, fd);
		EXPECT_EQ(old[i].value, read_count(fd).value);
		EXPECT_EQ(old[i].id, read_count(fd).id);
		EXPECT_EQ(0, ring_map_set(&peek, fd, PROT_READ, EVENT));
		EXPECT_EQ(ring_head(&c->ring[i]), ring_head(&peek));
		ring_unmap(&peek);
		close(fd);
	}
	while (next_sample(c, &cpu)) {
		EXPECT_EQ(ids[cpu], c->rec.id);
		unread++;
	}
	EXPECT_EQ(sum, unread);
	usleep(1500000);
	EXPECT_EQ(sum, fired(c));

	/* It comes back, to the same descriptors and mappings. */
	ASSERT_EQ(0, load());
	EXPECT_TRUE(source_is(EVENT, "state", "active"));
	ASSERT_TRUE(eventually(30, fired(c) >= sum + 2));
	for (i = 0; i < 2; i++) {
		ASSERT_TRUE(next_sample(c, &cpu));
		EXPECT_EQ(ids[cpu], c->rec.id);
		EXPECT_EQ(i, field_get(&c->foo, &c->rec, "bar"));
		EXPECT_EQ(tracepoint_id(EVENT), *(__u16 *)c->rec.raw);
	}
	fd = persistent_open(EVENT, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, ioctl(fd, PERF_EVENT_IOC_ID, &id));
	EXPECT_EQ(ids[0], id);
	close(fd);
}

/* Whoever waits when the module goes is woken by what its successor has to say. */
TEST_F(module, sleeping_reader)
{
	struct consumer *c = &self->consumer;
	struct pollfd p[CPUS_MAX];
	__u64 before;
	int i;

	ASSERT_EQ(0, load());
	attach(c);
	ASSERT_EQ(0, unload());
	for (i = 0; i < c->cpus; i++)
		p[i] = (struct pollfd) { .fd = c->fd[i], .events = POLLIN };
	poll(p, c->cpus, 0);
	EXPECT_EQ(0, poll(p, c->cpus, 100));
	before = fired(c);
	ASSERT_EQ(0, load());
	EXPECT_LE(1, poll(p, c->cpus, 30000));
	EXPECT_LT(before, fired(c));
}

static bool inject_foo(int fd, const struct record *rec, int n)
{
	while (n--)
		if (record_write(fd, rec) != rec->header.size)
			return false;
	return true;
}

/* What the module had to say on a CPU that is off now, and one that comes when it is there */
TEST_F(module, goes_and_comes_with_a_cpu_off)
{
	struct consumer *c = &self->consumer;
	const char *online = "/sys/devices/system/cpu/cpu1/online";
	struct record *copy = malloc(sizeof(*copy));
	struct count before, after;
	__u64 pos, last = 0;
	int fd = -1, cpu, i;

	ASSERT_NE(NULL, copy);
	if (access(online, W_OK))
		SKIP(return, "needs a CPU 1 that can go offline");
	ASSERT_EQ(0, load());
	attach(c);
	if (!can_inject(c->fd[1]))
		SKIP(return, "perf fds cannot be written");
	ASSERT_TRUE(eventually(30, fired(c) >= 1));
	ASSERT_TRUE(next_sample(c, &cpu));
	memcpy(copy, &c->rec, sizeof(*copy));
	pos = ring_head(&c->ring[1]);
	ring_set_tail(&c->ring[1], pos);
	for (i = 0; i < 3; i++)
		ASSERT_EQ(copy->header.size, record_write(c->fd[1], copy));
	ASSERT_EQ(0, write_text(online, "0"));
	before = read_count(c->fd[1]);
	EXPECT_EQ(0, unload());
	after = read_count(c->fd[1]);
	EXPECT_EQ(before.value, after.value);
	EXPECT_EQ(before.id, after.id);
	EXPECT_EQ(0, load());
	EXPECT_EQ(before.value, read_count(c->fd[1]).value);
	EXPECT_EQ(0, write_text(online, "1"));
	EXPECT_TRUE(eventually(20, (fd = persistent_open(EVENT, 1)) >= 0 &&
			       record_write(fd, copy) == copy->header.size));
	EXPECT_LE(before.value + 1, read_count(c->fd[1]).value);
	for (i = 0; i < 4; i++) {
		ASSERT_TRUE(ring_sample(&c->ring[1], &pos, before.id, &c->rec));
		EXPECT_EQ(1, c->rec.cpu);
		EXPECT_LE(last, c->rec.time);
		last = c->rec.time;
	}
	close(fd);
	free(copy);
}

/* Fill the buffer of CPU 0 with what foo_bar itself said; nothing of it with the module off. */
TEST_F(module, losses_are_exact_across)
{
	struct consumer *c = &self->consumer;
	struct count before, after;
	struct record *copy = malloc(sizeof(*copy));
	__u64 delivered = 0, reported = 0;
	int cpu, round;

	ASSERT_NE(NULL, copy);
	ASSERT_EQ(0, load());
	attach(c);
	if (!can_inject(c->fd[0]))
		SKIP(return, "perf fds cannot be written");
	ASSERT_TRUE(eventually(30, fired(c) >= 1));
	ASSERT_TRUE(next_sample(c, &cpu));
	memcpy(copy, &c->rec, sizeof(*copy));
	c->pos[0] = ring_head(&c->ring[0]);
	ring_set_tail(&c->ring[0], c->pos[0]);
	before = read_count(c->fd[0]);

	for (round = 0; round < 3; round++) {
		ASSERT_TRUE(inject_foo(c->fd[0], copy, 100));
		ASSERT_EQ(0, unload());
		EXPECT_EQ(-ENODEV, record_write(c->fd[0], copy));
		after = read_count(c->fd[0]);
		EXPECT_EQ(-ENODEV, record_write(c->fd[0], copy));
		EXPECT_EQ(after.value, read_count(c->fd[0]).value);
		ASSERT_EQ(0, load());
	}
	ASSERT_EQ(0, unload());
	after = read_count(c->fd[0]);
	EXPECT_LE(before.value + 300, after.value);
	EXPECT_LT(before.lost, after.lost);
	EXPECT_EQ(after.lost, source_count(EVENT, "lost", 0));
	while (ring_next(&c->ring[0], &c->pos[0], &c->rec)) {
		if (c->rec.header.type == PERF_RECORD_SAMPLE)
			delivered++;
		else if (c->rec.header.type == PERF_RECORD_LOST)	/* id, lost */
			reported += (__u64)c->rec.tid << 32 | c->rec.pid;
	}
	EXPECT_EQ(after.value - before.value, delivered + after.lost - before.lost);
	EXPECT_LE(reported, after.lost - before.lost);
	free(copy);
}

/* What the reader child says when it has seen the last. */
struct seen {
	__u64 samples, starts, gaps;
};

/* Consume until @stop is closed and nothing is left. Open and close all the while, too. */
static void reader(struct consumer *c, int stop, int out)
{
	struct pollfd p = { .fd = stop, .events = POLLIN };
	struct seen seen = {};
	__u64 bar, last = ~0ull;
	bool end = false;
	int cpu, fd;

	while (!end) {
		end = poll(&p, 1, 20);
		while (next_sample(c, &cpu)) {
			bar = field_get(&c->foo, &c->rec, "bar");
			seen.samples++;
			if (!bar)
				seen.starts++;
			else if (bar != last + 1)
				seen.gaps++;
			last = bar;
			ring_set_tail(&c->ring[cpu], c->pos[cpu]);
		}
		fd = persistent_open(EVENT, 0);
		if (fd < 0 && errno != ENODEV)
			die("open while it comes and goes");
		if (fd >= 0)
			close(fd);
	}
	if (write(out, &seen, sizeof(seen)) != sizeof(seen))
		_exit(1);
	_exit(0);
}

TEST_F_TIMEOUT(module, again_and_again_with_a_reader, 200)
{
	struct consumer *c = &self->consumer;
	__u64 lost = 0, value = 0, old;
	int stop[2], out[2], status, i;
	struct seen seen;
	struct count now;
	pid_t pid;

	ASSERT_EQ(0, attach_empty(c));
	ASSERT_EQ(0, pipe(stop) | pipe(out));
	/* A mapping is not inherited, what it leaves unread is there for the next. */
	for (i = 0; i < c->cpus; i++)
		ring_unmap(&c->ring[i]);
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		close(stop[1]);
		for (i = 0; i < c->cpus; i++) {
			errno = -ring_map_set(&c->ring[i], c->fd[i], RW, EVENT);
			if (errno)
				die("map on cpu %d", i);
			c->pos[i] = ring_tail(&c->ring[i]);
		}
		reader(c, stop[0], out[1]);
	}
	close(stop[0]);
	close(out[1]);
	ASSERT_EQ(0, load());
	for (i = 0; i < CYCLES; i++) {
		old = fired(c);
		if (i % 3)
			ASSERT_TRUE(eventually(30, fired(c) > old));
		ASSERT_EQ(0, unload()) TH_LOG("cycle %d", i);
		EXPECT_TRUE(source_is(EVENT, "state", "pending"));
		ASSERT_EQ(0, load()) TH_LOG("cycle %d", i);
		EXPECT_TRUE(source_is(EVENT, "state", "active"));
	}
	ASSERT_EQ(0, unload());
	close(stop[1]);
	ASSERT_EQ(sizeof(seen), read(out[0], &seen, sizeof(seen)));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_EQ(0, status);
	for (i = 0; i < c->cpus; i++) {
		now = read_count(c->fd[i]);
		value += now.value - c->start[i].value;
		lost += now.lost - c->start[i].lost;
	}
	TH_LOG("%llu fired, %llu seen, %llu starts", value, seen.samples, seen.starts);
	EXPECT_EQ(0, lost);
	EXPECT_EQ(0, seen.gaps);
	EXPECT_EQ(value, seen.samples);
	/* A thread that is stopped before it ran says nothing. */
	EXPECT_LE(seen.starts, CYCLES + 1);
	EXPECT_LE(CYCLES / 2, seen.starts);
}

TEST_HARNESS_MAIN
