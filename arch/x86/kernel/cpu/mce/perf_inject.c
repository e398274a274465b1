// SPDX-License-Identifier: GPL-2.0
/*
 * Machine checks injected through a perf event, mce:mce_record: as if
 * machine_check_poll() had found them in a bank. perf_inject_hw.c puts them
 * there.
 */
#include <linux/cpumask.h>
#include <linux/init.h>
#include <linux/perf_inject.h>
#include <linux/smp.h>

#include "internal.h"

/*
 * What a bank and the machine check itself say. Who the CPU is (vendor,
 * model, APIC id, microcode, PPIN) is known better here.
 */
static const struct perf_inject_field mce_fields[] = {
	PERF_INJECT_FIELD("mcgstatus",	struct mce, mcgstatus),
	PERF_INJECT_FIELD("status",	struct mce, status),
	PERF_INJECT_FIELD("addr",	struct mce, addr),
	PERF_INJECT_FIELD("misc",	struct mce, misc),
	PERF_INJECT_FIELD("synd",	struct mce, synd),
	PERF_INJECT_FIELD("ipid",	struct mce, ipid),
	PERF_INJECT_FIELD("ip",		struct mce, ip),
	PERF_INJECT_FIELD("tsc",	struct mce, tsc),
	PERF_INJECT_FIELD("cpu",	struct mce, extcpu),
	PERF_INJECT_FIELD("cs",		struct mce, cs),
	PERF_INJECT_FIELD("bank",	struct mce, bank),
};

/**
 * mce_perf_record - the machine check that a record tells of
 * @rec: the record, of mce:mce_record
 * @m:	 filled in, but for the severity
 *
 * Context: process.
 * Return: 0; -EINVAL if the status is not valid or there is no such bank or CPU.
 */
int mce_perf_record(const struct perf_inject_record *rec, struct mce *m)
{
	int ret;

	mce_prep_record_common(m);
	ret = perf_inject_copy_fields(rec, m, mce_fields, ARRAY_SIZE(mce_fields));
	if (ret)
		return ret;

	if (!(m->status & MCI_STATUS_VAL) || m->bank >= MAX_NR_BANKS ||
	    m->extcpu >= nr_cpu_ids || !cpu_possible(m->extcpu))
		return -EINVAL;

	mce_prep_record_per_cpu(m->extcpu, m);
	return 0;
}

static void mce_perf_log(void *m)
{
	mce_log(m);
}

/*
 * Through mce_log() and the decode chain, with all that follows from it: a
 * record of a deferred or action optional error with a usable address takes
 * the page out of service. The severity is the one of a polled bank, so that
 * nothing panics.
 *
 * Context: process.
 */
static int mce_perf_inject(const struct perf_inject_record *rec)
{
	struct mce m;
	int ret;

	ret = mce_perf_record(rec, &m);
	if (ret)
		return ret;

	m.severity = mce_severity(&m, NULL, NULL, false);
	/* A CPU reports its own errors; one that is offline has no say. */
	if (smp_call_function_single(m.extcpu, mce_perf_log, &m, true))
		mce_log(&m);

	return 0;
}

static struct perf_inject_ops mce_inject_ops = {
	.system	= "mce",
	.name	= "mce_record",
	.level	= PERF_INJECT_DRIVER,
	.inject	= mce_perf_inject,
};

static int __init mce_perf_inject_init(void)
{
	return perf_inject_register(&mce_inject_ops);
}
late_initcall(mce_perf_inject_init);
