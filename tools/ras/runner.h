/* SPDX-License-Identifier: GPL-2.0 */
/* Running policy commands without ever waiting for them. */
#ifndef _RAS_RUNNER_H
#define _RAS_RUNNER_H

#include <linux/types.h>
#include "config.h"
#include "event.h"

struct ras_job;

/**
 * struct ras_runner - the commands of the daemon
 * @staged: for events whose transaction is not committed yet
 * @queued: waiting, oldest first
 * @running: children
 * @nr_waiting: jobs staged or queued
 * @nr_running: jobs running
 * @dropped: jobs that found the queue full, since start
 * @reported: of these, how many were logged
 */
struct ras_runner {
	struct ras_job *staged;
	struct ras_job *queued;
	struct ras_job *running;
	unsigned int nr_waiting;
	unsigned int nr_running;
	u64 dropped;
	u64 reported;
};

void ras_runner_stage(struct ras_runner *runner,
		      const struct ras_config *config,
		      const struct ras_event *ev);
void ras_runner_commit(struct ras_runner *runner);
void ras_runner_discard(struct ras_runner *runner);
void ras_runner_run(struct ras_runner *runner, const struct ras_config *config,
		    u64 now);
void ras_runner_reap(struct ras_runner *runner, u64 now);
u64 ras_runner_deadline(const struct ras_runner *runner);
void ras_runner_stop(struct ras_runner *runner);

#endif /* _RAS_RUNNER_H */
