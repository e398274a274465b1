/* SPDX-License-Identifier: GPL-2.0 */
/* Values of the events from EDAC, AER, CPER and memory failure. */
#ifndef _RAS_MC_H
#define _RAS_MC_H

#include <stdbool.h>
#include <stdio.h>
#include "event.h"

enum ras_severity ras_memory_failure_severity(const struct ras_event *ev);

struct ras_build;
struct ras_scale;

extern const struct ras_scale ras_scale_mc;
extern const struct ras_scale ras_scale_aer;
extern const struct ras_scale ras_scale_cper;
extern const struct ras_scale ras_scale_ghes;

/* What `ras inject` fills in: see struct ras_desc. */
int ras_mc_defaults(struct ras_build *build, int cpu);
int ras_aer_defaults(struct ras_build *build, int cpu);
int ras_ghes_defaults(struct ras_build *build, int cpu);
int ras_cper_defaults(struct ras_build *build, int cpu);
int ras_memory_failure_defaults(struct ras_build *build, int cpu);
int ras_memory_failure_choose(struct ras_build *build, enum ras_severity sev);

void ras_mc_summary(const struct ras_event *ev, FILE *out);
bool ras_aer_uncorrected(const struct ras_event *ev);
void ras_aer_summary(const struct ras_event *ev, FILE *out);
void ras_non_standard_summary(const struct ras_event *ev, FILE *out);

#endif /* _RAS_MC_H */
