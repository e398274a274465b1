// SPDX-License-Identifier: GPL-2.0
/*
 * PCIe errors injected through a perf event, ras:aer_event: as if firmware had
 * reported them, with the recovery that this entails.
 */
#include <linux/aer.h>
#include <linux/bitops.h>
#include <linux/init.h>
#include <linux/pci.h>
#include <linux/perf_inject.h>

#include "../pci.h"

struct aer_perf_record {
	u32	status;
	u8	severity;
	u32	tlp_header[4];
};

#define AER_FIELD(name) PERF_INJECT_FIELD(#name, struct aer_perf_record, name)

static const struct perf_inject_field aer_fields[] = {
	AER_FIELD(status),
	AER_FIELD(severity),
	AER_FIELD(tlp_header),
};

/* With a reference; pci_dev_put() */
static struct pci_dev *aer_perf_dev(const char *name)
{
	struct device *dev;

	if (!name)
		return NULL;

	dev = bus_find_device_by_name(&pci_bus_type, NULL, name);
	return dev ? to_pci_dev(dev) : NULL;
}

/*
 * Whether the header log is valid follows from the status. A fatal error resets
 * the link below the port; that harms the devices there, not the machine.
 *
 * Context: process.
 */
static int aer_perf_inject(const struct perf_inject_record *rec)
{
	struct aer_capability_regs regs = { };
	struct aer_perf_record r;
	struct pci_dev *dev;
	int ret;

	ret = perf_inject_copy_fields(rec, &r, aer_fields, ARRAY_SIZE(aer_fields));
	if (ret)
		return ret;

	/* A fatal error may leave a device from which no status can be read. */
	if (r.severity > AER_CORRECTABLE || (!r.status && r.severity != AER_FATAL))
		return -EINVAL;

	dev = aer_perf_dev(perf_inject_string(rec, "dev_name"));
	if (!dev)
		return -ENODEV;

	if (!pci_is_pcie(dev) || !dev->aer_cap) {
		ret = -ENODEV;
	} else {
		if (r.severity == AER_CORRECTABLE)
			regs.cor_status = r.status;
		else
			regs.uncor_status = r.status;
		if (r.severity == AER_FATAL)
			regs.uncor_severity = r.status;
		/* With one error, it is also the first. */
		if (r.severity != AER_CORRECTABLE && r.status)
			regs.cap_control = __ffs(r.status);
		memcpy(&regs.header_log, r.tlp_header, sizeof(r.tlp_header));

		pci_print_aer(dev, r.severity, &regs);
		aer_do_recovery(dev, r.severity);
	}
	pci_dev_put(dev);

	return ret;
}

static struct perf_inject_ops aer_inject_ops = {
	.system	= "ras",
	.name	= "aer_event",
	.level	= PERF_INJECT_DRIVER,
	.inject	= aer_perf_inject,
};

static int __init aer_perf_inject_init(void)
{
	return perf_inject_register(&aer_inject_ops);
}
late_initcall(aer_perf_inject_init);
