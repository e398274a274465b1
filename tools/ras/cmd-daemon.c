// SPDX-License-Identifier: GPL-2.0
/* ras daemon: one poll loop over buffers, signals and policy commands. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <linux/kernel.h>
#include <perf/cpumap.h>
#include <subcmd/parse-options.h>
#include "daemon.h"
#include "ras.h"
#include "run.h"
#include "uevent.h"

#define RETRY_NS	NSEC_PER_SEC
#define HANG_UP_NS	(NSEC_PER_SEC / 10)
/* A CPU's buffer is there a moment after the CPU. */
#define CPU_ONLINE_NS	NSEC_PER_SEC
#define NEVER		(~0ULL)

/**
 * struct loop - what the poll loop waits for
 * @daemon: daemon
 * @path: configuration file, NULL if there is none
 * @signals: signalfd
 * @uevents: tells that a CPU came online, or negative
 * @wake: epoll of both
 * @next_rescan: when to look for buffers that came and went, ns; NEVER if
 *		 nothing can come that is not told
 * @trouble: what the last rescan could not do
 * @next_clock: when to compare the clocks again, ns
 * @stop: a signal asked for the end
 */
struct loop {
	struct ras_daemon daemon;
	const char *path;
	int signals;
	int uevents;
	int wake;
	u64 next_rescan;
	char trouble[512];
	u64 next_clock;
	bool stop;
};

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

static int watch(int epoll, int fd)
{
	struct epoll_event event = { .events = EPOLLIN };

	return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

static int open_wake(struct loop *loop)
{
	loop->signals = open_signals();
	loop->uevents = ras_uevent_open();
	loop->wake = epoll_create1(EPOLL_CLOEXEC);
	if (loop->signals < 0 || loop->wake < 0 || watch(loop->wake, loop->signals))
		return -errno;
	if (loop->uevents >= 0 && watch(loop->wake, loop->uevents))
		return -errno;
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
	/*
	 * The database stays: what it has tells what to skip after a crash.
	 * The sets stay: they were opened.
	 */
	free(new.database);
	ras_names_free(&new.sets);
	new.database = loop->daemon.config.database;
	new.sets = loop->daemon.config.sets;
	loop->daemon.config.database = NULL;
	memset(&loop->daemon.config.sets, 0, sizeof(new.sets));
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
	if (until == NEVER)
		return -1;
	if (until <= now)
		return 0;
	return (until - now + 999999) / 1000000;
}

/* Does a set exist, with a buffer for each CPU that is online? */
static bool set_complete(const struct ras_pmu_set *set)
{
	struct perf_cpu_map *online;
	struct perf_cpu cpu;
	bool all = true;
	int i;

	if (!set || !set->cpus)
		return false;
	online = perf_cpu_map__new_online_cpus();
	perf_cpu_map__for_each_cpu(cpu, i, online)
		all = all && perf_cpu_map__has(set->cpus, cpu);
	perf_cpu_map__put(online);
	return all;
}

/* Nobody tells us that a set was made, or that a module brought its first event. */
static bool sets_missing(const struct ras_daemon *daemon)
{
	const struct ras_names *sets = &daemon->config.sets;
	unsigned int i;

	for (i = 0; i < sets->nr; i++) {
		if (!set_complete(ras_pmu_set(&daemon->reader.pmu, sets->names[i])))
			return true;
	}
	return false;
}

static u64 next_rescan(const struct loop *loop, u64 now)
{
	if (loop->uevents < 0 || *loop->trouble || sets_missing(&loop->daemon))
		return now + loop->daemon.config.rescan;
	return NEVER;
}

/* What is wrong is said once, not every time that it still is. */
static void rescan(struct loop *loop, u64 now)
{
	struct ras_daemon *daemon = &loop->daemon;
	bool failed;

	failed = ras_reader_rescan(&daemon->reader) < 0;
	if (failed && strcmp(loop->trouble, daemon->reader.error))
		ras_msg("%s", daemon->reader.error);
	snprintf(loop->trouble, sizeof(loop->trouble), "%s",
		 failed ? daemon->reader.error : "");
	loop->next_rescan = next_rescan(loop, now);
	if (ras_daemon_resume(daemon))
		ras_msg("cannot read the database: %s",
			ras_store_error(daemon->store));
}

static int run_loop(struct loop *loop)
{
	struct ras_daemon *daemon = &loop->daemon;
	int ret;

	for (;;) {
		u64 now = ras_clock_now();

		if (now >= loop->next_clock) {
			/* on failure, the last result still is a good one */
			ras_clock_update(&daemon->reader.clock);
			loop->next_clock = now + NSEC_PER_SEC;
		}
		ras_daemon_transfer(daemon);
		ras_runner_reap(&daemon->runner, now);
		ras_runner_run(&daemon->runner, &daemon->config, now);
		if (loop->stop)
			return 0;
		if (now >= loop->next_rescan) {
			rescan(loop, now);
			/* there may be something to read */
			continue;
		}
		ret = ras_reader_poll(&daemon->reader, loop->wake,
				      timeout_ms(loop, now));
		if (ret < 0)
			return ret;
		if (ret && loop->next_rescan > now + HANG_UP_NS)
			loop->next_rescan = now + HANG_UP_NS;
		handle_signals(loop);
		if (ras_uevent_cpu_online(loop->uevents))
			loop->next_rescan = ras_clock_now() + CPU_ONLINE_NS;
	}
}

static int fail(const char *text)
{
	ras_msg("%s", text);
	return RAS_EXIT_FAIL;
}

static unsigned int count_events(const struct ras_reader *reader)
{
	unsigned int i, nr = 0;

	for (i = 0; i < reader->pmu.nr_events; i++)
		nr += ras_reader_wants(reader, reader->pmu.events[i].set->name);
	return nr;
}

static int open_reader(struct ras_daemon *daemon)
{
	const struct ras_names *sets = &daemon->config.sets;
	struct ras_reader *reader = &daemon->reader;
	unsigned int i;
	int err;

	reader->consume = true;
	reader->wait = true;
	err = ras_names_copy(&reader->sets, sets);
	if (!err)
		err = ras_reader_init(reader);
	if (!err)
		err = ras_reader_open(reader);
	for (i = 0; !err && i < sets->nr; i++) {
		if (!ras_pmu_set(&reader->pmu, sets->names[i]))
			ras_msg("set '%s' does not exist yet: waiting for it",
				sets->names[i]);
	}
	return err;
}

static int start(struct loop *loop)
{
	struct ras_daemon *daemon = &loop->daemon;
	const char *db = daemon->config.database;
	char error[512];
	int err;

	err = open_reader(daemon);
	if (err)
		return fail(daemon->reader.error);
	umask(027);
	if (!strcmp(db, RAS_DEFAULT_DB))
		mkdir("/var/lib/ras", 0750);
	if (ras_store_open(&daemon->store, db, false, error, sizeof(error)))
		return fail(error);
	if (open_wake(loop))
		return fail("cannot create descriptors for signals and uevents");
	err = ras_run_lock(db);
	if (err)
		ras_msg("cannot write %s: %s: `ras status` will not know of this daemon",
			RAS_RUN_FILE, strerror(-err));
	/* before anything is read */
	if (ras_daemon_resume(daemon))
		return fail(ras_store_error(daemon->store));
	loop->next_rescan = next_rescan(loop, ras_clock_now());
	ras_msg("daemon started: %u buffers, %u events, database %s, %u policies",
		daemon->reader.nr, count_events(&daemon->reader), db,
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
	struct ras_names sets = { };
	const struct option opts[] = {
		OPT_STRING(0, "config", &path, "FILE", "configuration file"),
		OPT_STRING(0, "db", &db, "FILE",
			   "database, instead of the configured one"),
		OPT_CALLBACK(0, "set", &sets, "SET",
			     "consume this set instead of the configured ones; may be repeated",
			     ras_option_set),
		OPT_BOOLEAN(0, "check", &check,
			    "only check the configuration file"),
		OPT_BOOLEAN(0, "man", &man,
			    "print the options of the file for the manual page"),
		OPT_END()
	};
	static const char * const usage[] = {
		"ras daemon [--config FILE] [--db FILE] [--set SET]... [--check]",
		NULL
	};
	struct loop loop = { .signals = -1, .uevents = -1, .wake = -1 };
	int ret;

	argc = ras_options(argc, argv, opts, usage, ras_config_help);
	if (argc) {
		ras_msg("unexpected argument '%s': see `ras daemon --help`",
			argv[0]);
		ras_names_free(&sets);
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
	if (!ret && sets.nr) {
		ras_names_free(&loop.daemon.config.sets);
		loop.daemon.config.sets = sets;
		memset(&sets, 0, sizeof(sets));
	}
	if (!ret && !check)
		ret = run_daemon(&loop);
	ras_config_free(&loop.daemon.config);
	ras_names_free(&sets);
	return ret;
}
