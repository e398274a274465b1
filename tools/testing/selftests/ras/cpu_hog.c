// SPDX-License-Identifier: GPL-2.0
/*
 * cpu_hog CPU SECONDS: that CPU does nothing else, for as long, or until this is killed. Only
 * real-time tasks of a higher priority and interrupts come in between, if
 * /proc/sys/kernel/sched_rt_runtime_us allows it.
 */
#include <sched.h>
#include <time.h>

#include "persistent.h"

int main(int argc, char **argv)
{
	struct sched_param param = { .sched_priority = 1 };
	struct timespec now;
	cpu_set_t cpu;
	time_t end;

	if (argc != 3) {
		fprintf(stderr, "usage: cpu_hog CPU SECONDS\n");
		return 2;
	}
	CPU_ZERO(&cpu);
	CPU_SET(atoi(argv[1]), &cpu);
	if (sched_setaffinity(0, sizeof(cpu), &cpu))
		die("sched_setaffinity");
	if (sched_setscheduler(0, SCHED_FIFO, &param))
		die("sched_setscheduler");
	puts("hogging");
	fflush(stdout);
	clock_gettime(CLOCK_MONOTONIC, &now);
	end = now.tv_sec + atoi(argv[2]);
	while (now.tv_sec < end)
		clock_gettime(CLOCK_MONOTONIC, &now);
	return 0;
}
