/* SPDX-License-Identifier: GPL-2.0 */
/* Make rules, raise what they are for, and see what they decided. */
#ifndef SELFTESTS_RAS_ACTION_H
#define SELFTESTS_RAS_ACTION_H

#include "persist.h"

/* What the rules of most tests are for: machine checks, made persistent a second time. */
#define EVENT		"test-act"
/* Signals, see fence(). */
#define FENCE		"test-fence"

/* What was decided, in a set with more room than that of the event itself */
#define DECIDED		"test-decided"
#define DECIDED_PAGES	8

#define RULES_MAX	64
#define DECISIONS_MAX	512

/* Fires until what they left has to be looked at, or the buffers overflow. */
#define FIRES_MAX	40

enum outcome { DONE, FAILED, DRY_RUN, CAPPED, DROPPED };
enum severity { INFO, CORRECTED, RECOVERED };

/* An event ras:action */
struct decision {
	char action[32];
	char source[64];
	__u32 rule;
	__u64 value;
	int outcome;
	int result;
	int severity;
};

struct actions {
	struct format action;
	struct format mce;
	int cpus;
	int fd[CPUS_MAX];		/* DECIDED on each CPU */
	int fire[CPUS_MAX];		/* EVENT on each CPU */
	struct ring ring[CPUS_MAX];
	__u64 pos[CPUS_MAX];
	__u64 id[CPUS_MAX];
	__u32 fence;
	int fences;
	int n;
	struct decision decision[DECISIONS_MAX];
};

static inline struct perf_event_action action_args(__u32 id, const char *text)
{
	return (struct perf_event_action) {
		.size = sizeof(struct perf_event_action),
		.id = id,
		.rule = (unsigned long)text,
	};
}

static inline int set_action(int fd, struct perf_event_action *args)
{
	return ioctl(fd, PERF_EVENT_IOC_SET_ACTION, args) ? -errno : 0;
}

/* Its number, or -errno. */
static inline int rule_add(int fd, const char *text)
{
	struct perf_event_action args = action_args(0, text);
	int ret = set_action(fd, &args);

	return ret ?: (int)args.id;
}

static inline int rule_change(int fd, int id, const char *text)
{
	struct perf_event_action args = action_args(id, text);
	int ret = set_action(fd, &args);

	return ret ?: args.id == (__u32)id ? 0 : -EBADMSG;
}

static inline int rule_remove(int fd, int id)
{
	struct perf_event_action args = action_args(id, NULL);

	return set_action(fd, &args);
}

static inline void rule_path(char *path, size_t size, const char *event, int id,
			     const char *file)
{
	snprintf(path, size, PMU_DIR "/sources/%s/rule%d/%s", event, id, file);
}

static inline bool rule_shown(const char *event, int id)
{
	char path[256];

	rule_path(path, sizeof(path), event, id, "");
	return !access(path, F_OK);
}

/* -1 if there is none. */
static inline long rule_count(const char *event, int id, const char *file)
{
	char path[256], text[64];

	rule_path(path, sizeof(path), event, id, file);
	return read_text(path, text, sizeof(text)) ? -1 : atol(text);
}

static inline bool rule_text_is(const char *event, int id, const char *wanted)
{
	char path[256], text[5000];

	rule_path(path, sizeof(path), event, id, "rule");
	return !read_text(path, text, sizeof(text)) && !strcmp(text, wanted);
}

/* sources/@event/@file, to be written to. */
static inline int event_file_write(const char *event, const char *file, const char *text)
{
	char path[256];

	snprintf(path, sizeof(path), PMU_DIR "/sources/%s/%s", event, file);
	return write_text(path, text);
}

static inline int rule_remove_sysfs(const char *event, int id)
{
	char text[16];

	snprintf(text, sizeof(text), "%d\n", id);
	return event_file_write(event, "remove_rule", text);
}

/* How many @event has, and the number of the youngest in *@last. */
static inline int rules_of(const char *event, int *last)
{
	char path[256];
	struct dirent *d;
	int n = 0, id;
	DIR *dir;

	*last = 0;
	snprintf(path, sizeof(path), PMU_DIR "/sources/%s", event);
	dir = opendir(path);
	if (!dir)
		return 0;
	while ((d = readdir(dir))) {
		if (sscanf(d->d_name, "rule%d", &id) != 1)
			continue;
		n++;
		if (id > *last)
			*last = id;
	}
	closedir(dir);
	return n;
}

/* Those of an event that a test does not forget. */
static inline void rules_clear(const char *event)
{
	int id;

	while (rules_of(event, &id))
		if (rule_remove_sysfs(event, id))
			die("remove rule %d of %s", id, event);
}

static inline void action_text(const struct format *f, const struct record *rec,
			       const char *name, char *out, size_t size)
{
	snprintf(out, size, "%s", (const char *)rec->raw + (field_get(f, rec, name) & 0xffff));
}

static inline void decision_read(const struct format *f, const struct record *rec,
				 struct decision *d)
{
	action_text(f, rec, "action", d->action, sizeof(d->action));
	action_text(f, rec, "source", d->source, sizeof(d->source));
	d->rule = field_get(f, rec, "rule");
	d->value = field_get(f, rec, "value");
	d->outcome = field_get(f, rec, "outcome");
	d->result = field_get(f, rec, "result");
	d->severity = field_get(f, rec, "severity");
}

/* Take what is in the buffers out of them. Returns how many fences were among it. */
static inline int decisions_take(struct actions *a)
{
	struct decision *d;
	struct record rec;
	int cpu, seen = 0;

	for (cpu = 0; cpu < a->cpus; cpu++) {
		while (ring_sample(&a->ring[cpu], &a->pos[cpu], a->id[cpu], &rec)) {
			if (a->n == DECISIONS_MAX)
				die("too many decisions");
			d = &a->decision[a->n];
			decision_read(&a->action, &rec, d);
			if (d->rule == a->fence)
				seen++;
			else
				a->n++;
		}
		ring_set_tail(&a->ring[cpu], a->pos[cpu]);
	}
	return seen;
}

/* What was not read is lost, as the buffers are full: make room for those of the fences. */
static inline void decisions_drop(struct actions *a)
{
	int cpu;

	for (cpu = 0; cpu < a->cpus; cpu++) {
		a->pos[cpu] = ring_head(&a->ring[cpu]);
		ring_set_tail(&a->ring[cpu], a->pos[cpu]);
	}
}

/*
 * What matched on a CPU is looked at in its order, whatever event it was: when a last one has
 * been decided, everything before has. Counts of a rule are exact then, and decisions, of
 * actions that do not sleep, complete.
 */
static inline bool fence(struct actions *a)
{
	int cpu, seen = 0;

	for (cpu = 0; cpu < a->cpus; cpu++)
		raise_signals_on(cpu, SIGNAL_B, ++a->fences, 1);
	return eventually(20, (seen += decisions_take(a)) >= a->cpus) && seen == a->cpus;
}

/* All that was decided since the last time, to a->decision. Returns how many, or -1. */
static inline int decided(struct actions *a)
{
	a->n = 0;
	return fence(a) ? a->n : -1;
}

/* A machine check with @addr, seen by every listener of @cpu. */
static inline void fire_bank(struct actions *a, int cpu, int bank, __u64 addr)
{
	struct record rec;

	record_mce(&a->mce, &rec, cpu, bank, STATUS_CE, addr);
	if (write(a->fire[cpu], &rec, rec.header.size) != rec.header.size)
		die("inject on cpu %d", cpu);
}

static inline void fire(struct actions *a, int cpu, __u64 addr)
{
	fire_bank(a, cpu, 1, addr);
}

/* @event once more, below @name, with a buffer that is soon full. */
static inline void persist_again_in(const char *event, const char *name, unsigned int pages)
{
	int fd = tracepoint_open(event, 0), ret;

	if (fd < 0)
		die("open %s", event);
	ret = persist(fd, name, "", pages, 0);
	if (ret) {
		errno = -ret;
		die("persist %s", name);
	}
	close(fd);
}

static inline void persist_again(const char *event, const char *name)
{
	persist_again_in(event, name, 1);
}

static inline void fence_make(struct actions *a)
{
	int fd, ret;

	ret = persist_signal(SIGNAL_B, FENCE, "", 1, 0);
	if (ret) {
		errno = -ret;
		die("persist %s", FENCE);
	}
	fd = persistent_open(FENCE, 0);
	ret = rule_add(fd, "log(errno) dry-run");
	if (ret < 0) {
		errno = -ret;
		die("rule of %s", FENCE);
	}
	a->fence = ret;
	close(fd);
}

/* DECIDED of a CPU, from here on. */
static inline void actions_attach(struct actions *a, int cpu)
{
	a->fd[cpu] = persistent_open(DECIDED, cpu);
	if (a->fd[cpu] < 0 || ioctl(a->fd[cpu], PERF_EVENT_IOC_ID, &a->id[cpu]))
		die("open action on cpu %d", cpu);
	errno = -ring_map_set(&a->ring[cpu], a->fd[cpu], RW, DECIDED);
	if (errno)
		die("map action of cpu %d", cpu);
	a->pos[cpu] = ring_head(&a->ring[cpu]);
	ring_set_tail(&a->ring[cpu], a->pos[cpu]);
}

static inline void actions_open(struct actions *a)
{
	int cpu;

	format_read(&a->action, "ras", "action");
	format_read(&a->mce, "mce", "mce_record");
	persist_again("mce_record", EVENT);
	persist_again_in("action", DECIDED, DECIDED_PAGES);
	fence_make(a);
	a->cpus = buffer_cpus();
	for (cpu = 0; cpu < a->cpus; cpu++) {
		actions_attach(a, cpu);
		a->fire[cpu] = persistent_open(EVENT, cpu);
		if (a->fire[cpu] < 0)
			die("open %s on cpu %d", EVENT, cpu);
	}
}

static inline void actions_close(struct actions *a)
{
	int cpu;

	for (cpu = 0; cpu < a->cpus; cpu++) {
		ring_unmap(&a->ring[cpu]);
		close(a->fd[cpu]);
		close(a->fire[cpu]);
	}
	if (a->cpus)
		drain_all();
	a->cpus = 0;
	forget_tests();
}

static inline bool actions_usable(void)
{
	return persist_usable() && !access(PMU_DIR "/actions/log", F_OK);
}

/* Returns why the test is to be skipped, or NULL. */
static inline const char *actions_setup(struct actions *a)
{
	a->cpus = 0;
	if (!actions_usable())
		return "no rules here, or not root";
	forget_tests();
	if (!pin_to_cpu(0))
		die("pin to cpu 0");
	actions_open(a);
	if (!can_inject(a->fire[0])) {
		actions_close(a);
		return "perf fds cannot be written";
	}
	return NULL;
}

/* Is a->decision[@i] this one? */
static inline bool decision_is(const struct actions *a, int i, const char *action,
			       const char *source, int rule, __u64 value, int outcome)
{
	static const int severity[] = {
		[DONE] = RECOVERED, [FAILED] = CORRECTED, [DRY_RUN] = INFO,
		[CAPPED] = CORRECTED, [DROPPED] = CORRECTED,
	};
	const struct decision *d = &a->decision[i];

	if (i < a->n && !strcmp(d->action, action) && !strcmp(d->source, source) &&
	    d->rule == (__u32)rule && d->value == value && d->outcome == outcome &&
	    d->severity == severity[outcome] &&
	    !d->result == (outcome == DONE || outcome == DRY_RUN))
		return true;
	if (i >= a->n)
		printf("# only %d decisions\n", a->n);
	else
		printf("# decision %d: %s(%#llx) of %s by %u: %d, %d, severity %d\n", i,
		       d->action, d->value, d->source, d->rule, d->outcome, d->result,
		       d->severity);
	return false;
}

/* Most rules of the tests: log(...) dry-run, of EVENT */
static inline bool would_log(const struct actions *a, int i, int rule, __u64 value)
{
	return decision_is(a, i, "log", EVENT, rule, value, DRY_RUN);
}

/* How many of what was decided is @rule's. */
static inline int decided_by(const struct actions *a, int rule)
{
	int i, n = 0;

	for (i = 0; i < a->n; i++)
		n += a->decision[i].rule == (__u32)rule;
	return n;
}

#endif
