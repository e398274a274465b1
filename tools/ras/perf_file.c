// SPDX-License-Identifier: GPL-2.0
/*
 * What a perf.data file says about its events: header, attributes, and those
 * of its features that matter here. tools/perf/Documentation/
 * perf.data-file-format.txt in the kernel source describes them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <linux/kernel.h>
#include "bytes.h"
#include "perf_file.h"
#include "replay.h"

struct section {
	u64 offset;
	u64 size;
};

struct header {
	char magic[8];
	u64 size;
	u64 attr_size;
	struct section attrs;
	struct section data;
	struct section event_types;
	u64 features[4];
};

/* A file that was written into a pipe ends here; the rest are records. */
#define PIPE_HEADER_SIZE	16

/* Numbers of the features: bits in the header. */
enum {
	FEATURE_TRACING_DATA	= 1,
	FEATURE_OSRELEASE	= 4,
	FEATURE_EVENT_DESC	= 12,
	FEATURE_PMU_MAPPINGS	= 16,
	FEATURE_NR		= 256,
};

/* Where attributes began to have a size of their own */
#define ATTR_SIZE_MIN	PERF_ATTR_SIZE_VER0

static int damaged(struct perf_file *file, const unsigned char *pos,
		   const char *what)
{
	return ras_replay_error(file->replay, pos - file->data, 0,
				"%s: the file is damaged or cut off", what);
}

static const unsigned char *section(struct perf_file *file,
				    const struct section *sec)
{
	if (sec->offset > file->len || sec->size > file->len - sec->offset)
		return NULL;
	return file->data + sec->offset;
}

/**
 * perf_file_attr - an event's attributes
 * @file: file
 * @attr: a struct perf_event_attr of any size
 * @len: bytes there can be of it
 * @ids: ids of its samples
 * @ids_size: their size in bytes
 *
 * Return: 0; -EINVAL with a message in the replay; -ENOMEM.
 */
int perf_file_attr(struct perf_file *file, const unsigned char *attr,
		   size_t len, const unsigned char *ids, u64 ids_size)
{
	struct perf_file_event *events, *event;
	u32 size = 0;

	if (len >= ATTR_SIZE_MIN)
		memcpy(&size, attr + offsetof(struct perf_event_attr, size), 4);
	if (size < ATTR_SIZE_MIN || size > len || ids_size % 8)
		return damaged(file, attr, "attributes of an event");
	events = reallocarray(file->events, file->nr_events + 1,
			      sizeof(*events));
	if (!events)
		return -ENOMEM;
	file->events = events;
	event = &events[file->nr_events++];
	memset(event, 0, sizeof(*event));
	memcpy(&event->attr, attr, min_t(size_t, size, sizeof(event->attr)));
	event->ids = ids;
	event->nr_ids = ids_size / 8;
	event->index = PERF_FILE_NEW;
	return 0;
}

static int read_attrs(struct perf_file *file, const struct header *header)
{
	const unsigned char *attr = section(file, &header->attrs);
	u64 size = header->attr_size, nr;
	const unsigned char *ids;
	struct section sec;
	int err = 0;

	if (!attr || size < ATTR_SIZE_MIN + sizeof(sec) ||
	    header->attrs.size % size)
		return damaged(file, file->data, "list of events");
	for (nr = header->attrs.size / size; !err && nr; nr--, attr += size) {
		memcpy(&sec, attr + size - sizeof(sec), sizeof(sec));
		ids = section(file, &sec);
		if (!ids)
			return damaged(file, attr, "ids of an event");
		err = perf_file_attr(file, attr, size - sizeof(sec), ids,
				     sec.size);
	}
	return err;
}

/* A string with its length, NULs included, before it */
static const char *string(struct ras_bytes *bytes)
{
	u32 len = ras_bytes_u32(bytes);
	const char *text = ras_bytes_take(bytes, len);

	if (text && strnlen(text, len) == len)
		bytes->bad = true;
	return bytes->bad ? NULL : text;
}

static bool has_id(const struct perf_file_event *event, u64 id)
{
	u64 i;

	for (i = 0; i < event->nr_ids; i++) {
		if (!memcmp(event->ids + 8 * i, &id, 8))
			return true;
	}
	return false;
}

/**
 * perf_file_event - the event that a sample is of
 * @file: file
 * @id: what the sample says
 *
 * Return: the event or NULL.
 */
struct perf_file_event *perf_file_event(struct perf_file *file, u64 id)
{
	unsigned int i;

	for (i = 0; i < file->nr_events; i++) {
		if (has_id(&file->events[i], id))
			return &file->events[i];
	}
	return NULL;
}

static void name_event(struct perf_file *file, u32 index, u32 nr,
		       const char *name, const unsigned char *ids, u32 nr_ids)
{
	struct perf_file_event *event = NULL;
	u64 id;

	if (nr == file->nr_events) {
		event = &file->events[index];
	} else if (nr_ids) {
		memcpy(&id, ids, 8);
		event = perf_file_event(file, id);
	}
	if (event)
		event->name = name;
}

static bool event_desc(struct perf_file *file, struct ras_bytes *bytes)
{
	u32 nr = ras_bytes_u32(bytes), size = ras_bytes_u32(bytes);
	const unsigned char *ids;
	const char *name;
	u32 i, nr_ids;

	for (i = 0; i < nr && !bytes->bad; i++) {
		ras_bytes_take(bytes, size);
		nr_ids = ras_bytes_u32(bytes);
		name = string(bytes);
		ids = ras_bytes_take(bytes, 8ULL * nr_ids);
		if (!bytes->bad)
			name_event(file, i, nr, name, ids, nr_ids);
	}
	return !bytes->bad;
}

static bool pmu_mappings(struct perf_file *file, struct ras_bytes *bytes)
{
	u32 nr = ras_bytes_u32(bytes), type;
	const char *name;

	while (nr-- && !bytes->bad) {
		type = ras_bytes_u32(bytes);
		name = string(bytes);
		if (name && !strcmp(name, "persistent"))
			file->persistent = type;
	}
	return !bytes->bad;
}

/**
 * perf_file_feature - read one of the features
 * @file: file, whose events are known
 * @feature: its number
 * @data: its contents
 * @len: their size in bytes
 *
 * Return: 0; -EINVAL with a message in the replay; -ENOMEM.
 */
int perf_file_feature(struct perf_file *file, unsigned int feature,
		      const unsigned char *data, size_t len)
{
	struct ras_bytes bytes = { .pos = data, .left = len };

	switch (feature) {
	case FEATURE_TRACING_DATA:
		return perf_file_tracing(file, data, len);
	case FEATURE_OSRELEASE:
		file->release = string(&bytes);
		if (!file->release)
			return damaged(file, data, "the kernel's release");
		break;
	case FEATURE_EVENT_DESC:
		if (!event_desc(file, &bytes))
			return damaged(file, data, "names of the events");
		break;
	case FEATURE_PMU_MAPPINGS:
		if (!pmu_mappings(file, &bytes))
			return damaged(file, data, "names of the PMUs");
		break;
	}
	return 0;
}

/* Their sections follow the records, in the order of the bits. */
static int read_features(struct perf_file *file, const struct header *header)
{
	struct section sec;
	size_t pos = header->data.offset + header->data.size;
	const unsigned char *data;
	unsigned int i;
	int err = 0;

	for (i = 0; !err && i < FEATURE_NR; i++) {
		if (!(header->features[i / 64] >> i % 64 & 1))
			continue;
		if (sizeof(sec) > file->len - pos)
			return damaged(file, file->data + pos,
				       "list of features");
		memcpy(&sec, file->data + pos, sizeof(sec));
		data = section(file, &sec);
		if (!data)
			return damaged(file, file->data + pos,
				       "place of a feature");
		err = perf_file_feature(file, i, data, sec.size);
		pos += sizeof(sec);
	}
	return err;
}

/**
 * perf_file_open - read what precedes and follows the records
 * @file: replay, data and len are set; for perf_file_close(), whatever is
 *        returned
 *
 * Return: 0; -EINVAL with a message in the replay; -ENOMEM.
 */
int perf_file_open(struct perf_file *file)
{
	struct header header = { };
	int err;

	memcpy(&header, file->data, min_t(size_t, file->len, sizeof(header)));
	if (file->len >= PIPE_HEADER_SIZE && header.size == PIPE_HEADER_SIZE) {
		file->records = PIPE_HEADER_SIZE;
		file->end = file->len;
		return 0;
	}
	if (file->len < sizeof(header) || header.size != sizeof(header))
		return damaged(file, file->data, "header");
	if (!header.data.size)
		return ras_replay_error(file->replay, 0, 0,
					"perf was killed before it completed the file: record it again");
	if (!section(file, &header.data))
		return ras_replay_error(file->replay, file->len, 0,
					"the file ends here, but its records do not");
	file->records = header.data.offset;
	file->end = header.data.offset + header.data.size;
	err = read_attrs(file, &header);
	return err ? err : read_features(file, &header);
}

/**
 * perf_file_close - free what was read
 * @file: file
 */
void perf_file_close(struct perf_file *file)
{
	while (file->nr_formats)
		free(file->formats[--file->nr_formats].text);
	free(file->formats);
	free(file->events);
}
