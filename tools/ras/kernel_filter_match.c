// SPDX-License-Identifier: GPL-2.0
/* The kernel's filters of events: does a record satisfy one. */
#include <stdlib.h>
#include <string.h>
#include <linux/glob.h>
#include "kernel_filter_private.h"

/* As wide as the field, and with its sign if it has one, in 64 bits */
static u64 fit(const struct filter_pred *pred, u64 num)
{
	unsigned int unused = 64 - 8 * pred->size;

	num <<= unused;
	return pred->is_signed ? (u64)((s64)num >> unused) : num >> unused;
}

static bool compare(const struct filter_pred *pred, u64 num)
{
	u64 with = fit(pred, pred->num);
	bool less = pred->is_signed ? (s64)num < (s64)with : num < with;

	switch (pred->op) {
	case FILTER_EQ:
		return num == with;
	case FILTER_NE:
		return num != with;
	case FILTER_LT:
		return less;
	case FILTER_LE:
		return less || num == with;
	case FILTER_GT:
		return !less && num != with;
	case FILTER_GE:
		return !less;
	case FILTER_BAND:
		return num & with;
	default:
		return false;
	}
}

static bool match_number(const struct filter_pred *pred, const unsigned char *raw,
			 size_t len)
{
	u64 num = 0;

	if (pred->offset + pred->size > len)
		return false;
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	memcpy((char *)&num + 8 - pred->size, raw + pred->offset, pred->size);
#else
	memcpy(&num, raw + pred->offset, pred->size);
#endif
	return compare(pred, fit(pred, num));
}

/* Where a string is, and the size of its array, which may have more than it */
static const char *find_string(const struct filter_pred *pred,
			       const unsigned char *raw, size_t len, size_t *size)
{
	size_t off = pred->offset;
	u32 loc;

	*size = pred->size;
	if (off + pred->size > len)
		return NULL;
	if (pred->dynamic) {
		memcpy(&loc, raw + off, 4);
		off = (loc & 0xffff) + (pred->relative ? off + 4 : 0);
		*size = loc >> 16;
	}
	return off + *size <= len ? (const char *)raw + off : NULL;
}

/*
 * Up to the first NUL or, like the kernel, in the whole array: there a fixed
 * array ends with something only if it is full.
 */
static bool match_text(const struct filter_pred *pred, const char *array, size_t size,
		       const char *text)
{
	size_t len = strlen(pred->text);

	switch (pred->kind) {
	case FILTER_STRING_FULL:
		return !strcmp(text, pred->text);
	case FILTER_STRING_FRONT:
		return !strncmp(text, pred->text, len);
	case FILTER_STRING_MIDDLE:
		return memmem(array, size, pred->text, len);
	case FILTER_STRING_END:
		return size && size - 1 >= len &&
		       !memcmp(array + size - 1 - len, pred->text, len);
	default:
		return glob_match(pred->text, text);
	}
}

static bool match_string(const struct filter_pred *pred, const unsigned char *raw,
			 size_t len)
{
	const char *array;
	bool match = false;
	size_t size;
	char *text;

	array = find_string(pred, raw, len, &size);
	text = array ? strndup(array, size) : NULL;
	if (text)
		match = match_text(pred, array, size, text);
	free(text);
	return match != pred->invert;
}

static bool match_pred(const struct filter_pred *pred, const unsigned char *raw,
		       size_t len, int cpu)
{
	/* The kernel has no & for it. */
	if (pred->kind == FILTER_CPU)
		return pred->op != FILTER_BAND && compare(pred, fit(pred, cpu));
	if (pred->kind == FILTER_NUMBER)
		return match_number(pred, raw, len);
	return match_string(pred, raw, len);
}

/**
 * ras_kernel_filter_match - does a record satisfy a filter
 * @filter: filter, NULL: all do
 * @raw: trace record
 * @len: its size in bytes
 * @cpu: CPU that it was recorded on
 *
 * Return: true if it does.
 */
bool ras_kernel_filter_match(const struct ras_kernel_filter *filter,
			     const void *raw, size_t len, int cpu)
{
	if (!filter)
		return true;
	switch (filter->node) {
	case FILTER_PRED:
		return match_pred(&filter->pred, raw, len, cpu);
	case FILTER_NOT:
		return !ras_kernel_filter_match(filter->left, raw, len, cpu);
	case FILTER_AND:
		return ras_kernel_filter_match(filter->left, raw, len, cpu) &&
		       ras_kernel_filter_match(filter->right, raw, len, cpu);
	default:
		return ras_kernel_filter_match(filter->left, raw, len, cpu) ||
		       ras_kernel_filter_match(filter->right, raw, len, cpu);
	}
}

/**
 * ras_kernel_filter_cpu - does a filter ask for the CPU of a record
 * @filter: filter, or NULL
 *
 * Return: true if it does.
 */
bool ras_kernel_filter_cpu(const struct ras_kernel_filter *filter)
{
	if (!filter)
		return false;
	if (filter->node == FILTER_PRED)
		return filter->pred.kind == FILTER_CPU;
	return ras_kernel_filter_cpu(filter->left) ||
	       ras_kernel_filter_cpu(filter->right);
}

/**
 * ras_kernel_filter_free - free a filter
 * @filter: filter, or NULL
 */
void ras_kernel_filter_free(struct ras_kernel_filter *filter)
{
	if (!filter)
		return;
	ras_kernel_filter_free(filter->left);
	ras_kernel_filter_free(filter->right);
	free(filter);
}
