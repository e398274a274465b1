// SPDX-License-Identifier: GPL-2.0
/* The buffers of some sets: mapped, and mapped anew when an event goes. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <linux/kernel.h>
#include <perf/cpumap.h>
#include "reader.h"

/* How soon to look again at a buffer whose event was forgotten. */
#define HANG_UP_MS	100

static void source_close(struct ras_source *source)
{
	ras_ring_exit(&source->ring);
	if (source->base)
		munmap(source->base, source->map_len);
	ras_evsel_close(source->evsel);
	free(source);
}

static int map_error(struct ras_reader *reader, int err, const char *label)
{
	if (err == -EBUSY)
		snprintf(reader->error, sizeof(reader->error),
			 "the buffer of %s is already being consumed by another process: stop it, or use `ras log`, which only looks",
			 label);
	else if (err == -EPERM && reader->consume)
		snprintf(reader->error, sizeof(reader->error),
			 "not permitted to consume the buffer of %s: run as root, or with CAP_PERFMON",
			 label);
	else if (err == -EPERM)
		snprintf(reader->error, sizeof(reader->error),
			 "not permitted to map the buffer of %s: raise kernel.perf_event_mlock_kb, or run as root",
			 label);
	else
		snprintf(reader->error, sizeof(reader->error),
			 "cannot map the buffer of %s: %s", label,
			 strerror(-err));
	return err;
}

/* Through whichever event of the set: they share its buffers. */
static struct perf_evsel *open_any(const struct ras_pmu *pmu,
				   const struct ras_pmu_set *set, int cpu,
				   int *err)
{
	struct perf_evsel *evsel = NULL;
	unsigned int i;

	*err = -ENODEV;
	for (i = 0; !evsel && i < pmu->nr_events; i++) {
		if (pmu->events[i].set != set)
			continue;
		evsel = ras_pmu_open(pmu, &pmu->events[i], cpu, true, err);
		/* it never was there yet, or is forgotten: try the next */
		if (*err && *err != -ENODEV && *err != -ENOENT)
			break;
	}
	return evsel;
}

static struct ras_source *source_new(const struct ras_pmu_set *set, int cpu)
{
	struct ras_source *source = calloc(1, sizeof(*source));
	bool named = strcmp(set->name, RAS_DEFAULT_SET);

	if (!source)
		return NULL;
	snprintf(source->set, sizeof(source->set), "%s", set->name);
	snprintf(source->label, sizeof(source->label), "CPU %d%s%s", cpu,
		 named ? " of set " : "", named ? source->set : "");
	source->sample_type = set->sample_type;
	source->map_len = (size_t)(1 + set->data_pages) * sysconf(_SC_PAGESIZE);
	return source;
}

static int source_open(struct ras_reader *reader, const struct ras_pmu_set *set,
		       int cpu, struct ras_source **res)
{
	int prot = PROT_READ | (reader->consume ? PROT_WRITE : 0);
	struct ras_source *source = source_new(set, cpu);
	int err;

	if (!source)
		return -ENOMEM;
	source->evsel = open_any(&reader->pmu, set, cpu, &err);
	if (!source->evsel) {
		source_close(source);
		return ras_open_error(err, reader->error,
				      sizeof(reader->error));
	}
	source->fd = ras_evsel_fd(source->evsel);
	source->base = mmap(NULL, source->map_len, prot, MAP_SHARED, source->fd,
			    0);
	if (source->base == MAP_FAILED) {
		err = -errno;
		source->base = NULL;
		map_error(reader, err, source->label);
		source_close(source);
		return err;
	}
	source->ring.cpu = cpu;
	source->ring.peek = !reader->consume;
	source->ring.follow = reader->follow;
	source->ring.backward = set->keep_last;
	ras_ring_init(&source->ring, source->base, set->data_pages);
	source->done = source->ring.pos;
	*res = source;
	return 0;
}

static struct ras_source *find_source(const struct ras_reader *reader,
				      const char *set, int cpu)
{
	unsigned int i;

	for (i = 0; i < reader->nr; i++) {
		if (reader->sources[i]->ring.cpu == cpu &&
		    !strcmp(reader->sources[i]->set, set))
			return reader->sources[i];
	}
	return NULL;
}

static bool drained(const struct ras_source *source)
{
	const struct ras_ring *ring = &source->ring;

	if (source->has_pending || ring->pos != ras_ring_head(ring))
		return false;
	if (ring->backward)
		return !ring->nr_offsets;
	return ring->peek || ras_ring_tail(ring) == ring->pos;
}

/*
 * A buffer whose event was forgotten: when everything was read, and consumed,
 * drop it. Through another event of its set it is then mapped again.
 */
static u64 drop_source(struct ras_reader *reader, struct ras_source *source)
{
	u64 last_time = source->ring.peek ? source->last_time : 0;
	unsigned int i;

	for (i = 0; reader->sources[i] != source; i++)
		;
	reader->nr--;
	memmove(&reader->sources[i], &reader->sources[i + 1],
		(reader->nr - i) * sizeof(*reader->sources));
	source_close(source);
	return last_time;
}

static int add_source(struct ras_reader *reader, const struct ras_pmu_set *set,
		      int cpu)
{
	struct ras_source **sources, *old = find_source(reader, set->name, cpu);
	u64 after = 0;
	int err;

	if (old && !(old->hung_up && drained(old)))
		return 0;
	if (old)
		after = drop_source(reader, old);
	sources = realloc(reader->sources, (reader->nr + 1) * sizeof(*sources));
	if (!sources)
		return -ENOMEM;
	reader->sources = sources;
	err = source_open(reader, set, cpu, &sources[reader->nr]);
	/* none of its events ever was there: there is nothing to read, now */
	if (err == -ENODEV || err == -ENOENT)
		return 0;
	if (err)
		return err;
	sources[reader->nr++]->after = after;
	return 1;
}

static int check_set(struct ras_reader *reader, const struct ras_pmu_set *set)
{
	if (!ras_record_layout(set->sample_type)) {
		snprintf(reader->error, sizeof(reader->error),
			 "the records of set '%s' have layout 0x%llx, this ras reads 0x%x: install the ras that came with the kernel",
			 set->name, (unsigned long long)set->sample_type,
			 (unsigned int)RAS_SAMPLE_TYPE);
		return -EPROTO;
	}
	if (set->keep_last && reader->consume) {
		snprintf(reader->error, sizeof(reader->error),
			 "set '%s' keeps the last records and writes over the oldest, so it cannot be consumed: leave it out here, `ras log --set %s` reads it",
			 set->name, set->name);
		return -EINVAL;
	}
	return 0;
}

/**
 * ras_reader_wants - is a set to be read
 * @reader: reader
 * @set: its name
 *
 * Return: true if it is.
 */
bool ras_reader_wants(const struct ras_reader *reader, const char *set)
{
	return !reader->sets.nr || ras_names_have(&reader->sets, set);
}

/* One set that makes trouble does not keep the others from being read. */
static int add_sources(struct ras_reader *reader)
{
	const struct ras_pmu *pmu = &reader->pmu;
	int k, ret, err = 0, new = 0;
	struct perf_cpu cpu;
	unsigned int i;

	for (i = 0; i < pmu->nr_sets; i++) {
		const struct ras_pmu_set *set = pmu->sets[i];

		if (!ras_reader_wants(reader, set->name))
			continue;
		ret = check_set(reader, set);
		perf_cpu_map__for_each_cpu(cpu, k, set->cpus) {
			if (ret < 0 || !set->cpus)
				break;
			ret = add_source(reader, set, cpu.cpu);
			if (ret > 0)
				new++;
		}
		if (ret < 0)
			err = ret;
	}
	return err ? err : new;
}

static void drop_sources(struct ras_reader *reader)
{
	unsigned int i = reader->nr;

	while (i--) {
		struct ras_source *source = reader->sources[i];

		if (source->hung_up && drained(source) &&
		    !ras_pmu_set(&reader->pmu, source->set))
			drop_source(reader, source);
	}
}

/**
 * ras_reader_reload - read again what sysfs says
 * @reader: reader
 *
 * Return: 0, or -errno with a message in @reader.
 */
int ras_reader_reload(struct ras_reader *reader)
{
	struct ras_pmu pmu;
	int err;

	err = ras_pmu_init(&pmu, reader->error, sizeof(reader->error));
	if (err)
		return err;
	ras_pmu_exit(&reader->pmu);
	reader->pmu = pmu;
	reader->ids.learned = false;
	return 0;
}

/**
 * ras_reader_rescan - follow the sets and CPUs that came and went
 * @reader: reader
 *
 * Return: number of new buffers, or -errno with a message in @reader.
 */
int ras_reader_rescan(struct ras_reader *reader)
{
	int err = ras_reader_reload(reader);

	if (err)
		return err;
	ras_ids_forget_unknown(&reader->ids);
	drop_sources(reader);
	return add_sources(reader);
}

/**
 * ras_reader_init - learn about the persistent events and their types
 * @reader: sets, consume, follow and wait set by the caller, the rest zeroed;
 *          to be closed with ras_reader_close(), even if this fails
 *
 * Return: 0, or -errno with a message in @reader.
 */
int ras_reader_init(struct ras_reader *reader)
{
	const struct ras_type *type;
	unsigned int i;
	int err;

	err = ras_pmu_init(&reader->pmu, reader->error, sizeof(reader->error));
	if (err)
		return err;
	for (i = 0; !reader->wait && i < reader->sets.nr; i++) {
		const char *name = reader->sets.names[i];

		if (ras_pmu_set(&reader->pmu, name))
			continue;
		snprintf(reader->error, sizeof(reader->error),
			 "there is no set '%s': `ras list --sets` shows what there is",
			 name);
		return -ENOENT;
	}
	for (i = 0; i < reader->pmu.nr_events; i++) {
		const struct ras_pmu_event *event = &reader->pmu.events[i];

		if (event->pending ||
		    !ras_reader_wants(reader, event->set->name))
			continue;
		err = ras_event_type(&reader->types, event, &type);
		/* its module is gone meanwhile: so it is pending */
		if (err && err != -ENOENT)
			return ras_type_error(err, event->source, reader->error,
					      sizeof(reader->error));
	}
	return 0;
}

/**
 * ras_reader_open - map the buffers
 * @reader: from ras_reader_init()
 *
 * Return: 0, or -errno with a message in @reader.
 */
int ras_reader_open(struct ras_reader *reader)
{
	int err;

	err = add_sources(reader);
	if (err < 0)
		return err;
	err = ras_clock_init(&reader->clock);
	if (err)
		snprintf(reader->error, sizeof(reader->error),
			 "cannot relate the kernel's clock to wall time: %s",
			 strerror(-err));
	return err;
}

/**
 * ras_reader_poll - wait until there may be something to read
 * @reader: reader
 * @extra: another descriptor to wait for, or -1
 * @timeout: ms
 *
 * Return: 1: an event was forgotten through which a buffer is mapped: read
 * everything, then call ras_reader_rescan(); 0; -ENOMEM.
 */
int ras_reader_poll(struct ras_reader *reader, int extra, int timeout)
{
	struct pollfd *fds;
	int hung_up = 0;
	unsigned int i;

	for (i = 0; i < reader->nr; i++)
		hung_up |= reader->sources[i]->hung_up;
	if (hung_up && (timeout < 0 || timeout > HANG_UP_MS))
		timeout = HANG_UP_MS;
	fds = realloc(reader->fds, (reader->nr + 1) * sizeof(*fds));
	if (!fds)
		return -ENOMEM;
	reader->fds = fds;
	for (i = 0; i <= reader->nr; i++) {
		struct ras_source *source = i ? reader->sources[i - 1] : NULL;

		fds[i].events = POLLIN;
		fds[i].revents = 0;
		fds[i].fd = source ? source->fd : extra;
		/* it would keep us awake */
		if (source && source->hung_up)
			fds[i].fd = -1;
	}
	if (poll(fds, reader->nr + 1, timeout) <= 0)
		return hung_up;
	for (i = 1; i <= reader->nr; i++) {
		if (!(fds[i].revents & ~POLLIN))
			continue;
		reader->sources[i - 1]->hung_up = true;
		hung_up = 1;
	}
	return hung_up;
}

/**
 * ras_reader_close - unmap and free everything
 * @reader: reader
 */
void ras_reader_close(struct ras_reader *reader)
{
	while (reader->nr)
		source_close(reader->sources[--reader->nr]);
	free(reader->sources);
	free(reader->fds);
	ras_ids_free(&reader->ids);
	ras_types_free(&reader->types);
	ras_pmu_exit(&reader->pmu);
	ras_names_free(&reader->sets);
	reader->sources = NULL;
	reader->fds = NULL;
}
