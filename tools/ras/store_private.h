/* SPDX-License-Identifier: GPL-2.0 */
/* Shared by the parts of the database code. */
#ifndef _RAS_STORE_PRIVATE_H
#define _RAS_STORE_PRIVATE_H

#include <sqlite3.h>
#include "store.h"

/**
 * struct ras_store_table - a type's table, ready for use
 * @type: event type
 * @format_id: its row in ras_format
 * @owned: @type was made from ras_format and is freed with this
 * @stmt: inserts an event, or selects one by its id
 * @next: list
 */
struct ras_store_table {
	const struct ras_type *type;
	s64 format_id;
	bool owned;
	sqlite3_stmt *stmt;
	struct ras_store_table *next;
};

struct ras_store {
	sqlite3 *db;
	int version;
	sqlite3_stmt *add_event;
	sqlite3_stmt *set_position;
	struct ras_store_table *tables;
};

int ras_sqlite_errno(int rc);
int ras_store_prepare(struct ras_store *store, sqlite3_stmt **stmt,
		      const char *fmt, ...);
int ras_store_exec(struct ras_store *store, const char *fmt, ...);
const char *ras_store_set_column(const struct ras_store *store);
const char *ras_store_tid_column(const struct ras_store *store);
void ras_store_forget(struct ras_store *store);
char *ras_store_table_name(const struct ras_type *type);
char *ras_store_columns(const struct ras_type *type, const char *each);

#endif /* _RAS_STORE_PRIVATE_H */
