/* SPDX-License-Identifier: GPL-2.0 */
/* Writing records to perf events. */
#ifndef _RAS_INJECT_H
#define _RAS_INJECT_H

#include <stdbool.h>
#include <stddef.h>
#include "format.h"

int ras_inject_type(struct ras_types *types, const char *name,
		    const struct ras_type **type, char *error, size_t len);
int ras_inject(const struct ras_type *type, int cpu, const void *record,
	       size_t len, bool *opened);

#endif /* _RAS_INJECT_H */
