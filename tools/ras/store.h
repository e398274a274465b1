/* SPDX-License-Identifier: GPL-2.0 */
/* The database of events. */
#ifndef _RAS_STORE_H
#define _RAS_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include "event.h"

struct ras_store;

typedef int ras_store_event_fn(const struct ras_event *ev, void *arg);
typedef int ras_store_count_fn(const char *event, u64 count, void *arg);
typedef void ras_store_cpu_fn(int cpu, u64 count, void *arg);

int ras_store_open(struct ras_store **store, const char *path, bool readonly,
		   char *error, size_t len);
void ras_store_close(struct ras_store *store);
const char *ras_store_error(const struct ras_store *store);

int ras_store_begin(struct ras_store *store);
int ras_store_commit(struct ras_store *store);
void ras_store_rollback(struct ras_store *store);
int ras_store_add(struct ras_store *store, const struct ras_event *ev);
/**
 * struct ras_position - what the last transaction took out of a buffer
 * @len: number of bytes
 * @last: hash of the last record, see ras_ring_find()
 */
struct ras_position {
	u64 len;
	u64 last;
};

int ras_store_position(struct ras_store *store, const char *boot_id,
		       const char *set, int cpu, struct ras_position *pos);
int ras_store_set_position(struct ras_store *store, const char *boot_id,
			   const char *set, int cpu,
			   const struct ras_position *pos);

int ras_store_query(struct ras_store *store, ras_store_event_fn *fn, void *arg);
int ras_store_count(struct ras_store *store, ras_store_count_fn *fn, void *arg);
int ras_store_count_on(struct ras_store *store, const char *boot_id,
		       const char *set, const char *event,
		       ras_store_cpu_fn *fn, void *arg);

#endif /* _RAS_STORE_H */
