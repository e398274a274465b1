// SPDX-License-Identifier: GPL-2.0
/* Events whose severity is a number in one of their fields. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "build.h"
#include "desc.h"
#include "scale.h"

static int number(const struct ras_scale *scale, enum ras_severity sev, u64 *num)
{
	for (*num = 0; *num < scale->nr; ++*num) {
		if (scale->severities[*num] == sev)
			return 0;
	}
	return -ENOENT;
}

/**
 * ras_scale_of - the severity that a number stands for
 * @scale: scale
 * @num: number
 *
 * Return: severity.
 */
enum ras_severity ras_scale_of(const struct ras_scale *scale, u64 num)
{
	return num < scale->nr ? scale->severities[num] : RAS_SEV_UNKNOWN;
}

/**
 * ras_scale_severity - severity of an event
 * @ev: event
 *
 * Return: severity.
 */
enum ras_severity ras_scale_severity(const struct ras_event *ev)
{
	const struct ras_scale *scale = ev->type->desc->scale;

	return ras_scale_of(scale, ras_event_num(ev, scale->field));
}

static int none(struct ras_build *build, const struct ras_scale *scale,
		enum ras_severity sev)
{
	char words[128] = "";
	unsigned int i;
	size_t pos = 0;

	for (i = 0; i < scale->nr && pos < sizeof(words); i++)
		pos += snprintf(words + pos, sizeof(words) - pos, " %s",
				ras_severity_name(scale->severities[i]));
	return ras_build_fail(build, "%s cannot be %s: give one of%s",
			      build->type->full, ras_severity_name(sev), words);
}

/**
 * ras_scale_choose - the number of a severity
 * @build: record being built
 * @sev: severity
 *
 * Return: 0, -EINVAL with a message in @build.
 */
int ras_scale_choose(struct ras_build *build, enum ras_severity sev)
{
	const struct ras_scale *scale = build->type->desc->scale;
	u64 num;

	if (ras_build_given(build, scale->field))
		return ras_build_fail(build,
				      "severity is the same as %s: give one of the two",
				      scale->field);
	if (number(scale, sev, &num))
		return none(build, scale, sev);
	ras_build_default(build, scale->field, num);
	return 0;
}

/**
 * ras_scale_word - the number of a severity by name, which no format file has
 * @type: the event's type
 * @field: field
 * @word: name
 * @num: result
 *
 * Return: 0 or -ENOENT.
 */
int ras_scale_word(const struct ras_type *type, const struct ras_field *field,
		   const char *word, u64 *num)
{
	const struct ras_scale *scale = type->desc->scale;
	enum ras_severity sev;

	if (strcmp(field->name, scale->field) || ras_severity_word(word, &sev))
		return -ENOENT;
	return number(scale, sev, num);
}

/**
 * ras_scale_default - set the severity if it was not given
 * @build: record being built
 * @sev: one that the scale has
 */
void ras_scale_default(struct ras_build *build, enum ras_severity sev)
{
	const struct ras_scale *scale = build->type->desc->scale;
	u64 num;

	if (!number(scale, sev, &num))
		ras_build_default(build, scale->field, num);
}
