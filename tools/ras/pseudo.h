/* SPDX-License-Identifier: GPL-2.0 */
/* Types of what is recorded but no tracepoint. */
#ifndef _RAS_PSEUDO_H
#define _RAS_PSEUDO_H

#include <stdio.h>
#include "event.h"

struct ras_build;
struct ras_types;

const struct ras_type *ras_type_lost(void);
const struct ras_type *ras_type_unknown(void);
int ras_types_sample(struct ras_types *types, const char *name,
		     const struct ras_type **res);
int ras_types_counter(struct ras_types *types, const char *name,
		      const struct ras_type **res);
void ras_sample_summary(const struct ras_event *ev, FILE *out);
void ras_counter_summary(const struct ras_event *ev, FILE *out);
int ras_counter_defaults(struct ras_build *build, int cpu);

#endif /* _RAS_PSEUDO_H */
