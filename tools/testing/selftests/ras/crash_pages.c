// SPDX-License-Identifier: GPL-2.0
/*
 * crash_pages EVENT...: where in memory the buffers are that these persistent events are
 * written into, for who can look at the memory of a machine that has died. Says
 * "peek EVENT CPU ADDRESS" for each page, the header first, and "ready"; waits to be killed.
 */
#include <sys/mman.h>

#include "persist.h"

static void say(const char *event, int cpu, int pagemap)
{
	size_t size = sysconf(_SC_PAGESIZE), i;
	volatile char *page;
	struct ring ring;
	__u64 entry;
	int fd;

	fd = event_map(&ring, event, cpu, PROT_READ);
	if (fd < 0)
		die("%s on CPU %d", event, cpu);
	for (i = 0; i < 1 + ring.page->data_size / size; i++) {
		page = (volatile char *)ring.page + i * size;
		(void)*page;
		/* Bits 0-54 are the page frame's number. */
		if (pread(pagemap, &entry, 8, (unsigned long)page / size * 8) != 8)
			die("pagemap");
		printf("peek %s %d 0x%llx\n", event, cpu,
		       (entry & ((1ull << 55) - 1)) * size);
	}
}

int main(int argc, char **argv)
{
	int pagemap = open("/proc/self/pagemap", O_RDONLY), i, cpu;

	if (pagemap < 0)
		die("pagemap");
	for (i = 1; i < argc; i++)
		for (cpu = 0; cpu < buffer_cpus(); cpu++)
			say(argv[i], cpu, pagemap);
	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}
