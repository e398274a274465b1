// SPDX-License-Identifier: GPL-2.0
/*
 * bench_action MODE: for qemu/bench_action.guest, in a guest under -icount shift=0.
 *
 *   pages N              holds N pages of anonymous memory, says their physical addresses,
 *                        and stays until it is killed
 *   offline ADDRESS...   takes these pages out of service; says how many nanoseconds that
 *                        takes, the median
 *   follow N             reads what rasdaemon prints, and takes each page out of service at
 *                        its Nth error
 */
#include <inttypes.h>
#include <sys/mman.h>

#include "bench.h"

#define SOFT_OFFLINE	"/sys/devices/system/memory/soft_offline_page"
/* What rasdaemon prints of a memory error has this before its address. */
#define ADDRESS		"address: "
#define PAGE_SIZE	4096
#define MAX_PAGES	4096

static void hold(size_t n)
{
	uint64_t entry;
	char *pages;
	size_t i;
	int fd;

	pages = mmap(NULL, n * PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		     -1, 0);
	if (pages == MAP_FAILED)
		die("mmap");
	memset(pages, 1, n * PAGE_SIZE);
	fd = open("/proc/self/pagemap", O_RDONLY);
	for (i = 0; i < n; i++) {
		/* Bits 0-54 are the page frame's number. */
		if (pread(fd, &entry, 8, ((uintptr_t)pages / PAGE_SIZE + i) * 8) != 8)
			die("pagemap");
		printf("0x%" PRIx64 "\n", (entry & ((UINT64_C(1) << 55) - 1)) * PAGE_SIZE);
	}
	fflush(stdout);
	for (;;)
		pause();
}

/* That it has failed, the kernel tells with an event. */
static void offline(const char *address)
{
	int fd = open(SOFT_OFFLINE, O_WRONLY);

	if (fd < 0)
		die(SOFT_OFFLINE);
	if (write(fd, address, strlen(address)) < 0)
		fprintf(stderr, "bench: " SOFT_OFFLINE ", %s: %m\n", address);
	close(fd);
}

static void measure(char **address, int n)
{
	uint64_t start, ticks[MAX_PAGES];
	int i;

	check_clock();
	for (i = 0; i < n && i < MAX_PAGES; i++) {
		start = __rdtsc();
		offline(address[i]);
		ticks[i] = __rdtsc() - start;
	}
	printf("%" PRIu64 "\n", median(ticks, i));
}

static void follow(unsigned int threshold)
{
	static struct {
		uint64_t address;
		unsigned int errors;
	} page[MAX_PAGES];
	char line[4096], text[32], *at;
	uint64_t address;
	int i;

	while (fgets(line, sizeof(line), stdin)) {
		at = strstr(line, ADDRESS);
		if (!at)
			continue;
		address = strtoull(at + strlen(ADDRESS), NULL, 0) & ~(PAGE_SIZE - UINT64_C(1));
		for (i = 0; i < MAX_PAGES - 1 && page[i].errors; i++)
			if (page[i].address == address)
				break;
		page[i].address = address;
		if (++page[i].errors != threshold)
			continue;
		snprintf(text, sizeof(text), "0x%" PRIx64, address);
		offline(text);
	}
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "pages"))
		hold(strtoul(argv[2], NULL, 0));
	else if (argc > 2 && !strcmp(argv[1], "offline"))
		measure(argv + 2, argc - 2);
	else if (argc == 3 && !strcmp(argv[1], "follow"))
		follow(strtoul(argv[2], NULL, 0));
	else
		fprintf(stderr, "usage: bench_action pages N|offline ADDRESS...|follow N\n");
	return argc < 3;
}
