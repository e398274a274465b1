// SPDX-License-Identifier: GPL-2.0
/*
 * What is wrong in perf_persistent= on the kernel's command line is reported, item by
 * item, and harms nothing else. The items are in the line of this test in the file "boots".
 */
#include "../kselftest_harness.h"
#include "log.h"

/* Each bad item: a line in the log with the item and what is wrong, and no event. */
FIXTURE(bad) {};

FIXTURE_VARIANT(bad) {
	const char *item;
	const char *why;		/* in what the line says behind the item */
	const char *absent;		/* no event, no set of that name */
};

#define NAME_63	"n23456789012345678901234567890123456789012345678901234567890123"

FIXTURE_VARIANT_ADD(bad, option) { "x:a:colour", "colour", "a" };
FIXTURE_VARIANT_ADD(bad, option_without_value) { "x:b:keep", "keep", "b" };
FIXTURE_VARIANT_ADD(bad, pages_3) { "x:c:pages=3", "3", "c" };
FIXTURE_VARIANT_ADD(bad, pages_0) { "x:d:pages=0", "0", "d" };
FIXTURE_VARIANT_ADD(bad, pages_beyond_32_bits) { "x:e:pages=4294967304", "4294967304", "e" };
FIXTURE_VARIANT_ADD(bad, pages_no_number) { "x:f:pages=8k", "8k", "f" };
FIXTURE_VARIANT_ADD(bad, keep) { "x:g:keep=maybe", "maybe", "g" };
FIXTURE_VARIANT_ADD(bad, event) { "no-such-event", "no-such-event", "no-such-event" };
FIXTURE_VARIANT_ADD(bad, event_missing) { "x:", "x:", "x" };
FIXTURE_VARIANT_ADD(bad, name_too_long) { "x:i:name=" NAME_63 "4", NAME_63 "4", "i" };
FIXTURE_VARIANT_ADD(bad, name_digit_first) { "x:j:name=9lives", "9lives", "9lives" };
FIXTURE_VARIANT_ADD(bad, name_characters) { "x:k:name=a.b", "a.b", "a.b" };
FIXTURE_VARIANT_ADD(bad, name_empty) { "x:l:name=", "name", "l" };
FIXTURE_VARIANT_ADD(bad, freq_and_period) { "cpu-clock:name=m,freq=9,period=9", "period", "m" };
FIXTURE_VARIANT_ADD(bad, freq_0) { "cpu-clock:name=n,freq=0", "0", "n" };
FIXTURE_VARIANT_ADD(bad, period_no_number) { "cpu-clock:name=o,period=x1", "x1", "o" };
FIXTURE_VARIANT_ADD(bad, until) { "x:p:until=never", "never", "p" };
/* Of 900 MiB: not too much for one CPU, but for two */
FIXTURE_VARIANT_ADD(bad, memory) { "x:q:pages=16384", "memory", "q" };
FIXTURE_VARIANT_ADD(bad, memory_at_once) { "x:r:pages=1073741824", "", "r" };
FIXTURE_VARIANT_ADD(bad, minus_nothing) { "-nothing", "", NULL };
FIXTURE_VARIANT_ADD(bad, minus_alone) { "-", "", NULL };
FIXTURE_VARIANT_ADD(bad, options_alone) { ":pages=8", "", NULL };
FIXTURE_VARIANT_ADD(bad, twice) { "x:s:pages=4,pages=8", "pages", "s" };
FIXTURE_VARIANT_ADD(bad, set_name) { "x:t:set=t/u", "t/u", "t" };
FIXTURE_VARIANT_ADD(bad, set_of_another_size) { "x:u:set=task_newtask,pages=32", "", "u" };
FIXTURE_VARIANT_ADD(bad, set_of_another_policy) { "x:v:set=task_newtask,keep=last", "", "v" };
FIXTURE_VARIANT_ADD(bad, name_for_a_set) { "ras:name=w", "name", "w" };

FIXTURE_SETUP(bad)
{
	char cmdline[4096];

	if (!persistent_usable())
		SKIP(return, "no persistent events here, or not root");
	ASSERT_EQ(0, read_text("/proc/cmdline", cmdline, sizeof(cmdline)));
	if (!strstr(cmdline, "ras_selftest=bad"))
		SKIP(return, "not booted with the items: see boots");
}

FIXTURE_TEARDOWN(bad)
{
}

TEST_F(bad, reported)
{
	char wanted[256], cmdline[4096], path[512];

	ASSERT_EQ(0, read_text("/proc/cmdline", cmdline, sizeof(cmdline) - 1));
	strcat(cmdline, " ");
	snprintf(wanted, sizeof(wanted), " perf_persistent=%s ", variant->item);
	ASSERT_NE(NULL, strstr(cmdline, wanted)) TH_LOG("not in boots: %s", wanted);
	EXPECT_TRUE(complaint(variant->item, variant->why));
	if (!variant->absent)
		return;
	EXPECT_FALSE(event_exists(variant->absent));
	snprintf(path, sizeof(path), PMU_DIR "/sources/%s", variant->absent);
	EXPECT_NE(0, access(path, F_OK));
	snprintf(path, sizeof(path), PMU_DIR "/sets/%s", variant->absent);
	EXPECT_NE(0, access(path, F_OK));
}

/* The rest works: what is there by default, and a good item among the bad */
TEST(the_rest_works)
{
	char cmdline[4096];

	if (!persistent_usable())
		SKIP(return, "no persistent events here, or not root");
	ASSERT_EQ(0, read_text("/proc/cmdline", cmdline, sizeof(cmdline)));
	if (!strstr(cmdline, "ras_selftest=bad"))
		SKIP(return, "not booted with the items: see boots");
	EXPECT_TRUE(event_exists("mce_record"));
	EXPECT_TRUE(event_exists("mc_event"));
	EXPECT_TRUE(event_exists("task_newtask"));
	EXPECT_EQ(8, set_value("ras", "data_pages"));
	EXPECT_EQ(8, set_value("task_newtask", "data_pages"));
	EXPECT_FALSE(set_keeps_last("task_newtask"));
	EXPECT_LT(0, count_of("task_newtask", 0));
}

TEST_HARNESS_MAIN
