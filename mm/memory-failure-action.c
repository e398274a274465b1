// SPDX-License-Identifier: GPL-2.0
/* What a rule may do to a page that fails, see Documentation/ras/actions.rst. */
#include <linux/init.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/perf_action.h>

#include "internal.h"

/* Of no page, if the address is that of none: with 32 bits it may be too large. */
static unsigned long memory_action_pfn(const struct perf_action_call *call)
{
	u64 pfn = call->value >> PAGE_SHIFT;

	return pfn > ULONG_MAX ? ULONG_MAX : pfn;
}

/* The page's data is moved; nobody notices. Obeys vm.enable_soft_offline. Context: process. */
static int memory_action_soft_offline(const struct perf_action_call *call)
{
	return soft_offline_page(memory_action_pfn(call), 0);
}

/*
 * The page's data is given up. With vm.memory_failure_recovery off that would
 * be a panic, which nobody asked for. Context: process.
 */
static int memory_action_hard_offline(const struct perf_action_call *call)
{
	if (!sysctl_memory_failure_recovery)
		return -ECANCELED;

	return memory_failure(memory_action_pfn(call), 0);
}

/*
 * The processes that map the page get SIGBUS with BUS_MCEERR_AO, whether they
 * have asked for it or not; the page stays. Context: process.
 */
static int memory_action_kill_users(const struct perf_action_call *call)
{
	unsigned long pfn = memory_action_pfn(call);
	struct page *page = pfn_to_online_page(pfn);
	LIST_HEAD(users);
	struct folio *folio;
	bool any;

	if (!page)
		return -ENXIO;

	folio = page_folio(page);
	if (!folio_try_get(folio))
		return -ESRCH;

	/* What nobody maps may be anything, and its lock another's. */
	if (folio_mapped(folio)) {
		folio_lock(folio);
		/* It may have become another's before we had it. */
		if (page_folio(page) == folio && folio_mapped(folio))
			collect_procs(folio, page, &users, MF_COLLECT_ALL);
		folio_unlock(folio);
	}

	any = !list_empty(&users);
	kill_procs(&users, true, pfn, 0);
	folio_put(folio);

	return any ? 0 : -ESRCH;
}

/* Whoever took the pages away; as HardwareCorrupted in /proc/meminfo */
static void memory_action_usage(u64 *gone, u64 *all)
{
	*gone = atomic_long_read(&num_poisoned_pages);
	*all = totalram_pages();
}

/* Of the memory, one percent: a DIMM that loses more wants to be replaced. */
#define MEMORY_ACTION_CAP	10

static const struct perf_action memory_actions[] = {
	{
		.name		= "soft-offline",
		.kind		= PERF_ACTION_PHYS,
		.may_sleep	= true,
		.cap		= MEMORY_ACTION_CAP,
		.run		= memory_action_soft_offline,
		.usage		= memory_action_usage,
		.owner		= THIS_MODULE,
	},
	{
		.name		= "hard-offline",
		.kind		= PERF_ACTION_PHYS,
		.may_sleep	= true,
		.cap		= MEMORY_ACTION_CAP,
		.run		= memory_action_hard_offline,
		.usage		= memory_action_usage,
		.owner		= THIS_MODULE,
	},
	{
		.name		= "kill-users",
		.kind		= PERF_ACTION_PHYS,
		.may_sleep	= true,
		.run		= memory_action_kill_users,
		.owner		= THIS_MODULE,
	},
};

static int __init memory_action_init(void)
{
	int i, ret = 0;

	for (i = 0; i < ARRAY_SIZE(memory_actions) && !ret; i++)
		ret = perf_action_register(&memory_actions[i]);

	return ret;
}
pure_initcall(memory_action_init);
