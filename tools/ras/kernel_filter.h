/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's filters of events, as kernel/trace/trace_events_filter.c
 * understands them. That of libtraceevent is another language: in it no signed
 * field is below 0, numbers are not cut to the size of the field, ~ is an
 * error at the first event, there is no cpu, and a field that is not there is
 * no error but never matches.
 */
#ifndef _RAS_KERNEL_FILTER_H
#define _RAS_KERNEL_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include "event.h"

struct ras_kernel_filter;
struct tep_format_field;

/**
 * struct ras_filter_error - why a filter is none, or cannot be evaluated here
 * @pos: where in its text
 * @why: the reason, in the kernel's words if it is the kernel's
 */
struct ras_filter_error {
	unsigned int pos;
	char why[160];
};

int ras_kernel_filter_parse(const struct ras_type *type, const char *text,
			    struct ras_kernel_filter **res,
			    struct ras_filter_error *error);
bool ras_kernel_filter_cpu(const struct ras_kernel_filter *filter);
bool ras_kernel_filter_match(const struct ras_kernel_filter *filter,
			     const void *raw, size_t len, int cpu);
bool ras_kernel_filter_string(const struct tep_format_field *field);
void ras_kernel_filter_free(struct ras_kernel_filter *filter);

#endif /* _RAS_KERNEL_FILTER_H */
