/* SPDX-License-Identifier: GPL-2.0 */
/* From the clock of perf records to wall time. */
#ifndef _RAS_CLOCK_H
#define _RAS_CLOCK_H

#include "event.h"

/**
 * struct ras_clock - this boot's time base
 * @offset: wall time minus the records' clock, ns
 * @boot_id: of this boot
 */
struct ras_clock {
	s64 offset;
	char boot_id[RAS_BOOT_ID_LEN + 1];
};

int ras_clock_boot_id(char *boot_id);
u64 ras_clock_now(void);
int ras_clock_init(struct ras_clock *clock);
int ras_clock_update(struct ras_clock *clock);
void ras_clock_stamp(const struct ras_clock *clock, struct ras_event *ev);

#endif /* _RAS_CLOCK_H */
