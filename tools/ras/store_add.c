// SPDX-License-Identifier: GPL-2.0
/* The database: a table for each event type, and putting events into it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "format.h"
#include "store_private.h"

/**
 * ras_store_forget - drop everything prepared
 * @store: database
 */
void ras_store_forget(struct ras_store *store)
{
	struct ras_store_table *table;

	while ((table = store->tables)) {
		store->tables = table->next;
		sqlite3_finalize(table->stmt);
		if (table->owned)
			ras_type_free((struct ras_type *)table->type);
		free(table);
	}
	sqlite3_finalize(store->add_event);
	sqlite3_finalize(store->set_position);
	store->add_event = NULL;
	store->set_position = NULL;
}

/**
 * ras_store_table_name - the name of a type's table
 * @type: event type
 *
 * Return: the tracepoint's name, escaped for use within double quotes, but
 * never one of our own tables; for sqlite3_free(). NULL without memory.
 */
char *ras_store_table_name(const struct ras_type *type)
{
	bool ours = !strncasecmp(type->name, "ras_", 4) ||
		    !strncasecmp(type->name, "sqlite_", 7);

	return sqlite3_mprintf("%s%w", ours ? "event_" : "", type->name);
}

/* The field's own name, unless that is the key's. */
static const char *column_name(const struct ras_field *field)
{
	return strcasecmp(field->name, "event_id") ? field->name : "event_id_";
}

/**
 * ras_store_columns - text for each column of a type's table
 * @type: event type
 * @each: as for sqlite3_mprintf(): "%w" is the column's name
 *
 * Return: the text repeated, for sqlite3_free(). NULL without memory.
 */
char *ras_store_columns(const struct ras_type *type, const char *each)
{
	sqlite3_str *str = sqlite3_str_new(NULL);
	unsigned int i;

	for (i = 0; i < type->nr_fields; i++)
		sqlite3_str_appendf(str, each, column_name(&type->fields[i]));
	return sqlite3_str_finish(str);
}

static const char *affinity(const struct ras_field *field)
{
	if (field->kind == RAS_INT)
		return "INTEGER";
	return field->kind == RAS_STRING ? "TEXT" : "BLOB";
}

static int has_column(struct ras_store *store, const char *table,
		      const char *column, bool *res)
{
	sqlite3_stmt *stmt;
	int err, rc;

	err = ras_store_prepare(store, &stmt,
				"SELECT 1 FROM pragma_table_info(\"%s\") WHERE name=%Q COLLATE NOCASE",
				table, column);
	if (err)
		return err;
	rc = sqlite3_step(stmt);
	*res = rc == SQLITE_ROW;
	sqlite3_finalize(stmt);
	return ras_sqlite_errno(rc);
}

/* A newer kernel's event may have fields that the table lacks. */
static int make_table(struct ras_store *store, const struct ras_type *type,
		      const char *name)
{
	unsigned int i;
	bool has;
	int err;

	err = ras_store_exec(store,
			     "CREATE TABLE IF NOT EXISTS \"%s\" (event_id INTEGER PRIMARY KEY)",
			     name);
	for (i = 0; !err && i < type->nr_fields; i++) {
		const struct ras_field *field = &type->fields[i];

		err = has_column(store, name, column_name(field), &has);
		if (!err && !has)
			err = ras_store_exec(store,
					     "ALTER TABLE \"%s\" ADD COLUMN \"%w\" %s",
					     name, column_name(field),
					     affinity(field));
	}
	return err;
}

static int get_format(struct ras_store *store, const struct ras_type *type,
		      s64 *id)
{
	sqlite3_stmt *stmt;
	int err, rc;

	err = ras_store_exec(store,
			     "INSERT OR IGNORE INTO ras_format (event, text) VALUES (%Q, %Q)",
			     type->full, type->text);
	if (err)
		return err;
	err = ras_store_prepare(store, &stmt,
				"SELECT id FROM ras_format WHERE event=%Q AND text=%Q",
				type->full, type->text);
	if (err)
		return err;
	rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW)
		*id = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return rc == SQLITE_ROW ? 0 : -EIO;
}

static int prepare_insert(struct ras_store *store,
			  struct ras_store_table *table)
{
	char *name = ras_store_table_name(table->type);
	char *columns = ras_store_columns(table->type, ",\"%w\"");
	char *marks = ras_store_columns(table->type, ",?");
	int err = -ENOMEM;

	if (name && columns && marks)
		err = make_table(store, table->type, name);
	if (!err)
		err = get_format(store, table->type, &table->format_id);
	if (!err)
		err = ras_store_prepare(store, &table->stmt,
					"INSERT INTO \"%s\" (event_id%s) VALUES (?%s)",
					name, columns, marks);
	sqlite3_free(name);
	sqlite3_free(columns);
	sqlite3_free(marks);
	return err;
}

static int get_table(struct ras_store *store, const struct ras_type *type,
		     struct ras_store_table **res)
{
	struct ras_store_table *table;
	int err;

	for (table = store->tables; table; table = table->next) {
		if (table->type == type) {
			*res = table;
			return 0;
		}
	}
	table = calloc(1, sizeof(*table));
	if (!table)
		return -ENOMEM;
	table->type = type;
	err = prepare_insert(store, table);
	if (err) {
		free(table);
		return err;
	}
	table->next = store->tables;
	store->tables = table;
	*res = table;
	return 0;
}

static int add_event(struct ras_store *store, const struct ras_event *ev,
		     s64 format_id)
{
	sqlite3_stmt *stmt = store->add_event;
	int err, rc;

	if (!stmt) {
		err = ras_store_prepare(store, &store->add_event,
					"INSERT INTO ras_event (event, format_id, boot_id, time_ns, uptime_ns, buffer_cpu, severity, buffer_set, tid) VALUES (?,?,?,?,?,?,?,?,?)");
		if (err)
			return err;
		stmt = store->add_event;
	}
	sqlite3_bind_text(stmt, 1, ev->type->full, -1, SQLITE_STATIC);
	sqlite3_bind_int64(stmt, 2, format_id);
	sqlite3_bind_text(stmt, 3, ev->boot_id, -1, SQLITE_STATIC);
	sqlite3_bind_int64(stmt, 4, ev->time_ns);
	sqlite3_bind_int64(stmt, 5, ev->uptime_ns);
	sqlite3_bind_int(stmt, 6, ev->buffer_cpu);
	sqlite3_bind_text(stmt, 7, ras_severity_name(ev->severity), -1,
			  SQLITE_STATIC);
	sqlite3_bind_text(stmt, 8, ev->set, -1, SQLITE_STATIC);
	sqlite3_bind_int(stmt, 9, ev->tid);
	rc = sqlite3_step(stmt);
	sqlite3_reset(stmt);
	return ras_sqlite_errno(rc);
}

static int add_values(struct ras_store *store, const struct ras_event *ev,
		      sqlite3_stmt *stmt)
{
	unsigned int i;
	int rc;

	sqlite3_bind_int64(stmt, 1, sqlite3_last_insert_rowid(store->db));
	for (i = 0; i < ev->type->nr_fields; i++) {
		const struct ras_value *value = &ev->values[i];

		if (ev->type->fields[i].kind == RAS_INT)
			sqlite3_bind_int64(stmt, i + 2, value->num);
		else if (ev->type->fields[i].kind == RAS_STRING)
			sqlite3_bind_text(stmt, i + 2, value->data, value->len,
					  SQLITE_STATIC);
		else
			sqlite3_bind_blob(stmt, i + 2, value->data, value->len,
					  SQLITE_STATIC);
	}
	rc = sqlite3_step(stmt);
	sqlite3_reset(stmt);
	sqlite3_clear_bindings(stmt);
	return ras_sqlite_errno(rc);
}

/**
 * ras_store_add - store an event
 * @store: database, in a transaction
 * @ev: event
 *
 * Return: 0 or -errno; the transaction is then to be rolled back.
 */
int ras_store_add(struct ras_store *store, const struct ras_event *ev)
{
	struct ras_store_table *table;
	int err;

	err = get_table(store, ev->type, &table);
	if (!err)
		err = add_event(store, ev, table->format_id);
	if (!err)
		err = add_values(store, ev, table->stmt);
	return err;
}
