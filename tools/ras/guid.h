/* SPDX-License-Identifier: GPL-2.0 */
/* GUIDs as UEFI has them in memory: the first three groups little endian. */
#ifndef _RAS_GUID_H
#define _RAS_GUID_H

#define RAS_GUID_SIZE		16
#define RAS_GUID_STRLEN		36

void ras_guid_format(const unsigned char *guid, char *text);
const char *ras_guid_section(const char *guid);
int ras_guid_parse(const char *text, unsigned char *guid);

#endif /* _RAS_GUID_H */
