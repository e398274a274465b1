/* SPDX-License-Identifier: GPL-2.0 */
/* Free memory, to tell a leak by. */
#ifndef SELFTESTS_RAS_MEMORY_H
#define SELFTESTS_RAS_MEMORY_H

#include <stdlib.h>

#include "persistent.h"

/* Sum of the numbers behind @key in the lines of @path that begin with it. */
static inline long sum_of(const char *path, const char *key)
{
	long sum = 0, n;
	char line[256];
	FILE *file;

	file = fopen(path, "r");
	if (!file)
		return 0;
	while (fgets(line, sizeof(line), file)) {
		const char *at = line + strspn(line, " ");

		if (!strncmp(at, key, strlen(key)) && sscanf(at + strlen(key), "%ld", &n) == 1)
			sum += n;
	}
	fclose(file);
	return sum;
}

/* Free memory, with what each CPU counts for itself and what it keeps in its lists. */
static inline long mem_free_kib(void)
{
	write_text("/proc/sys/vm/stat_refresh", "1");
	return sum_of("/proc/meminfo", "MemFree:") +
	       sum_of("/proc/zoneinfo", "count:") * (sysconf(_SC_PAGESIZE) / 1024);
}

/* Free memory when what is freed after a grace period has been. */
static inline long settled_kib(void)
{
	long last = mem_free_kib(), kib;
	int i;

	for (i = 0; i < 20; i++, last = kib) {
		sleep(1);
		kib = mem_free_kib();
		if (labs(kib - last) < 16)
			break;
	}
	return last;
}

#endif /* SELFTESTS_RAS_MEMORY_H */
