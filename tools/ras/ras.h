/* SPDX-License-Identifier: GPL-2.0 */
/* What every part of the ras tool shares: verbs, exit codes, messages. */
#ifndef _RAS_H
#define _RAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <linux/compiler.h>
#include <linux/types.h>

#define RAS_DEFAULT_DB		"/var/lib/ras/ras.db"
#define RAS_DEFAULT_CONFIG	"/etc/ras/ras.conf"
#define RAS_RUN_FILE		"/run/ras-daemon.pid"

#define NSEC_PER_SEC		1000000000ULL

/* Exit codes of every verb. */
enum ras_exit {
	RAS_EXIT_OK	= 0,
	RAS_EXIT_FAIL	= 1,
	RAS_EXIT_USAGE	= 2,
};

/**
 * struct ras_cmd - a verb
 * @name: as typed on the command line
 * @summary: one line for `ras help`
 * @fn: argv[0] is the verb; returns an enum ras_exit
 */
struct ras_cmd {
	const char *name;
	const char *summary;
	int (*fn)(int argc, const char **argv);
};

int cmd_action(int argc, const char **argv);
int cmd_daemon(int argc, const char **argv);
int cmd_decode(int argc, const char **argv);
int cmd_forget(int argc, const char **argv);
int cmd_inject(int argc, const char **argv);
int cmd_list(int argc, const char **argv);
int cmd_log(int argc, const char **argv);
int cmd_persist(int argc, const char **argv);
int cmd_replay(int argc, const char **argv);
int cmd_status(int argc, const char **argv);

struct option;

int ras_options(int argc, const char **argv, const struct option *opts,
		const char * const usage[], void (*more)(FILE *out));

int ras_option_set(const struct option *opt, const char *arg, int unset);

void ras_msg(const char *fmt, ...) __printf(1, 2);

#endif /* _RAS_H */
