/* SPDX-License-Identifier: GPL-2.0 */
/* What kernel_filter.c, kernel_filter_pred.c and kernel_filter_match.c share. */
#ifndef _RAS_KERNEL_FILTER_PRIVATE_H
#define _RAS_KERNEL_FILTER_PRIVATE_H

#include <linux/compiler.h>
#include "kernel_filter.h"

/* As in the kernel, with the terminating zero */
#define FILTER_STRING_SIZE	256

enum filter_op {
	FILTER_GLOB,
	FILTER_NE,
	FILTER_EQ,
	FILTER_LE,
	FILTER_LT,
	FILTER_GE,
	FILTER_GT,
	FILTER_BAND,
	FILTER_NR_OPS,
};

/* What is compared, and how */
enum filter_pred_kind {
	FILTER_NUMBER,
	FILTER_CPU,
	FILTER_STRING_FULL,
	FILTER_STRING_FRONT,
	FILTER_STRING_MIDDLE,
	FILTER_STRING_END,
	FILTER_STRING_GLOB,
};

/**
 * struct filter_pred - a comparison
 * @kind: what is compared
 * @op: how, of numbers
 * @invert: of strings: it is to be another one
 * @offset: where in the record
 * @size: bytes of it there
 * @is_signed: it is a signed number
 * @dynamic: of strings: it is elsewhere in the record
 * @relative: as seen from its descriptor
 * @num: number to compare with
 * @text: string to compare with
 */
struct filter_pred {
	enum filter_pred_kind kind;
	enum filter_op op;
	bool invert;
	unsigned int offset;
	unsigned int size;
	bool is_signed;
	bool dynamic;
	bool relative;
	u64 num;
	char text[FILTER_STRING_SIZE];
};

enum filter_node {
	FILTER_PRED,
	FILTER_NOT,	/* of the left one */
	FILTER_AND,
	FILTER_OR,
};

/* A filter, or a part of one */
struct ras_kernel_filter {
	enum filter_node node;
	struct ras_kernel_filter *left;
	struct ras_kernel_filter *right;
	struct filter_pred pred;
};

/**
 * struct filter_scan - a text being read
 * @type: the tracepoint whose fields it may have
 * @text: the text
 * @at: what is next
 * @error: where and what is wrong
 * @no_memory: that is why it failed
 */
struct filter_scan {
	const struct ras_type *type;
	const char *text;
	const char *at;
	struct ras_filter_error *error;
	bool no_memory;
};

__printf(3, 4)
bool filter_wrong(struct filter_scan *scan, const char *at, const char *fmt, ...);
void filter_skip_spaces(struct filter_scan *scan);
bool filter_take(struct filter_scan *scan, const char *word);
bool filter_parse_pred(struct filter_scan *scan, struct filter_pred *pred);

#endif /* _RAS_KERNEL_FILTER_PRIVATE_H */
