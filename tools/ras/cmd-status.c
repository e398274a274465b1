// SPDX-License-Identifier: GPL-2.0
/* ras status: kernel, buffers, daemon, database. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/kernel.h>
#include <subcmd/parse-options.h>
#include "account.h"
#include "json.h"
#include "ras.h"
#include "reader.h"
#include "run.h"
#include "store.h"

/* What moves while we look may be seen twice, or not at all: look again. */
#define TRIES	3

struct status {
	struct ras_json js;
	bool json;
	bool verbose;
	struct ras_reader reader;
	struct ras_store *store;
	bool stored_unknown;	/* the database is there and cannot be read */
	struct ras_account *accounts;
	unsigned int nr;
};

/* Lost records of all events of a buffer; 0 where they cannot be counted. */
static u64 count_lost(const struct status *st, const struct ras_source *source)
{
	unsigned int i, k;
	u64 lost = 0;

	for (i = 0; i < st->nr; i++) {
		const struct ras_account *account = &st->accounts[i];

		if (strcmp(account->event->set->name, source->set))
			continue;
		for (k = 0; k < account->nr; k++) {
			if (account->cpus[k].cpu == source->ring.cpu)
				lost += account->cpus[k].lost;
		}
	}
	return lost;
}

static void show_buffer(struct status *st, const struct ras_source *source)
{
	u64 used = ras_ring_used(&source->ring), size = source->ring.size;
	u64 lost = count_lost(st, source);

	if (!st->json) {
		printf("    %s%*s %llu of %llu bytes %s, %llu records lost\n",
		       source->label,
		       (int)(strlen(source->label) < 8 ?
			     8 - strlen(source->label) : 0), "",
		       (unsigned long long)used, (unsigned long long)size,
		       source->ring.backward ? "in use" : "unread",
		       (unsigned long long)lost);
		return;
	}
	ras_json_open(&st->js, NULL, '{');
	ras_json_text(&st->js, "set", source->set);
	ras_json_s64(&st->js, "cpu", source->ring.cpu);
	ras_json_u64(&st->js, "size", size);
	ras_json_u64(&st->js, "used", used);
	ras_json_u64(&st->js, "lost", lost);
	ras_json_close(&st->js, '}');
}

static void show_kernel(struct status *st)
{
	const struct ras_pmu *pmu = &st->reader.pmu;
	unsigned int i;

	if (st->json) {
		ras_json_bool(&st->js, "persistent_events", pmu->nr_events);
		ras_json_open(&st->js, "events", '[');
		for (i = 0; i < pmu->nr_events; i++)
			ras_json_text(&st->js, NULL, pmu->events[i].source);
		ras_json_close(&st->js, ']');
		return;
	}
	printf("kernel:   persistent events:");
	for (i = 0; i < pmu->nr_events; i++)
		printf(" %s", pmu->events[i].source);
	printf("%s\n", i ? "" : " none");
}

static void show_buffers(struct status *st)
{
	unsigned int i;

	if (st->json)
		ras_json_open(&st->js, "buffers", '[');
	else
		printf("buffers:  %u\n", st->reader.nr);
	for (i = 0; i < st->reader.nr; i++)
		show_buffer(st, st->reader.sources[i]);
	if (st->json)
		ras_json_close(&st->js, ']');
}

static bool is_exact(const struct status *st, const struct ras_account *account)
{
	return account->exact && account->counted && !st->stored_unknown;
}

/* "yes", "3 missing", "1 too many", or "-" if it cannot be told */
static const char *accounted(bool exact, const struct ras_share *share,
			     char *buf, size_t len)
{
	s64 missing = ras_share_missing(share);

	if (!exact)
		return "-";
	if (!missing)
		return "yes";
	snprintf(buf, len, "%llu %s",
		 (unsigned long long)(missing < 0 ? -missing : missing),
		 missing < 0 ? "too many" : "missing");
	return buf;
}

struct column {
	const char *key;
	u64 num;
	bool known;
};

#define NR_COLUMNS	4

/* In the order of the table: what is not known is "-", or null. */
static void get_columns(const struct status *st,
			const struct ras_account *account,
			const struct ras_share *share, struct column *columns)
{
	const struct column all[NR_COLUMNS] = {
		{ "count", share->count, account->counted },
		{ "stored", share->stored,
		  account->counted && account->told && !st->stored_unknown },
		{ "unread", share->unread, account->counted && account->told },
		{ "lost", share->lost, account->counted },
	};

	memcpy(columns, all, sizeof(all));
}

static void share_text(const struct status *st,
		       const struct ras_account *account,
		       const struct ras_share *share)
{
	struct column columns[NR_COLUMNS];
	char buf[64];
	int i;

	get_columns(st, account, share, columns);
	for (i = 0; i < NR_COLUMNS; i++) {
		if (columns[i].known)
			printf(" %10llu", (unsigned long long)columns[i].num);
		else
			printf(" %10s", "-");
	}
	printf("  %s\n", accounted(is_exact(st, account), share, buf,
				   sizeof(buf)));
}

static void share_json(struct status *st, const struct ras_account *account,
		       const struct ras_share *share)
{
	struct column columns[NR_COLUMNS];
	int i;

	get_columns(st, account, share, columns);
	for (i = 0; i < NR_COLUMNS; i++) {
		if (columns[i].known)
			ras_json_u64(&st->js, columns[i].key, columns[i].num);
		else
			ras_json_null(&st->js, columns[i].key);
	}
	if (is_exact(st, account))
		ras_json_bool(&st->js, "accounted", !ras_share_missing(share));
	else
		ras_json_null(&st->js, "accounted");
}

static void account_text(struct status *st, const struct ras_account *account)
{
	unsigned int i;

	printf("    %-28s %-12s", account->event->name,
	       account->event->set->name);
	share_text(st, account, &account->total);
	for (i = 0; st->verbose && i < account->nr; i++) {
		printf("        CPU %-33d", account->cpus[i].cpu);
		share_text(st, account, &account->cpus[i]);
	}
}

static void account_json(struct status *st, const struct ras_account *account)
{
	unsigned int i;

	ras_json_open(&st->js, NULL, '{');
	ras_json_text(&st->js, "event", account->event->source);
	ras_json_text(&st->js, "name", account->event->name);
	ras_json_text(&st->js, "set", account->event->set->name);
	ras_json_text(&st->js, "state", account->event->state);
	share_json(st, account, &account->total);
	ras_json_open(&st->js, "cpus", '[');
	for (i = 0; i < account->nr; i++) {
		ras_json_open(&st->js, NULL, '{');
		ras_json_s64(&st->js, "cpu", account->cpus[i].cpu);
		share_json(st, account, &account->cpus[i]);
		ras_json_close(&st->js, '}');
	}
	ras_json_close(&st->js, ']');
	ras_json_close(&st->js, '}');
}

static void show_accounts(struct status *st)
{
	unsigned int i;

	if (st->json)
		ras_json_open(&st->js, "accounts", '[');
	else if (st->nr)
		printf("events:   %-22s %-12s %10s %10s %10s %10s  %s\n", "",
		       "SET", "EMITTED", "STORED", "UNREAD", "LOST",
		       "ACCOUNTED");
	for (i = 0; i < st->nr; i++) {
		if (st->json)
			account_json(st, &st->accounts[i]);
		else
			account_text(st, &st->accounts[i]);
	}
	if (st->json)
		ras_json_close(&st->js, ']');
}

static void show_daemon(struct status *st)
{
	pid_t pid = ras_run_pid();

	if (st->json) {
		ras_json_open(&st->js, "daemon", '{');
		ras_json_bool(&st->js, "running", pid);
		if (pid)
			ras_json_s64(&st->js, "pid", pid);
		ras_json_close(&st->js, '}');
	} else if (pid) {
		printf("daemon:   running, pid %d\n", pid);
	} else {
		printf("daemon:   not running\n");
	}
}

static int show_count(const char *event, u64 count, void *arg)
{
	struct status *st = arg;

	if (st->json)
		ras_json_u64(&st->js, event, count);
	else
		printf("    %-28s %llu stored\n", event,
		       (unsigned long long)count);
	return 0;
}

static int show_database(struct status *st, const char *path,
			 const char *error)
{
	int err = 0;

	if (st->json) {
		ras_json_open(&st->js, "database", '{');
		ras_json_text(&st->js, "path", path);
		if (!st->store)
			ras_json_text(&st->js, "error", error);
		ras_json_open(&st->js, "events", '{');
	} else {
		printf("database: %s%s%s\n", path, st->store ? "" : ": ",
		       st->store ? "" : error);
	}
	if (st->store)
		err = ras_store_count(st->store, show_count, st);
	else if (st->stored_unknown)
		err = -EIO;
	if (st->json) {
		ras_json_close(&st->js, '}');
		ras_json_close(&st->js, '}');
	}
	return err;
}

static void forget(struct status *st)
{
	ras_accounts_free(st->accounts, st->nr);
	st->accounts = NULL;
	st->nr = 0;
	ras_reader_close(&st->reader);
	memset(&st->reader, 0, sizeof(st->reader));
}

static bool all_accounted(const struct status *st)
{
	unsigned int i;

	for (i = 0; i < st->nr; i++) {
		if (is_exact(st, &st->accounts[i]) &&
		    ras_share_missing(&st->accounts[i].total))
			return false;
	}
	return true;
}

static int look(struct status *st)
{
	int err, tries = TRIES;

	do {
		forget(st);
		err = ras_reader_init(&st->reader);
		if (!err)
			err = ras_reader_open(&st->reader);
		if (!err)
			err = ras_accounts_get(&st->accounts, &st->nr,
					       &st->reader, st->store);
	} while (!err && !all_accounted(st) && --tries);
	return err;
}

static int show(struct status *st, const char *db)
{
	char error[512] = "";
	int err, ret = RAS_EXIT_OK;

	if (access(db, F_OK))
		snprintf(error, sizeof(error), "does not exist");
	else
		st->stored_unknown = ras_store_open(&st->store, db, true, error,
						    sizeof(error));
	err = look(st);
	if (err) {
		ras_msg("%s", *st->reader.error ? st->reader.error :
						  strerror(-err));
		ret = RAS_EXIT_FAIL;
	}
	if (st->json)
		ras_json_open(&st->js, NULL, '{');
	show_kernel(st);
	show_accounts(st);
	show_buffers(st);
	show_daemon(st);
	if (show_database(st, db, error))
		ret = RAS_EXIT_FAIL;
	if (st->json) {
		ras_json_close(&st->js, '}');
		printf("\n");
	}
	forget(st);
	ras_store_close(st->store);
	return ret;
}

/**
 * cmd_status - the verb status
 * @argc: number of arguments
 * @argv: arguments
 *
 * Return: enum ras_exit.
 */
int cmd_status(int argc, const char **argv)
{
	struct status st = { .js = { .out = stdout } };
	const char *db = NULL;
	const struct option opts[] = {
		OPT_BOOLEAN('v', "verbose", &st.verbose, "show each CPU"),
		OPT_BOOLEAN(0, "json", &st.json, "one JSON object"),
		OPT_STRING(0, "db", &db, "FILE",
			   "database, instead of the daemon's"),
		OPT_END()
	};
	static const char * const usage[] = {
		"ras status [-v] [--json] [--db FILE]", NULL
	};
	char path[4096];

	argc = ras_options(argc, argv, opts, usage, NULL);
	if (argc) {
		ras_msg("unexpected argument '%s': see `ras status --help`",
			argv[0]);
		return RAS_EXIT_USAGE;
	}
	ras_run_database(path, sizeof(path));
	return show(&st, db ? db : path);
}
