/* SPDX-License-Identifier: GPL-2.0 */
/* An event from FIELD=VALUE words. */
#ifndef _RAS_BUILD_H
#define _RAS_BUILD_H

#include <stdbool.h>
#include <linux/compiler.h>
#include "event.h"

/**
 * struct ras_build - an event being built
 * @type: its type
 * @values: one per field; what they point to is freed by ras_build_free()
 * @given: which fields were set
 * @asked: a severity was asked for
 * @severity: the one that was
 * @first: a word that only the first set of a field's texts has
 * @other: a word that only the second set has
 * @error: what is wrong and what to do, after a function failed
 */
struct ras_build {
	const struct ras_type *type;
	struct ras_value *values;
	bool *given;
	bool asked;
	enum ras_severity severity;
	char first[64];
	char other[64];
	char error[512];
};

int ras_build_init(struct ras_build *build, const struct ras_type *type);
int ras_build_set(struct ras_build *build, const char *word);
int ras_build_choose(struct ras_build *build);
int ras_build_finish(struct ras_build *build, int cpu);
void ras_build_free(struct ras_build *build);

/* For descriptors: fields that were not given, and those that were. */
void ras_build_default(struct ras_build *build, const char *name, u64 num);
int ras_build_default_text(struct ras_build *build, const char *name,
			   const char *text);
void ras_build_default_symbol(struct ras_build *build, const char *name,
			      const char *text);
bool ras_build_given(const struct ras_build *build, const char *name);
u64 ras_build_num(const struct ras_build *build, const char *name);
const struct ras_value *ras_build_value(const struct ras_build *build,
					const char *name);
int ras_build_fail(struct ras_build *build, const char *fmt, ...)
	__printf(2, 3);

#endif /* _RAS_BUILD_H */
