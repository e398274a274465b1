// SPDX-License-Identifier: GPL-2.0
/* Under lockdown=integrity nothing can be injected, and everything still read. */
#include "../kselftest_harness.h"
#include "record.h"

FIXTURE(lockdown) {
	struct format mce;
	struct record rec;
	struct watch watch;
};

FIXTURE_SETUP(lockdown)
{
	if (!persistent_usable())
		SKIP(return, "no persistent events here, or not root");
	if (!locked_down())
		SKIP(return, "not locked down: see boots");
	format_read(&self->mce, "mce", "mce_record");
	record_mce(&self->mce, &self->rec, 0, 1, STATUS_CE, 0x1000);
	watch_open(&self->watch, "mce_record");
}

FIXTURE_TEARDOWN(lockdown)
{
	watch_close(&self->watch);
}

TEST_F(lockdown, write_refused)
{
	struct format mc;
	int fd;

	fd = persistent_open("mce_record", 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EPERM, record_write(fd, &self->rec));
	self->rec.header.misc = PERF_RECORD_MISC_INJECT_DRIVER;
	EXPECT_EQ(-EPERM, record_write(fd, &self->rec));
	self->rec.header.misc = PERF_RECORD_MISC_INJECT_HARDWARE;
	EXPECT_EQ(-EPERM, record_write(fd, &self->rec));
	self->rec.header.misc |= PERF_RECORD_MISC_INJECT_FATAL;
	EXPECT_EQ(-EPERM, record_write(fd, &self->rec));
	self->rec.header.misc = PERF_RECORD_MISC_INJECT_STREAM;
	close(fd);

	fd = tracepoint_open("mce_record", 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EPERM, record_write(fd, &self->rec));
	EXPECT_EQ(0, read_count(fd).value);
	close(fd);

	format_read(&mc, "ras", "mc_event");
	record_mc_event(&mc, &self->rec, "read error", "DIMM A1");
	fd = persistent_open("mc_event", 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EPERM, record_write(fd, &self->rec));
	close(fd);
	EXPECT_TRUE(watch_quiet(&self->watch));
}

/* The one that was planted before power-on. */
TEST_F(lockdown, capture_and_reading_go_on)
{
	__u64 total = 0, seen = 0;
	struct record rec;
	struct ring ring;
	int i, fd;

	for (i = 0; i < self->watch.cpus; i++) {
		__u64 pos = ring_tail(&self->watch.ring[i]);

		while (ring_sample(&self->watch.ring[i], &pos, self->watch.count[i].id, &rec))
			seen++;
		total += self->watch.count[i].value;
	}
	EXPECT_EQ(1, total);
	EXPECT_EQ(1, seen);
	fd = persistent_open("mce_record", 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(0, ring_map(&ring, fd, PROT_READ | PROT_WRITE));
	ring_unmap(&ring);
	close(fd);
}

TEST_HARNESS_MAIN
