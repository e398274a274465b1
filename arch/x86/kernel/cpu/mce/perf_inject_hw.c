// SPDX-License-Identifier: GPL-2.0
/*
 * Machine checks injected through a perf event, mce:mce_record, into the banks
 * of the CPU. What is written there is settled here; it is written by the driver
 * that does so for debugfs, too, inject.c.
 */
#include <linux/export.h>
#include <linux/panic.h>
#include <linux/perf_inject.h>
#include <linux/printk.h>

#include <asm/segment.h>

#include "internal.h"

/*
 * Is the status one that hardware could have written? What goes with an error
 * that is not uncorrected needs UC.
 *
 * Intel SDM 3B (253669), 16.3.2.2 and 16.6.2; AMD PPR, MCA_STATUS.
 */
static bool mce_perf_consistent(const struct mce *m)
{
	u64 uc_only = MCI_STATUS_PCC;

	if (mca_cfg.ser)
		uc_only |= MCI_STATUS_S | MCI_STATUS_AR;
	/* Action is required of an error that was signalled. */
	if (mca_cfg.ser && m->status & MCI_STATUS_AR && !(m->status & MCI_STATUS_S))
		return false;

	return m->status & MCI_STATUS_UC || !(m->status & uc_only);
}

/*
 * What a poll finds, as machine_check_poll() sees it: corrected and deferred
 * errors, and uncorrected ones that no exception tells of (UCNA).
 */
static bool mce_perf_polled(const struct mce *m)
{
	if (!(m->status & MCI_STATUS_UC))
		return true;
	if (!mca_cfg.ser)
		return false;

	return !(m->status & MCI_STATUS_EN) ||
	       !(m->status & (MCI_STATUS_PCC | MCI_STATUS_S));
}

/* What the exception would make of it, striking the kernel as it does here */
static bool mce_perf_panics(const struct mce *m)
{
	struct mce copy = *m;
	char *msg;

	copy.cs = __KERNEL_CS;
	copy.ip = 0;
	return mce_severity(&copy, NULL, &msg, true) >= MCE_PANIC_SEVERITY;
}

/*
 * What the record says, if it says anything. An exception is raised on that CPU
 * alone. Where the CPUs wait for each other in the handler, they must be told
 * that it is a local one (MCG_STATUS.LMCES).
 */
static u64 mce_perf_mcgstatus(const struct mce *m)
{
	u64 mcgstatus = m->mcgstatus | MCG_STATUS_MCIP;

	if (!m->mcgstatus && !(m->status & MCI_STATUS_PCC))
		mcgstatus |= MCG_STATUS_RIPV;
	if (m->cpuvendor == X86_VENDOR_INTEL || m->cpuvendor == X86_VENDOR_ZHAOXIN)
		mcgstatus |= MCG_STATUS_LMCES;

	return mcgstatus;
}

/* The driver's, while it is registered */
static int (*mce_perf_hw)(struct mce *m, bool poll);

/* Context: process, may sleep. */
static int mce_perf_inject_hw(const struct perf_inject_record *rec)
{
	struct mce m;
	bool polled;
	int ret;

	ret = mce_perf_record(rec, &m);
	if (ret)
		return ret;

	if (!mce_perf_consistent(&m))
		return -EINVAL;

	polled = mce_perf_polled(&m);
	m.mcgstatus = polled ? 0 : mce_perf_mcgstatus(&m);
	if (!polled && !(m.status & MCI_STATUS_EN))
		return -EINVAL;
	if (!polled && !rec->fatal && mce_perf_panics(&m))
		return -ECANCELED;

	add_taint(TAINT_USER, LOCKDEP_STILL_OK);
	return mce_perf_hw(&m, polled);
}

static struct perf_inject_ops mce_inject_hw_ops = {
	.system	= "mce",
	.name	= "mce_record",
	.level	= PERF_INJECT_HARDWARE,
	.inject	= mce_perf_inject_hw,
};

/**
 * mce_perf_hw_register - offer machine checks in the banks
 * @inject: writes @m into its bank, on CPU m->extcpu, and has it found, by a
 *	    poll or by an exception. Process context, may sleep. Returns when
 *	    the handler has; 0; -EINVAL if the CPU has no such bank; -ENODEV if
 *	    the CPU is offline or the bank is not populated; -EIO if the hardware
 *	    does not take it, its registers being as they were.
 *
 * Context: process.
 */
void mce_perf_hw_register(int (*inject)(struct mce *m, bool poll))
{
	mce_perf_hw = inject;
	if (perf_inject_register(&mce_inject_hw_ops))
		pr_warn("no injection into banks through perf\n");
}
EXPORT_SYMBOL_GPL(mce_perf_hw_register);

/**
 * mce_perf_hw_unregister - withdraw them
 *
 * Context: process, may sleep. When it returns, the driver is not called.
 */
void mce_perf_hw_unregister(void)
{
	perf_inject_unregister(&mce_inject_hw_ops);
}
EXPORT_SYMBOL_GPL(mce_perf_hw_unregister);
