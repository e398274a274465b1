/* SPDX-License-Identifier: GPL-2.0 */
/* What we know about an event beyond its format file: one descriptor each. */
#ifndef _RAS_DESC_H
#define _RAS_DESC_H

#include <stdio.h>
#include "event.h"

struct ras_build;
struct ras_scale;

/**
 * struct ras_desc - descriptor of an event
 * @event: "system:name"; NULL ends the table and fits every other event
 * @scale: the field that says how bad it is, for ras_scale_severity() and the
 *         like, or NULL
 * @severity: how bad it is, or NULL: see ras_event_severity()
 * @summary: what happened, one line without a newline, or NULL
 * @text: the same as a template, see ras_template_write(); NULL, too: the text
 *        that the kernel's own TP_printk gives
 * @detail: further lines for a human reader, each with indent and newline, or
 *          NULL
 * @defaults: fills fields that the user of `ras inject` did not give; returns
 *            0 or -errno, with a message in the builder
 * @choose: gives fields that the user did not the values that mean a severity;
 *          returns as @defaults, and runs after it
 * @word: the value of a word that the format file does not have; returns 0 or
 *        -ENOENT
 * @other: the second set of texts is the one for this event (where TP_printk
 *         chooses between two)
 * @flags: names of fields that @word knows single bits of
 * @guids: names of char arrays that are GUIDs
 * @decimal: 64-bit fields are counts, not registers: shown in decimal
 * @required: field that an injected record must be given, or NULL
 */
struct ras_desc {
	const char *event;
	const struct ras_scale *scale;
	enum ras_severity (*severity)(const struct ras_event *ev);
	void (*summary)(const struct ras_event *ev, FILE *out);
	const char *text;
	void (*detail)(const struct ras_event *ev, FILE *out);
	int (*defaults)(struct ras_build *build, int cpu);
	int (*choose)(struct ras_build *build, enum ras_severity sev);
	int (*word)(const struct ras_type *type, const struct ras_field *field,
		    const char *word, u64 *num);
	bool (*other)(const struct ras_event *ev);
	const char * const *flags;
	const char * const *guids;
	bool decimal;
	const char *required;
};

const struct ras_desc *ras_desc_find(const char *event);

#endif /* _RAS_DESC_H */
