/* SPDX-License-Identifier: GPL-2.0 */
/* Writing records to perf events. */
#ifndef _RAS_INJECT_H
#define _RAS_INJECT_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <linux/perf_event.h>
#include <linux/types.h>
#include "format.h"

/* uapi of the patched kernel: header.misc of a record that is written. */
#ifndef PERF_RECORD_MISC_INJECT_DRIVER
#define PERF_RECORD_MISC_INJECT_STREAM		0x000
#define PERF_RECORD_MISC_INJECT_DRIVER		0x100
#define PERF_RECORD_MISC_INJECT_HARDWARE	0x200
#define PERF_RECORD_MISC_INJECT_MASK		0x300
#endif
#ifndef PERF_RECORD_MISC_INJECT_FATAL
#define PERF_RECORD_MISC_INJECT_FATAL		0x400
#endif

struct perf_evsel;

/**
 * struct ras_inject_event - what a name stands for, ready to be injected
 * @type: its fields: a tracepoint's own, a counter's are ip, addr, period, mode
 * @attr: what to open; its sample_type is the layout of the records
 */
struct ras_inject_event {
	const struct ras_type *type;
	struct perf_event_attr attr;
};

/**
 * struct ras_injector - an open perf event of one CPU, and records for it
 * @stop: if not NULL: once this is set, no further write() is begun
 * @evsel: the event
 * @fd: its descriptor
 * @write: write(), but in tests
 * @batch: records that are to be written
 * @len: bytes in @batch
 *
 * The caller sets @stop after ras_injector_open(); the rest is inject.c's.
 */
struct ras_injector {
	const volatile sig_atomic_t *stop;
	struct perf_evsel *evsel;
	int fd;
	ssize_t (*write)(int fd, const void *buf, size_t len);
	unsigned char *batch;
	size_t len;
};

int ras_inject_type(struct ras_types *types, const char *name,
		    const struct ras_type **type, char *error, size_t len);
int ras_inject_find(struct ras_types *types, const char *name,
		    struct ras_inject_event *event, char *error, size_t len);
int ras_inject_pack(const struct ras_inject_event *event,
		    const struct ras_value *values, u16 misc,
		    unsigned char *buf, size_t max);

int ras_inject_level(const char *word, u16 *misc);
const char *ras_inject_level_name(u16 misc);
const char *ras_inject_reason(int err, const struct ras_inject_event *event,
			      u16 misc, char *text, size_t len);
const char *ras_inject_open_reason(int err,
				   const struct ras_inject_event *event,
				   char *text, size_t len);

int ras_injector_open(struct ras_injector *injector,
		      const struct perf_event_attr *attr, int cpu);
int ras_injector_add(struct ras_injector *injector, const void *record,
		     size_t len);
int ras_injector_flush(struct ras_injector *injector, unsigned int *taken);
void ras_injector_drop(struct ras_injector *injector);
void ras_injector_close(struct ras_injector *injector);

#endif /* _RAS_INJECT_H */
