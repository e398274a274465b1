// SPDX-License-Identifier: GPL-2.0
/*
 * mce_storm N: that many corrected machine checks through mce-inject, without letting the
 * worker that hands them on get at the CPU.
 */
#include <sched.h>

#include "persistent.h"

static const struct {
	const char *file, *value;
} steps[] = {
	{ "flags", "sw\n" },
	{ "status", "0x9c00004000010090" },
	{ "misc", "0x8c" },
	{ "addr", "0x2222000" },
	{ "cpu", "0" },
	{ "bank", "4" },	/* raises it */
};

#define STEPS (sizeof(steps) / sizeof(*steps))

int main(int argc, char **argv)
{
	struct sched_param param = { .sched_priority = 1 };
	int fd[STEPS], n = argc > 1 ? atoi(argv[1]) : 0;
	char path[128];
	cpu_set_t cpu;
	size_t i;

	CPU_ZERO(&cpu);
	CPU_SET(0, &cpu);
	if (sched_setaffinity(0, sizeof(cpu), &cpu))
		die("sched_setaffinity");
	for (i = 0; i < STEPS; i++) {
		snprintf(path, sizeof(path), "/sys/kernel/debug/mce-inject/%s", steps[i].file);
		fd[i] = open(path, O_WRONLY);
		if (fd[i] < 0)
			die("%s", path);
	}
	if (sched_setscheduler(0, SCHED_FIFO, &param))
		die("sched_setscheduler");
	while (n--)
		for (i = 0; i < STEPS; i++)
			if (write(fd[i], steps[i].value, strlen(steps[i].value)) < 0)
				die("%s", steps[i].file);
	return 0;
}
