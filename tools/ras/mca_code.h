/* SPDX-License-Identifier: GPL-2.0 */
/* MCA error codes by name; rows of their tables, for the tests. */
#ifndef _RAS_MCA_CODE_H
#define _RAS_MCA_CODE_H

#include <linux/types.h>

int ras_mca_code_word(const char *mnemonic, u16 *mcacod);
unsigned int ras_mca_code_rows(void);
const char *ras_mca_code_row(unsigned int row, unsigned int *hits);

#endif /* _RAS_MCA_CODE_H */
