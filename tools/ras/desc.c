// SPDX-License-Identifier: GPL-2.0
/* The table of event descriptors. A new event needs at most one entry here. */
#include <string.h>
#include "desc.h"
#include "event.h"
#include "format.h"
#include "mc.h"
#include "mce.h"
#include "pseudo.h"

static const char * const section_guids[] = { "sec_type", "fru_id", NULL };

static const struct ras_desc descs[] = {
	{
		.event		= "mce:mce_record",
		.severity	= ras_mce_severity,
		.summary	= ras_mce_summary,
		.detail		= ras_mce_detail,
		.defaults	= ras_mce_defaults,
		.required	= "status",
	},
	{
		.event		= "ras:mc_event",
		.severity	= ras_mc_severity,
		.summary	= ras_mc_summary,
		.required	= "error_type",
	},
	{
		.event		= "ras:aer_event",
		.severity	= ras_aer_severity,
		.summary	= ras_aer_summary,
		.other		= ras_aer_uncorrected,
		.required	= "status",
	},
	{
		.event		= "ras:non_standard_event",
		.severity	= ras_ghes_severity,
		.summary	= ras_non_standard_summary,
		.guids		= section_guids,
	},
	{
		.event		= "ras:arm_event",
		.severity	= ras_ghes_severity,
	},
	{
		.event		= "ras:extlog_mem_event",
		.severity	= ras_cper_severity,
	},
	{
		.event		= "ras:memory_failure_event",
		.severity	= ras_memory_failure_severity,
		.required	= "pfn",
	},
	{
		.event		= "lost",
		.decimal	= true,
	},
	{
		.event		= "sample",
		.severity	= ras_sample_severity,
		.summary	= ras_sample_summary,
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
