// SPDX-License-Identifier: GPL-2.0
/* Summaries of events as text with holes. */
#include <stdlib.h>
#include <string.h>
#include <linux/kernel.h>
#include "desc.h"
#include "format.h"
#include "guid.h"
#include "kernel_symbol.h"
#include "template.h"

/* The kernel's -errno, or -1 for what there is not */
#define MAX_ERRNO	4095

static bool is_none(const struct ras_field *field, const struct ras_value *value)
{
	const char *data = value->data;
	size_t i;
	s64 num;

	if (field->kind == RAS_INT) {
		num = field->elem_size == 4 ? (s32)value->num : (s64)value->num;
		return !num || (field->elem_size >= 4 && num < 0 && num >= -MAX_ERRNO);
	}
	for (i = 0; i < value->len; i++) {
		if (data[i])
			return false;
	}
	return true;
}

static void put_symbol(const struct ras_event *ev, u64 ip, FILE *out)
{
	char symbol[256];

	fprintf(out, "0x%llx", (unsigned long long)ip);
	if (!ras_kernel_symbol(ip, ev->boot_id, symbol, sizeof(symbol)))
		fprintf(out, " (%s)", symbol);
}

static void put_int(const struct ras_event *ev, const struct ras_field *field, u64 num,
		    const char *how, FILE *out)
{
	char buf[512];
	const char *text = ras_field_symbol(ev, field, num, buf, sizeof(buf));
	u64 amount = (s64)num < 0 ? -num : num;

	if (!strcmp(how, "x") || (!*how && !text && field->elem_size == 8))
		fprintf(out, "0x%llx", (unsigned long long)num);
	else if (!strcmp(how, "s"))
		fprintf(out, "%llu.%03llu s", (unsigned long long)num / 1000,
			(unsigned long long)num % 1000);
	else if (!strcmp(how, "ip"))
		put_symbol(ev, num, out);
	else if (!strcmp(how, "errno"))
		fprintf(out, "%s", num ? strerror(amount) : "done");
	else if (!strcmp(how, "why"))
		fprintf(out, "%s%s", num ? ": " : "", num ? strerror(amount) : "");
	else if (!strcmp(how, "sig"))
		fprintf(out, "%d (%s)", (int)num, strsignal(num));
	else if (!*how && text)
		fprintf(out, "%s", text);
	else
		fprintf(out, "%lld", (long long)num);
}

static void put_data(const struct ras_field *field, const struct ras_value *value,
		     const char *how, FILE *out)
{
	char guid[RAS_GUID_STRLEN + 1];
	const char *name = NULL;

	if (field->kind == RAS_STRING) {
		fprintf(out, "%.*s", (int)value->len, (const char *)value->data);
	} else if (field->kind == RAS_GUID && value->len == RAS_GUID_SIZE) {
		ras_guid_format(value->data, guid);
		if (!strcmp(how, "sec"))
			name = ras_guid_section(guid);
		fprintf(out, "%s", name ? name : guid);
	} else {
		fprintf(out, "%zu bytes", value->len);
	}
}

/* {NAME} or {NAME:HOW}; returns what is behind it, sets @none if it says nothing */
static const char *put_hole(const struct ras_event *ev, const char *hole, FILE *out, bool *none)
{
	size_t len = strcspn(hole, "}"), name_len = strcspn(hole, ":}");
	const struct ras_field *field;
	const struct ras_value *value;
	char name[64], how[8] = "";

	snprintf(name, sizeof(name), "%.*s", (int)name_len, hole);
	if (name_len < len)
		snprintf(how, sizeof(how), "%.*s", (int)(len - name_len - 1),
			 hole + name_len + 1);
	field = ras_type_field(ev->type, name);
	if (!field) {
		*none = true;
		return hole + len + 1;
	}
	value = &ev->values[field - ev->type->fields];
	*none |= is_none(field, value);
	if (!strcmp(how, "?"))
		return hole + len + 1;
	if (field->kind == RAS_INT)
		put_int(ev, field, value->num, how, out);
	else
		put_data(field, value, how, out);
	return hole + len + 1;
}

/**
 * ras_template_write - fill in a template
 * @ev: event
 * @template: text. {NAME} is a field: the format file's text for its value, a
 *            string, a GUID, or a number, in hexadecimal if it has 64 bits.
 *            {NAME:d}, {NAME:x}: a number in any case; {NAME:s}: milliseconds as
 *            seconds; {NAME:ip}: an address, and the kernel's function;
 *            {NAME:errno}: what it means; {NAME:why}: a colon and what it means,
 *            or nothing; {NAME:sig}: a signal; {NAME:sec}: a CPER section's
 *            name, if it is known; {NAME:?}: nothing. Text in brackets is left
 *            out if a field in it is 0, empty, -1 or another errno, or not
 *            there.
 * @out: stream
 */
void ras_template_write(const struct ras_event *ev, const char *template, FILE *out)
{
	char *part = NULL;
	FILE *to = out;
	bool none = false;
	size_t len;

	for (; *template; template++) {
		if (*template == '[') {
			none = false;
			to = open_memstream(&part, &len);
			if (!to)
				return;
		} else if (*template == ']') {
			fclose(to);
			to = out;
			if (!none)
				fputs(part, out);
			free(part);
		} else if (*template == '{') {
			template = put_hole(ev, template + 1, to, &none) - 1;
		} else {
			fputc(*template, to);
		}
	}
}
