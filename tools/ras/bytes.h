/* SPDX-License-Identifier: GPL-2.0 */
/* Bytes that are read from front to end, and never beyond. */
#ifndef _RAS_BYTES_H
#define _RAS_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <linux/types.h>

/**
 * struct ras_bytes - what is left to be read
 * @pos: the next byte
 * @left: bytes from there on
 * @bad: more was asked for than there was; what was asked for then was 0
 */
struct ras_bytes {
	const unsigned char *pos;
	size_t left;
	bool bad;
};

static inline const void *ras_bytes_take(struct ras_bytes *bytes, u64 size)
{
	const unsigned char *pos = bytes->pos;

	if (size > bytes->left) {
		bytes->bad = true;
		return NULL;
	}
	bytes->pos += size;
	bytes->left -= size;
	return pos;
}

static inline u32 ras_bytes_u32(struct ras_bytes *bytes)
{
	const void *pos = ras_bytes_take(bytes, 4);
	u32 num = 0;

	if (pos)
		memcpy(&num, pos, 4);
	return num;
}

static inline u64 ras_bytes_u64(struct ras_bytes *bytes)
{
	const void *pos = ras_bytes_take(bytes, 8);
	u64 num = 0;

	if (pos)
		memcpy(&num, pos, 8);
	return num;
}

/* Up to a NUL; NULL if there is none. */
static inline const char *ras_bytes_text(struct ras_bytes *bytes)
{
	size_t len = strnlen((const char *)bytes->pos, bytes->left);

	if (len == bytes->left) {
		bytes->bad = true;
		return NULL;
	}
	return ras_bytes_take(bytes, len + 1);
}

#endif /* _RAS_BYTES_H */
