/* SPDX-License-Identifier: GPL-2.0 */
/* Names of persistent events and buffer sets, and lists of them. */
#ifndef _RAS_NAMES_H
#define _RAS_NAMES_H

#include <stdbool.h>

/* The longest name, from struct perf_event_persist, without its NUL. */
#define RAS_NAME_MAX	63

/**
 * struct ras_names - a list of names
 * @names: the names, each once
 * @nr: their number
 */
struct ras_names {
	char **names;
	unsigned int nr;
};

bool ras_name_valid(const char *name);
bool ras_names_have(const struct ras_names *list, const char *name);
int ras_names_add(struct ras_names *list, const char *name);
int ras_names_copy(struct ras_names *list, const struct ras_names *from);
int ras_names_parse(struct ras_names *list, const char *text);
void ras_names_free(struct ras_names *list);

#endif /* _RAS_NAMES_H */
