// SPDX-License-Identifier: GPL-2.0
/* The database: opening it, its versions, transactions and positions. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/kernel.h>
#include "store_private.h"

#define BUSY_TIMEOUT_MS	5000

/*
 * What brings a database from version N (PRAGMA user_version) to N + 1. Only
 * ever append.
 *
 * One row in ras_event per event, and one with the same number in the table
 * named after its tracepoint, whose columns are the tracepoint's fields. These
 * tables are made from the format when an event of their type first comes.
 * ras_format keeps the format files, so that the numbers can be read on any
 * machine. ras_position is what was last taken out of each CPU's buffer of each
 * set.
 */
static const char * const migrations[] = {
	"CREATE TABLE ras_format ("
	"  id INTEGER PRIMARY KEY,"
	"  event TEXT NOT NULL,"
	"  text TEXT NOT NULL,"
	"  UNIQUE (event, text));"
	"CREATE TABLE ras_event ("
	"  id INTEGER PRIMARY KEY,"
	"  event TEXT NOT NULL,"
	"  format_id INTEGER NOT NULL REFERENCES ras_format (id),"
	"  boot_id TEXT NOT NULL,"
	"  time_ns INTEGER NOT NULL,"
	"  uptime_ns INTEGER NOT NULL,"
	"  buffer_cpu INTEGER NOT NULL,"
	"  severity TEXT NOT NULL);"
	"CREATE INDEX ras_event_time ON ras_event (time_ns);"
	"CREATE TABLE ras_position ("
	"  boot_id TEXT NOT NULL,"
	"  cpu INTEGER NOT NULL,"
	"  len INTEGER NOT NULL,"
	"  last INTEGER NOT NULL,"
	"  PRIMARY KEY (boot_id, cpu)) WITHOUT ROWID;",

	/* buffer sets: what was stored before is of the only one there was */
	"ALTER TABLE ras_event ADD COLUMN buffer_set TEXT NOT NULL DEFAULT 'ras';"
	"ALTER TABLE ras_position RENAME TO ras_position_1;"
	"CREATE TABLE ras_position ("
	"  boot_id TEXT NOT NULL,"
	"  buffer_set TEXT NOT NULL,"
	"  cpu INTEGER NOT NULL,"
	"  len INTEGER NOT NULL,"
	"  last INTEGER NOT NULL,"
	"  PRIMARY KEY (boot_id, buffer_set, cpu)) WITHOUT ROWID;"
	"INSERT INTO ras_position SELECT boot_id, 'ras', cpu, len, last"
	"  FROM ras_position_1;"
	"DROP TABLE ras_position_1;",

	/* threads: not known of what was stored before */
	"ALTER TABLE ras_event ADD COLUMN tid INTEGER NOT NULL DEFAULT -1;",
};

/**
 * ras_sqlite_errno - -errno for a result of SQLite
 * @rc: SQLITE_*
 *
 * Return: 0 or -errno.
 */
int ras_sqlite_errno(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_OK:
	case SQLITE_DONE:
	case SQLITE_ROW:
		return 0;
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_READONLY:
		return -EROFS;
	default:
		return -EIO;
	}
}

/**
 * ras_store_prepare - prepare a statement
 * @store: database
 * @stmt: result
 * @fmt: SQL, as for sqlite3_mprintf()
 *
 * Return: 0 or -errno.
 */
int ras_store_prepare(struct ras_store *store, sqlite3_stmt **stmt,
		      const char *fmt, ...)
{
	va_list ap;
	char *sql;
	int rc;

	va_start(ap, fmt);
	sql = sqlite3_vmprintf(fmt, ap);
	va_end(ap);
	if (!sql)
		return -ENOMEM;
	rc = sqlite3_prepare_v2(store->db, sql, -1, stmt, NULL);
	sqlite3_free(sql);
	return ras_sqlite_errno(rc);
}

/**
 * ras_store_exec - run SQL without results
 * @store: database
 * @fmt: SQL, as for sqlite3_mprintf()
 *
 * Return: 0 or -errno.
 */
int ras_store_exec(struct ras_store *store, const char *fmt, ...)
{
	va_list ap;
	char *sql;
	int rc;

	va_start(ap, fmt);
	sql = sqlite3_vmprintf(fmt, ap);
	va_end(ap);
	if (!sql)
		return -ENOMEM;
	rc = sqlite3_exec(store->db, sql, NULL, NULL, NULL);
	sqlite3_free(sql);
	return ras_sqlite_errno(rc);
}

static int get_version(struct ras_store *store, int *version)
{
	sqlite3_stmt *stmt;
	int err;

	err = ras_store_prepare(store, &stmt, "PRAGMA user_version");
	if (err)
		return err;
	err = -EIO;
	if (sqlite3_step(stmt) == SQLITE_ROW) {
		*version = sqlite3_column_int(stmt, 0);
		err = 0;
	}
	sqlite3_finalize(stmt);
	return err;
}

static int migrate(struct ras_store *store)
{
	int version, err;

	err = ras_store_exec(store, "BEGIN IMMEDIATE");
	if (err)
		return err;
	err = get_version(store, &version);
	for (; !err && version < (int)ARRAY_SIZE(migrations); version++) {
		err = ras_store_exec(store, "%s", migrations[version]);
		if (!err)
			err = ras_store_exec(store, "PRAGMA user_version=%d",
					     version + 1);
	}
	if (!err)
		err = ras_store_exec(store, "COMMIT");
	if (err)
		sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
	return err;
}

/**
 * ras_store_set_column - the column of ras_event that has the buffer set
 * @store: database
 *
 * Return: SQL; a constant for a database from before there were sets.
 */
const char *ras_store_set_column(const struct ras_store *store)
{
	return store->version < 2 ? "'ras'" : "buffer_set";
}

/**
 * ras_store_tid_column - the column of ras_event that has the thread
 * @store: database
 *
 * Return: SQL; a constant for a database from before it was stored.
 */
const char *ras_store_tid_column(const struct ras_store *store)
{
	return store->version < 3 ? "-1" : "tid";
}

/* FULL: with WAL, only then is a commit on the disk when it returns. */
static int configure(struct ras_store *store, bool readonly, const char *path,
		     char *error, size_t len)
{
	int version = 0, err;

	sqlite3_busy_timeout(store->db, BUSY_TIMEOUT_MS);
	err = get_version(store, &version);
	if (!err && version > (int)ARRAY_SIZE(migrations)) {
		snprintf(error, len,
			 "%s was made by a newer ras (version %d, this one knows %zu): update ras",
			 path, version, ARRAY_SIZE(migrations));
		return -EPROTO;
	}
	if (!err && readonly && !version) {
		snprintf(error, len, "%s is not a database of ras", path);
		return -EPROTO;
	}
	if (!err && !readonly)
		err = ras_store_exec(store,
				     "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;");
	if (!err && !readonly)
		err = migrate(store);
	store->version = readonly ? version : (int)ARRAY_SIZE(migrations);
	if (err)
		snprintf(error, len, "cannot use the database %s: %s", path,
			 sqlite3_errmsg(store->db));
	return err;
}

/**
 * ras_store_open - open the database
 * @res: result, for ras_store_close()
 * @path: file
 * @readonly: it must exist; otherwise it is created and brought up to date
 * @error: what is wrong and what to do, if it fails
 * @len: size of @error
 *
 * Return: 0 or -errno.
 */
int ras_store_open(struct ras_store **res, const char *path, bool readonly,
		   char *error, size_t len)
{
	int flags = readonly ? SQLITE_OPEN_READONLY :
			       SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
	struct ras_store *store = calloc(1, sizeof(*store));
	int rc, err;

	snprintf(error, len, "out of memory");
	if (!store)
		return -ENOMEM;
	rc = sqlite3_open_v2(path, &store->db, flags, NULL);
	err = ras_sqlite_errno(rc);
	if (err)
		snprintf(error, len, "cannot open the database %s: %s%s", path,
			 sqlite3_errmsg(store->db),
			 readonly ? " (does `ras daemon` write another one? give --db=FILE)" :
				    " (does its directory exist?)");
	else
		err = configure(store, readonly, path, error, len);
	if (err) {
		ras_store_close(store);
		return err;
	}
	*res = store;
	return 0;
}

/**
 * ras_store_close - close the database
 * @store: database, or NULL
 */
void ras_store_close(struct ras_store *store)
{
	if (!store)
		return;
	ras_store_forget(store);
	sqlite3_close(store->db);
	free(store);
}

/**
 * ras_store_error - what went wrong last
 * @store: database
 *
 * Return: text, valid until the next call.
 */
const char *ras_store_error(const struct ras_store *store)
{
	return sqlite3_errmsg(store->db);
}

/**
 * ras_store_begin - begin a transaction
 * @store: database
 *
 * Return: 0 or -errno.
 */
int ras_store_begin(struct ras_store *store)
{
	return ras_store_exec(store, "BEGIN IMMEDIATE");
}

/**
 * ras_store_commit - make the transaction durable
 * @store: database
 *
 * Return: 0: it survives a loss of power; -errno: call ras_store_rollback().
 */
int ras_store_commit(struct ras_store *store)
{
	return ras_store_exec(store, "COMMIT");
}

/**
 * ras_store_rollback - undo the transaction
 * @store: database
 */
void ras_store_rollback(struct ras_store *store)
{
	/* tables made in this transaction go with it */
	ras_store_forget(store);
	sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
}

/**
 * ras_store_position - what was last stored of a buffer
 * @store: database
 * @boot_id: boot
 * @set: buffer set
 * @cpu: whose buffer
 * @pos: result; zeroes if there is nothing
 *
 * Return: 0 or -errno.
 */
int ras_store_position(struct ras_store *store, const char *boot_id,
		       const char *set, int cpu, struct ras_position *pos)
{
	sqlite3_stmt *stmt;
	int rc, err;

	memset(pos, 0, sizeof(*pos));
	err = ras_store_prepare(store, &stmt,
				"SELECT len, last FROM ras_position WHERE boot_id=%Q AND buffer_set=%Q AND cpu=%d",
				boot_id, set, cpu);
	if (err)
		return err;
	rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW) {
		pos->len = sqlite3_column_int64(stmt, 0);
		pos->last = sqlite3_column_int64(stmt, 1);
	}
	sqlite3_finalize(stmt);
	return ras_sqlite_errno(rc);
}

/**
 * ras_store_set_position - note what is stored of a buffer
 * @store: database, in the transaction that stores it
 * @boot_id: boot
 * @set: buffer set
 * @cpu: whose buffer
 * @pos: what this transaction takes out of it
 *
 * Return: 0 or -errno.
 */
int ras_store_set_position(struct ras_store *store, const char *boot_id,
			   const char *set, int cpu,
			   const struct ras_position *pos)
{
	sqlite3_stmt *stmt = store->set_position;
	int err, rc;

	if (!stmt) {
		err = ras_store_prepare(store, &store->set_position,
					"INSERT OR REPLACE INTO ras_position VALUES (?,?,?,?,?)");
		if (err)
			return err;
		stmt = store->set_position;
	}
	sqlite3_bind_text(stmt, 1, boot_id, -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 2, set, -1, SQLITE_STATIC);
	sqlite3_bind_int(stmt, 3, cpu);
	sqlite3_bind_int64(stmt, 4, pos->len);
	sqlite3_bind_int64(stmt, 5, pos->last);
	rc = sqlite3_step(stmt);
	sqlite3_reset(stmt);
	return ras_sqlite_errno(rc);
}
