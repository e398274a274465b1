/* SPDX-License-Identifier: GPL-2.0 */
/* Perf's own names of counters. */
#ifndef _RAS_PERF_NAME_H
#define _RAS_PERF_NAME_H

#include <stdbool.h>
#include <stddef.h>

struct perf_event_attr;

int ras_perf_name(const char *name, struct perf_event_attr *attr, bool *clock);
void ras_perf_names(char *text, size_t len);

#endif /* _RAS_PERF_NAME_H */
