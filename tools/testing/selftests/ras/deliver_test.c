// SPDX-License-Identifier: GPL-2.0
/* Whom an injected event reaches, and what is in it. */
#include "../kselftest_harness.h"
#include "record.h"

FIXTURE(deliver) {
	struct format mce;
	struct watch watch;
	struct record rec;
	struct record out;
	int fd;
};

FIXTURE_SETUP(deliver)
{
	const char *why = setup_inject(0, &self->fd, &self->mce);

	if (why)
		SKIP(return, "%s", why);
	record_mce(&self->mce, &self->rec, 1, 3, STATUS_CE, 0xabcd000);
	watch_open(&self->watch, "mce_record");
}

FIXTURE_TEARDOWN(deliver)
{
	watch_close(&self->watch);
	close(self->fd);
}

/* self->rec, exactly once, in the buffer and the count of @cpu. */
static void expect_arrival(struct __test_metadata *_metadata,
			   struct _test_data_deliver *self, int cpu)
{
	struct watch *w = &self->watch;
	__u64 pos = w->head[cpu];

	ASSERT_TRUE(ring_sample(&w->ring[cpu], &pos, 0, &self->out));
	EXPECT_EQ(0, memcmp(self->rec.raw + 8, self->out.raw + 8, self->mce.end - 8));
	EXPECT_FALSE(ring_sample(&w->ring[cpu], &pos, 0, &self->out));
	EXPECT_EQ(w->count[cpu].value + 1, read_count(w->fd[cpu]).value);
}

TEST_F(deliver, to_the_buffer)
{
	int i;

	for (i = 0; i < self->watch.cpus; i++) {
		int fd = persistent_open("mce_record", i);

		ASSERT_LE(0, fd);
		watch_mark(&self->watch);
		ASSERT_EQ(self->rec.header.size, record_write(fd, &self->rec));
		expect_arrival(_metadata, self, i);
		close(fd);
	}
}

TEST_F(deliver, through_the_tracepoint)
{
	int fd = tracepoint_open("mce_record", 0);

	ASSERT_LE(0, fd);
	ASSERT_EQ(self->rec.header.size, record_write(fd, &self->rec));
	expect_arrival(_metadata, self, 0);
	EXPECT_EQ(1, read_count(fd).value);
	close(fd);
}

TEST_F(deliver, to_every_listener_of_that_cpu)
{
	struct perf_event_attr attr = tracepoint_attr("mce_record");
	int here, there = -1, disabled;
	struct ring ring;
	__u64 pos = 0;

	here = tracepoint_open("mce_record", 0);
	ASSERT_LE(0, here);
	ASSERT_EQ(0, ring_map(&ring, here, PROT_READ | PROT_WRITE));
	if (self->watch.cpus > 1)
		there = tracepoint_open("mce_record", 1);
	attr.disabled = 1;
	disabled = perf_open(&attr, -1, 0, -1, 0);
	ASSERT_LE(0, disabled);

	ASSERT_EQ(self->rec.header.size, record_write(self->fd, &self->rec));
	expect_arrival(_metadata, self, 0);
	EXPECT_EQ(1, read_count(here).value);
	ASSERT_TRUE(ring_sample(&ring, &pos, 0, &self->out));
	EXPECT_EQ(0, memcmp(self->rec.raw + 8, self->out.raw + 8, self->mce.end - 8));
	EXPECT_EQ(read_count(here).id, self->out.id);
	EXPECT_EQ(0, read_count(disabled).value);
	if (there >= 0)
		EXPECT_EQ(0, read_count(there).value);

	ASSERT_EQ(0, ioctl(disabled, PERF_EVENT_IOC_ENABLE, 0));
	ASSERT_EQ(0, ioctl(here, PERF_EVENT_IOC_DISABLE, 0));
	ASSERT_EQ(self->rec.header.size, record_write(self->fd, &self->rec));
	EXPECT_EQ(1, read_count(here).value);
	EXPECT_EQ(1, read_count(disabled).value);
	ring_unmap(&ring);
	close(here);
	close(there);
	close(disabled);
}

/* A filter of a listener sees an injected event as it sees a real one. */
TEST_F(deliver, through_a_filter)
{
	int fd = tracepoint_open("mce_record", 0);

	ASSERT_LE(0, fd);
	if (ioctl(fd, PERF_EVENT_IOC_SET_FILTER, "bank == 3"))
		SKIP(close(fd); return, "no event filters");
	ASSERT_EQ(self->rec.header.size, record_write(self->fd, &self->rec));
	EXPECT_EQ(1, read_count(fd).value);
	field_set(&self->mce, &self->rec, "bank", 4);
	ASSERT_EQ(self->rec.header.size, record_write(self->fd, &self->rec));
	EXPECT_EQ(1, read_count(fd).value);
	close(fd);
}

TEST_F(deliver, batch)
{
	static char batch[40 * sizeof(struct record)];
	size_t size = self->rec.header.size;
	__u64 pos = self->watch.head[0];
	int i;

	for (i = 0; i < 40; i++) {
		field_set(&self->mce, &self->rec, "addr", 0x1000 + i);
		memcpy(batch + i * size, &self->rec, size);
	}
	ASSERT_EQ((ssize_t)(40 * size), write(self->fd, batch, 40 * size));
	for (i = 0; i < 40; i++) {
		ASSERT_TRUE(ring_sample(&self->watch.ring[0], &pos, 0, &self->out));
		EXPECT_EQ(0x1000 + i, field_get(&self->mce, &self->out, "addr"));
	}
	EXPECT_EQ(self->watch.count[0].value + 40, read_count(self->fd).value);
}

TEST_F(deliver, what_was_recorded_can_be_written_back)
{
	struct record first, again;
	__u64 pos = self->watch.head[0];

	self->rec.ip = 0x1234567890;
	ASSERT_EQ(self->rec.header.size, record_write(self->fd, &self->rec));
	ASSERT_TRUE(ring_sample(&self->watch.ring[0], &pos, 0, &first));
	ASSERT_EQ(first.header.size, record_write(self->fd, &first));
	ASSERT_TRUE(ring_sample(&self->watch.ring[0], &pos, 0, &again));
	EXPECT_EQ(first.header.size, again.header.size);
	EXPECT_EQ(first.ip, again.ip);
	EXPECT_EQ(first.id, again.id);
	EXPECT_EQ(first.raw_size, again.raw_size);
	EXPECT_EQ(0, memcmp(first.raw + 8, again.raw + 8, first.raw_size - 8));
	EXPECT_LT(first.time, again.time);
}

TEST_F(deliver, with_strings)
{
	__u64 pos = self->watch.head[0], loc;
	struct format mc;
	int fd;

	fd = persistent_open("mc_event", 0);
	ASSERT_LE(0, fd);
	format_read(&mc, "ras", "mc_event");
	record_mc_event(&mc, &self->rec, "read error", "DIMM A1");
	ASSERT_EQ(self->rec.header.size, record_write(fd, &self->rec));
	ASSERT_TRUE(ring_sample(&self->watch.ring[0], &pos, read_count(fd).id, &self->out));
	loc = field_get(&mc, &self->out, "msg");
	EXPECT_STREQ("read error", (char *)self->out.raw + (loc & 0xffff));
	loc = field_get(&mc, &self->out, "label");
	EXPECT_STREQ("DIMM A1", (char *)self->out.raw + (loc & 0xffff));
	/* The other event of the same buffer did not count it. */
	EXPECT_EQ(self->watch.count[0].value, read_count(self->fd).value);
	close(fd);
}

/* Time, CPU, ids and the common fields are the kernel's, whatever is written. */
TEST_F(deliver, kernel_stamps)
{
	struct format *mce = &self->mce;
	__u64 pos = self->watch.head[0], id, before;
	int cpu;

	ASSERT_EQ(self->rec.header.size, record_write(self->fd, &self->rec));
	ASSERT_TRUE(ring_sample(&self->watch.ring[0], &pos, 0, &self->out));
	before = self->out.time;

	self->rec.header.misc = PERF_RECORD_MISC_USER;
	self->rec.ip = 0xffffffff81234567;
	self->rec.pid = 0x6fffffff;
	self->rec.tid = 0x6fffffff;
	self->rec.time = 1;
	self->rec.id = 0xdead;
	self->rec.cpu = 77;
	field_set(mce, &self->rec, "common_type", 0xffff);
	field_set(mce, &self->rec, "common_flags", 0xff);
	field_set(mce, &self->rec, "common_preempt_count", 0xff);
	field_set(mce, &self->rec, "common_pid", 0x6fffffff);
	for (cpu = 0; cpu < self->watch.cpus; cpu++) {
		/* From the CPU itself and from another one. */
		ASSERT_TRUE(pin_to_cpu(cpu));
		ASSERT_EQ(self->rec.header.size, record_write(self->fd, &self->rec));
		ASSERT_TRUE(ring_sample(&self->watch.ring[0], &pos, 0, &self->out));
		EXPECT_LT(before, self->out.time);
		EXPECT_EQ(0, self->out.cpu);
		ASSERT_EQ(0, ioctl(self->fd, PERF_EVENT_IOC_ID, &id));
		EXPECT_EQ(id, self->out.id);
		EXPECT_NE(0x6fffffff, self->out.pid);
		EXPECT_NE(0x6fffffff, self->out.tid);
		EXPECT_EQ(tracepoint_id("mce_record"),
			  field_get(mce, &self->out, "common_type"));
		EXPECT_NE(0x6fffffff, field_get(mce, &self->out, "common_pid"));
		EXPECT_NE(0xff, field_get(mce, &self->out, "common_flags"));
		/* The payload is the writer's. */
		EXPECT_EQ(0xffffffff81234567, self->out.ip);
		EXPECT_EQ(0, memcmp(self->rec.raw + 8, self->out.raw + 8, mce->end - 8));
		before = self->out.time;
	}
}

/* Where the machine check that DRIVER level raised arrived, or -1. */
static int find_driver(struct watch *w, const struct format *mce, __u64 addr, struct record *out)
{
	int i;

	for (i = 0; i < w->cpus; i++) {
		__u64 pos = w->head[i];

		while (ring_sample(&w->ring[i], &pos, w->count[i].id, out))
			if (field_get(mce, out, "addr") == addr)
				return i;
	}
	return -1;
}

TEST_F(deliver, driver_level)
{
	static const char * const kept[] = {
		"status", "misc", "bank", "cpu", "mcgstatus", "synd", NULL
	};
	const char * const *name;
	int cpu, where = -1;

	for (cpu = 0; cpu < self->watch.cpus; cpu++) {
		__u64 addr = 0x7770000 + 0x1000 * cpu;

		watch_mark(&self->watch);
		record_mce(&self->mce, &self->rec, cpu, 5, STATUS_CE | 1ull << 62, addr);
		field_set(&self->mce, &self->rec, "misc", 0x8d);
		field_set(&self->mce, &self->rec, "mcgstatus", 1);
		field_set(&self->mce, &self->rec, "synd", 0x5511223344);
		self->rec.header.misc = PERF_RECORD_MISC_INJECT_DRIVER;
		ASSERT_EQ(self->rec.header.size, record_write(self->fd, &self->rec));
		ASSERT_TRUE(eventually(20, (where = find_driver(&self->watch, &self->mce, addr,
								&self->out)) >= 0));
		for (name = kept; *name; name++) {
			EXPECT_EQ(field_get(&self->mce, &self->rec, *name),
				  field_get(&self->mce, &self->out, *name)) {
				TH_LOG("%s of cpu %d", *name, cpu);
			}
		}
		EXPECT_EQ(where, self->out.cpu);
	}
}

/* Through the decode chain: the kernel's own decoder says it too. */
TEST_F(deliver, driver_level_is_no_stream)
{
	__u64 addr = 0x6660000;
	bool stream;

	/* At STREAM level the event is there when write() returns, at DRIVER level later. */
	ASSERT_TRUE(pin_to_cpu(0));
	record_mce(&self->mce, &self->rec, 0, 5, STATUS_CE, addr);
	ASSERT_EQ(self->rec.header.size, record_write(self->fd, &self->rec));
	stream = find_driver(&self->watch, &self->mce, addr, &self->out) == 0;
	EXPECT_TRUE(stream);
	EXPECT_EQ(getpid(), (pid_t)self->out.pid);

	record_mce(&self->mce, &self->rec, 0, 5, STATUS_CE, addr + 0x1000);
	self->rec.header.misc = PERF_RECORD_MISC_INJECT_DRIVER;
	ASSERT_EQ(self->rec.header.size, record_write(self->fd, &self->rec));
	ASSERT_TRUE(eventually(20, find_driver(&self->watch, &self->mce, addr + 0x1000,
					       &self->out) >= 0));
	/* From the worker that runs the chain, not from the writer. */
	EXPECT_NE(getpid(), (pid_t)self->out.pid);
}

/* Lines of this process since @log was last read */
static int lines_logged(int log)
{
	char line[8192], pid[32];
	int seen = 0;
	ssize_t n;

	snprintf(pid, sizeof(pid), "[%d]", getpid());
	while ((n = read(log, line, sizeof(line) - 1)) > 0) {
		line[n] = '\0';
		seen += strstr(line, "perf: inject: ") && strstr(line, pid);
	}
	return seen;
}

static int log_open(void)
{
	int log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK);

	if (log >= 0)
		lseek(log, 0, SEEK_END);
	return log;
}

/*
 * The kernel log tells who injects: once per fd, whatever is written through it. Others have
 * injected before, so the first line may be one too many: a later fd has one.
 */
TEST_F(deliver, is_logged_once)
{
	int log = log_open(), fd = -1;

	if (log < 0)
		SKIP(return, "no /dev/kmsg");
	ASSERT_TRUE(eventually(30, ({
		close(fd);
		fd = persistent_open("mce_record", 0);
		record_write(fd, &self->rec) == self->rec.header.size && lines_logged(log) == 1;
	})));
	ASSERT_EQ(self->rec.header.size, record_write(fd, &self->rec));
	EXPECT_EQ(0, lines_logged(log));
	close(fd);
	close(log);
}

/* A storm of them is not: the log is limited, what is injected is not. */
TEST_F(deliver, through_many_fds)
{
	struct perf_event_attr attr = tracepoint_attr("mce_record");
	int log = log_open(), listener, fd, i, lines;

	if (log < 0)
		SKIP(return, "no /dev/kmsg");
	listener = tracepoint_open("mce_record", 0);
	ASSERT_LE(0, listener);
	for (i = 0; i < 300; i++) {
		fd = perf_open(&attr, -1, 0, -1, 0);
		ASSERT_LE(0, fd);
		ASSERT_EQ(self->rec.header.size, record_write(fd, &self->rec));
		close(fd);
	}
	EXPECT_EQ(300, read_count(listener).value);
	lines = lines_logged(log);
	EXPECT_GT(300, lines) {
		TH_LOG("%d lines", lines);
	}
	close(listener);
	close(log);
}

TEST_HARNESS_MAIN
