// SPDX-License-Identifier: GPL-2.0
/*
 * Types of what is recorded but no tracepoint: samples of other perf events,
 * lost records, and records that nobody can decode any more; and of what is
 * injected into a counter. They are written as format files, so that nothing
 * else has to tell them apart.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/compiler.h>
#include "build.h"
#include "format.h"
#include "kernel_symbol.h"
#include "pseudo.h"

#define COMMON								\
	"ID: 0\nformat:\n"						\
	"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n" \
	"\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n" \
	"\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n" \
	"\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n"

#define CONTEXT								\
	"\tfield:unsigned long long ip;\toffset:8;\tsize:8;\tsigned:0;\n" \
	"\tfield:int pid;\toffset:16;\tsize:4;\tsigned:1;\n"		\
	"\tfield:int tid;\toffset:20;\tsize:4;\tsigned:1;\n"

/* PERF_RECORD_MISC_CPUMODE_MASK */
#define PRINT_MODE							\
	"__print_symbolic(REC->mode, { 1, \"kernel\" }, { 2, \"user\" }, " \
	"{ 3, \"hypervisor\" }, { 4, \"guest kernel\" }, { 5, \"guest user\" })"

static const char lost_text[] =
	"name: lost\n" COMMON
	"\tfield:unsigned long long lost;\toffset:8;\tsize:8;\tsigned:0;\n"
	"\nprint fmt: \"%llu records found the buffer full\", REC->lost\n";

static const char sample_text[] =
	"name: sample\n" COMMON CONTEXT
	"\tfield:unsigned int mode;\toffset:24;\tsize:4;\tsigned:0;\n"
	"\nprint fmt: \"pid %d tid %d %s ip 0x%llx\", REC->pid, REC->tid, "
	PRINT_MODE ", REC->ip\n";

static const char counter_text[] =
	"name: counter\n" COMMON
	"\tfield:unsigned long long period;\toffset:8;\tsize:8;\tsigned:0;\n"
	"\tfield:unsigned long long ip;\toffset:16;\tsize:8;\tsigned:0;\n"
	"\tfield:unsigned long long addr;\toffset:24;\tsize:8;\tsigned:0;\n"
	"\tfield:unsigned int mode;\toffset:32;\tsize:4;\tsigned:0;\n"
	"\nprint fmt: \"%llu more, %s\", REC->period, " PRINT_MODE "\n";

static const char unknown_text[] =
	"name: unknown\n" COMMON CONTEXT
	"\tfield:unsigned long long sample_id;\toffset:24;\tsize:8;\tsigned:0;\n"
	"\tfield:__data_loc u8[] raw;\toffset:32;\tsize:4;\tsigned:0;\n"
	"\nprint fmt: \"record of an event that is not there any more, id %llu\", REC->sample_id\n";

static const struct ras_type *once(struct ras_type **type, const char *full,
				   const char *text)
{
	if (!*type && ras_type_parse(full, text, type))
		return NULL;
	return *type;
}

/**
 * ras_type_lost - the pseudo event for records that found the buffer full
 *
 * Return: its type, or NULL without memory.
 */
const struct ras_type *ras_type_lost(void)
{
	static struct ras_type *type;

	return once(&type, "lost", lost_text);
}

/**
 * ras_type_unknown - the pseudo event for what cannot be decoded
 *
 * Return: its type, or NULL without memory.
 */
const struct ras_type *ras_type_unknown(void)
{
	static struct ras_type *type;

	return once(&type, "unknown", unknown_text);
}

/**
 * ras_types_sample - the type of a perf event without a tracepoint
 * @types: the types known so far
 * @name: its name, for example "cpu-clock"
 * @res: the type; it belongs to @types
 *
 * Return: 0 or -ENOMEM.
 */
int ras_types_sample(struct ras_types *types, const char *name,
		     const struct ras_type **res)
{
	struct ras_type *type = ras_types_find(types, name);
	int err;

	if (!type) {
		err = ras_type_parse(name, sample_text, &type);
		if (err)
			return err;
		ras_types_add(types, type);
	}
	*res = type;
	return 0;
}

/**
 * ras_types_counter - the type of what is injected into a counter
 * @types: the types known so far
 * @name: its name, for example "page-faults"
 * @res: the type; it belongs to @types
 *
 * Return: 0 or -ENOMEM.
 */
int ras_types_counter(struct ras_types *types, const char *name,
		      const struct ras_type **res)
{
	struct ras_type *type;
	int err;

	/* Its samples may be among the types, too: they have other fields. */
	for (type = types->first; type; type = type->next) {
		if (!strcmp(type->full, name) && ras_type_field(type, "period"))
			break;
	}
	if (!type) {
		err = ras_type_parse(name, counter_text, &type);
		if (err)
			return err;
		ras_types_add(types, type);
	}
	*res = type;
	return 0;
}

/**
 * ras_counter_summary - how much it is to count, and where
 * @ev: injected into a counter
 * @out: stream
 */
void ras_counter_summary(const struct ras_event *ev, FILE *out)
{
	const char *mode = ras_event_text(ev, "mode");

	fprintf(out, "%llu more, %s ip 0x%llx, addr 0x%llx",
		(unsigned long long)ras_event_num(ev, "period"),
		mode ? mode : "unknown",
		(unsigned long long)ras_event_num(ev, "ip"),
		(unsigned long long)ras_event_num(ev, "addr"));
}

/**
 * ras_counter_defaults - one more, in the kernel unless ip says otherwise
 * @build: record being built
 * @cpu: unused
 *
 * Return: 0, -EINVAL with a message in @build.
 */
int ras_counter_defaults(struct ras_build *build, int cpu __maybe_unused)
{
	s64 ip = ras_build_num(build, "ip");

	ras_build_default(build, "period", 1);
	ras_build_default_symbol(build, "mode", ip > 0 ? "user" : "kernel");
	if ((s64)ras_build_num(build, "period") > 0)
		return 0;
	return ras_build_fail(build,
			      "period is how much to add to the count: give 1 to 0x7fffffffffffffff");
}

/**
 * ras_sample_summary - where the CPU was
 * @ev: sample
 * @out: stream
 */
void ras_sample_summary(const struct ras_event *ev, FILE *out)
{
	u64 ip = ras_event_num(ev, "ip");
	const char *mode = ras_event_text(ev, "mode");
	char symbol[256];

	fprintf(out, "pid %d tid %d %s ip 0x%llx", (int)ras_event_num(ev, "pid"),
		(int)ras_event_num(ev, "tid"), mode ? mode : "unknown",
		(unsigned long long)ip);
	if (mode && !strcmp(mode, "kernel") &&
	    !ras_kernel_symbol(ip, ev->boot_id, symbol, sizeof(symbol)))
		fprintf(out, " (%s)", symbol);
}
