// SPDX-License-Identifier: GPL-2.0
/*
 * bench MODE: instructions for one hit of the tracepoint signal:signal_generate, raised by
 * a signal that is ignored. MODE says who listens: none; persistent (and full: with no room
 * left in its buffer); perf: an ordinary event with a buffer of the same size; ftrace: the
 * instance of that name. For a guest under -icount shift=0, whose TSC counts instructions.
 *
 * Prints the median over rounds of HITS hits, and fails if it is not each hit that has been
 * recorded (or, with "full", counted as lost).
 */
#include <fcntl.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <x86intrin.h>

#define PMU		"/sys/bus/event_source/devices/persistent"
#define TRACEFS		"/sys/kernel/tracing"
#define INSTANCE	TRACEFS "/instances/bench"

#define HITS		1000
#define ROUNDS		21
#define PAGES		64
#define SAMPLE_TYPE	0x4c7

#define die(fmt, ...) do {						\
	fprintf(stderr, "bench: " fmt ": %m\n", ##__VA_ARGS__);		\
	exit(1);							\
} while (0)

static struct perf_event_mmap_page *page;
static int fd = -1;

static unsigned long number_in(const char *path, const char *key)
{
	char text[1024], *at = text;
	FILE *file = fopen(path, "r");
	size_t n;

	if (!file)
		die("%s", path);
	n = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[n] = '\0';
	at = strstr(text, key);
	if (!at)
		die("%s: no %s", path, key);
	return strtoul(at + strlen(key), NULL, 0);
}

static void put(const char *path, const char *text)
{
	int file = open(path, O_WRONLY | O_TRUNC);

	if (file < 0 || write(file, text, strlen(text)) < 0)
		die("%s", path);
	close(file);
}

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

static uint64_t hit(unsigned int hits)
{
	pid_t pid = getpid();
	uint64_t start = __rdtsc();

	while (hits--)
		kill(pid, SIGCHLD);
	return __rdtsc() - start;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Two instructions each: a clock that does not say so is none for us. */
static void check_clock(void)
{
	uint64_t n = 100000, start = __rdtsc(), ticks;

	asm volatile("1: dec %0; jnz 1b" : "+r" (n) : : "cc");
	ticks = __rdtsc() - start;
	if (ticks < 200000 || ticks > 220000) {
		fprintf(stderr, "bench: %lu ticks for 200000 instructions: no -icount shift=0?\n",
			ticks);
		exit(1);
	}
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
	if (!strcmp(mode, "persistent") || full)
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
	qsort(took, ROUNDS, sizeof(took[0]), compare);
	printf("%s %lu\n", mode, took[ROUNDS / 2] / HITS);
	return 0;
}
