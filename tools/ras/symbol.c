// SPDX-License-Identifier: GPL-2.0
/* Texts of values, as the tracepoint's format file has them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <traceevent/event-parse.h>
#include "desc.h"
#include "format.h"

static bool symbol_value(const struct tep_print_flag_sym *sym, u64 *value)
{
	char *end;

	*value = strtoull(sym->value, &end, 0);
	return end != sym->value && !*end;
}

static const char *flags_text(const struct tep_print_flag_sym *sym, u64 value,
			      char *buf, size_t len)
{
	size_t pos = 0;
	u64 bits;

	buf[0] = '\0';
	for (; sym; sym = sym->next) {
		if (!symbol_value(sym, &bits) || !bits ||
		    (value & bits) != bits)
			continue;
		value &= ~bits;
		pos += snprintf(buf + pos, len - pos, "%s%s", pos ? "|" : "",
				sym->str);
		if (pos >= len)
			return buf;
	}
	if (value && pos)
		snprintf(buf + pos, len - pos, "|0x%llx",
			 (unsigned long long)value);
	return pos ? buf : NULL;
}

/* A field with two sets of texts has none unless the descriptor chooses. */
static const struct tep_print_flag_sym *symbols(const struct ras_event *ev,
						const struct ras_field *field)
{
	const struct ras_desc *desc = ev->type->desc;

	if (!field->other)
		return field->symbols;
	if (!desc->other)
		return NULL;
	return desc->other(ev) ? field->other : field->symbols;
}

/**
 * ras_field_symbol - the text for a value
 * @ev: event
 * @field: field of kind RAS_INT
 * @value: its value
 * @buf: room for the text of flags
 * @len: size of @buf in bytes
 *
 * Return: the text from the format file, or NULL if it has none for @value.
 */
const char *ras_field_symbol(const struct ras_event *ev,
			     const struct ras_field *field, u64 value,
			     char *buf, size_t len)
{
	const struct tep_print_flag_sym *sym = symbols(ev, field);
	u64 sval;

	if (field->flags && sym)
		return flags_text(sym, value, buf, len);
	for (; sym; sym = sym->next) {
		if (symbol_value(sym, &sval) && sval == value)
			return sym->str;
	}
	return NULL;
}

static int find_text(const struct tep_print_flag_sym *sym, const char *text,
		     u64 *value)
{
	for (; sym; sym = sym->next) {
		if (!strcasecmp(sym->str, text) && symbol_value(sym, value))
			return 0;
	}
	return -ENOENT;
}

/**
 * ras_field_symbol_value - the value that a text stands for
 * @field: field of kind RAS_INT
 * @text: text as in the format file, in any case
 * @value: result
 * @other: result: it is from the field's second set of texts
 *
 * Return: 0; -ENOENT: no such text; -EINVAL: both sets have it, and differ.
 */
int ras_field_symbol_value(const struct ras_field *field, const char *text,
			   u64 *value, bool *other)
{
	u64 second;

	*other = false;
	if (find_text(field->symbols, text, value)) {
		*other = true;
		return find_text(field->other, text, value);
	}
	if (!find_text(field->other, text, &second) && second != *value)
		return -EINVAL;
	return 0;
}
