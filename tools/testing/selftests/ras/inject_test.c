// SPDX-License-Identifier: GPL-2.0
/* write() takes whole, correct records; of a wrong one nothing is emitted. */
#include "../kselftest_harness.h"
#include "record.h"

/* Large enough for the largest header.size there is. */
union input {
	struct record rec;
	__u8 bytes[128 * 1024];
};

struct spoiler {
	struct format format;
	union input in;
	size_t len;
};

FIXTURE(bad) {
	struct spoiler s;
	struct watch watch;
	int fd;
};

FIXTURE_VARIANT(bad) {
	const char *event;
	void (*spoil)(struct spoiler *s);
	int error;
};

FIXTURE_SETUP(bad)
{
	struct spoiler *s = &self->s;

	self->fd = -1;
	if (!persistent_usable())
		SKIP(return, "no persistent events here, or not root");
	if (!event_exists(variant->event))
		SKIP(return, "no %s here", variant->event);
	drain_all();
	self->fd = persistent_open(variant->event, 0);
	ASSERT_LE(0, self->fd);
	if (!can_inject(self->fd))
		SKIP(return, "perf fds cannot be written");
	if (!strcmp(variant->event, "mce_record")) {
		format_read(&s->format, "mce", "mce_record");
		record_mce(&s->format, &s->in.rec, 0, 1, STATUS_CE, 0x1000);
	} else {
		format_read(&s->format, "ras", "mc_event");
		record_mc_event(&s->format, &s->in.rec, "read error", "DIMM A1");
	}
	s->len = s->in.rec.header.size;
	watch_open(&self->watch, variant->event);
}

FIXTURE_TEARDOWN(bad)
{
	watch_close(&self->watch);
	close(self->fd);
}

#define BAD(name_, event_, error_, statement)				\
static void spoil_##name_(struct spoiler *s)				\
{									\
	statement;							\
}									\
FIXTURE_VARIANT_ADD(bad, name_) {					\
	.spoil = spoil_##name_, .event = event_, .error = error_,	\
}

#define BAD_MCE(name_, error_, statement)  BAD(name_, "mce_record", error_, statement)
#define BAD_MC(name_, error_, statement)   BAD(name_, "mc_event", error_, statement)

/* Where @name's string is, and how long. */
static void set_loc(struct spoiler *s, const char *name, unsigned int at, unsigned int len)
{
	field_set(&s->format, &s->in.rec, name, (__u64)len << 16 | at);
}

static void unterminate(struct spoiler *s, const char *name)
{
	__u64 loc = field_get(&s->format, &s->in.rec, name);

	s->in.rec.raw[(loc & 0xffff) + (loc >> 16) - 1] = 'x';
}

static void set_misc(struct spoiler *s, unsigned int misc)
{
	s->in.rec.header.misc = misc;
}

static void set_driver(struct spoiler *s, const char *name, __u64 value)
{
	s->in.rec.header.misc = PERF_RECORD_MISC_INJECT_DRIVER;
	field_set(&s->format, &s->in.rec, name, value);
}

static void resize(struct spoiler *s, int bytes)
{
	s->in.rec.header.size += bytes;
	s->in.rec.raw_size += bytes;
	s->len += bytes;
}

/* What follows the last string, for the record to be a multiple of eight bytes. */
static int padding(const struct spoiler *s)
{
	__u64 loc = field_get(&s->format, &s->in.rec, "driver_detail");

	return s->in.rec.raw_size - (loc & 0xffff) - (loc >> 16);
}

/* To the fixed part, with the padding that a record of this size has. */
static int strip(const struct spoiler *s)
{
	return ((s->format.end + 11) & ~7) - 4 - s->in.rec.raw_size;
}

BAD_MCE(header_truncated, EINVAL, s->len = sizeof(struct perf_event_header) - 1);
BAD_MCE(one_byte, EINVAL, s->len = 1);
BAD_MCE(header_alone, EINVAL, s->len = sizeof(struct perf_event_header));
BAD_MCE(record_truncated, EINVAL, s->len -= 8);
BAD_MCE(record_truncated_by_one, EINVAL, s->len -= 1);
BAD_MCE(size_0, EINVAL, s->in.rec.header.size = 0);
BAD_MCE(size_of_header, EINVAL, s->in.rec.header.size = sizeof(struct perf_event_header));
BAD_MCE(size_without_raw, EINVAL, s->in.rec.header.size = RECORD_RAW_OFFSET - 4);
BAD_MCE(size_less_by_8, EINVAL, s->in.rec.header.size -= 8);
BAD_MCE(size_less_by_1, EINVAL, s->in.rec.header.size -= 1);
BAD_MCE(size_more_by_8, EINVAL, s->in.rec.header.size += 8; s->len += 8);
BAD_MCE(size_more_by_4, EINVAL, s->in.rec.header.size += 4; s->len += 4);
BAD_MCE(raw_size_0, EINVAL, s->in.rec.raw_size = 0);
BAD_MCE(raw_size_less, EINVAL, s->in.rec.raw_size -= 8);
BAD_MCE(raw_size_more, EINVAL, s->in.rec.raw_size += 8);
BAD_MCE(raw_size_huge, EINVAL, s->in.rec.raw_size = 0xfffffffc);
BAD_MCE(too_short, EINVAL, resize(s, -8));
BAD_MCE(far_too_short, EINVAL, resize(s, -(int)s->in.rec.raw_size + 4));
BAD_MCE(common_fields_alone, EINVAL, resize(s, -(int)s->in.rec.raw_size + 12));
BAD_MCE(too_long, EINVAL, resize(s, 8));
BAD_MCE(type_lost, EINVAL, s->in.rec.header.type = PERF_RECORD_LOST);
BAD_MCE(type_mmap, EINVAL, s->in.rec.header.type = PERF_RECORD_MMAP);
BAD_MCE(type_0, EINVAL, s->in.rec.header.type = 0);
BAD_MCE(type_high_bits, EINVAL, s->in.rec.header.type |= 1 << 16);
BAD_MCE(misc_level_3, EINVAL, s->in.rec.header.misc = 3 << 8);
BAD_MCE(misc_unknown_bit_3, EINVAL, s->in.rec.header.misc = 1 << 3);
BAD_MCE(misc_ext_reserved, EINVAL, s->in.rec.header.misc = PERF_RECORD_MISC_EXT_RESERVED);
BAD_MCE(misc_unknown_bit_11, EINVAL, s->in.rec.header.misc = 1 << 11);
BAD_MCE(misc_fatal_stream, EINVAL, s->in.rec.header.misc = PERF_RECORD_MISC_INJECT_FATAL);
BAD_MCE(driver_not_valid, EINVAL, set_driver(s, "status", STATUS_CE & ~(1ull << 63)));
BAD_MCE(driver_impossible_cpu, EINVAL, set_driver(s, "cpu", 4095));
BAD_MCE(driver_negative_cpu, EINVAL, set_driver(s, "cpu", 0xffffffff));
BAD_MCE(driver_impossible_bank, EINVAL, set_driver(s, "bank", 255));

BAD_MC(driver_without_controller, ENODEV, s->in.rec.header.misc = PERF_RECORD_MISC_INJECT_DRIVER);
BAD_MC(level_without_hardware, EOPNOTSUPP, set_misc(s, PERF_RECORD_MISC_INJECT_HARDWARE));
BAD_MC(string_beyond_end, EINVAL, set_loc(s, "msg", s->in.rec.raw_size, 8));
BAD_MC(string_far_beyond_end, EINVAL, set_loc(s, "label", 0xfff0, 8));
BAD_MC(string_across_end, EINVAL, set_loc(s, "msg", s->in.rec.raw_size - 2, 8));
BAD_MC(string_length_huge, EINVAL, set_loc(s, "msg", s->format.end, 0xffff));
BAD_MC(string_in_common_fields, EINVAL, set_loc(s, "msg", 0, 4));
BAD_MC(string_in_fixed_part, EINVAL, set_loc(s, "driver_detail", 8, 8));
BAD_MC(string_across_fixed_part, EINVAL, set_loc(s, "msg", s->format.end - 1, 4));
BAD_MC(string_empty, EINVAL, set_loc(s, "msg", s->format.end, 0));
BAD_MC(string_zero_loc, EINVAL, set_loc(s, "msg", 0, 0));
BAD_MC(string_unterminated, EINVAL, unterminate(s, "msg"));
BAD_MC(last_string_unterminated, EINVAL, unterminate(s, "driver_detail"));
BAD_MC(without_strings, EINVAL, resize(s, strip(s)));
BAD_MC(unaligned, EINVAL, resize(s, -padding(s)));
BAD_MC(too_big, E2BIG, resize(s, 8200));
BAD_MC(far_too_big, E2BIG, resize(s, 60000));

TEST_F(bad, alone)
{
	variant->spoil(&self->s);
	errno = 0;
	EXPECT_EQ(-1, write(self->fd, &self->s.in, self->s.len));
	EXPECT_EQ(variant->error, errno);
	EXPECT_TRUE(watch_quiet(&self->watch));
}

/* A good record, the bad one, another good one: the first arrives, alone. */
TEST_F(bad, behind_a_good_one)
{
	static __u8 batch[sizeof(self->s.in) + 2 * sizeof(struct record)];
	size_t good = self->s.in.rec.header.size;
	struct record rec;
	__u64 pos;
	bool last;

	memcpy(batch, &self->s.in, good);
	variant->spoil(&self->s);
	memcpy(batch + good, &self->s.in, self->s.len);
	/* A truncated record is one only at the end. */
	last = self->s.len < self->s.in.rec.header.size;
	if (!last)
		memcpy(batch + good + self->s.len, batch, good);
	EXPECT_EQ((ssize_t)good, write(self->fd, batch,
				       good + self->s.len + (last ? 0 : good)));

	pos = self->watch.head[0];
	ASSERT_TRUE(ring_sample(&self->watch.ring[0], &pos, 0, &rec));
	EXPECT_FALSE(ring_sample(&self->watch.ring[0], &pos, 0, &rec));
	EXPECT_EQ(self->watch.count[0].value + 1, read_count(self->fd).value);
}

FIXTURE(user_memory) {
	struct format mce;
	struct watch watch;
	struct record rec;
	char *pages;
	size_t page;
	int fd;
};

FIXTURE_SETUP(user_memory)
{
	const char *why = setup_inject(0, &self->fd, &self->mce);

	if (why)
		SKIP(return, "%s", why);
	record_mce(&self->mce, &self->rec, 0, 1, STATUS_CE, 0x1000);
	self->page = sysconf(_SC_PAGESIZE);
	self->pages = mmap(NULL, 2 * self->page, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->pages);
	ASSERT_EQ(0, munmap(self->pages + self->page, self->page));
	watch_open(&self->watch, "mce_record");
}

FIXTURE_TEARDOWN(user_memory)
{
	watch_close(&self->watch);
	close(self->fd);
}

TEST_F(user_memory, unmapped)
{
	EXPECT_EQ(-1, write(self->fd, self->pages + self->page, self->rec.header.size));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, write(self->fd, NULL, self->rec.header.size));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_TRUE(watch_quiet(&self->watch));
}

TEST_F(user_memory, record_ends_in_a_hole)
{
	char *at = self->pages + self->page - self->rec.header.size + 8;

	memcpy(at, &self->rec, self->rec.header.size - 8);
	EXPECT_EQ(-1, write(self->fd, at, self->rec.header.size));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_TRUE(watch_quiet(&self->watch));
}

TEST_F(user_memory, second_record_in_a_hole)
{
	size_t size = self->rec.header.size;
	char *at = self->pages + self->page - size;

	memcpy(at, &self->rec, size);
	EXPECT_EQ((ssize_t)size, write(self->fd, at, 2 * size));
	EXPECT_EQ(self->watch.count[0].value + 1, read_count(self->fd).value);
}

TEST_F(user_memory, nothing)
{
	EXPECT_EQ(0, write(self->fd, &self->rec, 0));
	EXPECT_EQ(0, write(self->fd, NULL, 0));
	EXPECT_TRUE(watch_quiet(&self->watch));
}

/* The largest that a tracepoint can have. */
TEST(largest)
{
	static const char label[] = "DIMM A1";
	struct format mc;
	struct record rec = {}, out;
	struct watch watch;
	unsigned int end;
	__u64 pos;
	int fd;

	if (!persistent_usable())
		SKIP(return, "no persistent events here, or not root");
	drain_all();
	fd = persistent_open("mc_event", 0);
	ASSERT_LE(0, fd);
	if (!can_inject(fd))
		SKIP(return, "perf fds cannot be written");
	watch_open(&watch, "mc_event");
	format_read(&mc, "ras", "mc_event");
	memset(rec.raw + mc.end, 'm', 8188 - mc.end);
	end = record_dynamic(&mc, &rec, "label", mc.end, label, sizeof(label));
	end = record_dynamic(&mc, &rec, "driver_detail", end, "", 1);
	field_set(&mc, &rec, "msg", (__u64)(8188 - end) << 16 | end);
	rec.raw[8187] = '\0';
	record_finish(&rec, 8188);
	ASSERT_EQ(8188, rec.raw_size);
	EXPECT_EQ(rec.header.size, record_write(fd, &rec));
	pos = watch.head[0];
	ASSERT_TRUE(ring_sample(&watch.ring[0], &pos, 0, &out));
	EXPECT_EQ(rec.raw_size, out.raw_size);
	EXPECT_EQ(0, memcmp(rec.raw + 8, out.raw + 8, 8188 - 8));
	watch_close(&watch);
	close(fd);
}

TEST_HARNESS_MAIN
