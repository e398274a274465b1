/* SPDX-License-Identifier: GPL-2.0 */
/* Descriptor functions of mce:mce_record. */
#ifndef _RAS_MCE_H
#define _RAS_MCE_H

#include <stdio.h>
#include "event.h"

struct ras_build;

enum ras_severity ras_mce_severity(const struct ras_event *ev);
void ras_mce_summary(const struct ras_event *ev, FILE *out);
void ras_mce_detail(const struct ras_event *ev, FILE *out);
int ras_mce_defaults(struct ras_build *build, int cpu);
int ras_mce_choose(struct ras_build *build, enum ras_severity sev);
int ras_mce_word(const struct ras_type *type, const struct ras_field *field,
		 const char *word, u64 *num);

#endif /* _RAS_MCE_H */
