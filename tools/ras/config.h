/* SPDX-License-Identifier: GPL-2.0 */
/* The daemon's configuration file. */
#ifndef _RAS_CONFIG_H
#define _RAS_CONFIG_H

#include <stddef.h>
#include <stdio.h>
#include <linux/types.h>
#include "filter.h"
#include "names.h"

/**
 * struct ras_policy - [policy NAME]
 * @name: NAME
 * @event: pattern of event names
 * @severities: bit 1 << enum ras_severity
 * @command: for /bin/sh -c
 * @timeout: ns that it may take
 */
struct ras_policy {
	char *name;
	char *event;
	u64 severities;
	char *command;
	u64 timeout;
};

/**
 * struct ras_config - the whole file
 * @database: path
 * @sets: buffer sets to consume
 * @rescan: ns between two looks for missing sets
 * @children: commands that may run at once
 * @queue: commands that may wait
 * @policies: in the order of the file
 * @nr_policies: their number
 */
struct ras_config {
	char *database;
	struct ras_names sets;
	u64 rescan;
	u64 children;
	u64 queue;
	struct ras_policy *policies;
	unsigned int nr_policies;
};

int ras_config_load(struct ras_config *config, const char *path, char *error,
		    size_t len);
int ras_config_default(struct ras_config *config);
void ras_config_free(struct ras_config *config);
void ras_config_help(FILE *out);
void ras_config_man(FILE *out);

#endif /* _RAS_CONFIG_H */
