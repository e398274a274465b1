// SPDX-License-Identifier: GPL-2.0
/*
 * A device, a PCI controller and, if asked for, a memory controller that report
 * errors when they are told to. Machines with a driver for theirs are rare, in
 * emulators there are none.
 *
 * In debugfs, edac_test/: a number written to device_ce, device_ue, pci_parity
 * or pci_nonparity makes so many errors, one after the other. With
 * edac_test.memory=1 each machine check about memory becomes an error of the
 * memory controller, graded as the drivers for real ones grade it.
 */
#include <linux/debugfs.h>
#include <linux/edac.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <asm/mce_edac.h>

#include "edac_device.h"
#include "edac_mc.h"
#include "edac_module.h"
#include "edac_pci.h"

#define EDAC_TEST_NAME	"edac_test"
/* For one write() */
#define EDAC_TEST_MAX	100000

static bool memory;
module_param(memory, bool, 0444);
MODULE_PARM_DESC(memory, "Be the memory controller that machine checks are about");

static struct platform_device *edac_test_platform;
static struct edac_device_ctl_info *edac_test_device;
static struct edac_pci_ctl_info *edac_test_pci;
static struct mem_ctl_info *edac_test_mci;
static struct dentry *edac_test_dir;

static void edac_test_device_ce(void)
{
	edac_device_handle_ce(edac_test_device, 0, 1, "test of a corrected error");
}

static void edac_test_device_ue(void)
{
	edac_device_handle_ue(edac_test_device, 0, 1, "test of an uncorrected error");
}

static void edac_test_pci_parity(void)
{
	edac_pci_handle_pe(edac_test_pci, "test of a parity error");
}

static void edac_test_pci_nonparity(void)
{
	edac_pci_handle_npe(edac_test_pci, "test of another error");
}

static const struct edac_test_file {
	const char	*name;
	void		(*raise)(void);
} edac_test_files[] = {
	{ "device_ce", edac_test_device_ce },
	{ "device_ue", edac_test_device_ue },
	{ "pci_parity", edac_test_pci_parity },
	{ "pci_nonparity", edac_test_pci_nonparity },
};

static int edac_test_raise(void *data, u64 nr)
{
	const struct edac_test_file *file = data;

	if (nr > EDAC_TEST_MAX)
		return -EINVAL;

	while (nr--) {
		file->raise();
		cond_resched();
	}
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(edac_test_fops, NULL, edac_test_raise, "%llu\n");

/* As the drivers of Intel's memory controllers do, but that no address is decoded */
static int edac_test_mce(struct notifier_block *nb, unsigned long val, void *data)
{
	struct mce *m = data;

	if (!mce_is_memory_error(m) || !(m->status & MCI_STATUS_ADDRV) ||
	    m->kflags & MCE_HANDLED_CEC)
		return NOTIFY_DONE;

	edac_mc_handle_error(mce_edac_type(m), edac_test_mci, 1, m->addr >> PAGE_SHIFT,
			     m->addr & ~PAGE_MASK, 0, 0, 0, -1, "test", "");
	m->kflags |= MCE_HANDLED_EDAC;
	return NOTIFY_OK;
}

static struct notifier_block edac_test_nb = {
	.notifier_call	= edac_test_mce,
	.priority	= MCE_PRIO_EDAC,
};

static int __init edac_test_add_device(void)
{
	int ret;

	edac_test_device = edac_device_alloc_ctl_info(0, "test", 1, "block", 2, 0,
						      edac_device_alloc_index());
	if (!edac_test_device)
		return -ENOMEM;

	edac_test_device->dev = &edac_test_platform->dev;
	edac_test_device->mod_name = EDAC_TEST_NAME;
	edac_test_device->ctl_name = "test device";
	edac_test_device->dev_name = dev_name(&edac_test_platform->dev);
	ret = edac_device_add_device(edac_test_device);
	if (ret)
		edac_device_free_ctl_info(edac_test_device);

	return ret ? -EIO : 0;
}

static void edac_test_del_device(void)
{
	edac_device_del_device(&edac_test_platform->dev);
	edac_device_free_ctl_info(edac_test_device);
}

static int __init edac_test_add_pci(void)
{
	int ret;

	edac_test_pci = edac_pci_alloc_ctl_info(0, EDAC_TEST_NAME);
	if (!edac_test_pci)
		return -ENOMEM;

	edac_test_pci->dev = &edac_test_platform->dev;
	edac_test_pci->mod_name = EDAC_TEST_NAME;
	edac_test_pci->ctl_name = "test controller";
	edac_test_pci->dev_name = dev_name(&edac_test_platform->dev);
	ret = edac_pci_add_device(edac_test_pci, edac_pci_alloc_index());
	if (ret)
		edac_pci_free_ctl_info(edac_test_pci);

	return ret ? -EIO : 0;
}

static void edac_test_del_pci(void)
{
	edac_pci_del_device(&edac_test_platform->dev);
	edac_pci_free_ctl_info(edac_test_pci);
}

static int __init edac_test_add_memory(void)
{
	struct edac_mc_layer layers[] = {
		{ .type = EDAC_MC_LAYER_CHANNEL, .size = 1 },
		{ .type = EDAC_MC_LAYER_SLOT, .size = 1 },
	};
	struct dimm_info *dimm;
	int ret;

	if (!memory)
		return 0;

	edac_test_mci = edac_mc_alloc(0, ARRAY_SIZE(layers), layers, 0);
	if (!edac_test_mci)
		return -ENOMEM;

	edac_test_mci->pdev = &edac_test_platform->dev;
	edac_test_mci->mod_name = EDAC_TEST_NAME;
	edac_test_mci->ctl_name = "test memory";
	edac_test_mci->dev_name = dev_name(&edac_test_platform->dev);
	dimm = edac_get_dimm(edac_test_mci, 0, 0, 0);
	dimm->nr_pages = 1;
	dimm->mtype = MEM_DDR4;
	dimm->grain = 64;
	ret = edac_mc_add_mc(edac_test_mci);
	if (ret) {
		edac_mc_free(edac_test_mci);
		return -EIO;
	}

	mce_register_decode_chain(&edac_test_nb);
	return 0;
}

static void edac_test_del_memory(void)
{
	if (!memory)
		return;

	mce_unregister_decode_chain(&edac_test_nb);
	edac_mc_del_mc(&edac_test_platform->dev);
	edac_mc_free(edac_test_mci);
}

static int __init edac_test_init(void)
{
	int ret, i;

	edac_test_platform = platform_device_register_simple(EDAC_TEST_NAME, -1, NULL, 0);
	if (IS_ERR(edac_test_platform))
		return PTR_ERR(edac_test_platform);

	ret = edac_test_add_device();
	if (ret)
		goto no_device;
	ret = edac_test_add_pci();
	if (ret)
		goto no_pci;
	ret = edac_test_add_memory();
	if (ret)
		goto no_memory;

	edac_test_dir = debugfs_create_dir(EDAC_TEST_NAME, NULL);
	for (i = 0; i < ARRAY_SIZE(edac_test_files); i++)
		debugfs_create_file_unsafe(edac_test_files[i].name, 0200, edac_test_dir,
					   (void *)&edac_test_files[i], &edac_test_fops);
	return 0;

no_memory:
	edac_test_del_pci();
no_pci:
	edac_test_del_device();
no_device:
	platform_device_unregister(edac_test_platform);
	return ret;
}
module_init(edac_test_init);

static void __exit edac_test_exit(void)
{
	debugfs_remove_recursive(edac_test_dir);
	edac_test_del_memory();
	edac_test_del_pci();
	edac_test_del_device();
	platform_device_unregister(edac_test_platform);
}
module_exit(edac_test_exit);

MODULE_DESCRIPTION("EDAC devices that report errors when told to");
MODULE_LICENSE("GPL");
