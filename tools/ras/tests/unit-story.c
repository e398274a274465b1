// SPDX-License-Identifier: GPL-2.0
/* Unit tests: which events tell of the same error. */
#include <stdlib.h>
#include <string.h>
#include <linux/kernel.h>
#include "../build.h"
#include "../format.h"
#include "../ras.h"
#include "../record.h"
#include "../store.h"
#include "../story_print.h"
#include "unit.h"

#define ADDRV		"status=VAL|EN|ADDRV|MISCV|RD_CHANNEL0_ERR"
#define MC		"ras:mc_event"
#define MCE		"mce:mce_record"
#define CEC		"ras:cec_event"
#define MF		"ras:memory_failure_event"
#define TASK		"ras:memory_failure_task"
#define OFFLINE		"ras:page_offline"

static struct ras_types types = { .dir = "formats" };
static struct ras_stories stories;

/* What is done with an event; the result is told to the test. */
static u64 add(const struct ras_event *ev, void *arg __maybe_unused)
{
	return ras_story_add(&stories, ev);
}

/* An event with up to five fields */
struct words {
	const char *word[5];
};

static u64 make(const char *event, int cpu, int tid, u64 ms, struct words words,
		u64 (*fn)(const struct ras_event *ev, void *arg), void *arg)
{
	struct ras_event ev = {
		.uptime_ns = ms * 1000000,
		.time_ns = ms * 1000000,
		.buffer_cpu = cpu,
		.tid = tid,
		.set = "ras",
	};
	struct ras_build build;
	unsigned int i;
	u64 ret;

	if (ras_types_get(&types, event, &ev.type) || ras_build_init(&build, ev.type))
		abort();
	for (i = 0; i < ARRAY_SIZE(words.word) && words.word[i]; i++) {
		if (ras_build_set(&build, words.word[i])) {
			printf("%s\n", build.error);
			abort();
		}
	}
	/* strings that were not given */
	for (i = 0; i < ev.type->nr_fields; i++) {
		if (ev.type->fields[i].kind != RAS_INT && !build.values[i].data)
			build.values[i].data = strdup("");
	}
	ev.values = build.values;
	ev.severity = ras_event_severity(&ev);
	ret = fn(&ev, arg);
	ras_build_free(&build);
	return ret;
}

#define TELL(event, cpu, tid, ms, ...) \
	make(event, cpu, tid, ms, (struct words) { { __VA_ARGS__ } }, add, NULL)

static void begin(void)
{
	memset(&stories, 0, sizeof(stories));
}

static void story_of_a_machine_check(void)
{
	begin();
	CHECK(TELL(MCE, 0, 10, 0, ADDRV, "addr=0x12345678") == 1);
	CHECK(TELL(TASK, 0, 10, 1, "pfn=0x12345", "comm=a", "pid=5") == 1);
	CHECK(TELL(TASK, 0, 10, 1, "pfn=0x12345", "comm=b", "pid=6") == 1);
	CHECK(TELL(MF, 0, 10, 1, "pfn=0x12345") == 1);
	CHECK(TELL(OFFLINE, 0, 10, 1, "pfn=0x12345") == 1);
	CHECK(TELL(MC, 0, 10, 2, "address=0x12345640") == 1);
	/* the next one, of the same page and on the same thread */
	CHECK(TELL(MCE, 0, 10, 3, ADDRV, "addr=0x12345678") == 2);
	CHECK(TELL(MF, 0, 10, 3, "pfn=0x12345") == 2);
	CHECK(TELL(MC, 0, 10, 4, "address=0x12345640") == 2);
	/* a second report by EDAC is none of it */
	CHECK(TELL(MC, 0, 10, 5, "address=0x12345640") == 3);
}

static void story_of_a_corrected_error(void)
{
	begin();
	CHECK(TELL(CEC, 0, 10, 0, "pfn=0x5", "severity=info", "action=forgotten") == 1);
	CHECK(TELL(CEC, 0, 10, 0, "pfn=0x12345", "severity=corrected") == 2);
	CHECK(TELL(MCE, 0, 10, 0, ADDRV, "addr=0x12345678") == 2);
	CHECK(TELL(CEC, 0, 10, 1, "pfn=0x12345", "severity=corrected",
		   "action=to be offlined") == 3);
	CHECK(TELL(MCE, 0, 10, 1, ADDRV, "addr=0x12345678") == 3);
	/* by another thread: the one that asked for it */
	CHECK(TELL(OFFLINE, 0, 11, 5, "pfn=0x12345", "soft=soft") == 3);
	/* without an address, or with one of another page */
	CHECK(TELL(CEC, 0, 10, 6, "pfn=0x7", "severity=corrected") == 4);
	CHECK(TELL(MCE, 0, 10, 6, "status=VAL|EN") == 4);
	CHECK(TELL(CEC, 0, 10, 7, "pfn=0x7", "severity=corrected") == 5);
	CHECK(TELL(MCE, 0, 10, 7, ADDRV, "addr=0x8000") == 6);
}

static void story_without_an_address(void)
{
	begin();
	CHECK(TELL(MCE, 0, 10, 0, "status=VAL|EN", "addr=0x5000") == 1);
	CHECK(TELL(MC, 0, 10, 0, "address=0x12345640") == 1);
	CHECK(TELL(MCE, 0, 10, 1, ADDRV, "addr=0x5000") == 2);
	CHECK(TELL(MC, 0, 10, 1) == 2);
	/* an AMD memory controller has addresses of its own */
	CHECK(TELL(MCE, 0, 10, 2, ADDRV, "addr=0x5000", "cpuvendor=2",
		   "ipid=0x9600050f00") == 3);
	CHECK(TELL(MC, 0, 10, 2, "address=0x12345640") == 3);
	CHECK(TELL(MCE, 0, 10, 3, ADDRV, "addr=0x5000", "cpuvendor=2") == 4);
	CHECK(TELL(MC, 0, 10, 3, "address=0x12345640") == 5);
	/* another error's page is none of it */
	CHECK(TELL(MCE, 1, 20, 4, "status=VAL|EN") == 6);
	CHECK(TELL(MF, 1, 20, 4, "pfn=0x12345") == 6);
	CHECK(TELL(MF, 1, 20, 4, "pfn=0x12346") == 7);
}

static void story_ends_after_a_second(void)
{
	begin();
	CHECK(TELL(MCE, 0, 10, 0, ADDRV, "addr=0x12345678") == 1);
	CHECK(TELL(MF, 0, 10, 1000, "pfn=0x12345") == 1);
	CHECK(TELL(OFFLINE, 0, 10, 2000, "pfn=0x12345") == 1);
	CHECK(ras_stories_told(&stories) == 0);
	CHECK(TELL(MF, 0, 10, 3001, "pfn=0x12345") == 2);
	CHECK(ras_stories_told(&stories) == 1);
	/* events of other kinds are alone, and end nothing */
	CHECK(TELL("ras:aer_event", 0, 10, 3002, "dev_name=a") == 3);
	CHECK(TELL(OFFLINE, 0, 10, 3003, "pfn=0x12345") == 2);
	CHECK(ras_stories_told(&stories) == 1);
	CHECK(TELL("ras:aer_event", 0, 10, 5000, "dev_name=a") == 4);
	CHECK(ras_stories_told(&stories) == 4);
}

static void story_of_firmware(void)
{
	begin();
	CHECK(TELL(MC, 2, 0, 0, "error_type=1", "address=0x12345640") == 1);
	CHECK(TELL(MC, 2, 0, 0, "error_type=1", "address=0x777000") == 2);
	/* the workqueue, on whichever CPU */
	CHECK(TELL(TASK, 3, 31, 1, "pfn=0x12345") == 1);
	CHECK(TELL(MF, 3, 31, 1, "pfn=0x12345") == 1);
	CHECK(TELL(OFFLINE, 3, 31, 1, "pfn=0x12345") == 1);
	CHECK(TELL(MF, 3, 31, 2, "pfn=0x777") == 2);
	CHECK(TELL(OFFLINE, 3, 31, 2, "pfn=0x777") == 2);
	/* firmware's error as a machine check, too */
	CHECK(TELL(MCE, 2, 30, 3, ADDRV, "addr=0x777000") == 2);
	/* which of two of the same page cannot be told */
	CHECK(TELL(MC, 2, 0, 10, "error_type=1", "address=0x999000") == 3);
	CHECK(TELL(MC, 2, 0, 11, "error_type=1", "address=0x999000") == 4);
	CHECK(TELL(TASK, 3, 31, 12, "pfn=0x999") == 5);
	CHECK(TELL(MF, 3, 31, 12, "pfn=0x999") == 5);
	/* of a page that nobody reported */
	CHECK(TELL(MF, 3, 31, 13, "pfn=0xabc") == 6);
	CHECK(TELL(OFFLINE, 3, 31, 13, "pfn=0xabc") == 6);
}

/* Action required: the task that hit the error deals with it before it is reported. */
static void story_that_a_task_begins(void)
{
	begin();
	CHECK(TELL(TASK, 1, 500, 0, "pfn=0x12345", "comm=a", "pid=500") == 1);
	CHECK(TELL(MF, 1, 500, 0, "pfn=0x12345") == 1);
	CHECK(TELL(MCE, 1, 40, 1, ADDRV, "addr=0x12345678") == 1);
	CHECK(TELL(OFFLINE, 1, 500, 2, "pfn=0x12345") == 1);
	CHECK(TELL(MC, 1, 40, 3, "address=0x12345640") == 1);
	CHECK(TELL(MCE, 1, 40, 4, ADDRV, "addr=0x12345678") == 2);
}

static void stories_are_bounded(void)
{
	char addr[32];
	unsigned int i;

	begin();
	for (i = 0; i < 2 * RAS_STORIES_MAX; i++) {
		snprintf(addr, sizeof(addr), "addr=0x%x000", i + 1);
		CHECK(TELL(MCE, i, 10, i, ADDRV, addr) == i + 1);
		/* this one stays warm */
		CHECK(TELL(MF, 0, 10, i, "pfn=0x1") == 1);
	}
	CHECK(stories.nr_open == RAS_STORIES_MAX && stories.open[0].number == 1);
	CHECK(ras_stories_told(&stories) == 0);
	CHECK(TELL(MF, 2, 10, i, "pfn=0x3") == i + 1);
	CHECK(TELL(MF, i - 1, 10, i, "pfn=0x80") == i);
	ras_stories_end(&stories, i - 1);
	CHECK(ras_stories_told(&stories) == i - 1);
}

static void stories_of_unknown_threads(void)
{
	begin();
	CHECK(TELL(MCE, 0, -1, 0, "status=VAL|EN") == 1);
	CHECK(TELL(MC, 0, -1, 0) == 2);
	CHECK(TELL(MCE, 0, -1, 1, ADDRV, "addr=0x12345678") == 3);
	CHECK(TELL(MC, 0, -1, 1, "address=0x12345640") == 3);
}

static u64 store(const struct ras_event *ev, void *arg)
{
	return ras_store_add(arg, ev);
}

#define STORE(db, event, cpu, tid, ms, ...) \
	CHECK(!make(event, cpu, tid, ms, (struct words) { { __VA_ARGS__ } }, store, db))

static int print(const struct ras_event *ev, void *arg)
{
	return ras_story_log_add(arg, ev);
}

/* From the database, as ras log --stories does it */
static char *print_stored(struct ras_store *db, const struct ras_filter *filter)
{
	struct ras_story_log log = { .filter = filter };
	char *text = NULL;
	size_t len;

	log.out = open_memstream(&text, &len);
	CHECK(!ras_store_query(db, print, &log));
	ras_story_log_end(&log);
	fclose(log.out);
	return text;
}

static void check_text(struct ras_store *db, const struct ras_filter *filter,
		       const char *expected)
{
	char *text = print_stored(db, filter);

	CHECK(!strcmp(text, expected));
	if (strcmp(text, expected))
		printf("%s", text);
	free(text);
}

#define AT(time) "1970-01-01T00:00:0" time

static void stories_are_printed(void)
{
	struct ras_filter filter = { .event = "aer_event" };
	struct ras_store *db;
	char path[512], error[512];
	unsigned int i;

	snprintf(path, sizeof(path), "%s/stories.db", unit_tmp);
	CHECK(!ras_store_open(&db, path, false, error, sizeof(error)));
	CHECK(!ras_store_begin(db));
	STORE(db, MC, 2, 0, 1000, "error_type=1", "address=0x12345640", "label=DIMM_A1\n",
	      "error_count=1", "msg=read");
	STORE(db, "ras:aer_event", 0, 10, 1001, "dev_name=a", "severity=2", "status=1");
	for (i = 0; i < 2; i++)
		STORE(db, TASK, 3, 31, 1002, "severity=uncorrected", "pfn=0x12345",
		      "comm=qemu", i ? "pid=7" : "pid=6", "fate=SIGKILL");
	/* alone, but on the thread of the first one */
	STORE(db, MC, 3, 31, 1003, "error_type=0", "error_count=1");
	CHECK(!ras_store_commit(db));
	ras_store_close(db);

	CHECK(!ras_store_open(&db, path, true, error, sizeof(error)));
	check_text(db, &filter,
		   AT("1.001000000Z [    1.001000] corrected ras:aer_event CPU 0: ")
		   "a PCIe bus error: status 0x00000001 (Receiver Error)\n");
	filter.event = NULL;
	filter.severities = 1 << RAS_SEV_UNCORRECTED;
	check_text(db, &filter,
		   AT("1.000000000Z [    1.000000] uncorrected story 1: mc_event, ")
		   "2 memory_failure_task; page 0x12345; on DIMM_A1 ; "
		   "task qemu:6 (SIGKILL), qemu:7 (SIGKILL)\n"
		   "    " AT("1.000000000Z [    1.000000] uncorrected ras:mc_event CPU 2: ")
		   "1 uncorrected error: read on DIMM_A1  (mc 0 location 0:0:0 "
		   "address 0x12345640 grain 1 syndrome 0x0)\n"
		   "    " AT("1.002000000Z [    1.002000] uncorrected ")
		   "ras:memory_failure_task CPU 3: pfn 0x12345, task qemu:6: SIGKILL\n"
		   "    " AT("1.002000000Z [    1.002000] uncorrected ")
		   "ras:memory_failure_task CPU 3: pfn 0x12345, task qemu:7: SIGKILL\n");
	filter.severities = 1 << RAS_SEV_FATAL;
	check_text(db, &filter, "");
	ras_store_close(db);
}

static u64 add_to_log(const struct ras_event *ev, void *arg)
{
	return ras_story_log_add(arg, ev);
}

/* However many events: of a flood, and behind a story that does not end */
static void story_log_is_bounded(void)
{
	struct ras_filter filter = { .event = "memory_failure_event" };
	struct ras_story_log log = { .filter = &filter };
	char *text = NULL;
	unsigned int i;
	size_t len;

	log.out = open_memstream(&text, &len);
	for (i = 0; i < 5000; i++) {
		make(MF, 0, 10, i, (struct words) { { "pfn=1" } }, add_to_log, &log);
		make("ras:aer_event", 0, 10, i, (struct words) { { "dev_name=a" } },
		     add_to_log, &log);
		CHECK(log.nr <= 1025);
	}
	ras_story_log_end(&log);
	fclose(log.out);
	CHECK(strstr(text, " story 1: 1024 memory_failure_event; page 0x1\n"));
	CHECK(strstr(text, "    and 960 more events\n"));
	free(text);
}

void unit_story(void)
{
	RUN(story_of_a_machine_check);
	RUN(story_of_a_corrected_error);
	RUN(story_without_an_address);
	RUN(story_ends_after_a_second);
	RUN(story_of_firmware);
	RUN(story_that_a_task_begins);
	RUN(stories_are_bounded);
	RUN(stories_of_unknown_threads);
	RUN(stories_are_printed);
	RUN(story_log_is_bounded);
	ras_types_free(&types);
}
