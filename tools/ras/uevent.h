/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's messages that a CPU has come online. */
#ifndef _RAS_UEVENT_H
#define _RAS_UEVENT_H

#include <stdbool.h>

int ras_uevent_open(void);
bool ras_uevent_cpu_online(int fd);

#endif /* _RAS_UEVENT_H */
