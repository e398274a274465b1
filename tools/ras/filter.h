/* SPDX-License-Identifier: GPL-2.0 */
/* Which events: by name and severity. */
#ifndef _RAS_FILTER_H
#define _RAS_FILTER_H

#include <stdbool.h>
#include "event.h"

/**
 * struct ras_filter - a choice of events
 * @event: shell pattern for "system:name" or the name alone; NULL is any
 * @severities: bit 1 << enum ras_severity; 0 is any
 */
struct ras_filter {
	const char *event;
	unsigned int severities;
};

bool ras_filter_match(const struct ras_filter *filter,
		      const struct ras_event *ev);

#endif /* _RAS_FILTER_H */
