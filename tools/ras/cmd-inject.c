// SPDX-License-Identifier: GPL-2.0
/* ras inject: an event, by writing its record to a perf descriptor. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <linux/kernel.h>
#include <linux/perf_event.h>
#include <perf/cpumap.h>
#include <subcmd/parse-options.h>
#include "build.h"
#include "desc.h"
#include "inject.h"
#include "pmu.h"
#include "print.h"
#include "ras.h"
#include "record.h"

/* uapi of the patched kernel: bits 8-9 of header.misc */
#ifndef PERF_RECORD_MISC_INJECT_DRIVER
#define PERF_RECORD_MISC_INJECT_STREAM	0x000
#define PERF_RECORD_MISC_INJECT_DRIVER	0x100
#endif

static int level_parse(const char *level, u16 *misc)
{
	if (!strcmp(level, "stream"))
		*misc = PERF_RECORD_MISC_INJECT_STREAM;
	else if (!strcmp(level, "driver"))
		*misc = PERF_RECORD_MISC_INJECT_DRIVER;
	else
		return -EINVAL;
	return 0;
}

static const char *reason(int err, u16 misc)
{
	switch (err) {
	case -EACCES:
	case -EPERM:
		return "injecting needs CAP_SYS_ADMIN and a kernel that is not locked down";
	case -ENODEV:
	case -ENXIO:
		return "that CPU is not online: choose another --cpu";
	case -EOPNOTSUPP:
		if (misc)
			return "it cannot be injected at that level: use --level stream";
		return "it cannot be injected";
	case -EBADF:
		return "this kernel has no injection: boot one with CONFIG_PERF_EVENTS_INJECT=y";
	case -EINVAL:
		if (misc)
			return "the driver wants a status with bit 63 (VAL) and an existing cpu";
		return "the kernel has no injection, or refuses the record: see dmesg";
	default:
		return strerror(-err);
	}
}

static int write_record(const struct ras_type *type,
			const struct ras_build *build, int cpu, u16 misc)
{
	static unsigned char raw[RAS_RAW_MAX + 16], record[RAS_RAW_MAX + 128];
	bool opened = false;
	int len, err;

	len = ras_record_pack(type, build->values, raw, sizeof(raw));
	if (len >= 0)
		len = ras_record_wrap(raw, len, misc, record, sizeof(record));
	if (len < 0) {
		ras_msg("%s: the values make a record of more than %d bytes: shorten them",
			type->full, RAS_RAW_MAX);
		return RAS_EXIT_FAIL;
	}
	err = ras_inject(type, cpu, record, len, &opened);
	if (err) {
		ras_msg("cannot inject %s on CPU %d: %s", type->full, cpu,
			!opened && err == -EINVAL ? "there is no such CPU" :
						    reason(err, misc));
		return RAS_EXIT_FAIL;
	}
	return RAS_EXIT_OK;
}

static int dry_run(const struct ras_type *type, const struct ras_build *build,
		   int cpu)
{
	struct ras_event ev = {
		.type = type,
		.buffer_cpu = cpu,
		.time_ns = time(NULL) * NSEC_PER_SEC,
		.values = build->values,
	};

	if (type->desc->severity)
		ev.severity = type->desc->severity(&ev);
	ras_event_print(&ev, stdout);
	return RAS_EXIT_OK;
}

static int build_and_run(const char *name, int argc, const char **argv,
			 int cpu, u16 misc, bool dry)
{
	const struct ras_type *type;
	struct ras_types types = { };
	struct ras_build build = { };
	int i, err, ret = RAS_EXIT_USAGE;
	char error[512];

	err = ras_inject_type(&types, name, &type, error, sizeof(error));
	if (err) {
		ras_msg("%s", error);
		ras_types_free(&types);
		return err == -ENOENT ? RAS_EXIT_USAGE : RAS_EXIT_FAIL;
	}
	err = ras_build_init(&build, type);
	for (i = 0; !err && i < argc; i++)
		err = ras_build_set(&build, argv[i]);
	if (!err)
		err = ras_build_finish(&build, cpu);
	if (err)
		ras_msg("%s", *build.error ? build.error : strerror(-err));
	else if (dry)
		ret = dry_run(type, &build, cpu);
	else
		ret = write_record(type, &build, cpu, misc);
	ras_build_free(&build);
	ras_types_free(&types);
	return ret;
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
	const char *level = "stream";
	bool dry = false;
	int cpu = 0;
	const struct option opts[] = {
		OPT_STRING(0, "level", &level, "LEVEL",
			   "stream (the event alone) or driver (the subsystem's own path)"),
		OPT_INTEGER(0, "cpu", &cpu, "CPU to inject on (0)"),
		OPT_BOOLEAN('n', "dry-run", &dry,
			    "show the event instead of injecting it"),
		OPT_END()
	};
	static const char * const usage[] = {
		"ras inject EVENT FIELD=VALUE... [--level LEVEL] [--cpu N] [--dry-run]",
		NULL
	};
	u16 misc;

	argc = ras_options(argc, argv, opts, usage, NULL);
	if (!argc) {
		ras_msg("which event? ras inject EVENT FIELD=VALUE...; `ras list` shows events");
		return RAS_EXIT_USAGE;
	}
	if (level_parse(level, &misc)) {
		ras_msg("unknown level '%s': use stream or driver", level);
		return RAS_EXIT_USAGE;
	}
	if (cpu < 0) {
		ras_msg("there is no CPU %d", cpu);
		return RAS_EXIT_USAGE;
	}
	return build_and_run(argv[0], argc - 1, argv + 1, cpu, misc, dry);
}
