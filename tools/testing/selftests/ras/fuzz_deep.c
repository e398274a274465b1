// SPDX-License-Identifier: GPL-2.0
/*
 * Records that go deeper than the event: into code that acts on them. Only what the guest
 * survives: addresses are where it has no memory, so that no page is taken away; devices
 * are ones that it does not have; what is fatal is never said to be meant.
 */
#include "fuzz.h"

/* No guest of ours has so much memory. */
#define NO_MEMORY	0x1000000000ull
#define NO_PFN		(NO_MEMORY >> 12)

#define MCI_VAL		0x8000000000000000ull
#define MCI_UC		0x2000000000000000ull
#define MCI_PCC		0x0200000000000000ull
#define MCA_BANKS	64

/* Whatever may come of what is right in form */
#define REFUSED		(FUZZ_EINVAL | FUZZ_ENODEV | FUZZ_ECANCELED | FUZZ_EIO | FUZZ_EBUSY | \
			 FUZZ_EAGAIN | FUZZ_EOPNOTSUPP | FUZZ_ENXIO)

/* A GUID that is not one of the UEFI specification's sections begins like this. */
static const __u8 no_section[] = { 0xfa, 0x22, 0xfa, 0x22 };

static bool is(const struct fuzz_event *event, const char *name)
{
	return !strcmp(event->name, name) ||
	       (event->persistent && strstr(event->name, strchr(name, ':') + 1));
}

/* Corrected; sometimes one that makes no sense, or that nobody would survive */
static void mce_payload(const struct fuzz_target *t, struct fuzz_rng *rng, __u8 *raw)
{
	const struct fuzz_event *event = t->event;
	__u64 status = 0x9c00004000010090ull ^ (fuzz_u64(rng) & 0x0000003f0000ffffull);
	int cpu = fuzz_below(rng, t->cpus), bank = fuzz_below(rng, 10);

	memset(raw, 0, event->fixed);
	switch (fuzz_below(rng, 8)) {
	case 0:
		status &= ~MCI_VAL;
		break;
	case 1:
		status |= MCI_UC | MCI_PCC;
		break;
	case 2:
		bank = fuzz_below(rng, 256);
		break;
	case 3:
		cpu = fuzz_odd(rng);
		break;
	}
	fuzz_set(event, raw, "status", status);
	fuzz_set(event, raw, "addr", NO_MEMORY | (fuzz_u64(rng) & 0xfffffffc0ull));
	fuzz_set(event, raw, "misc", 0x8c);
	fuzz_set(event, raw, "bank", bank);
	fuzz_set(event, raw, "cpu", cpu);
}

static __u8 *data_of(const struct fuzz_event *event, __u8 *raw, const char *name)
{
	return raw + (fuzz_get(event, raw, name) & 0xffff);
}

/* Of the one controller that firmware may tell of, or of one that is not there */
static void mc_payload(const struct fuzz_event *event, struct fuzz_rng *rng, __u8 *raw)
{
	static const char *const layers[] = { "top_layer", "middle_layer", "lower_layer" };
	int i;

	fuzz_set(event, raw, "mc_index", fuzz_below(rng, 2));
	fuzz_set(event, raw, "error_type", fuzz_below(rng, 6));
	fuzz_set(event, raw, "error_count", fuzz_odd(rng));
	for (i = 0; i < 3; i++)
		fuzz_set(event, raw, layers[i], fuzz_below(rng, 3) - 1);
}

/* Of no device */
static void aer_payload(const struct fuzz_event *event, struct fuzz_rng *rng, __u8 *raw,
			unsigned int *size)
{
	char name[16];

	snprintf(name, sizeof(name), "fa22:%02x:%02x.%x", (unsigned int)fuzz_below(rng, 256),
		 (unsigned int)fuzz_below(rng, 32), (unsigned int)fuzz_below(rng, 8));
	memcpy(raw + event->fixed, name, sizeof(name));
	fuzz_set(event, raw, "dev_name", sizeof(name) << 16 | event->fixed);
	*size = ((event->fixed + sizeof(name) + 4 + 7) & ~7u) - 4;
}

/**
 * fuzz_deep_payload - a payload for the code that would emit the event
 * @t:	  the event, for which somebody offers it
 * @rng:  decides
 * @raw:  where it is put
 * @misc: the level is put here
 *
 * Return: its bytes.
 */
unsigned int fuzz_deep_payload(const struct fuzz_target *t, struct fuzz_rng *rng, __u8 *raw,
			       __u16 *misc)
{
	const struct fuzz_event *event = t->event;
	unsigned int size = fuzz_payload(t, rng, raw);

	*misc = PERF_RECORD_MISC_INJECT_DRIVER;
	if (event->deep & PERF_RECORD_MISC_INJECT_HARDWARE && fuzz_chance(rng, 50))
		*misc = PERF_RECORD_MISC_INJECT_HARDWARE;
	if (is(event, "mce:mce_record"))
		mce_payload(t, rng, raw);
	else if (is(event, "ras:memory_failure_event"))
		fuzz_set(event, raw, "pfn", NO_PFN | fuzz_u64(rng));
	else if (is(event, "ras:mc_event"))
		mc_payload(event, rng, raw);
	else if (is(event, "ras:aer_event"))
		aer_payload(event, rng, raw, &size);
	else if (is(event, "ras:non_standard_event"))
		memcpy(raw + fuzz_field(event, "sec_type")->offset, no_section,
		       sizeof(no_section));
	return size;
}

/* What must become of it */
static unsigned int mce_judge(const struct fuzz_event *event, unsigned int misc,
			      const __u8 *raw)
{
	__u64 status = fuzz_get(event, raw, "status"), cpu = fuzz_get(event, raw, "cpu");

	if (!(status & MCI_VAL) || fuzz_get(event, raw, "bank") >= MCA_BANKS ||
	    cpu >= (__u64)sysconf(_SC_NPROCESSORS_CONF))
		return FUZZ_EINVAL | FUZZ_ENODEV | FUZZ_ECANCELED;
	/* The hardware has fewer banks. */
	if (misc & PERF_RECORD_MISC_INJECT_HARDWARE)
		return status & MCI_PCC ? REFUSED : REFUSED | FUZZ_TAKEN;
	return status & MCI_UC ? REFUSED | FUZZ_TAKEN : FUZZ_TAKEN;
}

/**
 * fuzz_deep_judge - what must become of a record that goes deeper
 * @event: the event
 * @misc:  of the record's header
 * @raw:   the payload, which is right in form
 *
 * Return: all that may become of it.
 */
unsigned int fuzz_deep_judge(const struct fuzz_event *event, unsigned int misc,
			     const __u8 *raw)
{
	if (is(event, "mce:mce_record"))
		return mce_judge(event, misc, raw);
	/* Neither the page nor the device is there. */
	if (is(event, "ras:memory_failure_event") || is(event, "ras:aer_event"))
		return FUZZ_ENXIO | FUZZ_ENODEV | FUZZ_EINVAL | FUZZ_ECANCELED;
	return REFUSED | FUZZ_TAKEN;
}

/**
 * fuzz_deep_safe - is a record that goes deeper harmless?
 * @event: the event
 * @misc:  of the record's header
 * @raw:   the payload, which is right in form
 */
bool fuzz_deep_safe(const struct fuzz_event *event, unsigned int misc, const __u8 *raw)
{
	bool hardware = misc & PERF_RECORD_MISC_INJECT_HARDWARE;
	__u64 status;

	if (misc & PERF_RECORD_MISC_INJECT_FATAL)
		return false;
	if (is(event, "mce:mce_record")) {
		status = fuzz_get(event, raw, "status");
		/* Uncorrected at the hardware: only what is refused as fatal */
		if (hardware && status & MCI_UC && !(status & MCI_PCC))
			return false;
		return fuzz_get(event, raw, "addr") >= NO_MEMORY;
	}
	if (hardware)
		return false;
	if (is(event, "ras:memory_failure_event"))
		return fuzz_get(event, raw, "pfn") >= NO_PFN;
	if (is(event, "ras:aer_event"))
		return !memcmp(data_of(event, (__u8 *)raw, "dev_name"), "fa22:", 5);
	if (is(event, "ras:non_standard_event"))
		return !memcmp(raw + fuzz_field(event, "sec_type")->offset, no_section,
			       sizeof(no_section));
	return is(event, "ras:mc_event");
}
