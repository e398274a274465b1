/* SPDX-License-Identifier: GPL-2.0 */
/* The architectural part of a machine check, in words. */
#ifndef _RAS_MCA_H
#define _RAS_MCA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <linux/bits.h>
#include <linux/types.h>
#include "severity.h"

/* MCi_STATUS, Intel SDM vol. 3B, 16.3.2.2; AMD APM vol. 2, 9.3.2 */
#define MCI_STATUS_VAL		BIT_ULL(63)
#define MCI_STATUS_OVER		BIT_ULL(62)
#define MCI_STATUS_UC		BIT_ULL(61)
#define MCI_STATUS_EN		BIT_ULL(60)
#define MCI_STATUS_MISCV	BIT_ULL(59)
#define MCI_STATUS_ADDRV	BIT_ULL(58)
#define MCI_STATUS_PCC		BIT_ULL(57)
#define MCI_STATUS_S		BIT_ULL(56)	/* Intel */
#define MCI_STATUS_AR		BIT_ULL(55)	/* Intel */
#define MCI_STATUS_TCC		BIT_ULL(55)	/* AMD */
#define MCI_STATUS_SYNDV	BIT_ULL(53)	/* AMD */
#define MCI_STATUS_DEFERRED	BIT_ULL(44)	/* AMD */
#define MCI_STATUS_POISON	BIT_ULL(43)	/* AMD */

#define MCG_CAP_CMCI_P		BIT_ULL(10)
#define MCG_CAP_SER_P		BIT_ULL(24)

#define MCG_STATUS_RIPV		BIT_ULL(0)
#define MCG_STATUS_EIPV		BIT_ULL(1)
#define MCG_STATUS_MCIP		BIT_ULL(2)
#define MCG_STATUS_LMCES	BIT_ULL(3)

/* struct mce's cpuvendor: X86_VENDOR_* of arch/x86/include/asm/processor.h */
#define X86_VENDOR_INTEL	0
#define X86_VENDOR_AMD		2
#define X86_VENDOR_CENTAUR	5
#define X86_VENDOR_HYGON	9
#define X86_VENDOR_ZHAOXIN	10

/**
 * struct ras_mca - the registers that the decoding looks at
 * @status: MCi_STATUS
 * @mcgstatus: MCG_STATUS
 * @mcgcap: MCG_CAP
 * @vendor: X86_VENDOR_*
 */
struct ras_mca {
	u64 status;
	u64 mcgstatus;
	u64 mcgcap;
	unsigned int vendor;
};

enum ras_severity ras_mca_severity(const struct ras_mca *mca,
				   const char **why);
bool ras_mca_amd(const struct ras_mca *mca);
void ras_mca_flags(const struct ras_mca *mca, FILE *out);
int ras_mca_status_word(const char *word, u64 *status);
int ras_mca_code(u16 mcacod, char *words, size_t words_len, char *mnemonic,
		 size_t mnemonic_len);

/* For the tests: how often each row of a table was the one that matched. */
unsigned int ras_mca_rows(void);
const char *ras_mca_row(unsigned int row, unsigned int *hits);

#endif /* _RAS_MCA_H */
