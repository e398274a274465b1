/* SPDX-License-Identifier: GPL-2.0 */
/* Build the records that write() on a perf fd takes. */
#ifndef SELFTESTS_RAS_RECORD_H
#define SELFTESTS_RAS_RECORD_H

#include <ctype.h>

#include "persistent.h"

#define TRACEFS		"/sys/kernel/tracing"

/* A corrected error with a valid address: memory controller, channel 0. */
#define STATUS_CE	0x9c00004000010090ull

struct field {
	char name[32];
	unsigned int offset;
	unsigned int size;
	bool dynamic;
};

/* A tracepoint as its format file describes it. */
struct format {
	struct field field[48];
	int fields;
	unsigned int end;		/* of the fixed part */
};

static inline void format_line(struct format *f, char *line)
{
	struct field *field = &f->field[f->fields];
	char *offset = strstr(line, "offset:"), *size = strstr(line, "size:");
	char *name = strchr(line, ';');

	if (strncmp(line, "\tfield:", 7) || !offset || !size || !name)
		return;
	*name = '\0';
	field->dynamic = !!strstr(line, "__data_loc");
	/* u32 tlp_header[4] */
	if (name[-1] == ']' && !field->dynamic)
		*strchr(line, '[') = '\0';
	name = strrchr(line, ' ');
	snprintf(field->name, sizeof(field->name), "%s", name + 1);
	field->offset = strtoul(offset + 7, NULL, 0);
	field->size = strtoul(size + 5, NULL, 0);
	if (field->offset + field->size > f->end)
		f->end = field->offset + field->size;
	f->fields++;
}

static inline void format_read(struct format *f, const char *system, const char *event)
{
	char path[256], line[512];
	FILE *file;

	memset(f, 0, sizeof(*f));
	snprintf(path, sizeof(path), TRACEFS "/events/%s/%s/format", system, event);
	file = fopen(path, "r");
	if (!file)
		die("%s", path);
	while (fgets(line, sizeof(line), file) && f->fields < 48)
		format_line(f, line);
	fclose(file);
}

static inline const struct field *format_field(const struct format *f, const char *name)
{
	int i;

	for (i = 0; i < f->fields; i++)
		if (!strcmp(f->field[i].name, name))
			return &f->field[i];
	errno = ENOENT;
	die("field %s", name);
}

static inline __u64 field_get(const struct format *f, const struct record *rec,
			      const char *name)
{
	const struct field *field = format_field(f, name);
	__u64 value = 0;

	memcpy(&value, rec->raw + field->offset, field->size);
	return value;
}

static inline void field_set(const struct format *f, struct record *rec,
			     const char *name, __u64 value)
{
	const struct field *field = format_field(f, name);

	memcpy(rec->raw + field->offset, &value, field->size);
}

/* Header and sizes for @bytes of payload. */
static inline void record_finish(struct record *rec, unsigned int bytes)
{
	rec->raw_size = ((bytes + sizeof(__u32) + 7) & ~7u) - sizeof(__u32);
	rec->header.type = PERF_RECORD_SAMPLE;
	rec->header.size = RECORD_RAW_OFFSET + rec->raw_size;
}

static inline void record_mce(const struct format *f, struct record *rec,
			      int cpu, int bank, __u64 status, __u64 addr)
{
	memset(rec, 0, sizeof(*rec));
	field_set(f, rec, "cpu", cpu);
	field_set(f, rec, "bank", bank);
	field_set(f, rec, "status", status);
	field_set(f, rec, "addr", addr);
	field_set(f, rec, "misc", 0x8c);
	record_finish(rec, f->end);
}

/* Put @len bytes where @name's __data_loc then points. Returns the new end. */
static inline unsigned int record_dynamic(const struct format *f, struct record *rec,
					  const char *name, unsigned int at,
					  const void *bytes, unsigned int len)
{
	field_set(f, rec, name, (__u64)len << 16 | at);
	memcpy(rec->raw + at, bytes, len);
	return at + len;
}

static inline void record_mc_event(const struct format *f, struct record *rec,
				   const char *msg, const char *label)
{
	unsigned int end = f->end;

	memset(rec, 0, sizeof(*rec));
	field_set(f, rec, "error_count", 1);
	field_set(f, rec, "address", 0x12345000);
	end = record_dynamic(f, rec, "msg", end, msg, strlen(msg) + 1);
	end = record_dynamic(f, rec, "label", end, label, strlen(label) + 1);
	end = record_dynamic(f, rec, "driver_detail", end, "", 1);
	record_finish(rec, end);
}

static inline ssize_t record_write(int fd, const struct record *rec)
{
	ssize_t n = write(fd, rec, rec->header.size);

	return n < 0 ? -errno : n;
}

/* Inject @n corrected errors on @fd's CPU, distinguished by address @first, @first + 1, … */
static inline int inject_many(int fd, const struct format *f, __u64 first, int n)
{
	struct record rec;
	int i;

	for (i = 0; i < n; i++) {
		record_mce(f, &rec, 0, 1, STATUS_CE, first + i);
		if (record_write(fd, &rec) != rec.header.size)
			return -errno;
	}
	return 0;
}

/* Without a write() for perf fds a test is skipped. */
static inline bool can_inject(int fd)
{
	return !write(fd, "", 0) || errno != EINVAL;
}

/*
 * What most tests begin with: all buffers empty, mce_record of @cpu to write to, and the
 * format of what is written. Returns why the test is to be skipped, or NULL.
 */
static inline const char *setup_inject(int cpu, int *fd, struct format *mce)
{
	*fd = -1;
	if (!persistent_usable())
		return "no persistent events here, or not root";
	drain_all();
	*fd = persistent_open("mce_record", cpu);
	if (*fd < 0)
		die("open mce_record on cpu %d", cpu);
	if (!can_inject(*fd))
		return "perf fds cannot be written";
	format_read(mce, "mce", "mce_record");
	return NULL;
}

#endif
