// SPDX-License-Identifier: GPL-2.0
/*
 * The format files in a perf.data file, which trace-event-info.c of perf
 * writes: a header, header_page and header_event, the formats of ftrace's own
 * events, then those of each system.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "bytes.h"
#include "perf_file.h"
#include "replay.h"

static int damaged(struct perf_file *file, const unsigned char *pos)
{
	return ras_replay_error(file->replay, pos - file->data, 0,
				"the format files in it are damaged");
}

/* "ID: 70" on a line of its own, or -1 */
static int format_id(const char *text)
{
	const char *line = strstr(text, "\nID: ");

	return line ? atoi(line + 5) : -1;
}

static int add_format(struct perf_file *file, const char *system,
		      const unsigned char *text, size_t len)
{
	struct perf_file_format *formats, *format;

	formats = reallocarray(file->formats, file->nr_formats + 1,
			       sizeof(*formats));
	if (!formats)
		return -ENOMEM;
	file->formats = formats;
	format = &formats[file->nr_formats];
	format->system = system;
	format->text = strndup((const char *)text, len);
	if (!format->text)
		return -ENOMEM;
	file->nr_formats++;
	format->id = format_id(format->text);
	return 0;
}

/* Text of a file, with its length before it */
static const unsigned char *sized(struct ras_bytes *bytes, u64 *size)
{
	*size = ras_bytes_u64(bytes);
	return ras_bytes_take(bytes, *size);
}

static int systems(struct perf_file *file, struct ras_bytes *bytes)
{
	u32 nr = ras_bytes_u32(bytes);
	const unsigned char *text;
	const char *system;
	u32 formats;
	u64 size;
	int err;

	while (nr-- && !bytes->bad) {
		system = ras_bytes_text(bytes);
		formats = ras_bytes_u32(bytes);
		while (formats-- && !bytes->bad) {
			text = sized(bytes, &size);
			if (!text)
				break;
			err = add_format(file, system, text, size);
			if (err)
				return err;
		}
	}
	return bytes->bad ? damaged(file, bytes->pos) : 0;
}

/**
 * perf_file_tracing - read the format files
 * @file: file
 * @data: where they are
 * @len: size in bytes
 *
 * Return: 0; -EINVAL with a message in the replay; -ENOMEM.
 */
int perf_file_tracing(struct perf_file *file, const unsigned char *data,
		      size_t len)
{
	struct ras_bytes bytes = { .pos = data, .left = len };
	const unsigned char *byte;
	const char *name;
	u64 size;
	u32 nr;

	name = ras_bytes_take(&bytes, 10);
	if (!name || memcmp(name, "\x17\x08\x44tracing", 10))
		return damaged(file, data);
	ras_bytes_text(&bytes);			/* version */
	ras_bytes_take(&bytes, 1);		/* byte order: the file's */
	byte = ras_bytes_take(&bytes, 1);
	file->long_size = byte ? *byte : 0;
	ras_bytes_u32(&bytes);			/* page size */
	ras_bytes_text(&bytes);			/* "header_page" */
	sized(&bytes, &size);
	ras_bytes_text(&bytes);			/* "header_event" */
	sized(&bytes, &size);
	nr = ras_bytes_u32(&bytes);
	while (nr-- && !bytes.bad)
		sized(&bytes, &size);
	if (bytes.bad)
		return damaged(file, bytes.pos);
	return systems(file, &bytes);
}

/**
 * perf_file_format - the format of a tracepoint
 * @file: file
 * @id: its id when it was recorded
 *
 * Return: the format or NULL.
 */
const struct perf_file_format *perf_file_format(const struct perf_file *file,
						u64 id)
{
	unsigned int i;

	for (i = 0; i < file->nr_formats; i++) {
		if (file->formats[i].id >= 0 && (u64)file->formats[i].id == id)
			return &file->formats[i];
	}
	return NULL;
}
