/* SPDX-License-Identifier: GPL-2.0 */
/* An event from FIELD=VALUE words. */
#ifndef _RAS_BUILD_H
#define _RAS_BUILD_H

#include <stdbool.h>
#include "event.h"

/**
 * struct ras_build - an event being built
 * @type: its type
 * @values: one per field; what they point to is freed by ras_build_free()
 * @given: which fields were set
 * @error: what is wrong and what to do, after a function failed
 */
struct ras_build {
	const struct ras_type *type;
	struct ras_value *values;
	bool *given;
	char error[512];
};

int ras_build_init(struct ras_build *build, const struct ras_type *type);
int ras_build_set(struct ras_build *build, const char *word);
void ras_build_default(struct ras_build *build, const char *name, u64 num);
int ras_build_finish(struct ras_build *build, int cpu);
void ras_build_free(struct ras_build *build);

#endif /* _RAS_BUILD_H */
