// SPDX-License-Identifier: GPL-2.0
/*
 * Records as perf has them in its ring buffer and takes them by write():
 * header, the fields of RAS_SAMPLE_TYPE, perhaps the callchain, and the trace
 * record as RAW.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <linux/kernel.h>
#include "desc.h"
#include "pseudo.h"
#include "record.h"

/* Offsets in a PERF_RECORD_SAMPLE of RAS_SAMPLE_TYPE, see perf_event_open(2) */
#define OFF_IP		8
#define OFF_PID		16
#define OFF_TID		20
#define OFF_TIME	24
#define OFF_ID		32
#define OFF_CPU		40
#define OFF_CALLCHAIN	48
#define OFF_RAW_SIZE	48
#define OFF_RAW		52

/* PERF_RECORD_LOST: id, lost, then TID TIME ID CPU if sample_id_all is set */
#define OFF_LOST	16
#define OFF_LOST_TIME	32
#define OFF_LOST_CPU	48
#define LOST_SIZE	24
#define LOST_SIZE_ID	56

static u64 get(const unsigned char *p, unsigned int size, bool is_signed)
{
	union { u8 u8; u16 u16; u32 u32; u64 u64; } v;

	memcpy(&v, p, size);
	switch (size) {
	case 1:
		return is_signed ? (u64)(s8)v.u8 : v.u8;
	case 2:
		return is_signed ? (u64)(s16)v.u16 : v.u16;
	case 4:
		return is_signed ? (u64)(s32)v.u32 : v.u32;
	default:
		return v.u64;
	}
}

static void put(unsigned char *p, unsigned int size, u64 num)
{
	union { u8 u8; u16 u16; u32 u32; u64 u64; } v;

	if (size == 1)
		v.u8 = num;
	else if (size == 2)
		v.u16 = num;
	else if (size == 4)
		v.u32 = num;
	else
		v.u64 = num;
	memcpy(p, &v, size);
}

static int parse_lost(const struct perf_event_header *header,
		      struct ras_record *rec)
{
	const unsigned char *p = (const void *)header;

	if (header->size < LOST_SIZE)
		return -EINVAL;
	rec->kind = RAS_RECORD_LOST;
	rec->lost = get(p + OFF_LOST, 8, false);
	if (header->size >= LOST_SIZE_ID) {
		rec->time = get(p + OFF_LOST_TIME, 8, false);
		rec->cpu = get(p + OFF_LOST_CPU, 4, false);
	}
	return 0;
}

/* Bytes of CALLCHAIN: a number, and so many words. */
static int callchain_size(const struct perf_event_header *header,
			  u64 sample_type, size_t *size)
{
	size_t room = header->size - OFF_CALLCHAIN;
	u64 nr;

	*size = 0;
	if (!(sample_type & PERF_SAMPLE_CALLCHAIN))
		return 0;
	if (room < 8)
		return -EINVAL;
	nr = get((const unsigned char *)header + OFF_CALLCHAIN, 8, false);
	if (nr > room / 8 - 1)
		return -EINVAL;
	*size = 8 + nr * 8;
	return 0;
}

static int parse_sample(const struct perf_event_header *header,
			u64 sample_type, struct ras_record *rec)
{
	const unsigned char *p = (const void *)header;
	size_t skip;

	if (header->size < OFF_CALLCHAIN ||
	    callchain_size(header, sample_type, &skip) ||
	    header->size < OFF_RAW + skip)
		return -EINVAL;
	rec->kind = RAS_RECORD_SAMPLE;
	rec->mode = header->misc & PERF_RECORD_MISC_CPUMODE_MASK;
	rec->ip = get(p + OFF_IP, 8, false);
	rec->pid = get(p + OFF_PID, 4, true);
	rec->tid = get(p + OFF_TID, 4, true);
	rec->time = get(p + OFF_TIME, 8, false);
	rec->id = get(p + OFF_ID, 8, false);
	rec->cpu = get(p + OFF_CPU, 4, false);
	rec->raw_len = get(p + OFF_RAW_SIZE + skip, 4, false);
	rec->raw = p + OFF_RAW + skip;
	if (rec->raw_len > header->size - OFF_RAW - skip)
		return -EINVAL;
	/* perf's way to say that there is none: 4 bytes of 0 */
	if (rec->raw_len == 4) {
		rec->raw_len = 0;
		rec->raw = NULL;
	}
	return rec->raw && rec->raw_len < 8 ? -EINVAL : 0;
}

/**
 * ras_record_layout - can these records be taken apart
 * @sample_type: their layout
 *
 * Return: true if ras_record_parse() knows it.
 */
bool ras_record_layout(u64 sample_type)
{
	return (sample_type & ~(u64)PERF_SAMPLE_CALLCHAIN) == RAS_SAMPLE_TYPE;
}

/**
 * ras_record_parse - take a perf record apart
 * @header: the record, wholly in memory; must outlive @rec
 * @sample_type: its layout, one that ras_record_layout() likes
 * @rec: result
 *
 * Return: 0, or -EINVAL if its sizes contradict each other.
 */
int ras_record_parse(const struct perf_event_header *header, u64 sample_type,
		     struct ras_record *rec)
{
	memset(rec, 0, sizeof(*rec));
	rec->kind = RAS_RECORD_OTHER;
	rec->cpu = -1;
	if (header->size < sizeof(*header))
		return -EINVAL;
	if (header->type == PERF_RECORD_LOST)
		return parse_lost(header, rec);
	if (header->type == PERF_RECORD_SAMPLE)
		return parse_sample(header, sample_type, rec);
	return 0;
}

/**
 * ras_record_type - the tracepoint's id in a sample
 * @rec: record of kind RAS_RECORD_SAMPLE
 *
 * Return: common_type, 0 if it is none of a tracepoint.
 */
int ras_record_type(const struct ras_record *rec)
{
	return rec->raw ? get(rec->raw, 2, false) : 0;
}

/**
 * ras_record_value - the value of one field of a trace record
 * @field: field
 * @raw: trace record
 * @len: its size in bytes
 * @value: result; it points into @raw
 *
 * Return: 0, or -EINVAL if the field lies outside of the record.
 */
int ras_record_value(const struct ras_field *field, const unsigned char *raw,
		     size_t len, struct ras_value *value)
{
	size_t off = field->offset, size = field->size;

	if (off + size > len)
		return -EINVAL;
	if (field->kind == RAS_INT) {
		value->num = get(raw + off, field->elem_size,
				 field->is_signed);
		return 0;
	}
	if (field->dynamic) {
		u32 loc = get(raw + off, 4, false);

		off = (loc & 0xffff) + (field->relative ? off + 4 : 0);
		size = loc >> 16;
		if (off + size > len)
			return -EINVAL;
	}
	value->data = raw + off;
	value->len = size;
	if (field->kind == RAS_STRING)
		value->len = strnlen(value->data, size);
	return 0;
}

/**
 * ras_record_values - the field values of a trace record
 * @type: its type
 * @raw: trace record
 * @len: its size in bytes
 * @values: result, one per field of @type; they point into @raw
 *
 * Return: 0, or -EINVAL if a field lies outside of the record.
 */
int ras_record_values(const struct ras_type *type, const unsigned char *raw,
		      size_t len, struct ras_value *values)
{
	unsigned int i;
	int err;

	memset(values, 0, type->nr_fields * sizeof(*values));
	for (i = 0; i < type->nr_fields; i++) {
		err = ras_record_value(&type->fields[i], raw, len, &values[i]);
		if (err)
			return err;
	}
	return 0;
}

/* The fields of pseudo.c's types are parts of the perf record itself. */
static void pseudo_values(const struct ras_type *type,
			  const struct ras_record *rec,
			  struct ras_value *values)
{
	const struct {
		const char *name;
		u64 num;
	} parts[] = {
		{ "lost", rec->lost }, { "ip", rec->ip }, { "pid", rec->pid },
		{ "tid", rec->tid }, { "mode", rec->mode },
		{ "sample_id", rec->id },
	};
	unsigned int i, k;

	for (i = 0; i < type->nr_fields; i++) {
		for (k = 0; k < ARRAY_SIZE(parts); k++) {
			if (!strcmp(type->fields[i].name, parts[k].name))
				values[i].num = parts[k].num;
		}
		if (type->fields[i].kind == RAS_BYTES) {
			values[i].data = rec->raw;
			values[i].len = rec->raw_len;
		}
	}
}

/**
 * ras_record_decode - decode a record whose type is known
 * @type: its type
 * @rec: record; the event's values point into it
 * @ev: result; the caller fills in wall time, boot id and set, and releases it
 *      with ras_event_release()
 *
 * Return: 0; -EINVAL: damaged, or not of that type; -ENOMEM.
 */
int ras_record_decode(const struct ras_type *type,
		      const struct ras_record *rec, struct ras_event *ev)
{
	int err = 0;

	memset(ev, 0, sizeof(*ev));
	ev->type = type;
	ev->uptime_ns = rec->time;
	ev->buffer_cpu = rec->cpu;
	ev->tid = rec->kind == RAS_RECORD_SAMPLE ? (int)rec->tid : -1;
	ev->values = calloc(type->nr_fields + 1, sizeof(*ev->values));
	if (!ev->values)
		return -ENOMEM;
	if (!type->id)
		pseudo_values(type, rec, ev->values);
	else
		err = ras_record_values(type, rec->raw, rec->raw_len,
					ev->values);
	if (err) {
		ras_event_release(ev);
		return err;
	}
	ev->severity = ras_event_severity(ev);
	return 0;
}

/**
 * ras_record_event - decode a record by the id that it has of its tracepoint
 * @types: the types it may have
 * @rec: record; the event's values point into it
 * @ev: result, as of ras_record_decode()
 *
 * Return: 0; -ENOENT: not an event of a known type; -EINVAL: damaged; -ENOMEM.
 */
int ras_record_event(const struct ras_types *types,
		     const struct ras_record *rec, struct ras_event *ev)
{
	const struct ras_type *type = NULL;

	if (rec->kind == RAS_RECORD_LOST)
		type = ras_type_lost();
	else if (rec->kind == RAS_RECORD_SAMPLE)
		type = ras_types_by_id(types, ras_record_type(rec));
	return type ? ras_record_decode(type, rec, ev) : -ENOENT;
}

/**
 * ras_event_release - free what an event holds
 * @ev: event
 */
void ras_event_release(struct ras_event *ev)
{
	free(ev->values);
	ev->values = NULL;
}

static int put_value(const struct ras_field *field,
		     const struct ras_value *value, unsigned char *raw,
		     size_t *end, size_t max)
{
	size_t off = field->offset, len = value->len;

	if (field->kind == RAS_INT) {
		put(raw + off, field->elem_size, value->num);
		return 0;
	}
	if (field->dynamic) {
		size_t room = len + (field->kind == RAS_STRING);
		size_t start = *end;

		if (room > 0xffff || start + room > max)
			return -E2BIG;
		*end += room;
		if (field->relative)
			start -= off + 4;
		put(raw + off, 4, start | room << 16);
		off = *end - room;
	} else if (len > field->size) {
		return -E2BIG;
	}
	if (len)
		memcpy(raw + off, value->data, len);
	return 0;
}

/**
 * ras_record_pack - build a trace record from values
 * @type: its type; common_type is set from it, the other common fields are 0
 * @values: one per field of @type
 * @raw: result
 * @max: size of @raw in bytes
 *
 * Return: size of the record, such that size + 4 is a multiple of 8 as perf
 * wants it, or -E2BIG.
 */
int ras_record_pack(const struct ras_type *type, const struct ras_value *values,
		    unsigned char *raw, size_t max)
{
	size_t end = type->size;
	unsigned int i;
	int err;

	if (end + 8 > max)
		return -E2BIG;
	memset(raw, 0, max);
	put(raw, 2, type->id);
	for (i = 0; i < type->nr_fields; i++) {
		err = put_value(&type->fields[i], &values[i], raw, &end,
				max - 8);
		if (err)
			return err;
	}
	return (end + 4 + 7) / 8 * 8 - 4;
}

/**
 * ras_record_wrap - make a perf record of a trace record
 * @raw: trace record, as from ras_record_pack()
 * @len: its size in bytes
 * @misc: header.misc
 * @buf: result
 * @max: size of @buf in bytes
 *
 * Time, CPU and ids are left 0: they are the kernel's to say.
 *
 * Return: size of the perf record or -E2BIG.
 */
int ras_record_wrap(const unsigned char *raw, size_t len, u16 misc,
		    unsigned char *buf, size_t max)
{
	struct perf_event_header header = {
		.type = PERF_RECORD_SAMPLE,
		.misc = misc,
		.size = OFF_RAW + len,
	};

	if (OFF_RAW + len > max || OFF_RAW + len > 0xfff8)
		return -E2BIG;
	memset(buf, 0, OFF_RAW);
	memcpy(buf, &header, sizeof(header));
	put(buf + OFF_RAW_SIZE, 4, len);
	memcpy(buf + OFF_RAW, raw, len);
	return OFF_RAW + len;
}
