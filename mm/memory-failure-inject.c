// SPDX-License-Identifier: GPL-2.0
/*
 * Memory failures injected through a perf event, ras:memory_failure_event: as
 * if a machine check or firmware had reported the page, but for the hardware
 * being in order.
 */
#include <linux/init.h>
#include <linux/mm.h>
#include <linux/perf_inject.h>

#include "internal.h"

struct memory_failure_record {
	unsigned long pfn;
};

static const struct perf_inject_field memory_failure_fields[] = {
	PERF_INJECT_FIELD("pfn", struct memory_failure_record, pfn),
};

/*
 * What the page is and what becomes of it is for memory_failure() to find out:
 * that it could not be saved is what the event then says, not an error here.
 *
 * Context: process.
 */
static int memory_failure_inject(const struct perf_inject_record *rec)
{
	struct memory_failure_record r;
	int ret;

	ret = perf_inject_copy_fields(rec, &r, memory_failure_fields,
				      ARRAY_SIZE(memory_failure_fields));
	if (ret)
		return ret;

	if (!pfn_valid(r.pfn) || !pfn_to_online_page(r.pfn))
		return -ENXIO;
	if (!sysctl_memory_failure_recovery && !rec->fatal)
		return -ECANCELED;

	switch (memory_failure(r.pfn, MF_SW_SIMULATED)) {
	case -ENXIO:
		return -ENXIO;
	case -EOPNOTSUPP:	/* hwpoison_filter() */
		return -EBUSY;
	default:
		return 0;
	}
}

static struct perf_inject_ops memory_failure_inject_ops = {
	.system	= "ras",
	.name	= "memory_failure_event",
	.level	= PERF_INJECT_DRIVER,
	.inject	= memory_failure_inject,
};

static int __init memory_failure_inject_init(void)
{
	return perf_inject_register(&memory_failure_inject_ops);
}
late_initcall(memory_failure_inject_init);
