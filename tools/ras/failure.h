/* SPDX-License-Identifier: GPL-2.0 */
/* What `ras inject` fills into the events of include/trace/events/ras.h. */
#ifndef _RAS_FAILURE_H
#define _RAS_FAILURE_H

struct ras_build;

int ras_failure_defaults(struct ras_build *build, int cpu);

#endif /* _RAS_FAILURE_H */
