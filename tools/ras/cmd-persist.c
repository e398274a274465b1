// SPDX-License-Identifier: GPL-2.0
/* ras persist and ras forget: persistent events, made and ended at run time. */
#include <errno.h>
#include <string.h>
#include <linux/kernel.h>
#include <linux/perf_event.h>
#include <subcmd/parse-options.h>
#include "persist.h"
#include "ras.h"

static int usage_error(const char *text)
{
	ras_msg("%s", text);
	return RAS_EXIT_USAGE;
}

static int check_numbers(const struct ras_persist *persist)
{
	if (persist->freq && persist->period)
		return usage_error("--freq and --period exclude each other");
	if (persist->pages & (persist->pages - 1) || persist->pages >> 32)
		return usage_error("--pages is to be a power of two");
	return RAS_EXIT_OK;
}

static int parse_keep(const char *keep, bool *last)
{
	*last = !strcmp(keep, "last");
	if (*last || !strcmp(keep, "first"))
		return RAS_EXIT_OK;
	ras_msg("unknown --keep '%s': use first or last", keep);
	return RAS_EXIT_USAGE;
}

/**
 * cmd_persist - the verb persist
 * @argc: number of arguments
 * @argv: arguments
 *
 * Return: enum ras_exit.
 */
int cmd_persist(int argc, const char **argv)
{
	struct ras_persist persist = { };
	const char *keep = "first";
	const struct option opts[] = {
		OPT_STRING(0, "name", &persist.name, "NAME",
			   "what to call it (EVENT, without SYSTEM)"),
		OPT_STRING(0, "set", &persist.set, "SET",
			   "set to put it into (one of its own)"),
		OPT_U64(0, "pages", &persist.pages,
			"data pages per CPU of a new set, a power of two (8)"),
		OPT_STRING(0, "keep", &keep, "first|last",
			   "which records of a new set to keep when it is full (first)"),
		OPT_BOOLEAN(0, "callchain", &persist.callchain,
			    "the records of a new set have the callchain"),
		OPT_U64(0, "freq", &persist.freq,
			"samples per second (1000 for clocks and hardware counters)"),
		OPT_U64(0, "period", &persist.period,
			"a sample every so many occurrences (1)"),
		OPT_STRING(0, "filter", &persist.filter, "EXPR",
			   "only records that fit, as tracefs' filter"),
		OPT_END()
	};
	static const char * const usage[] = {
		"ras persist EVENT [--name NAME] [--set SET] [--pages N] [--keep first|last] [--callchain] [--freq HZ | --period N] [--filter EXPR]",
		NULL
	};
	struct perf_event_attr attr;
	char error[1024] = "";
	int err;

	argc = ras_options(argc, argv, opts, usage, NULL);
	if (argc != 1)
		return usage_error(argc ? "one event at a time: see `ras persist --help`" :
				   "which event? ras persist EVENT, EVENT being SYSTEM:EVENT or as in `perf list`");
	if (parse_keep(keep, &persist.keep_last) || check_numbers(&persist))
		return RAS_EXIT_USAGE;
	persist.event = argv[0];
	err = ras_persist_attr(&persist, &attr, error, sizeof(error));
	if (err == -ENOENT || err == -EINVAL)
		return usage_error(error);
	if (!err)
		err = ras_persist(&persist, &attr, error, sizeof(error));
	if (err)
		ras_msg("%s", error);
	return err ? RAS_EXIT_FAIL : RAS_EXIT_OK;
}

/**
 * cmd_forget - the verb forget
 * @argc: number of arguments
 * @argv: arguments
 *
 * Return: enum ras_exit; one name that fails does not keep the others.
 */
int cmd_forget(int argc, const char **argv)
{
	const struct option opts[] = { OPT_END() };
	static const char * const usage[] = { "ras forget NAME...", NULL };
	int i, ret = RAS_EXIT_OK;
	char error[1024];

	argc = ras_options(argc, argv, opts, usage, NULL);
	if (!argc)
		return usage_error("which event? ras forget NAME...; `ras list` shows them");
	for (i = 0; i < argc; i++) {
		if (!ras_forget(argv[i], error, sizeof(error)))
			continue;
		ras_msg("%s", error);
		ret = RAS_EXIT_FAIL;
	}
	return ret;
}
