// SPDX-License-Identifier: GPL-2.0
/* GUIDs to text and back (UEFI 2.10, appendix A). */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <linux/kernel.h>
#include "guid.h"

/* Position in memory of each byte in the order of the text. */
static const unsigned char order[RAS_GUID_SIZE] = {
	3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15
};

/* UEFI 2.10, N.2.2, table N.5 "Section Type", and the CXL 3.0 sections */
static const struct {
	const char *guid, *name;
} sections[] = {
	{ "9876ccad-47b4-4bdb-b65e-16f193c4f3db", "generic processor" },
	{ "dc3ea0b0-a144-4797-b95b-53fa242b6e1d", "x86 processor" },
	{ "e429faf1-3cb7-11d4-bca7-0080c73c8881", "IA64 processor" },
	{ "e19e3d16-bc11-11e4-9caa-c2051d5d46b0", "ARM processor" },
	{ "a5bc1114-6f64-4ede-b863-3e83ed7c83b1", "memory" },
	{ "61ec04fc-48e6-d813-25c9-8daa44750b12", "memory 2" },
	{ "d995e954-bbc1-430f-ad91-b44dcb3c6f35", "PCIe" },
	{ "81212a96-09ed-4996-9471-8d729c8e69ed", "firmware error record reference" },
	{ "c5753963-3b84-4095-bf78-eddad3f9c9dd", "PCI bus" },
	{ "eb5e4685-ca66-4769-b6a2-26068b001326", "PCI device" },
	{ "5b51fef7-c79d-4434-8f1b-aa62de3e2c64", "DMAr" },
	{ "71761d37-32b2-45cd-a7d0-b0fedd93e8cf", "VT-d DMAr" },
	{ "036f84e1-7f37-428c-a79e-575fdfaa84ec", "IOMMU DMAr" },
	{ "80b9efb4-52b5-4de3-a777-68784b771048", "CXL protocol" },
	{ "fbcd0a77-c260-417f-85a9-088b1621eba6", "CXL general media" },
	{ "601dcbb3-9c06-4eab-b8af-4e9bfb5c9624", "CXL DRAM" },
	{ "fe927475-dd59-4339-a586-79bab113b774", "CXL memory module" },
};

/**
 * ras_guid_section - what a section of a CPER is about
 * @guid: its type, as ras_guid_format() writes it
 *
 * Return: a few words, or NULL if they are not known.
 */
const char *ras_guid_section(const char *guid)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sections); i++) {
		if (!strcmp(sections[i].guid, guid))
			return sections[i].name;
	}
	return NULL;
}

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
