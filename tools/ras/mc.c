// SPDX-License-Identifier: GPL-2.0
/* Severities of the events from EDAC, AER, CPER and memory failure. */
#include <string.h>
#include <linux/kernel.h>
#include "event.h"
#include "format.h"
#include "guid.h"
#include "mc.h"

/* enum hw_event_mc_err_type, include/linux/edac.h */
static const struct {
	const char *name;
	enum ras_severity severity;
} mc_errors[] = {
	{ "corrected",		RAS_SEV_CORRECTED },
	{ "uncorrected",	RAS_SEV_UNCORRECTED },
	{ "deferred",		RAS_SEV_DEFERRED },
	{ "fatal",		RAS_SEV_FATAL },
	{ "info",		RAS_SEV_INFO },
};

/* include/linux/aer.h: AER_NONFATAL, AER_FATAL, AER_CORRECTABLE */
static const enum ras_severity aer[] = {
	RAS_SEV_UNCORRECTED, RAS_SEV_FATAL, RAS_SEV_CORRECTED,
};

/*
 * include/linux/cper.h: CPER_SEV_RECOVERABLE, _FATAL, _CORRECTED,
 * _INFORMATIONAL (UEFI 2.10, N.2.1 "Error Severity")
 */
static const enum ras_severity cper[] = {
	RAS_SEV_UNCORRECTED, RAS_SEV_FATAL, RAS_SEV_CORRECTED, RAS_SEV_INFO,
};

/*
 * include/acpi/ghes.h: GHES_SEV_NO, _CORRECTED, _RECOVERABLE, _PANIC: what
 * drivers/acpi/apei/ghes.c gives to non_standard_event and arm_event, not the
 * CPER values.
 */
static const enum ras_severity ghes[] = {
	RAS_SEV_INFO, RAS_SEV_CORRECTED, RAS_SEV_UNCORRECTED, RAS_SEV_FATAL,
};

/**
 * ras_mc_severity - severity of ras:mc_event, from error_type
 * @ev: event
 *
 * Return: severity.
 */
enum ras_severity ras_mc_severity(const struct ras_event *ev)
{
	u64 type = ras_event_num(ev, "error_type");

	return type < ARRAY_SIZE(mc_errors) ?
		mc_errors[type].severity : RAS_SEV_UNKNOWN;
}

static void put_string(const struct ras_event *ev, const char *name,
		       const char *before, FILE *out)
{
	const struct ras_value *value = ras_event_value(ev, name);

	if (value && value->len)
		fprintf(out, "%s%.*s", before, (int)value->len,
			(const char *)value->data);
}

/**
 * ras_mc_summary - summary of ras:mc_event
 * @ev: event
 * @out: stream
 *
 * Instead of TP_printk, which calls mc_event_error_type().
 */
void ras_mc_summary(const struct ras_event *ev, FILE *out)
{
	u64 count = ras_event_num(ev, "error_count");
	u64 type = ras_event_num(ev, "error_type");

	fprintf(out, "%llu %s error%s", (unsigned long long)count,
		type < ARRAY_SIZE(mc_errors) ? mc_errors[type].name : "unknown",
		count == 1 ? "" : "s");
	put_string(ev, "msg", ": ", out);
	put_string(ev, "label", " on ", out);
	fprintf(out, " (mc %u location %d:%d:%d address 0x%llx grain %llu syndrome 0x%llx",
		(unsigned int)ras_event_num(ev, "mc_index"),
		(int)ras_event_num(ev, "top_layer"),
		(int)ras_event_num(ev, "middle_layer"),
		(int)ras_event_num(ev, "lower_layer"),
		(unsigned long long)ras_event_num(ev, "address"),
		1ULL << (ras_event_num(ev, "grain_bits") & 63),
		(unsigned long long)ras_event_num(ev, "syndrome"));
	put_string(ev, "driver_detail", " ", out);
	fprintf(out, ")");
}

/**
 * ras_aer_severity - severity of ras:aer_event, from its own severity
 * @ev: event
 *
 * Return: severity.
 */
enum ras_severity ras_aer_severity(const struct ras_event *ev)
{
	u64 sev = ras_event_num(ev, "severity");

	return sev < ARRAY_SIZE(aer) ? aer[sev] : RAS_SEV_UNKNOWN;
}

/**
 * ras_aer_uncorrected - which set of texts ras:aer_event's status has
 * @ev: event
 *
 * Return: true for that of the uncorrectable error status register.
 */
bool ras_aer_uncorrected(const struct ras_event *ev)
{
	return ras_aer_severity(ev) != RAS_SEV_CORRECTED;
}

/**
 * ras_aer_summary - summary of ras:aer_event
 * @ev: event
 * @out: stream
 *
 * Instead of TP_printk, whose nested conditions libtraceevent 1.7 gets wrong.
 */
void ras_aer_summary(const struct ras_event *ev, FILE *out)
{
	const struct ras_field *field = ras_type_field(ev->type, "status");
	u64 status = ras_event_num(ev, "status");
	const char *text = NULL;
	char buf[512];

	if (field)
		text = ras_field_symbol(ev, field, status, buf, sizeof(buf));
	put_string(ev, "dev_name", "", out);
	fprintf(out, " PCIe bus error: status 0x%08x (%s)",
		(unsigned int)status, text ? text : "no known bit");
}

/**
 * ras_non_standard_summary - summary of ras:non_standard_event
 * @ev: event
 * @out: stream
 */
void ras_non_standard_summary(const struct ras_event *ev, FILE *out)
{
	static const char * const names[] = { "sec_type", "fru_id" };
	static const char * const words[] = { "section type", ", FRU" };
	const struct ras_value *value;
	char guid[RAS_GUID_STRLEN + 1];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		value = ras_event_value(ev, names[i]);
		if (!value || value->len != RAS_GUID_SIZE)
			continue;
		ras_guid_format(value->data, guid);
		fprintf(out, "%s %s", words[i], guid);
	}
	put_string(ev, "fru_text", " ", out);
	value = ras_event_value(ev, "buf");
	if (value)
		fprintf(out, ", %zu bytes", value->len);
}

/**
 * ras_cper_severity - severity of ras:extlog_mem_event, from sev
 * @ev: event
 *
 * Return: severity.
 */
enum ras_severity ras_cper_severity(const struct ras_event *ev)
{
	u64 sev = ras_event_num(ev, "sev");

	return sev < ARRAY_SIZE(cper) ? cper[sev] : RAS_SEV_UNKNOWN;
}

/**
 * ras_ghes_severity - severity of what GHES passes on undecoded, from sev
 * @ev: ras:non_standard_event or ras:arm_event
 *
 * Return: severity.
 */
enum ras_severity ras_ghes_severity(const struct ras_event *ev)
{
	u64 sev = ras_event_num(ev, "sev");

	return sev < ARRAY_SIZE(ghes) ? ghes[sev] : RAS_SEV_UNKNOWN;
}

/**
 * ras_memory_failure_severity - severity of ras:memory_failure_event
 * @ev: event
 *
 * The page had an uncorrected error in any case; the result says whether the
 * kernel could keep it from doing harm. Judged by the format file's text, as
 * the numbers have changed between kernels.
 *
 * Return: severity.
 */
enum ras_severity ras_memory_failure_severity(const struct ras_event *ev)
{
	const char *result = ras_event_text(ev, "result");

	if (result && !strcmp(result, "Recovered"))
		return RAS_SEV_RECOVERED;
	return RAS_SEV_UNCORRECTED;
}
