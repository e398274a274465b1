// SPDX-License-Identifier: GPL-2.0
/* The kernel's filters of events: the text of a comparison. */
#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <traceevent/event-parse.h>
#include "format.h"
#include "kernel_filter_private.h"

/* "<=" before "<": the first one that fits is it. */
static const char * const ops[] = {
	[FILTER_GLOB]	= "~",
	[FILTER_NE]	= "!=",
	[FILTER_EQ]	= "==",
	[FILTER_LE]	= "<=",
	[FILTER_LT]	= "<",
	[FILTER_GE]	= ">=",
	[FILTER_GT]	= ">",
	[FILTER_BAND]	= "&",
};

/* Fields that every event has for a filter, but no record of ours */
static const struct {
	const char *name;
	const char *why;
} foreign[] = {
	{ "COMM", "the task is not in the recorded events" },
	{ "comm", "the task is not in the recorded events" },
	{ "STACKTRACE", "the stack is not in the recorded events" },
	{ "stacktrace", "the stack is not in the recorded events" },
	{ "common_type", "this field is not in the recorded events" },
	{ "common_flags", "this field is not in the recorded events" },
	{ "common_preempt_count", "this field is not in the recorded events" },
	{ "common_pid", "the task is not in the recorded events" },
};

static const struct tep_format_field *tep_field(const struct ras_type *type,
						const char *name)
{
	const struct tep_format_field *field = type->tep_event->format.fields;

	while (field && strcmp(field->name, name))
		field = field->next;
	return field;
}

/**
 * ras_kernel_filter_string - is a field a string
 * @field: field
 *
 * Return: true if it is one for the kernel's filters.
 */
bool ras_kernel_filter_string(const struct tep_format_field *field)
{
	return strstr(field->type, "char") &&
	       (field->flags & (TEP_FIELD_IS_DYNAMIC | TEP_FIELD_IS_ARRAY));
}

/* One that is not the event's own */
static bool generic_field(struct filter_scan *scan, const char *at, const char *name,
			  struct filter_pred *pred)
{
	unsigned int i;

	if (!strcmp(name, "CPU") || !strcmp(name, "cpu") ||
	    !strcmp(name, "common_cpu")) {
		pred->kind = FILTER_CPU;
		pred->size = 4;
		pred->is_signed = true;
		return true;
	}
	for (i = 0; i < ARRAY_SIZE(foreign); i++) {
		if (!strcmp(name, foreign[i].name))
			return filter_wrong(scan, at, "%s", foreign[i].why);
	}
	return filter_wrong(scan, at, "Field not found");
}

static bool own_field(struct filter_scan *scan, const char *at,
		      const struct tep_format_field *field,
		      struct filter_pred *pred)
{
	const struct ras_field *ours = ras_type_field(scan->type, field->name);

	pred->offset = field->offset;
	pred->size = field->size;
	pred->is_signed = ours->is_signed;
	pred->dynamic = ours->dynamic;
	pred->relative = ours->relative;
	pred->kind = ras_kernel_filter_string(field) ? FILTER_STRING_FULL : FILTER_NUMBER;
	if (pred->kind == FILTER_NUMBER && (ours->kind != RAS_INT || ours->pointer))
		return filter_wrong(scan, at,
			     "%s is neither an integer nor a string: only the kernel can filter by it",
			     field->name);
	return true;
}

static bool parse_field(struct filter_scan *scan, struct filter_pred *pred)
{
	const struct tep_format_field *field;
	const char *at;
	char name[128];
	size_t len = 0;

	filter_skip_spaces(scan);
	at = scan->at;
	while (isalnum(at[len]) || at[len] == '_')
		len++;
	if (!len)
		return filter_wrong(scan, at, "a field is wanted");
	if (len >= sizeof(name))
		return filter_wrong(scan, at, "Field not found");
	memcpy(name, at, len);
	name[len] = '\0';
	scan->at += len;
	if (*scan->at == '.')
		return filter_wrong(scan, scan->at,
			     ".function and .ustring need the running kernel");
	field = tep_field(scan->type, name);
	return field ? own_field(scan, at, field, pred) :
		       generic_field(scan, at, name, pred);
}

static bool parse_op(struct filter_scan *scan, struct filter_pred *pred)
{
	unsigned int op = 0;

	while (op < FILTER_NR_OPS && !filter_take(scan, ops[op]))
		op++;
	if (op == FILTER_NR_OPS)
		return filter_wrong(scan, scan->at, "Invalid operator");
	pred->op = op;
	return true;
}

/* What a pattern asks for, as filter_parse_regex() has it */
static void parse_pattern(struct filter_pred *pred)
{
	char *text = pred->text;
	size_t i, len;
	bool front = false;

	pred->invert = *text == '!';
	memmove(text, text + pred->invert, strlen(text + pred->invert) + 1);
	len = strlen(text);
	if (isdigit(*text))
		return;
	for (i = 0; i < len; i++) {
		if (strchr("[?\\", text[i]) || (text[i] == '*' && i && i != len - 1)) {
			pred->kind = FILTER_STRING_GLOB;
			return;
		}
		front |= text[i] == '*' && i;
	}
	if (front)
		text[len - 1] = '\0';
	if (*text != '*') {
		pred->kind = front ? FILTER_STRING_FRONT : FILTER_STRING_FULL;
		return;
	}
	pred->kind = front ? FILTER_STRING_MIDDLE : FILTER_STRING_END;
	memmove(text, text + 1, strlen(text));
}

static bool parse_string(struct filter_scan *scan, struct filter_pred *pred)
{
	const char *start = scan->at + 1, *end = strchr(start, *scan->at);

	if (pred->op > FILTER_EQ)
		return filter_wrong(scan, scan->at, "Illegal operation for field type");
	if (pred->kind != FILTER_STRING_FULL)
		return filter_wrong(scan, scan->at, "Expecting numeric field");
	if (!end)
		return filter_wrong(scan, scan->at, "Missing matching quote");
	if (end - start >= FILTER_STRING_SIZE)
		return filter_wrong(scan, scan->at, "Operand too long");
	memcpy(pred->text, start, end - start);
	pred->invert = pred->op == FILTER_NE;
	if (pred->op == FILTER_GLOB)
		parse_pattern(pred);
	scan->at = end + 1;
	return true;
}

/* As kstrtoull(text, 0, num), which is stricter than strtoull() */
static bool parse_unsigned(const char *text, u64 *num)
{
	unsigned int base = 10, digit;

	if (text[0] == '0')
		base = tolower(text[1]) == 'x' && isxdigit(text[2]) ? 16 : 8;
	if (base == 16)
		text += 2;
	if (!*text)
		return false;
	for (*num = 0; *text; text++) {
		if (!isxdigit(*text))
			return false;
		digit = isdigit(*text) ? *text - '0' : tolower(*text) - 'a' + 10;
		if (digit >= base || *num > (~0ULL - digit) / base)
			return false;
		*num = *num * base + digit;
	}
	return true;
}

static bool parse_signed(const char *text, u64 *num)
{
	bool negative = *text == '-';

	if (!parse_unsigned(text + negative, num) ||
	    *num > (u64)INT64_MAX + negative)
		return false;
	if (negative)
		*num = -*num;
	return true;
}

static bool parse_number(struct filter_scan *scan, struct filter_pred *pred)
{
	const char *start = scan->at;
	size_t len = *start == '-';
	char digits[24];

	if (pred->kind == FILTER_STRING_FULL)
		return filter_wrong(scan, start, "Expecting string field");
	if (pred->op == FILTER_GLOB)
		return filter_wrong(scan, start, "Illegal operation for field type");
	while (isalnum(start[len]))
		len++;
	if (len >= sizeof(digits))
		return filter_wrong(scan, start, "Operand too long");
	memcpy(digits, start, len);
	digits[len] = '\0';
	if (!(pred->is_signed ? parse_signed : parse_unsigned)(digits, &pred->num))
		return filter_wrong(scan, start, "Illegal integer value");
	scan->at += len;
	return true;
}

/**
 * filter_parse_pred - read a comparison: FIELD OP VALUE
 * @scan: text, with the reason if it is wrong
 * @pred: result, all 0 before
 *
 * Return: true if it is one.
 */
bool filter_parse_pred(struct filter_scan *scan, struct filter_pred *pred)
{
	if (!parse_field(scan, pred) || !parse_op(scan, pred))
		return false;
	filter_skip_spaces(scan);
	if (!strncmp(scan->at, "CPUS", 4))
		return filter_wrong(scan, scan->at,
			     "CPUS{} depends on the CPUs of the running kernel");
	if (*scan->at == '\'' || *scan->at == '"')
		return parse_string(scan, pred);
	if (isdigit(*scan->at) || *scan->at == '-')
		return parse_number(scan, pred);
	return filter_wrong(scan, scan->at, "Invalid value (did you forget quotes)?");
}

