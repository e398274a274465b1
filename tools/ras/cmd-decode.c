// SPDX-License-Identifier: GPL-2.0
/* ras decode: an event from its fields, or records from a file. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <subcmd/parse-options.h>
#include "build.h"
#include "inject.h"
#include "print.h"
#include "ras.h"
#include "record.h"

struct decode_args {
	bool json;
	const char *input;
	struct ras_types types;
};

static void show(const struct decode_args *args, const struct ras_event *ev)
{
	if (args->json)
		ras_event_json(ev, stdout);
	else
		ras_event_print(ev, stdout);
}

static int get_type(struct decode_args *args, const char *name,
		    const struct ras_type **type)
{
	char error[512];
	int err;

	err = ras_inject_type(&args->types, name, type, error, sizeof(error));
	if (!err)
		return RAS_EXIT_OK;
	ras_msg("%s", error);
	return err == -ENOENT ? RAS_EXIT_USAGE : RAS_EXIT_FAIL;
}

/* From FIELD=VALUE to a record and back, as if it came from a buffer. */
static int decode_fields(struct decode_args *args, int argc, const char **argv)
{
	static unsigned char raw[RAS_RAW_MAX + 16], buf[RAS_RAW_MAX + 128];
	const struct ras_type *type;
	struct ras_build build;
	struct ras_record rec;
	struct ras_event ev;
	int i, len, err, ret;

	ret = get_type(args, argv[0], &type);
	if (ret)
		return ret;
	err = ras_build_init(&build, type);
	for (i = 1; !err && i < argc; i++)
		err = ras_build_set(&build, argv[i]);
	if (!err)
		err = ras_build_choose(&build);
	len = err ? err : ras_record_pack(type, build.values, raw, sizeof(raw));
	if (len >= 0)
		len = ras_record_wrap(raw, len, 0, buf, sizeof(buf));
	if (len >= 0)
		len = ras_record_parse((void *)buf, RAS_SAMPLE_TYPE, &rec);
	if (len >= 0)
		len = ras_record_event(&args->types, &rec, &ev);
	if (len < 0) {
		if (len == -E2BIG)
			ras_msg("%s: the values make a record of more than %d bytes: shorten them",
				type->full, RAS_RAW_MAX);
		else
			ras_msg("%s",
				*build.error ? build.error : strerror(-len));
		ret = RAS_EXIT_USAGE;
	} else {
		show(args, &ev);
		ras_event_release(&ev);
	}
	ras_build_free(&build);
	return ret;
}

static int decode_records(struct decode_args *args, const char *buf,
			  size_t size)
{
	const struct perf_event_header *header;
	struct ras_record rec;
	struct ras_event ev;
	size_t pos = 0;
	int err;

	while (pos < size) {
		header = (const void *)(buf + pos);
		err = -EINVAL;
		if (size - pos >= sizeof(*header) && header->size &&
		    header->size <= size - pos)
			err = ras_record_parse(header, RAS_SAMPLE_TYPE, &rec);
		if (!err)
			err = ras_record_event(&args->types, &rec, &ev);
		if (err && err != -ENOENT) {
			ras_msg("%s: damaged record at byte %zu", args->input,
				pos);
			return RAS_EXIT_FAIL;
		}
		if (!err) {
			show(args, &ev);
			ras_event_release(&ev);
		} else if (rec.kind == RAS_RECORD_SAMPLE) {
			ras_msg("%s: event %d at byte %zu is of no type given on the command line",
				args->input, ras_record_type(&rec), pos);
			return RAS_EXIT_FAIL;
		}
		pos += header->size;
	}
	return RAS_EXIT_OK;
}

static int decode_file(struct decode_args *args, int argc, const char **argv)
{
	const struct ras_type *type;
	FILE *file = fopen(args->input, "re");
	size_t size = 0, got;
	char *buf = NULL, *more;
	int i, ret = RAS_EXIT_OK;

	if (!file) {
		ras_msg("cannot open %s: %s", args->input, strerror(errno));
		return RAS_EXIT_FAIL;
	}
	do {
		more = realloc(buf, size + 65536);
		got = more ? fread(more + size, 1, 65536, file) : 0;
		buf = more ? more : buf;
		size += got;
	} while (got);
	fclose(file);
	for (i = 0; !ret && i < argc; i++)
		ret = get_type(args, argv[i], &type);
	if (!ret)
		ret = decode_records(args, buf, size);
	free(buf);
	return ret;
}

/**
 * cmd_decode - the verb decode
 * @argc: number of arguments
 * @argv: arguments
 *
 * Return: enum ras_exit.
 */
int cmd_decode(int argc, const char **argv)
{
	struct decode_args args = { };
	const struct option opts[] = {
		OPT_BOOLEAN(0, "json", &args.json, "one JSON object per event"),
		OPT_STRING(0, "input", &args.input, "FILE",
			   "perf records, one after the other"),
		OPT_STRING(0, "formats", &args.types.dir, "DIR",
			   "a copy of tracefs events/ to use instead of this kernel's"),
		OPT_END()
	};
	static const char * const usage[] = {
		"ras decode [--json] [--formats DIR] EVENT FIELD=VALUE...",
		"ras decode [--json] [--formats DIR] --input FILE EVENT...",
		NULL
	};
	int ret;

	argc = ras_options(argc, argv, opts, usage, NULL);
	if (!argc) {
		ras_msg("which event? ras decode EVENT FIELD=VALUE..., EVENT being SYSTEM:NAME");
		return RAS_EXIT_USAGE;
	}
	if (args.input)
		ret = decode_file(&args, argc, argv);
	else
		ret = decode_fields(&args, argc, argv);
	ras_types_free(&args.types);
	if (!ret && fflush(stdout))
		ret = RAS_EXIT_FAIL;
	return ret;
}
