// SPDX-License-Identifier: GPL-2.0
/*
 * offline_pages soft|hard N: takes N pages of its own out of service, one by one, and says at
 * what page frames they were.
 */
#include <linux/mman.h>
#include <signal.h>

#include "persistent.h"

/* A hard offline tells the page's owner, who does not need it. */
static void ignore(int sig)
{
}

int main(int argc, char **argv)
{
	size_t size = sysconf(_SC_PAGESIZE), n, i;
	int fd, advice;
	__u64 entry;
	char *pages;

	if (argc != 3) {
		fprintf(stderr, "usage: offline_pages soft|hard N\n");
		return 2;
	}
	advice = strcmp(argv[1], "soft") ? MADV_HWPOISON : MADV_SOFT_OFFLINE;
	n = strtoul(argv[2], NULL, 0);
	pages = mmap(NULL, n * size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (pages == MAP_FAILED)
		die("mmap");
	memset(pages, 1, n * size);
	signal(SIGBUS, ignore);
	fd = open("/proc/self/pagemap", O_RDONLY);
	for (i = 0; i < n; i++) {
		/* Bits 0-54 are the page frame's number. */
		if (pread(fd, &entry, 8, (unsigned long)(pages + i * size) / size * 8) != 8)
			die("pagemap");
		if (madvise(pages + i * size, size, advice))
			die("page %zu", i);
		printf("0x%llx\n", entry & ((1ull << 55) - 1));
	}
	return 0;
}
