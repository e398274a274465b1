// SPDX-License-Identifier: GPL-2.0
/*
 * From the clock of perf records to wall time. Persistent events are stamped
 * with local_clock(), which no system call returns. So perf is asked to record
 * something of our own, our change of name, between two looks at the clock.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/prctl.h>
#include <linux/perf_event.h>
#include <perf/evsel.h>
#include <perf/threadmap.h>
#include "clock.h"
#include "ras.h"
#include "ring.h"

static u64 realtime(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

/* TIME of the PERF_RECORD_COMM in @ring; as sample_id it is the last word. */
static int comm_time(struct ras_ring *ring, u64 *time)
{
	struct perf_event_header *header;

	while (ras_ring_next(ring, &header) > 0) {
		if (header->type == PERF_RECORD_COMM) {
			memcpy(time, (char *)header + header->size - 8, 8);
			return 0;
		}
	}
	return -ENODATA;
}

/* The quickest of some rounds says it best. */
#define ROUNDS		8

static int measure(struct perf_evsel *evsel, s64 *offset)
{
	struct ras_ring ring = { .cpu = -1 };
	u64 before, after, time = 0, best = ~0ULL;
	int i, err = 0;
	char name[16];

	ras_ring_init(&ring, perf_evsel__mmap_base(evsel, 0, 0), 1);
	prctl(PR_GET_NAME, name);
	for (i = 0; !err && i < ROUNDS; i++) {
		before = realtime();
		prctl(PR_SET_NAME, name);
		after = realtime();
		err = comm_time(&ring, &time);
		if (!err && after - before < best) {
			best = after - before;
			*offset = before + best / 2 - time;
		}
	}
	ras_ring_exit(&ring);
	return err;
}

/**
 * ras_clock_update - measure anew how far wall time is ahead
 * @clock: time base
 *
 * Return: 0 or -errno of perf_event_open(); -ENODATA if perf did not record.
 */
int ras_clock_update(struct ras_clock *clock)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_DUMMY,
		.sample_type = PERF_SAMPLE_TIME,
		.sample_id_all = 1,
		.comm = 1,
		.exclude_kernel = 1,
	};
	struct perf_thread_map *threads = perf_thread_map__new_dummy();
	struct perf_evsel *evsel = perf_evsel__new(&attr);
	int err = -ENOMEM;

	if (threads && evsel) {
		perf_thread_map__set_pid(threads, 0, 0);
		err = perf_evsel__open(evsel, NULL, threads);
	}
	if (!err)
		err = perf_evsel__mmap(evsel, 1);
	if (!err)
		err = measure(evsel, &clock->offset);
	if (evsel) {
		perf_evsel__munmap(evsel);
		perf_evsel__close(evsel);
		perf_evsel__delete(evsel);
	}
	perf_thread_map__put(threads);
	return err;
}

/**
 * ras_clock_boot_id - which boot this is
 * @boot_id: result, RAS_BOOT_ID_LEN + 1 bytes
 *
 * Return: 0 or -errno.
 */
int ras_clock_boot_id(char *boot_id)
{
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t len;

	if (fd < 0)
		return -errno;
	len = read(fd, boot_id, RAS_BOOT_ID_LEN);
	close(fd);
	if (len != RAS_BOOT_ID_LEN)
		return -EIO;
	boot_id[RAS_BOOT_ID_LEN] = '\0';
	return 0;
}

/**
 * ras_clock_init - set up this boot's time base
 * @clock: result
 *
 * Return: 0 or -errno.
 */
int ras_clock_init(struct ras_clock *clock)
{
	int err = ras_clock_boot_id(clock->boot_id);

	return err ? err : ras_clock_update(clock);
}

/**
 * ras_clock_now - a clock that only advances
 *
 * Return: ns.
 */
u64 ras_clock_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

/**
 * ras_clock_stamp - give an event of this boot its wall time and boot id
 * @clock: time base
 * @ev: event
 */
void ras_clock_stamp(const struct ras_clock *clock, struct ras_event *ev)
{
	ev->time_ns = ev->uptime_ns + clock->offset;
	memcpy(ev->boot_id, clock->boot_id, sizeof(ev->boot_id));
}
