// SPDX-License-Identifier: GPL-2.0
/* What a rule may do to a CPU that fails, see Documentation/ras/actions.rst. */
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/perf_action.h>

/* Context: process. */
static int cpu_action_offline(const struct perf_action_call *call)
{
	int ret;

	if (call->value >= nr_cpu_ids || !cpu_possible(call->value) ||
	    !get_cpu_device(call->value))
		return -ENXIO;
	if (!cpu_online(call->value))
		return -EALREADY;

	ret = remove_cpu(call->value);

	return ret > 0 ? -EALREADY : ret;
}

/* Whoever took them offline, and why: with nosmt, half of them. */
static void cpu_action_usage(u64 *gone, u64 *all)
{
	*all = num_present_cpus();
	*gone = *all - num_online_cpus();
}

static const struct perf_action cpu_action = {
	.name		= "cpu-offline",
	.kind		= PERF_ACTION_CPU,
	.may_sleep	= true,
	.cap		= 250,
	.run		= cpu_action_offline,
	.usage		= cpu_action_usage,
	.owner		= THIS_MODULE,
};

static int __init cpu_action_init(void)
{
	return perf_action_register(&cpu_action);
}
pure_initcall(cpu_action_init);
