// SPDX-License-Identifier: GPL-2.0
/*
 * CPER sections injected through a perf event, ras:non_standard_event: as if
 * firmware had put them into the error status block of a generic hardware error
 * source. No such source is needed. What becomes of a section depends on its
 * type: memory errors go to EDAC and to memory failure handling, PCIe errors to
 * AER, one that the kernel does not know comes back as ras:non_standard_event.
 *
 * ACPI 6.5, 18.3.2.7.1 Generic Error Data; UEFI 2.10, N.2.4 to N.2.14 sections.
 */
#include <linux/acpi.h>
#include <linux/cper.h>
#include <cxl/event.h>
#include <linux/init.h>
#include <linux/perf_inject.h>
#include <linux/slab.h>
#include <linux/uuid.h>
#include <acpi/ghes.h>

#include "apei-internal.h"

#define GHES_PERF_REVISION	0x0201	/* of a section without a time stamp */
/* The event that comes of it has to fit into PERF_MAX_TRACE_SIZE. */
#define GHES_PERF_MAX		(7 * 1024)

struct ghes_perf_record {
	guid_t	sec_type;
	guid_t	fru_id;
	u8	sev;
};

#define GHES_FIELD(name) PERF_INJECT_FIELD(#name, struct ghes_perf_record, name)

static const struct perf_inject_field ghes_fields[] = {
	GHES_FIELD(sec_type),
	GHES_FIELD(fru_id),
	GHES_FIELD(sev),
};

/*
 * How much the kernel reads of a section that it takes from firmware on trust;
 * not at all where lengths within the section say how far to read.
 */
static const struct ghes_perf_section {
	guid_t	type;
	u32	size;
} ghes_sections[] = {
	{ CPER_SEC_PLATFORM_MEM,	sizeof(struct cper_sec_mem_err) },
	{ CPER_SEC_PCIE,		sizeof(struct cper_sec_pcie) },
	{ CPER_SEC_PROC_GENERIC,	sizeof(struct cper_sec_proc_generic) },
	{ CPER_SEC_CXL_GEN_MEDIA_GUID,	sizeof(struct cxl_cper_event_rec) },
	{ CPER_SEC_CXL_DRAM_GUID,	sizeof(struct cxl_cper_event_rec) },
	{ CPER_SEC_CXL_MEM_MODULE_GUID,	sizeof(struct cxl_cper_event_rec) },
	{ CPER_SEC_PROC_ARM,		U32_MAX },
	{ CPER_SEC_PROC_IA,		U32_MAX },
	{ CPER_SEC_FW_ERR_REC_REF,	U32_MAX },
	{ CPER_SEC_CXL_PROT_ERR,	U32_MAX },
};

static int ghes_perf_check_section(const guid_t *type, u32 len)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(ghes_sections); i++) {
		if (!guid_equal(type, &ghes_sections[i].type))
			continue;
		if (ghes_sections[i].size == U32_MAX)
			return -EOPNOTSUPP;
		return len < ghes_sections[i].size ? -EINVAL : 0;
	}

	return 0;
}

/* From GHES_SEV_*, which is what the event says, to what firmware writes */
static const u32 ghes_cper_severity[] = {
	[GHES_SEV_NO]		= CPER_SEV_INFORMATIONAL,
	[GHES_SEV_CORRECTED]	= CPER_SEV_CORRECTED,
	[GHES_SEV_RECOVERABLE]	= CPER_SEV_RECOVERABLE,
	[GHES_SEV_PANIC]	= CPER_SEV_FATAL,
};

/* A status block with one section */
static void ghes_perf_fill(struct acpi_hest_generic_status *status,
			   const struct ghes_perf_record *r, const char *fru_text,
			   const void *data, u32 len)
{
	struct acpi_hest_generic_data *section = (void *)(status + 1);

	status->block_status = r->sev >= GHES_SEV_RECOVERABLE ?
			       ACPI_HEST_UNCORRECTABLE : ACPI_HEST_CORRECTABLE;
	status->block_status |= 1 << 4;		/* one entry */
	status->data_length = sizeof(*section) + len;
	status->error_severity = ghes_cper_severity[r->sev];

	memcpy(section->section_type, &r->sec_type, sizeof(r->sec_type));
	section->error_severity = status->error_severity;
	section->revision = GHES_PERF_REVISION;
	section->error_data_length = len;
	if (!guid_is_null(&r->fru_id)) {
		section->validation_bits |= CPER_SEC_VALID_FRU_ID;
		memcpy(section->fru_id, &r->fru_id, sizeof(r->fru_id));
	}
	if (fru_text && *fru_text) {
		section->validation_bits |= CPER_SEC_VALID_FRU_TEXT;
		strscpy_pad(section->fru_text, fru_text, sizeof(section->fru_text));
	}
	memcpy(section + 1, data, len);
}

/* The source that reports them, polled like one of firmware that has no interrupt */
static struct acpi_hest_generic ghes_perf_generic = {
	.header = {
		.type		= ACPI_HEST_TYPE_GENERIC_ERROR,
		.source_id	= 0xffff,
	},
	.notify = {
		.type		= ACPI_HEST_NOTIFY_POLLED,
	},
};

static struct ghes ghes_perf = {
	.generic = &ghes_perf_generic,
};

/* Context: process, may sleep. */
static int ghes_perf_inject(const struct perf_inject_record *rec)
{
	struct acpi_hest_generic_status *status;
	struct ghes_perf_record r;
	const void *data;
	u32 len;
	int ret;

	ret = perf_inject_copy_fields(rec, &r, ghes_fields, ARRAY_SIZE(ghes_fields));
	if (ret)
		return ret;

	data = perf_inject_dynamic(rec, "buf", &len);
	if (!data || r.sev > GHES_SEV_PANIC || len > GHES_PERF_MAX)
		return -EINVAL;

	ret = ghes_perf_check_section(&r.sec_type, len);
	if (ret)
		return ret;
	if (r.sev == GHES_SEV_PANIC && !rec->fatal)
		return -ECANCELED;

	status = kzalloc(sizeof(*status) + sizeof(struct acpi_hest_generic_data) + len,
			 GFP_KERNEL);
	if (!status)
		return -ENOMEM;

	ghes_perf_fill(status, &r, perf_inject_string(rec, "fru_text"), data, len);
	ghes_process_estatus(&ghes_perf, status);
	kfree(status);

	return 0;
}

static struct perf_inject_ops ghes_inject_ops = {
	.system	= "ras",
	.name	= "non_standard_event",
	.level	= PERF_INJECT_DRIVER,
	.inject	= ghes_perf_inject,
};

static int __init ghes_perf_init(void)
{
	/* Where sections wait; it exists where there are sources. */
	int ret = ghes_estatus_pool_init(1);

	return ret ?: perf_inject_register(&ghes_inject_ops);
}
late_initcall(ghes_perf_init);
