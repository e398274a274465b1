// SPDX-License-Identifier: GPL-2.0
/* What EDAC is to call an error that a machine check reported. */
#include <linux/export.h>
#include <asm/mce_edac.h>

#include "internal.h"

/**
 * mce_edac_type - the severity of a machine check in the words of EDAC
 * @m: the machine check, as it is handed to the decode chain
 *
 * Goes by the grade that the machine check code gave it when it was found. One
 * that was not graded, because it was injected, is so now, as if found by polling.
 *
 * Source: Intel SDM volume 3B, 16.6.3 "UCR Error Classification", through the
 * table of severity.c; for AMD the deferred bit, APM volume 2, 9.3.2.1.
 *
 * Context: any.
 * Return: HW_EVENT_ERR_CORRECTED, _DEFERRED (data is bad but nobody used it),
 * _UNCORRECTED or _FATAL.
 */
enum hw_event_mc_err_type mce_edac_type(const struct mce *m)
{
	int severity = m->severity;
	struct mce copy;

	if (severity == MCE_NO_SEVERITY) {
		copy = *m;
		severity = mce_severity(&copy, NULL, NULL, false);
	}

	switch (severity) {
	case MCE_PANIC_SEVERITY:
		return HW_EVENT_ERR_FATAL;
	case MCE_AO_SEVERITY:
	case MCE_UC_SEVERITY:
	case MCE_AR_SEVERITY:
		return HW_EVENT_ERR_UNCORRECTED;
	case MCE_DEFERRED_SEVERITY:
		return HW_EVENT_ERR_DEFERRED;
	default:
		return m->status & MCI_STATUS_UC ? HW_EVENT_ERR_UNCORRECTED :
						   HW_EVENT_ERR_CORRECTED;
	}
}
EXPORT_SYMBOL_GPL(mce_edac_type);
