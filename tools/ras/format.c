// SPDX-License-Identifier: GPL-2.0
/* Event types: what libtraceevent makes of a format file, made uniform. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <api/fs/fs.h>
#include <api/fs/tracing_path.h>
#include <linux/kernel.h>
#include <traceevent/event-parse.h>
#include "desc.h"
#include "format.h"

static bool is_int_size(unsigned int size)
{
	return size == 1 || size == 2 || size == 4 || size == 8;
}

static enum ras_kind array_kind(const struct tep_format_field *tf)
{
	if (strstr(tf->type, "char") && !strstr(tf->type, "unsigned"))
		return RAS_STRING;
	if (tf->elementsize == 1 || !is_int_size(tf->elementsize) ||
	    strstr(tf->type, "struct "))
		return RAS_BYTES;
	return RAS_ARRAY;
}

static bool is_guid(const struct ras_desc *desc,
		    const struct tep_format_field *tf)
{
	const char * const *name;

	if (tf->size != 16)
		return false;
	if (strstr(tf->type, "guid_t"))
		return true;
	for (name = desc->guids; name && *name; name++) {
		if (!strcmp(*name, tf->name))
			return true;
	}
	return false;
}

static void field_init(struct ras_field *field, const struct ras_desc *desc,
		       const struct tep_format_field *tf)
{
	field->name = tf->name;
	field->offset = tf->offset;
	field->size = tf->size;
	field->elem_size = tf->elementsize;
	field->is_signed = tf->flags & TEP_FIELD_IS_SIGNED;
	field->dynamic = tf->flags & TEP_FIELD_IS_DYNAMIC;
	field->relative = tf->flags & TEP_FIELD_IS_RELATIVE;
	field->pointer = tf->flags & TEP_FIELD_IS_POINTER;

	if (is_guid(desc, tf)) {
		field->kind = RAS_GUID;
	} else if (field->dynamic || (tf->flags & TEP_FIELD_IS_ARRAY)) {
		field->kind = array_kind(tf);
	} else if (is_int_size(tf->size) && !strstr(tf->type, "struct ")) {
		field->kind = RAS_INT;
		field->elem_size = tf->size;
	} else {
		field->kind = RAS_BYTES;
	}
}

static void set_symbols(struct ras_type *type, const struct tep_print_arg *arg,
			const struct tep_print_flag_sym *symbols, bool flags,
			unsigned int *seen)
{
	unsigned int i;

	while (arg && arg->type == TEP_PRINT_TYPE)
		arg = arg->typecast.item;
	if (!arg || arg->type != TEP_PRINT_FIELD)
		return;
	for (i = 0; i < type->nr_fields; i++) {
		struct ras_field *field = &type->fields[i];

		if (field->kind != RAS_INT ||
		    strcmp(field->name, arg->field.name))
			continue;
		if (seen[i]++)
			field->other = symbols;
		else
			field->symbols = symbols;
		field->flags = flags;
	}
}

static void find_symbols(struct ras_type *type, const struct tep_print_arg *arg,
			 unsigned int *seen)
{
	if (!arg)
		return;

	if (arg->type == TEP_PRINT_SYMBOL) {
		set_symbols(type, arg->symbol.field, arg->symbol.symbols, false,
			    seen);
	} else if (arg->type == TEP_PRINT_FLAGS) {
		set_symbols(type, arg->flags.field, arg->flags.flags, true,
			    seen);
	} else if (arg->type == TEP_PRINT_TYPE) {
		find_symbols(type, arg->typecast.item, seen);
	} else if (arg->type == TEP_PRINT_OP) {
		find_symbols(type, arg->op.left, seen);
		find_symbols(type, arg->op.right, seen);
	}
}

static int init_fields(struct ras_type *type)
{
	const struct tep_format_field *tf;
	const struct tep_print_arg *arg;
	unsigned int *seen;

	for (tf = type->tep_event->format.fields; tf; tf = tf->next)
		type->nr_fields++;
	type->fields = calloc(type->nr_fields + 1, sizeof(*type->fields));
	seen = calloc(type->nr_fields + 1, sizeof(*seen));
	if (!type->fields || !seen) {
		free(seen);
		return -ENOMEM;
	}

	type->size = 8;
	type->nr_fields = 0;
	for (tf = type->tep_event->format.fields; tf; tf = tf->next) {
		field_init(&type->fields[type->nr_fields++], type->desc, tf);
		type->size = max_t(unsigned int, type->size,
				   tf->offset + tf->size);
	}
	if (!(type->tep_event->flags & TEP_EVENT_FL_FAILED)) {
		for (arg = type->tep_event->print_fmt.args; arg; arg = arg->next)
			find_symbols(type, arg, seen);
	}
	free(seen);
	return 0;
}

static struct tep_handle *tep_new(void)
{
	struct tep_handle *tep = tep_alloc();

	if (!tep)
		return NULL;
	tep_set_loglevel(TEP_LOG_NONE);
	tep_set_long_size(tep, sizeof(long));
	tep_set_local_bigendian(tep, tep_is_bigendian());
	tep_set_file_bigendian(tep, tep_is_bigendian());
	return tep;
}

/**
 * ras_type_parse - make an event type from the text of a format file
 * @full: "system:name"; what is no tracepoint has no colon, and a text of ours
 * @text: contents of the format file
 * @res: the new type, to be freed with ras_type_free()
 *
 * Return: 0, -ENOMEM, or -EINVAL if libtraceevent cannot read @text.
 */
int ras_type_parse(const char *full, const char *text, struct ras_type **res)
{
	struct ras_type *type = calloc(1, sizeof(*type));
	const char *colon = strchr(full, ':');
	char *system = strndup(full, colon ? colon - full : 0);
	int err = -ENOMEM;

	if (!type || !system)
		goto err;
	type->full = strdup(full);
	type->text = strdup(text);
	type->tep = tep_new();
	if (!type->full || !type->text || !type->tep)
		goto err;

	err = -EINVAL;
	if (tep_parse_event(type->tep, text, strlen(text), system))
		goto err;
	type->tep_event = tep_get_first_event(type->tep);
	if (!type->tep_event)
		goto err;

	type->name = type->full + (colon ? colon + 1 - full : 0);
	type->id = type->tep_event->id;
	type->desc = ras_desc_find(colon ? full : type->tep_event->name);
	err = init_fields(type);
	if (err)
		goto err;
	free(system);
	*res = type;
	return 0;

err:
	free(system);
	ras_type_free(type);
	return err;
}

/**
 * ras_type_free - free an event type
 * @type: type, or NULL
 */
void ras_type_free(struct ras_type *type)
{
	if (!type)
		return;
	tep_free(type->tep);
	free(type->fields);
	free(type->text);
	free((char *)type->full);
	free(type);
}

/**
 * ras_type_field - find a field by name
 * @type: event type
 * @name: name of the field
 *
 * Return: the field or NULL.
 */
const struct ras_field *ras_type_field(const struct ras_type *type,
				       const char *name)
{
	unsigned int i;

	for (i = 0; i < type->nr_fields; i++) {
		if (!strcmp(type->fields[i].name, name))
			return &type->fields[i];
	}
	return NULL;
}

static bool has_events(const char *tracefs)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/events", tracefs);
	return !access(path, F_OK) || errno == EACCES;
}

static int read_format(const struct ras_types *types, const char *system,
		       const char *name, char **text)
{
	const char *dir = types->dir;
	char *path;
	size_t len;
	int err;

	if (dir) {
		err = asprintf(&path, "%s/%s/%s/format", dir, system, name);
	} else {
		dir = tracing_path_mount();
		if (!dir)
			return -ENODEV;
		err = asprintf(&path, "%s/events/%s/%s/format", dir, system,
			       name);
	}
	if (err < 0)
		return -ENOMEM;
	errno = 0;
	err = filename__read_str(path, text, &len);
	if (err)
		err = errno ? -errno : -EIO;
	free(path);
	/* libapi may name a place where nothing is mounted */
	if (err == -ENOENT && !types->dir && !has_events(dir))
		err = -ENODEV;
	return err;
}

/**
 * ras_types_find - find a known event type
 * @types: the types known so far
 * @full: "system:name"
 *
 * Return: the type that was read last, or NULL.
 */
struct ras_type *ras_types_find(const struct ras_types *types,
				const char *full)
{
	struct ras_type *type;

	for (type = types->first; type; type = type->next) {
		if (!strcmp(type->full, full))
			break;
	}
	return type;
}

static int read_type(struct ras_types *types, const char *full,
		     struct ras_type **res)
{
	const char *colon = strchr(full, ':');
	char system[128], *text;
	int err;

	if (!colon || (size_t)(colon - full) >= sizeof(system) ||
	    !colon[1] || strchr(full, '/'))
		return -EINVAL;
	memcpy(system, full, colon - full);
	system[colon - full] = '\0';

	err = read_format(types, system, colon + 1, &text);
	if (err)
		return err;
	err = ras_type_parse(full, text, res);
	free(text);
	return err;
}

/**
 * ras_types_get - find an event type, reading its format file if need be
 * @types: the types known so far
 * @full: "system:name"
 * @res: the type; it belongs to @types
 *
 * Return: 0; -ENOENT: no such tracepoint; -ENODEV: tracefs is not mounted;
 * -EACCES; -EINVAL: @full has no colon, or the format is unreadable.
 */
int ras_types_get(struct ras_types *types, const char *full,
		  const struct ras_type **res)
{
	struct ras_type *type = ras_types_find(types, full);
	int err;

	if (!type) {
		err = read_type(types, full, &type);
		if (err)
			return err;
		ras_types_add(types, type);
	}
	*res = type;
	return 0;
}

/**
 * ras_types_refresh - read a format file again: its module was reloaded
 * @types: the types known so far
 * @full: "system:name"
 * @res: the type as tracefs has it now; the old one stays valid
 *
 * Return: as ras_types_get(); -ENOENT also: it is not there now.
 */
int ras_types_refresh(struct ras_types *types, const char *full,
		      const struct ras_type **res)
{
	struct ras_type *old = ras_types_find(types, full), *type;
	int err = read_type(types, full, &type);

	if (err)
		return err;
	if (old && !strcmp(old->text, type->text)) {
		ras_type_free(type);
		type = old;
	} else {
		ras_types_add(types, type);
	}
	*res = type;
	return 0;
}

/**
 * ras_types_add - put a type before all others
 * @types: the types known so far
 * @type: type; it belongs to @types now
 */
void ras_types_add(struct ras_types *types, struct ras_type *type)
{
	type->next = types->first;
	types->first = type;
}

/**
 * ras_type_error - say why a tracepoint's format cannot be had, and what to do
 * @err: what ras_types_get() returned
 * @full: "system:name"
 * @error: result
 * @len: size of @error
 *
 * Return: @err.
 */
int ras_type_error(int err, const char *full, char *error, size_t len)
{
	if (err == -ENODEV)
		snprintf(error, len,
			 "tracefs is not mounted: mount -t tracefs none /sys/kernel/tracing");
	else if (err == -EACCES || err == -EPERM)
		snprintf(error, len,
			 "not permitted to read the format of %s in tracefs: run as root",
			 full);
	else
		snprintf(error, len, "cannot read the format of %s in tracefs: %s",
			 full, strerror(-err));
	return err;
}

/**
 * ras_types_version - find a known event type as it was when it had that id
 * @types: the types known so far
 * @full: "system:name", NULL: any
 * @id: common_type of a trace record
 *
 * Return: the type or NULL.
 */
const struct ras_type *ras_types_version(const struct ras_types *types,
					 const char *full, int id)
{
	const struct ras_type *type;

	for (type = types->first; type; type = type->next) {
		if (id && type->id == id && (!full || !strcmp(type->full, full)))
			return type;
	}
	return NULL;
}

/**
 * ras_types_by_id - find a known event type by its tracepoint's id
 * @types: the types known so far
 * @id: common_type of a trace record
 *
 * Return: the type or NULL.
 */
const struct ras_type *ras_types_by_id(const struct ras_types *types, int id)
{
	return ras_types_version(types, NULL, id);
}

/**
 * ras_types_free - forget all types
 * @types: the types
 */
void ras_types_free(struct ras_types *types)
{
	struct ras_type *type;

	while ((type = types->first)) {
		types->first = type->next;
		ras_type_free(type);
	}
}
