// SPDX-License-Identifier: GPL-2.0
/* Whatever is done to the text of a rule, it is one still, or there is a reason why not. */
#include "../kselftest_harness.h"
#include "action.h"

#define EXPEDITED	"/sys/kernel/rcu_expedited"
#define MUTANTS		20000

static const char * const originals[] = {
	"log(addr) after 3/1h per addr dry-run if bank == 1",
	"log",
	"log(page:addr) after 10/24h per page:addr dry-run if bank == 3 && addr > 0x1000",
	"soft-offline(addr) after 10/24h per addr if (status & 4) || cpu == 1",
	"cpu-offline(cpu) after 100/1s dry-run",
	"panic after 3/1000ms if ip != 0 || !(cs == 16)",
	"kill-users(pfn:misc) after 1023 per misc if CPU & CPUS{0-1}",
	"hard-offline(addr) if comm ~ \"*mce*\"",
};

static const char * const words[] = {
	" after ", " per ", " dry-run ", " if ", "(", ")", "pfn:", "page:", "addr", "bank", "/",
	"ms", "&&", "||", "!", "==", "~", "\"", "'", "{", "}", "4294967295", "-1", "0x", "\n", "\t",
	"stacktrace", "COMM", "CPU", "common_pid", ".function", ".ustring", "CPUS{", "^", "%s",
};

static void mutate(char *text, size_t size, unsigned int *seed)
{
	size_t len = strlen(text), at = rand_r(seed) % (len + 1);
	const char *word = words[rand_r(seed) % ARRAY_SIZE(words)];

	switch (rand_r(seed) % 6) {
	case 0:		/* leave out */
		if (at < len)
			memmove(text + at, text + at + 1, len - at);
		break;
	case 1:		/* another */
		if (at < len)
			text[at] = 1 + rand_r(seed) % 255;
		break;
	case 2:		/* end here */
		text[at] = '\0';
		break;
	case 3:		/* twice from here on */
		if (len + len - at < size)
			memmove(text + len, text + at, len - at + 1);
		text[len + len - at < size ? len + len - at : len] = '\0';
		break;
	default:
		if (len + strlen(word) >= size)
			break;
		memmove(text + at + strlen(word), text + at, len - at + 1);
		memcpy(text + at, word, strlen(word));
	}
}

FIXTURE(fuzz) {
	int fd;
};

FIXTURE_SETUP(fuzz)
{
	self->fd = -1;
	if (!actions_usable())
		SKIP(return, "no rules here, or not root");
	forget_tests();
	persist_again("mce_record", EVENT);
	self->fd = persistent_open(EVENT, 0);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(fuzz)
{
	if (self->fd < 0)
		return;
	close(self->fd);
	forget_tests();
}

/* Whatever the text, it is a rule or there is a reason, with a place in it. */
TEST_F_TIMEOUT(fuzz, mutants, 600)
{
	unsigned int seed = 20260101, i, n, taken = 0;
	struct perf_event_action args;
	char text[512], expedited[16];
	int ret, last;

	/* Each removal waits for a grace period. */
	ASSERT_EQ(0, read_text(EXPEDITED, expedited, sizeof(expedited)));
	ASSERT_EQ(0, write_text(EXPEDITED, "1"));
	for (i = 0; i < MUTANTS; i++) {
		snprintf(text, sizeof(text), "%s", originals[i % ARRAY_SIZE(originals)]);
		for (n = rand_r(&seed) % 4; n; n--)
			mutate(text, sizeof(text), &seed);
		args = action_args(0, text);
		ret = set_action(self->fd, &args);
		if (!ret) {
			taken++;
			EXPECT_EQ(0, rule_remove(self->fd, args.id)) TH_LOG("'%s'", text);
			continue;
		}
		EXPECT_EQ(-EINVAL, ret) TH_LOG("'%s'", text);
		EXPECT_LE(args.error_pos, strlen(text)) TH_LOG("'%s'", text);
		EXPECT_NE('\0', args.error[0]) TH_LOG("'%s'", text);
		EXPECT_NE(NULL, memchr(args.error, '\0', sizeof(args.error)));
		EXPECT_EQ(0, args.id);
	}
	TH_LOG("%u of %u taken", taken, i);
	/* Both happen. */
	EXPECT_LT(MUTANTS / 10, taken);
	EXPECT_GT(MUTANTS / 2, taken);
	EXPECT_EQ(0, rules_of(EVENT, &last));
	EXPECT_EQ(0, write_text(EXPEDITED, expedited));
}

TEST_HARNESS_MAIN
