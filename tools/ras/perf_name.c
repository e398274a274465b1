// SPDX-License-Identifier: GPL-2.0
/* The names that `perf list` prints, from include/uapi/linux/perf_event.h. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/perf_event.h>
#include "perf_name.h"

/* @clock: it advances all the time: sample it so many times a second */
static const struct {
	const char *name, *alias;
	u32 type;
	u64 config;
	bool clock;
} generic[] = {
#define HW(name, alias, config)	\
	{ name, alias, PERF_TYPE_HARDWARE, PERF_COUNT_HW_##config, true }
#define SW(name, alias, config, clock)	\
	{ name, alias, PERF_TYPE_SOFTWARE, PERF_COUNT_SW_##config, clock }
	HW("cpu-cycles", "cycles", CPU_CYCLES),
	HW("instructions", NULL, INSTRUCTIONS),
	HW("cache-references", NULL, CACHE_REFERENCES),
	HW("cache-misses", NULL, CACHE_MISSES),
	HW("branch-instructions", "branches", BRANCH_INSTRUCTIONS),
	HW("branch-misses", NULL, BRANCH_MISSES),
	HW("bus-cycles", NULL, BUS_CYCLES),
	HW("stalled-cycles-frontend", "idle-cycles-frontend",
	   STALLED_CYCLES_FRONTEND),
	HW("stalled-cycles-backend", "idle-cycles-backend",
	   STALLED_CYCLES_BACKEND),
	HW("ref-cycles", NULL, REF_CPU_CYCLES),
	SW("cpu-clock", NULL, CPU_CLOCK, true),
	SW("task-clock", NULL, TASK_CLOCK, true),
	SW("page-faults", "faults", PAGE_FAULTS, false),
	SW("context-switches", "cs", CONTEXT_SWITCHES, false),
	SW("cpu-migrations", "migrations", CPU_MIGRATIONS, false),
	SW("minor-faults", NULL, PAGE_FAULTS_MIN, false),
	SW("major-faults", NULL, PAGE_FAULTS_MAJ, false),
	SW("alignment-faults", NULL, ALIGNMENT_FAULTS, false),
	SW("emulation-faults", NULL, EMULATION_FAULTS, false),
	SW("cgroup-switches", NULL, CGROUP_SWITCHES, false),
#undef HW
#undef SW
};

/* As the kernel's tools/perf/util/evsel.c spells and restricts them */
#define OP(op)	BIT(PERF_COUNT_HW_CACHE_OP_##op)

static const struct {
	const char *name;
	unsigned long ops;
} caches[PERF_COUNT_HW_CACHE_MAX] = {
	[PERF_COUNT_HW_CACHE_L1D] = { "L1-dcache",
		OP(READ) | OP(WRITE) | OP(PREFETCH) },
	[PERF_COUNT_HW_CACHE_L1I] = { "L1-icache", OP(READ) | OP(PREFETCH) },
	[PERF_COUNT_HW_CACHE_LL] = { "LLC",
		OP(READ) | OP(WRITE) | OP(PREFETCH) },
	[PERF_COUNT_HW_CACHE_DTLB] = { "dTLB",
		OP(READ) | OP(WRITE) | OP(PREFETCH) },
	[PERF_COUNT_HW_CACHE_ITLB] = { "iTLB", OP(READ) },
	[PERF_COUNT_HW_CACHE_BPU] = { "branch", OP(READ) },
	[PERF_COUNT_HW_CACHE_NODE] = { "node",
		OP(READ) | OP(WRITE) | OP(PREFETCH) },
};

static const char * const accesses[PERF_COUNT_HW_CACHE_OP_MAX] = {
	[PERF_COUNT_HW_CACHE_OP_READ]		= "loads",
	[PERF_COUNT_HW_CACHE_OP_WRITE]		= "stores",
	[PERF_COUNT_HW_CACHE_OP_PREFETCH]	= "prefetches",
};

static const char * const misses[PERF_COUNT_HW_CACHE_OP_MAX] = {
	[PERF_COUNT_HW_CACHE_OP_READ]		= "load-misses",
	[PERF_COUNT_HW_CACHE_OP_WRITE]		= "store-misses",
	[PERF_COUNT_HW_CACHE_OP_PREFETCH]	= "prefetch-misses",
};

static int find_generic(const char *name, struct perf_event_attr *attr,
			bool *clock)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(generic); i++) {
		if (strcmp(generic[i].name, name) &&
		    (!generic[i].alias || strcmp(generic[i].alias, name)))
			continue;
		attr->type = generic[i].type;
		attr->config = generic[i].config;
		*clock = generic[i].clock;
		return 0;
	}
	return -ENOENT;
}

static int find_operation(const char *name, u64 cache, u64 *config)
{
	u64 op;

	for (op = 0; op < ARRAY_SIZE(accesses); op++) {
		bool miss = !strcmp(name, misses[op]);

		if (!(caches[cache].ops & BIT(op)) ||
		    (!miss && strcmp(name, accesses[op])))
			continue;
		*config = cache | op << 8 |
			  (miss ? PERF_COUNT_HW_CACHE_RESULT_MISS :
				  PERF_COUNT_HW_CACHE_RESULT_ACCESS) << 16;
		return 0;
	}
	return -ENOENT;
}

static int find_cache(const char *name, struct perf_event_attr *attr)
{
	unsigned int i;
	u64 config;

	for (i = 0; i < ARRAY_SIZE(caches); i++) {
		size_t len = strlen(caches[i].name);

		if (strncmp(caches[i].name, name, len) || name[len] != '-' ||
		    find_operation(name + len + 1, i, &config))
			continue;
		attr->type = PERF_TYPE_HW_CACHE;
		attr->config = config;
		return 0;
	}
	return -ENOENT;
}

/* r1a8, and what sysfs has for an event without a name: type=0x4,config=0x1a8 */
static int find_raw(const char *name, struct perf_event_attr *attr)
{
	unsigned long long config;
	unsigned int type;
	int end = 0;

	if (*name == 'r' && isxdigit((unsigned char)name[1])) {
		char *rest;

		errno = 0;
		config = strtoull(name + 1, &rest, 16);
		if (errno || *rest)
			return -ENOENT;
		type = PERF_TYPE_RAW;
	} else if (sscanf(name, "type=0x%x,config=0x%llx%n", &type, &config,
			  &end) != 2 || name[end]) {
		return -ENOENT;
	}
	attr->type = type;
	attr->config = config;
	return 0;
}

/**
 * ras_perf_name - what a counter's name stands for
 * @name: hardware, software or cache event as `perf list` calls it, or a raw
 *        one, rNNN
 * @attr: result: type and config
 * @clock: result: it advances all the time; may be NULL
 *
 * Return: 0 or -ENOENT.
 */
int ras_perf_name(const char *name, struct perf_event_attr *attr, bool *clock)
{
	bool always = true;
	int err;

	err = find_generic(name, attr, &always);
	if (err)
		err = find_cache(name, attr);
	if (err)
		err = find_raw(name, attr);
	if (!err && clock)
		*clock = always;
	return err;
}

/**
 * ras_perf_names - the names, for a message
 * @text: result, separated by blanks
 * @len: size of @text in bytes
 */
void ras_perf_names(char *text, size_t len)
{
	unsigned int i;
	size_t pos = 0;

	for (i = 0; i < ARRAY_SIZE(generic) && pos < len; i++)
		pos += snprintf(text + pos, len - pos, "%s ", generic[i].name);
	if (pos < len)
		snprintf(text + pos, len - pos,
			 "or a cache event such as LLC-load-misses");
}
