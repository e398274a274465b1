// SPDX-License-Identifier: GPL-2.0
/*
 * What is captured from the start, and into which set: what tells that the
 * hardware, the kernel, a task or a device is failing. A new event of errors
 * needs a line here, and one in Documentation/ras/events.rst.
 */
#include <linux/build_bug.h>
#include <linux/kconfig.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "persistent.h"

#define HARDWARE(_system, _tracepoint, _driver, _severity, ...)		\
	{ .system = _system, .tracepoint = _tracepoint,			\
	  .set = PERF_PERSISTENT_RAS, .driver = _driver,		\
	  .severity = _severity, __VA_ARGS__ }

#define SOFTWARE(_tracepoint, _driver, _severity)			\
	{ .system = "ras", .tracepoint = _tracepoint,			\
	  .set = PERF_PERSISTENT_SOFTWARE, .driver = _driver,		\
	  .severity = _severity }

#define TASKS(_system, _tracepoint, _driver, _severity, ...)		\
	{ .system = _system, .tracepoint = _tracepoint,			\
	  .set = PERF_PERSISTENT_TASKS, .driver = _driver,		\
	  .severity = _severity, __VA_ARGS__ }

/* Of a subsystem that may be built as a module and be loaded later */
#define DEVICES(_config, _system, _tracepoint, _severity)		\
	{ .system = _system, .tracepoint = _tracepoint,			\
	  .set = PERF_PERSISTENT_DEVICES, .driver = _system,		\
	  .severity = _severity, .later = IS_MODULE(_config) }

const struct perf_persistent_default perf_persistent_defaults[] = {
	HARDWARE("mce", "mce_record", "mce", "corrected-fatal"),
	HARDWARE("mce", "mce_filtered", "mce", "info"),
	HARDWARE("ras", "mc_event", "edac", "corrected-fatal"),
	HARDWARE("ras", "edac_device_event", "edac_device", "corrected-uncorrected"),
	HARDWARE("ras", "edac_pci_event", "edac_pci", "uncorrected"),
	HARDWARE("ras", "aer_event", "aer", "corrected-fatal"),
	HARDWARE("ras", "non_standard_event", "ghes", "info-fatal"),
	HARDWARE("ras", "extlog_mem_event", "acpi_extlog", "corrected-fatal"),
	HARDWARE("ras", "cper_event", "bert ghes", "info-fatal"),
	HARDWARE("ras", "memory_failure_event", "memory-failure", "recovered-uncorrected"),
	HARDWARE("ras", "memory_failure_task", "memory-failure", "recovered-uncorrected"),
	HARDWARE("ras", "page_offline", "memory-failure", "corrected-uncorrected"),
	HARDWARE("ras", "cec_event", "cec", "info-corrected"),
	HARDWARE("ras", "iommu_fault", "iommu", "uncorrected"),
	HARDWARE("ras", "cpu_throttle", "therm_throt", "info-corrected"),

	SOFTWARE("soft_lockup", "watchdog", "uncorrected"),
	SOFTWARE("hard_lockup", "watchdog", "uncorrected"),
	SOFTWARE("rcu_stall", "rcu", "uncorrected"),
	SOFTWARE("hung_task", "hung_task", "uncorrected"),
	SOFTWARE("kernel_warning", "panic", "recovered"),
	SOFTWARE("kernel_oops", "oops", "uncorrected"),
	SOFTWARE("kernel_panic", "panic", "fatal"),

	/* That somebody is killed or interrupted on purpose is no error. */
	TASKS("ras", "fatal_signal", "signal", "uncorrected", .filter = "severity > 0"),
	TASKS("oom", "mark_victim", "oom", "uncorrected"),

	/* As many as the rules want, that of a dry run at every event among them */
	{ .system = "ras", .tracepoint = "action", .set = PERF_PERSISTENT_ACTIONS,
	  .driver = "action", .severity = "info-recovered" },

	DEVICES(CONFIG_BLOCK, "block", "block_rq_error", "uncorrected"),
	DEVICES(CONFIG_SCSI, "scsi", "scsi_dispatch_cmd_timeout", "uncorrected"),
	DEVICES(CONFIG_ATA, "libata", "ata_eh_link_autopsy", "uncorrected"),
	DEVICES(CONFIG_NVME_CORE, "nvme", "nvme_async_event", "uncorrected"),
	DEVICES(CONFIG_NET_DEVLINK, "devlink", "devlink_hwerr", "uncorrected"),
	DEVICES(CONFIG_NET_DEVLINK, "devlink", "devlink_health_report", "uncorrected"),
	DEVICES(CONFIG_CXL_BUS, "cxl", "cxl_aer_correctable_error", "corrected"),
	DEVICES(CONFIG_CXL_BUS, "cxl", "cxl_aer_uncorrectable_error", "uncorrected"),
	DEVICES(CONFIG_CXL_BUS, "cxl", "cxl_overflow", "uncorrected"),
	DEVICES(CONFIG_CXL_BUS, "cxl", "cxl_generic_event", "info-fatal"),
	DEVICES(CONFIG_CXL_BUS, "cxl", "cxl_general_media", "info-fatal"),
	DEVICES(CONFIG_CXL_BUS, "cxl", "cxl_dram", "info-fatal"),
	DEVICES(CONFIG_CXL_BUS, "cxl", "cxl_memory_module", "info-fatal"),
	DEVICES(CONFIG_CXL_BUS, "cxl", "cxl_poison", "uncorrected"),
	DEVICES(CONFIG_THERMAL, "thermal", "thermal_zone_trip", "info-fatal"),
};

const unsigned int perf_persistent_nr_defaults = ARRAY_SIZE(perf_persistent_defaults);
static_assert(ARRAY_SIZE(perf_persistent_defaults) <= PERF_PERSISTENT_DEFAULTS_MAX);

/* As small as what they are for lets them be: a flood of one shall not cost much memory. */
static const struct {
	const char	*set;
	unsigned int	data_pages;
} perf_persistent_default_sets[] = {
	{ PERF_PERSISTENT_RAS, PERF_PERSISTENT_DATA_PAGES },
	{ PERF_PERSISTENT_SOFTWARE, 2 },
	{ PERF_PERSISTENT_TASKS, 1 },
	{ PERF_PERSISTENT_DEVICES, 2 },
	{ PERF_PERSISTENT_ACTIONS, 2 },
};

/**
 * perf_persistent_default_pages - the size of a set of the defaults
 * @set: its name
 *
 * Return: data pages per CPU; 0 if the set is not one of those, and anybody may
 * have it.
 */
unsigned int perf_persistent_default_pages(const char *set)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(perf_persistent_default_sets); i++)
		if (!strcmp(perf_persistent_default_sets[i].set, set))
			return perf_persistent_default_sets[i].data_pages;

	return 0;
}

/**
 * perf_persistent_default_find - what is known about an event
 * @system:	its trace system; NULL for any
 * @tracepoint:	its name
 *
 * Return: its entry, or NULL if it is not one of the defaults.
 */
const struct perf_persistent_default *perf_persistent_default_find(const char *system,
								   const char *tracepoint)
{
	const struct perf_persistent_default *def;
	int i;

	for (i = 0; i < ARRAY_SIZE(perf_persistent_defaults); i++) {
		def = &perf_persistent_defaults[i];
		if (!strcmp(def->tracepoint, tracepoint) &&
		    (!system || !strcmp(def->system, system)))
			return def;
	}

	return NULL;
}
