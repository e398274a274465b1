// SPDX-License-Identifier: GPL-2.0
/* On which events, with which sample_type, write() is possible. */
#include "../kselftest_harness.h"
#include "record.h"

FIXTURE(event) {
	struct perf_event_attr attr;
	struct format mce;
	struct watch watch;
	struct record rec;
	int fd;
};

FIXTURE_SETUP(event)
{
	const char *why = setup_inject(0, &self->fd, &self->mce);

	if (why)
		SKIP(return, "%s", why);
	close(self->fd);
	self->fd = -1;
	self->attr = tracepoint_attr("mce_record");
	record_mce(&self->mce, &self->rec, 0, 1, STATUS_CE, 0x1000);
	watch_open(&self->watch, "mce_record");
}

FIXTURE_TEARDOWN(event)
{
	watch_close(&self->watch);
	close(self->fd);
}

/* What the kernel would have to believe, or cannot find its way through. */
TEST_F(event, sample_type_not_writable)
{
	static const __u64 types[] = {
		SAMPLE_TYPE & ~PERF_SAMPLE_RAW,
		SAMPLE_TYPE | PERF_SAMPLE_REGS_INTR,
		SAMPLE_TYPE | PERF_SAMPLE_REGS_USER,
		SAMPLE_TYPE | PERF_SAMPLE_STACK_USER,
	};
	size_t i;

	self->attr.sample_regs_user = 1;
	self->attr.sample_regs_intr = 1;
	self->attr.sample_stack_user = 64;
	for (i = 0; i < ARRAY_SIZE(types); i++) {
		self->attr.sample_type = types[i];
		self->fd = perf_open(&self->attr, -1, 0, -1, 0);
		ASSERT_LE(0, self->fd);
		EXPECT_EQ(-EOPNOTSUPP, record_write(self->fd, &self->rec)) {
			TH_LOG("sample_type %#llx", types[i]);
		}
		close(self->fd);
	}
	self->fd = -1;
	EXPECT_TRUE(watch_quiet(&self->watch));
}

/* A record that lacks what its event's layout has */
TEST_F(event, sample_type_of_another)
{
	static const __u64 more[] = {
		PERF_SAMPLE_CALLCHAIN, PERF_SAMPLE_READ, PERF_SAMPLE_TRANSACTION,
		PERF_SAMPLE_DATA_SRC, PERF_SAMPLE_WEIGHT, PERF_SAMPLE_PHYS_ADDR,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(more); i++) {
		self->attr.sample_type = SAMPLE_TYPE | more[i];
		self->fd = perf_open(&self->attr, -1, 0, -1, 0);
		ASSERT_LE(0, self->fd);
		EXPECT_EQ(-EINVAL, record_write(self->fd, &self->rec)) {
			TH_LOG("sample_type with %#llx", more[i]);
		}
		close(self->fd);
	}
	self->fd = -1;
	EXPECT_TRUE(watch_quiet(&self->watch));
}

/* Whatever layout perf has captured it in, it can be written back in it. */
TEST_F(event, captured_and_written_back)
{
	static const struct {
		__u64 type, read_format;
	} layouts[] = {
		{ PERF_SAMPLE_CALLCHAIN, 0 },
		{ PERF_SAMPLE_READ, 0 },
		{ PERF_SAMPLE_READ, PERF_FORMAT_ID | PERF_FORMAT_LOST },
		{ PERF_SAMPLE_READ, PERF_FORMAT_TOTAL_TIME_ENABLED |
				    PERF_FORMAT_TOTAL_TIME_RUNNING },
		{ PERF_SAMPLE_READ, PERF_FORMAT_GROUP | PERF_FORMAT_ID |
				    PERF_FORMAT_TOTAL_TIME_RUNNING },
		{ PERF_SAMPLE_PERIOD | PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_ADDR |
		  PERF_SAMPLE_STREAM_ID, 0 },
		{ PERF_SAMPLE_WEIGHT | PERF_SAMPLE_DATA_SRC | PERF_SAMPLE_TRANSACTION, 0 },
		{ PERF_SAMPLE_PHYS_ADDR | PERF_SAMPLE_CALLCHAIN, 0 },
		{ PERF_SAMPLE_DATA_PAGE_SIZE | PERF_SAMPLE_CODE_PAGE_SIZE, 0 },
		{ PERF_SAMPLE_CALLCHAIN | PERF_SAMPLE_READ | PERF_SAMPLE_WEIGHT_STRUCT,
		  PERF_FORMAT_GROUP | PERF_FORMAT_LOST },
	};
	struct record *again = &self->rec, first;
	struct ring ring;
	size_t i;
	int via;

	via = tracepoint_open("mce_record", 0);
	ASSERT_LE(0, via);
	for (i = 0; i < ARRAY_SIZE(layouts); i++) {
		__u64 pos = 0;

		record_mce(&self->mce, &self->rec, 0, 1, STATUS_CE, 0x1000);
		self->attr.sample_type = SAMPLE_TYPE | layouts[i].type;
		self->attr.read_format = layouts[i].read_format;
		self->fd = perf_open(&self->attr, -1, 0, -1, 0);
		ASSERT_LE(0, self->fd) {
			TH_LOG("layout %zu", i);
		}
		ASSERT_EQ(0, ring_map(&ring, self->fd, PROT_READ | PROT_WRITE));
		ASSERT_EQ(self->rec.header.size, record_write(via, &self->rec));
		ASSERT_TRUE(ring_next(&ring, &pos, &first));
		EXPECT_EQ(first.header.size, record_write(self->fd, &first)) {
			TH_LOG("layout %zu, %#llx", i, self->attr.sample_type);
		}
		ASSERT_TRUE(ring_next(&ring, &pos, again));
		EXPECT_EQ(first.header.type, again->header.type);
		ring_unmap(&ring);
		close(self->fd);
	}
	self->fd = -1;
	close(via);
}

/* A counting open of the persistent event has no records to take. */
TEST_F(event, counting)
{
	self->attr = persistent_attr("mce_record");
	self->attr.sample_period = 0;
	self->attr.sample_type = PERF_SAMPLE_IDENTIFIER;
	self->fd = perf_open(&self->attr, -1, 0, -1, 0);
	ASSERT_LE(0, self->fd);
	EXPECT_EQ(-EOPNOTSUPP, record_write(self->fd, &self->rec));
	EXPECT_TRUE(watch_quiet(&self->watch));
}

/* All that may be there, in perf's order. */
TEST_F(event, widest_sample_type)
{
	struct {
		struct perf_event_header header;
		__u64 identifier, ip;
		__u32 pid, tid;
		__u64 time, addr, id, stream_id;
		__u32 cpu, reserved;
		__u64 period;
		__u32 raw_size;
		__u8 raw[124];
	} wide = {
		.header = { .type = PERF_RECORD_SAMPLE, .size = sizeof(wide) },
		.addr = 0xadd0,
		.period = 1000,
	};
	struct record out;
	__u64 pos;

	self->attr.sample_type = SAMPLE_TYPE | PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_ADDR |
				 PERF_SAMPLE_STREAM_ID | PERF_SAMPLE_PERIOD;
	self->fd = perf_open(&self->attr, -1, 0, -1, 0);
	ASSERT_LE(0, self->fd);
	wide.raw_size = self->rec.raw_size;
	wide.header.size = offsetof(typeof(wide), raw) + wide.raw_size;
	ASSERT_GE(sizeof(wide), wide.header.size);
	memcpy(wide.raw, self->rec.raw, wide.raw_size);
	ASSERT_EQ(wide.header.size, write(self->fd, &wide, wide.header.size));
	pos = self->watch.head[0];
	ASSERT_TRUE(ring_sample(&self->watch.ring[0], &pos, 0, &out));
	EXPECT_EQ(0, memcmp(self->rec.raw + 8, out.raw + 8, self->mce.end - 8));
	/* Once: how often it happened is not the writer's to say. */
	EXPECT_FALSE(ring_sample(&self->watch.ring[0], &pos, 0, &out));
	EXPECT_EQ(self->watch.count[0].value + 1, read_count(self->watch.fd[0]).value);
	/* Its layout is not that of the buffer's records. */
	EXPECT_EQ(-EINVAL, record_write(self->fd, &self->rec));
}

/* The least: RAW alone. */
TEST_F(event, narrowest_sample_type)
{
	struct {
		struct perf_event_header header;
		__u32 raw_size;
		__u8 raw[124];
	} narrow = {
		.header.type = PERF_RECORD_SAMPLE,
	};

	self->attr.sample_type = PERF_SAMPLE_RAW;
	self->fd = perf_open(&self->attr, -1, 0, -1, 0);
	ASSERT_LE(0, self->fd);
	narrow.raw_size = self->rec.raw_size;
	narrow.header.size = offsetof(typeof(narrow), raw) + narrow.raw_size;
	memcpy(narrow.raw, self->rec.raw, narrow.raw_size);
	EXPECT_EQ(narrow.header.size, write(self->fd, &narrow, narrow.header.size));
	EXPECT_EQ(self->watch.count[0].value + 1, read_count(self->watch.fd[0]).value);
}

/* An event bound to a task: on the CPU where the writer is. */
TEST_F(event, any_cpu)
{
	int cpu;

	if (buffer_cpus() < 2)
		SKIP(return, "needs two CPUs");
	self->fd = perf_open(&self->attr, 0, -1, -1, 0);
	ASSERT_LE(0, self->fd);
	for (cpu = 0; cpu < 2; cpu++) {
		ASSERT_TRUE(pin_to_cpu(cpu));
		watch_mark(&self->watch);
		ASSERT_EQ(self->rec.header.size, record_write(self->fd, &self->rec));
		EXPECT_EQ(self->watch.count[cpu].value + 1, read_count(self->watch.fd[cpu]).value);
		EXPECT_EQ(self->watch.count[!cpu].value, read_count(self->watch.fd[!cpu]).value);
	}
}

/* Pointers would be followed by whoever prints the event. */
FIXTURE(pointer) {
	int fd;
};

FIXTURE_VARIANT(pointer) {
	const char *system;
	const char *event;
};

FIXTURE_VARIANT_ADD(pointer, to_object) {
	.system = "timer",
	.event = "timer_init",
};

FIXTURE_VARIANT_ADD(pointer, to_string) {
	.system = "rcu",
	.event = "rcu_utilization",
};

FIXTURE_VARIANT_ADD(pointer, to_function) {
	.system = "timer",
	.event = "timer_start",
};

FIXTURE_SETUP(pointer)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT,
		.sample_type = SAMPLE_TYPE,
		.sample_period = 1,
	};
	char path[256], id[16];

	self->fd = -1;
	if (!persistent_usable())
		SKIP(return, "no persistent events here, or not root");
	snprintf(path, sizeof(path), TRACEFS "/events/%s/%s/id", variant->system, variant->event);
	if (read_text(path, id, sizeof(id)))
		SKIP(return, "no %s:%s here", variant->system, variant->event);
	attr.config = atoi(id);
	self->fd = perf_open(&attr, -1, 0, -1, 0);
	ASSERT_LE(0, self->fd);
	if (!can_inject(self->fd))
		SKIP(return, "perf fds cannot be written");
}

FIXTURE_TEARDOWN(pointer)
{
	close(self->fd);
}

TEST_F(pointer, refused)
{
	struct record rec = {};
	struct format format;

	format_read(&format, variant->system, variant->event);
	record_finish(&rec, format.end);
	EXPECT_EQ(-EOPNOTSUPP, record_write(self->fd, &rec));
}

TEST_HARNESS_MAIN
