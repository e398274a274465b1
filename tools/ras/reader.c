// SPDX-License-Identifier: GPL-2.0
/* The buffers' records: merged by time, and decoded. */
#include <errno.h>
#include <linux/kernel.h>
#include "pseudo.h"
#include "reader.h"
#include "ras.h"

/* Read on in one buffer until there is something to show. */
static int fill(struct ras_source *source)
{
	struct perf_event_header *header;
	int ret;

	while (!source->has_pending) {
		struct ras_record *rec = &source->pending;

		ret = ras_ring_next(&source->ring, &header);
		if (ret == -EBADMSG) {
			ras_msg("buffer of %s is damaged: skipped what was in it",
				source->label);
			continue;
		}
		if (ret <= 0)
			return ret;
		if (ras_record_parse(header, source->sample_type, rec)) {
			ras_msg("buffer of %s: skipped a damaged record",
				source->label);
			continue;
		}
		if (rec->kind == RAS_RECORD_OTHER)
			continue;
		if (!rec->time)
			rec->time = source->last_time;
		source->last_time = rec->time;
		rec->cpu = source->ring.cpu;
		source->has_pending = rec->time > source->after ||
				      !source->after;
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

/*
 * Events come while we read: when an id turns up that is not known, look at
 * what there is now. If it remains unknown, do not look again for each record.
 */
static int learn(struct ras_reader *reader, u64 id)
{
	int err = ras_ids_learn(&reader->ids, &reader->pmu, &reader->types);

	if (!err && !ras_ids_known(&reader->ids, id) &&
	    !ras_reader_reload(reader))
		err = ras_ids_learn(&reader->ids, &reader->pmu, &reader->types);
	if (!err && !ras_ids_known(&reader->ids, id))
		err = ras_ids_add_unknown(&reader->ids, id);
	return err;
}

/* What is unknown, its event forgotten, may have a known type nevertheless. */
static int get_type(struct ras_reader *reader, const struct ras_record *rec,
		    const struct ras_type **type)
{
	int err = 0;

	if (rec->kind == RAS_RECORD_LOST) {
		*type = ras_type_lost();
		return *type ? 0 : -ENOMEM;
	}
	if (!ras_ids_known(&reader->ids, rec->id))
		err = learn(reader, rec->id);
	if (err)
		return err;
	*type = ras_ids_type(&reader->ids, &reader->types, rec);
	if (!*type)
		*type = ras_types_by_id(&reader->types, ras_record_type(rec));
	if (!*type)
		*type = ras_type_unknown();
	return *type ? 0 : -ENOMEM;
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
	const struct ras_type *type;
	int err;

	for (;;) {
		err = oldest(reader, source);
		if (err)
			return err;
		if (!*source)
			return 0;
		(*source)->has_pending = false;
		(*source)->done = (*source)->ring.pos;
		err = get_type(reader, &(*source)->pending, &type);
		if (!err)
			err = ras_record_decode(type, &(*source)->pending, ev);
		if (!err)
			break;
		if (err == -ENOMEM)
			return err;
		ras_msg("buffer of %s: skipped a record that contradicts its format",
			(*source)->label);
	}
	ev->set = (*source)->set;
	ras_clock_stamp(&reader->clock, ev);
	return 1;
}
