/* SPDX-License-Identifier: GPL-2.0 */
/* Names of kernel addresses. */
#ifndef _RAS_KERNEL_SYMBOL_H
#define _RAS_KERNEL_SYMBOL_H

#include <stddef.h>
#include <linux/types.h>

int ras_kernel_symbol(u64 ip, const char *boot_id, char *buf, size_t len);

#endif /* _RAS_KERNEL_SYMBOL_H */
