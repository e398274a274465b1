// SPDX-License-Identifier: GPL-2.0
/*
 * What `ras inject` fills into the events of include/trace/events/ras.h. Their
 * severity follows from the other fields in most; the kernel's rules are a
 * table here.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <linux/kernel.h>
#include "build.h"
#include "failure.h"
#include "format.h"

/* What is not 0 in a typical event, whichever it is that has the field */
static const struct {
	const char *field;
	s64 num;
} typical[] = {
	{ "active", 1 },
	{ "ce_count", 1 },
	{ "error_count", 1 },
	{ "pid", -1 },
	{ "sig", 11 },
	{ "threshold", 1023 },
	{ "times", 1 },
};

/*
 * The severity of an event that has one of these values, numbers or the format
 * file's texts, in the field. The first line that fits counts; one without a
 * field always does.
 */
static const struct rule {
	const char *event, *severity, *field, *values;
} rules[] = {
	{ "action", "recovered", "outcome", "done" },
	{ "action", "info", "outcome", "dry run" },
	{ "action", "corrected", NULL, NULL },
	{ "cec_event", "info", "action", "forgotten" },
	{ "cec_event", "corrected", NULL, NULL },
	{ "cper_event", "fatal", NULL, NULL },
	{ "cpu_throttle", "info", "active", "normal" },
	{ "cpu_throttle", "corrected", NULL, NULL },
	{ "edac_device_event", "corrected", NULL, NULL },
	/* those whose default is a core dump, signal(7) */
	{ "fatal_signal", "uncorrected", "sig", "3|4|5|6|7|8|11|24|25|31" },
	{ "fatal_signal", "info", NULL, NULL },
	{ "kernel_panic", "fatal", NULL, NULL },
	{ "kernel_warning", "recovered", NULL, NULL },
	{ "memory_failure_task", "recovered", "fate", "unaffected" },
	{ "page_offline", "recovered", "result", "0" },
	{ "page_offline", "corrected", "soft", "soft" },
	/* all others */
	{ NULL, "uncorrected", NULL, NULL },
};

static bool has_value(const struct ras_build *build, const struct rule *rule)
{
	const struct ras_field *field = ras_type_field(build->type, rule->field);
	char word[32], *end;
	const char *p;
	size_t len;
	bool other;
	u64 num;

	for (p = rule->values; field && *p; p += len + (p[len] == '|')) {
		len = strcspn(p, "|");
		snprintf(word, sizeof(word), "%.*s", (int)len, p);
		if (ras_field_symbol_value(field, word, &num, &other)) {
			num = strtoull(word, &end, 10);
			if (*end)
				continue;
		}
		if (ras_build_num(build, rule->field) == num)
			return true;
	}
	return false;
}

static const char *severity(const struct ras_build *build)
{
	const struct rule *rule = rules;

	while (rule->event && (strcmp(rule->event, build->type->name) ||
			       (rule->field && !has_value(build, rule))))
		rule++;
	return rule->severity;
}

/**
 * ras_failure_defaults - one typical failure
 * @build: record being built
 * @cpu: CPU it is injected on
 *
 * On that CPU, of no task; its severity is the one that the kernel gives to an
 * event with these values. The data of a section are all of it.
 *
 * Return: 0.
 */
int ras_failure_defaults(struct ras_build *build, int cpu)
{
	const struct ras_value *buf = ras_build_value(build, "buf");
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(typical); i++)
		ras_build_default(build, typical[i].field, typical[i].num);
	ras_build_default(build, "cpu", cpu);
	ras_build_default(build, "len", buf ? buf->len : 0);
	ras_build_default(build, "total",
			  ras_build_num(build, "offset") + ras_build_num(build, "len"));
	ras_build_default_symbol(build, "severity", severity(build));
	return 0;
}
