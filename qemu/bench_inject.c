// SPDX-License-Identifier: GPL-2.0
/*
 * bench_inject MODE: instructions to inject one machine check into mce:mce_record, all its
 * fields given, for a guest under -icount shift=0 with one CPU. MODE is who takes it:
 *
 *   single, batch        write() on an ordinary event that counts, a record or BATCH of
 *                        them at a time
 *   single-full, …       on the persistent event, whose buffer is full, or (…-consumed)
 *                        emptied after each write()
 *   driver, driver-batch write() at DRIVER level, until the decode chain has emitted it
 *   tracefs              tracefs inject of the same event
 *   mce-inject           debugfs mce-inject, flags sw: until the decode chain has emitted it
 *   nothing              write() of no record: what the system call costs
 *
 * Prints the median over rounds, and fails if not each record has arrived.
 */
#include <linux/perf_event.h>
#include <sched.h>
#include <stdbool.h>
#include <sys/mman.h>

#include "bench.h"

#define EVENT		TRACEFS "/events/mce/mce_record"
#define MCE_INJECT	"/sys/kernel/debug/mce-inject/"

/* PERF_RECORD_MISC_INJECT_DRIVER, which the headers of this machine do not know */
#define MISC_DRIVER	0x100

#define BATCH		256
#define RECORDS		(4 * BATCH)
/* The pool of the machine check code has room for so many that nobody has decoded yet. */
#define DEEP		32
#define ROUNDS		11

struct record {
	struct perf_event_header header;
	uint64_t ip, tid, time, id, cpu;
	uint32_t raw_size;
	uint8_t raw[204];
};

static uint8_t batch[BATCH * sizeof(struct record)];
static char text[2048];
static size_t size;
static struct perf_event_mmap_page *page;
static int fd = -1, counter = -1;

/* A value that fits the field, and is a corrected error of bank 1 where it matters. */
static uint64_t field_value(const char *name, unsigned int bytes)
{
	if (!strcmp(name, "status"))
		return 0x9c00004000010090;
	if (!strcmp(name, "addr"))
		return 0x12345000;
	if (!strcmp(name, "misc"))
		return 0x8c;
	if (!strcmp(name, "bank"))
		return 1;
	if (!strcmp(name, "cpu") || !strcmp(name, "mcgstatus"))
		return 0;
	return 0x1122334455667788 >> (64 - 8 * bytes);
}

/* The same machine check as a record, and as tracefs wants it */
static void make_record(struct record *rec)
{
	unsigned int offset, bytes, end = 0;
	char line[256], name[64];
	uint64_t value;
	FILE *file;

	file = fopen(EVENT "/format", "r");
	if (!file)
		die(EVENT "/format");
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, " field:%*s %63[^;]; offset:%u; size:%u;", name, &offset,
			   &bytes) != 3 || strstr(name, "common_") || strchr(name, ' '))
			continue;
		value = field_value(name, bytes);
		memcpy(rec->raw + offset, &value, bytes);
		if (offset + bytes > end)
			end = offset + bytes;
		sprintf(text + strlen(text), "%s=%#lx ", name, (unsigned long)value);
	}
	fclose(file);
	rec->raw_size = ((end + 4 + 7) & ~7) - 4;
	rec->header.type = PERF_RECORD_SAMPLE;
	size = rec->header.size = __builtin_offsetof(struct record, raw) + rec->raw_size;
}

static void make_batch(unsigned int misc)
{
	struct record rec = {};
	int i;

	make_record(&rec);
	rec.header.misc = misc;
	for (i = 0; i < BATCH; i++)
		memcpy(batch + i * size, &rec, size);
}

static int perf_open(unsigned int type, uint64_t config, unsigned int period)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = type,
		.config = config,
		.sample_type = SAMPLE_TYPE,
		.sample_period = period,
		.sample_id_all = 1,
		.wakeup_events = 1,
		.read_format = PERF_FORMAT_LOST,
	};
	int ret = syscall(SYS_perf_event_open, &attr, -1, 0, -1, 0);

	if (ret < 0)
		die("perf_event_open(%u, %#lx)", type, (unsigned long)config);
	return ret;
}

static void open_persistent(void)
{
	size_t pages = number_in(PMU "/sets/ras/data_pages", "");

	fd = perf_open(number_in(PMU "/type", ""), number_in(PMU "/events/mce_record", "event="),
		       1);
	counter = fd;
	page = mmap(NULL, (1 + pages) * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (page == MAP_FAILED)
		die("mmap");
}

static void read_counts(uint64_t count[2])
{
	if (read(counter, count, 2 * sizeof(count[0])) != 2 * sizeof(count[0]))
		die("read");
}

static void write_records(unsigned int n, unsigned int at_once, bool consume)
{
	for (; n; n -= at_once) {
		if (write(fd, batch, at_once * size) != (ssize_t)(at_once * size))
			die("write of %u records", at_once);
		if (consume)
			page->data_tail = page->data_head;
	}
}

static void write_tracefs(unsigned int n)
{
	size_t len = strlen(text);

	while (n--)
		if (write(fd, text, len) != (ssize_t)len)
			die("inject: %s", text);
}

/* The files of a machine check; that of the bank comes last, and sets it off. */
static const struct {
	const char *name, *value;
} files[] = {
	{ "status",	"0x9c00004000010090" },
	{ "addr",	"0x12345000" },
	{ "misc",	"0x8c" },
	{ "synd",	"0x11223344" },
	{ "cpu",	"0" },
	{ "bank",	"1" },
};

#define FILES	(sizeof(files) / sizeof(files[0]))

static int file[FILES];

static void open_mce_inject(void)
{
	char path[128];
	unsigned int i;

	put(MCE_INJECT "flags", "sw\n");
	for (i = 0; i < FILES; i++) {
		snprintf(path, sizeof(path), MCE_INJECT "%s", files[i].name);
		file[i] = open(path, O_WRONLY);
		if (file[i] < 0)
			die("%s", path);
	}
}

static void write_mce_inject(unsigned int n)
{
	unsigned int i;

	while (n--)
		for (i = 0; i < FILES; i++)
			if (write(file[i], files[i].value, strlen(files[i].value)) < 0)
				die("%s", files[i].name);
}

static void wait_for(uint64_t wanted)
{
	uint64_t count[2];

	do {
		sched_yield();
		read_counts(count);
	} while (count[0] < wanted);
}

static bool is(const char *mode, const char *prefix)
{
	return !strncmp(mode, prefix, strlen(prefix));
}

static void prepare(const char *mode)
{
	unsigned long id = number_in(EVENT "/id", "");

	make_batch(is(mode, "driver") ? MISC_DRIVER : 0);
	if (strstr(mode, "-full") || strstr(mode, "-consumed")) {
		open_persistent();
		return;
	}
	if (is(mode, "tracefs")) {
		put(TRACEFS "/buffer_size_kb", "1408");
		fd = open(EVENT "/inject", O_WRONLY);
		if (fd < 0)
			die(EVENT "/inject");
		return;
	}
	fd = perf_open(PERF_TYPE_TRACEPOINT, id, 0);
	counter = fd;
	if (is(mode, "mce-inject"))
		open_mce_inject();
}

static unsigned int records_of(const char *mode)
{
	return is(mode, "driver") || is(mode, "mce-inject") ? DEEP : RECORDS;
}

static void inject(const char *mode, unsigned int n, uint64_t wanted)
{
	bool consume = strstr(mode, "-consumed");

	if (is(mode, "single"))
		write_records(n, 1, consume);
	else if (is(mode, "batch"))
		write_records(n, BATCH, consume);
	else if (is(mode, "driver-batch"))
		write_records(n, DEEP, false);
	else if (is(mode, "driver"))
		write_records(n, 1, false);
	else if (is(mode, "tracefs"))
		write_tracefs(n);
	else if (is(mode, "mce-inject"))
		write_mce_inject(n);
	else
		while (n--)
			if (write(fd, batch, 0))
				die("write of nothing");
	if (records_of(mode) == DEEP)
		wait_for(wanted);
}

/* Has each record arrived where it should? */
static bool arrived(const char *mode, unsigned int n, const uint64_t before[2])
{
	uint64_t after[2];

	if (is(mode, "tracefs"))
		return number_in(TRACEFS "/per_cpu/cpu0/stats", "entries: ") == n;
	if (is(mode, "nothing"))
		return true;
	read_counts(after);
	return after[0] - before[0] == n &&
	       after[1] - before[1] == (strstr(mode, "-full") ? n : 0);
}

int main(int argc, char **argv)
{
	const char *mode = argc == 2 ? argv[1] : "";
	unsigned int n = records_of(mode);
	uint64_t took[ROUNDS], before[2] = {}, start;
	int i;

	check_clock();
	prepare(mode);
	/* Until a buffer that is to be full is, and caches are warm */
	for (i = -4; i < ROUNDS; i++) {
		if (is(mode, "tracefs"))
			put(TRACEFS "/trace", "");
		else
			read_counts(before);
		start = __rdtsc();
		inject(mode, n, before[0] + n);
		if (i < 0)
			continue;
		took[i] = __rdtsc() - start;
		if (!arrived(mode, n, before)) {
			fprintf(stderr, "bench: %s: not each of %u has arrived\n", mode, n);
			return 1;
		}
	}
	printf("%s %lu\n", mode, median(took, ROUNDS) / n);
	return 0;
}
