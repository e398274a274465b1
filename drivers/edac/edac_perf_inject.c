// SPDX-License-Identifier: GPL-2.0
/*
 * Memory errors injected through a perf event, ras:mc_event: as if the driver
 * of the controller had found them.
 */
#include <linux/device.h>
#include <linux/edac.h>
#include <linux/init.h>
#include <linux/mm.h>
#include <linux/perf_inject.h>
#include <linux/string.h>

#include "edac_mc.h"
#include "edac_module.h"

/* Of a message; what is longer is cut. */
#define EDAC_PERF_TEXT	256

/* What a driver tells EDAC of an error; label and grain EDAC knows by itself. */
struct edac_perf_record {
	unsigned int	error_type;
	u16		error_count;
	u8		mc_index;
	s8		top_layer;
	s8		middle_layer;
	s8		lower_layer;
	long		address;
	long		syndrome;
};

#define EDAC_FIELD(name) PERF_INJECT_FIELD(#name, struct edac_perf_record, name)

static const struct perf_inject_field edac_fields[] = {
	EDAC_FIELD(error_type),
	EDAC_FIELD(error_count),
	EDAC_FIELD(mc_index),
	EDAC_FIELD(top_layer),
	EDAC_FIELD(middle_layer),
	EDAC_FIELD(lower_layer),
	EDAC_FIELD(address),
	EDAC_FIELD(syndrome),
};

/* With a reference; put_device(&mci->dev) */
static struct mem_ctl_info *edac_perf_mci(u8 index)
{
	struct device *parent, *dev;
	char name[8];

	/* Controllers are on no bus, but below the device "mc" of EDAC's. */
	parent = bus_find_device_by_name(edac_get_sysfs_subsys(), NULL, "mc");
	if (!parent)
		return NULL;

	snprintf(name, sizeof(name), "mc%u", index);
	dev = device_find_child_by_name(parent, name);
	put_device(parent);

	return dev ? to_mci(dev) : NULL;
}

/* -1 says that the layer is not known, and so does that there is none. */
static bool edac_perf_layers_valid(const struct mem_ctl_info *mci,
				   const struct edac_perf_record *r)
{
	const int pos[EDAC_MAX_LAYERS] = { r->top_layer, r->middle_layer, r->lower_layer };
	int i;

	for (i = 0; i < EDAC_MAX_LAYERS; i++)
		if (pos[i] < -1 || pos[i] >= (i < mci->n_layers ? (int)mci->layers[i].size : 0))
			return false;

	return true;
}

/* Context: process. */
static int edac_perf_inject(const struct perf_inject_record *rec)
{
	/* EDAC's descriptor of an error keeps pointing at them. One injects at a time. */
	static char msg[EDAC_PERF_TEXT], detail[EDAC_PERF_TEXT];
	struct edac_perf_record r;
	struct mem_ctl_info *mci;
	int ret;

	ret = perf_inject_copy_fields(rec, &r, edac_fields, ARRAY_SIZE(edac_fields));
	if (ret)
		return ret;

	if (r.error_type > HW_EVENT_ERR_INFO || !r.error_count)
		return -EINVAL;
	if (r.error_type != HW_EVENT_ERR_CORRECTED && edac_mc_get_panic_on_ue() && !rec->fatal)
		return -ECANCELED;

	strscpy(msg, perf_inject_string(rec, "msg") ?: "");
	strscpy(detail, perf_inject_string(rec, "driver_detail") ?: "");

	mci = edac_perf_mci(r.mc_index);
	if (!mci)
		return -ENODEV;

	if (!edac_perf_layers_valid(mci, &r))
		ret = -EINVAL;
	else
		edac_mc_handle_error(r.error_type, mci, r.error_count,
				     (unsigned long)r.address >> PAGE_SHIFT,
				     offset_in_page(r.address), r.syndrome,
				     r.top_layer, r.middle_layer, r.lower_layer, msg, detail);
	put_device(&mci->dev);

	return ret;
}

static struct perf_inject_ops edac_inject_ops = {
	.system	= "ras",
	.name	= "mc_event",
	.level	= PERF_INJECT_DRIVER,
	.inject	= edac_perf_inject,
};

/**
 * edac_perf_inject_init - offer the injection of memory errors
 *
 * Context: process.
 */
void edac_perf_inject_init(void)
{
	if (perf_inject_register(&edac_inject_ops))
		edac_printk(KERN_WARNING, EDAC_MC, "no injection through perf\n");
}

/**
 * edac_perf_inject_exit - withdraw it
 *
 * Context: process.
 */
void edac_perf_inject_exit(void)
{
	perf_inject_unregister(&edac_inject_ops);
}
