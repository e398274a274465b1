// SPDX-License-Identifier: GPL-2.0
/* Which events: by name and severity. */
#include <fnmatch.h>
#include "filter.h"

/**
 * ras_filter_match - is an event wanted
 * @filter: filter
 * @ev: event
 *
 * Return: true if both its name and its severity are.
 */
bool ras_filter_match(const struct ras_filter *filter,
		      const struct ras_event *ev)
{
	if (filter->severities && !(filter->severities >> ev->severity & 1))
		return false;
	return !filter->event || !fnmatch(filter->event, ev->type->full, 0) ||
	       !fnmatch(filter->event, ev->type->name, 0);
}
