/* SPDX-License-Identifier: GPL-2.0 */
/* What the programs of "make bench" share: they count instructions, and print a median. */
#ifndef QEMU_BENCH_H
#define QEMU_BENCH_H

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <x86intrin.h>

#define PMU		"/sys/bus/event_source/devices/persistent"
#define TRACEFS		"/sys/kernel/tracing"
#define SAMPLE_TYPE	0x4c7

#define die(fmt, ...) do {						\
	fprintf(stderr, "bench: " fmt ": %m\n", ##__VA_ARGS__);		\
	exit(1);							\
} while (0)

static inline unsigned long number_in(const char *path, const char *key)
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

static inline void put(const char *path, const char *text)
{
	int file = open(path, O_WRONLY | O_TRUNC);

	if (file < 0 || write(file, text, strlen(text)) < 0)
		die("%s", path);
	close(file);
}

static inline int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static inline uint64_t median(uint64_t *of, int n)
{
	qsort(of, n, sizeof(of[0]), compare);
	return of[n / 2];
}

/*
 * Two instructions each: a clock that does not say so is none for us. Somebody else may
 * run in between, but not every time.
 */
static inline void check_clock(void)
{
	uint64_t n, start, ticks = 0;
	int tries;

	for (tries = 0; tries < 10; tries++) {
		n = 100000;
		start = __rdtsc();
		asm volatile("1: dec %0; jnz 1b" : "+r" (n) : : "cc");
		ticks = __rdtsc() - start;
		if (ticks >= 200000 && ticks <= 220000)
			return;
	}
	fprintf(stderr, "bench: %lu ticks for 200000 instructions: no -icount shift=0?\n", ticks);
	exit(1);
}

#endif
