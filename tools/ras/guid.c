// SPDX-License-Identifier: GPL-2.0
/* GUIDs to text and back (UEFI 2.10, appendix A). */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "guid.h"

/* Position in memory of each byte in the order of the text. */
static const unsigned char order[RAS_GUID_SIZE] = {
	3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15
};

/**
 * ras_guid_format - write a GUID as text
 * @guid: RAS_GUID_SIZE bytes
 * @text: result, RAS_GUID_STRLEN + 1 bytes
 */
void ras_guid_format(const unsigned char *guid, char *text)
{
	int i;

	for (i = 0; i < RAS_GUID_SIZE; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*text++ = '-';
		text += sprintf(text, "%02x", guid[order[i]]);
	}
}

/**
 * ras_guid_parse - read a GUID from text
 * @text: xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx
 * @guid: result, RAS_GUID_SIZE bytes
 *
 * Return: 0 or -EINVAL.
 */
int ras_guid_parse(const char *text, unsigned char *guid)
{
	unsigned int byte;
	int i;

	if (strlen(text) != RAS_GUID_STRLEN)
		return -EINVAL;
	for (i = 0; i < RAS_GUID_SIZE; i++) {
		if ((i == 4 || i == 6 || i == 8 || i == 10) && *text++ != '-')
			return -EINVAL;
		if (strspn(text, "0123456789abcdefABCDEF") < 2 ||
		    sscanf(text, "%2x", &byte) != 1)
			return -EINVAL;
		guid[order[i]] = byte;
		text += 2;
	}
	return 0;
}
