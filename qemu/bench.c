// SPDX-License-Identifier: GPL-2.0
/*
 * bench MODE: instructions for one hit of the tracepoint signal:signal_generate, raised by
 * a signal that is ignored. MODE says who listens: none; persistent (and full: with no room
 * left in its buffer); rule-no, rule-count and rule-values: the same with a rule of the event
 * whose filter does not match, that counts, and that has the values of 511 others to look
 * through; perf: an ordinary event with a buffer of the same size; ftrace: the instance of
 * that name. For a guest under -icount shift=0, whose TSC counts instructions.
 *
 * Prints the median over rounds of HITS hits, and fails if it is not each hit that has been
 * recorded (or, with "full", counted as lost).
 */
#include <linux/perf_event.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/mman.h>

#include "bench.h"

#define INSTANCE	TRACEFS "/instances/bench"

#define HITS		1000
#define ROUNDS		21
#define PAGES		64

static struct perf_event_mmap_page *page;
static int fd = -1;

static void open_perf(unsigned int type, uint64_t config)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = type,
		.config = config,
		.sample_type = SAMPLE_TYPE,
		.sample_period = 1,
		.sample_id_all = 1,
		.wakeup_events = 1,
	};

	attr.read_format = PERF_FORMAT_ID | PERF_FORMAT_LOST;
	fd = syscall(SYS_perf_event_open, &attr, -1, 0, -1, 0);
	if (fd < 0)
		die("perf_event_open(%u, %#lx)", type, (unsigned long)config);
	page = mmap(NULL, (1 + PAGES) * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (page == MAP_FAILED)
		die("mmap");
}

static uint64_t lost(void)
{
	uint64_t count[3];

	if (read(fd, count, sizeof(count)) != sizeof(count))
		die("read");
	return count[2];
}

static unsigned int records(void)
{
	const char *data = (const char *)page + page->data_offset;
	uint64_t pos = page->data_tail;
	unsigned int n = 0;

	while (pos < page->data_head) {
		const struct perf_event_header *header;

		header = (const void *)(data + pos % page->data_size);
		n += header->type == PERF_RECORD_SAMPLE;
		pos += header->size;
	}
	return n;
}

static const struct {
	const char	*mode;
	const char	*rule;
	int		values;		/* beside that of a plain hit */
} rules[] = {
	{ "rule-no", "log if sig == 64", 0 },
	{ "rule-count", "log after 4000000000", 0 },
	{ "rule-values", "log after 4000000000 per errno", 511 },
};

/* Is the mode that of a rule? Make it, and let it see its values. */
static bool make_rule(const char *mode)
{
	siginfo_t info = { .si_code = SI_QUEUE };
	size_t i;

	for (i = 0; i < sizeof(rules) / sizeof(*rules); i++)
		if (!strcmp(rules[i].mode, mode))
			break;
	if (i == sizeof(rules) / sizeof(*rules))
		return false;

	put(PMU "/sources/signal_generate/add_rule", rules[i].rule);
	while (info.si_errno < rules[i].values) {
		info.si_errno++;
		if (syscall(SYS_rt_sigqueueinfo, getpid(), SIGCHLD, &info))
			die("rt_sigqueueinfo");
	}
	return true;
}

static uint64_t hit(unsigned int hits)
{
	pid_t pid = getpid();
	uint64_t start = __rdtsc();

	while (hits--)
		kill(pid, SIGCHLD);
	return __rdtsc() - start;
}

int main(int argc, char **argv)
{
	const char *mode = argc == 2 ? argv[1] : "";
	bool full = !strcmp(mode, "full"), ftrace = !strcmp(mode, "ftrace");
	uint64_t took[ROUNDS], before = 0;
	unsigned int seen = HITS;
	cpu_set_t cpus;
	int i;

	CPU_ZERO(&cpus);
	CPU_SET(0, &cpus);
	sched_setaffinity(0, sizeof(cpus), &cpus);
	if (!strcmp(mode, "persistent") || full || make_rule(mode))
		open_perf(number_in(PMU "/type", ""),
			  number_in(PMU "/events/signal_generate", "event="));
	else if (!strcmp(mode, "perf"))
		open_perf(PERF_TYPE_TRACEPOINT,
			  number_in(TRACEFS "/events/signal/signal_generate/id", ""));
	else if (ftrace)
		put(INSTANCE "/events/signal/signal_generate/enable", "1");
	else if (strcmp(mode, "none"))
		return 2;

	check_clock();
	hit(full ? 10 * HITS : HITS);
	for (i = 0; i < ROUNDS; i++) {
		if (ftrace)
			put(INSTANCE "/trace", "");
		else if (full)
			before = lost();
		else if (page)
			page->data_tail = page->data_head;
		took[i] = hit(HITS);
		if (ftrace)
			seen = number_in(INSTANCE "/per_cpu/cpu0/stats", "entries: ");
		else if (full)
			seen = lost() - before;
		else if (page)
			seen = records();
		if (seen != HITS) {
			fprintf(stderr, "bench: %s: %u of %u recorded\n", mode, seen, HITS);
			return 1;
		}
	}
	if (ftrace)
		put(INSTANCE "/events/signal/signal_generate/enable", "0");
	printf("%s %lu\n", mode, median(took, ROUNDS) / HITS);
	return 0;
}
