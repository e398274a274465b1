// SPDX-License-Identifier: GPL-2.0
/* What is no rule, why it is not, and where in its text; other arguments that are wrong. */
#include "../kselftest_harness.h"
#include "action.h"

#define ERROR_LOG	TRACEFS "/error_log"

FIXTURE(refused) {
	int fd;
	int id;
};

/* One rule that is right, and which none of all this changes. */
#define RIGHT	"log(addr) after 3/1h per addr dry-run if bank == 1"

FIXTURE_SETUP(refused)
{
	self->fd = -1;
	if (!actions_usable())
		SKIP(return, "no rules here, or not root");
	forget_tests();
	persist_again("mce_record", EVENT);
	self->fd = persistent_open(EVENT, 0);
	ASSERT_LE(0, self->fd);
	self->id = rule_add(self->fd, RIGHT);
	ASSERT_LT(0, self->id);
}

FIXTURE_TEARDOWN(refused)
{
	if (self->fd < 0)
		return;
	close(self->fd);
	forget_tests();
}

static bool unchanged(int id)
{
	int last;

	return rules_of(EVENT, &last) == 1 && last == id && rule_text_is(EVENT, id, RIGHT);
}

#define ORDER	"expected, in this order: after, per, dry-run, if"
#define NAME_63	"a12345678901234567890123456789012345678901234567890123456789012"

/* A text, what of it is wrong, and why */
static const struct {
	const char *text;
	unsigned int pos;
	const char *error;
} texts[] = {
	{ "", 0, "an action is wanted" },
	{ "  ", 2, "an action is wanted" },
	{ "7", 0, "an action is wanted" },
	{ "\xc3\xa9", 0, "an action is wanted" },
	{ "\xe9", 0, "an action is wanted" },
	{ "log(\xe9)", 4, "a field is wanted" },
	{ "log \xe9", 4, ORDER },
	{ "shout", 0, "no such action" },
	{ "Log", 0, "no such action" },
	{ NAME_63, 0, "no such action" },
	{ NAME_63 "3", 0, "the name is too long" },
	{ "soft-offline", 12, "the action wants an argument" },
	{ "soft-offline dry-run", 12, "the action wants an argument" },
	{ "cpu-offline if addr == 1", 11, "the action wants an argument" },
	{ "log()", 4, "a field is wanted" },
	{ "log(7)", 4, "a field is wanted" },
	{ "log(addr", 8, "a ) is wanted" },
	{ "log(addr, bank)", 8, "a ) is wanted" },
	{ "log(" NAME_63 "3)", 4, "the name is too long" },
	{ "log(address)", 4, "the event has no such field" },
	{ "log(" NAME_63 ")", 4, "the event has no such field" },
	{ "log(COMM)", 4, "the field is no integer" },
	{ "log(pfn:)", 8, "a field is wanted" },
	{ "log(pfn:frame)", 8, "the event has no such field" },
	{ "log(byte:addr)", 4, "neither pfn: nor page:" },
	{ "cpu-offline(pfn:cpu)", 16, "only a physical address can be pfn: or page:" },
	{ "log after", 9, "a number is wanted, at least 1" },
	{ "log after 0", 10, "a number is wanted, at least 1" },
	{ "log after -1", 10, "a number is wanted, at least 1" },
	{ "log after 4294967296", 10, "the number is too large" },
	{ "log after 0x10", 10, "a number is wanted, at least 1" },
	{ "log after 3/", 12, "a number is wanted, at least 1" },
	{ "log after 3/1", 13, "a unit of time is wanted: ms, s, m, h or d" },
	{ "log after 3/1w", 13, "a unit of time is wanted: ms, s, m, h or d" },
	{ "log after 3/1hours", 13, "a unit of time is wanted: ms, s, m, h or d" },
	{ "log after 3/0s", 12, "a number is wanted, at least 1" },
	{ "log after 3/36501d", 12, "more than 100 years" },
	{ "log after 1000001/1ms", 18, "less than a nanosecond for each event" },
	{ "log after 3 per", 15, "a field is wanted" },
	{ "log after 3 per address", 16, "the event has no such field" },
	{ "log after 3/1h per COMM", 19, "the field is no integer and no string of the event" },
	{ "log after 3 per page:COMM", 21, "the field is no integer" },
	{ "log per addr", 4, ORDER },
	{ "log dry-run after 3", 12, ORDER },
	{ "log dry-run dry-run", 12, ORDER },
	{ "log addr", 4, ORDER },
	{ "log dry-running", 4, ORDER },
	{ "log\nlog", 4, ORDER },
	{ "log if", 6, "a filter is wanted" },
	{ "log if  ", 8, "a filter is wanted" },
	/* Where what tracing says is: behind the field */
	{ "log if address == 1", 15, "Field not found" },
	{ "log if bank == 1 && address == 1", 28, "Field not found" },
	{ "log if (bank == 1", 7, "Too many '('" },
	{ "log if bank == x", 16, "Invalid value (did you forget quotes)?" },
	{ "log if bank == 1 dry-run", 17, "Too many terms in predicate expression" },
};

/* The last of "perf action" in tracefs: its second line is the command, the third a caret. */
static bool error_logged(const char *text, unsigned int pos)
{
	static const char command[] = "  Command: ";
	char line[5000], *want, *found = NULL;
	bool ours = false, same = false;
	size_t size = 0;
	FILE *file;

	file = fopen(ERROR_LOG, "r");
	if (!file)
		die(ERROR_LOG);
	want = malloc(strlen(text) + sizeof(command) + 1);
	sprintf(want, "%s%s\n", command, text);
	while (getline(&found, &size, file) > 0) {
		snprintf(line, sizeof(line), "%s", found);
		if (strstr(line, ": error: "))
			ours = strstr(line, "perf action: error: ");
		else if (ours && !strncmp(line, command, strlen(command)))
			same = !strncmp(line, want, strlen(line));
		else if (ours && same && strchr(line, '^'))
			same = strcspn(line, "^") == strlen(command) + pos;
	}
	free(found);
	free(want);
	fclose(file);
	return same;
}

/* By all ways in: refused for the reason, and nothing is made or changed. */
static void expect_wrong(struct __test_metadata *_metadata, int fd, int id, const char *text,
			 unsigned int pos, const char *error)
{
	struct perf_event_action args = action_args(0, text);
	char path[256];

	EXPECT_EQ(-EINVAL, set_action(fd, &args)) TH_LOG("'%s'", text);
	EXPECT_EQ(pos, args.error_pos) TH_LOG("'%s'", text);
	EXPECT_STREQ(error, args.error) TH_LOG("'%s'", text);
	EXPECT_EQ(0, args.id) TH_LOG("'%s'", text);
	/* A second line is one of that file, too. */
	if (!strchr(text, '\n'))
		EXPECT_TRUE(error_logged(text, pos)) TH_LOG("'%s'", text);

	args = action_args(id, text);
	EXPECT_EQ(-EINVAL, set_action(fd, &args)) TH_LOG("'%s'", text);
	EXPECT_EQ(pos, args.error_pos) TH_LOG("'%s'", text);
	EXPECT_STREQ(error, args.error) TH_LOG("'%s'", text);

	/* An empty write() does not reach the file. */
	if (!*text)
		return;
	EXPECT_EQ(-EINVAL, event_file_write(EVENT, "add_rule", text)) TH_LOG("'%s'", text);
	rule_path(path, sizeof(path), EVENT, id, "rule");
	EXPECT_EQ(-EINVAL, write_text(path, text)) TH_LOG("'%s'", text);
}

TEST_F(refused, texts)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		expect_wrong(_metadata, self->fd, self->id, texts[i].text, texts[i].pos,
			     texts[i].error);
		EXPECT_TRUE(unchanged(self->id)) TH_LOG("'%s'", texts[i].text);
	}
	/* What is right is taken by the same ways. */
	EXPECT_EQ(0, rule_change(self->fd, self->id, RIGHT));
	EXPECT_EQ(0, event_file_write(EVENT, "add_rule", RIGHT));
}

TEST_F(refused, arguments)
{
	struct {
		struct perf_event_action a;
		__u64 more[600];
	} newer;
	struct perf_event_action args;
	size_t i;
	static const __u32 sizes[] = { 0, 1, 16, 24, 87, 4097, 1u << 31, ~0u };

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		args = action_args(0, "log");
		args.size = sizes[i];
		EXPECT_EQ(-EINVAL, set_action(self->fd, &args)) TH_LOG("size %u", sizes[i]);
	}
	for (i = 0; i < 32; i += 31) {
		args = action_args(0, "log");
		args.flags = 1u << i;
		EXPECT_EQ(-EINVAL, set_action(self->fd, &args));
	}
	/* Nothing to be done */
	args = action_args(0, NULL);
	EXPECT_EQ(-EINVAL, set_action(self->fd, &args));
	EXPECT_TRUE(unchanged(self->id));

	/* Of a newer kernel: what we do not know must not be asked for. */
	memset(&newer, 0, sizeof(newer));
	newer.a = action_args(0, "log dry-run");
	newer.a.size = sizeof(args) + 16;
	newer.more[1] = 1;
	EXPECT_EQ(-E2BIG, set_action(self->fd, &newer.a));
	EXPECT_TRUE(unchanged(self->id));
	newer.more[1] = 0;
	newer.a.size = 4096;
	EXPECT_EQ(0, set_action(self->fd, &newer.a));
	EXPECT_EQ(0, rule_remove(self->fd, newer.a.id));
	EXPECT_TRUE(unchanged(self->id));
}

TEST_F(refused, no_such_rule)
{
	static const __u32 ids[] = { 0x7ffffffe, 0x80000000, ~0u };
	struct perf_event_action args;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ids); i++) {
		args = action_args(ids[i], NULL);
		EXPECT_EQ(-ENOENT, set_action(self->fd, &args));
		args = action_args(ids[i], "log");
		args.error[0] = '?';
		EXPECT_EQ(-ENOENT, set_action(self->fd, &args));
		/* It is not the text. */
		EXPECT_STREQ("", args.error);
	}
	EXPECT_EQ(-ENOENT, event_file_write(EVENT, "remove_rule", "2147483646"));
	EXPECT_EQ(-ENOENT, event_file_write(EVENT, "remove_rule", "0"));
	EXPECT_EQ(-EINVAL, event_file_write(EVENT, "remove_rule", "all"));
	EXPECT_EQ(-EINVAL, event_file_write(EVENT, "remove_rule", "-1"));
	EXPECT_EQ(-ERANGE, event_file_write(EVENT, "remove_rule", "4294967296"));
	EXPECT_TRUE(unchanged(self->id));
}

TEST_F(refused, memory)
{
	long page = sysconf(_SC_PAGESIZE);
	struct perf_event_action args, *at;
	char *map, *text, path[256], back[8192];
	int id;

	EXPECT_EQ(-EFAULT, set_action(self->fd, NULL));
	EXPECT_EQ(-EFAULT, set_action(self->fd, (void *)-4096l));
	args = action_args(0, (void *)8);
	EXPECT_EQ(-EFAULT, set_action(self->fd, &args));
	args = action_args(0, (void *)-4096l);
	EXPECT_EQ(-EFAULT, set_action(self->fd, &args));

	map = mmap(NULL, 3 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, map);
	ASSERT_EQ(0, munmap(map + 2 * page, page));
	/* The argument, and the text, end where the memory does. */
	at = (void *)(map + 2 * page - sizeof(*at) + 8);
	at->size = sizeof(*at);
	EXPECT_EQ(-EFAULT, set_action(self->fd, at));
	text = map + 2 * page - 3;
	memcpy(text, "log", 3);
	args = action_args(0, text);
	EXPECT_EQ(-EFAULT, set_action(self->fd, &args));
	EXPECT_TRUE(unchanged(self->id));

	/* A page with its end is taken, also by sysfs; more is not. */
	memset(map, ' ', 2 * page);
	memcpy(map, "log", 3);
	map[page - 1] = '\0';
	id = rule_add(self->fd, map);
	EXPECT_LT(0, id);
	rule_path(path, sizeof(path), EVENT, id, "rule");
	EXPECT_EQ(0, read_text(path, back, sizeof(back)));
	EXPECT_EQ(page - 1, (long)strlen(back));
	EXPECT_EQ(0, write_text(path, map));
	EXPECT_TRUE(rule_text_is(EVENT, id, "log"));
	EXPECT_EQ(0, rule_remove(self->fd, id));
	map[page - 1] = ' ';
	map[2 * page - 1] = '\0';
	EXPECT_EQ(-E2BIG, rule_add(self->fd, map));
	map[page] = '\0';
	EXPECT_EQ(-E2BIG, rule_add(self->fd, map));
	EXPECT_TRUE(unchanged(self->id));
	munmap(map, 2 * page);
}

/* What cannot be answered is not done. */
TEST_F(refused, answer)
{
	long page = sysconf(_SC_PAGESIZE);
	struct perf_event_action *args;

	args = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, args);
	*args = action_args(0, "log dry-run");
	ASSERT_EQ(0, mprotect(args, page, PROT_READ));
	EXPECT_EQ(-EFAULT, set_action(self->fd, args));
	EXPECT_TRUE(unchanged(self->id));
	munmap(args, page);
}

TEST_HARNESS_MAIN
