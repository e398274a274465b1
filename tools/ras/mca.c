// SPDX-License-Identifier: GPL-2.0
/* Severity of a machine check from its status registers. */
#include <stddef.h>
#include <strings.h>
#include <linux/kernel.h>
#include "mca.h"
#include "mca_code.h"

/*
 * Ordered, the first row that fits wins, as in the kernel's
 * arch/x86/kernel/cpu/mce/severity.c. Only what the registers themselves say:
 * the kernel additionally knows whether user or kernel code was interrupted.
 *
 * Intel: SDM vol. 3B, 16.6.2 "UCR Error Classification", table 16-6, and
 * 16.6.4 on overwriting; AMD: APM vol. 2, 9.3.2 and 9.3.3 "Error Severity".
 */
#define UC_S_AR	(MCI_STATUS_UC | MCI_STATUS_S | MCI_STATUS_AR)
#define NO_IP	(MCG_STATUS_RIPV | MCG_STATUS_EIPV)

/* SDM 16.9.3.1: SRAO may come by CMCI, with S = 0; bit 12 is the filter bit */
#define SCRUB_MASK	(MCI_STATUS_UC | MCI_STATUS_AR | 0xeff0)
#define SCRUB		(MCI_STATUS_UC | 0x00c0)
#define L3WB_MASK	(MCI_STATUS_UC | MCI_STATUS_AR | 0xefff)
#define L3WB		(MCI_STATUS_UC | 0x017a)

enum { ANY, AMD, INTEL_SER };

static struct {
	enum ras_severity severity;
	const char *why;
	int who;
	u64 mask, result;
	u64 mcg_mask, mcg_result;
	unsigned int hits;
} rows[] = {
#define ROW(sev, text, ...) { RAS_SEV_ ## sev, text, __VA_ARGS__ }
#define CLEAR(bits) .mask = (bits), .result = 0
#define MASK(m, r) .mask = (m), .result = (r)
	ROW(INFO, "no valid error", ANY, CLEAR(MCI_STATUS_VAL)),
	ROW(FATAL, "processor context corrupt", ANY,
	    MASK(MCI_STATUS_UC | MCI_STATUS_PCC, MCI_STATUS_UC | MCI_STATUS_PCC)),

	ROW(DEFERRED, "deferred", AMD,
	    MASK(MCI_STATUS_UC | MCI_STATUS_DEFERRED, MCI_STATUS_DEFERRED)),
	ROW(CORRECTED, "corrected", ANY, CLEAR(MCI_STATUS_UC)),
	ROW(FATAL, "neither restart nor error IP", ANY, MASK(0, 0),
	    .mcg_mask = NO_IP | MCG_STATUS_MCIP, .mcg_result = MCG_STATUS_MCIP),
	ROW(UNCORRECTED, "task context corrupt", AMD, MASK(MCI_STATUS_TCC, MCI_STATUS_TCC)),
	ROW(UNCORRECTED, "uncorrected, context intact", AMD, MASK(0, 0)),

	ROW(SRAO, "action optional: memory scrubbing", INTEL_SER,
	    MASK(SCRUB_MASK, SCRUB)),
	ROW(SRAO, "action optional: last level cache writeback", INTEL_SER,
	    MASK(L3WB_MASK, L3WB)),
	ROW(UCNA, "no action required", INTEL_SER, MASK(UC_S_AR, MCI_STATUS_UC)),
	ROW(UNCORRECTED, "undefined: AR without S", INTEL_SER,
	    MASK(UC_S_AR, MCI_STATUS_UC | MCI_STATUS_AR)),
	ROW(FATAL, "action required, and errors were overwritten", INTEL_SER,
	    MASK(MCI_STATUS_OVER | UC_S_AR, MCI_STATUS_OVER | UC_S_AR)),
	ROW(SRAR, "action required", INTEL_SER, MASK(UC_S_AR, UC_S_AR)),
	ROW(SRAO, "action optional", INTEL_SER,
	    MASK(UC_S_AR, MCI_STATUS_UC | MCI_STATUS_S)),
	ROW(UNCORRECTED, "uncorrected, CPU without recovery", ANY, MASK(0, 0)),
};

/**
 * ras_mca_amd - does the machine check follow AMD's architecture
 * @mca: registers
 *
 * Return: true for AMD and Hygon; all others follow Intel's.
 */
bool ras_mca_amd(const struct ras_mca *mca)
{
	return mca->vendor == X86_VENDOR_AMD ||
	       mca->vendor == X86_VENDOR_HYGON;
}

static bool applies(int who, const struct ras_mca *mca)
{
	switch (who) {
	case AMD:
		return ras_mca_amd(mca);
	case INTEL_SER:
		return !ras_mca_amd(mca) && (mca->mcgcap & MCG_CAP_SER_P);
	default:
		return true;
	}
}

/**
 * ras_mca_severity - how bad a machine check is
 * @mca: registers
 * @why: the reason in words, may be NULL
 *
 * Return: severity.
 */
enum ras_severity ras_mca_severity(const struct ras_mca *mca, const char **why)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows) - 1; i++) {
		if (applies(rows[i].who, mca) &&
		    (mca->status & rows[i].mask) == rows[i].result &&
		    (mca->mcgstatus & rows[i].mcg_mask) == rows[i].mcg_result)
			break;
	}
	rows[i].hits++;
	if (why)
		*why = rows[i].why;
	return rows[i].severity;
}

static const struct {
	u64 bit;
	const char *name;
	int who;
} flags[] = {
	{ MCI_STATUS_VAL, "VAL", ANY },
	{ MCI_STATUS_OVER, "OVER", ANY },
	{ MCI_STATUS_UC, "UC", ANY },
	{ MCI_STATUS_EN, "EN", ANY },
	{ MCI_STATUS_MISCV, "MISCV", ANY },
	{ MCI_STATUS_ADDRV, "ADDRV", ANY },
	{ MCI_STATUS_PCC, "PCC", ANY },
	{ MCI_STATUS_S, "S", INTEL_SER },
	{ MCI_STATUS_AR, "AR", INTEL_SER },
	{ MCI_STATUS_TCC, "TCC", AMD },
	{ MCI_STATUS_SYNDV, "SYNDV", AMD },
	{ MCI_STATUS_DEFERRED, "DEFERRED", AMD },
	{ MCI_STATUS_POISON, "POISON", AMD },
};

/**
 * ras_mca_flags - print the flags that are set in MCi_STATUS
 * @mca: registers
 * @out: stream
 */
void ras_mca_flags(const struct ras_mca *mca, FILE *out)
{
	const char *sep = "";
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		if (!applies(flags[i].who, mca) ||
		    !(mca->status & flags[i].bit))
			continue;
		fprintf(out, "%s%s", sep, flags[i].name);
		sep = " ";
	}
}

/**
 * ras_mca_status_word - the part of MCi_STATUS that a word stands for
 * @word: a flag as ras_mca_flags() prints it, of any vendor, or an error code
 *        as ras_mca_code() does, such as RD_CHANNEL0_ERR; in any case
 * @status: result
 *
 * Return: 0 or -ENOENT.
 */
int ras_mca_status_word(const char *word, u64 *status)
{
	unsigned int i;
	u16 code;
	int err;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		if (strcasecmp(flags[i].name, word))
			continue;
		*status = flags[i].bit;
		return 0;
	}
	err = ras_mca_code_word(word, &code);
	if (!err)
		*status = code;
	return err;
}

/**
 * ras_mca_rows - number of rows in all decoding tables
 *
 * Return: number.
 */
unsigned int ras_mca_rows(void)
{
	return ARRAY_SIZE(rows) + ras_mca_code_rows();
}

/**
 * ras_mca_row - name of a row, and how often it was used
 * @row: 0 to ras_mca_rows() - 1
 * @hits: result
 *
 * Return: its text.
 */
const char *ras_mca_row(unsigned int row, unsigned int *hits)
{
	if (row >= ARRAY_SIZE(rows))
		return ras_mca_code_row(row - ARRAY_SIZE(rows), hits);
	*hits = rows[row].hits;
	return rows[row].why;
}
