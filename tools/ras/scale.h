/* SPDX-License-Identifier: GPL-2.0 */
/* Events whose severity is a number in one of their fields. */
#ifndef _RAS_SCALE_H
#define _RAS_SCALE_H

#include "event.h"

struct ras_build;

/**
 * struct ras_scale - what the numbers mean
 * @field: the field
 * @severities: the severity of each number from 0 on
 * @nr: how many
 */
struct ras_scale {
	const char *field;
	const enum ras_severity *severities;
	unsigned int nr;
};

enum ras_severity ras_scale_of(const struct ras_scale *scale, u64 num);

/* For descriptors that have a scale: see struct ras_desc. */
enum ras_severity ras_scale_severity(const struct ras_event *ev);
int ras_scale_choose(struct ras_build *build, enum ras_severity sev);
int ras_scale_word(const struct ras_type *type, const struct ras_field *field,
		   const char *word, u64 *num);
void ras_scale_default(struct ras_build *build, enum ras_severity sev);

#endif /* _RAS_SCALE_H */
