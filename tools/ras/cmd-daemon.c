// SPDX-License-Identifier: GPL-2.0
/* ras daemon: one poll loop over buffers, signals and policy commands. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <linux/kernel.h>
#include <subcmd/parse-options.h>
#include "daemon.h"
#include "ras.h"
#include "run.h"

#define RETRY_NS	NSEC_PER_SEC

/**
 * struct loop - what the poll loop waits for
 * @daemon: daemon
 * @path: configuration file, NULL if there is none
 * @signals: signalfd
 * @fds: for poll(): @signals, then one per buffer
 * @nr_fds: their number
 * @next_rescan: when to look for new buffers, ns
 * @next_clock: when to compare the clocks again, ns
 * @stop: a signal asked for the end
 */
struct loop {
	struct ras_daemon daemon;
	const char *path;
	int signals;
	struct pollfd *fds;
	unsigned int nr_fds;
	u64 next_rescan;
	u64 next_clock;
	bool stop;
};

static u64 now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

static int open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int set_fds(struct loop *loop)
{
	const struct ras_reader *reader = &loop->daemon.reader;
	unsigned int i, nr = reader->nr + 1;
	struct pollfd *fds;

	if (loop->nr_fds == nr)
		return 0;
	fds = realloc(loop->fds, nr * sizeof(*fds));
	if (!fds)
		return -ENOMEM;
	fds[0].fd = loop->signals;
	for (i = 0; i < nr; i++)
		fds[i].events = POLLIN;
	for (i = 0; i < reader->nr; i++)
		fds[i + 1].fd = reader->sources[i]->fd;
	loop->fds = fds;
	loop->nr_fds = nr;
	return 0;
}

static void reload(struct loop *loop)
{
	struct ras_config new;
	char error[512];

	if (!loop->path)
		return;
	if (ras_config_load(&new, loop->path, error, sizeof(error))) {
		ras_msg("configuration not changed: %s", error);
		return;
	}
	/* the database stays: what it has tells what to skip after a crash */
	free(new.database);
	new.database = loop->daemon.config.database;
	loop->daemon.config.database = NULL;
	ras_config_free(&loop->daemon.config);
	loop->daemon.config = new;
	ras_msg("configuration read again: %u policies", new.nr_policies);
}

static void handle_signals(struct loop *loop)
{
	struct signalfd_siginfo info;

	while (read(loop->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGHUP)
			reload(loop);
		else if (info.ssi_signo != SIGCHLD)
			loop->stop = true;
	}
}

static int timeout_ms(const struct loop *loop, u64 now)
{
	u64 until = loop->next_rescan;
	u64 deadline = ras_runner_deadline(&loop->daemon.runner);

	if (deadline < until)
		until = deadline;
	if (loop->daemon.failing && now + RETRY_NS < until)
		until = now + RETRY_NS;
	if (until <= now)
		return 0;
	return (until - now + 999999) / 1000000;
}

static int rescan(struct loop *loop, u64 now)
{
	struct ras_daemon *daemon = &loop->daemon;

	loop->next_rescan = now + daemon->config.rescan;
	if (ras_reader_rescan(&daemon->reader) < 0)
		ras_msg("%s", daemon->reader.error);
	if (ras_daemon_resume(daemon))
		ras_msg("cannot read the database: %s",
			ras_store_error(daemon->store));
	return set_fds(loop);
}

/* A descriptor that only reports trouble must not keep us awake. */
static void wait_for_work(struct loop *loop, int timeout)
{
	unsigned int i;

	if (poll(loop->fds, loop->nr_fds, timeout) <= 0)
		return;
	for (i = 1; i < loop->nr_fds; i++) {
		if (loop->fds[i].revents && !(loop->fds[i].revents & POLLIN))
			loop->fds[i].fd = -1;
	}
}

static int run_loop(struct loop *loop)
{
	struct ras_daemon *daemon = &loop->daemon;
	int err = 0;

	while (!err) {
		u64 now = now_ns();

		if (now >= loop->next_rescan)
			err = rescan(loop, now);
		if (now >= loop->next_clock) {
			/* on failure, the last result still is a good one */
			ras_clock_update(&daemon->reader.clock);
			loop->next_clock = now + NSEC_PER_SEC;
		}
		ras_daemon_transfer(daemon);
		ras_runner_reap(&daemon->runner, now);
		ras_runner_run(&daemon->runner, &daemon->config, now);
		if (err || loop->stop)
			break;
		wait_for_work(loop, timeout_ms(loop, now));
		handle_signals(loop);
	}
	return err;
}

static int fail(const char *text)
{
	ras_msg("%s", text);
	return RAS_EXIT_FAIL;
}

static int start(struct loop *loop)
{
	struct ras_daemon *daemon = &loop->daemon;
	const char *db = daemon->config.database;
	char error[512];
	int err;

	err = ras_reader_init(&daemon->reader);
	if (!err)
		err = ras_reader_open(&daemon->reader, true, false);
	if (err)
		return fail(daemon->reader.error);
	umask(027);
	if (!strcmp(db, RAS_DEFAULT_DB))
		mkdir("/var/lib/ras", 0750);
	if (ras_store_open(&daemon->store, db, false, error, sizeof(error)))
		return fail(error);
	loop->signals = open_signals();
	if (loop->signals < 0)
		return fail("cannot create a signalfd");
	err = ras_run_lock(db);
	if (err)
		ras_msg("cannot write %s: %s: `ras status` will not know of this daemon",
			RAS_RUN_FILE, strerror(-err));
	ras_msg("daemon started: %u buffers, %u events, database %s, %u policies",
		daemon->reader.nr, daemon->reader.pmu.nr_events, db,
		daemon->config.nr_policies);
	return RAS_EXIT_OK;
}

static int run_daemon(struct loop *loop)
{
	int ret = start(loop), err;

	if (!ret) {
		err = run_loop(loop);
		if (err)
			ret = fail(strerror(-err));
		ras_runner_stop(&loop->daemon.runner);
		ras_msg("daemon stopped");
	}
	free(loop->fds);
	ras_store_close(loop->daemon.store);
	ras_reader_close(&loop->daemon.reader);
	return ret;
}

static int load_config(struct loop *loop, const char *path)
{
	char error[512] = "out of memory";
	int err;

	if (!path && !access(RAS_DEFAULT_CONFIG, F_OK))
		path = RAS_DEFAULT_CONFIG;
	loop->path = path;
	if (path)
		err = ras_config_load(&loop->daemon.config, path, error,
				      sizeof(error));
	else
		err = ras_config_default(&loop->daemon.config);
	if (err)
		ras_msg("%s", error);
	return err ? RAS_EXIT_FAIL : RAS_EXIT_OK;
}

/**
 * cmd_daemon - the verb daemon
 * @argc: number of arguments
 * @argv: arguments
 *
 * Return: enum ras_exit.
 */
int cmd_daemon(int argc, const char **argv)
{
	const char *path = NULL, *db = NULL;
	bool check = false, man = false;
	const struct option opts[] = {
		OPT_STRING(0, "config", &path, "FILE", "configuration file"),
		OPT_STRING(0, "db", &db, "FILE",
			   "database, instead of the configured one"),
		OPT_BOOLEAN(0, "check", &check,
			    "only check the configuration file"),
		OPT_BOOLEAN(0, "man", &man,
			    "print the options of the file for the manual page"),
		OPT_END()
	};
	static const char * const usage[] = {
		"ras daemon [--config FILE] [--db FILE] [--check]", NULL
	};
	struct loop loop = { .signals = -1 };
	int ret;

	argc = ras_options(argc, argv, opts, usage, ras_config_help);
	if (argc) {
		ras_msg("unexpected argument '%s': see `ras daemon --help`",
			argv[0]);
		return RAS_EXIT_USAGE;
	}
	if (man) {
		ras_config_man(stdout);
		return RAS_EXIT_OK;
	}
	ret = load_config(&loop, path);
	if (!ret && db) {
		free(loop.daemon.config.database);
		loop.daemon.config.database = strdup(db);
	}
	if (!ret && !check)
		ret = run_daemon(&loop);
	ras_config_free(&loop.daemon.config);
	return ret;
}
