// SPDX-License-Identifier: GPL-2.0
/* Between capture and reader nothing is lost, and what does not fit is counted. */
#include "../kselftest_harness.h"
#include "record.h"

FIXTURE(loss) {
	struct format mce;
	struct record rec;
	struct ring ring;
	struct count before;
	int fd;
};

FIXTURE_SETUP(loss)
{
	const char *why = setup_inject(0, &self->fd, &self->mce);

	if (why)
		SKIP(return, "%s", why);
	/* What an earlier test lost is told with the first record. */
	ASSERT_EQ(0, inject_many(self->fd, &self->mce, 0x1000, 1));
	drain(0);
	self->before = read_count(self->fd);
}

FIXTURE_TEARDOWN(loss)
{
	ring_unmap(&self->ring);
	close(self->fd);
	drain_all();
}

#define STREAMED	60
#define DRIVEN		20

TEST_F_TIMEOUT(loss, reader_ten_seconds_late, 120)
{
	int cpus = buffer_cpus(), cpu, i, fd, driven = 0;
	struct count before[CPUS_MAX];
	bool seen[DRIVEN] = {};
	struct watch watch;

	watch_open(&watch, "mce_record");
	memcpy(before, watch.count, sizeof(before));
	watch_close(&watch);

	/* Nobody has anything mapped while the errors come in. */
	for (i = 0; i < DRIVEN; i++) {
		record_mce(&self->mce, &self->rec, i % cpus, 4, STATUS_CE, 0x900000 + 0x1000 * i);
		self->rec.header.misc = PERF_RECORD_MISC_INJECT_DRIVER;
		ASSERT_EQ(self->rec.header.size, record_write(self->fd, &self->rec));
	}
	for (cpu = 0; cpu < cpus; cpu++) {
		fd = persistent_open("mce_record", cpu);
		ASSERT_LE(0, fd);
		ASSERT_EQ(0, inject_many(fd, &self->mce, 0x10000 * (cpu + 1), STREAMED));
		close(fd);
	}
	sleep(10);

	watch_open(&watch, "mce_record");
	for (cpu = 0; cpu < cpus; cpu++) {
		__u64 pos = ring_tail(&watch.ring[cpu]), addr, last = 0;
		int streamed = 0;

		while (ring_sample(&watch.ring[cpu], &pos, watch.count[cpu].id, &self->rec)) {
			EXPECT_LE(last, self->rec.time);
			last = self->rec.time;
			addr = field_get(&self->mce, &self->rec, "addr");
			if (addr >= 0x900000) {
				EXPECT_FALSE(seen[(addr - 0x900000) / 0x1000]);
				seen[(addr - 0x900000) / 0x1000] = true;
				driven++;
			} else {
				EXPECT_EQ(0x10000 * (cpu + 1) + streamed, addr);
				streamed++;
			}
		}
		EXPECT_EQ(STREAMED, streamed);
		EXPECT_EQ(before[cpu].lost, watch.count[cpu].lost);
	}
	EXPECT_EQ(DRIVEN, driven);
	watch_close(&watch);
}

#define EMITTED		400

TEST_F(loss, full_buffer_keeps_the_first)
{
	__u64 pos, told = 0;
	int kept = 0, i;
	struct count now;

	ASSERT_EQ(0, inject_many(self->fd, &self->mce, 0x1000, EMITTED));
	now = read_count(self->fd);
	EXPECT_EQ(EMITTED, now.value - self->before.value);

	ASSERT_EQ(0, ring_map(&self->ring, self->fd, PROT_READ | PROT_WRITE));
	pos = ring_tail(&self->ring);
	while (ring_next(&self->ring, &pos, &self->rec)) {
		ASSERT_EQ(PERF_RECORD_SAMPLE, self->rec.header.type);
		EXPECT_EQ(0x1000 + kept, field_get(&self->mce, &self->rec, "addr"));
		kept++;
	}
	/* Really full, and really too many. */
	EXPECT_LT(0, kept);
	EXPECT_GT(EMITTED, kept);
	EXPECT_LT(self->ring.size - 2 * self->rec.header.size, pos - ring_tail(&self->ring));
	EXPECT_EQ(EMITTED - kept, now.lost - self->before.lost);

	/* Room again: the next record is preceded by what was missed. */
	ring_set_tail(&self->ring, pos);
	ASSERT_EQ(0, inject_many(self->fd, &self->mce, 0x9000, 2));
	ASSERT_TRUE(ring_next(&self->ring, &pos, &self->rec));
	ASSERT_EQ(PERF_RECORD_LOST, self->rec.header.type);
	/* struct { header; u64 id; u64 lost; … } */
	memcpy(&told, (char *)&self->rec + sizeof(struct perf_event_header) + 8, sizeof(told));
	EXPECT_EQ(EMITTED - kept, told);
	for (i = 0; i < 2; i++) {
		ASSERT_TRUE(ring_next(&self->ring, &pos, &self->rec));
		ASSERT_EQ(PERF_RECORD_SAMPLE, self->rec.header.type);
		EXPECT_EQ(0x9000 + i, field_get(&self->mce, &self->rec, "addr"));
	}
	EXPECT_FALSE(ring_next(&self->ring, &pos, &self->rec));
	EXPECT_EQ(now.lost, read_count(self->fd).lost);
}

/* Each event of the buffer is told of its own losses. */
TEST_F(loss, counted_per_event)
{
	struct count before, after;
	struct format mc;
	int fd, i;

	fd = persistent_open("mc_event", 0);
	ASSERT_LE(0, fd);
	before = read_count(fd);
	format_read(&mc, "ras", "mc_event");
	ASSERT_EQ(0, inject_many(self->fd, &self->mce, 0x1000, EMITTED));
	record_mc_event(&mc, &self->rec, "read error", "a label too long for what is left of it");
	for (i = 0; i < 3; i++)
		ASSERT_EQ(self->rec.header.size, record_write(fd, &self->rec));
	after = read_count(fd);
	EXPECT_EQ(3, after.value - before.value);
	EXPECT_EQ(3, after.lost - before.lost);
	close(fd);
}

/* Records that wrap around the end of the buffer, again and again. */
TEST_F(loss, wrapping)
{
	__u64 pos, addr = 0x1000;
	int round, i;

	ASSERT_EQ(0, ring_map(&self->ring, self->fd, PROT_READ | PROT_WRITE));
	pos = ring_tail(&self->ring);
	for (round = 0; round < 20; round++) {
		ASSERT_EQ(0, inject_many(self->fd, &self->mce, addr, 37));
		for (i = 0; i < 37; i++, addr++) {
			ASSERT_TRUE(ring_next(&self->ring, &pos, &self->rec));
			ASSERT_EQ(PERF_RECORD_SAMPLE, self->rec.header.type);
			ASSERT_EQ(addr, field_get(&self->mce, &self->rec, "addr"));
			ASSERT_EQ(STATUS_CE, field_get(&self->mce, &self->rec, "status"));
		}
		ASSERT_FALSE(ring_next(&self->ring, &pos, &self->rec));
		ring_set_tail(&self->ring, pos);
	}
	EXPECT_EQ(self->before.lost, read_count(self->fd).lost);
}

TEST_HARNESS_MAIN
