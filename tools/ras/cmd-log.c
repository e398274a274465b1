// SPDX-License-Identifier: GPL-2.0
/* ras log: recorded errors, from the buffers or from the database. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/kernel.h>
#include <subcmd/pager.h>
#include <subcmd/parse-options.h>
#include "filter.h"
#include "print.h"
#include "ras.h"
#include "reader.h"
#include "run.h"
#include "store.h"
#include "story_print.h"

/* How often a follower looks for sets and CPUs that came. */
#define RESCAN_NS	(10 * NSEC_PER_SEC)

struct log_args {
	bool json;
	bool follow;
	bool consume;
	bool all;
	bool stories;
	struct ras_names sets;
	struct ras_filter filter;
	struct ras_story_log log;
};

static int show(struct log_args *args, const struct ras_event *ev)
{
	struct ras_event told = *ev;
	int err = 0;

	if (args->stories && !args->json) {
		err = ras_story_log_add(&args->log, ev);
		return !err && ferror(stdout) ? -EIO : err;
	}
	if (args->stories)
		told.story = ras_story_add(&args->log.stories, ev);
	if (!ras_filter_match(&args->filter, ev))
		return 0;
	if (args->json)
		ras_event_json(&told, stdout);
	else
		ras_event_print(ev, stdout);
	return ferror(stdout) ? -EIO : 0;
}

/*
 * Show what is there. A record is given back to the kernel only when it is
 * out of our hands, so that whoever kills us finds the rest in the buffer.
 */
static int drain(struct ras_reader *reader, struct log_args *args)
{
	struct ras_source *source;
	struct ras_event ev;
	unsigned int i;
	int ret;

	while ((ret = ras_reader_next(reader, &source, &ev)) > 0) {
		ret = show(args, &ev);
		ras_event_release(&ev);
		if (!ret && (args->consume || args->follow) && fflush(stdout))
			ret = -errno;
		if (ret)
			return ret;
		if (args->consume)
			ras_ring_consume(&source->ring, source->done);
	}
	for (i = 0; !ret && args->consume && i < reader->nr; i++)
		ras_ring_consume(&reader->sources[i]->ring,
				 reader->sources[i]->done);
	return ret;
}

static void report_skipped(struct ras_reader *reader)
{
	unsigned int i;

	for (i = 0; i < reader->nr; i++) {
		struct ras_ring *ring = &reader->sources[i]->ring;

		if (ring->follow && ring->skipped)
			ras_msg("%s: %llu bytes were %s before they could be shown",
				reader->sources[i]->label,
				(unsigned long long)ring->skipped,
				ring->backward ? "overwritten" : "consumed");
		ring->skipped = 0;
	}
}

/* Wait for more, and follow the sets and CPUs that come and go. */
static void wait_for_events(struct ras_reader *reader, u64 *next_rescan)
{
	u64 now = ras_clock_now();
	int timeout = 0;

	if (*next_rescan > now)
		timeout = (*next_rescan - now) / 1000000 + 1;
	if (!ras_reader_poll(reader, -1, timeout) &&
	    ras_clock_now() < *next_rescan)
		return;
	*next_rescan = ras_clock_now() + RESCAN_NS;
	if (ras_reader_rescan(reader) < 0)
		ras_msg("%s", reader->error);
}

static int read_buffers(struct ras_reader *reader, struct log_args *args)
{
	u64 next_rescan = ras_clock_now() + RESCAN_NS;
	int err;

	if (!reader->nr)
		ras_msg("there is no buffer to read: no event of %s is active, see `ras list`",
			args->all ? "any set" : "these sets");
	while (!(err = drain(reader, args)) && args->follow) {
		report_skipped(reader);
		wait_for_events(reader, &next_rescan);
	}
	return err;
}

/* Of the sets that the kernel fills from the start, those that this one has */
static int add_default_sets(struct ras_reader *reader)
{
	struct ras_names names = { };
	unsigned int i;
	int err;

	err = ras_names_parse(&names, RAS_DEFAULT_SETS);
	for (i = 0; !err && i < names.nr; i++) {
		if (!i || ras_pmu_set(&reader->pmu, names.names[i]))
			err = ras_names_add(&reader->sets, names.names[i]);
	}
	ras_names_free(&names);
	return err;
}

static int log_buffers(struct log_args *args)
{
	struct ras_reader reader = {
		.consume = args->consume,
		.follow = args->follow,
	};
	int err;

	err = ras_names_copy(&reader.sets, &args->sets);
	if (!err)
		err = ras_reader_init(&reader);
	if (!err && !args->all && !args->sets.nr)
		err = add_default_sets(&reader);
	if (!err)
		err = ras_reader_open(&reader);
	if (err) {
		ras_msg("%s", *reader.error ? reader.error : strerror(-err));
		ras_reader_close(&reader);
		return RAS_EXIT_FAIL;
	}
	err = read_buffers(&reader, args);
	ras_story_log_end(&args->log);
	ras_reader_close(&reader);
	if (!err && fflush(stdout))
		err = -errno;
	if (err && err != -EPIPE)
		ras_msg("cannot write the log: %s", strerror(-err));
	return err ? RAS_EXIT_FAIL : RAS_EXIT_OK;
}

static int show_stored(const struct ras_event *ev, void *args)
{
	return show(args, ev);
}

static int log_stored(struct log_args *args, const char *path)
{
	struct ras_store *store;
	char error[512];
	int err;

	if (ras_store_open(&store, path, true, error, sizeof(error))) {
		ras_msg("%s", error);
		return RAS_EXIT_FAIL;
	}
	err = ras_store_query(store, show_stored, args);
	ras_story_log_end(&args->log);
	if (err)
		ras_msg("cannot read %s: %s", path, ras_store_error(store));
	ras_store_close(store);
	return err || fflush(stdout) ? RAS_EXIT_FAIL : RAS_EXIT_OK;
}

static void print_severities(FILE *out)
{
	int sev;

	fprintf(out, "\nSeverities, from harmless to worst:");
	for (sev = 0; sev < RAS_SEV_NR; sev++)
		fprintf(out, " %s", ras_severity_name(sev));
	fprintf(out, "\n");
}

static int usage_error(const char *text)
{
	ras_msg("%s", text);
	return RAS_EXIT_USAGE;
}

static int check_args(struct log_args *args, const char *db,
		      const char *severity)
{
	if (severity &&
	    ras_severity_parse(severity, &args->filter.severities)) {
		ras_msg("'%s' is no list of severities: see `ras log --help`",
			severity);
		return RAS_EXIT_USAGE;
	}
	if (args->all && args->sets.nr)
		return usage_error("--all is all sets: leave out --set");
	if (db && (args->all || args->sets.nr))
		return usage_error("--db reads stored events: leave out --set and --all");
	if (db && (args->follow || args->consume))
		return usage_error("--db reads stored events: leave out --follow and --consume");
	if (args->consume && (args->filter.event || args->filter.severities))
		return usage_error("--consume takes all: leave out --event and --severity");
	if (args->stories && !args->json && (args->follow || args->consume))
		return usage_error("--stories shows what is complete: give --json, too, "
				   "or leave out --follow and --consume");
	return RAS_EXIT_OK;
}

static int run(struct log_args *args, const char *db)
{
	char path[4096];

	if (!args->follow && !args->consume && isatty(STDOUT_FILENO))
		setup_pager();
	if (!db)
		return log_buffers(args);
	if (!*db) {
		ras_run_database(path, sizeof(path));
		db = path;
	}
	return log_stored(args, db);
}

/**
 * cmd_log - the verb log
 * @argc: number of arguments
 * @argv: arguments
 *
 * Return: enum ras_exit.
 */
int cmd_log(int argc, const char **argv)
{
	const char *db = NULL, *severity = NULL;
	struct log_args args = { };
	const struct option opts[] = {
		OPT_BOOLEAN(0, "json", &args.json, "one JSON object per event"),
		OPT_BOOLEAN('f', "follow", &args.follow,
			    "wait for further events"),
		OPT_BOOLEAN(0, "consume", &args.consume,
			    "take what is shown out of the buffers"),
		OPT_CALLBACK(0, "set", &args.sets, "SET",
			     "read this set instead of ras; may be repeated",
			     ras_option_set),
		OPT_BOOLEAN(0, "all", &args.all, "read all sets"),
		OPT_STRING_OPTARG(0, "db", &db, "FILE",
				  "read the database instead of the buffers",
				  ""),
		OPT_STRING(0, "event", &args.filter.event, "PATTERN",
			   "only events whose name matches"),
		OPT_STRING(0, "severity", &severity, "LIST",
			   "only severities of this list; WORD+ is also all worse ones"),
		OPT_BOOLEAN(0, "stories", &args.stories,
			    "show what tells of the same error together"),
		OPT_END()
	};
	static const char * const usage[] = {
		"ras log [--set SET]... [--all] [--json] [--follow] [--consume] [--event PATTERN] [--severity LIST] [--stories]",
		"ras log --db[=FILE] [--json] [--event PATTERN] [--severity LIST] [--stories]",
		NULL
	};
	int ret;

	args.log.filter = &args.filter;
	args.log.out = stdout;
	argc = ras_options(argc, argv, opts, usage, print_severities);
	if (db && !*db && argc == 1) {
		db = argv[0];
		argc = 0;
	}
	if (argc) {
		ras_msg("unexpected argument '%s': see `ras log --help`",
			argv[0]);
		ret = RAS_EXIT_USAGE;
	} else {
		ret = check_args(&args, db, severity);
	}
	if (!ret)
		ret = run(&args, db);
	ras_names_free(&args.sets);
	return ret;
}
