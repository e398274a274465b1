/* SPDX-License-Identifier: GPL-2.0 */
/* An event type, its fields, and one decoded event. */
#ifndef _RAS_EVENT_H
#define _RAS_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>
#include "severity.h"

struct ras_desc;
struct tep_handle;
struct tep_event;
struct tep_print_flag_sym;

/* How a field's bytes are to be understood, derived from its C type. */
enum ras_kind {
	RAS_INT,	/* one integer of 1, 2, 4 or 8 bytes */
	RAS_STRING,	/* char array, up to its NUL */
	RAS_BYTES,	/* u8 array or a structure: opaque bytes */
	RAS_GUID,	/* 16 bytes, GUID in its mixed-endian order */
	RAS_ARRAY,	/* array of integers of @elem_size bytes */
};

/**
 * struct ras_field - one field of a tracepoint
 * @name: the tracepoint's name for it: column name and JSON key as well
 * @kind: see enum ras_kind
 * @offset: of the value, or of the dynamic array's descriptor, in bytes
 * @size: in bytes; 4 for a dynamic array (its descriptor)
 * @elem_size: bytes per integer (RAS_INT, RAS_ARRAY)
 * @is_signed: integers are signed
 * @dynamic: __data_loc: the descriptor holds offset (low half) and length
 * @relative: __rel_loc: the same, counted from the end of the descriptor
 * @pointer: a kernel pointer: shown, but never written
 * @symbols: the format file's texts for the values, or NULL
 * @other: a second set of texts, which the descriptor knows when to use
 * @flags: @symbols are bits rather than values
 */
struct ras_field {
	const char *name;
	enum ras_kind kind;
	unsigned int offset;
	unsigned int size;
	unsigned int elem_size;
	bool is_signed;
	bool dynamic;
	bool relative;
	bool pointer;
	const struct tep_print_flag_sym *symbols;
	const struct tep_print_flag_sym *other;
	bool flags;
};

/**
 * struct ras_type - an event type, as its format file describes it
 * @name: the tracepoint's name, also the name of its table
 * @full: "system:name", as shown and as stored
 * @id: the tracepoint's id (common_type)
 * @size: bytes of the fixed part of a record
 * @text: the format file itself, stored beside the events
 * @desc: what we know about this event beyond its format, never NULL
 * @fields: in the order of the format file
 * @nr_fields: their number
 */
struct ras_type {
	const char *name;
	const char *full;
	int id;
	unsigned int size;
	char *text;
	const struct ras_desc *desc;
	struct ras_field *fields;
	unsigned int nr_fields;

	struct tep_handle *tep;
	struct tep_event *tep_event;
	struct ras_type *next;
};

/**
 * struct ras_value - the value of one field
 * @num: RAS_INT: sign-extended to 64 bits where the field is signed
 * @data: other kinds: the bytes, owned by whatever the event was read from
 * @len: number of bytes at @data; of a string without its NUL
 */
struct ras_value {
	u64 num;
	const void *data;
	size_t len;
};

#define RAS_BOOT_ID_LEN	36

/**
 * struct ras_event - one decoded event
 * @type: its type
 * @time_ns: wall time, ns since the epoch
 * @uptime_ns: the record's own timestamp, ns of the clock dmesg uses
 * @boot_id: the boot that @uptime_ns belongs to
 * @set: buffer set that it was recorded in, NULL: none that we know of
 * @buffer_cpu: CPU in whose buffer it was recorded
 * @tid: thread that it happened in, as perf has it; -1: not known
 * @story: number of the story that it is part of, see story.h; 0: not asked
 * @severity: see ras_event_severity()
 * @values: one per field of @type
 */
struct ras_event {
	const struct ras_type *type;
	u64 time_ns;
	u64 uptime_ns;
	char boot_id[RAS_BOOT_ID_LEN + 1];
	const char *set;
	int buffer_cpu;
	int tid;
	u64 story;
	enum ras_severity severity;
	struct ras_value *values;
};

const struct ras_value *ras_event_value(const struct ras_event *ev,
					const char *name);
u64 ras_event_num(const struct ras_event *ev, const char *name);
const char *ras_event_text(const struct ras_event *ev, const char *name);
enum ras_severity ras_event_severity(const struct ras_event *ev);

#endif /* _RAS_EVENT_H */
