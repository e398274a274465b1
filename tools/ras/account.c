// SPDX-License-Identifier: GPL-2.0
/*
 * Where the records of each event are. What the kernel counted must be in the
 * database, in a buffer, or lost; unless somebody else consumed it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "account.h"
#include "counts.h"

/* Unread records of a type on a CPU. */
struct tally {
	const struct ras_type *type;
	const char *set;
	int cpu;
	u64 nr;
};

struct tallies {
	struct tally *all;
	unsigned int nr;
};

static int tally(struct tallies *tallies, const struct ras_event *ev)
{
	struct tally *more;
	unsigned int i;

	for (i = 0; i < tallies->nr; i++) {
		struct tally *one = &tallies->all[i];

		if (one->type == ev->type && one->cpu == ev->buffer_cpu &&
		    !strcmp(one->set, ev->set)) {
			one->nr++;
			return 0;
		}
	}
	more = realloc(tallies->all, (tallies->nr + 1) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	tallies->all = more;
	more += tallies->nr++;
	more->type = ev->type;
	more->set = ev->set;
	more->cpu = ev->buffer_cpu;
	more->nr = 1;
	return 0;
}

static int tally_unread(struct tallies *tallies, struct ras_reader *reader)
{
	struct ras_source *source;
	struct ras_event ev;
	int ret;

	while ((ret = ras_reader_next(reader, &source, &ev)) > 0) {
		ret = tally(tallies, &ev);
		ras_event_release(&ev);
		if (ret)
			break;
	}
	return ret;
}

static u64 unread(const struct tallies *tallies,
		  const struct ras_pmu_event *event, int cpu)
{
	unsigned int i;
	u64 nr = 0;

	for (i = 0; i < tallies->nr; i++) {
		const struct tally *one = &tallies->all[i];

		/* a tracepoint may have been of several types meanwhile */
		if (one->cpu == cpu && !strcmp(one->set, event->set->name) &&
		    !strcmp(one->type->full, event->full))
			nr += one->nr;
	}
	return nr;
}

static bool is_told(const struct ras_pmu *pmu,
		    const struct ras_pmu_event *event)
{
	unsigned int i;

	for (i = 0; i < pmu->nr_events; i++) {
		const struct ras_pmu_event *other = &pmu->events[i];

		if (other != event && other->set == event->set &&
		    !strcmp(other->full, event->full))
			return false;
	}
	return true;
}

static void add_stored(int cpu, u64 count, void *arg)
{
	struct ras_account *account = arg;
	unsigned int i;

	for (i = 0; i < account->nr; i++) {
		if (account->cpus[i].cpu == cpu)
			account->cpus[i].stored = count;
	}
}

static int set_cpus(struct ras_account *account, const struct ras_counts *counts)
{
	unsigned int i;

	account->cpus = calloc(counts->nr + 1, sizeof(*account->cpus));
	if (!account->cpus)
		return -ENOMEM;
	account->nr = counts->nr;
	for (i = 0; i < counts->nr; i++) {
		account->cpus[i].cpu = counts->cpus[i].cpu;
		account->cpus[i].count = counts->cpus[i].count;
		account->cpus[i].lost = counts->cpus[i].lost;
	}
	return 0;
}

static int get_account(struct ras_account *account,
		       const struct ras_reader *reader,
		       struct ras_store *store, const struct tallies *tallies)
{
	const struct ras_pmu_event *event = account->event;
	struct ras_counts counts;
	unsigned int i;
	int err;

	account->told = is_told(&reader->pmu, event);
	account->exact = account->told && event->every && !event->set->keep_last;
	err = ras_counts_get(&counts, event);
	/* only root may know, or forgotten meanwhile */
	if (err)
		return err == -ENOMEM ? err : 0;
	account->counted = true;
	err = set_cpus(account, &counts);
	account->total.cpu = -1;
	account->total.count = counts.count;
	account->total.lost = counts.lost;
	ras_counts_free(&counts);
	if (!err && store)
		err = ras_store_count_on(store, reader->clock.boot_id,
					 event->set->name, event->full,
					 add_stored, account);
	for (i = 0; !err && i < account->nr; i++) {
		struct ras_share *cpu = &account->cpus[i];

		cpu->unread = unread(tallies, event, cpu->cpu);
		account->total.unread += cpu->unread;
		account->total.stored += cpu->stored;
	}
	return err;
}

/**
 * ras_accounts_get - find out where the records of all events are
 * @accounts: result, one per event of @reader's PMU, for ras_accounts_free()
 * @nr: their number
 * @reader: opened to look on at all sets; what is in the buffers is read
 * @store: database, NULL if there is none
 *
 * What happens meanwhile may be counted twice, or not: ask again.
 *
 * Return: 0 or -errno.
 */
int ras_accounts_get(struct ras_account **accounts, unsigned int *nr,
		     struct ras_reader *reader, struct ras_store *store)
{
	struct tallies tallies = { };
	struct ras_account *all;
	unsigned int i;
	int err;

	err = tally_unread(&tallies, reader);
	all = calloc(reader->pmu.nr_events + 1, sizeof(*all));
	if (!all)
		err = -ENOMEM;
	for (i = 0; !err && i < reader->pmu.nr_events; i++) {
		all[i].event = &reader->pmu.events[i];
		err = get_account(&all[i], reader, store, &tallies);
	}
	free(tallies.all);
	if (err) {
		if (all)
			ras_accounts_free(all, reader->pmu.nr_events);
		return err;
	}
	*accounts = all;
	*nr = reader->pmu.nr_events;
	return 0;
}

/**
 * ras_share_missing - what is not accounted for
 * @share: of an event whose account is exact and counted
 *
 * Return: records that the kernel counted and that are nowhere, or, negative,
 * that are there without having been counted.
 */
s64 ras_share_missing(const struct ras_share *share)
{
	return share->count - share->stored - share->unread - share->lost;
}

/**
 * ras_accounts_free - free the result of ras_accounts_get()
 * @accounts: accounts
 * @nr: their number
 */
void ras_accounts_free(struct ras_account *accounts, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		free(accounts[i].cpus);
	free(accounts);
}
