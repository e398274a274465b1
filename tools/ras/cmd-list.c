// SPDX-License-Identifier: GPL-2.0
/* ras list: persistent events, captured and lost. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <linux/kernel.h>
#include <perf/cpumap.h>
#include <subcmd/parse-options.h>
#include "counts.h"
#include "json.h"
#include "pmu.h"
#include "ras.h"

static void print_json(const struct ras_pmu_event *event,
		       const struct ras_counts *counts)
{
	struct ras_json js = { .out = stdout };
	unsigned int i;

	ras_json_open(&js, NULL, '{');
	ras_json_text(&js, "event", event->tracepoint);
	ras_json_text(&js, "name", event->name);
	ras_json_text(&js, "state", "active");
	ras_json_u64(&js, "captured", counts->captured);
	ras_json_u64(&js, "lost", counts->lost);
	ras_json_open(&js, "cpus", '[');
	for (i = 0; i < counts->nr; i++) {
		ras_json_open(&js, NULL, '{');
		ras_json_s64(&js, "cpu", counts->cpus[i].cpu);
		ras_json_u64(&js, "captured", counts->cpus[i].captured);
		ras_json_u64(&js, "lost", counts->cpus[i].lost);
		ras_json_close(&js, '}');
	}
	ras_json_close(&js, ']');
	ras_json_close(&js, '}');
	printf("\n");
}

static void print_text(const struct ras_pmu_event *event,
		       const struct ras_counts *counts, bool verbose)
{
	unsigned int i;

	printf("%-24s %-28s %-8s %10llu %10llu\n", event->name,
	       event->tracepoint, "active",
	       (unsigned long long)counts->captured,
	       (unsigned long long)counts->lost);
	for (i = 0; verbose && i < counts->nr; i++)
		printf("    %-58s %10llu %10llu\n", counts->cpus[i].name,
		       (unsigned long long)counts->cpus[i].captured,
		       (unsigned long long)counts->cpus[i].lost);
}

static int list(const struct ras_pmu *pmu, bool verbose, bool json)
{
	struct ras_counts counts;
	char error[256];
	unsigned int i;

	for (i = 0; i < pmu->nr_events; i++) {
		if (ras_counts_get(&counts, pmu, &pmu->events[i], error,
				   sizeof(error))) {
			ras_msg("%s", error);
			return RAS_EXIT_FAIL;
		}
		if (!json && !i)
			printf("%-24s %-28s %-8s %10s %10s\n", "EVENT",
			       "TRACEPOINT", "STATE", "CAPTURED", "LOST");
		if (json)
			print_json(&pmu->events[i], &counts);
		else
			print_text(&pmu->events[i], &counts, verbose);
		ras_counts_free(&counts);
	}
	return RAS_EXIT_OK;
}

/**
 * cmd_list - the verb list
 * @argc: number of arguments
 * @argv: arguments
 *
 * Return: enum ras_exit.
 */
int cmd_list(int argc, const char **argv)
{
	bool verbose = false, json = false;
	const struct option opts[] = {
		OPT_BOOLEAN('v', "verbose", &verbose, "show each CPU"),
		OPT_BOOLEAN(0, "json", &json, "one JSON object per event"),
		OPT_END()
	};
	static const char * const usage[] = {
		"ras list [-v] [--json]", NULL
	};
	struct ras_pmu pmu;
	char error[512];
	int ret;

	argc = ras_options(argc, argv, opts, usage, NULL);
	if (argc) {
		ras_msg("unexpected argument '%s': see `ras list --help`",
			argv[0]);
		return RAS_EXIT_USAGE;
	}
	if (ras_pmu_init(&pmu, error, sizeof(error))) {
		ras_msg("%s", error);
		return RAS_EXIT_FAIL;
	}
	ret = list(&pmu, verbose, json);
	ras_pmu_exit(&pmu);
	return ret;
}
