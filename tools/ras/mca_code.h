/* SPDX-License-Identifier: GPL-2.0 */
/* Rows of the MCA error code tables, for the tests. */
#ifndef _RAS_MCA_CODE_H
#define _RAS_MCA_CODE_H

unsigned int ras_mca_code_rows(void);
const char *ras_mca_code_row(unsigned int row, unsigned int *hits);

#endif /* _RAS_MCA_CODE_H */
