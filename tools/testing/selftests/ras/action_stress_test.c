// SPDX-License-Identifier: GPL-2.0
/* Rules made, changed, removed, looked at and fired at, all at once: no count is wrong then. */
#include <pthread.h>

#include "../kselftest_harness.h"
#include "action.h"

#define EXPEDITED	"/sys/kernel/rcu_expedited"
#define SECONDS		8
#define OTHER		"test-other"
#define SPECIAL		0x5bec1a1

FIXTURE(stress) {
	struct actions a;
	char expedited[16];
};

FIXTURE_SETUP(stress)
{
	const char *why = actions_setup(&self->a);

	if (why)
		SKIP(return, "%s", why);
	/* Each change waits for a grace period. */
	ASSERT_EQ(0, read_text(EXPEDITED, self->expedited, sizeof(self->expedited)));
	ASSERT_EQ(0, write_text(EXPEDITED, "1"));
}

FIXTURE_TEARDOWN(stress)
{
	if (self->a.cpus) {
		rules_clear("mc_event");
		write_text(EXPEDITED, self->expedited);
	}
	actions_close(&self->a);
}

struct stress {
	struct actions *a;
	int cpu;
	bool stop;
	long done;
	long fired;		/* of SPECIAL */
};

static bool going(struct stress *s)
{
	__atomic_fetch_add(&s->done, 1, __ATOMIC_RELAXED);
	return !__atomic_load_n(&s->stop, __ATOMIC_RELAXED);
}

static const char * const texts[] = {
	"log(addr) dry-run",
	"log(addr) after 3 per addr dry-run",
	"log(addr) after 2/1ms per page:addr dry-run if bank == 1",
	"panic(addr) after 1000000 dry-run if addr > 5 || cpu == 0",
	"log(pfn:addr) after 100/1h dry-run",
	"soft-offline(addr) after 2 per addr dry-run",
	/* A page that there is not: it sleeps, and fails. */
	"soft-offline(pfn:status) after 4",
	"kill-users(pfn:status)",
	"log(nothing)",
};

static const char *any_text(unsigned int *seed)
{
	return texts[rand_r(seed) % ARRAY_SIZE(texts)];
}

/* Numbers of rules that there may be, of any event and any thread */
static int ids[32];

static int *any_id(unsigned int *seed)
{
	return &ids[rand_r(seed) % ARRAY_SIZE(ids)];
}

static int id_take(int *at)
{
	return __atomic_exchange_n(at, 0, __ATOMIC_RELAXED);
}

/* What was in its place is removed. */
static void id_put(struct stress *s, int *at, int id)
{
	id = __atomic_exchange_n(at, id, __ATOMIC_RELAXED);
	if (id)
		rule_remove(s->a->fire[0], id);
}

static void *adder(void *arg)
{
	struct stress *s = arg;
	unsigned int seed = 1 + (unsigned long)pthread_self();
	int id;

	while (going(s)) {
		id = rule_add(s->a->fire[rand_r(&seed) % s->a->cpus], any_text(&seed));
		if (id > 0)
			id_put(s, any_id(&seed), id);
		if (rand_r(&seed) % 2)
			rule_change(s->a->fire[0], *any_id(&seed), any_text(&seed));
	}
	return NULL;
}

static void *remover(void *arg)
{
	struct stress *s = arg;
	unsigned int seed = 2 + (unsigned long)pthread_self();
	int id;

	while (going(s)) {
		id = id_take(any_id(&seed));
		if (!id)
			continue;
		if (rand_r(&seed) % 2)
			rule_remove(s->a->fire[0], id);
		else
			rule_remove_sysfs(EVENT, id);
	}
	return NULL;
}

static void *lister(void *arg)
{
	static const char * const files[] = {
		"rule", "matched", "triggered", "suppressed", "dropped", "forgotten",
	};
	struct stress *s = arg;
	unsigned int seed = 3 + (unsigned long)pthread_self();
	char path[256], text[512];
	size_t i;
	int id;

	while (going(s)) {
		rules_of(EVENT, &id);
		id = rand_r(&seed) % 2 ? id : *any_id(&seed);
		for (i = 0; i < ARRAY_SIZE(files); i++) {
			rule_path(path, sizeof(path), EVENT, id, files[i]);
			read_text(path, text, sizeof(text));
			if (i == 0 && rand_r(&seed) % 4 == 0)
				write_text(path, any_text(&seed));
		}
	}
	return NULL;
}

/* An event with rules that comes and goes */
static void *forgetter(void *arg)
{
	struct stress *s = arg;
	unsigned int seed = 4;
	int fd, template = tracepoint_open("mce_record", 0), i;
	struct perf_event_attr attr;
	char path[256], text[64];

	snprintf(path, sizeof(path), PMU_DIR "/events/" OTHER);
	while (going(s)) {
		if (persist(template, OTHER, "", 1, 0) || read_text(path, text, sizeof(text)))
			continue;
		attr = persistent_attr(OTHER);
		fd = perf_open(&attr, -1, 0, -1, 0);
		for (i = 0; i < 3; i++)
			rule_add(fd, any_text(&seed));
		event_file_write(OTHER, "add_rule", any_text(&seed));
		if (rand_r(&seed) % 2)
			usleep(rand_r(&seed) % 20000);
		forget_fd(fd);
		close(fd);
	}
	close(template);
	return NULL;
}

/* Somebody who does not know that it goes. */
static void *other(void *arg)
{
	unsigned int seed = 5;
	int id;

	while (going(arg)) {
		event_file_write(OTHER, "add_rule", any_text(&seed));
		if (rules_of(OTHER, &id))
			rule_remove_sysfs(OTHER, id);
	}
	return NULL;
}

static void *opener(void *arg)
{
	struct stress *s = arg;
	unsigned int seed = 6 + (unsigned long)pthread_self();
	struct perf_event_attr attr = tracepoint_attr("mce_record");
	int fd, i;

	while (going(s)) {
		fd = perf_open(&attr, -1, rand_r(&seed) % s->a->cpus, -1, 0);
		for (i = 0; i < 3; i++)
			rule_add(fd, any_text(&seed));
		if (rand_r(&seed) % 2)
			usleep(rand_r(&seed) % 10000);
		close(fd);
	}
	return NULL;
}

static void *firer(void *arg)
{
	struct stress *s = arg;
	unsigned int seed = 7 + s->cpu, n;

	while (going(s)) {
		for (n = 0; n < 20; n++)
			fire(s->a, s->cpu, rand_r(&seed) % 64 << 8);
		fire(s->a, s->cpu, SPECIAL);
		s->fired++;
	}
	return NULL;
}

static bool all_went(struct stress *s, size_t n)
{
	while (n--)
		if (__atomic_load_n(&s[n].done, __ATOMIC_RELAXED) <= 5)
			return false;
	return true;
}

static long exact(struct __test_metadata *_metadata, int id, const char *file)
{
	long n = rule_count(EVENT, id, file);

	EXPECT_LE(0, n);
	return n;
}

TEST_F_TIMEOUT(stress, all_at_once, 300)
{
	void *(*work[])(void *) = {
		adder, adder, remover, lister, lister, forgetter, other, opener, firer, firer,
	};
	struct stress s[ARRAY_SIZE(work)] = {};
	pthread_t thread[ARRAY_SIZE(work)];
	int each, third, last, fd;
	long fired = 0;
	size_t i;

	each = rule_add(self->a.fire[0], "log(addr) dry-run if addr == 0x5bec1a1");
	third = rule_add(self->a.fire[0],
			 "log(addr) after 3/100d per addr dry-run if addr == 0x5bec1a1");
	ASSERT_LT(0, each);
	ASSERT_LT(0, third);
	for (i = 0; i < ARRAY_SIZE(work); i++) {
		s[i].a = &self->a;
		s[i].cpu = i % self->a.cpus;
		ASSERT_EQ(0, pthread_create(&thread[i], NULL, work[i], &s[i]));
	}
	sleep(SECONDS);
	/* Nobody is stuck. */
	EXPECT_TRUE(eventually(120, all_went(s, ARRAY_SIZE(work))));
	for (i = 0; i < ARRAY_SIZE(work); i++)
		__atomic_store_n(&s[i].stop, true, __ATOMIC_RELAXED);
	for (i = 0; i < ARRAY_SIZE(work); i++) {
		ASSERT_EQ(0, pthread_join(thread[i], NULL)) TH_LOG("thread %zu", i);
		TH_LOG("thread %zu: %ld rounds", i, s[i].done);
		fired += s[i].fired;
	}
	decisions_drop(&self->a);
	ASSERT_LE(0, decided(&self->a));

	TH_LOG("%ld fired", fired);
	EXPECT_EQ(fired, exact(_metadata, each, "matched"));
	EXPECT_EQ(fired, exact(_metadata, each, "triggered") + exact(_metadata, each, "dropped"));
	EXPECT_EQ(0, exact(_metadata, each, "suppressed"));
	EXPECT_EQ(fired, exact(_metadata, third, "matched"));
	EXPECT_EQ((fired - exact(_metadata, third, "dropped")) / 3,
		  exact(_metadata, third, "triggered"));

	/* What is left is what may be left, and goes. */
	if (event_exists(OTHER))
		EXPECT_EQ(0, forget(OTHER));
	rules_clear(EVENT);
	EXPECT_EQ(0, rules_of(EVENT, &last));
	fire(&self->a, 0, SPECIAL);
	EXPECT_EQ(0, decided(&self->a));
	/* All places are free but the fence's: no rule that is not shown is left. */
	fd = persistent_open("mc_event", 0);
	for (i = 0; rule_add(fd, "log dry-run") > 0; i++)
		;
	EXPECT_EQ(RULES_MAX - 1, i);
	close(fd);
}

TEST_HARNESS_MAIN
