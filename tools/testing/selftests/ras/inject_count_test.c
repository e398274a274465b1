// SPDX-License-Identifier: GPL-2.0
/* Injection into counters: software events, clocks, and what has no hardware here. */
#include "../kselftest_harness.h"
#include "persist.h"

#define COUNT_TYPE (PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_ADDR | \
		    PERF_SAMPLE_ID | PERF_SAMPLE_STREAM_ID | PERF_SAMPLE_CPU | PERF_SAMPLE_PERIOD)

/* Nobody waits for so long, nor does so much happen by itself. */
#define HOUR	(3600ull * 1000 * 1000 * 1000)

struct count_sample {
	struct perf_event_header header;
	__u64 ip;
	__u32 pid, tid;
	__u64 time, addr, id, stream_id;
	__u32 cpu, reserved;
	__u64 period;
};

static struct count_sample sample_of(__u64 period)
{
	return (struct count_sample) {
		.header = {
			.type = PERF_RECORD_SAMPLE,
			.misc = PERF_RECORD_MISC_KERNEL,
			.size = sizeof(struct count_sample),
		},
		.ip = 0xffffffff81234567,
		.addr = 0xadd12355,
		.stream_id = 0x57123a,
		.period = period,
	};
}

static int inject(int fd, const struct count_sample *s)
{
	ssize_t n = write(fd, s, s->header.size);

	return n < 0 ? -errno : n;
}

static int inject_period(int fd, __u64 period)
{
	struct count_sample s = sample_of(period);

	return inject(fd, &s);
}

static struct perf_event_attr count_attr(__u32 type, __u64 config, __u64 period)
{
	return (struct perf_event_attr) {
		.type = type,
		.config = config,
		.sample_type = COUNT_TYPE,
		.sample_period = period,
		.read_format = PERF_FORMAT_ID | PERF_FORMAT_LOST,
	};
}

static int count_open(__u32 type, __u64 config, __u64 period, int cpu)
{
	struct perf_event_attr attr = count_attr(type, config, period);

	return perf_open(&attr, -1, cpu, -1, 0);
}

/* The samples of a ring, as its event lays them out. */
static bool next_sample(const struct ring *ring, __u64 *pos, struct record *out)
{
	while (ring_next(ring, pos, out))
		if (out->header.type == PERF_RECORD_SAMPLE)
			return true;
	return false;
}

static const char *usable(void)
{
	int fd = count_open(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_ALIGNMENT_FAULTS, 0, 0);
	const char *why = NULL;

	if (fd < 0)
		return "not root, or no perf";
	if (!can_inject(fd))
		why = "perf fds cannot be written";
	close(fd);
	return why;
}

FIXTURE(counter) {
	int fd;
};

FIXTURE_VARIANT(counter) {
	__u64 config;
	__u64 slack;		/* what may be counted in the meantime */
};

FIXTURE_VARIANT_ADD(counter, alignment_faults) {
	.config = PERF_COUNT_SW_ALIGNMENT_FAULTS, .slack = 0,
};

FIXTURE_VARIANT_ADD(counter, emulation_faults) {
	.config = PERF_COUNT_SW_EMULATION_FAULTS, .slack = 0,
};

FIXTURE_VARIANT_ADD(counter, page_faults) {
	.config = PERF_COUNT_SW_PAGE_FAULTS, .slack = 100000,
};

FIXTURE_VARIANT_ADD(counter, minor_faults) {
	.config = PERF_COUNT_SW_PAGE_FAULTS_MIN, .slack = 100000,
};

FIXTURE_VARIANT_ADD(counter, major_faults) {
	.config = PERF_COUNT_SW_PAGE_FAULTS_MAJ, .slack = 1000,
};

FIXTURE_VARIANT_ADD(counter, context_switches) {
	.config = PERF_COUNT_SW_CONTEXT_SWITCHES, .slack = 100000,
};

FIXTURE_VARIANT_ADD(counter, cpu_migrations) {
	.config = PERF_COUNT_SW_CPU_MIGRATIONS, .slack = 10000,
};

FIXTURE_VARIANT_ADD(counter, cgroup_switches) {
	.config = PERF_COUNT_SW_CGROUP_SWITCHES, .slack = 1000,
};

FIXTURE_VARIANT_ADD(counter, cpu_clock) {
	.config = PERF_COUNT_SW_CPU_CLOCK, .slack = HOUR,
};

FIXTURE_VARIANT_ADD(counter, task_clock) {
	.config = PERF_COUNT_SW_TASK_CLOCK, .slack = HOUR,
};

FIXTURE_SETUP(counter)
{
	const char *why = usable();

	self->fd = -1;
	if (why)
		SKIP(return, "%s", why);
	self->fd = count_open(PERF_TYPE_SOFTWARE, variant->config, 0, 0);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(counter)
{
	close(self->fd);
}

/* @fd has counted @n more than @before, and what may happen by itself */
#define EXPECT_COUNTED(fd, before, n) do {					\
	__u64 more = read_count(fd).value - (before);				\
	EXPECT_LE(n, more);							\
	EXPECT_GE((n) + variant->slack, more);					\
} while (0)

TEST_F(counter, every_listener_of_the_cpu)
{
	int same = count_open(PERF_TYPE_SOFTWARE, variant->config, 0, 0);
	int there = buffer_cpus() > 1 ? count_open(PERF_TYPE_SOFTWARE, variant->config, 0, 1) : -1;
	__u64 n = 100 * HOUR, before = read_count(self->fd).value;
	__u64 before_same, before_there = there < 0 ? 0 : read_count(there).value;

	ASSERT_LE(0, same);
	before_same = read_count(same).value;
	ASSERT_EQ(sizeof(struct count_sample), inject_period(self->fd, n));
	EXPECT_COUNTED(self->fd, before, n);
	EXPECT_COUNTED(same, before_same, n);
	if (there >= 0)
		EXPECT_COUNTED(there, before_there, 0);
	close(same);
	close(there);
}

TEST_F(counter, a_batch)
{
	__u64 before = read_count(self->fd).value, n = 0;
	struct count_sample batch[100];
	int i;

	for (i = 0; i < 100; i++) {
		batch[i] = sample_of(HOUR + i);
		n += HOUR + i;
	}
	ASSERT_EQ(sizeof(batch), write(self->fd, batch, sizeof(batch)));
	EXPECT_COUNTED(self->fd, before, n);
}

/* A sampling listener overflows when the period is full, not before. */
TEST_F(counter, samples)
{
	struct perf_event_attr attr = count_attr(PERF_TYPE_SOFTWARE, variant->config, 10 * HOUR);
	struct {
		struct perf_event_header header;
		__u64 ip;
		__u32 pid, tid;
		__u64 time, addr, id, stream_id;
		__u32 cpu, reserved;
	} *out;
	static struct record rec;
	struct ring ring;
	__u64 pos = 0;
	int listener;

	out = (void *)&rec;
	/* With a period in the record, perf samples each hit of the software events. */
	attr.sample_type &= ~PERF_SAMPLE_PERIOD;
	listener = perf_open(&attr, -1, 0, -1, 0);
	ASSERT_LE(0, listener);
	ASSERT_EQ(0, ring_map(&ring, listener, RW));

	ASSERT_LT(0, inject_period(self->fd, 4 * HOUR));
	ASSERT_LT(0, inject_period(self->fd, 4 * HOUR));
	EXPECT_FALSE(next_sample(&ring, &pos, &rec));
	ASSERT_LT(0, inject_period(self->fd, 4 * HOUR));
	ASSERT_TRUE(next_sample(&ring, &pos, &rec));
	EXPECT_EQ(0xffffffff81234567, out->ip);
	EXPECT_EQ(0xadd12355, out->addr);
	EXPECT_EQ(0, out->cpu);
	EXPECT_EQ(read_count(listener).id, out->id);
	EXPECT_EQ(PERF_RECORD_MISC_KERNEL,
		  out->header.misc & PERF_RECORD_MISC_CPUMODE_MASK);
	EXPECT_FALSE(next_sample(&ring, &pos, &rec));

	/* Two hours are in the next period: thirty more make three. */
	ASSERT_LT(0, inject_period(self->fd, 30 * HOUR));
	ASSERT_TRUE(next_sample(&ring, &pos, &rec));
	ASSERT_TRUE(next_sample(&ring, &pos, &rec));
	ASSERT_TRUE(next_sample(&ring, &pos, &rec));
	EXPECT_FALSE(next_sample(&ring, &pos, &rec));
	ring_unmap(&ring);
	close(listener);
}

/* However many periods it is: perf throttles, the machine goes on. */
TEST_F(counter, a_storm)
{
	struct perf_event_attr attr = count_attr(PERF_TYPE_SOFTWARE, variant->config, 100000);
	__u64 before = read_count(self->fd).value;
	int listener;

	attr.sample_type &= ~PERF_SAMPLE_PERIOD;
	listener = perf_open(&attr, -1, 0, -1, 0);
	ASSERT_LE(0, listener);
	ASSERT_LT(0, inject_period(self->fd, 1ull << 62));
	EXPECT_COUNTED(self->fd, before, 1ull << 62);
	close(listener);
}

TEST_F(counter, mode)
{
	struct perf_event_attr attr = count_attr(PERF_TYPE_SOFTWARE, variant->config, 0);
	__u64 n = 100 * HOUR, before_user, before_kernel;
	struct count_sample s = sample_of(n);
	int user, kernel;

	attr.exclude_kernel = 1;
	user = perf_open(&attr, -1, 0, -1, 0);
	attr.exclude_kernel = 0;
	attr.exclude_user = 1;
	kernel = perf_open(&attr, -1, 0, -1, 0);
	ASSERT_LE(0, user);
	ASSERT_LE(0, kernel);

	before_user = read_count(user).value;
	before_kernel = read_count(kernel).value;
	ASSERT_EQ(sizeof(s), inject(self->fd, &s));
	EXPECT_COUNTED(user, before_user, 0);
	EXPECT_COUNTED(kernel, before_kernel, n);

	before_user = read_count(user).value;
	before_kernel = read_count(kernel).value;
	s.header.misc = PERF_RECORD_MISC_USER;
	ASSERT_EQ(sizeof(s), inject(self->fd, &s));
	EXPECT_COUNTED(user, before_user, n);
	EXPECT_COUNTED(kernel, before_kernel, 0);
	close(user);
	close(kernel);
}

TEST_F(counter, refused)
{
	__u64 before = read_count(self->fd).value;
	struct count_sample s;

	EXPECT_EQ(-EINVAL, inject_period(self->fd, 0));
	EXPECT_EQ(-EINVAL, inject_period(self->fd, 1ull << 63));
	s = sample_of(100 * HOUR);
	s.header.size -= 8;
	EXPECT_EQ(-EINVAL, inject(self->fd, &s));
	s = sample_of(100 * HOUR);
	s.header.misc = PERF_RECORD_MISC_INJECT_DRIVER;
	EXPECT_EQ(-EOPNOTSUPP, inject(self->fd, &s));
	s.header.misc = PERF_RECORD_MISC_INJECT_HARDWARE;
	EXPECT_EQ(-EOPNOTSUPP, inject(self->fd, &s));
	s.header.misc = PERF_RECORD_MISC_INJECT_FATAL;
	EXPECT_EQ(-EINVAL, inject(self->fd, &s));
	EXPECT_COUNTED(self->fd, before, 0);
}

/* Events that count nothing by themselves here. */
FIXTURE(quiet) {
	int fd;
};

FIXTURE_SETUP(quiet)
{
	const char *why = usable();

	self->fd = -1;
	if (why)
		SKIP(return, "%s", why);
	self->fd = count_open(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_ALIGNMENT_FAULTS, 0, 0);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(quiet)
{
	close(self->fd);
}

/* Without a period in the layout: that of the event, or one. */
TEST_F(quiet, default_period)
{
	struct {
		struct perf_event_header header;
		__u64 ip;
	} rec = {
		.header = { .type = PERF_RECORD_SAMPLE, .size = sizeof(rec) },
	};
	struct perf_event_attr attr = count_attr(PERF_TYPE_SOFTWARE,
						 PERF_COUNT_SW_ALIGNMENT_FAULTS, 0);
	int fd;

	attr.sample_type = PERF_SAMPLE_IP;
	fd = perf_open(&attr, -1, 0, -1, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(sizeof(rec), write(fd, &rec, sizeof(rec)));
	EXPECT_EQ(1, read_count(self->fd).value);
	close(fd);

	attr.sample_period = 1000;
	fd = perf_open(&attr, -1, 0, -1, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(sizeof(rec), write(fd, &rec, sizeof(rec)));
	EXPECT_EQ(1001, read_count(self->fd).value);
	close(fd);

	/* Nothing but a header is a layout, too. */
	attr.sample_period = 0;
	attr.sample_type = 0;
	fd = perf_open(&attr, -1, 0, -1, 0);
	ASSERT_LE(0, fd);
	rec.header.size = sizeof(rec.header);
	ASSERT_EQ(rec.header.size, write(fd, &rec, rec.header.size));
	EXPECT_EQ(1002, read_count(self->fd).value);
	close(fd);
}

/* A task's own event counts what is injected into it while it runs, and only then. */
TEST_F(quiet, per_task)
{
	struct perf_event_attr attr = count_attr(PERF_TYPE_SOFTWARE,
						 PERF_COUNT_SW_ALIGNMENT_FAULTS, 0);
	int *spin;
	int own, other, ret;
	pid_t pid;

	spin = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, (void *)spin);
	own = perf_open(&attr, 0, -1, -1, 0);
	ASSERT_LE(0, own);
	ASSERT_EQ(sizeof(struct count_sample), inject_period(own, 5));
	EXPECT_EQ(5, read_count(own).value);

	__atomic_store_n(spin, 1, __ATOMIC_SEQ_CST);
	pid = fork();
	if (!pid) {
		if (buffer_cpus() > 1)
			pin_to_cpu(1);
		__atomic_store_n(spin, 2, __ATOMIC_SEQ_CST);
		while (__atomic_load_n(spin, __ATOMIC_SEQ_CST) == 2)
			;
		pause();
	}
	other = perf_open(&attr, pid, -1, -1, 0);
	ASSERT_LE(0, other);
	ASSERT_TRUE(eventually(20, __atomic_load_n(spin, __ATOMIC_SEQ_CST) == 2));
	if (buffer_cpus() > 1) {
		ASSERT_TRUE(pin_to_cpu(0));
		ASSERT_TRUE(eventually(20, inject_period(other, 7) > 0));
		EXPECT_EQ(7, read_count(other).value);
		EXPECT_EQ(5, read_count(own).value);
	}
	__atomic_store_n(spin, 3, __ATOMIC_SEQ_CST);
	ASSERT_TRUE(eventually(20, asleep(pid)));
	ret = inject_period(other, 11);
	EXPECT_EQ(-EAGAIN, ret);
	EXPECT_GT(8, read_count(other).value);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(other);
	close(own);
}

/* A counter that the kernel keeps open is one more listener, and a way in. */
TEST_F(quiet, persistent)
{
	struct ring ring;
	struct record rec = { };
	__u64 pos = 0;
	int fd;

	if (!persist_usable())
		SKIP(return, "no PERF_EVENT_IOC_PERSIST");
	forget_tests();
	fd = event_open(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_ALIGNMENT_FAULTS, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, persist(fd, TEST_PREFIX "faults", "", 8, 0));
	close(fd);

	ASSERT_LT(0, inject_period(self->fd, 1));
	EXPECT_EQ(1, count_of(TEST_PREFIX "faults", 0));

	fd = persistent_open(TEST_PREFIX "faults", 0);
	ASSERT_LE(0, fd);
	record_finish(&rec, 0);
	rec.raw_size = 4;
	rec.header.size = RECORD_RAW_OFFSET + 4;
	rec.ip = 0x1234;
	ASSERT_EQ(rec.header.size, record_write(fd, &rec));
	EXPECT_EQ(2, read_count(self->fd).value);
	EXPECT_EQ(2, read_count(fd).value);
	ASSERT_EQ(0, ring_map_set(&ring, fd, RW, TEST_PREFIX "faults"));
	ASSERT_TRUE(ring_sample(&ring, &pos, 0, &rec));
	ASSERT_TRUE(ring_sample(&ring, &pos, 0, &rec));
	EXPECT_EQ(0x1234, rec.ip);
	/* What was captured can be written back. */
	ASSERT_EQ(rec.header.size, record_write(fd, &rec));
	EXPECT_EQ(3, read_count(self->fd).value);
	ring_unmap(&ring);
	close(fd);
	forget_tests();
}

/* Not every fd is a counter. */
TEST_F(quiet, no_counter)
{
	struct perf_event_attr attr = count_attr(PERF_TYPE_SOFTWARE,
						 PERF_COUNT_SW_BPF_OUTPUT, 1);
	int fd;

	fd = perf_open(&attr, -1, 0, -1, 0);
	if (fd >= 0) {
		EXPECT_EQ(-EOPNOTSUPP, inject_period(fd, 1));
		close(fd);
	}
	attr = count_attr(PERF_TYPE_BREAKPOINT, 0, 1);
	attr.bp_type = 3;	/* HW_BREAKPOINT_RW */
	attr.bp_addr = (__u64)(unsigned long)&attr;
	attr.bp_len = 4;
	fd = perf_open(&attr, 0, -1, -1, 0);
	if (fd >= 0) {
		EXPECT_EQ(-EOPNOTSUPP, inject_period(fd, 1));
		close(fd);
	}
}

/* Where there is no PMU, it is opening that says so. */
TEST_F(quiet, no_hardware)
{
	int fd = count_open(PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_MISSES, 0, 0);
	__u64 before;

	if (fd < 0) {
		EXPECT_EQ(ENOENT, errno);
		return;
	}
	before = read_count(fd).value;
	ASSERT_LT(0, inject_period(fd, 1ull << 40));
	EXPECT_LE(before + (1ull << 40), read_count(fd).value);
	close(fd);
}

TEST_HARNESS_MAIN
