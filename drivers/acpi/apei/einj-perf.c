// SPDX-License-Identifier: GPL-2.0
/*
 * Errors injected through a perf event into the platform, by EINJ: memory
 * errors at an address, ras:mc_event, and PCIe errors of a device,
 * ras:aer_event. How the platform then reports them is its own affair.
 *
 * ACPI 6.5, 18.6 Error Injection; the types are of table 18.30.
 */
#include <linux/acpi.h>
#include <linux/aer.h>
#include <linux/edac.h>
#include <linux/mm.h>
#include <linux/panic.h>
#include <linux/perf_inject.h>

#include "apei-internal.h"

struct einj_memory_record {
	unsigned int	error_type;
	long		address;
};

static const struct perf_inject_field einj_memory_fields[] = {
	PERF_INJECT_FIELD("error_type", struct einj_memory_record, error_type),
	PERF_INJECT_FIELD("address", struct einj_memory_record, address),
};

struct einj_pcie_record {
	u8	severity;
};

static const struct perf_inject_field einj_pcie_fields[] = {
	PERF_INJECT_FIELD("severity", struct einj_pcie_record, severity),
};

/* A type that the platform has, with what it is about */
static int einj_perf_do(const struct perf_inject_record *rec, u32 type, bool fatal,
			u64 param1, u64 param2)
{
	if (fatal && !rec->fatal)
		return -ECANCELED;
	if (einj_validate_error_type(type))
		return -ENODEV;

	add_taint(TAINT_USER, LOCKDEP_STILL_OK);
	return einj_error_inject(type, 0, param1, param2, 0, 0);
}

/* Context: process, may sleep. */
static int einj_perf_memory(const struct perf_inject_record *rec)
{
	struct einj_memory_record r;
	int ret;

	ret = perf_inject_copy_fields(rec, &r, einj_memory_fields,
				      ARRAY_SIZE(einj_memory_fields));
	if (ret)
		return ret;

	switch (r.error_type) {
	case HW_EVENT_ERR_CORRECTED:
		return einj_perf_do(rec, ACPI_EINJ_MEMORY_CORRECTABLE, false, r.address,
				    PAGE_MASK);
	case HW_EVENT_ERR_UNCORRECTED:
		return einj_perf_do(rec, ACPI_EINJ_MEMORY_UNCORRECTABLE, false, r.address,
				    PAGE_MASK);
	case HW_EVENT_ERR_FATAL:
		return einj_perf_do(rec, ACPI_EINJ_MEMORY_FATAL, true, r.address, PAGE_MASK);
	default:
		return -EINVAL;
	}
}

/* Segment, bus, device and function, as EINJ wants them: table 18.31 */
static int einj_perf_sbdf(const char *name, u32 *sbdf)
{
	unsigned int segment, bus, device, function;

	if (!name || sscanf(name, "%x:%x:%x.%x", &segment, &bus, &device, &function) != 4 ||
	    segment > 0xff || bus > 0xff || device > 0x1f || function > 7)
		return -EINVAL;

	*sbdf = segment << 24 | bus << 16 | device << 11 | function << 8;
	return 0;
}

/* Context: process, may sleep. */
static int einj_perf_pcie(const struct perf_inject_record *rec)
{
	struct einj_pcie_record r;
	u32 sbdf;
	int ret;

	ret = perf_inject_copy_fields(rec, &r, einj_pcie_fields, ARRAY_SIZE(einj_pcie_fields));
	if (ret)
		return ret;

	ret = einj_perf_sbdf(perf_inject_string(rec, "dev_name"), &sbdf);
	if (ret)
		return ret;

	switch (r.severity) {
	case AER_CORRECTABLE:
		return einj_perf_do(rec, ACPI_EINJ_PCIX_CORRECTABLE, false, sbdf, 0);
	case AER_NONFATAL:
		return einj_perf_do(rec, ACPI_EINJ_PCIX_UNCORRECTABLE, false, sbdf, 0);
	case AER_FATAL:
		return einj_perf_do(rec, ACPI_EINJ_PCIX_FATAL, true, sbdf, 0);
	default:
		return -EINVAL;
	}
}

static struct perf_inject_ops einj_memory_ops = {
	.system	= "ras",
	.name	= "mc_event",
	.level	= PERF_INJECT_HARDWARE,
	.inject	= einj_perf_memory,
};

static struct perf_inject_ops einj_pcie_ops = {
	.system	= "ras",
	.name	= "aer_event",
	.level	= PERF_INJECT_HARDWARE,
	.inject	= einj_perf_pcie,
};

/**
 * einj_perf_init - offer what the platform can inject
 *
 * Context: process. EINJ is ready.
 */
void einj_perf_init(void)
{
	if (perf_inject_register(&einj_memory_ops) || perf_inject_register(&einj_pcie_ops))
		pr_warn("EINJ: no injection through perf\n");
}

/**
 * einj_perf_exit - withdraw it
 *
 * Context: process.
 */
void einj_perf_exit(void)
{
	perf_inject_unregister(&einj_memory_ops);
	perf_inject_unregister(&einj_pcie_ops);
}
