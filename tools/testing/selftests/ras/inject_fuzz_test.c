// SPDX-License-Identifier: GPL-2.0
/*
 * write() on perf fds with records at random, most of them nearly right, against all events
 * that there are. A model says which of them must be taken, and which must be refused, and
 * why; counts and listeners say what has been emitted.
 *
 * RAS_FUZZ_RECORDS is how many, RAS_FUZZ_SEED makes the same ones again; both in the
 * environment, which for a guest is its kernel's command line.
 */
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "../kselftest_harness.h"
#include "fuzz_writer.h"

#define RECORDS		24000
/* A million takes its time. */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT	(4 * 60 * 60)

static __u64 number(const char *name, __u64 otherwise)
{
	const char *text = getenv(name);

	return text && *text ? strtoull(text, NULL, 0) : otherwise;
}

static bool fuzz_usable(void)
{
	return persistent_usable() && !access(TRACEFS "/events", R_OK);
}

static struct fuzz_shared *shared_map(void)
{
	struct fuzz_shared *shared;

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		die("mmap");
	return shared;
}

/* Each event that is closed waits for RCU, which is not what this is about. */
static void hurry_rcu(bool on)
{
	write_text("/sys/kernel/rcu_expedited", on ? "1" : "0");
}

/* Processes that write at the same time, each on its CPU. How many of them failed */
static int run_writers(int writers, __u64 records)
{
	__u64 seed = number("RAS_FUZZ_SEED", time(NULL));
	struct fuzz_shared *shared = shared_map();
	struct fuzz_stats *s;
	struct fuzz_writer w;
	int i, status, failed = 0;
	pid_t pid[CPUS_MAX];

	printf("# fuzz: RAS_FUZZ_SEED=%llu, %d at a time\n", seed, writers);
	fflush(stdout);
	hurry_rcu(true);
	for (i = 0; i < writers; i++) {
		pid[i] = fork();
		if (pid[i])
			continue;
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		fuzz_writer_init(&w, shared, i, writers, seed);
		status = !fuzz_run(&w, records / writers);
		fuzz_writer_end(&w);
		_exit(status);
	}
	for (i = 0; i < writers; i++) {
		if (waitpid(pid[i], &status, 0) != pid[i] || status)
			failed++;
		s = &shared->stats[i];
		printf("# fuzz: writer %d: %llu records, %llu taken (%llu deeper), %llu refused, ",
		       i, s->records, s->taken, s->deep, s->refused);
		printf("%llu pages missing, %llu samples compared, %llu events opened, ",
		       s->faults, s->samples, s->sessions - s->closed);
		printf("%llu not, %llu times again, %llu CPUs gone\n", s->closed, s->again,
		       s->disturbed);
		fflush(stdout);
	}
	hurry_rcu(false);
	munmap(shared, sizeof(*shared));
	return failed;
}

TEST(alone)
{
	if (!fuzz_usable())
		SKIP(return, "no persistent events here, or not root");
	EXPECT_EQ(0, run_writers(1, number("RAS_FUZZ_RECORDS", RECORDS) / 2));
}

TEST(two_at_a_time_and_cpu_hotplug)
{
	if (!fuzz_usable())
		SKIP(return, "no persistent events here, or not root");
	if (buffer_cpus() < 2)
		SKIP(return, "needs two CPUs");
	EXPECT_EQ(0, run_writers(2, number("RAS_FUZZ_RECORDS", RECORDS) / 2));
}

/* The events on which a rule of the model shows */
static bool shows(const struct fuzz_event *event, unsigned int rule)
{
	int i;

	if (event->closed || event->refused)
		return false;
	switch (rule) {
	case 1:
	case 15:
	case 16:
		return event->counter && !event->persistent;
	case 2:
	case 10 ... 14:
	case 18:
		return true;
	case 17:
	case FUZZ_RULES:
		return !event->counter && !event->persistent && event->fields > 4;
	case 8:
	case 9:
		return !event->counter;
	}
	for (i = 0; i < event->fields; i++) {
		const struct fuzz_field *f = &event->field[i];

		if (f->where != FUZZ_FIXED &&
		    (rule == 5 || rule == 6 ? f->what == FUZZ_STRING :
		     rule == 7 ? f->what == FUZZ_CPUS : true))
			return true;
	}
	return false;
}

/* How many events opened until somebody misses the rule; -1: nobody does */
static int missed_after(struct fuzz_writer *w, struct fuzz_rng *rng)
{
	struct fuzz_event *event;
	int tries, sessions = 0;

	for (tries = 0; tries < 100000 && sessions < 300; tries++) {
		event = &w->events.event[fuzz_below(rng, w->events.nr)];
		if (!shows(event, fuzz_wrong))
			continue;
		sessions++;
		if (!fuzz_session(w, event, 100))
			return sessions;
	}
	/* No event is of that kind. */
	return sessions ? -1 : 0;
}

/* A model that does not know a rule is found out: whoever breaks the rule would be, too. */
TEST(model_without_a_rule)
{
	struct fuzz_shared *shared;
	struct fuzz_writer w;
	struct fuzz_rng rng;
	int after;

	if (!fuzz_usable())
		SKIP(return, "no persistent events here, or not root");
	shared = shared_map();
	fuzz_writer_init(&w, shared, 0, 1, 1);
	fuzz_seed(&rng, 1);
	w.quiet = true;
	hurry_rcu(true);
	for (fuzz_wrong = 1; fuzz_wrong <= FUZZ_RULES; fuzz_wrong++) {
		after = missed_after(&w, &rng);
		if (after)
			printf("# fuzz: without rule %u of the model, event %d is wrong\n",
			       fuzz_wrong, after);
		else
			printf("# fuzz: no event here is about rule %u of the model\n",
			       fuzz_wrong);
		EXPECT_LE(0, after);
	}
	hurry_rcu(false);
	fuzz_writer_end(&w);
	munmap(shared, sizeof(*shared));
}

TEST_HARNESS_MAIN
