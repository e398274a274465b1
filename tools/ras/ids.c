// SPDX-License-Identifier: GPL-2.0
/*
 * Which event a record is of. Its sample id says it, for as long as the machine
 * is up. The id of the tracepoint inside of the record does not: when a module
 * is loaded again, its tracepoints get others, and another module's get these.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <perf/cpumap.h>
#include <perf/evsel.h>
#include "ids.h"
#include "pseudo.h"

/**
 * ras_event_type - the type of an event's records
 * @types: the types known so far
 * @event: event
 * @type: result
 *
 * Return: 0 or what ras_types_get() returns; -ENOENT also: it is pending.
 */
int ras_event_type(struct ras_types *types, const struct ras_pmu_event *event,
		   const struct ras_type **type)
{
	int err;

	if (!event->tracepoint)
		return ras_types_sample(types, event->full, type);
	err = ras_types_get(types, event->source, type);
	if (!err && event->tracepoint_id >= 0 &&
	    (*type)->id != event->tracepoint_id)
		err = ras_types_refresh(types, event->source, type);
	return err;
}

static struct ras_id *find(const struct ras_ids *ids, u64 id)
{
	unsigned int i;

	for (i = 0; i < ids->nr; i++) {
		if (ids->ids[i].id == id)
			return &ids->ids[i];
	}
	return NULL;
}

static bool known(const struct ras_ids *ids, u64 config, int cpu)
{
	unsigned int i;

	for (i = 0; i < ids->nr; i++) {
		if (ids->ids[i].config == config && ids->ids[i].cpu == cpu)
			return true;
	}
	return false;
}

/**
 * ras_ids_add - learn an id
 * @ids: ids
 * @id: what to add
 *
 * Return: 0 or -ENOMEM.
 */
int ras_ids_add(struct ras_ids *ids, const struct ras_id *id)
{
	struct ras_id *more;

	more = realloc(ids->ids, (ids->nr + 1) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	ids->ids = more;
	more[ids->nr++] = *id;
	return 0;
}

/**
 * ras_ids_add_unknown - note an id that nothing is known about
 * @ids: ids
 * @id: id
 *
 * Return: 0 or -ENOMEM.
 */
int ras_ids_add_unknown(struct ras_ids *ids, u64 id)
{
	const struct ras_id new = { .id = id, .cpu = -1 };

	return ras_ids_add(ids, &new);
}

/**
 * ras_ids_forget_unknown - ask again for what nothing is known about
 * @ids: ids
 */
void ras_ids_forget_unknown(struct ras_ids *ids)
{
	unsigned int i, nr = 0;

	for (i = 0; i < ids->nr; i++) {
		if (ids->ids[i].type)
			ids->ids[nr++] = ids->ids[i];
	}
	ids->nr = nr;
}

/**
 * ras_ids_known - was an id added, as one of an event or as unknown
 * @ids: ids
 * @id: id
 *
 * Return: true if it was.
 */
bool ras_ids_known(const struct ras_ids *ids, u64 id)
{
	return find(ids, id);
}

static int learn_event(struct ras_ids *ids, const struct ras_pmu *pmu,
		       const struct ras_pmu_event *event,
		       const struct ras_type *type)
{
	struct ras_id new = { .config = event->config, .type = type };
	struct perf_counts_values values;
	struct perf_evsel *evsel;
	struct perf_cpu cpu;
	int i, err;

	perf_cpu_map__for_each_cpu(cpu, i, event->set->cpus) {
		if (known(ids, event->config, cpu.cpu))
			continue;
		evsel = ras_pmu_open(pmu, event, cpu.cpu, false, &err);
		/* gone meanwhile: then there is nothing to learn */
		if (!evsel)
			continue;
		err = perf_evsel__read(evsel, 0, 0, &values);
		ras_evsel_close(evsel);
		new.cpu = cpu.cpu;
		new.id = values.id;
		if (!err)
			err = ras_ids_add(ids, &new);
		if (err == -ENOMEM)
			return err;
	}
	return 0;
}

/**
 * ras_ids_learn - learn the ids of all events that there are
 * @ids: ids
 * @pmu: the events
 * @types: the types known so far
 *
 * Return: 0 or -ENOMEM. What cannot be opened is left out.
 */
int ras_ids_learn(struct ras_ids *ids, const struct ras_pmu *pmu,
		  struct ras_types *types)
{
	const struct ras_type *type;
	unsigned int i;
	int err = 0;

	if (ids->learned)
		return 0;
	for (i = 0; !err && i < pmu->nr_events; i++) {
		if (!pmu->events[i].set->cpus)
			continue;
		err = ras_event_type(types, &pmu->events[i], &type);
		if (!err)
			err = learn_event(ids, pmu, &pmu->events[i], type);
		if (err != -ENOMEM)
			err = 0;
	}
	ids->learned = !err;
	return err;
}

/* The record is of another generation of the tracepoint: find that one. */
static const struct ras_type *other_version(struct ras_id *id,
					    struct ras_types *types, int common)
{
	const struct ras_type *type;

	type = ras_types_version(types, id->type->full, common);
	if (type)
		return type;
	if (id->stale != common) {
		ras_types_refresh(types, id->type->full, &id->type);
		id->stale = id->type->id == common ? 0 : common;
	}
	/* the most likely one: it is the same tracepoint */
	return id->type;
}

/**
 * ras_ids_type - the type of a record
 * @ids: ids
 * @types: the types known so far; format files that changed are read again
 * @rec: record of kind RAS_RECORD_SAMPLE
 *
 * Return: the type, or NULL if its id is not known.
 */
const struct ras_type *ras_ids_type(struct ras_ids *ids,
				    struct ras_types *types,
				    const struct ras_record *rec)
{
	struct ras_id *id = find(ids, rec->id);
	int common = ras_record_type(rec);

	if (!id || !id->type)
		return NULL;
	if (id->type->id == common || !id->type->id)
		return id->type;
	return other_version(id, types, common);
}

/**
 * ras_ids_free - forget all ids
 * @ids: ids
 */
void ras_ids_free(struct ras_ids *ids)
{
	free(ids->ids);
	memset(ids, 0, sizeof(*ids));
}
