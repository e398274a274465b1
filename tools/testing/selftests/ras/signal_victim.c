// SPDX-License-Identifier: GPL-2.0
/*
 * signal_victim HOW [N]: dies of a signal, in one of several ways.
 */
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

#include "persistent.h"

static void segv(unsigned long address)
{
	*(volatile char *)address = 1;
}

static void fpe(unsigned long unused)
{
	unsigned int one = 1, rest = 0;

	asm volatile("divl %2" : "+a" (one), "+d" (rest) : "r" (0));
}

static void ill(unsigned long unused)
{
	asm volatile("ud2");
}

static void abrt(unsigned long unused)
{
	abort();
}

/* Behind the end of a file */
static void bus(unsigned long unused)
{
	FILE *file = tmpfile();
	volatile char *page;

	page = mmap(NULL, sysconf(_SC_PAGESIZE), PROT_READ, MAP_SHARED, fileno(file), 0);
	(void)*page;
}

static void *idle(void *unused)
{
	for (;;)
		pause();
	return NULL;
}

static void threads(unsigned long n)
{
	pthread_t thread;

	while (n--)
		pthread_create(&thread, NULL, idle, NULL);
	segv(0x1000);
}

static void survive(int sig)
{
	_exit(0);
}

static void handled(unsigned long unused)
{
	signal(SIGSEGV, survive);
	segv(0x1000);
}

static void ignored(unsigned long unused)
{
	signal(SIGQUIT, SIG_IGN);
	raise(SIGQUIT);
	_exit(0);
}

static void wait_for_it(unsigned long unused)
{
	puts("ready");
	fflush(stdout);
	idle(NULL);
}

static void storm(unsigned long n)
{
	pid_t pid;

	while (n--) {
		pid = fork();
		if (!pid)
			segv(0x1000 + n);
		waitpid(pid, NULL, 0);
	}
	_exit(0);
}

static const struct {
	const char *how;
	void (*end)(unsigned long n);
} ways[] = {
	{ "segv", segv }, { "fpe", fpe }, { "ill", ill }, { "abrt", abrt }, { "bus", bus },
	{ "threads", threads }, { "handled", handled }, { "ignored", ignored },
	{ "wait", wait_for_it }, { "storm", storm },
};

int main(int argc, char **argv)
{
	size_t i;

	for (i = 0; argc > 1 && i < sizeof(ways) / sizeof(*ways); i++)
		if (!strcmp(argv[1], ways[i].how))
			ways[i].end(argc > 2 ? strtoul(argv[2], NULL, 0) : 0);
	fprintf(stderr, "usage: signal_victim HOW [N]\n");
	return 2;
}
