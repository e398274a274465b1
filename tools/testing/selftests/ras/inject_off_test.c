// SPDX-License-Identifier: GPL-2.0
/* Injection is switched off until the next boot. In a guest of its own: "ras_selftest=off". */
#include "../kselftest_harness.h"
#include "record.h"

#define SWITCH "/proc/sys/kernel/perf_inject_disabled"

FIXTURE(off) {
	struct format mce;
	struct record rec;
	int fd;
};

FIXTURE_SETUP(off)
{
	char line[4096] = "";
	const char *why;

	self->fd = -1;
	if (read_text("/proc/cmdline", line, sizeof(line)) || !strstr(line, "ras_selftest=off"))
		SKIP(return, "needs a guest of its own");
	why = setup_inject(0, &self->fd, &self->mce);
	if (why)
		SKIP(return, "%s", why);
	record_mce(&self->mce, &self->rec, 0, 1, STATUS_CE, 0x1000);
}

FIXTURE_TEARDOWN(off)
{
	close(self->fd);
}

/* One test: there is no way back to what it begins with. */
TEST_F(off, until_reboot)
{
	char text[64];
	__u64 before;

	ASSERT_EQ(0, read_text(SWITCH, text, sizeof(text)));
	ASSERT_STREQ("0", text);
	source_text("mce_record", "inject", text, sizeof(text));
	EXPECT_STREQ("stream driver hardware", text);
	ASSERT_EQ(self->rec.header.size, record_write(self->fd, &self->rec));
	before = read_count(self->fd).value;

	EXPECT_NE(0, write_text(SWITCH, "2"));
	EXPECT_NE(0, write_text(SWITCH, "0"));
	ASSERT_EQ(self->rec.header.size, record_write(self->fd, &self->rec));
	ASSERT_EQ(0, write_text(SWITCH, "1"));

	/* Also through a descriptor that was open before, and at all levels */
	EXPECT_EQ(-EPERM, record_write(self->fd, &self->rec));
	self->rec.header.misc = PERF_RECORD_MISC_INJECT_DRIVER;
	EXPECT_EQ(-EPERM, record_write(self->fd, &self->rec));
	self->rec.header.misc = PERF_RECORD_MISC_INJECT_HARDWARE;
	EXPECT_EQ(-EPERM, record_write(self->fd, &self->rec));
	EXPECT_EQ(before + 1, read_count(self->fd).value);
	source_text("mce_record", "inject", text, sizeof(text));
	EXPECT_STREQ("", text);

	EXPECT_NE(0, write_text(SWITCH, "0"));
	ASSERT_EQ(0, read_text(SWITCH, text, sizeof(text)));
	EXPECT_STREQ("1", text);
	EXPECT_EQ(-EPERM, record_write(self->fd, &self->rec));
}

TEST_HARNESS_MAIN
