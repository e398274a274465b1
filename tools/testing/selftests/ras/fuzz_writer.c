// SPDX-License-Identifier: GPL-2.0
/*
 * One process that writes records to one event after the other, and checks after each
 * write() what has come of it.
 */
#include <signal.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "fuzz_writer.h"

#define CPU1_ONLINE	"/sys/devices/system/cpu/cpu1/online"
/* The record that takes a key of its own is one of many. */
#define KEY		0x46000000
#define TRIES		1000

static size_t page_size(void)
{
	return sysconf(_SC_PAGESIZE);
}

/* A window whose end is the end of what can be read */
static __u8 *window_map(void)
{
	__u8 *at = mmap(NULL, FUZZ_MAX + page_size(), PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED || mprotect(at + FUZZ_MAX, page_size(), PROT_NONE))
		die("mmap");
	return at;
}

void fuzz_writer_init(struct fuzz_writer *w, struct fuzz_shared *shared, int id, int writers,
		      __u64 seed)
{
	struct fuzz_rng rng;

	memset(w, 0, sizeof(*w));
	w->shared = shared;
	w->stats = &shared->stats[id];
	w->id = id;
	/* Each session has its own, and they are none of another seed. */
	fuzz_seed(&rng, seed + ((__u64)id << 48));
	w->seed = fuzz_u64(&rng);
	w->writers = writers;
	w->cpus = writers > 1 ? 1 : buffer_cpus();
	w->buf = malloc(FUZZ_MAX);
	w->window = window_map();
	fuzz_events_find(&w->events);
	w->sleeper = fork();
	if (!w->sleeper) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
}

void fuzz_writer_end(struct fuzz_writer *w)
{
	__atomic_store_n(&w->shared->seen[w->id], ~0u, __ATOMIC_RELEASE);
	kill(w->sleeper, SIGKILL);
	waitpid(w->sleeper, NULL, 0);
	munmap(w->window, FUZZ_MAX + page_size());
	free(w->buf);
}

static unsigned int hotplug_now(const struct fuzz_writer *w)
{
	return __atomic_load_n(&w->shared->hotplug, __ATOMIC_ACQUIRE);
}

/* Wait until no CPU comes or goes, and be on ours. */
static unsigned int hotplug_settle(struct fuzz_writer *w)
{
	unsigned int now;

	for (;;) {
		now = hotplug_now(w);
		if (!(now & 1) && pin_to_cpu(w->id))
			break;
		usleep(1000);
	}
	__atomic_store_n(&w->shared->seen[w->id], now, __ATOMIC_RELEASE);
	return now;
}

/* Take CPU 1 away while its writer writes, and bring it back. */
static void hotplug(struct fuzz_writer *w)
{
	unsigned int now, seen;
	int i;

	__atomic_add_fetch(&w->shared->hotplug, 1, __ATOMIC_ACQ_REL);
	if (write_text(CPU1_ONLINE, "0") || write_text(CPU1_ONLINE, "1"))
		die(CPU1_ONLINE);
	now = __atomic_add_fetch(&w->shared->hotplug, 1, __ATOMIC_ACQ_REL);
	/* It may have been moved here: wait until it is back on its CPU. */
	for (i = 1; i < w->writers; i++) {
		do {
			usleep(1000);
			seen = __atomic_load_n(&w->shared->seen[i], __ATOMIC_ACQUIRE);
		} while (seen != now && seen != ~0u);
	}
}

static void complain(struct fuzz_writer *w, const struct fuzz_target *t,
		     const struct fuzz_written *wr, const char *wrong, __u64 seen, __u64 wanted)
{
	size_t i, left, show = 0;

	w->stats->failed++;
	if (w->quiet)
		return;
	printf("# %s\n", wrong);
	printf("# writer %d, session %llu: %s, sample_type %#llx read_format %#llx period %llu\n",
	       w->id, w->session, t->event->name, t->attr.sample_type, t->attr.read_format,
	       t->attr.sample_period);
	printf("# cpu %d%s%s, key %s, deep %#x, fixed %u\n", t->cpu, t->asleep ? ", asleep" : "",
	       t->counting ? "" : ", not counting", t->key ? t->key->name : "none",
	       t->event->deep, t->event->fixed);
	printf("# write() of %zu bytes, %zu of them readable: %zd; the count moved by %llu\n",
	       wr->len, wr->readable, wr->ret, seen);
	printf("# model: %llu records, %llu of them deeper, by %llu, outcome %#x\n", wr->taken,
	       wr->deep, wanted, wr->outcome);
	if (wr->refused) {
		left = wr->buf + wr->readable - wr->refused;
		show = left < 160 ? left : 160;
		printf("# at %zu:", wr->refused - wr->buf);
	}
	for (i = 0; i < show; i++)
		printf("%s%02x", i % 8 ? "" : " ", wr->refused[i]);
	printf("\n");
	fflush(stdout);
}

/* How much the count may have moved: exactly so, if nothing else moves it. */
static bool count_is(const struct fuzz_target *t, __u64 moved, __u64 adds)
{
	if (!t->counting)
		return !moved;
	/* The kernel's own samples each time it counts, and too many of them stop it. */
	if (t->event->counter && t->event->persistent)
		return moved <= adds;
	if (t->key || t->event->quiet)
		return moved == adds;
	return moved - adds < 1ull << 62;
}

/*
 * What went deeper comes back on any CPU, sooner or later. As many as machine checks were
 * logged; of others nobody knows how many.
 */
static bool came_back(const struct fuzz_target *t, const struct fuzz_written *wr, __u64 before)
{
	__u64 wanted = before + wr->stream + wr->deep;

	if (!wr->deep)
		return fuzz_count_everywhere(t) == wanted;
	if (strstr(t->event->name, "mce_record") &&
	    !(t->event->deep & PERF_RECORD_MISC_INJECT_HARDWARE))
		return eventually(20, fuzz_count_everywhere(t) == wanted);
	usleep(100000);
	return true;
}

static void account(struct fuzz_writer *w, const struct fuzz_written *wr)
{
	w->stats->taken += wr->taken;
	w->stats->deep += wr->deep;
	w->stats->refused += !!wr->refused;
	w->stats->records += wr->taken + !!wr->refused;
	if (wr->readable < wr->len)
		w->stats->faults++;
	if (wr->ret == -EAGAIN && wr->outcome & FUZZ_TAKEN)
		w->stats->again++;
}

/* One write() and what it has done; false if that is wrong. *@gone: a CPU came or went. */
static bool write_once(struct fuzz_writer *w, struct fuzz_target *t, struct fuzz_written *wr,
		       unsigned int plugged, bool *gone)
{
	__u64 before = fuzz_count(t), everywhere = fuzz_count_everywhere(t), moved;
	const char *wrong;

	wr->taken = 0;
	wr->stream = 0;
	wr->deep = 0;
	wr->adds = 0;
	wr->ret = write(t->fd, w->window + FUZZ_MAX - wr->readable, wr->len);
	if (wr->ret < 0)
		wr->ret = -errno;
	moved = fuzz_count(t) - before;
	*gone = hotplug_now(w) != plugged;
	if (*gone) {
		w->stats->disturbed++;
		return true;
	}
	wrong = fuzz_check(t, wr);
	/* It may be on our own CPU already, or not yet. */
	if (!wrong && t->deep && !came_back(t, wr, everywhere))
		wrong = "what went deeper has not come back as it should";
	if (!wrong && !wr->deep && !count_is(t, moved, wr->adds))
		wrong = "the count has not moved by what was taken";
	if (!wrong && t->listener >= 0 && !t->deep)
		wrong = fuzz_check_samples(t, wr, &w->stats->samples);
	if (wrong)
		complain(w, t, wr, wrong, moved, wr->adds);
	else
		account(w, wr);
	return !wrong;
}

/* All of a batch: what follows a short count is written again, for the reason. */
static bool write_batch(struct fuzz_writer *w, struct fuzz_target *t, struct fuzz_written *wr,
			unsigned int plugged, bool *gone)
{
	int tries;

	for (tries = 0; tries < TRIES; tries++) {
		/* What can be read ends where the window does. */
		memcpy(w->window + FUZZ_MAX - wr->readable, wr->buf, wr->readable);
		if (!write_once(w, t, wr, plugged, gone))
			return false;
		if (*gone || wr->ret == (ssize_t)wr->len)
			return true;
		if (wr->ret < 0 && wr->ret != -EAGAIN)
			return true;
		if (wr->ret < 0 && !(wr->outcome & FUZZ_TAKEN))
			return true;
		if (wr->ret > 0) {
			wr->buf += wr->ret;
			wr->len -= wr->ret;
			wr->readable -= wr->ret;
		}
	}
	complain(w, t, wr, "no end of EAGAIN", 0, 0);
	return false;
}

/*
 * Where there is no PMU, a hardware counter says so. All else can be opened, but a tracepoint
 * that each sample would hit again cannot be sampled.
 */
static bool not_there(struct fuzz_writer *w, const struct fuzz_event *event)
{
	bool hardware = event->type == PERF_TYPE_HARDWARE || event->type == PERF_TYPE_RAW ||
			event->type == PERF_TYPE_HW_CACHE;

	w->stats->closed++;
	if (hardware ? event->closed == ENOENT || event->closed == EOPNOTSUPP :
		       event->closed == EPERM && !strncmp(event->name, "irq_vectors:", 12))
		return true;
	w->stats->failed++;
	printf("# %s cannot be opened: %s\n", event->name, strerror(event->closed));
	return false;
}

static void on_alarm(int sig)
{
}

/* Signals every few milliseconds, which may end a write() early, or none */
static void alarms(bool on)
{
	struct itimerval every = { .it_interval.tv_usec = 3000, .it_value.tv_usec = 3000 };
	struct itimerval never = {};

	signal(SIGALRM, on_alarm);
	setitimer(ITIMER_REAL, on ? &every : &never, NULL);
}

/**
 * fuzz_session - open an event, write records to it, close it
 * @w:	     the writer
 * @event:   the event
 * @records: about so many
 *
 * Return: false if something was not as it should be.
 */
bool fuzz_session(struct fuzz_writer *w, struct fuzz_event *event, __u64 records)
{
	__u64 value = KEY | w->id << 20 | (w->session & 0xfffff);
	/* All that can be seen of an event that refuses everything is soon seen. */
	__u64 end = w->stats->records + (event->refused ? 1 + records / 8 : records);
	unsigned int plugged = hotplug_settle(w);
	struct fuzz_written wr;
	struct fuzz_target t;
	struct fuzz_rng rng;
	bool good = true, gone = false;

	fuzz_seed(&rng, w->seed + w->session++);
	w->stats->sessions++;
	if (!fuzz_open(&t, &rng, event, w->id, w->cpus, w->sleeper, value))
		return not_there(w, event);
	/* With others around nobody knows whose it is that comes back. */
	if (event->deep && w->writers == 1 && !t.asleep && !t.key && t.counting &&
	    fuzz_chance(&rng, 80))
		fuzz_open_everywhere(&t, w->cpus);
	alarms(!t.deep && fuzz_chance(&rng, 15));
	while (good && !gone && w->stats->records < end) {
		wr.buf = w->buf;
		wr.len = fuzz_batch(&t, &rng, w->buf, FUZZ_MAX);
		wr.readable = fuzz_chance(&rng, 5) ? fuzz_below(&rng, wr.len) : wr.len;
		good = write_batch(w, &t, &wr, plugged, &gone);
	}
	alarms(false);
	fuzz_close(&t);
	return good;
}

/* Now and then those that this is about; else each in turn */
static struct fuzz_event *choose(struct fuzz_writer *w)
{
	struct fuzz_event *event;
	struct fuzz_rng rng;
	int tries;

	fuzz_seed(&rng, ~(w->seed + w->session));
	if (fuzz_chance(&rng, 70))
		return &w->events.event[(w->session * w->writers + w->id) % w->events.nr];
	for (tries = 0; tries < 1000; tries++) {
		event = &w->events.event[fuzz_below(&rng, w->events.nr)];
		if (event->quiet || (event->counter && !event->closed))
			break;
	}
	return event;
}

static void progress(struct fuzz_writer *w, __u64 records, unsigned int *tenths)
{
	unsigned int now = w->stats->records * 10 / records;

	if (now == *tenths || w->quiet)
		return;
	*tenths = now;
	printf("# fuzz: writer %d: %llu of %llu records, %llu taken, %llu refused, %llu opened\n",
	       w->id, w->stats->records, records, w->stats->taken, w->stats->refused,
	       w->stats->sessions - w->stats->closed);
	fflush(stdout);
}

/**
 * fuzz_run - write records to all events there are
 * @w:	     the writer
 * @records: how many are to be judged, at least
 *
 * Return: false if something was not as it should be.
 */
bool fuzz_run(struct fuzz_writer *w, __u64 records)
{
	__u64 each = records * 3 / (w->events.nr * 4);
	unsigned int tenths = 0;

	/* So long that opening does not take all the time, and that each has its turn */
	if (each < 50)
		each = 50;
	if (each > 400)
		each = 400;
	while (w->stats->records < records) {
		if (!fuzz_session(w, choose(w), each))
			return false;
		if (w->writers > 1 && !w->id && !(w->session % 24))
			hotplug(w);
		progress(w, records, &tenths);
	}
	return true;
}
