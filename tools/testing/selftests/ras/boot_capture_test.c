// SPDX-License-Identifier: GPL-2.0
/*
 * Machine checks that were in the banks at power-on are in the buffers, as they
 * were planted, and were there before the first process.
 *
 * What was planted is read from the line of this test in the file "boots", where
 * also the one who boots the guest has it from. It looks without taking.
 */
#include "../kselftest_harness.h"
#include "record.h"

#define PLANTED_MAX	16

#define STATUS_ADDRV	0x0400000000000000ull
#define STATUS_MISCV	0x0800000000000000ull

/* In the order of QEMU's mce command. */
struct planted {
	__u64 cpu, bank, status, mcgstatus, addr, misc;
};

FIXTURE(boot) {
	struct planted planted[PLANTED_MAX];
	int nr;
	struct format mce;
	struct watch watch;
};

/* MCE='cpu bank status mcgstatus addr misc; …', the syntax of QEMU's monitor. */
static int parse_planted(struct planted *p)
{
	char line[1024], *at;
	FILE *file;
	int n = 0, i;

	/* It lies beside this program. */
	n = readlink("/proc/self/exe", line, sizeof(line) - sizeof("boots"));
	if (n < 0)
		die("/proc/self/exe");
	line[n] = '\0';
	memcpy(strrchr(line, '/') + 1, "boots", sizeof("boots"));
	n = 0;
	file = fopen(line, "r");
	if (!file)
		die("%s", line);
	while (fgets(line, sizeof(line), file)) {
		if (strncmp(line, "boot_capture_test|", 18))
			continue;
		at = strstr(line, "MCE='");
		for (; at && n < PLANTED_MAX; n++) {
			at += strcspn(at, ";'") + 1;
			for (i = 0; i < 6; i++)
				((__u64 *)&p[n])[i] = strtoull(at, &at, 0);
			if (*at != ';')
				at = NULL;
		}
	}
	fclose(file);
	return n;
}

FIXTURE_SETUP(boot)
{
	char cmdline[4096];

	if (!persistent_usable())
		SKIP(return, "no persistent events here, or not root");
	ASSERT_EQ(0, read_text("/proc/cmdline", cmdline, sizeof(cmdline)));
	if (!strstr(cmdline, "ras_selftest=planted"))
		SKIP(return, "not booted with planted machine checks: see boots");
	self->nr = parse_planted(self->planted);
	ASSERT_LE(2, self->nr);
	format_read(&self->mce, "mce", "mce_record");
	watch_open(&self->watch, "mce_record");
}

FIXTURE_TEARDOWN(boot)
{
	watch_close(&self->watch);
}

/* The time of the line with @text in the kernel log, in microseconds; 0 without. */
static __u64 log_time(const char *text)
{
	unsigned long long usec = 0, at;
	char line[8192];
	ssize_t n;
	int log;

	log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK);
	if (log < 0)
		die("/dev/kmsg");
	while ((n = read(log, line, sizeof(line) - 1)) > 0 || errno == EPIPE) {
		line[n > 0 ? n : 0] = '\0';
		errno = 0;
		if (strstr(line, text) && sscanf(line, "%*u,%*u,%llu", &at) == 1) {
			usec = at;
			break;
		}
	}
	close(log);
	return usec;
}

/* Where the kernel log says that the first process began. */
static __u64 init_began(void)
{
	return log_time("as init process");
}

TEST_F(boot, values)
{
	unsigned int cpus = 0;
	struct record rec;
	int i, c, found;

	for (i = 0; i < self->nr; i++) {
		struct planted *p = &self->planted[i];

		found = 0;
		cpus |= 1u << p->cpu;
		for (c = 0; c < self->watch.cpus; c++) {
			__u64 pos = ring_tail(&self->watch.ring[c]);

			while (ring_sample(&self->watch.ring[c], &pos,
					   self->watch.count[c].id, &rec)) {
				if (field_get(&self->mce, &rec, "cpu") != p->cpu ||
				    field_get(&self->mce, &rec, "bank") != p->bank)
					continue;
				found++;
				EXPECT_EQ(p->status, field_get(&self->mce, &rec, "status"));
				EXPECT_EQ(p->mcgstatus, field_get(&self->mce, &rec, "mcgstatus"));
				/* The kernel reads only what the status calls valid. */
				EXPECT_EQ(p->status & STATUS_ADDRV ? p->addr : 0,
					  field_get(&self->mce, &rec, "addr"));
				EXPECT_EQ(p->status & STATUS_MISCV ? p->misc : 0,
					  field_get(&self->mce, &rec, "misc"));
				EXPECT_EQ((__u32)c, rec.cpu);
				EXPECT_EQ(tracepoint_id("mce_record"),
					  field_get(&self->mce, &rec, "common_type"));
			}
		}
		EXPECT_EQ(1, found) TH_LOG("cpu %llu bank %llu", p->cpu, p->bank);
	}
	/* Both CPUs' banks, or this tested half of it. */
	EXPECT_EQ(3, cpus);
}

TEST_F(boot, nothing_else)
{
	__u64 total = 0;
	int c, samples = 0;
	struct record rec;

	for (c = 0; c < self->watch.cpus; c++) {
		__u64 pos = ring_tail(&self->watch.ring[c]);

		while (ring_next(&self->watch.ring[c], &pos, &rec))
			samples++;
		total += self->watch.count[c].value;
		EXPECT_EQ(0, self->watch.count[c].lost);
	}
	EXPECT_EQ(self->nr, samples);
	EXPECT_EQ(self->nr, total);
}

TEST_F(boot, before_the_first_process)
{
	__u64 init = init_began();
	struct record rec;
	int c;

	ASSERT_NE(0, init);
	for (c = 0; c < self->watch.cpus; c++) {
		__u64 pos = ring_tail(&self->watch.ring[c]);

		while (ring_sample(&self->watch.ring[c], &pos, 0, &rec)) {
			EXPECT_LT(rec.time / 1000, init);
			EXPECT_LT(0, rec.time);
		}
	}
}

/* Last: it adds a record to the buffer of CPU 0. */
TEST_F(boot, same_clock_as_the_kernel_log)
{
	struct record rec;
	__u64 before, after, pos = self->watch.head[0];
	int fd;

	ASSERT_TRUE(pin_to_cpu(0));
	fd = persistent_open("mce_record", 0);
	ASSERT_LE(0, fd);
	if (!can_inject(fd))
		SKIP(return, "perf fds cannot be written");
	ASSERT_EQ(0, write_text("/dev/kmsg", "ras selftest: before\n"));
	ASSERT_EQ(0, inject_many(fd, &self->mce, 0x1000, 1));
	ASSERT_EQ(0, write_text("/dev/kmsg", "ras selftest: after\n"));
	ASSERT_TRUE(eventually(10, (before = log_time("ras selftest: before"))));
	ASSERT_TRUE(eventually(10, (after = log_time("ras selftest: after"))));
	ASSERT_TRUE(ring_sample(&self->watch.ring[0], &pos, 0, &rec));
	EXPECT_LE(before, rec.time / 1000);
	EXPECT_LE(rec.time / 1000, after);
	close(fd);
	drain(0);
}

TEST_HARNESS_MAIN
