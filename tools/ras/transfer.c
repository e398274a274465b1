// SPDX-License-Identifier: GPL-2.0
/*
 * From the buffers into the database, each event exactly once. One transaction
 * takes what all buffers hold, and notes the last record of each; data_tail is
 * moved when it is committed. Killed before the commit, everything is still
 * in the buffers; killed after it, but before data_tail was moved, the next
 * daemon finds the noted records among the unread ones, and goes on behind
 * them. Positions would not do: the kernel changes them for a new consumer.
 */
#include <errno.h>
#include <string.h>
#include "daemon.h"
#include "ras.h"

static int resume(struct ras_daemon *daemon, struct ras_source *source)
{
	struct ras_position stored;
	u64 behind;
	int err;

	err = ras_store_position(daemon->store, daemon->reader.clock.boot_id,
				 source->set, source->ring.cpu, &stored);
	if (err)
		return err;
	if (stored.len && ras_ring_find(&source->ring, stored.last, stored.len,
					&behind)) {
		ras_msg("%s: %llu bytes were stored before the last daemon ended",
			source->label,
			(unsigned long long)(behind - source->done));
		source->ring.pos = behind;
		source->done = behind;
		ras_ring_consume(&source->ring, behind);
	}
	return 0;
}

/**
 * ras_daemon_resume - skip in new buffers what the database has already
 * @daemon: daemon
 *
 * Return: 0 or -errno.
 */
int ras_daemon_resume(struct ras_daemon *daemon)
{
	struct ras_reader *reader = &daemon->reader;
	unsigned int i;
	int err;

	for (i = 0; i < reader->nr; i++) {
		if (reader->sources[i]->resumed)
			continue;
		err = resume(daemon, reader->sources[i]);
		if (err)
			return err;
		reader->sources[i]->resumed = true;
	}
	return 0;
}

/* Store all that is there. Returns the number of events or -errno. */
static int store_events(struct ras_daemon *daemon)
{
	struct ras_reader *reader = &daemon->reader;
	struct ras_source *source;
	struct ras_event ev;
	int ret, nr = 0;

	while ((ret = ras_reader_next(reader, &source, &ev)) > 0) {
		ret = nr ? 0 : ras_store_begin(daemon->store);
		if (!ret)
			ret = ras_store_add(daemon->store, &ev);
		if (!ret)
			ras_runner_stage(&daemon->runner, &daemon->config, &ev);
		ras_event_release(&ev);
		if (ret)
			return ret;
		nr++;
	}
	return ret ? ret : nr;
}

static int store_positions(struct ras_daemon *daemon)
{
	struct ras_reader *reader = &daemon->reader;
	unsigned int i;
	int err = 0;

	for (i = 0; !err && i < reader->nr; i++) {
		struct ras_source *source = reader->sources[i];
		struct ras_position pos = {
			.len = source->done - ras_ring_tail(&source->ring),
			.last = source->ring.last,
		};

		if (!pos.len)
			continue;
		err = ras_store_set_position(daemon->store,
					     reader->clock.boot_id, source->set,
					     source->ring.cpu, &pos);
	}
	return err;
}

static void consume(struct ras_reader *reader)
{
	unsigned int i;

	for (i = 0; i < reader->nr; i++) {
		struct ras_source *source = reader->sources[i];

		if (source->done != ras_ring_tail(&source->ring))
			ras_ring_consume(&source->ring, source->done);
	}
}

static void start_again(struct ras_reader *reader)
{
	unsigned int i;

	for (i = 0; i < reader->nr; i++) {
		struct ras_source *source = reader->sources[i];

		source->ring.pos = ras_ring_tail(&source->ring);
		source->done = source->ring.pos;
		source->has_pending = false;
	}
}

static void report(struct ras_daemon *daemon, int err)
{
	if (err && !daemon->failing)
		ras_msg("cannot store events, they stay in the buffers: %s (%s); trying again",
			ras_store_error(daemon->store), strerror(-err));
	else if (!err && daemon->failing)
		ras_msg("storing events works again");
	daemon->failing = err;
}

/**
 * ras_daemon_transfer - store what is in the buffers and give the room back
 * @daemon: daemon
 *
 * Return: number of events stored; -errno: nothing was stored or lost, it is
 * to be called again later.
 */
int ras_daemon_transfer(struct ras_daemon *daemon)
{
	int nr, err;

	nr = store_events(daemon);
	err = nr < 0 ? nr : 0;
	if (nr > 0)
		err = store_positions(daemon);
	if (nr > 0 && !err)
		err = ras_store_commit(daemon->store);
	if (err) {
		report(daemon, err);
		ras_store_rollback(daemon->store);
		ras_runner_discard(&daemon->runner);
		start_again(&daemon->reader);
		return err;
	}
	consume(&daemon->reader);
	ras_runner_commit(&daemon->runner);
	if (nr)
		report(daemon, 0);
	return nr;
}
