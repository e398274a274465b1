/* SPDX-License-Identifier: GPL-2.0 */
/* Event types from tracepoint format files. */
#ifndef _RAS_FORMAT_H
#define _RAS_FORMAT_H

#include <stddef.h>
#include "event.h"

struct ras_types {
	struct ras_type *first;
	const char *dir;	/* where the formats are, NULL: tracefs */
};

int ras_type_parse(const char *full, const char *text, struct ras_type **res);
void ras_type_free(struct ras_type *type);
const struct ras_field *ras_type_field(const struct ras_type *type,
				       const char *name);

int ras_types_get(struct ras_types *types, const char *full,
		  const struct ras_type **res);
int ras_types_refresh(struct ras_types *types, const char *full,
		      const struct ras_type **res);
struct ras_type *ras_types_find(const struct ras_types *types,
				const char *full);
const struct ras_type *ras_types_version(const struct ras_types *types,
					 const char *full, int id);
void ras_types_add(struct ras_types *types, struct ras_type *type);
int ras_type_error(int err, const char *full, char *error, size_t len);
const struct ras_type *ras_types_by_id(const struct ras_types *types, int id);
void ras_types_free(struct ras_types *types);

const char *ras_field_symbol(const struct ras_event *ev,
			     const struct ras_field *field, u64 value,
			     char *buf, size_t len);
int ras_field_symbol_value(const struct ras_field *field, const char *text,
			   u64 *value, bool *other);

#endif /* _RAS_FORMAT_H */
