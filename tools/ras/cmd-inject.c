// SPDX-License-Identifier: GPL-2.0
/* ras inject: events, by writing their records to a perf descriptor. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <linux/kernel.h>
#include <linux/perf_event.h>
#include <subcmd/parse-options.h>
#include "build.h"
#include "desc.h"
#include "inject.h"
#include "json.h"
#include "print.h"
#include "ras.h"
#include "record.h"

#define COUNT_MAX	0xffffffffULL

/* Whoever waits is told after so long, and then once a second. */
#define PATIENCE_NS	(3 * NSEC_PER_SEC)
#define SLICE_NS	NSEC_PER_SEC

struct inject_args {
	int cpu;
	u64 count;
	const char *rate;
	const char *level;
	bool fatal;
	bool dry;
	bool json;

	u16 misc;
	u64 interval_ns;	/* between records, 0: none */
};

/* A record, so many times */
struct job {
	const struct inject_args *args;
	const struct ras_inject_event *event;
	const unsigned char *record;
	size_t len;
	u64 start_ns;
	u64 shown_ns;
	u64 done;
};

static volatile sig_atomic_t stop;

static void on_signal(int sig __maybe_unused)
{
	stop = 1;
}

/* Without SA_RESTART: the write() or sleep that is under way ends. */
static void catch_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

static u64 now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

/* In slices: a signal just before the sleep does not end it. */
static void sleep_until(u64 when)
{
	u64 slice = now() + SLICE_NS;
	struct timespec ts;

	slice = min(when, slice);
	ts.tv_sec = slice / NSEC_PER_SEC;
	ts.tv_nsec = slice % NSEC_PER_SEC;
	if (!stop)
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL);
}

static void show_progress(struct job *job, bool end)
{
	u64 ns = now();

	if (!isatty(STDERR_FILENO) || (end && !job->shown_ns))
		return;
	if (end) {
		fprintf(stderr, "\r\033[K");
		return;
	}
	if (ns - job->start_ns < PATIENCE_NS || ns - job->shown_ns < SLICE_NS)
		return;
	job->shown_ns = ns;
	fprintf(stderr, "\r%llu of %llu injected", (unsigned long long)job->done,
		(unsigned long long)job->args->count);
}

/* How many records should be written by now and are not. */
static u64 due(const struct job *job)
{
	u64 left = job->args->count - job->done, nr;

	if (!job->args->interval_ns)
		return left;
	nr = (now() - job->start_ns) / job->args->interval_ns + 1;
	return nr > job->done ? min_t(u64, nr - job->done, left) : 0;
}

static int write_records(struct job *job, struct ras_injector *injector)
{
	unsigned int taken;
	int err = 0;
	u64 nr;

	catch_signals();
	injector->stop = &stop;
	job->start_ns = now();
	while (!err && job->done < job->args->count) {
		nr = due(job);
		if (!nr)
			sleep_until(job->start_ns +
				    job->done * job->args->interval_ns);
		while (nr-- && !ras_injector_add(injector, job->record,
						 job->len))
			;
		err = ras_injector_flush(injector, &taken);
		job->done += taken;
		if (stop && job->done < job->args->count)
			err = -EINTR;
		show_progress(job, false);
	}
	show_progress(job, true);
	return err;
}

static void fail(const struct job *job, const char *reason)
{
	char after[64] = "";

	if (job->args->count > 1)
		snprintf(after, sizeof(after), " (%llu of %llu were injected)",
			 (unsigned long long)job->done,
			 (unsigned long long)job->args->count);
	ras_msg("cannot inject %s on CPU %d: %s%s", job->event->type->full,
		job->args->cpu, reason, after);
}

static void print_json(const struct job *job)
{
	struct ras_json js = { .out = stdout };

	ras_json_open(&js, NULL, '{');
	ras_json_text(&js, "event", job->event->type->full);
	ras_json_text(&js, "level", ras_inject_level_name(job->args->misc));
	ras_json_s64(&js, "cpu", job->args->cpu);
	ras_json_u64(&js, "requested", job->args->count);
	ras_json_u64(&js, "injected", job->done);
	ras_json_close(&js, '}');
	printf("\n");
}

static int inject(struct job *job)
{
	struct ras_injector injector;
	char text[512];
	int err;

	err = ras_injector_open(&injector, &job->event->attr, job->args->cpu);
	if (err) {
		fail(job, ras_inject_open_reason(err, job->event, text,
						 sizeof(text)));
	} else {
		err = write_records(job, &injector);
		if (err == -EINTR)
			ras_msg("interrupted: %llu of %llu were injected",
				(unsigned long long)job->done,
				(unsigned long long)job->args->count);
		else if (err)
			fail(job, ras_inject_reason(err, job->event,
						    job->args->misc, text,
						    sizeof(text)));
	}
	ras_injector_close(&injector);
	if (job->args->json)
		print_json(job);
	return err ? RAS_EXIT_FAIL : RAS_EXIT_OK;
}

static int dry_run(const struct job *job, struct ras_value *values)
{
	const struct ras_type *type = job->event->type;
	struct ras_event ev = {
		.type = type,
		.buffer_cpu = job->args->cpu,
		.time_ns = time(NULL) * NSEC_PER_SEC,
		.values = values,
	};

	ev.severity = ras_event_severity(&ev);
	if (job->args->json)
		ras_event_json(&ev, stdout);
	else
		ras_event_print(&ev, stdout);
	return RAS_EXIT_OK;
}

static int pack_and_run(const struct inject_args *args,
			const struct ras_inject_event *event,
			struct ras_value *values)
{
	static unsigned char record[RAS_RAW_MAX + 128];
	struct job job = {
		.args = args,
		.event = event,
		.record = record,
	};
	int len = ras_inject_pack(event, values, args->misc, record,
				  sizeof(record));

	if (len < 0) {
		ras_msg("%s: the values make a record of more than %d bytes: shorten them",
			event->type->full, RAS_RAW_MAX);
		return RAS_EXIT_USAGE;
	}
	job.len = len;
	return args->dry ? dry_run(&job, values) : inject(&job);
}

static int build_and_run(const struct inject_args *args, int argc,
			 const char **argv)
{
	struct ras_inject_event event;
	struct ras_types types = { };
	struct ras_build build = { };
	int i, err, ret = RAS_EXIT_USAGE;
	char error[1024];

	err = ras_inject_find(&types, argv[0], &event, error, sizeof(error));
	if (err) {
		ras_msg("%s", error);
		ras_types_free(&types);
		return err == -ENOENT ? RAS_EXIT_USAGE : RAS_EXIT_FAIL;
	}
	err = ras_build_init(&build, event.type);
	for (i = 1; !err && i < argc; i++)
		err = ras_build_set(&build, argv[i]);
	if (!err)
		err = ras_build_finish(&build, args->cpu);
	if (err)
		ras_msg("%s", *build.error ? build.error : strerror(-err));
	else
		ret = pack_and_run(args, &event, build.values);
	ras_build_free(&build);
	ras_types_free(&types);
	return ret;
}

/* "N", "N/s", "N/m", "N/h" */
static int parse_rate(const char *text, u64 *interval_ns)
{
	static const struct {
		const char *unit;
		u64 seconds;
	} units[] = { { "", 1 }, { "/s", 1 }, { "/m", 60 }, { "/h", 3600 } };
	unsigned int i;
	char *end;
	u64 nr;

	errno = 0;
	nr = strtoull(text, &end, 10);
	if (errno || end == text || *text == '-' || !nr)
		return -EINVAL;
	for (i = 0; i < ARRAY_SIZE(units); i++) {
		if (strcmp(end, units[i].unit))
			continue;
		*interval_ns = units[i].seconds * NSEC_PER_SEC / nr;
		return 0;
	}
	return -EINVAL;
}

static int check_args(struct inject_args *args)
{
	if (ras_inject_level(args->level, &args->misc)) {
		ras_msg("unknown level '%s': use stream, driver or hardware",
			args->level);
		return RAS_EXIT_USAGE;
	}
	if (args->fatal && !args->misc) {
		ras_msg("%s",
			"--fatal is for --level driver and hardware: an event alone is never fatal");
		return RAS_EXIT_USAGE;
	}
	if (args->fatal)
		args->misc |= PERF_RECORD_MISC_INJECT_FATAL;
	if (args->cpu < 0) {
		ras_msg("there is no CPU %d", args->cpu);
		return RAS_EXIT_USAGE;
	}
	if (!args->count || args->count > COUNT_MAX) {
		ras_msg("--count is to be 1 to %llu", COUNT_MAX);
		return RAS_EXIT_USAGE;
	}
	if (args->rate && parse_rate(args->rate, &args->interval_ns)) {
		ras_msg("'%s' is no rate: give --rate N, N/s, N/m or N/h",
			args->rate);
		return RAS_EXIT_USAGE;
	}
	return RAS_EXIT_OK;
}

static void more_help(FILE *out)
{
	fprintf(out, "\n"
		"EVENT is a persistent event, a tracepoint SYSTEM:NAME, or a counter of `perf list`.\n"
		"FIELD is one of the tracepoint's, or severity; a counter has period, ip, addr, mode.\n"
		"\n"
		"    ras inject mce_record addr=0x12345000\n"
		"    ras inject mce_record severity=fatal --level hardware --fatal\n"
		"    ras inject mce_record 'status=VAL|EN|UC|ADDRV|RD_CHANNEL0_ERR' bank=7 --cpu 1\n"
		"    ras inject mc_event error_type=Corrected --level driver --count 100 --rate 10/s\n"
		"    ras inject aer_event dev_name=0000:00:03.0 'status=Bad TLP|Bad DLLP'\n"
		"    ras inject page-faults --count 5\n"
		"    ras inject cache-misses period=1000\n");
}

/**
 * cmd_inject - the verb inject
 * @argc: number of arguments
 * @argv: arguments
 *
 * Return: enum ras_exit.
 */
int cmd_inject(int argc, const char **argv)
{
	struct inject_args args = { .level = "stream", .count = 1 };
	const struct option opts[] = {
		OPT_STRING(0, "level", &args.level, "LEVEL",
			   "stream (the event alone), driver (the subsystem's path) or hardware"),
		OPT_BOOLEAN(0, "fatal", &args.fatal,
			    "also if it may take the machine down"),
		OPT_INTEGER(0, "cpu", &args.cpu, "CPU to inject on (0)"),
		OPT_U64(0, "count", &args.count, "how many (1)"),
		OPT_STRING(0, "rate", &args.rate, "N[/s|/m|/h]",
			   "spread over time, so many a second, minute or hour"),
		OPT_BOOLEAN('n', "dry-run", &args.dry,
			    "show the event instead of injecting it"),
		OPT_BOOLEAN(0, "json", &args.json,
			    "say in JSON what was injected"),
		OPT_END()
	};
	static const char * const usage[] = {
		"ras inject EVENT [FIELD=VALUE]... [--level LEVEL] [--fatal] [--cpu N] [--count N] [--rate RATE] [--dry-run] [--json]",
		NULL
	};
	int ret;

	argc = ras_options(argc, argv, opts, usage, more_help);
	if (!argc) {
		ras_msg("which event? ras inject EVENT FIELD=VALUE...; `ras list` shows events");
		return RAS_EXIT_USAGE;
	}
	ret = check_args(&args);
	return ret ? ret : build_and_run(&args, argc, argv);
}
