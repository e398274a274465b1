// SPDX-License-Identifier: GPL-2.0
/* An event from FIELD=VALUE words, checked against its format. */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/compiler.h>
#include "build.h"
#include "desc.h"
#include "format.h"
#include "guid.h"
#include "scale.h"

/**
 * ras_build_fail - say what is wrong
 * @build: builder
 * @fmt: as for printf, one line without newline
 *
 * Return: -EINVAL.
 */
int ras_build_fail(struct ras_build *build, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(build->error, sizeof(build->error), fmt, ap);
	va_end(ap);
	return -EINVAL;
}

/**
 * ras_build_init - start building an event
 * @build: to be freed with ras_build_free()
 * @type: its type
 *
 * Return: 0 or -ENOMEM.
 */
int ras_build_init(struct ras_build *build, const struct ras_type *type)
{
	memset(build, 0, sizeof(*build));
	build->type = type;
	build->values = calloc(type->nr_fields + 1, sizeof(*build->values));
	build->given = calloc(type->nr_fields + 1, sizeof(*build->given));
	return build->values && build->given ? 0 : -ENOMEM;
}

/**
 * ras_build_free - free what a builder holds
 * @build: builder
 */
void ras_build_free(struct ras_build *build)
{
	unsigned int i;

	for (i = 0; build->values && i < build->type->nr_fields; i++)
		free((void *)build->values[i].data);
	free(build->values);
	free(build->given);
}

/* The severity that was asked for needs no field. */
static bool is_severity(const struct ras_build *build, const char *word)
{
	return build->type->desc->choose && !strncmp(word, "severity=", 9);
}

static int set_severity(struct ras_build *build, const char *text)
{
	if (build->asked)
		return ras_build_fail(build, "severity is given twice");
	build->asked = true;
	if (!ras_severity_word(text, &build->severity))
		return 0;
	return ras_build_fail(build,
			      "severity=%s is none: give corrected, deferred, recoverable, fatal, or another word of ras(1)",
			      text);
}

static int unknown_field(struct ras_build *build, const char *name, int len)
{
	size_t pos;
	unsigned int i;

	ras_build_fail(build, "%s has no field '%.*s'; its fields are:",
		       build->type->full, len, name);
	pos = strlen(build->error);
	for (i = 0; i < build->type->nr_fields; i++) {
		if (pos + 1 < sizeof(build->error))
			pos += snprintf(build->error + pos,
					sizeof(build->error) - pos, " %s",
					build->type->fields[i].name);
	}
	return -EINVAL;
}

static int out_of_range(struct ras_build *build, const struct ras_field *field,
			const char *text)
{
	unsigned int bits = field->elem_size * 8;

	if (field->is_signed)
		return ras_build_fail(build,
				      "%s=%s does not fit: give %lld to %lld", field->name,
				      text, -1LL - (long long)(~0ULL >> (65 - bits)),
				      (long long)(~0ULL >> (65 - bits)));
	return ras_build_fail(build, "%s=%s does not fit: give 0 to 0x%llx", field->name,
			      text, ~0ULL >> (64 - bits));
}

/* Has the value names for single bits, of the format file's or ours? */
static bool has_flags(const struct ras_build *build, const struct ras_field *field)
{
	const char * const *name = build->type->desc->flags;

	while (name && *name && strcmp(*name, field->name))
		name++;
	return field->flags || (name && *name);
}

static int no_number(struct ras_build *build, const struct ras_field *field,
		     const char *text)
{
	const struct ras_scale *scale = build->type->desc->scale;
	const char *names = "";

	if (has_flags(build, field))
		names = ", or as names separated by |, as `ras` shows them";
	else if (field->symbols)
		names = ", or as a text that the event's format file has for it";
	else if (scale && !strcmp(scale->field, field->name))
		names = ", or as corrected, recoverable, fatal or the like";
	return ras_build_fail(build,
			      "%s=%s is not a number: give it in decimal, or in hexadecimal with 0x%s",
			      field->name, text, names);
}

/* Any value that the field's bits can hold, signed or not. */
static int parse_int(struct ras_build *build, const struct ras_field *field,
		     const char *text, char **end, u64 *num)
{
	unsigned int bits = field->elem_size * 8;
	bool negative;
	u64 max;

	while (isspace((unsigned char)*text))
		text++;
	negative = *text == '-';
	errno = 0;
	*num = strtoull(text + negative, end, 0);
	if (*end == text + negative || !isdigit((unsigned char)text[negative]))
		return no_number(build, field, text);
	/* an address with the top bit set is written unsigned */
	max = field->is_signed && bits < 64 ? ~0ULL >> (65 - bits) :
					      ~0ULL >> (64 - bits);
	if (negative)
		max = field->is_signed ? 1ULL << (bits - 1) : 0;
	if (errno == ERANGE || *num > max)
		return out_of_range(build, field, text);
	if (negative)
		*num = -*num;
	return 0;
}

/* Another word for a severity that the format file has, such as "recoverable" */
static int severity_word(const struct ras_field *field, const char *word, u64 *num)
{
	enum ras_severity sev;
	bool other;

	if (strcmp(field->name, "severity") || ras_severity_word(word, &sev))
		return -ENOENT;
	return ras_field_symbol_value(field, ras_severity_name(sev), num, &other);
}

/* A text of the format file's, or one that the descriptor knows. */
static int parse_word(struct ras_build *build, const struct ras_field *field,
		      const char *word, u64 *num)
{
	const struct ras_desc *desc = build->type->desc;
	bool other;
	int err;

	err = ras_field_symbol_value(field, word, num, &other);
	if (err && desc->word)
		return desc->word(build->type, field, word, num);
	if (err)
		return severity_word(field, word, num);
	if (other)
		snprintf(build->other, sizeof(build->other), "%s", word);
	else if (field->other)
		snprintf(build->first, sizeof(build->first), "%s", word);
	return 0;
}

static int parse_value(struct ras_build *build, const struct ras_field *field,
		       const char *text, u64 *num)
{
	char *end;
	int err;

	if (!parse_word(build, field, text, num))
		return 0;
	err = parse_int(build, field, text, &end, num);
	return !err && *end ? no_number(build, field, text) : err;
}

/* A number, a word, or bits: "VAL|UC|0x90" */
static int set_int(struct ras_build *build, const struct ras_field *field,
		   struct ras_value *value, const char *text)
{
	char *copy, *rest, *word;
	int err = 0;
	u64 num;

	if (!strchr(text, '|') || !has_flags(build, field))
		return parse_value(build, field, text, &value->num);
	copy = strdup(text);
	if (!copy)
		return -ENOMEM;
	rest = copy;
	while (!err && (word = strsep(&rest, "|"))) {
		err = parse_value(build, field, word, &num);
		if (!err)
			value->num |= num;
	}
	free(copy);
	return err;
}

static int set_array(struct ras_build *build, const struct ras_field *field,
		     struct ras_value *value, const char *text)
{
	size_t size = field->elem_size, nr = 0;
	const char *p, *rest = text;
	unsigned char *data;
	char *end;
	u64 num;
	int err;

	for (p = text; *p; p++)
		nr += *p == ',';
	nr += *text != '\0';
	if (!field->dynamic && nr * size > field->size)
		return ras_build_fail(build, "%s has room for %zu numbers, not for %zu",
				      field->name, field->size / size, nr);
	data = calloc(nr + 1, 8);
	if (!data)
		return -ENOMEM;
	value->data = data;
	value->len = nr * size;
	while (nr--) {
		err = parse_int(build, field, rest, &end, &num);
		if (err && *rest != ',' && *rest)
			return err;
		if (err || (*end && *end != ','))
			return ras_build_fail(build,
					      "%s=%s is not a list of numbers separated by commas",
					      field->name, text);
		memcpy(data, &num, size);	/* little endian */
		data += size;
		rest = end + 1;
	}
	return 0;
}

static int set_bytes(struct ras_build *build, const struct ras_field *field,
		     struct ras_value *value, const char *text)
{
	const char *hex = !strncmp(text, "0x", 2) ? text + 2 : text;
	size_t i, len = strlen(hex);
	unsigned char *data;
	unsigned int byte;

	if (len % 2 || strspn(hex, "0123456789abcdefABCDEF") != len)
		return ras_build_fail(build,
				      "%s=%s is not a row of bytes: give two hexadecimal digits for each",
				      field->name, text);
	len /= 2;
	if (!field->dynamic && len > field->size)
		return ras_build_fail(build, "%s has %u bytes, not %zu", field->name,
				      field->size, len);
	data = malloc(len + 1);
	if (!data)
		return -ENOMEM;
	for (i = 0; i < len; i++) {
		if (sscanf(hex + 2 * i, "%2x", &byte) == 1)
			data[i] = byte;
	}
	value->data = data;
	value->len = len;
	return 0;
}

static int set_string(struct ras_build *build, const struct ras_field *field,
		      struct ras_value *value, const char *text)
{
	value->len = strlen(text);
	if (!field->dynamic && value->len > field->size)
		return ras_build_fail(build, "%s has room for %u characters, not for %zu",
				      field->name, field->size, value->len);
	value->data = strdup(text);
	return value->data ? 0 : -ENOMEM;
}

static int set_guid(struct ras_build *build, const struct ras_field *field,
		    struct ras_value *value, const char *text)
{
	unsigned char *data = malloc(RAS_GUID_SIZE);

	if (!data)
		return -ENOMEM;
	value->data = data;
	value->len = RAS_GUID_SIZE;
	if (ras_guid_parse(text, data))
		return ras_build_fail(build,
				      "%s=%s is not a GUID such as a5bc1114-6f64-4ede-b863-3e83ed7c83b1",
				      field->name, text);
	return 0;
}

/**
 * ras_build_set - set a field
 * @build: builder
 * @word: "FIELD=VALUE": integers in decimal, 0x hexadecimal or 0 octal, or
 *        the format file's text for a value, flags separated by |; strings as
 *        they are; arrays of integers separated by commas; bytes in
 *        hexadecimal; GUIDs as usual; "severity=WORD" even if the event has no
 *        such field, as long as it can be expressed. Must outlive @build.
 *
 * Return: 0; -EINVAL with a message in @build; -ENOMEM.
 */
int ras_build_set(struct ras_build *build, const char *word)
{
	static int (* const set[])(struct ras_build *, const struct ras_field *,
				   struct ras_value *, const char *) = {
		[RAS_INT]	= set_int,
		[RAS_STRING]	= set_string,
		[RAS_BYTES]	= set_bytes,
		[RAS_GUID]	= set_guid,
		[RAS_ARRAY]	= set_array,
	};
	const char *equals = strchr(word, '=');
	unsigned int i;

	if (!equals || equals == word)
		return ras_build_fail(build, "'%s' is not of the form FIELD=VALUE", word);
	if (is_severity(build, word) && !ras_type_field(build->type, "severity"))
		return set_severity(build, equals + 1);
	for (i = 0; i < build->type->nr_fields; i++) {
		const struct ras_field *field = &build->type->fields[i];

		if (strlen(field->name) != (size_t)(equals - word) ||
		    strncmp(field->name, word, equals - word))
			continue;
		if (build->given[i])
			return ras_build_fail(build, "%s is given twice", field->name);
		if (field->pointer)
			return ras_build_fail(build,
					      "%s is a kernel pointer, which cannot be injected",
					      field->name);
		build->given[i] = true;
		return set[field->kind](build, field, &build->values[i],
					equals + 1);
	}
	return unknown_field(build, word, equals - word);
}

/* The value of a field that was not given, or NULL: then leave it. */
static struct ras_value *vacant(struct ras_build *build, const char *name,
				const struct ras_field **field)
{
	size_t i;

	*field = ras_type_field(build->type, name);
	if (!*field)
		return NULL;
	i = *field - build->type->fields;
	return build->given[i] ? NULL : &build->values[i];
}

/**
 * ras_build_default - set an integer field if it was not given
 * @build: builder
 * @name: field; ignored if this kernel's event does not have it
 * @num: value
 */
void ras_build_default(struct ras_build *build, const char *name, u64 num)
{
	const struct ras_field *field;
	struct ras_value *value = vacant(build, name, &field);

	if (value && field->kind == RAS_INT)
		value->num = num;
}

/**
 * ras_build_default_text - set a string if it was not given
 * @build: builder
 * @name: field; ignored if this kernel's event does not have it
 * @text: value
 *
 * Return: 0, -EINVAL if it does not fit, -ENOMEM.
 */
int ras_build_default_text(struct ras_build *build, const char *name,
			   const char *text)
{
	const struct ras_field *field;
	struct ras_value *value = vacant(build, name, &field);

	if (!value || field->kind != RAS_STRING)
		return 0;
	free((void *)value->data);
	return set_string(build, field, value, text);
}

/**
 * ras_build_default_symbol - set an integer by its text if it was not given
 * @build: builder
 * @name: field; ignored if this kernel's event does not have it
 * @text: as in the format file; ignored if it is not there
 */
void ras_build_default_symbol(struct ras_build *build, const char *name,
			      const char *text)
{
	const struct ras_field *field;
	struct ras_value *value = vacant(build, name, &field);
	bool other;
	u64 num;

	if (value && !ras_field_symbol_value(field, text, &num, &other))
		value->num = num;
}

/**
 * ras_build_given - was a field given
 * @build: builder
 * @name: field
 *
 * Return: true if it was.
 */
bool ras_build_given(const struct ras_build *build, const char *name)
{
	const struct ras_field *field = ras_type_field(build->type, name);

	return field && build->given[field - build->type->fields];
}

/**
 * ras_build_value - a field's value so far
 * @build: builder
 * @name: field
 *
 * Return: its value, or NULL if this kernel's event does not have it.
 */
const struct ras_value *ras_build_value(const struct ras_build *build,
					const char *name)
{
	const struct ras_field *field = ras_type_field(build->type, name);

	return field ? &build->values[field - build->type->fields] : NULL;
}

/**
 * ras_build_num - an integer's value so far
 * @build: builder
 * @name: field
 *
 * Return: its value, or 0 if this kernel's event does not have it.
 */
u64 ras_build_num(const struct ras_build *build, const char *name)
{
	const struct ras_value *value = ras_build_value(build, name);

	return value ? value->num : 0;
}

/* Are the words of the set of texts that this event has? */
static int check_words(struct ras_build *build)
{
	const struct ras_desc *desc = build->type->desc;
	struct ras_event ev = {
		.type = build->type,
		.values = build->values,
	};
	const char *wrong;

	if (!desc->other)
		return 0;
	wrong = desc->other(&ev) ? build->first : build->other;
	if (!*wrong)
		return 0;
	return ras_build_fail(build,
			      "'%s' does not go with severity %s: give another one",
			      wrong, ras_severity_name(ras_event_severity(&ev)));
}

/**
 * ras_build_choose - heed the severity that was asked for
 * @build: builder, all else set
 *
 * Return: 0, or -EINVAL if the event cannot have it, or something that was
 * given is not of the event's severity.
 */
int ras_build_choose(struct ras_build *build)
{
	int err = 0;

	if (build->asked)
		err = build->type->desc->choose(build, build->severity);
	return err ? err : check_words(build);
}

/**
 * ras_build_finish - fill in what was not given, and heed the severity
 * @build: builder
 * @cpu: CPU the event is for, or -1
 *
 * Return: 0, or -EINVAL if a required field is missing or what was given
 * contradicts itself.
 */
int ras_build_finish(struct ras_build *build, int cpu)
{
	const struct ras_desc *desc = build->type->desc;
	int err = 0;

	if (desc->required && ras_type_field(build->type, desc->required) &&
	    !ras_build_given(build, desc->required))
		return ras_build_fail(build, "%s needs %s=VALUE",
				      build->type->full, desc->required);
	if (desc->defaults)
		err = desc->defaults(build, cpu);
	return err ? err : ras_build_choose(build);
}
