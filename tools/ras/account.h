/* SPDX-License-Identifier: GPL-2.0 */
/* Where the records of an event are: stored, unread, lost. */
#ifndef _RAS_ACCOUNT_H
#define _RAS_ACCOUNT_H

#include "reader.h"
#include "store.h"

/**
 * struct ras_share - an event on a CPU, or on all of them
 * @cpu: CPU, -1 for all
 * @count: how often it happened, in the unit of the event
 * @stored: its records in the database
 * @unread: its records in the buffer
 * @lost: its records that did not get into the buffer
 */
struct ras_share {
	int cpu;
	u64 count;
	u64 stored;
	u64 unread;
	u64 lost;
};

/**
 * struct ras_account - where the records of an event are
 * @event: event, of the reader's PMU
 * @counted: count and lost are known
 * @told: its records can be told from those of other events
 * @exact: count is to be the sum of stored, unread and lost
 * @total: all CPUs
 * @cpus: each CPU that has a buffer
 * @nr: their number
 */
struct ras_account {
	const struct ras_pmu_event *event;
	bool counted;
	bool told;
	bool exact;
	struct ras_share total;
	struct ras_share *cpus;
	unsigned int nr;
};

int ras_accounts_get(struct ras_account **accounts, unsigned int *nr,
		     struct ras_reader *reader, struct ras_store *store);
s64 ras_share_missing(const struct ras_share *share);
void ras_accounts_free(struct ras_account *accounts, unsigned int nr);

#endif /* _RAS_ACCOUNT_H */
