/* SPDX-License-Identifier: GPL-2.0 */
/* Open, map, count and read persistent events. */
#ifndef SELFTESTS_RAS_PERSISTENT_H
#define SELFTESTS_RAS_PERSISTENT_H

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <linux/perf_event.h>

/* What wants 20 s here may want more on an emulated CPU that others use, too. */
#ifdef TEST_TIMEOUT_DEFAULT
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT 120
#endif

#define PMU_DIR		"/sys/bus/event_source/devices/persistent"
#define RECORD_MAX	(12 * 1024)
#define CPUS_MAX	8

/* The layout of records without a callchain. */
#define SAMPLE_TYPE	(PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME | \
			 PERF_SAMPLE_ID | PERF_SAMPLE_CPU | PERF_SAMPLE_RAW)

/* A PERF_RECORD_SAMPLE of SAMPLE_TYPE, or any other record as bytes. */
struct record {
	struct perf_event_header header;
	__u64 ip;
	__u32 pid, tid;
	__u64 time;
	__u64 id;
	__u32 cpu, reserved;
	__u32 raw_size;
	__u8 raw[RECORD_MAX];
};

#define RECORD_RAW_OFFSET	offsetof(struct record, raw)

struct ring {
	struct perf_event_mmap_page *page;
	size_t len;
	size_t size;
};

struct count {
	__u64 value;
	__u64 id;
	__u64 lost;
};

/* Fails the whole test: only for what a working system always has. */
#define die(fmt, ...) do {						\
	fprintf(stderr, "# %s:%d: " fmt ": %m\n", __FILE__, __LINE__,	\
		##__VA_ARGS__);						\
	exit(1);							\
} while (0)

/* Without them a test is skipped. */
static inline bool persistent_usable(void)
{
	return !access(PMU_DIR "/type", R_OK) && !geteuid();
}

static inline int read_text(const char *path, char *buf, size_t size)
{
	ssize_t n;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = read(fd, buf, size - 1);
	close(fd);
	if (n < 0)
		return -EIO;
	buf[n] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	return 0;
}

static inline int write_text(const char *path, const char *text)
{
	int fd, ret = 0;

	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		ret = -errno;
	close(fd);
	return ret;
}

static inline bool locked_down(void)
{
	char text[128];

	return !read_text("/sys/kernel/security/lockdown", text, sizeof(text)) &&
	       (strstr(text, "[integrity]") || strstr(text, "[confidentiality]"));
}

/* @file below the PMU's directory, as a number behind an optional "key=". */
static inline unsigned long pmu_value(const char *file, const char *key)
{
	char path[768], text[256], *p = text;

	snprintf(path, sizeof(path), PMU_DIR "/%s", file);
	if (read_text(path, text, sizeof(text)))
		die("%s", path);
	if (key) {
		p = strstr(text, key);
		if (!p)
			die("%s has no %s", path, key);
		p += strlen(key);
	}
	return strtoul(p, NULL, 0);
}

static inline unsigned long pmu_config(const char *event)
{
	char file[512];

	snprintf(file, sizeof(file), "events/%s", event);
	return pmu_value(file, "event=");
}

/* sources/@event/@file, without the newline. */
static inline void source_text(const char *event, const char *file, char *buf, size_t size)
{
	char path[768];

	snprintf(path, sizeof(path), PMU_DIR "/sources/%s/%s", event, file);
	if (read_text(path, buf, size))
		die("%s", path);
}

/* Of sources/@event/@file, "TOTAL C0=n ...", what @cpu has; TOTAL if @cpu is negative. */
static inline __u64 source_count(const char *event, const char *file, int cpu)
{
	char text[1024], key[16], *at;

	source_text(event, file, text, sizeof(text));
	if (cpu < 0)
		return strtoull(text, NULL, 0);
	snprintf(key, sizeof(key), " C%d=", cpu);
	at = strstr(text, key);
	return at ? strtoull(at + strlen(key), NULL, 0) : 0;
}

static inline unsigned long tracepoint_id(const char *event)
{
	char file[512];

	snprintf(file, sizeof(file), "sources/%s/source", event);
	return pmu_value(file, ",config=");
}

static inline unsigned long set_value(const char *set, const char *file)
{
	char path[512];

	snprintf(path, sizeof(path), "sets/%s/%s", set, file);
	return pmu_value(path, NULL);
}

static inline bool set_keeps_last(const char *set)
{
	char path[512], text[32];

	snprintf(path, sizeof(path), PMU_DIR "/sets/%s/keep", set);
	if (read_text(path, text, sizeof(text)))
		die("%s", path);
	return !strcmp(text, "last");
}

static inline bool event_exists(const char *event)
{
	char path[512];

	snprintf(path, sizeof(path), PMU_DIR "/events/%s", event);
	return !access(path, R_OK);
}

/* Of the buffers of @set. */
static inline size_t set_map_len(const char *set)
{
	return (1 + set_value(set, "data_pages")) * sysconf(_SC_PAGESIZE);
}

static inline size_t map_len(void)
{
	return set_map_len("ras");
}

static inline int perf_open(struct perf_event_attr *attr, pid_t pid, int cpu,
			    int group_fd, unsigned long flags)
{
	attr->size = sizeof(*attr);
	return syscall(SYS_perf_event_open, attr, pid, cpu, group_fd,
		       flags | PERF_FLAG_FD_CLOEXEC);
}

/* As the set of @event wants to be opened. */
static inline struct perf_event_attr persistent_attr(const char *event)
{
	char set[128];

	source_text(event, "set", set, sizeof(set));
	return (struct perf_event_attr) {
		.type = pmu_value("type", NULL),
		.config = pmu_config(event),
		.sample_type = set_value(set, "sample_type"),
		.sample_period = 1,
		.sample_id_all = 1,
		.write_backward = set_keeps_last(set),
		.wakeup_events = 1,
		.read_format = PERF_FORMAT_ID | PERF_FORMAT_LOST,
	};
}

static inline int persistent_open(const char *event, int cpu)
{
	struct perf_event_attr attr = persistent_attr(event);

	return perf_open(&attr, -1, cpu, -1, 0);
}

/* An ordinary event on the tracepoint under @event, with its own buffer if any. */
static inline struct perf_event_attr tracepoint_attr(const char *event)
{
	return (struct perf_event_attr) {
		.type = PERF_TYPE_TRACEPOINT,
		.config = tracepoint_id(event),
		.sample_type = SAMPLE_TYPE,
		.sample_period = 1,
		.sample_id_all = 1,
		.wakeup_events = 1,
		.read_format = PERF_FORMAT_ID | PERF_FORMAT_LOST,
	};
}

static inline int tracepoint_open(const char *event, int cpu)
{
	struct perf_event_attr attr = tracepoint_attr(event);

	return perf_open(&attr, -1, cpu, -1, 0);
}

static inline struct count read_count(int fd)
{
	struct count c = {};

	if (read(fd, &c, sizeof(c)) != sizeof(c))
		die("read(perf fd)");
	return c;
}

static inline __u64 count_of(const char *event, int cpu)
{
	int fd = persistent_open(event, cpu);
	struct count c;

	if (fd < 0)
		die("open %s on cpu %d", event, cpu);
	c = read_count(fd);
	close(fd);
	return c.value;
}

static inline int ring_map_len(struct ring *ring, int fd, int prot, size_t len)
{
	ring->len = len;
	ring->size = ring->len - sysconf(_SC_PAGESIZE);
	ring->page = mmap(NULL, ring->len, prot, MAP_SHARED, fd, 0);
	if (ring->page == MAP_FAILED) {
		ring->page = NULL;
		return errno ? -errno : -EIO;
	}
	return 0;
}

/* A buffer of the set "ras", of another set with its name. */
static inline int ring_map(struct ring *ring, int fd, int prot)
{
	return ring_map_len(ring, fd, prot, map_len());
}

static inline int ring_map_set(struct ring *ring, int fd, int prot, const char *set)
{
	return ring_map_len(ring, fd, prot, set_map_len(set));
}

static inline void ring_unmap(struct ring *ring)
{
	if (ring->page)
		munmap(ring->page, ring->len);
	ring->page = NULL;
}

static inline __u64 ring_head(const struct ring *ring)
{
	return __atomic_load_n(&ring->page->data_head, __ATOMIC_ACQUIRE);
}

static inline __u64 ring_tail(const struct ring *ring)
{
	return __atomic_load_n(&ring->page->data_tail, __ATOMIC_ACQUIRE);
}

static inline void ring_set_tail(struct ring *ring, __u64 tail)
{
	__atomic_store_n(&ring->page->data_tail, tail, __ATOMIC_RELEASE);
}

/* Copy the record at @pos, of which @left bytes are valid. Returns its size, 0 if not whole. */
static inline size_t ring_copy(const struct ring *ring, __u64 pos, __u64 left,
			       struct record *out)
{
	const char *data = (const char *)ring->page + ring->page->data_offset;
	size_t at = pos % ring->size, size, part;
	struct perf_event_header header;

	/* Records are multiples of eight bytes, so a header never wraps. */
	memcpy(&header, data + at, sizeof(header));
	size = header.size;
	if (size < sizeof(header) || size % 8 || size > sizeof(*out) || size > left)
		return 0;
	part = size < ring->size - at ? size : ring->size - at;
	memcpy(out, data + at, part);
	memcpy((char *)out + part, data, size - part);
	return size;
}

/* Copy the record at *@pos, if there is one, and move *@pos behind it. */
static inline bool ring_next(const struct ring *ring, __u64 *pos, struct record *out)
{
	__u64 head = ring_head(ring);
	size_t size;

	if (*pos >= head)
		return false;
	size = ring_copy(ring, *pos, head - *pos, out);
	if (!size) {
		errno = EBADMSG;
		die("no record at %llu", *pos);
	}
	*pos += size;
	return true;
}

/*
 * A ring that is written backward: the newest record is at @head, where *@pos begins,
 * older ones behind it, the oldest perhaps overwritten in part.
 */
static inline bool ring_older(const struct ring *ring, __u64 head, __u64 *pos,
			      struct record *out)
{
	/* Position 0 is where the first record ended. */
	__u64 end = -head < ring->size ? 0 : head + ring->size;
	size_t size;

	if (*pos == end)
		return false;
	size = ring_copy(ring, *pos, end - *pos, out);
	*pos += size;
	return size;
}

/* The next sample of @id (any if 0), records of others are passed over. */
static inline bool ring_sample(const struct ring *ring, __u64 *pos, __u64 id,
			       struct record *out)
{
	while (ring_next(ring, pos, out))
		if (out->header.type == PERF_RECORD_SAMPLE && (!id || out->id == id))
			return true;
	return false;
}

static inline bool pin_to_cpu(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return !sched_setaffinity(0, sizeof(set), &set);
}

/* CPUs with a buffer; those of a list with gaps are not needed here. */
static inline int buffer_cpus(void)
{
	char text[64], *dash;

	if (read_text(PMU_DIR "/sets/ras/cpus", text, sizeof(text)))
		die("sets/ras/cpus");
	dash = strchr(text, '-');
	return dash ? atoi(dash + 1) + 1 : 1;
}

/* Retry @cond for up to a generous @seconds; tests never assert a duration. */
#define eventually(seconds, cond) ({					\
	time_t __end = time(NULL) + (seconds);				\
	bool __ok;							\
	while (!(__ok = (cond)) && time(NULL) <= __end)			\
		usleep(10000);						\
	__ok;								\
})

/* Take everything that is in @cpu's buffer out of it. */
static inline void drain(int cpu)
{
	int fd = persistent_open("mce_record", cpu);
	struct ring ring;

	if (fd < 0)
		die("open on cpu %d", cpu);
	if (ring_map(&ring, fd, PROT_READ | PROT_WRITE)) {
		errno = EBUSY;
		die("map cpu %d", cpu);
	}
	ring_set_tail(&ring, ring_head(&ring));
	ring_unmap(&ring);
	close(fd);
}

static inline void drain_all(void)
{
	int cpu, n = buffer_cpus();

	for (cpu = 0; cpu < n; cpu++)
		drain(cpu);
}

/* Sees whether anything at all reaches a count or a buffer of any CPU. */
struct watch {
	int cpus;
	int fd[CPUS_MAX];
	struct ring ring[CPUS_MAX];
	__u64 head[CPUS_MAX];
	struct count count[CPUS_MAX];
};

static inline void watch_mark(struct watch *w)
{
	int i;

	for (i = 0; i < w->cpus; i++) {
		w->head[i] = ring_head(&w->ring[i]);
		w->count[i] = read_count(w->fd[i]);
	}
}

static inline void watch_open(struct watch *w, const char *event)
{
	int i;

	w->cpus = buffer_cpus();
	for (i = 0; i < w->cpus; i++) {
		w->fd[i] = persistent_open(event, i);
		if (w->fd[i] < 0 || ring_map(&w->ring[i], w->fd[i], PROT_READ))
			die("peek at cpu %d", i);
	}
	watch_mark(w);
}

static inline bool watch_quiet(const struct watch *w)
{
	int i;

	for (i = 0; i < w->cpus; i++) {
		struct count now = read_count(w->fd[i]);

		if (ring_head(&w->ring[i]) != w->head[i] ||
		    now.value != w->count[i].value || now.lost != w->count[i].lost)
			return false;
	}
	return true;
}

static inline void watch_close(struct watch *w)
{
	int i;

	for (i = 0; i < w->cpus; i++) {
		ring_unmap(&w->ring[i]);
		close(w->fd[i]);
	}
}

#endif
