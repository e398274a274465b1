// SPDX-License-Identifier: GPL-2.0
/* Events as JSON lines and as text, the same for every type. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <linux/compiler.h>
#include <linux/kernel.h>
#include <traceevent/event-parse.h>
#include <traceevent/trace-seq.h>
#include "desc.h"
#include "format.h"
#include "guid.h"
#include "json.h"
#include "print.h"
#include "ras.h"
#include "record.h"
#include "template.h"

/* Keys of our own; a field of the same name gets "_raw" appended. */
static const char * const envelope[] = {
	"event", "time", "time_ns", "boot_id", "severity", "buffer_cpu",
	"uptime_ns", "summary", "set", "story",
};

/**
 * ras_time_format - wall time as RFC 3339 in UTC with nanoseconds
 * @time_ns: ns since the epoch
 * @text: result, RAS_TIME_LEN bytes
 */
void ras_time_format(u64 time_ns, char *text)
{
	time_t sec = time_ns / NSEC_PER_SEC;
	struct tm tm;
	size_t len;

	gmtime_r(&sec, &tm);
	len = strftime(text, RAS_TIME_LEN, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text + len, RAS_TIME_LEN - len, ".%09uZ",
		 (unsigned int)(time_ns % NSEC_PER_SEC));
}

static bool is_register(const struct ras_type *type,
			const struct ras_field *field)
{
	return field->kind == RAS_INT && !type->desc->decimal &&
	       (field->elem_size == 8 || field->pointer);
}

static u64 array_elem(const struct ras_field *field,
		      const struct ras_value *value, size_t index)
{
	const unsigned char *p = value->data;
	u64 num = 0;

	p += index * field->elem_size;
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	memcpy((char *)&num + 8 - field->elem_size, p, field->elem_size);
#else
	memcpy(&num, p, field->elem_size);
#endif
	if (field->is_signed && field->elem_size < 8) {
		unsigned int shift = 64 - 8 * field->elem_size;

		num = (s64)(num << shift) >> shift;
	}
	return num;
}

static void json_array(struct ras_json *js, const char *key,
		       const struct ras_field *field,
		       const struct ras_value *value)
{
	size_t i;

	ras_json_open(js, key, '[');
	for (i = 0; i < value->len / field->elem_size; i++) {
		u64 num = array_elem(field, value, i);

		if (field->elem_size == 8)
			ras_json_hex(js, NULL, num);
		else
			ras_json_s64(js, NULL, num);
	}
	ras_json_close(js, ']');
}

static void json_int(struct ras_json *js, const char *key,
		     const struct ras_event *ev, const struct ras_field *field,
		     u64 num)
{
	char buf[512], text_key[128];
	const char *text;

	if (is_register(ev->type, field))
		ras_json_hex(js, key, num);
	else if (field->is_signed)
		ras_json_s64(js, key, num);
	else
		ras_json_u64(js, key, num);

	if (!field->symbols)
		return;
	text = ras_field_symbol(ev, field, num, buf, sizeof(buf));
	if (!text)
		return;
	snprintf(text_key, sizeof(text_key), "%s_text", key);
	ras_json_text(js, text_key, text);
}

static void json_value(struct ras_json *js, const char *key,
		       const struct ras_event *ev,
		       const struct ras_field *field,
		       const struct ras_value *value)
{
	char guid[RAS_GUID_STRLEN + 1];

	switch (field->kind) {
	case RAS_INT:
		json_int(js, key, ev, field, value->num);
		break;
	case RAS_STRING:
		ras_json_string(js, key, value->data, value->len);
		break;
	case RAS_GUID:
		if (value->len == RAS_GUID_SIZE) {
			ras_guid_format(value->data, guid);
			ras_json_text(js, key, guid);
			break;
		}
		fallthrough;
	case RAS_BYTES:
		ras_json_bytes(js, key, value->data, value->len);
		break;
	case RAS_ARRAY:
		json_array(js, key, field, value);
		break;
	}
}

/**
 * ras_json_reserved - is a key one of our own
 * @key: key, or name of a field
 *
 * Return: true if it is, so that a field of that name is called otherwise.
 */
bool ras_json_reserved(const char *key)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(envelope); i++) {
		if (!strcmp(key, envelope[i]))
			return true;
	}
	return false;
}

static void json_field(struct ras_json *js, const struct ras_event *ev,
		       unsigned int index)
{
	const struct ras_field *field = &ev->type->fields[index];
	const char *key = field->name;
	char raw[128];

	if (ras_json_reserved(key)) {
		snprintf(raw, sizeof(raw), "%s_raw", key);
		key = raw;
	}
	json_value(js, key, ev, field, &ev->values[index]);
}

/**
 * ras_event_json - write an event as one JSON object and a newline
 * @ev: event
 * @out: stream
 */
void ras_event_json(const struct ras_event *ev, FILE *out)
{
	const struct ras_value *cpu = ras_event_value(ev, "cpu");
	struct ras_json js = { .out = out };
	char time[RAS_TIME_LEN], *summary;
	unsigned int i;

	ras_time_format(ev->time_ns, time);
	ras_json_open(&js, NULL, '{');
	ras_json_text(&js, "event", ev->type->full);
	ras_json_text(&js, "time", time);
	ras_json_u64(&js, "time_ns", ev->time_ns);
	ras_json_text(&js, "boot_id", ev->boot_id);
	/* where the error was, if the event says so, not where it was seen */
	ras_json_s64(&js, "cpu", cpu ? (s64)cpu->num : ev->buffer_cpu);
	ras_json_text(&js, "severity", ras_severity_name(ev->severity));
	for (i = 0; i < ev->type->nr_fields; i++) {
		if (strcmp(ev->type->fields[i].name, "cpu"))
			json_field(&js, ev, i);
	}
	ras_json_s64(&js, "buffer_cpu", ev->buffer_cpu);
	if (ev->set)
		ras_json_text(&js, "set", ev->set);
	ras_json_u64(&js, "uptime_ns", ev->uptime_ns);
	if (ev->story)
		ras_json_u64(&js, "story", ev->story);
	summary = ras_event_summary(ev);
	if (summary)
		ras_json_text(&js, "summary", summary);
	free(summary);
	ras_json_close(&js, '}');
	fputc('\n', out);
}

/* The text that the kernel's TP_printk makes of it. */
static bool kernel_summary(const struct ras_event *ev, FILE *out)
{
	static unsigned char raw[RAS_RAW_MAX + 64];
	struct tep_record record = { .cpu = ev->buffer_cpu, .data = raw };
	struct trace_seq seq;
	int len;

	if (ev->type->tep_event->flags & TEP_EVENT_FL_FAILED)
		return false;
	len = ras_record_pack(ev->type, ev->values, raw, sizeof(raw));
	if (len < 0)
		return false;
	record.size = len;
	trace_seq_init(&seq);
	tep_print_event(ev->type->tep, &seq, &record, "%s", TEP_PRINT_INFO);
	trace_seq_terminate(&seq);
	fputs(seq.buffer, out);
	trace_seq_destroy(&seq);
	return true;
}

static void generic_summary(const struct ras_event *ev, FILE *out)
{
	struct ras_json js = { .out = out };
	unsigned int i;

	for (i = 0; i < ev->type->nr_fields; i++) {
		fprintf(out, "%s%s=", i ? " " : "", ev->type->fields[i].name);
		js.comma = false;
		json_value(&js, NULL, ev, &ev->type->fields[i],
			   &ev->values[i]);
	}
}

/**
 * ras_event_summary - what happened, in one line
 * @ev: event
 *
 * Return: text without control characters, to be freed, or NULL without
 * memory.
 */
char *ras_event_summary(const struct ras_event *ev)
{
	char *text = NULL, *p;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return NULL;
	if (ev->type->desc->summary)
		ev->type->desc->summary(ev, out);
	else if (ev->type->desc->text)
		ras_template_write(ev, ev->type->desc->text, out);
	else if (!kernel_summary(ev, out))
		generic_summary(ev, out);
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	while (len && isspace((unsigned char)text[len - 1]))
		text[--len] = '\0';
	for (p = text; *p; p++) {
		if (iscntrl((unsigned char)*p))
			*p = ' ';
	}
	return text;
}

/**
 * ras_event_print - write an event for a human reader
 * @ev: event
 * @out: stream
 *
 * One line with wall time, time since boot as dmesg has it, severity, event,
 * CPU and summary; then what the descriptor adds.
 */
void ras_event_print(const struct ras_event *ev, FILE *out)
{
	const struct ras_value *cpu = ras_event_value(ev, "cpu");
	char time[RAS_TIME_LEN], *summary = ras_event_summary(ev);

	ras_time_format(ev->time_ns, time);
	fprintf(out, "%s [%5llu.%06llu] %s %s CPU %d: %s\n", time,
		(unsigned long long)(ev->uptime_ns / NSEC_PER_SEC),
		(unsigned long long)(ev->uptime_ns % NSEC_PER_SEC / 1000),
		ras_severity_name(ev->severity), ev->type->full,
		cpu ? (int)cpu->num : ev->buffer_cpu, summary ? summary : "");
	free(summary);
	if (ev->type->desc->detail)
		ev->type->desc->detail(ev, out);
}
