// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's filters of events: their text. What the kernel would refuse is
 * refused in its words; what needs the running kernel is refused, too.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <linux/ctype.h>
#include <linux/string.h>
#include "kernel_filter_private.h"

/**
 * filter_wrong - say what is wrong
 * @scan: text
 * @at: where in it
 * @fmt: as for printf
 *
 * Return: false.
 */
bool filter_wrong(struct filter_scan *scan, const char *at, const char *fmt, ...)
{
	va_list ap;

	scan->error->pos = at - scan->text;
	va_start(ap, fmt);
	vsnprintf(scan->error->why, sizeof(scan->error->why), fmt, ap);
	va_end(ap);
	return false;
}

/**
 * filter_skip_spaces - go to what is next
 * @scan: text
 */
void filter_skip_spaces(struct filter_scan *scan)
{
	while (isspace(*scan->at))
		scan->at++;
}

/**
 * filter_take - go behind a word, if it is next
 * @scan: text
 * @word: word
 *
 * Return: true if it was.
 */
bool filter_take(struct filter_scan *scan, const char *word)
{
	size_t len = strlen(word);

	filter_skip_spaces(scan);
	if (strncmp(scan->at, word, len))
		return false;
	scan->at += len;
	return true;
}

/* Of two parts, the second may be NULL for want of a text: then the whole is. */
static struct ras_kernel_filter *join(struct filter_scan *scan, enum filter_node node,
				      struct ras_kernel_filter *left,
				      struct ras_kernel_filter *right)
{
	struct ras_kernel_filter *both = NULL;

	if (left && (right || node == FILTER_NOT)) {
		both = calloc(1, sizeof(*both));
		scan->no_memory |= !both;
	}
	if (!both) {
		ras_kernel_filter_free(left);
		ras_kernel_filter_free(right);
		return NULL;
	}
	both->node = node;
	both->left = left;
	both->right = right;
	return both;
}

static struct ras_kernel_filter *parse_or(struct filter_scan *scan);

static struct ras_kernel_filter *parse_parens(struct filter_scan *scan)
{
	const char *open = scan->at - 1;
	struct ras_kernel_filter *filter = parse_or(scan);

	if (!filter || filter_take(scan, ")"))
		return filter;
	ras_kernel_filter_free(filter);
	if (*scan->at)
		filter_wrong(scan, scan->at, "&& or || is wanted");
	else
		filter_wrong(scan, open, "Too many '('");
	return NULL;
}

static struct ras_kernel_filter *parse_term(struct filter_scan *scan)
{
	struct ras_kernel_filter *filter;
	bool invert = false;

	while (filter_take(scan, "!"))
		invert = !invert;
	if (filter_take(scan, "(")) {
		filter = parse_parens(scan);
	} else {
		filter = calloc(1, sizeof(*filter));
		scan->no_memory |= !filter;
		if (filter && !filter_parse_pred(scan, &filter->pred)) {
			free(filter);
			filter = NULL;
		}
	}
	return invert && filter ? join(scan, FILTER_NOT, filter, NULL) : filter;
}

static struct ras_kernel_filter *parse_and(struct filter_scan *scan)
{
	struct ras_kernel_filter *filter = parse_term(scan);

	while (filter && filter_take(scan, "&&"))
		filter = join(scan, FILTER_AND, filter, parse_term(scan));
	return filter;
}

static struct ras_kernel_filter *parse_or(struct filter_scan *scan)
{
	struct ras_kernel_filter *filter = parse_and(scan);

	while (filter && filter_take(scan, "||"))
		filter = join(scan, FILTER_OR, filter, parse_and(scan));
	return filter;
}

/**
 * ras_kernel_filter_parse - understand a filter
 * @type: the tracepoint whose records it is for
 * @text: the filter
 * @res: result, for ras_kernel_filter_free()
 * @error: where and what is wrong, with -EINVAL
 *
 * Return: 0; -EINVAL: the kernel would not take it, or it is about what is not
 * in a recorded event; -ENOMEM.
 */
int ras_kernel_filter_parse(const struct ras_type *type, const char *text,
			    struct ras_kernel_filter **res,
			    struct ras_filter_error *error)
{
	struct filter_scan scan = {
		.type = type,
		.text = text,
		.at = text,
		.error = error,
	};

	*res = parse_or(&scan);
	filter_skip_spaces(&scan);
	if (*res && *scan.at) {
		filter_wrong(&scan, scan.at, *scan.at == ')' ? "Too few '('" :
							"&& or || is wanted");
		ras_kernel_filter_free(*res);
		*res = NULL;
	}
	if (*res)
		return 0;
	return scan.no_memory ? -ENOMEM : -EINVAL;
}
