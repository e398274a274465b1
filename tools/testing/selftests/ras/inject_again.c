// SPDX-License-Identifier: GPL-2.0
/*
 * inject_again [-c CPU] EVENT LEVEL [FIELD=VALUE]...: the newest record of EVENT in the
 * buffers is written back as it was recorded, at LEVEL, with fields changed; "+fatal" behind
 * the level is the explicit word. On the CPU that recorded it, or CPU. VALUE is a number, a
 * text where the field is one, or @FILE with the bytes. Prints what write() said: "taken", or
 * the errno's name.
 */
#include "record.h"

/* uapi of the patched kernel */
#ifndef PERF_RECORD_MISC_INJECT_HARDWARE
#define PERF_RECORD_MISC_INJECT_HARDWARE	0x200
#endif
#ifndef PERF_RECORD_MISC_INJECT_FATAL
#define PERF_RECORD_MISC_INJECT_FATAL		0x400
#endif

static const struct {
	const char *name;
	__u16 misc;
} levels[] = {
	{ "stream", 0 },
	{ "driver", PERF_RECORD_MISC_INJECT_DRIVER },
	{ "hardware", PERF_RECORD_MISC_INJECT_HARDWARE },
};

static __u16 level_misc(const char *level)
{
	size_t len = strcspn(level, "+"), i;
	__u16 misc = 0;

	if (level[len]) {
		if (strcmp(level + len, "+fatal"))
			die("%s", level);
		misc = PERF_RECORD_MISC_INJECT_FATAL;
	}
	for (i = 0; i < sizeof(levels) / sizeof(*levels); i++)
		if (strlen(levels[i].name) == len && !strncmp(level, levels[i].name, len))
			return misc | levels[i].misc;
	errno = EINVAL;
	die("%s", level);
}

/* The newest record of @event in any buffer. Returns its CPU. */
static int newest(const char *event, struct record *rec)
{
	int cpu, found = -1, fd;
	static struct record at;
	struct ring ring;
	__u64 id, pos;

	rec->time = 0;
	for (cpu = 0; cpu < buffer_cpus(); cpu++) {
		fd = persistent_open(event, cpu);
		if (fd < 0)
			continue;
		if (ioctl(fd, PERF_EVENT_IOC_ID, &id) || ring_map(&ring, fd, PROT_READ))
			die("map %s on CPU %d", event, cpu);
		for (pos = ring_tail(&ring); ring_sample(&ring, &pos, id, &at); )
			if (at.time >= rec->time) {
				memcpy(rec, &at, at.header.size);
				found = cpu;
			}
		ring_unmap(&ring);
		close(fd);
	}
	if (found < 0) {
		errno = ENOENT;
		die("no %s was recorded", event);
	}
	return found;
}

static size_t read_bytes(const char *path, void *buf, size_t size)
{
	FILE *file = fopen(path, "r");
	size_t n;

	if (!file)
		die("%s", path);
	n = fread(buf, 1, size, file);
	fclose(file);
	return n;
}

/* Dynamic fields follow each other without a gap, so all move when one has another size. */
static void set_dynamic(const struct format *f, struct record *rec,
			const struct field *changed, const void *bytes, size_t size)
{
	static struct record old;
	unsigned int end = f->end;
	__u32 where;
	int i;

	memcpy(&old, rec, rec->header.size);
	memset(rec->raw + end, 0, sizeof(rec->raw) - end);
	for (i = 0; i < f->fields; i++) {
		const struct field *field = &f->field[i];

		if (!field->dynamic)
			continue;
		memcpy(&where, old.raw + field->offset, sizeof(where));
		if (field == changed)
			end = record_dynamic(f, rec, field->name, end, bytes, size);
		else
			end = record_dynamic(f, rec, field->name, end,
					     old.raw + (where & 0xffff), where >> 16);
	}
	record_finish(rec, end);
}

static void set_field(const struct format *f, struct record *rec, char *arg)
{
	unsigned char bytes[4096] = { };
	char *value = strchr(arg, '=');
	const struct field *field;
	size_t size;

	if (!value) {
		errno = EINVAL;
		die("%s", arg);
	}
	*value++ = '\0';
	field = format_field(f, arg);
	if (*value != '@' && !field->dynamic) {
		field_set(f, rec, arg, strtoull(value, NULL, 0));
		return;
	}

	size = *value == '@' ? read_bytes(value + 1, bytes, sizeof(bytes)) :
	       1 + snprintf((char *)bytes, sizeof(bytes), "%s", value);
	if (!field->dynamic) {
		memcpy(rec->raw + field->offset, bytes, field->size);
		return;
	}
	set_dynamic(f, rec, field, bytes, size);
}

int main(int argc, char **argv)
{
	static struct record rec;
	struct format format;
	int cpu, on = -1, fd, i;
	ssize_t n;

	if (argc > 2 && !strcmp(argv[1], "-c")) {
		on = atoi(argv[2]);
		argc -= 2;
		argv += 2;
	}
	if (argc < 3) {
		fprintf(stderr, "usage: inject_again [-c CPU] EVENT LEVEL [FIELD=VALUE]...\n");
		return 2;
	}
	cpu = newest(argv[1], &rec);
	format_read(&format, strcmp(argv[1], "mce_record") ? "ras" : "mce", argv[1]);
	for (i = 3; i < argc; i++)
		set_field(&format, &rec, argv[i]);
	rec.header.misc = level_misc(argv[2]);

	if (on >= 0)
		cpu = on;
	fd = persistent_open(argv[1], cpu);
	if (fd < 0)
		die("open %s on CPU %d", argv[1], cpu);
	n = record_write(fd, &rec);
	if (n == rec.header.size)
		puts("taken");
	else if (n < 0)
		puts(strerrorname_np(-n));
	else
		printf("%zd of %u bytes\n", n, rec.header.size);
	return 0;
}
