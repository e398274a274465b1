/* SPDX-License-Identifier: GPL-2.0 */
/* The file that says that a daemon is running, and with which database. */
#ifndef _RAS_RUN_H
#define _RAS_RUN_H

#include <stddef.h>
#include <sys/types.h>

int ras_run_lock(const char *database);
pid_t ras_run_pid(void);
void ras_run_database(char *path, size_t len);

#endif /* _RAS_RUN_H */
