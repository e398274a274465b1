// SPDX-License-Identifier: GPL-2.0
/* The database: reading events back. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "format.h"
#include "store_private.h"

static int load_type(struct ras_store *store, struct ras_store_table *table)
{
	struct ras_type *type;
	sqlite3_stmt *stmt;
	int err;

	err = ras_store_prepare(store, &stmt,
				"SELECT event, text FROM ras_format WHERE id=%lld",
				table->format_id);
	if (err)
		return err;
	err = -EIO;
	if (sqlite3_step(stmt) == SQLITE_ROW)
		err = ras_type_parse((const char *)sqlite3_column_text(stmt, 0),
				     (const char *)sqlite3_column_text(stmt, 1),
				     &type);
	sqlite3_finalize(stmt);
	if (err)
		return err;
	table->type = type;
	table->owned = true;
	return 0;
}

static int prepare_select(struct ras_store *store,
			  struct ras_store_table *table)
{
	char *name = ras_store_table_name(table->type);
	char *columns = ras_store_columns(table->type, ",\"%w\"");
	int err = -ENOMEM;

	if (name && columns)
		err = ras_store_prepare(store, &table->stmt,
					"SELECT event_id%s FROM \"%s\" WHERE event_id=?",
					columns, name);
	sqlite3_free(name);
	sqlite3_free(columns);
	return err;
}

static int get_table(struct ras_store *store, s64 format_id,
		     struct ras_store_table **res)
{
	struct ras_store_table *table;
	int err;

	for (table = store->tables; table; table = table->next) {
		if (table->format_id == format_id) {
			*res = table;
			return 0;
		}
	}
	table = calloc(1, sizeof(*table));
	if (!table)
		return -ENOMEM;
	table->format_id = format_id;
	table->next = store->tables;
	store->tables = table;
	err = load_type(store, table);
	if (!err)
		err = prepare_select(store, table);
	if (err)
		return err;
	*res = table;
	return 0;
}

static void get_values(sqlite3_stmt *stmt, struct ras_event *ev)
{
	unsigned int i;

	for (i = 0; i < ev->type->nr_fields; i++) {
		struct ras_value *value = &ev->values[i];

		if (ev->type->fields[i].kind == RAS_INT) {
			value->num = sqlite3_column_int64(stmt, i + 1);
			continue;
		}
		value->data = sqlite3_column_blob(stmt, i + 1);
		value->len = sqlite3_column_bytes(stmt, i + 1);
		if (!value->data)
			value->data = "";
	}
}

static enum ras_severity get_severity(const char *name)
{
	int sev;

	for (sev = RAS_SEV_NR - 1; sev > 0; sev--) {
		if (!strcmp(ras_severity_name(sev), name))
			break;
	}
	return sev;
}

/*
 * @row: id, format_id, boot_id, time_ns, uptime_ns, buffer_cpu, severity,
 * buffer_set, tid
 */
static int one_event(struct ras_store *store, sqlite3_stmt *row,
		     ras_store_event_fn *fn, void *arg)
{
	struct ras_store_table *table;
	struct ras_event ev = { };
	int err;

	err = get_table(store, sqlite3_column_int64(row, 1), &table);
	if (err)
		return err;
	ev.type = table->type;
	snprintf(ev.boot_id, sizeof(ev.boot_id), "%s",
		 sqlite3_column_text(row, 2));
	ev.time_ns = sqlite3_column_int64(row, 3);
	ev.uptime_ns = sqlite3_column_int64(row, 4);
	ev.buffer_cpu = sqlite3_column_int(row, 5);
	ev.severity = get_severity((const char *)sqlite3_column_text(row, 6));
	ev.set = (const char *)sqlite3_column_text(row, 7);
	ev.tid = sqlite3_column_int(row, 8);
	ev.values = calloc(ev.type->nr_fields + 1, sizeof(*ev.values));
	if (!ev.values)
		return -ENOMEM;

	sqlite3_bind_int64(table->stmt, 1, sqlite3_column_int64(row, 0));
	err = -EIO;
	if (sqlite3_step(table->stmt) == SQLITE_ROW) {
		get_values(table->stmt, &ev);
		err = fn(&ev, arg);
	}
	sqlite3_reset(table->stmt);
	free(ev.values);
	return err;
}

/**
 * ras_store_query - read all stored events, oldest first
 * @store: database, open for reading only
 * @fn: called for each; what it is given is valid during the call; anything
 *      but 0 ends the query
 * @arg: for @fn
 *
 * Return: 0, -errno, or what @fn returned.
 */
int ras_store_query(struct ras_store *store, ras_store_event_fn *fn, void *arg)
{
	sqlite3_stmt *stmt;
	int rc, err;

	/* all from one state of the database */
	err = ras_store_exec(store, "BEGIN");
	if (err)
		return err;
	err = ras_store_prepare(store, &stmt,
				"SELECT id, format_id, boot_id, time_ns, uptime_ns, buffer_cpu, severity, %s, %s FROM ras_event ORDER BY time_ns, id",
				ras_store_set_column(store), ras_store_tid_column(store));
	if (err)
		goto out;
	while (!err && (rc = sqlite3_step(stmt)) != SQLITE_DONE) {
		err = ras_sqlite_errno(rc);
		if (!err)
			err = one_event(store, stmt, fn, arg);
	}
	sqlite3_finalize(stmt);
out:
	sqlite3_exec(store->db, "COMMIT", NULL, NULL, NULL);
	return err;
}

/**
 * ras_store_count - how many events of each type are stored
 * @store: database
 * @fn: called for each type
 * @arg: for @fn
 *
 * Return: 0, -errno, or what @fn returned.
 */
int ras_store_count(struct ras_store *store, ras_store_count_fn *fn, void *arg)
{
	sqlite3_stmt *stmt;
	int rc, err;

	err = ras_store_prepare(store, &stmt,
				"SELECT event, count(*) FROM ras_event GROUP BY event ORDER BY event");
	if (err)
		return err;
	while (!err && (rc = sqlite3_step(stmt)) != SQLITE_DONE) {
		err = ras_sqlite_errno(rc);
		if (!err)
			err = fn((const char *)sqlite3_column_text(stmt, 0),
				 sqlite3_column_int64(stmt, 1), arg);
	}
	sqlite3_finalize(stmt);
	return err;
}

/**
 * ras_store_count_on - how many events of one kind are stored, by CPU
 * @store: database
 * @boot_id: boot
 * @set: buffer set that they were in
 * @event: "system:name"
 * @fn: called for each CPU that has any
 * @arg: for @fn
 *
 * Return: 0 or -errno.
 */
int ras_store_count_on(struct ras_store *store, const char *boot_id,
		       const char *set, const char *event,
		       ras_store_cpu_fn *fn, void *arg)
{
	sqlite3_stmt *stmt;
	int rc, err;

	err = ras_store_prepare(store, &stmt,
				"SELECT buffer_cpu, count(*) FROM ras_event WHERE boot_id=%Q AND %s=%Q AND event=%Q GROUP BY buffer_cpu",
				boot_id, ras_store_set_column(store), set,
				event);
	if (err)
		return err;
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW)
		fn(sqlite3_column_int(stmt, 0), sqlite3_column_int64(stmt, 1),
		   arg);
	sqlite3_finalize(stmt);
	return ras_sqlite_errno(rc);
}
