// SPDX-License-Identifier: GPL-2.0
/* ras: read, store, decode and inject hardware errors. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/kernel.h>
#include <perf/core.h>
#include <subcmd/exec-cmd.h>
#include <subcmd/pager.h>
#include <subcmd/parse-options.h>
#include "names.h"
#include "ras.h"

#ifndef RAS_VERSION
#define RAS_VERSION "unknown"
#endif

static const struct ras_cmd cmds[] = {
	{ "list", "persistent events and their counts", cmd_list },
	{ "log", "errors recorded since boot and not consumed, or stored ones",
	  cmd_log },
	{ "persist", "make an event persistent", cmd_persist },
	{ "forget", "end persistent events", cmd_forget },
	{ "inject", "inject an event", cmd_inject },
	{ "replay", "inject recorded events, or a scenario", cmd_replay },
	{ "action", "rules, by which the kernel acts on events", cmd_action },
	{ "decode", "decode an event or a file of records", cmd_decode },
	{ "status", "state of kernel, buffers, daemon and database",
	  cmd_status },
	{ "daemon", "store events and run policies", cmd_daemon },
};

/**
 * ras_msg - tell the user something on stderr
 * @fmt: as for printf, one line without newline
 */
void ras_msg(const char *fmt, ...)
{
	char line[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	fprintf(stderr, "ras: %s\n", line);
}

static void print_option(const struct option *opt)
{
	int pos;

	pos = printf("    ");
	if (opt->short_name)
		pos += printf("-%c, ", opt->short_name);
	else
		pos += printf("    ");
	pos += printf("--%s", opt->long_name);
	if (opt->argh && (opt->flags & PARSE_OPT_OPTARG))
		pos += printf("[=%s]", opt->argh);
	else if (opt->argh)
		pos += printf(" %s", opt->argh);
	else if (opt->type == OPTION_INTEGER || opt->type == OPTION_UINTEGER ||
		 opt->type == OPTION_U64)
		pos += printf(" N");
	printf("%*s  %s\n", pos < 30 ? 30 - pos : 0, "", opt->help);
}

/**
 * ras_options - parse a verb's options
 * @argc: number of arguments
 * @argv: arguments; argv[0] is the verb
 * @opts: table of options
 * @usage: usage lines, NULL at the end
 * @more: prints what else --help should say, or NULL
 *
 * --help prints the table and exits with 0, a wrong option exits with 2.
 *
 * Return: number of arguments left in @argv.
 */
int ras_options(int argc, const char **argv, const struct option *opts,
		const char * const usage[], void (*more)(FILE *out))
{
	int i;

	for (i = 1; i < argc && strcmp(argv[i], "--"); i++) {
		if (strcmp(argv[i], "--help") && strcmp(argv[i], "-h"))
			continue;
		printf("Usage: %s\n", *usage++);
		while (*usage)
			printf("   or: %s\n", *usage++);
		printf("\n");
		for (; opts->type != OPTION_END; opts++)
			print_option(opts);
		if (more)
			more(stdout);
		exit(RAS_EXIT_OK);
	}
	return parse_options(argc, argv, opts, usage, 0);
}

/**
 * ras_option_set - option callback: add a buffer set to a list
 * @opt: option, whose value is a struct ras_names
 * @arg: what the user gave
 * @unset: unused
 *
 * Return: 0; exits if @arg is no name.
 */
int ras_option_set(const struct option *opt, const char *arg,
		   int unset __maybe_unused)
{
	if (!ras_names_parse(opt->value, arg))
		return 0;
	ras_msg("'%s' is no name of a set: `ras list --sets` shows them", arg);
	exit(RAS_EXIT_USAGE);
}

static void print_verbs(FILE *out)
{
	unsigned int i;

	fprintf(out, "Usage: ras VERB [OPTIONS]\n\n");
	for (i = 0; i < ARRAY_SIZE(cmds); i++)
		fprintf(out, "    %-10s%s\n", cmds[i].name, cmds[i].summary);
	fprintf(out,
		"\n`ras VERB --help` and ras(1) explain each verb; the kernel's documentation is in Documentation/ras/.\n");
}

/* libsubcmd exits with 129 on wrong usage, we promise 2. */
static void fix_status(int status, void *arg __maybe_unused)
{
	if (status != 129)
		return;
	fflush(NULL);
	_exit(RAS_EXIT_USAGE);
}

static int silent(enum libperf_print_level level __maybe_unused,
		  const char *fmt __maybe_unused, va_list ap __maybe_unused)
{
	return 0;
}

static const struct ras_cmd *find_cmd(const char *verb)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cmds); i++) {
		if (!strcmp(cmds[i].name, verb))
			return &cmds[i];
	}
	ras_msg("unknown verb '%s': see `ras help`", verb);
	return NULL;
}

static int show_help(const char *verb)
{
	const char *args[3] = { verb, "--help" };
	const struct ras_cmd *cmd;

	if (!verb) {
		print_verbs(stdout);
		return RAS_EXIT_OK;
	}
	cmd = find_cmd(verb);
	return cmd ? cmd->fn(2, args) : RAS_EXIT_USAGE;
}

int main(int argc, const char **argv)
{
	const char *verb = argc > 1 ? argv[1] : "";
	const struct ras_cmd *cmd;

	exec_cmd_init("ras", "/usr", "", "RAS_EXEC_PATH");
	pager_init("RAS_PAGER");
	libperf_init(silent);
	on_exit(fix_status, NULL);

	if (!*verb) {
		print_verbs(stderr);
		return RAS_EXIT_USAGE;
	}
	if (!strcmp(verb, "--version")) {
		printf("ras %s\n", RAS_VERSION);
		return RAS_EXIT_OK;
	}
	if (!strcmp(verb, "help") || !strcmp(verb, "--help") ||
	    !strcmp(verb, "-h"))
		return show_help(argc > 2 ? argv[2] : NULL);
	cmd = find_cmd(verb);
	return cmd ? cmd->fn(argc - 1, argv + 1) : RAS_EXIT_USAGE;
}
