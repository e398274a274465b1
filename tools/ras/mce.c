// SPDX-License-Identifier: GPL-2.0
/* mce:mce_record: machine checks. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <linux/compiler.h>
#include <linux/kernel.h>
#include "build.h"
#include "format.h"
#include "mca.h"
#include "mce.h"

static void registers(const struct ras_event *ev, struct ras_mca *mca)
{
	mca->status = ras_event_num(ev, "status");
	mca->mcgstatus = ras_event_num(ev, "mcgstatus");
	mca->mcgcap = ras_event_num(ev, "mcgcap");
	mca->vendor = ras_event_num(ev, "cpuvendor");
}

/**
 * ras_mce_severity - severity of a machine check
 * @ev: event
 *
 * Return: severity.
 */
enum ras_severity ras_mce_severity(const struct ras_event *ev)
{
	struct ras_mca mca;

	registers(ev, &mca);
	return ras_mca_severity(&mca, NULL);
}

/* MCi_MISC bits 8:6, "address mode": SDM vol. 3B, 16.3.2.4, table 16-3 */
static const char *address_mode(const struct ras_event *ev,
				const struct ras_mca *mca)
{
	static const char * const modes[] = {
		"segment offset", "linear address", "physical address",
		"memory address",
	};
	u64 mode = ras_event_num(ev, "misc") >> 6 & 7;

	if (ras_mca_amd(mca) || !(mca->status & MCI_STATUS_MISCV) ||
	    !(mca->mcgcap & MCG_CAP_SER_P))
		return "address";
	if (mode == 7)
		return "generic address";
	return mode < ARRAY_SIZE(modes) ? modes[mode] : "address";
}

/**
 * ras_mce_summary - what happened, in one line
 * @ev: event
 * @out: stream
 */
void ras_mce_summary(const struct ras_event *ev, FILE *out)
{
	char words[256], mnemonic[64];
	struct ras_mca mca;
	const char *why;

	registers(ev, &mca);
	ras_mca_severity(&mca, &why);
	ras_mca_code(mca.status, words, sizeof(words), mnemonic,
		     sizeof(mnemonic));
	fprintf(out, "bank %u: %s (%s)",
		(unsigned int)ras_event_num(ev, "bank"), words, mnemonic);
	if (mca.status & MCI_STATUS_ADDRV)
		fprintf(out, ", %s 0x%llx", address_mode(ev, &mca),
			(unsigned long long)ras_event_num(ev, "addr"));
	if (strcmp(why, "corrected"))
		fprintf(out, ", %s", why);
	if (ras_mca_amd(&mca) && (mca.status & MCI_STATUS_POISON))
		fprintf(out, ", poison consumed");
}

/* MCG_STATUS, from bit 0 on */
static const char * const mcg_names[] = { "RIPV", "EIPV", "MCIP", "LMCES" };

static void mcgstatus_flags(u64 mcgstatus, FILE *out)
{
	const char *sep = " <";
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(mcg_names); i++) {
		if (mcgstatus >> i & 1) {
			fprintf(out, "%s%s", sep, mcg_names[i]);
			sep = " ";
		}
	}
	if (*sep && sep[1] != '<')
		fprintf(out, ">");
}

/**
 * ras_mce_detail - flags and raw registers, two lines
 * @ev: event
 * @out: stream
 */
void ras_mce_detail(const struct ras_event *ev, FILE *out)
{
	static const char * const rest[] = {
		"addr", "misc", "synd", "ipid", "ip", "tsc", "ppin", "cpuid",
		"microcode", "socketid", "apicid",
	};
	struct ras_mca mca;
	unsigned int i;
	u64 count;

	registers(ev, &mca);
	fprintf(out, "    status 0x%016llx <", (unsigned long long)mca.status);
	ras_mca_flags(&mca, out);
	fprintf(out, "> mcgstatus 0x%llx", (unsigned long long)mca.mcgstatus);
	mcgstatus_flags(mca.mcgstatus, out);
	fprintf(out, " mcgcap 0x%llx model-specific 0x%04x",
		(unsigned long long)mca.mcgcap,
		(unsigned int)(mca.status >> 16 & 0xffff));
	/* SDM vol. 3B, 16.3.2.2: bits 52:38, only with MCG_CAP.CMCI_P */
	count = mca.status >> 38 & 0x7fff;
	if (!ras_mca_amd(&mca) && (mca.mcgcap & MCG_CAP_CMCI_P) && count)
		fprintf(out, " corrected count %llu",
			(unsigned long long)count);
	fprintf(out, "\n   ");
	for (i = 0; i < ARRAY_SIZE(rest); i++)
		fprintf(out, " %s 0x%llx", rest[i],
			(unsigned long long)ras_event_num(ev, rest[i]));
	fprintf(out, "\n");
}

static unsigned int vendor_number(const char *id)
{
	static const struct {
		const char *id;
		unsigned int number;
	} vendors[] = {
		{ "GenuineIntel", X86_VENDOR_INTEL },
		{ "AuthenticAMD", X86_VENDOR_AMD },
		{ "CentaurHauls", X86_VENDOR_CENTAUR },
		{ "HygonGenuine", X86_VENDOR_HYGON },
		{ "  Shanghai  ", X86_VENDOR_ZHAOXIN },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vendors); i++) {
		if (!strcmp(id, vendors[i].id))
			return vendors[i].number;
	}
	return 0xff;
}

/* CPUID(1).EAX from its parts, SDM vol. 2A, figure 3-6 */
static u64 cpuid(unsigned int family, unsigned int model, unsigned int stepping)
{
	u64 ext = family > 15 ? family - 15 : 0;

	return ext << 20 | (u64)(model >> 4) << 16 |
	       (family > 15 ? 15 : family) << 8 | (model & 15) << 4 | stepping;
}

/* What the kernel would have put into the record for this CPU. */
static void cpu_defaults(struct ras_build *build, int cpu)
{
	unsigned int family = 0, model = 0, stepping = 0;
	char line[512], *colon, *value;
	int current = -1;
	FILE *file = fopen("/proc/cpuinfo", "re");

	while (file && fgets(line, sizeof(line), file)) {
		colon = strchr(line, ':');
		if (!colon || !colon[1])
			continue;
		value = colon + 2;
		value[strcspn(value, "\n")] = '\0';
		if (!strncmp(line, "processor", 9))
			current = atoi(value);
		if (current != cpu)
			continue;
		if (!strncmp(line, "vendor_id", 9))
			ras_build_default(build, "cpuvendor",
					  vendor_number(value));
		else if (!strncmp(line, "cpu family", 10))
			family = atoi(value);
		else if (!strncmp(line, "model\t", 6))
			model = atoi(value);
		else if (!strncmp(line, "stepping", 8))
			stepping = atoi(value);
		else if (!strncmp(line, "microcode", 9))
			ras_build_default(build, "microcode",
					  strtoull(value, NULL, 0));
		else if (!strncmp(line, "physical id", 11))
			ras_build_default(build, "socketid", atoi(value));
		else if (!strncmp(line, "initial apicid", 14))
			ras_build_default(build, "apicid", atoi(value));
	}
	if (file)
		fclose(file);
	ras_build_default(build, "cpuid", cpuid(family, model, stepping));
}

/*
 * A typical error of each severity, see the rows of mca.c. On Intel, what is
 * not consumed yet is UCNA; what is recoverable, and no more is said, is action
 * optional.
 */
#define UCR	(MCI_STATUS_VAL | MCI_STATUS_UC | MCI_STATUS_EN | \
		 MCI_STATUS_MISCV | MCI_STATUS_ADDRV)
#define CE	(UCR & ~MCI_STATUS_UC)
#define MCG_UE	(MCG_STATUS_RIPV | MCG_STATUS_MCIP)

/* RD_CHANNEL0_ERR, MS_CHANNELx_ERR, DCACHE0_DRD_ERR; AMD: GCACHEG_RD_ERR */
#define MEMORY_READ	0x0090
#define MEMORY_SCRUB	0x00cf
#define DATA_READ	0x0134
#define AMD_MEMORY_READ	0x011b

static const struct choice {
	enum ras_severity severity;
	u64 status, mcgstatus;
} intel_choices[] = {
	{ RAS_SEV_CORRECTED,	CE | MEMORY_READ, 0 },
	{ RAS_SEV_DEFERRED,	UCR | MEMORY_READ, 0 },
	{ RAS_SEV_UCNA,		UCR | MEMORY_READ, 0 },
	{ RAS_SEV_SRAO,		UCR | MCI_STATUS_S | MEMORY_SCRUB, MCG_UE },
	{ RAS_SEV_UNCORRECTED,	UCR | MCI_STATUS_S | MEMORY_SCRUB, MCG_UE },
	{ RAS_SEV_SRAR,		UCR | MCI_STATUS_S | MCI_STATUS_AR | DATA_READ,
	  MCG_UE | MCG_STATUS_EIPV },
	{ RAS_SEV_FATAL,	UCR | MCI_STATUS_PCC | DATA_READ, MCG_UE },
	{ }
}, amd_choices[] = {
	{ RAS_SEV_CORRECTED,	CE | AMD_MEMORY_READ, 0 },
	{ RAS_SEV_DEFERRED,	CE | MCI_STATUS_DEFERRED | AMD_MEMORY_READ, 0 },
	{ RAS_SEV_UNCORRECTED,	UCR | AMD_MEMORY_READ,
	  MCG_UE | MCG_STATUS_EIPV },
	{ RAS_SEV_FATAL,	UCR | MCI_STATUS_PCC | DATA_READ, MCG_UE },
	{ }
};

/* MCi_MISC: a physical address, valid above bit 12; AMD has no such field. */
#define MISC_PAGE	0x8c

/**
 * ras_mce_choose - registers of an injected machine check of some severity
 * @build: record being built, its CPU known
 * @sev: severity
 *
 * Return: 0, -EINVAL with a message in @build.
 */
int ras_mce_choose(struct ras_build *build, enum ras_severity sev)
{
	struct ras_mca mca = { .vendor = ras_build_num(build, "cpuvendor") };
	bool amd = ras_mca_amd(&mca);
	const struct choice *choice = amd ? amd_choices : intel_choices;

	if (ras_build_given(build, "status"))
		return ras_build_fail(build,
				      "severity is in the bits of status: give one of the two");
	while (choice->severity && choice->severity != sev)
		choice++;
	if (!choice->severity)
		return ras_build_fail(build,
				      "%s machine checks are not known%s: give corrected, deferred, recoverable or fatal",
				      ras_severity_name(sev),
				      amd ? " on AMD" : "");
	ras_build_default(build, "status", choice->status);
	ras_build_default(build, "mcgstatus", choice->mcgstatus);
	ras_build_default(build, "misc", amd ? 0 : MISC_PAGE);
	return 0;
}

/**
 * ras_mce_word - the bits that a name in status or mcgstatus stands for
 * @type: unused
 * @field: field
 * @word: a flag, or of status an error code, as `ras` prints it
 * @num: result
 *
 * Return: 0 or -ENOENT.
 */
int ras_mce_word(const struct ras_type *type __maybe_unused,
		 const struct ras_field *field, const char *word, u64 *num)
{
	unsigned int i;

	if (!strcmp(field->name, "status"))
		return ras_mca_status_word(word, num);
	for (i = 0; i < ARRAY_SIZE(mcg_names); i++) {
		if (strcmp(field->name, "mcgstatus") ||
		    strcasecmp(mcg_names[i], word))
			continue;
		*num = 1ULL << i;
		return 0;
	}
	return -ENOENT;
}

/**
 * ras_mce_defaults - fields of an injected machine check that were not given
 * @build: record being built
 * @cpu: CPU it is injected on
 *
 * cpu is the CPU, bank is 1, walltime is now, mcgcap has MCG_SER_P and
 * MCG_CTL_P as on every server CPU; vendor, CPUID, microcode, socket and APIC
 * id are those of the CPU in /proc/cpuinfo. Without a status it is a corrected
 * memory read error. On Intel, misc says that the address is that of a page, if
 * status says that misc is valid. Everything else is 0.
 *
 * Return: 0.
 */
int ras_mce_defaults(struct ras_build *build, int cpu)
{
	struct ras_mca mca = { };

	ras_build_default(build, "cpu", cpu);
	ras_build_default(build, "bank", 1);
	ras_build_default(build, "walltime", time(NULL));
	ras_build_default(build, "mcgcap", MCG_CAP_SER_P | 0x100);
	if (cpu >= 0)
		cpu_defaults(build, cpu);
	if (build->asked)
		return 0;
	if (!ras_build_given(build, "status"))
		return ras_mce_choose(build, RAS_SEV_CORRECTED);
	mca.vendor = ras_build_num(build, "cpuvendor");
	if (!ras_mca_amd(&mca) &&
	    (ras_build_num(build, "status") & MCI_STATUS_MISCV))
		ras_build_default(build, "misc", MISC_PAGE);
	return 0;
}
