// SPDX-License-Identifier: GPL-2.0
/*
 * page_holders EARLY LATE [FILE|consume|orphans]: processes that map the same page, of FILE if
 * given. EARLY of them want to be told at once if it fails, LATE when they touch it. Says
 * "PID ADDRESS early|late" of each and its physical address, and waits to be killed. With
 * "consume" it maps the page itself, too, as "PID ADDRESS consumer", and has it fail under
 * its own access. With "orphans" their main threads have exited, and others live on.
 */
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <linux/mman.h>

#include "persistent.h"

/* The consumer is told, and lives on. */
static void ignore(int sig)
{
}

/* Which of them have the page: a byte each */
static int held[2];

static void hold(bool early)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (prctl(PR_MCE_KILL, PR_MCE_KILL_SET,
		  early ? PR_MCE_KILL_EARLY : PR_MCE_KILL_LATE, 0, 0))
		die("prctl");
	if (write(held[1], "", 1) != 1)
		die("write");
	for (;;)
		pause();
}

static pthread_t leader;

static void *hold_on(void *early)
{
	pthread_join(leader, NULL);
	hold(early);
	return NULL;
}

static void hold_orphaned(bool early)
{
	pthread_t thread;

	leader = pthread_self();
	if (pthread_create(&thread, NULL, hold_on, (void *)(uintptr_t)early))
		die("pthread_create");
	syscall(SYS_exit, 0);
}

static void wait_for(int holders)
{
	char byte;

	close(held[1]);
	for (; holders; holders--)
		if (read(held[0], &byte, 1) != 1)
			die("read");
}

int main(int argc, char **argv)
{
	size_t size = sysconf(_SC_PAGESIZE);
	int early, late, i, fd = -1;
	volatile char *page;
	bool consume, orphans;
	__u64 entry;
	pid_t pid;

	if (argc < 3) {
		fprintf(stderr, "usage: page_holders EARLY LATE [FILE|consume|orphans]\n");
		return 2;
	}
	consume = argc > 3 && !strcmp(argv[3], "consume");
	orphans = argc > 3 && !strcmp(argv[3], "orphans");
	early = atoi(argv[1]);
	late = atoi(argv[2]);
	if (argc > 3 && !consume && !orphans) {
		fd = open(argv[3], O_RDONLY);
		if (fd < 0)
			die("%s", argv[3]);
	}
	page = mmap(NULL, size, PROT_READ | (fd < 0 ? PROT_WRITE : 0),
		    MAP_SHARED | (fd < 0 ? MAP_ANONYMOUS : 0), fd, 0);
	if (page == MAP_FAILED)
		die("mmap");
	if (fd < 0)
		page[0] = 1;
	if (pipe(held))
		die("pipe");
	for (i = 0; i < early + late; i++) {
		pid = fork();
		if (pid < 0)
			die("fork");
		if (!pid) {
			(void)page[0];
			if (orphans)
				hold_orphaned(i < early);
			hold(i < early);
		}
		printf("%d 0x%lx %s\n", pid, (unsigned long)page, i < early ? "early" : "late");
	}
	(void)page[0];
	fd = open("/proc/self/pagemap", O_RDONLY);
	if (fd < 0 || pread(fd, &entry, 8, (unsigned long)page / size * 8) != 8)
		die("pagemap");
	wait_for(early + late);
	if (consume) {
		signal(SIGBUS, ignore);
		if (madvise((void *)page, size, MADV_HWPOISON))
			die("madvise");
		printf("%d 0x%lx consumer\n", getpid(), (unsigned long)page);
	} else {
		/* Only the children map it. */
		munmap((void *)page, size);
	}
	printf("0x%llx\n", (entry & ((1ull << 55) - 1)) * size);
	fflush(stdout);
	while (wait(NULL) > 0)
		;
	return 0;
}
