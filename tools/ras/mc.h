/* SPDX-License-Identifier: GPL-2.0 */
/* Values of the events from EDAC, AER, CPER and memory failure. */
#ifndef _RAS_MC_H
#define _RAS_MC_H

#include <stdbool.h>
#include <stdio.h>
#include "event.h"

enum ras_severity ras_mc_severity(const struct ras_event *ev);
enum ras_severity ras_aer_severity(const struct ras_event *ev);
enum ras_severity ras_cper_severity(const struct ras_event *ev);
enum ras_severity ras_ghes_severity(const struct ras_event *ev);
enum ras_severity ras_memory_failure_severity(const struct ras_event *ev);

void ras_mc_summary(const struct ras_event *ev, FILE *out);
bool ras_aer_uncorrected(const struct ras_event *ev);
void ras_aer_summary(const struct ras_event *ev, FILE *out);
void ras_non_standard_summary(const struct ras_event *ev, FILE *out);

#endif /* _RAS_MC_H */
