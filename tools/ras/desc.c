// SPDX-License-Identifier: GPL-2.0
/* The table of event descriptors. A new event needs at most one entry here. */
#include <string.h>
#include <linux/compiler.h>
#include "desc.h"
#include "event.h"
#include "failure.h"
#include "format.h"
#include "mc.h"
#include "mce.h"
#include "pseudo.h"
#include "scale.h"

static const char * const mce_flags[] = { "status", "mcgstatus", NULL };
static const char * const section_guids[] = { "sec_type", "fru_id", NULL };

/* Templates' common parts */
#define TASK	"[, task {comm}][:{pid}]"
#define LOCKUP	"no progress for {duration_ms:s}" TASK "[, at {ip:ip}]"

/* No error, whatever the fields say */
static enum ras_severity info(const struct ras_event *ev __maybe_unused)
{
	return RAS_SEV_INFO;
}

/* Of events of other subsystems, which know one severity only and do not say it */
static enum ras_severity uncorrected(const struct ras_event *ev __maybe_unused)
{
	return RAS_SEV_UNCORRECTED;
}

static enum ras_severity corrected(const struct ras_event *ev __maybe_unused)
{
	return RAS_SEV_CORRECTED;
}

static const struct ras_desc descs[] = {
	{
		.event		= "mce:mce_record",
		.severity	= ras_mce_severity,
		.summary	= ras_mce_summary,
		.detail		= ras_mce_detail,
		.defaults	= ras_mce_defaults,
		.choose		= ras_mce_choose,
		.word		= ras_mce_word,
		.flags		= mce_flags,
	},
	{
		/* what a CPU reports by mistake, as the kernel knows */
		.event		= "mce:mce_filtered",
		.severity	= info,
		.summary	= ras_mce_summary,
		.detail		= ras_mce_detail,
		.defaults	= ras_mce_defaults,
		.word		= ras_mce_word,
		.flags		= mce_flags,
	},
	{
		.event		= "ras:mc_event",
		.scale		= &ras_scale_mc,
		.severity	= ras_scale_severity,
		.summary	= ras_mc_summary,
		.defaults	= ras_mc_defaults,
		.choose		= ras_scale_choose,
		.word		= ras_scale_word,
	},
	{
		.event		= "ras:aer_event",
		.scale		= &ras_scale_aer,
		.severity	= ras_scale_severity,
		.summary	= ras_aer_summary,
		.defaults	= ras_aer_defaults,
		.word		= ras_scale_word,
		.other		= ras_aer_uncorrected,
		.required	= "dev_name",
	},
	{
		.event		= "ras:non_standard_event",
		.scale		= &ras_scale_ghes,
		.severity	= ras_scale_severity,
		.summary	= ras_non_standard_summary,
		.defaults	= ras_ghes_defaults,
		.choose		= ras_scale_choose,
		.word		= ras_scale_word,
		.guids		= section_guids,
		.required	= "sec_type",
	},
	{
		.event		= "ras:arm_event",
		.scale		= &ras_scale_ghes,
		.severity	= ras_scale_severity,
		.defaults	= ras_ghes_defaults,
		.choose		= ras_scale_choose,
		.word		= ras_scale_word,
	},
	{
		.event		= "ras:extlog_mem_event",
		.scale		= &ras_scale_cper,
		.severity	= ras_scale_severity,
		.defaults	= ras_cper_defaults,
		.choose		= ras_scale_choose,
		.word		= ras_scale_word,
	},
	{
		.event		= "ras:memory_failure_event",
		.severity	= ras_memory_failure_severity,
		.defaults	= ras_memory_failure_defaults,
		.choose		= ras_memory_failure_choose,
		.required	= "pfn",
	},
	{
		.event		= "ras:cper_event",
		.text		= "{source} {source_id}: {sec_type:sec} section[, FRU {fru_id}]"
				  "[ {fru_text}], {len} of {total} bytes"
				  "[ from byte {offset} on]",
		.defaults	= ras_failure_defaults,
		.guids		= section_guids,
		.required	= "sec_type",
	},
	{
		.event		= "ras:edac_device_event",
		.text		= "{controller}[ ({device})][, instance {instance}]"
				  "[, block {block}]: [{msg}, ]count {error_count}",
		.defaults	= ras_failure_defaults,
		.required	= "controller",
	},
	{
		.event		= "ras:edac_pci_event",
		.text		= "{device}: {error}[ on the secondary bus{secondary:?}]"
				  "[, status {status:x}][, controller {controller}][: {msg}]",
		.defaults	= ras_failure_defaults,
		.required	= "device",
	},
	{
		.event		= "ras:soft_lockup",
		.text		= LOCKUP,
		.defaults	= ras_failure_defaults,
	},
	{
		.event		= "ras:hard_lockup",
		.text		= LOCKUP,
		.defaults	= ras_failure_defaults,
	},
	{
		.event		= "ras:rcu_stall",
		.text		= LOCKUP,
		.defaults	= ras_failure_defaults,
	},
	{
		.event		= "ras:hung_task",
		.text		= LOCKUP,
		.defaults	= ras_failure_defaults,
	},
	{
		.event		= "ras:kernel_warning",
		.text		= "[{msg}:{error:d} ]in {symbol}" TASK "[, taint {taint}]",
		.defaults	= ras_failure_defaults,
	},
	{
		.event		= "ras:kernel_oops",
		.text		= "{msg}[ at {symbol}]" TASK "[, error code {error}]"
				  "[, taint {taint}]",
		.defaults	= ras_failure_defaults,
	},
	{
		.event		= "ras:kernel_panic",
		.text		= "{msg}[, from {symbol}]" TASK "[, taint {taint}]",
		.defaults	= ras_failure_defaults,
	},
	{
		.event		= "ras:iommu_fault",
		.text		= "{device}: {access} at {address}[ with PASID {pasid:x}]"
				  ", refused by {iommu}, reason {reason:x}"
				  "[ flags {flags:x}][: {msg}]",
		.defaults	= ras_failure_defaults,
		.required	= "device",
	},
	{
		.event		= "ras:fatal_signal",
		.text		= "task {comm}[:{pid}] ends by signal {sig:sig}, code {code}"
				  "[, at {address}]",
		.defaults	= ras_failure_defaults,
	},
	{
		.event		= "ras:page_offline",
		.text		= "{soft} offline of pfn {pfn}: {result:errno}[, flags {flags:x}]",
		.defaults	= ras_failure_defaults,
		.required	= "pfn",
	},
	{
		.event		= "ras:memory_failure_task",
		.text		= "pfn {pfn}" TASK "[ at {address}]: {fate}",
		.defaults	= ras_failure_defaults,
		.required	= "pfn",
	},
	{
		.event		= "ras:cec_event",
		.text		= "pfn {pfn}: {ce_count} of {threshold} errors, {action}",
		.defaults	= ras_failure_defaults,
		.required	= "pfn",
	},
	{
		.event		= "ras:action",
		.text		= "{action} of {value:x}[ by rule {rule:d}][ for {source}]: "
				  "{outcome}{result:why}",
		.defaults	= ras_failure_defaults,
		.required	= "action",
	},
	{
		.event		= "ras:cpu_throttle",
		.text		= "{package} {power} {active}, count {times:d}",
		.defaults	= ras_failure_defaults,
	},
	{
		.event		= "oom:mark_victim",
		.severity	= uncorrected,
	},
	{
		.event		= "block:block_rq_error",
		.severity	= uncorrected,
	},
	{
		.event		= "scsi:scsi_dispatch_cmd_timeout",
		.severity	= uncorrected,
	},
	{
		.event		= "libata:ata_eh_link_autopsy",
		.severity	= uncorrected,
	},
	{
		.event		= "nvme:nvme_async_event",
		.severity	= uncorrected,
	},
	{
		.event		= "devlink:devlink_hwerr",
		.severity	= uncorrected,
	},
	{
		.event		= "devlink:devlink_health_report",
		.severity	= uncorrected,
	},
	{
		.event		= "cxl:cxl_aer_correctable_error",
		.severity	= corrected,
	},
	{
		.event		= "cxl:cxl_aer_uncorrectable_error",
		.severity	= uncorrected,
	},
	{
		.event		= "cxl:cxl_overflow",
		.severity	= uncorrected,
	},
	{
		.event		= "cxl:cxl_poison",
		.severity	= uncorrected,
	},
	{
		.event		= "lost",
		.decimal	= true,
	},
	{
		.event		= "sample",
		.severity	= info,
		.summary	= ras_sample_summary,
	},
	{
		.event		= "counter",
		.severity	= info,
		.summary	= ras_counter_summary,
		.defaults	= ras_counter_defaults,
	},
	{ }
};

/**
 * ras_desc_find - the descriptor of an event
 * @event: "system:name", or the name in a text of pseudo.c
 *
 * Return: its descriptor; an empty one for events that have none, never NULL.
 */
const struct ras_desc *ras_desc_find(const char *event)
{
	const struct ras_desc *desc;

	for (desc = descs; desc->event; desc++) {
		if (!strcmp(desc->event, event))
			break;
	}
	return desc;
}

/**
 * ras_event_value - a field of an event by its name
 * @ev: event
 * @name: field
 *
 * Return: its value, or NULL if the event has no such field.
 */
const struct ras_value *ras_event_value(const struct ras_event *ev,
					const char *name)
{
	const struct ras_field *field = ras_type_field(ev->type, name);

	return field ? &ev->values[field - ev->type->fields] : NULL;
}

/**
 * ras_event_num - an integer field of an event by its name
 * @ev: event
 * @name: field
 *
 * Return: its value, or 0 if the event has no such field.
 */
u64 ras_event_num(const struct ras_event *ev, const char *name)
{
	const struct ras_value *value = ras_event_value(ev, name);

	return value ? value->num : 0;
}

/**
 * ras_event_text - the format file's text for a field's value
 * @ev: event
 * @name: field whose values have texts (not flags)
 *
 * Return: the text or NULL.
 */
const char *ras_event_text(const struct ras_event *ev, const char *name)
{
	const struct ras_field *field = ras_type_field(ev->type, name);
	char unused[1];

	if (!field || !field->symbols || field->flags)
		return NULL;
	return ras_field_symbol(ev, field, ras_event_num(ev, name), unused, 0);
}

/**
 * ras_event_severity - how bad an event is
 * @ev: event
 *
 * Return: what its descriptor says; without one, what the format file calls the
 * value of a field "severity"; RAS_SEV_UNKNOWN if it has neither.
 */
enum ras_severity ras_event_severity(const struct ras_event *ev)
{
	const struct ras_desc *desc = ev->type->desc;
	enum ras_severity sev;
	const char *text;

	if (desc->severity)
		return desc->severity(ev);
	text = ras_event_text(ev, "severity");
	return text && !ras_severity_word(text, &sev) ? sev : RAS_SEV_UNKNOWN;
}
