// SPDX-License-Identifier: GPL-2.0
/* Words for severities, and sets of them. */
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>
#include "severity.h"

static const char * const names[RAS_SEV_NR] = {
	[RAS_SEV_UNKNOWN]	= "unknown",
	[RAS_SEV_INFO]		= "info",
	[RAS_SEV_CORRECTED]	= "corrected",
	[RAS_SEV_RECOVERED]	= "recovered",
	[RAS_SEV_DEFERRED]	= "deferred",
	[RAS_SEV_UCNA]		= "ucna",
	[RAS_SEV_SRAO]		= "srao",
	[RAS_SEV_SRAR]		= "srar",
	[RAS_SEV_UNCORRECTED]	= "uncorrected",
	[RAS_SEV_FATAL]		= "fatal",
};

/**
 * ras_severity_name - the word for a severity
 * @sev: severity
 *
 * Return: a constant lower-case word.
 */
const char *ras_severity_name(enum ras_severity sev)
{
	return names[sev < RAS_SEV_NR ? sev : RAS_SEV_UNKNOWN];
}

/**
 * ras_severity_word - the severity that a word stands for
 * @word: as of ras_severity_name() in any case, or "recoverable", which is
 *        what CPER calls an uncorrected error that is not fatal
 * @sev: result
 *
 * Return: 0 or -EINVAL.
 */
int ras_severity_word(const char *word, enum ras_severity *sev)
{
	int i;

	if (!strcasecmp(word, "recoverable"))
		word = names[RAS_SEV_UNCORRECTED];
	for (i = 0; i < RAS_SEV_NR; i++) {
		if (strcasecmp(word, names[i]))
			continue;
		*sev = i;
		return 0;
	}
	return -EINVAL;
}

static int parse_word(const char *word, size_t len, unsigned int *mask)
{
	bool worse = len && word[len - 1] == '+';
	int i;

	if (worse)
		len--;
	if (len == 3 && !strncmp(word, "any", 3) && !worse) {
		*mask |= (1U << RAS_SEV_NR) - 1;
		return 0;
	}
	for (i = 0; i < RAS_SEV_NR; i++) {
		if (strlen(names[i]) != len || strncmp(word, names[i], len))
			continue;
		*mask |= 1U << i;
		while (worse && ++i < RAS_SEV_NR)
			*mask |= 1U << i;
		return 0;
	}
	return -EINVAL;
}

/**
 * ras_severity_parse - parse a set of severities
 * @list: comma-separated words; "WORD+" is that one and all worse ones, "any"
 *        is all of them
 * @mask: result, bit 1 << enum ras_severity
 *
 * Return: 0, or -EINVAL if @list has an empty or unknown word.
 */
int ras_severity_parse(const char *list, unsigned int *mask)
{
	int err;

	*mask = 0;
	for (;;) {
		size_t len;

		list += strspn(list, " \t");
		len = strcspn(list, ", \t");
		err = parse_word(list, len, mask);
		if (err)
			return err;
		list += len;
		list += strspn(list, " \t");
		if (!*list)
			return 0;
		if (*list++ != ',')
			return -EINVAL;
	}
}
