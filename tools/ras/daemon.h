/* SPDX-License-Identifier: GPL-2.0 */
/* The daemon's step from the buffers into the database. */
#ifndef _RAS_DAEMON_H
#define _RAS_DAEMON_H

#include "config.h"
#include "reader.h"
#include "runner.h"
#include "store.h"

/**
 * struct ras_daemon - the daemon
 * @config: its configuration
 * @reader: the buffers
 * @store: the database
 * @runner: policy commands
 * @failing: storing failed and is to be tried again
 */
struct ras_daemon {
	struct ras_config config;
	struct ras_reader reader;
	struct ras_store *store;
	struct ras_runner runner;
	bool failing;
};

int ras_daemon_resume(struct ras_daemon *daemon);
int ras_daemon_transfer(struct ras_daemon *daemon);

#endif /* _RAS_DAEMON_H */
