/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ASM_X86_MCE_EDAC_H
#define _ASM_X86_MCE_EDAC_H

#include <linux/edac.h>
#include <asm/mce.h>

enum hw_event_mc_err_type mce_edac_type(const struct mce *m);

#endif /* _ASM_X86_MCE_EDAC_H */
