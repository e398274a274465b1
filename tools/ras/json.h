/* SPDX-License-Identifier: GPL-2.0 */
/* JSON output. */
#ifndef _RAS_JSON_H
#define _RAS_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <linux/types.h>

/**
 * struct ras_json - a JSON text being written
 * @out: stream
 * @comma: the next member or element needs a comma before it
 */
struct ras_json {
	FILE *out;
	bool comma;
};

/* For all of these: @key is NULL for an element of an array. */
void ras_json_open(struct ras_json *js, const char *key, char bracket);
void ras_json_close(struct ras_json *js, char bracket);
void ras_json_string(struct ras_json *js, const char *key, const char *text,
		     size_t len);
void ras_json_text(struct ras_json *js, const char *key, const char *text);
void ras_json_bytes(struct ras_json *js, const char *key, const void *data,
		    size_t len);
void ras_json_hex(struct ras_json *js, const char *key, u64 num);
void ras_json_u64(struct ras_json *js, const char *key, u64 num);
void ras_json_s64(struct ras_json *js, const char *key, s64 num);
void ras_json_null(struct ras_json *js, const char *key);
void ras_json_bool(struct ras_json *js, const char *key, bool value);

#endif /* _RAS_JSON_H */
