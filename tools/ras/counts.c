// SPDX-License-Identifier: GPL-2.0
/* Counts of persistent events, from sysfs: pending ones have some, too. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <linux/kernel.h>
#include <perf/cpumap.h>
#include "counts.h"

static struct ras_cpu_count *find_cpu(const struct ras_counts *counts, int cpu)
{
	unsigned int i;

	for (i = 0; i < counts->nr; i++) {
		if (counts->cpus[i].cpu == cpu)
			return &counts->cpus[i];
	}
	return NULL;
}

static struct ras_cpu_count *add_cpu(struct ras_counts *counts, int cpu)
{
	struct ras_cpu_count *cpus = find_cpu(counts, cpu);

	if (cpus)
		return cpus;
	cpus = realloc(counts->cpus, (counts->nr + 1) * sizeof(*cpus));
	if (!cpus)
		return NULL;
	counts->cpus = cpus;
	cpus += counts->nr++;
	memset(cpus, 0, sizeof(*cpus));
	cpus->cpu = cpu;
	return cpus;
}

static int by_cpu(const void *a, const void *b)
{
	const struct ras_cpu_count *x = a, *y = b;

	return x->cpu - y->cpu;
}

/* "12 C0=7 C3=5"; @field: where the numbers of the CPUs go */
static int parse_counts(struct ras_counts *counts, char *text, u64 *total,
			size_t field)
{
	struct ras_cpu_count *count;
	char *word, *end;
	long cpu;

	word = strsep(&text, " ");
	*total = strtoull(word, &end, 10);
	if (end == word)
		return -EINVAL;
	while ((word = strsep(&text, " "))) {
		if (*word != 'C')
			continue;
		cpu = strtol(word + 1, &end, 10);
		if (end == word + 1 || *end != '=')
			return -EINVAL;
		count = add_cpu(counts, cpu);
		if (!count)
			return -ENOMEM;
		*(u64 *)((char *)count + field) = strtoull(end + 1, NULL, 10);
	}
	return 0;
}

static int read_counts(struct ras_counts *counts,
		       const struct ras_pmu_event *event)
{
	const struct {
		const char *attr;
		u64 *total;
		size_t field;
	} files[] = {
		/* lost first: one that comes between is then not one too many */
		{ "lost", &counts->lost, offsetof(struct ras_cpu_count, lost) },
		{ "count", &counts->count,
		  offsetof(struct ras_cpu_count, count) },
	};
	char buf[8192];
	unsigned int i;
	int err = 0;

	for (i = 0; !err && i < ARRAY_SIZE(files); i++) {
		err = ras_pmu_read("sources", event->name, files[i].attr, buf,
				   sizeof(buf));
		if (!err)
			err = parse_counts(counts, buf, files[i].total,
					   files[i].field);
	}
	return err;
}

/**
 * ras_counts_get - count an event on all CPUs
 * @counts: result, for ras_counts_free()
 * @event: event
 *
 * Return: 0; -EACCES: only root may know; -ENOENT: it was forgotten meanwhile;
 * other -errno.
 */
int ras_counts_get(struct ras_counts *counts,
		   const struct ras_pmu_event *event)
{
	struct perf_cpu cpu;
	int i, err = 0;

	memset(counts, 0, sizeof(*counts));
	perf_cpu_map__for_each_cpu(cpu, i, event->set->cpus) {
		if (event->set->cpus && !add_cpu(counts, cpu.cpu))
			err = -ENOMEM;
	}
	if (!err)
		err = read_counts(counts, event);
	if (err)
		ras_counts_free(counts);
	else if (counts->nr)
		qsort(counts->cpus, counts->nr, sizeof(*counts->cpus), by_cpu);
	return err;
}

/**
 * ras_counts_cpu - the counts of one CPU
 * @counts: counts
 * @cpu: CPU
 *
 * Return: its counts, or NULL if it has none.
 */
const struct ras_cpu_count *ras_counts_cpu(const struct ras_counts *counts,
					   int cpu)
{
	return find_cpu(counts, cpu);
}

/**
 * ras_counts_free - free the result of ras_counts_get()
 * @counts: counts
 */
void ras_counts_free(struct ras_counts *counts)
{
	free(counts->cpus);
	memset(counts, 0, sizeof(*counts));
}
