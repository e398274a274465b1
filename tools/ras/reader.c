// SPDX-License-Identifier: GPL-2.0
/* All CPUs' persistent buffers: mapped, and merged by time. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <linux/kernel.h>
#include <perf/cpumap.h>
#include "reader.h"
#include "ras.h"

static size_t map_len(const struct ras_reader *reader)
{
	return (size_t)(1 + reader->pmu.data_pages) * sysconf(_SC_PAGESIZE);
}

static void source_close(struct ras_reader *reader, struct ras_source *source)
{
	ras_ring_exit(&source->ring);
	if (source->base)
		munmap(source->base, map_len(reader));
	ras_evsel_close(source->evsel);
	free(source);
}

static int map_error(struct ras_reader *reader, int err, int cpu)
{
	if (err == -EBUSY)
		snprintf(reader->error, sizeof(reader->error),
			 "the buffer of CPU %d is already being consumed by another process: stop it, or use `ras log`, which only looks",
			 cpu);
	else if (err == -EPERM)
		snprintf(reader->error, sizeof(reader->error),
			 "not permitted to map the buffer of CPU %d: raise kernel.perf_event_mlock_kb, or run as root",
			 cpu);
	else
		snprintf(reader->error, sizeof(reader->error),
			 "cannot map the buffer of CPU %d: %s", cpu,
			 strerror(-err));
	return err;
}

static int source_open(struct ras_reader *reader, int cpu,
		       struct ras_source **res)
{
	int prot = PROT_READ | (reader->consume ? PROT_WRITE : 0);
	struct ras_source *source = calloc(1, sizeof(*source));
	int err;

	if (!source)
		return -ENOMEM;
	source->evsel = ras_pmu_open(&reader->pmu, &reader->pmu.events[0], cpu,
				     true, &err);
	if (!source->evsel) {
		free(source);
		return ras_open_error(err, reader->error,
				      sizeof(reader->error));
	}
	source->fd = ras_evsel_fd(source->evsel);
	source->base = mmap(NULL, map_len(reader), prot, MAP_SHARED, source->fd,
			    0);
	if (source->base == MAP_FAILED) {
		err = -errno;
		source->base = NULL;
		source_close(reader, source);
		return map_error(reader, err, cpu);
	}
	source->ring.cpu = cpu;
	source->ring.peek = !reader->consume;
	source->ring.follow = reader->follow;
	ras_ring_init(&source->ring, source->base, reader->pmu.data_pages);
	source->done = source->ring.pos;
	*res = source;
	return 0;
}

static bool have_source(const struct ras_reader *reader, int cpu)
{
	unsigned int i;

	for (i = 0; i < reader->nr; i++) {
		if (reader->sources[i]->ring.cpu == cpu)
			return true;
	}
	return false;
}

/**
 * ras_reader_rescan - map the buffers of CPUs that came since the last call
 * @reader: reader
 *
 * Return: number of new buffers, or -errno with a message in @reader.
 */
int ras_reader_rescan(struct ras_reader *reader)
{
	struct perf_cpu_map *cpus = ras_pmu_cpus();
	struct ras_source **sources;
	struct perf_cpu cpu;
	int i, new = 0, err = 0;

	if (!cpus) {
		snprintf(reader->error, sizeof(reader->error),
			 "the kernel has no persistent buffers: see dmesg");
		return -ENODEV;
	}
	perf_cpu_map__for_each_cpu(cpu, i, cpus) {
		if (have_source(reader, cpu.cpu))
			continue;
		sources = realloc(reader->sources,
				  (reader->nr + 1) * sizeof(*sources));
		if (!sources) {
			err = -ENOMEM;
			break;
		}
		reader->sources = sources;
		err = source_open(reader, cpu.cpu, &sources[reader->nr]);
		if (err)
			break;
		reader->nr++;
		new++;
	}
	perf_cpu_map__put(cpus);
	return err ? err : new;
}

static int type_error(struct ras_reader *reader, const char *name, int err)
{
	if (err == -ENODEV)
		snprintf(reader->error, sizeof(reader->error),
			 "tracefs is not mounted: mount -t tracefs none /sys/kernel/tracing");
	else if (err == -EACCES || err == -EPERM)
		snprintf(reader->error, sizeof(reader->error),
			 "not permitted to read the format of %s in tracefs: run as root",
			 name);
	else
		snprintf(reader->error, sizeof(reader->error),
			 "cannot read the format of %s in tracefs: %s", name,
			 strerror(-err));
	return err;
}

/**
 * ras_reader_init - learn about the persistent events and their types
 * @reader: to be closed with ras_reader_close(), even if this fails
 *
 * Return: 0, or -errno with a message in @reader.
 */
int ras_reader_init(struct ras_reader *reader)
{
	const struct ras_type *type;
	unsigned int i;
	int err;

	memset(reader, 0, sizeof(*reader));
	err = ras_pmu_init(&reader->pmu, reader->error, sizeof(reader->error));
	if (err)
		return err;
	if (!reader->pmu.nr_events) {
		snprintf(reader->error, sizeof(reader->error),
			 "the kernel has no persistent event: it lacks CONFIG_RAS and CONFIG_X86_MCE");
		return -ENODEV;
	}
	for (i = 0; i < reader->pmu.nr_events; i++) {
		const char *name = reader->pmu.events[i].tracepoint;

		err = ras_types_get(&reader->types, name, &type);
		if (err)
			return type_error(reader, name, err);
	}
	return 0;
}

/**
 * ras_reader_open - map the buffers
 * @reader: from ras_reader_init()
 * @consume: be the consumer
 * @follow: peeking, show also what a consumer took first
 *
 * Return: 0, or -errno with a message in @reader.
 */
int ras_reader_open(struct ras_reader *reader, bool consume, bool follow)
{
	int err;

	reader->consume = consume;
	reader->follow = follow;
	err = ras_reader_rescan(reader);
	if (err < 0)
		return err;
	err = ras_clock_init(&reader->clock);
	if (err)
		snprintf(reader->error, sizeof(reader->error),
			 "cannot relate the kernel's clock to wall time: %s",
			 strerror(-err));
	return err;
}

/* Read on in one buffer until there is something to show. */
static int fill(struct ras_source *source)
{
	struct perf_event_header *header;
	int ret;

	while (!source->has_pending) {
		ret = ras_ring_next(&source->ring, &header);
		if (ret == -EBADMSG) {
			ras_msg("buffer of CPU %d is damaged: skipped what was in it",
				source->ring.cpu);
			continue;
		}
		if (ret <= 0)
			return ret;
		if (ras_record_parse(header, &source->pending)) {
			ras_msg("buffer of CPU %d: skipped a damaged record",
				source->ring.cpu);
			continue;
		}
		if (source->pending.kind == RAS_RECORD_OTHER)
			continue;
		if (!source->pending.time)
			source->pending.time = source->last_time;
		source->last_time = source->pending.time;
		source->pending.cpu = source->ring.cpu;
		source->has_pending = true;
	}
	return 0;
}

static int oldest(struct ras_reader *reader, struct ras_source **res)
{
	struct ras_source *source;
	unsigned int i;
	int err;

	*res = NULL;
	for (i = 0; i < reader->nr; i++) {
		source = reader->sources[i];
		err = fill(source);
		if (err)
			return err;
		if (!source->has_pending)
			source->done = source->ring.pos;
		else if (!*res || source->pending.time < (*res)->pending.time)
			*res = source;
	}
	return 0;
}

/**
 * ras_reader_next - the oldest event that was not returned yet
 * @reader: reader
 * @source: the buffer it is from; @source->done is the position behind it
 * @ev: result, to be released with ras_event_release(); its values are valid
 *      until the next call
 *
 * Return: 1; 0 if there is none now; -ENOMEM.
 */
int ras_reader_next(struct ras_reader *reader, struct ras_source **source,
		    struct ras_event *ev)
{
	int err;

	for (;;) {
		err = oldest(reader, source);
		if (err)
			return err;
		if (!*source)
			return 0;
		(*source)->has_pending = false;
		(*source)->done = (*source)->ring.pos;
		err = ras_record_event(&reader->types, &(*source)->pending, ev);
		if (!err)
			break;
		if (err == -ENOMEM)
			return err;
		if (err == -EINVAL)
			ras_msg("buffer of CPU %d: skipped a record that contradicts its format",
				(*source)->ring.cpu);
	}
	ras_clock_stamp(&reader->clock, ev);
	return 1;
}

/**
 * ras_reader_close - unmap and free everything
 * @reader: reader
 */
void ras_reader_close(struct ras_reader *reader)
{
	unsigned int i;

	for (i = 0; i < reader->nr; i++)
		source_close(reader, reader->sources[i]);
	free(reader->sources);
	ras_types_free(&reader->types);
	ras_pmu_exit(&reader->pmu);
	reader->sources = NULL;
	reader->nr = 0;
}
