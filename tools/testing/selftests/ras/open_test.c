// SPDX-License-Identifier: GPL-2.0
/* What may be opened, mapped and waited for, and by whom. */
#include "../kselftest_harness.h"
#include "persist.h"

#define PARANOID	"/proc/sys/kernel/perf_event_paranoid"

FIXTURE(open) {
	struct perf_event_attr attr;
	struct ring ring;
	int fd;
};

FIXTURE_SETUP(open)
{
	self->fd = -1;
	if (!persistent_usable())
		SKIP(return, "no persistent events here, or not root");
	drain(0);
	self->attr = persistent_attr("mce_record");
	self->fd = perf_open(&self->attr, -1, 0, -1, 0);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(open)
{
	ring_unmap(&self->ring);
	close(self->fd);
}

/* One thing wrong with an open that is right otherwise. */
FIXTURE(refused) {
	struct perf_event_attr attr;
};

FIXTURE_VARIANT(refused) {
	void (*spoil)(struct perf_event_attr *attr);
	int pid;
	int cpu;
	int error;
};

FIXTURE_SETUP(refused)
{
	if (!persistent_usable())
		SKIP(return, "no persistent events here, or not root");
	self->attr = persistent_attr("mce_record");
}

FIXTURE_TEARDOWN(refused)
{
}

#define REFUSED(name_, error_, pid_, cpu_, statement)			\
static void spoil_##name_(struct perf_event_attr *attr)			\
{									\
	statement;							\
}									\
FIXTURE_VARIANT_ADD(refused, name_) {					\
	.spoil = spoil_##name_, .error = error_, .pid = pid_, .cpu = cpu_, \
}

REFUSED(less_sample_type, EINVAL, -1, 0, attr->sample_type &= ~PERF_SAMPLE_CPU);
REFUSED(more_sample_type, EINVAL, -1, 0, attr->sample_type |= PERF_SAMPLE_ADDR);
REFUSED(identifier, EINVAL, -1, 0, attr->sample_type |= PERF_SAMPLE_IDENTIFIER);
REFUSED(period_2, EINVAL, -1, 0, attr->sample_period = 2);
REFUSED(frequency, EINVAL, -1, 0, attr->freq = 1; attr->sample_freq = 100);
REFUSED(clockid, EINVAL, -1, 0, attr->use_clockid = 1; attr->clockid = CLOCK_MONOTONIC);
REFUSED(side_mmap, EINVAL, -1, 0, attr->mmap = 1);
REFUSED(side_mmap2, EINVAL, -1, 0, attr->mmap = 1; attr->mmap2 = 1);
REFUSED(side_mmap_data, EINVAL, -1, 0, attr->mmap_data = 1);
REFUSED(side_comm, EINVAL, -1, 0, attr->comm = 1);
REFUSED(side_task, EINVAL, -1, 0, attr->task = 1);
REFUSED(side_switch, EINVAL, -1, 0, attr->context_switch = 1);
REFUSED(side_ksymbol, EINVAL, -1, 0, attr->ksymbol = 1);
REFUSED(side_bpf, EINVAL, -1, 0, attr->bpf_event = 1);
REFUSED(side_text_poke, EINVAL, -1, 0, attr->text_poke = 1);
REFUSED(backward, EINVAL, -1, 0, attr->write_backward = 1);
REFUSED(exclude_kernel, EINVAL, -1, 0, attr->exclude_kernel = 1);
REFUSED(task, EINVAL, 0, 0, (void)attr);
REFUSED(task_any_cpu, EINVAL, 0, -1, (void)attr);
REFUSED(config_unknown, ENOENT, -1, 0, attr->config = 4711);
REFUSED(config_high_bits, ENOENT, -1, 0, attr->config |= 1ull << 40);
REFUSED(config_zero, ENOENT, -1, 0, attr->config = 0);
REFUSED(buffer_of_absent_cpu, ENXIO, -1, 0, attr->config1 = 1 + 4095);
REFUSED(buffer_of_huge_cpu, ENXIO, -1, 0, attr->config1 = 0xffffffff);
REFUSED(buffer_high_bits, ENXIO, -1, 0, attr->config1 = 1ull << 32);
REFUSED(counting_absent_buffer, ENXIO, -1, 0, attr->sample_period = 0; attr->config1 = 4096);

TEST_F(refused, open)
{
	struct perf_event_attr good = self->attr;
	int fd;

	variant->spoil(&self->attr);
	fd = perf_open(&self->attr, variant->pid, variant->cpu, -1, 0);
	ASSERT_EQ(-1, fd) close(fd);
	/* For an unknown event it may be either, depending on perf core. */
	if (variant->error == ENOENT && errno == EINVAL)
		errno = ENOENT;
	EXPECT_EQ(variant->error, errno);

	/* Nothing is left behind that spoils the next one. */
	fd = perf_open(&good, -1, 0, -1, 0);
	EXPECT_LE(0, fd);
	close(fd);
}

TEST_F(open, what_perf_asks_for)
{
	/* Debian's perf record -R -a -c 1, perf 6.1. */
	struct perf_event_attr attr = self->attr;
	int fd;

	attr.inherit = 1;
	attr.exclude_guest = 1;
	attr.wakeup_events = 0;
	fd = perf_open(&attr, -1, 0, -1, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(0, ring_map(&self->ring, fd, PROT_READ | PROT_WRITE));
	close(fd);

	/* perf record without side-band asks for no sample_id_all. */
	attr.sample_id_all = 0;
	fd = perf_open(&attr, -1, 0, -1, 0);
	EXPECT_LE(0, fd);
	close(fd);
}

TEST_F(open, counting)
{
	struct perf_event_attr attr = self->attr;
	struct ring ring;
	__u64 count = 0;
	int fd;

	attr.sample_period = 0;
	attr.sample_type = PERF_SAMPLE_IDENTIFIER;
	attr.read_format = 0;
	fd = perf_open(&attr, -1, 0, -1, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ((ssize_t)sizeof(count), read(fd, &count, sizeof(count)));
	EXPECT_EQ(read_count(self->fd).value, count);
	EXPECT_EQ(-EINVAL, ring_map(&ring, fd, PROT_READ));
	EXPECT_EQ(-EINVAL, ring_map(&ring, fd, PROT_READ | PROT_WRITE));
	close(fd);
}

TEST_F(open, mapping_sizes)
{
	size_t page = sysconf(_SC_PAGESIZE), len = map_len();
	const size_t sizes[] = {
		page, 2 * page, len - page, len + page, 2 * len - page,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		EXPECT_EQ(MAP_FAILED, mmap(NULL, sizes[i], PROT_READ, MAP_SHARED, self->fd, 0));
		EXPECT_EQ(EINVAL, errno) TH_LOG("%zu bytes", sizes[i]);
	}
	EXPECT_EQ(MAP_FAILED, mmap(NULL, len, PROT_READ, MAP_PRIVATE, self->fd, 0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, len, PROT_READ, MAP_SHARED, self->fd, page));
	EXPECT_EQ(EINVAL, errno);
	/* None of the failures took the consumer's place. */
	EXPECT_EQ(0, ring_map(&self->ring, self->fd, PROT_READ | PROT_WRITE));
	EXPECT_EQ(len - page, self->ring.page->data_size);
	EXPECT_EQ(page, self->ring.page->data_offset);
}

TEST_F(open, pause_output)
{
	EXPECT_EQ(-1, ioctl(self->fd, PERF_EVENT_IOC_PAUSE_OUTPUT, 1));
	EXPECT_EQ(EOPNOTSUPP, errno);
	ASSERT_EQ(0, ring_map(&self->ring, self->fd, PROT_READ | PROT_WRITE));
	EXPECT_EQ(-1, ioctl(self->fd, PERF_EVENT_IOC_PAUSE_OUTPUT, 1));
	EXPECT_EQ(EOPNOTSUPP, errno);
}

TEST_F(open, unprivileged)
{
	char paranoid[16];
	int status;
	pid_t pid;

	ASSERT_EQ(0, read_text(PARANOID, paranoid, sizeof(paranoid)));
	ASSERT_EQ(0, write_text(PARANOID, "2"));
	pid = fork();
	if (!pid) {
		int fd;

		if (setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534))
			_exit(1);
		fd = perf_open(&self->attr, -1, 0, -1, 0);
		if (fd >= 0)
			_exit(2);
		if (errno != EACCES && errno != EPERM)
			_exit(3);
		self->attr.sample_period = 0;
		fd = perf_open(&self->attr, -1, 0, -1, 0);
		if (fd >= 0)
			_exit(4);
		if (errno != EACCES && errno != EPERM)
			_exit(5);
		_exit(0);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(0, write_text(PARANOID, paranoid));
}

/* CPU-wide events for all must not mean machine check contents for all. */
TEST_F(open, unprivileged_paranoid_0)
{
	char paranoid[16];
	int status;
	pid_t pid;

	ASSERT_EQ(0, read_text(PARANOID, paranoid, sizeof(paranoid)));
	ASSERT_EQ(0, write_text(PARANOID, "0"));
	pid = fork();
	if (!pid) {
		if (setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534))
			_exit(1);
		if (perf_open(&self->attr, -1, 0, -1, 0) >= 0)
			_exit(2);
		_exit(0);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(0, write_text(PARANOID, paranoid));
}

TEST_F(open, poll_each_reader_has_its_own_wakeup)
{
	struct pollfd a = { .fd = self->fd, .events = POLLIN };
	struct pollfd b = { .fd = persistent_open("mc_event", 0), .events = POLLIN };
	struct format mce;

	ASSERT_LE(0, b.fd);
	if (!can_inject(self->fd))
		SKIP(return, "perf fds cannot be written");
	format_read(&mce, "mce", "mce_record");
	/* The buffer is empty, and nothing happens. */
	EXPECT_EQ(0, poll(&a, 1, 200));
	EXPECT_EQ(0, poll(&b, 1, 200));

	ASSERT_EQ(0, inject_many(self->fd, &mce, 0x1000, 1));
	EXPECT_EQ(1, poll(&a, 1, 20000));
	EXPECT_EQ(POLLIN, a.revents);
	EXPECT_EQ(1, poll(&b, 1, 20000));
	EXPECT_EQ(POLLIN, b.revents);

	/* Told once; told again when there is more. */
	EXPECT_EQ(0, poll(&a, 1, 200));
	EXPECT_EQ(0, poll(&b, 1, 200));
	ASSERT_EQ(0, inject_many(self->fd, &mce, 0x1001, 1));
	EXPECT_EQ(1, poll(&b, 1, 20000));
	EXPECT_EQ(1, poll(&a, 1, 20000));
	close(b.fd);

	/* Somebody who comes later is told of what is unread. */
	b.fd = persistent_open("mce_record", 0);
	ASSERT_LE(0, b.fd);
	EXPECT_EQ(1, poll(&b, 1, 0));
	close(b.fd);
}

TEST_F_TIMEOUT(open, poll_wakes_sleeping_readers, 90)
{
	struct pollfd p = { .events = POLLIN };
	struct format mce;
	pid_t pid[2];
	int i;

	if (!can_inject(self->fd))
		SKIP(return, "perf fds cannot be written");
	format_read(&mce, "mce", "mce_record");
	for (i = 0; i < 2; i++) {
		p.fd = persistent_open("mce_record", 0);
		ASSERT_LE(0, p.fd);
		poll(&p, 1, 0);
		pid[i] = poll_begin(p.fd);
		close(p.fd);
	}
	ASSERT_EQ(0, inject_many(self->fd, &mce, 0x1000, 1));
	for (i = 0; i < 2; i++)
		EXPECT_EQ(POLLIN, poll_end(pid[i]));
}

TEST_HARNESS_MAIN
