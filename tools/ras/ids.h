/* SPDX-License-Identifier: GPL-2.0 */
/* Which event a record is of: the ids of samples. */
#ifndef _RAS_IDS_H
#define _RAS_IDS_H

#include "format.h"
#include "pmu.h"
#include "record.h"

/**
 * struct ras_id - an event on a CPU
 * @id: what its samples carry; never given to another one in this boot
 * @config: the event, see struct ras_pmu_event
 * @cpu: CPU
 * @type: its type, NULL: there is no such event (any more)
 * @stale: common_type for which there is no better type than @type, or 0
 */
struct ras_id {
	u64 id;
	u64 config;
	int cpu;
	const struct ras_type *type;
	int stale;
};

/**
 * struct ras_ids - all ids that are known
 * @ids: the ids
 * @nr: their number
 * @learned: all that can be known of the PMU as it was read last
 */
struct ras_ids {
	struct ras_id *ids;
	unsigned int nr;
	bool learned;
};

int ras_event_type(struct ras_types *types, const struct ras_pmu_event *event,
		   const struct ras_type **type);
int ras_ids_add(struct ras_ids *ids, const struct ras_id *id);
int ras_ids_add_unknown(struct ras_ids *ids, u64 id);
int ras_ids_learn(struct ras_ids *ids, const struct ras_pmu *pmu,
		  struct ras_types *types);
bool ras_ids_known(const struct ras_ids *ids, u64 id);
void ras_ids_forget_unknown(struct ras_ids *ids);
const struct ras_type *ras_ids_type(struct ras_ids *ids,
				    struct ras_types *types,
				    const struct ras_record *rec);
void ras_ids_free(struct ras_ids *ids);

#endif /* _RAS_IDS_H */
