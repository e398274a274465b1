// SPDX-License-Identifier: GPL-2.0
/*
 * The sections of a generic error status block as events, ras:cper_event.
 *
 * ACPI 6.5, 18.3.2.7.1 Generic Error Data; UEFI 2.10, N.2.4 and later: sections.
 */
#include <linux/acpi.h>
#include <linux/cper.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/uuid.h>
#include <acpi/ghes.h>
#include <trace/events/ras.h>

#include "apei-internal.h"

/* With the rest of the event this has to fit into a page of ftrace's ring buffer. */
#define CPER_EVENT_MAX	(2 * 1024)

static u8 apei_ras_severity(u32 cper_severity)
{
	switch (cper_severity) {
	case CPER_SEV_FATAL:
		return RAS_SEVERITY_FATAL;
	case CPER_SEV_RECOVERABLE:
		return RAS_SEVERITY_UNCORRECTED;
	case CPER_SEV_CORRECTED:
		return RAS_SEVERITY_CORRECTED;
	default:
		return RAS_SEVERITY_INFO;
	}
}

static void apei_trace_section(u8 source, u16 source_id,
			       struct acpi_hest_generic_data *gdata)
{
	u32 total = acpi_hest_get_error_length(gdata), offset = 0, length;
	const u8 *data = acpi_hest_get_payload(gdata);
	const guid_t *fru_id = &guid_null;
	/* It is not terminated if it is full. */
	char fru_text[sizeof(gdata->fru_text) + 1] = "";

	if (gdata->validation_bits & CPER_SEC_VALID_FRU_ID)
		fru_id = (const guid_t *)gdata->fru_id;
	if (gdata->validation_bits & CPER_SEC_VALID_FRU_TEXT)
		memcpy(fru_text, gdata->fru_text, sizeof(gdata->fru_text));

	do {
		length = min(total - offset, CPER_EVENT_MAX);
		trace_cper_event(source, source_id,
				 apei_ras_severity(gdata->error_severity), gdata->flags,
				 (const guid_t *)gdata->section_type, fru_id, fru_text,
				 data + offset, length, offset, total);
		offset += length;
	} while (offset < total);
}

/**
 * apei_trace_estatus - emit an event for each section of a status block
 * @source:    where it comes from, enum ras_cper_source
 * @source_id: of a generic hardware error source: its number in HEST
 * @estatus:   the block, which cper_estatus_check() found well-formed
 *
 * Context: any, NMI included.
 */
void apei_trace_estatus(u8 source, u16 source_id,
			const struct acpi_hest_generic_status *estatus)
{
	struct acpi_hest_generic_data *gdata;

	if (!trace_cper_event_enabled())
		return;

	apei_estatus_for_each_section(estatus, gdata)
		apei_trace_section(source, source_id, gdata);
}
