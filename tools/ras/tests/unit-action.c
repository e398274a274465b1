// SPDX-License-Identifier: GPL-2.0
/* Unit tests: rules as the kernel has them, its filters, its answers. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <linux/kernel.h>
#include "../action.h"
#include "../build.h"
#include "../format.h"
#include "../kernel_filter.h"
#include "../record.h"
#include "unit.h"

/* One record, of the event that has a field of every kind */
static const char * const words[] = {
	"i8=-128", "n8=255", "i16=-1", "n16=65535", "flag=1", "i32=-2147483648",
	"n32=4294967295", "i64=-1", "n64=0xbe00000000000134", "name=abcd",
	"text=DIMM_A1", "rel=1*x",
};

static unsigned char raw[RAS_RAW_MAX];
static int raw_len;
static struct ras_types types;
static const struct ras_type *type;

static void make_record(void)
{
	struct ras_build build;
	unsigned int i;

	if (ras_types_get(&types, "test:every_kind", &type) ||
	    ras_build_init(&build, type))
		abort();
	for (i = 0; i < ARRAY_SIZE(words); i++)
		CHECK(!ras_build_set(&build, words[i]));
	raw_len = ras_record_pack(type, build.values, raw, sizeof(raw));
	CHECK(raw_len > 0);
	ras_build_free(&build);
}

struct filter_case {
	const char *text;
	bool match;
};

static void check_filters(const struct filter_case *cases, unsigned int nr)
{
	struct ras_kernel_filter *filter;
	struct ras_filter_error error;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		if (ras_kernel_filter_parse(type, cases[i].text, &filter, &error)) {
			printf("%s: %s at %u\n", cases[i].text, error.why, error.pos);
			unit_failed = true;
			continue;
		}
		if (ras_kernel_filter_match(filter, raw, raw_len, 3) != cases[i].match) {
			printf("%s: is to be %d\n", cases[i].text, cases[i].match);
			unit_failed = true;
		}
		ras_kernel_filter_free(filter);
	}
}

static void filters_compare_numbers(void)
{
	static const struct filter_case cases[] = {
		{ "i8 == -128", true }, { "i8 < 0", true }, { "i8 > 127", false },
		/* what does not fit is cut off */
		{ "i8 == 128", true }, { "n8 == 0x1ff", true }, { "n8 > 256", true },
		{ "n8 == 255", true }, { "n8 >= 255", true }, { "n8 > 254", true },
		{ "n8 <= 254", false }, { "i16 == -1", true }, { "i16 & 0x8000", true },
		{ "n16 < 0xffff", false }, { "n16 <= 0xffff", true },
		{ "flag != 0", true }, { "i32 < -2147483647", true },
		{ "n32 > 4294967294", true }, { "n32 == 037777777777", true },
		{ "i64 < 0", true }, { "i64 == -1", true },
		{ "i64 >= 9223372036854775807", false },
		{ "n64 > 0x7fffffffffffffff", true },
		{ "n64 & 0x2000000000000000", true },
		{ "n64 & 0x4000000000000000", false },
		{ "n64 == 13690942867206308148", true },
		{ "n64 != 0xBE00000000000134", false },
		{ "CPU == 3", true }, { "cpu>2", true }, { "common_cpu != 3", false },
		{ "CPU & 3", false },
	};

	check_filters(cases, ARRAY_SIZE(cases));
}

static void filters_compare_strings(void)
{
	static const struct filter_case cases[] = {
		{ "name == \"abcd\"", true }, { "name == 'abc'", false },
		{ "name != 'abcde'", true }, { "name ~ 'ab*'", true },
		{ "name ~ '*bc*'", true }, { "name ~ 'a?cd'", true },
		{ "name ~ '[!b]bc[a-d]'", true }, { "name ~ '!x*'", true },
		{ "name ~ '!a*'", false }, { "name ~ 'a*d'", true },
		{ "name ~ '*'", true }, { "name ~ ''", false },
		/* the end of the array, not of the string */
		{ "name ~ '*cd'", false },
		{ "text == 'DIMM_A1'", true }, { "text ~ '*A1'", true },
		{ "text ~ '*A'", false }, { "text ~ 'DIMM*'", true },
		{ "text ~ 'DI*_A?'", true }, { "text != ''", true },
		{ "text == \"don't\"", false }, { "text ~ 'DIMM_A1*'", true },
		/* what begins with a digit is no pattern */
		{ "rel ~ '1*x'", true }, { "rel ~ '1*'", false },
		{ "rel ~ '[1]\\*x'", true },
	};

	check_filters(cases, ARRAY_SIZE(cases));
}

static void filters_join_as_in_c(void)
{
	static const char * const yes_no[] = { "n8 == 0", "n8 != 0" };
	static const struct {
		const char *fmt;
		unsigned int truth;	/* bit 4a + 2b + c */
	} cases[] = {
		{ "%s && %s && %s", 0x80 }, { "%s || %s || %s", 0xfe },
		{ "%s || %s && %s", 0xf8 }, { "%s && %s || %s", 0xea },
		{ "(%s || %s) && %s", 0xa8 }, { "%s && (%s || %s)", 0xe0 },
		{ "!(%s && %s) || %s", 0xbf }, { "!%s && !(%s || %s)", 0x01 },
		{ "!!%s && (!(%s) || (%s))", 0xb0 },
		{ "!(%s || !(%s && !%s))", 0x04 }, { " ( ( %s)&&%s)||! %s ", 0xd5 },
	};
	struct filter_case one;
	unsigned int i, k;
	char text[256];

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		for (k = 0; k < 8; k++) {
			snprintf(text, sizeof(text), cases[i].fmt, yes_no[k >> 2 & 1],
				 yes_no[k >> 1 & 1], yes_no[k & 1]);
			one = (struct filter_case) { text, cases[i].truth >> k & 1 };
			check_filters(&one, 1);
		}
	}
}

static void filters_are_refused(void)
{
	static const struct {
		const char *text;
		unsigned int pos;
	} cases[] = {
		{ "", 0 }, { "()", 1 }, { "n8", 2 }, { "n8 == 1 &&", 10 },
		{ "n8 == 1 n8 == 1", 8 }, { "(n8 == 1", 0 }, { "n8 == 1)", 7 },
		{ "((n8 == 1)", 0 }, { "n8 == 1 | n8 == 1", 8 },
		{ "n8 == 0x", 6 }, { "n8 == 1a", 6 }, { "n8 == 18446744073709551616", 6 },
		{ "i8 == -9223372036854775809", 6 }, { "i8 == 9223372036854775808", 6 },
		{ "n8 ~ 1", 5 }, { "n8 == -1", 6 }, { "n8 == --1", 6 },
		{ "n8 == 123456789012345678901234", 6 }, { "i8 == -", 6 },
		{ "text < 'a'", 7 }, { "text == 1", 8 }, { "text & 'a'", 7 },
		{ "mac == 0", 0 }, { "regs == 0", 0 }, { "ptr == 0", 0 }, { "s == 0", 0 },
		{ "none == 0", 0 }, { "COMM == 'a'", 0 }, { "common_pid == 1", 0 },
		{ "CPU == 'a'", 7 }, { "n8 & CPUS{1}", 5 }, { "n64.function == a", 3 },
	};
	struct ras_kernel_filter *filter;
	struct ras_filter_error error;
	char long_text[300];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		error.pos = -1;
		if (ras_kernel_filter_parse(type, cases[i].text, &filter, &error) ==
		    -EINVAL && error.pos == cases[i].pos)
			continue;
		printf("%s: %u\n", cases[i].text, error.pos);
		unit_failed = true;
	}
	snprintf(long_text, sizeof(long_text), "text == '%256s'", "x");
	CHECK(ras_kernel_filter_parse(type, long_text, &filter, &error) == -EINVAL);
	snprintf(long_text, sizeof(long_text), "text == '%255s'", "x");
	CHECK(!ras_kernel_filter_parse(type, long_text, &filter, &error));
	ras_kernel_filter_free(filter);
}

static void dry_run_is_put_in_its_place(void)
{
	static const char * const cases[][2] = {
		{ "log", "log dry-run" }, { "log ", "log dry-run" },
		{ "log dry-run", "log dry-run" },
		{ "log if a == 1", "log dry-run if a == 1" },
		{ "log  if  if == 1", "log  dry-run if  if == 1" },
		{ "log(a)if(if == 1)", "log(a) dry-run if(if == 1)" },
		{ "log(a) after 2/1h per a if f ~ 'if'",
		  "log(a) after 2/1h per a dry-run if f ~ 'if'" },
		{ "log dry-run if a == 1", "log dry-run if a == 1" },
		{ "log after 3", "log after 3 dry-run" },
		{ "log after", NULL }, { "", NULL }, { "log if", NULL },
	};
	struct ras_rule_request request;
	unsigned int i;
	char *text;
	int err;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		request = (struct ras_rule_request) { .text = cases[i][0] };
		err = ras_rule_dry_run(&request, &text);
		CHECK(!err == !!cases[i][1] && (!err || err == -EINVAL));
		CHECK(request.about_text == !!err);
		if (err)
			continue;
		if (strcmp(text, cases[i][1])) {
			printf("%s\n", text);
			unit_failed = true;
		}
		free(text);
	}
}

static void kernel_answers_are_explained(void)
{
	static const struct {
		int err;
		u32 id;
		const char *error;
		const char *text;
		const char *says;
		bool about_text;
	} cases[] = {
		{ -EINVAL, 0, "no such action", "x", "no rule: no such action", true },
		{ -EINVAL, 0, "", "x", "cannot add a rule of ev: EINVAL: ", false },
		{ -EPERM, 0, "", "x", "cannot add a rule of ev: EPERM: rules need", false },
		{ -EPERM, 7, "", NULL, "cannot remove a rule of ev: EPERM: ", false },
		{ -ENOTTY, 7, "", "x", "cannot change a rule of ev: ENOTTY: this", false },
		{ -EOPNOTSUPP, 0, "", "x", "cannot add a rule of ev: EOPNOTSUPP: ", false },
		{ -ENOSPC, 0, "", "x", "cannot add a rule of ev: ENOSPC: ", false },
		{ -E2BIG, 0, "", "x", "cannot add a rule of ev: E2BIG: ", false },
		{ -ENOENT, 0, "", "x", "there is no persistent event 'ev'", false },
		{ -ENOENT, 7, "", NULL, "ev has no rule 7: ", false },
		{ -EIO, 0, "", "x", "cannot add a rule of ev: Input/output error", false },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct ras_rule_request request = {
			.event = "ev", .id = cases[i].id, .text = cases[i].text,
		};
		struct perf_event_action arg = { .error_pos = 3 };

		snprintf(arg.error, sizeof(arg.error), "%s", cases[i].error);
		ras_rule_explain(&request, &arg, cases[i].err);
		CHECK(request.about_text == cases[i].about_text);
		CHECK(!request.about_text || request.pos == 3);
		if (strncmp(request.error, cases[i].says, strlen(cases[i].says))) {
			printf("%s\n", request.error);
			unit_failed = true;
		}
	}
	CHECK(sizeof(struct perf_event_action) == PERF_EVENT_ACTION_SIZE_VER0);
}

void unit_action(void)
{
	make_record();
	RUN(filters_compare_numbers);
	RUN(filters_compare_strings);
	RUN(filters_join_as_in_c);
	RUN(filters_are_refused);
	RUN(dry_run_is_put_in_its_place);
	RUN(kernel_answers_are_explained);
	ras_types_free(&types);
}
