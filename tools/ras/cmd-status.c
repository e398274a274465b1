// SPDX-License-Identifier: GPL-2.0
/* ras status: kernel, buffers, daemon, database. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/kernel.h>
#include <subcmd/parse-options.h>
#include "counts.h"
#include "json.h"
#include "ras.h"
#include "reader.h"
#include "run.h"
#include "store.h"

struct status {
	struct ras_json js;
	bool json;
};

/* Lost records of all events, by CPU; 0 where they cannot be counted. */
static void count_lost(const struct ras_reader *reader, u64 *lost)
{
	struct ras_counts counts;
	unsigned int i, k, n;
	char error[256];

	for (i = 0; i < reader->pmu.nr_events; i++) {
		if (ras_counts_get(&counts, &reader->pmu,
				   &reader->pmu.events[i], error,
				   sizeof(error)))
			continue;
		for (k = 0; k < counts.nr; k++) {
			for (n = 0; n < reader->nr; n++) {
				if (reader->sources[n]->ring.cpu ==
				    counts.cpus[k].cpu)
					lost[n] += counts.cpus[k].lost;
			}
		}
		ras_counts_free(&counts);
	}
}

static void show_buffer(struct status *st, const struct ras_ring *ring,
			u64 lost)
{
	u64 used = ras_ring_head(ring) - ras_ring_tail(ring);

	if (!st->json) {
		printf("    CPU %-4d %llu of %llu bytes unread, %llu records lost\n",
		       ring->cpu, (unsigned long long)used,
		       (unsigned long long)ring->size,
		       (unsigned long long)lost);
		return;
	}
	ras_json_open(&st->js, NULL, '{');
	ras_json_s64(&st->js, "cpu", ring->cpu);
	ras_json_u64(&st->js, "size", ring->size);
	ras_json_u64(&st->js, "used", used);
	ras_json_u64(&st->js, "lost", lost);
	ras_json_close(&st->js, '}');
}

static void show_kernel(struct status *st, const struct ras_reader *reader)
{
	unsigned int i;

	if (st->json) {
		ras_json_bool(&st->js, "persistent_events",
			      reader->pmu.nr_events);
		ras_json_open(&st->js, "events", '[');
		for (i = 0; i < reader->pmu.nr_events; i++)
			ras_json_text(&st->js, NULL,
				      reader->pmu.events[i].tracepoint);
		ras_json_close(&st->js, ']');
		return;
	}
	printf("kernel:   persistent events:");
	for (i = 0; i < reader->pmu.nr_events; i++)
		printf(" %s", reader->pmu.events[i].tracepoint);
	printf("%s\n", i ? "" : " none");
}

static void show_buffers(struct status *st, const struct ras_reader *reader)
{
	u64 *lost = calloc(reader->nr + 1, sizeof(*lost));
	unsigned int i;

	if (lost)
		count_lost(reader, lost);
	if (st->json)
		ras_json_open(&st->js, "buffers", '[');
	else
		printf("buffers:  %u\n", reader->nr);
	for (i = 0; i < reader->nr; i++)
		show_buffer(st, &reader->sources[i]->ring, lost ? lost[i] : 0);
	if (st->json)
		ras_json_close(&st->js, ']');
	free(lost);
}

static void show_daemon(struct status *st)
{
	pid_t pid = ras_run_pid();

	if (st->json) {
		ras_json_open(&st->js, "daemon", '{');
		ras_json_bool(&st->js, "running", pid);
		if (pid)
			ras_json_s64(&st->js, "pid", pid);
		ras_json_close(&st->js, '}');
	} else if (pid) {
		printf("daemon:   running, pid %d\n", pid);
	} else {
		printf("daemon:   not running\n");
	}
}

static int show_count(const char *event, u64 count, void *arg)
{
	struct status *st = arg;

	if (st->json)
		ras_json_u64(&st->js, event, count);
	else
		printf("    %-28s %llu stored\n", event,
		       (unsigned long long)count);
	return 0;
}

static int show_database(struct status *st, const char *path)
{
	struct ras_store *store = NULL;
	char error[512] = "";
	int err = 0;

	if (access(path, F_OK))
		snprintf(error, sizeof(error), "does not exist");
	else
		err = ras_store_open(&store, path, true, error, sizeof(error));
	if (st->json) {
		ras_json_open(&st->js, "database", '{');
		ras_json_text(&st->js, "path", path);
		if (*error && !store)
			ras_json_text(&st->js, "error", error);
		ras_json_open(&st->js, "events", '{');
	} else {
		printf("database: %s%s%s\n", path, store ? "" : ": ",
		       store ? "" : error);
	}
	if (store)
		err = ras_store_count(store, show_count, st);
	if (st->json) {
		ras_json_close(&st->js, '}');
		ras_json_close(&st->js, '}');
	}
	ras_store_close(store);
	return err;
}

static int show(struct status *st, struct ras_reader *reader, const char *db)
{
	int err, ret = RAS_EXIT_OK;

	err = ras_reader_init(reader);
	if (!err)
		err = ras_reader_open(reader, false, false);
	if (err) {
		ras_msg("%s", reader->error);
		ret = RAS_EXIT_FAIL;
	}
	if (st->json)
		ras_json_open(&st->js, NULL, '{');
	show_kernel(st, reader);
	show_buffers(st, reader);
	show_daemon(st);
	if (show_database(st, db))
		ret = RAS_EXIT_FAIL;
	if (st->json) {
		ras_json_close(&st->js, '}');
		printf("\n");
	}
	ras_reader_close(reader);
	return ret;
}

/**
 * cmd_status - the verb status
 * @argc: number of arguments
 * @argv: arguments
 *
 * Return: enum ras_exit.
 */
int cmd_status(int argc, const char **argv)
{
	struct status st = { .js = { .out = stdout } };
	const char *db = NULL;
	const struct option opts[] = {
		OPT_BOOLEAN(0, "json", &st.json, "one JSON object"),
		OPT_STRING(0, "db", &db, "FILE",
			   "database, instead of the daemon's"),
		OPT_END()
	};
	static const char * const usage[] = {
		"ras status [--json] [--db FILE]", NULL
	};
	struct ras_reader reader;
	char path[4096];

	argc = ras_options(argc, argv, opts, usage, NULL);
	if (argc) {
		ras_msg("unexpected argument '%s': see `ras status --help`",
			argv[0]);
		return RAS_EXIT_USAGE;
	}
	ras_run_database(path, sizeof(path));
	return show(&st, &reader, db ? db : path);
}
