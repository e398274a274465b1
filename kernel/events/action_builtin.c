// SPDX-License-Identifier: GPL-2.0
/* Actions that belong to no subsystem: say so, and stop. */
#define pr_fmt(fmt) "perf: action: " fmt

#include <linux/init.h>
#include <linux/module.h>
#include <linux/panic.h>
#include <linux/perf_action.h>
#include <linux/printk.h>

/* Context: hard interrupt. A flood of them costs a rule of "after N/T". */
static int perf_action_log(const struct perf_action_call *call)
{
	pr_notice_ratelimited("rule %u of %s: 0x%llx\n", call->rule, call->source, call->value);
	return 0;
}

static int perf_action_panic(const struct perf_action_call *call)
{
	panic("perf: action: rule %u of %s: 0x%llx", call->rule, call->source, call->value);
}

static const struct perf_action perf_action_builtin[] = {
	{ .name = "log", .run = perf_action_log, .owner = THIS_MODULE },
	{ .name = "panic", .run = perf_action_panic, .owner = THIS_MODULE },
};

static int __init perf_action_builtin_init(void)
{
	int i, ret = 0;

	for (i = 0; i < ARRAY_SIZE(perf_action_builtin) && !ret; i++)
		ret = perf_action_register(&perf_action_builtin[i]);

	return ret;
}
pure_initcall(perf_action_builtin_init);
