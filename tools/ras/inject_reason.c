// SPDX-License-Identifier: GPL-2.0
/* Injection: levels, and why something was refused and what to do about it. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <api/fs/fs.h>
#include <linux/kernel.h>
#include "inject.h"
#include "pmu.h"

#define DISABLED	"kernel/perf_inject_disabled"

static const struct {
	const char *word;
	u16 misc;
} levels[] = {
	{ "stream", PERF_RECORD_MISC_INJECT_STREAM },
	{ "driver", PERF_RECORD_MISC_INJECT_DRIVER },
	{ "hardware", PERF_RECORD_MISC_INJECT_HARDWARE },
};

/**
 * ras_inject_level - parse a level
 * @word: stream, driver or hardware
 * @misc: result, for the header of a record
 *
 * Return: 0 or -EINVAL.
 */
int ras_inject_level(const char *word, u16 *misc)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(levels); i++) {
		if (strcmp(levels[i].word, word))
			continue;
		*misc = levels[i].misc;
		return 0;
	}
	return -EINVAL;
}

/**
 * ras_inject_level_name - the word for a level
 * @misc: of a record's header
 *
 * Return: stream, driver or hardware.
 */
const char *ras_inject_level_name(u16 misc)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(levels); i++) {
		if (levels[i].misc == (misc & PERF_RECORD_MISC_INJECT_MASK))
			return levels[i].word;
	}
	return "unknown";
}

/* Older kernels with injection do not have the switch: 1 is certain, 0 is not. */
static bool has_switch(int *off)
{
	return !sysctl__read_int(DISABLED, off);
}

/* The mode in brackets: "none [integrity] confidentiality" */
static bool locked_down(char *mode, size_t len)
{
	char path[512], line[128] = "", *open, *close;
	FILE *file;

	snprintf(path, sizeof(path), "%s/kernel/security/lockdown",
		 sysfs__mountpoint() ? : "/sys");
	file = fopen(path, "re");
	if (!file)
		return false;
	open = fgets(line, sizeof(line), file) ? strchr(line, '[') : NULL;
	close = open ? strchr(open, ']') : NULL;
	fclose(file);
	if (!close)
		return false;
	*close = '\0';
	snprintf(mode, len, "%s", open + 1);
	return strcmp(mode, "none");
}

static void not_permitted(char *text, size_t len)
{
	char mode[32];
	int off = 0;

	if (has_switch(&off) && off)
		snprintf(text, len,
			 "injection was switched off with kernel.perf_inject_disabled: reboot to have it again");
	else if (geteuid())
		snprintf(text, len,
			 "not permitted: run as root, with CAP_SYS_ADMIN");
	else if (locked_down(mode, sizeof(mode)))
		snprintf(text, len,
			 "not permitted while the kernel is locked down (%s): boot without lockdown= and Secure Boot",
			 mode);
	else
		snprintf(text, len,
			 "not permitted: run it with CAP_SYS_ADMIN in the initial user namespace (not in a container), and see whether a security module denies it");
}

/* The levels that sysfs has for an event, if it is a persistent one. */
static bool known_levels(const char *full, char *buf, size_t len)
{
	struct ras_pmu pmu;
	char none[512];
	unsigned int i;
	bool found = false;

	if (ras_pmu_init(&pmu, none, sizeof(none)))
		return false;
	for (i = 0; i < pmu.nr_events && !found; i++) {
		if (strcmp(pmu.events[i].source, full) || !pmu.events[i].inject)
			continue;
		snprintf(buf, len, "%s", pmu.events[i].inject);
		found = true;
	}
	ras_pmu_exit(&pmu);
	return found;
}

static void no_support(const struct ras_inject_event *event, u16 misc,
		       char *text, size_t len)
{
	const char *level = ras_inject_level_name(misc);
	const char *load = "";
	char can[128];

	if (misc & PERF_RECORD_MISC_INJECT_HARDWARE)
		load = ", or load a driver for it (mce-inject, einj)";
	if (known_levels(event->type->full, can, sizeof(can)) && *can)
		snprintf(text, len, "%s (%s): use --level with one of: %s%s",
			 strstr(can, level) ?
			 "these values cannot be injected at that level, others can" :
			 "it cannot be injected at that level",
			 level, can, load);
	else if (misc & PERF_RECORD_MISC_INJECT_MASK)
		snprintf(text, len,
			 "it cannot be injected at that level (%s): use --level stream",
			 level);
	else if (event->attr.type != PERF_TYPE_TRACEPOINT)
		snprintf(text, len,
			 "this kernel cannot inject into that counter: choose another one, or a tracepoint");
	else
		snprintf(text, len,
			 "it cannot be injected, since it has a pointer, or no fields: choose another event");
}

/* What to look at, where the driver knows what exists and the kernel does not say more. */
static const struct {
	const char *event, *invalid, *missing;
} hints[] = {
	{
		"mce:mce_record",
		"the driver wants a status with VAL, a bank and a cpu that exist, and flags that agree with each other",
		"that CPU is not online, or has no such bank: choose another --cpu or bank",
	},
	{
		"ras:mc_event",
		"the driver wants an error_type, a count above 0, and layers that the controller has, or -1",
		"there is no such memory controller, or no EINJ for that type: choose mc_index from /sys/devices/system/edac/mc",
	},
	{
		"ras:aer_event",
		"the driver wants a status other than 0, a severity of 0 to 2, and a dev_name such as 0000:00:03.0",
		"there is no such PCI device, it has no AER, or no EINJ for it: choose dev_name from `lspci -D`",
	},
	{
		"ras:non_standard_event",
		"the driver wants a sev of 0 to 3, and a buf as long as a section of that sec_type",
		"nothing here takes firmware's errors: boot with ACPI APEI",
	},
	{
		"ras:memory_failure_event",
		"the driver wants a pfn of memory",
		"there is no memory at that pfn: choose one of the System RAM in /proc/iomem",
	},
};

static const char *hint(const struct ras_inject_event *event, int err)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(hints); i++) {
		if (!strcmp(hints[i].event, event->type->full))
			return err == -EINVAL ? hints[i].invalid :
						hints[i].missing;
	}
	return err == -EINVAL ? "the driver refuses these values: see dmesg" :
		"that CPU is not online, or there is no such device: choose another one";
}

static void invalid(const struct ras_inject_event *event, u16 misc,
		    char *text, size_t len)
{
	int off;

	if (misc & PERF_RECORD_MISC_INJECT_MASK)
		snprintf(text, len, "%s", hint(event, -EINVAL));
	else if (has_switch(&off))
		snprintf(text, len,
			 "the record does not fit the event: give lengths and arrays that belong together");
	else
		snprintf(text, len,
			 "the kernel has no injection, or refuses the record: boot one with CONFIG_PERF_EVENTS_INJECT=y");
}

/**
 * ras_inject_reason - why write() refused a record, and what to do
 * @err: what ras_injector_flush() returned
 * @event: the event
 * @misc: the record's header.misc
 * @text: room for the answer
 * @len: size of @text in bytes
 *
 * Return: @text, one line.
 */
const char *ras_inject_reason(int err, const struct ras_inject_event *event,
			      u16 misc, char *text, size_t len)
{
	bool deep = misc & PERF_RECORD_MISC_INJECT_MASK;

	switch (err) {
	case -EACCES:
	case -EPERM:
		not_permitted(text, len);
		break;
	case -EINVAL:
		invalid(event, misc, text, len);
		break;
	case -E2BIG:
		snprintf(text, len,
			 "the record is larger than any trace record: shorten its strings and arrays");
		break;
	case -EOPNOTSUPP:
		no_support(event, misc, text, len);
		break;
	case -ENODEV:
	case -ENXIO:
		snprintf(text, len, "%s", deep ? hint(event, err) :
			 "that CPU is not online, or the event's module was unloaded: choose another --cpu, or load it");
		break;
	case -EAGAIN:
		snprintf(text, len,
			 "the CPU is busy emitting an event, or the task does not run: try again");
		break;
	case -EBUSY:
		snprintf(text, len,
			 "another injection is under way there, or a filter keeps the page out (hwpoison/ in debugfs): try again when that is over");
		break;
	case -ECANCELED:
		snprintf(text, len,
			 "it could take the machine down: give --fatal if that is meant");
		break;
	case -EIO:
		snprintf(text, len,
			 "the hardware refuses it, and its registers are as before: use --level driver");
		break;
	case -EBADF:
		snprintf(text, len,
			 "this kernel has no injection: boot one with CONFIG_PERF_EVENTS_INJECT=y");
		break;
	case -EINTR:
		snprintf(text, len, "interrupted");
		break;
	default:
		snprintf(text, len, "%s", strerror(-err));
	}
	return text;
}

/**
 * ras_inject_open_reason - why an event cannot be opened, and what to do
 * @err: what ras_injector_open() returned
 * @event: the event
 * @text: room for the answer
 * @len: size of @text in bytes
 *
 * Return: @text, one line.
 */
const char *ras_inject_open_reason(int err,
				   const struct ras_inject_event *event,
				   char *text, size_t len)
{
	bool counter = event->attr.type != PERF_TYPE_TRACEPOINT;

	switch (err) {
	case -EACCES:
	case -EPERM:
		not_permitted(text, len);
		break;
	case -ENODEV:
	case -ENXIO:
		snprintf(text, len,
			 "that CPU is not online: choose another --cpu");
		break;
	case -EINVAL:
		snprintf(text, len, "there is no such CPU%s",
			 counter ? ", or the PMU refuses that event: choose another one" :
			 ": choose another --cpu");
		break;
	case -ENOENT:
	case -EOPNOTSUPP:
		if (counter)
			snprintf(text, len,
				 "this machine has no such counter: choose one such as page-faults");
		else
			snprintf(text, len,
				 "the tracepoint is gone: load its module");
		break;
	case -EMFILE:
		snprintf(text, len, "too many open files: raise ulimit -n");
		break;
	default:
		snprintf(text, len, "%s", strerror(-err));
	}
	return text;
}
