/* SPDX-License-Identifier: GPL-2.0 */
/* Events as JSON lines and as text. */
#ifndef _RAS_PRINT_H
#define _RAS_PRINT_H

#include <stdbool.h>
#include <stdio.h>
#include "event.h"

#define RAS_TIME_LEN	sizeof("2026-01-01T00:00:00.000000000Z")

void ras_time_format(u64 time_ns, char *text);
bool ras_json_reserved(const char *key);
char *ras_event_summary(const struct ras_event *ev);
void ras_event_json(const struct ras_event *ev, FILE *out);
void ras_event_print(const struct ras_event *ev, FILE *out);

#endif /* _RAS_PRINT_H */
