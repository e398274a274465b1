// SPDX-License-Identifier: GPL-2.0
/* Severities of the events from EDAC, AER, CPER and memory failure. */
#include <string.h>
#include <linux/compiler.h>
#include <linux/kernel.h>
#include "build.h"
#include "desc.h"
#include "event.h"
#include "format.h"
#include "guid.h"
#include "mc.h"
#include "scale.h"

/* enum hw_event_mc_err_type, include/linux/edac.h */
static const enum ras_severity mc[] = {
	RAS_SEV_CORRECTED, RAS_SEV_UNCORRECTED, RAS_SEV_DEFERRED, RAS_SEV_FATAL,
	RAS_SEV_INFO,
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

const struct ras_scale ras_scale_mc = { "error_type", mc, ARRAY_SIZE(mc) };
const struct ras_scale ras_scale_aer = { "severity", aer, ARRAY_SIZE(aer) };
const struct ras_scale ras_scale_cper = { "sev", cper, ARRAY_SIZE(cper) };
const struct ras_scale ras_scale_ghes = { "sev", ghes, ARRAY_SIZE(ghes) };

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

	fprintf(out, "%llu %s error%s", (unsigned long long)count,
		ras_severity_name(ras_scale_severity(ev)), count == 1 ? "" : "s");
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
 * ras_aer_uncorrected - which set of texts ras:aer_event's status has
 * @ev: event
 *
 * Return: true for that of the uncorrectable error status register.
 */
bool ras_aer_uncorrected(const struct ras_event *ev)
{
	return ras_scale_severity(ev) != RAS_SEV_CORRECTED;
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

/**
 * ras_mc_defaults - a corrected read error somewhere in memory controller 0
 * @build: record being built
 * @cpu: unused
 *
 * In EDAC's words; layers of -1 are not known.
 *
 * Return: 0, -EINVAL with a message in @build, -ENOMEM.
 */
int ras_mc_defaults(struct ras_build *build, int cpu __maybe_unused)
{
	int err;

	ras_scale_default(build, RAS_SEV_CORRECTED);
	ras_build_default(build, "error_count", 1);
	ras_build_default(build, "top_layer", -1);
	ras_build_default(build, "middle_layer", -1);
	ras_build_default(build, "lower_layer", -1);
	ras_build_default(build, "grain_bits", 6);
	err = ras_build_default_text(build, "msg", "memory read error");
	return err ? err : ras_build_default_text(build, "label", "any memory");
}

/**
 * ras_aer_defaults - a severity that fits the status, or else a status
 * @build: record being built
 * @cpu: unused
 *
 * Return: 0.
 */
int ras_aer_defaults(struct ras_build *build, int cpu __maybe_unused)
{
	static const char * const status[RAS_SEV_NR] = {
		[RAS_SEV_CORRECTED]	= "Receiver Error",
		[RAS_SEV_UNCORRECTED]	= "Completion Timeout",
		[RAS_SEV_FATAL]		= "Malformed TLP",
	};
	enum ras_severity sev;

	ras_scale_default(build, *build->other ? RAS_SEV_UNCORRECTED :
						 RAS_SEV_CORRECTED);
	sev = ras_scale_of(&ras_scale_aer, ras_build_num(build, "severity"));
	if (status[sev])
		ras_build_default_symbol(build, "status", status[sev]);
	ras_build_default(build, "tlp_header_valid",
			  ras_build_given(build, "tlp_header"));
	return 0;
}

/**
 * ras_ghes_defaults - a corrected error, and the length of its data
 * @build: record being built
 * @cpu: unused
 *
 * Return: 0.
 */
int ras_ghes_defaults(struct ras_build *build, int cpu __maybe_unused)
{
	const struct ras_value *buf = ras_build_value(build, "buf");

	ras_scale_default(build, RAS_SEV_CORRECTED);
	ras_build_default(build, "len", buf ? buf->len : 0);
	return 0;
}

/**
 * ras_cper_defaults - a corrected error
 * @build: record being built
 * @cpu: unused
 *
 * Return: 0.
 */
int ras_cper_defaults(struct ras_build *build, int cpu __maybe_unused)
{
	ras_scale_default(build, RAS_SEV_CORRECTED);
	return 0;
}

/**
 * ras_memory_failure_defaults - a free page that was taken out of use
 * @build: record being built
 * @cpu: unused
 *
 * Return: 0.
 */
int ras_memory_failure_defaults(struct ras_build *build,
				int cpu __maybe_unused)
{
	ras_build_default_symbol(build, "type", "free buddy page");
	ras_build_default_symbol(build, "result", "Recovered");
	return 0;
}

/**
 * ras_memory_failure_choose - the result of a severity
 * @build: record being built
 * @sev: severity
 *
 * Return: 0, -EINVAL with a message in @build.
 */
int ras_memory_failure_choose(struct ras_build *build, enum ras_severity sev)
{
	if (ras_build_given(build, "result"))
		return ras_build_fail(build,
				      "severity is the same as result: give one of the two");
	if (sev != RAS_SEV_RECOVERED && sev != RAS_SEV_UNCORRECTED)
		return ras_build_fail(build,
				      "a memory failure cannot be %s: give recovered or uncorrected",
				      ras_severity_name(sev));
	ras_build_default_symbol(build, "result", sev == RAS_SEV_RECOVERED ?
				 "Recovered" : "Failed");
	return 0;
}
