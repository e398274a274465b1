// SPDX-License-Identifier: GPL-2.0
/*
 * spare_page: the physical address of a page that nobody needs, for errors in it. Stays until
 * it is killed; SIGUSR1 makes it use the page, and end with status 0 if it still can.
 */
#include <signal.h>

#include "persistent.h"

int main(void)
{
	size_t size = sysconf(_SC_PAGESIZE);
	sigset_t usr1;
	__u64 entry;
	char *page;
	int fd, sig;

	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	sigprocmask(SIG_BLOCK, &usr1, NULL);

	page = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED)
		die("mmap");
	memset(page, 1, size);
	/* Bits 0-54 are the page frame's number. */
	fd = open("/proc/self/pagemap", O_RDONLY);
	if (fd < 0 || pread(fd, &entry, 8, (unsigned long)page / size * 8) != 8)
		die("pagemap");
	printf("0x%llx\n", (entry & ((1ull << 55) - 1)) * size);
	fflush(stdout);
	sigwait(&usr1, &sig);
	page[0]++;
	return 0;
}
