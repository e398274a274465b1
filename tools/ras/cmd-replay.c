// SPDX-License-Identifier: GPL-2.0
/* ras replay: inject what was recorded, or what a scenario says. */
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/compiler.h>
#include <subcmd/parse-options.h>
#include "ras.h"
#include "replay.h"

static sig_atomic_t stop;

static void on_signal(int sig __maybe_unused)
{
	WRITE_ONCE(stop, 1);
}

/* Without SA_RESTART: whatever waits is to return. */
static void catch_signals(void)
{
	struct sigaction sa = { .sa_handler = on_signal };

	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
}

static const char *plural(u64 nr)
{
	return nr == 1 ? "" : "s";
}

/* What the file had that is not on the list */
static void print_rest(const struct ras_replay *replay)
{
	if (replay->skipped)
		printf("; %llu record%s of lost or unknown events left out",
		       (unsigned long long)replay->skipped,
		       plural(replay->skipped));
	if (replay->left_out)
		printf("; %llu line%s left out: this kernel does not have the event",
		       (unsigned long long)replay->left_out,
		       plural(replay->left_out));
	if (replay->lost)
		printf("; %llu record%s had been lost when it was recorded",
		       (unsigned long long)replay->lost, plural(replay->lost));
	printf("\n");
}

static void print_counts(const struct ras_replay *replay)
{
	const char *sep = ": ";
	unsigned int i;

	for (i = 0; i < replay->nr_events; i++) {
		if (!replay->events[i].count)
			continue;
		printf("%s%llu %s", sep,
		       (unsigned long long)replay->events[i].count,
		       replay->events[i].name);
		sep = ", ";
	}
}

static int dry_run(struct ras_replay *replay)
{
	int err = ras_replay_show(replay, stdout);

	if (err) {
		ras_msg("cannot show the events: %s", strerror(-err));
		return RAS_EXIT_FAIL;
	}
	printf("%zu event%s would be injected", replay->nr, plural(replay->nr));
	print_counts(replay);
	print_rest(replay);
	return RAS_EXIT_OK;
}

static int run(struct ras_replay *replay, double speed)
{
	struct ras_replay_run run = {
		.speed = speed,
		.stop = &stop,
		.progress = isatty(STDERR_FILENO),
	};
	int err;

	catch_signals();
	err = ras_replay_run(replay, &run);
	if (err == -EINTR)
		ras_msg("interrupted: %llu of %zu events were injected",
			(unsigned long long)run.injected, replay->nr);
	else if (err)
		ras_msg("%s; %llu of %zu events were injected", replay->error,
			(unsigned long long)run.injected, replay->nr);
	if (err)
		return RAS_EXIT_FAIL;
	printf("%llu event%s injected in %.3f s",
	       (unsigned long long)run.injected, plural(run.injected),
	       run.seconds);
	print_counts(replay);
	print_rest(replay);
	return RAS_EXIT_OK;
}

static int replay_file(const struct ras_replay_args *args, const char *file,
		       double speed, bool dry)
{
	struct ras_replay replay = { .args = *args };
	int ret = RAS_EXIT_FAIL;

	if (ras_replay_read(&replay, file))
		ras_msg("%s", replay.error);
	else if (!replay.nr && args->event)
		ras_msg("%s: there is no event '%s' in it", replay.file,
			args->event);
	else
		ret = dry ? dry_run(&replay) : run(&replay, speed);
	ras_replay_free(&replay);
	return !ret && fflush(stdout) ? RAS_EXIT_FAIL : ret;
}

static int parse_speed(const char *text, double *speed)
{
	char *end;

	if (!strcmp(text, "max")) {
		*speed = 0;
		return 0;
	}
	*speed = strtod(text, &end);
	return end == text || *end || !isfinite(*speed) || *speed < 0 ?
	       -EINVAL : 0;
}

static int usage_error(const char *what, const char *text, const char *hint)
{
	ras_msg("%s '%s': %s", what, text, hint);
	return RAS_EXIT_USAGE;
}

static int parse_cpu(const char *text, int *cpu)
{
	char *end;
	long num = strtol(text, &end, 10);

	if (*text < '0' || *text > '9' || *end || num > 65535)
		return -EINVAL;
	*cpu = num;
	return 0;
}

/**
 * cmd_replay - the verb replay
 * @argc: number of arguments
 * @argv: arguments
 *
 * Return: enum ras_exit.
 */
int cmd_replay(int argc, const char **argv)
{
	const char *speed_text = "1", *level = NULL, *cpu = NULL;
	struct ras_replay_args args = { .cpu = -1, .level = -1 };
	bool dry = false;
	const struct option opts[] = {
		OPT_STRING(0, "speed", &speed_text, "N",
			   "so many times as fast as it was (1); 0 or max: without waiting"),
		OPT_STRING(0, "level", &level, "LEVEL",
			   "stream, driver or hardware, instead of what the file says"),
		OPT_BOOLEAN(0, "fatal", &args.fatal,
			    "below stream, also what may take the machine down"),
		OPT_STRING(0, "cpu", &cpu, "N",
			   "everything on this CPU instead of where it was"),
		OPT_STRING(0, "event", &args.event, "PATTERN",
			   "only events whose name matches"),
		OPT_BOOLEAN('n', "dry-run", &dry,
			    "show the events instead of injecting them"),
		OPT_END()
	};
	static const char * const usage[] = {
		"ras replay FILE [--speed N] [--level LEVEL] [--fatal] [--cpu N] [--event PATTERN] [--dry-run]",
		NULL
	};
	double speed;
	u16 misc;

	argc = ras_options(argc, argv, opts, usage, NULL);
	if (argc != 1) {
		ras_msg("which file? ras replay FILE: perf.data, JSON lines, or a scenario");
		return RAS_EXIT_USAGE;
	}
	if (parse_speed(speed_text, &speed))
		return usage_error("no speed", speed_text,
				   "give a number such as 10 or 0.5, or max");
	if (level && ras_inject_level(level, &misc))
		return usage_error("unknown level", level,
				   "use stream, driver or hardware");
	if (level)
		args.level = misc;
	if (cpu && parse_cpu(cpu, &args.cpu))
		return usage_error("no CPU", cpu, "give its number");
	return replay_file(&args, argv[0], speed, dry);
}
