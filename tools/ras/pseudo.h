/* SPDX-License-Identifier: GPL-2.0 */
/* Types of what is recorded but no tracepoint. */
#ifndef _RAS_PSEUDO_H
#define _RAS_PSEUDO_H

#include <stdio.h>
#include "event.h"

struct ras_types;

const struct ras_type *ras_type_lost(void);
const struct ras_type *ras_type_unknown(void);
int ras_types_sample(struct ras_types *types, const char *name,
		     const struct ras_type **res);
void ras_sample_summary(const struct ras_event *ev, FILE *out);
enum ras_severity ras_sample_severity(const struct ras_event *ev);

#endif /* _RAS_PSEUDO_H */
