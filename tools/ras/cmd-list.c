// SPDX-License-Identifier: GPL-2.0
/* ras list: persistent events and their counts; buffer sets. */
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

struct list_args {
	bool verbose;
	bool json;
	bool sets;
};

/* A number that only some may know. */
static void json_count(struct ras_json *js, const char *key, bool known,
		       u64 num)
{
	if (known)
		ras_json_u64(js, key, num);
	else
		ras_json_null(js, key);
}

/* The levels at which an event can be injected: null if the kernel is silent. */
static void json_inject(struct ras_json *js, const struct ras_pmu_event *event)
{
	const char *word = event->inject;
	size_t len;

	if (!word) {
		ras_json_null(js, "inject");
		return;
	}
	ras_json_open(js, "inject", '[');
	while (*(word += strspn(word, " "))) {
		len = strcspn(word, " ");
		ras_json_string(js, NULL, word, len);
		word += len;
	}
	ras_json_close(js, ']');
}

static void event_json(const struct ras_pmu_event *event,
		       const struct ras_counts *counts, bool known)
{
	bool records = known && event->every && !event->set->keep_last;
	struct ras_json js = { .out = stdout };
	unsigned int i;

	ras_json_open(&js, NULL, '{');
	ras_json_text(&js, "event", event->source);
	ras_json_text(&js, "name", event->name);
	ras_json_text(&js, "set", event->set->name);
	ras_json_text(&js, "state", event->state);
	ras_json_text(&js, "driver", event->driver);
	ras_json_text(&js, "severity", event->severity);
	json_inject(&js, event);
	json_count(&js, "count", known, counts->count);
	json_count(&js, "captured", records, counts->count - counts->lost);
	json_count(&js, "lost", known, counts->lost);
	ras_json_open(&js, "cpus", '[');
	for (i = 0; i < counts->nr; i++) {
		const struct ras_cpu_count *cpu = &counts->cpus[i];

		ras_json_open(&js, NULL, '{');
		ras_json_s64(&js, "cpu", cpu->cpu);
		ras_json_u64(&js, "count", cpu->count);
		json_count(&js, "captured", records, cpu->count - cpu->lost);
		ras_json_u64(&js, "lost", cpu->lost);
		ras_json_close(&js, '}');
	}
	ras_json_close(&js, ']');
	ras_json_close(&js, '}');
	printf("\n");
}

/* Words of sysfs as one word of a table */
static void put_words(const char *words, int width)
{
	int i;

	for (i = 0; words[i]; i++)
		putchar(words[i] == ' ' ? ',' : words[i]);
	if (!i)
		i = printf("-");
	printf("%*s", i < width ? width - i : 0, "");
}

static void event_text(const struct ras_pmu_event *event,
		       const struct ras_counts *counts, bool known,
		       bool verbose)
{
	unsigned int i;

	printf("%-24s %-28s %-12s %-8s ", event->name, event->source,
	       event->set->name, event->state);
	if (!known)
		printf("%12s %10s  ", "-", "-");
	else
		printf("%12llu %10llu  ", (unsigned long long)counts->count,
		       (unsigned long long)counts->lost);
	put_words(event->driver, 14);
	printf(" ");
	put_words(event->severity, 0);
	printf("\n");
	if (verbose)
		printf("    inject: %s\n", !event->inject ? "unknown" :
		       *event->inject ? event->inject : "-");
	for (i = 0; verbose && i < counts->nr; i++)
		printf("    CPU %-67d %12llu %10llu\n", counts->cpus[i].cpu,
		       (unsigned long long)counts->cpus[i].count,
		       (unsigned long long)counts->cpus[i].lost);
}

static int list_events(const struct ras_pmu *pmu, const struct list_args *args)
{
	unsigned int i;

	if (!args->json)
		printf("%-24s %-28s %-12s %-8s %12s %10s  %-14s %s\n",
		       "EVENT", "SOURCE", "SET", "STATE", "COUNT", "LOST",
		       "DRIVER", "SEVERITY");
	for (i = 0; i < pmu->nr_events; i++) {
		const struct ras_pmu_event *event = &pmu->events[i];
		struct ras_counts counts;
		int err = ras_counts_get(&counts, event);

		/* forgotten since it was listed */
		if (err == -ENOENT)
			continue;
		if (err && err != -EACCES && err != -EPERM) {
			ras_msg("cannot read the counts of %s: %s",
				event->name, strerror(-err));
			return RAS_EXIT_FAIL;
		}
		if (args->json)
			event_json(event, &counts, !err);
		else
			event_text(event, &counts, !err, args->verbose);
		ras_counts_free(&counts);
	}
	return RAS_EXIT_OK;
}

static void set_json(const struct ras_pmu *pmu, const struct ras_pmu_set *set)
{
	struct ras_json js = { .out = stdout };
	struct perf_cpu cpu;
	unsigned int i;
	int k;

	ras_json_open(&js, NULL, '{');
	ras_json_text(&js, "set", set->name);
	ras_json_text(&js, "keep", set->keep_last ? "last" : "first");
	ras_json_u64(&js, "data_pages", set->data_pages);
	ras_json_u64(&js, "memory", set->memory);
	ras_json_hex(&js, "sample_type", set->sample_type);
	ras_json_open(&js, "cpus", '[');
	perf_cpu_map__for_each_cpu(cpu, k, set->cpus) {
		if (set->cpus)
			ras_json_s64(&js, NULL, cpu.cpu);
	}
	ras_json_close(&js, ']');
	ras_json_open(&js, "events", '[');
	for (i = 0; i < pmu->nr_events; i++) {
		if (pmu->events[i].set == set)
			ras_json_text(&js, NULL, pmu->events[i].name);
	}
	ras_json_close(&js, ']');
	ras_json_close(&js, '}');
	printf("\n");
}

static void set_text(const struct ras_pmu *pmu, const struct ras_pmu_set *set)
{
	const char *sep = "";
	unsigned int i;

	printf("%-24s %-5s %10u %12llu  ", set->name,
	       set->keep_last ? "last" : "first", set->data_pages,
	       (unsigned long long)set->memory);
	for (i = 0; i < pmu->nr_events; i++) {
		if (pmu->events[i].set != set)
			continue;
		printf("%s%s", sep, pmu->events[i].name);
		sep = ", ";
	}
	printf("%s\n", *sep ? "" : "-");
}

static int list_sets(const struct ras_pmu *pmu, const struct list_args *args)
{
	unsigned int i;

	if (!args->json)
		printf("%-24s %-5s %10s %12s  %s\n", "SET", "KEEP",
		       "DATA-PAGES", "MEMORY", "EVENTS");
	for (i = 0; i < pmu->nr_sets; i++) {
		if (args->json)
			set_json(pmu, pmu->sets[i]);
		else
			set_text(pmu, pmu->sets[i]);
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
	struct list_args args = { };
	const struct option opts[] = {
		OPT_BOOLEAN('v', "verbose", &args.verbose,
			    "show each CPU, and how deep the event can be injected"),
		OPT_BOOLEAN(0, "sets", &args.sets,
			    "show the buffer sets instead of the events"),
		OPT_BOOLEAN(0, "json", &args.json,
			    "one JSON object per event or set"),
		OPT_END()
	};
	static const char * const usage[] = {
		"ras list [-v] [--json]",
		"ras list --sets [--json]",
		NULL
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
	ret = args.sets ? list_sets(&pmu, &args) : list_events(&pmu, &args);
	ras_pmu_exit(&pmu);
	return ret;
}
