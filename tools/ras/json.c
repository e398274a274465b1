// SPDX-License-Identifier: GPL-2.0
/* JSON output (RFC 8259): always valid, whatever bytes the strings have. */
#include <string.h>
#include <linux/kernel.h>
#include "json.h"

/* Length of the well-formed UTF-8 sequence at @p (RFC 3629), or 0. */
static size_t utf8_len(const unsigned char *p, size_t len)
{
	static const struct {
		unsigned char first, last, min2, max2, len;
	} forms[] = {
		{ 0x20, 0x7f, 0x00, 0xff, 1 }, { 0xc2, 0xdf, 0x80, 0xbf, 2 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 3 }, { 0xe1, 0xec, 0x80, 0xbf, 3 },
		{ 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};
	size_t i, k;

	for (i = 0; i < ARRAY_SIZE(forms); i++) {
		if (*p < forms[i].first || *p > forms[i].last)
			continue;
		if (forms[i].len > len)
			return 0;
		if (forms[i].len > 1 &&
		    (p[1] < forms[i].min2 || p[1] > forms[i].max2))
			return 0;
		for (k = 2; k < forms[i].len; k++) {
			if ((p[k] & 0xc0) != 0x80)
				return 0;
		}
		return forms[i].len;
	}
	return 0;
}

static void put_string(FILE *out, const char *text, size_t len)
{
	const unsigned char *p = (const void *)text;
	const unsigned char *end = p + len;

	fputc('"', out);
	while (p < end) {
		size_t n = utf8_len(p, end - p);

		if (*p == '"' || *p == '\\') {
			fprintf(out, "\\%c", *p);
			n = 1;
		} else if (n) {
			fwrite(p, 1, n, out);
		} else {
			fprintf(out, "\\u%04x", *p < 0x20 ? *p : 0xfffd);
			n = 1;
		}
		p += n;
	}
	fputc('"', out);
}

static void put_key(struct ras_json *js, const char *key)
{
	if (js->comma)
		fputc(',', js->out);
	js->comma = true;
	if (!key)
		return;
	put_string(js->out, key, strlen(key));
	fputc(':', js->out);
}

/**
 * ras_json_open - begin an object or array
 * @js: text
 * @key: name in the surrounding object, or NULL
 * @bracket: '{' or '['
 */
void ras_json_open(struct ras_json *js, const char *key, char bracket)
{
	put_key(js, key);
	fputc(bracket, js->out);
	js->comma = false;
}

/**
 * ras_json_close - end an object or array
 * @js: text
 * @bracket: '}' or ']'
 */
void ras_json_close(struct ras_json *js, char bracket)
{
	fputc(bracket, js->out);
	js->comma = true;
}

/**
 * ras_json_string - write a string
 * @js: text
 * @key: name or NULL
 * @text: any bytes; what is not UTF-8 becomes U+FFFD
 * @len: their number
 */
void ras_json_string(struct ras_json *js, const char *key, const char *text,
		     size_t len)
{
	put_key(js, key);
	put_string(js->out, text, len);
}

/**
 * ras_json_text - write a string that ends with a NUL
 * @js: text
 * @key: name or NULL
 * @text: string
 */
void ras_json_text(struct ras_json *js, const char *key, const char *text)
{
	ras_json_string(js, key, text, strlen(text));
}

/**
 * ras_json_bytes - write bytes as a string of hexadecimal digits
 * @js: text
 * @key: name or NULL
 * @data: bytes
 * @len: their number
 */
void ras_json_bytes(struct ras_json *js, const char *key, const void *data,
		    size_t len)
{
	const unsigned char *p = data;

	put_key(js, key);
	fputc('"', js->out);
	while (len--)
		fprintf(js->out, "%02x", *p++);
	fputc('"', js->out);
}

/**
 * ras_json_hex - write a register as a string "0x..."
 * @js: text
 * @key: name or NULL
 * @num: value
 */
void ras_json_hex(struct ras_json *js, const char *key, u64 num)
{
	put_key(js, key);
	fprintf(js->out, "\"0x%llx\"", (unsigned long long)num);
}

/**
 * ras_json_u64 - write an unsigned number
 * @js: text
 * @key: name or NULL
 * @num: value
 */
void ras_json_u64(struct ras_json *js, const char *key, u64 num)
{
	put_key(js, key);
	fprintf(js->out, "%llu", (unsigned long long)num);
}

/**
 * ras_json_s64 - write a signed number
 * @js: text
 * @key: name or NULL
 * @num: value
 */
void ras_json_s64(struct ras_json *js, const char *key, s64 num)
{
	put_key(js, key);
	fprintf(js->out, "%lld", (long long)num);
}

/**
 * ras_json_null - write that there is no value
 * @js: text
 * @key: name or NULL
 */
void ras_json_null(struct ras_json *js, const char *key)
{
	put_key(js, key);
	fputs("null", js->out);
}

/**
 * ras_json_bool - write a truth value
 * @js: text
 * @key: name or NULL
 * @value: value
 */
void ras_json_bool(struct ras_json *js, const char *key, bool value)
{
	put_key(js, key);
	fputs(value ? "true" : "false", js->out);
}
