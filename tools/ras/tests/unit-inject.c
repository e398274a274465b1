// SPDX-License-Identifier: GPL-2.0
/* Unit tests: batches that the kernel takes in part, levels, names, reasons. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <linux/kernel.h>
#include <linux/perf_event.h>
#include "../build.h"
#include "../inject.h"
#include "../mca.h"
#include "../perf_name.h"
#include "../record.h"
#include "unit.h"

/* A kernel: takes at most @chunk records at once, refuses number @refuse. */
static struct {
	unsigned int taken, calls, chunk, refuse;
	int err, busy;
	u64 sum;
} kernel;

static volatile sig_atomic_t stop;

static ssize_t kernel_write(int fd __maybe_unused, const void *buf, size_t len)
{
	unsigned int nr = 0;
	size_t pos = 0;

	kernel.calls++;
	if (kernel.busy && kernel.busy--) {
		errno = EAGAIN;
		return -1;
	}
	while (pos < len && nr < kernel.chunk) {
		struct { struct perf_event_header header; u64 number; } rec;

		memcpy(&rec, buf + pos, sizeof(rec));
		if (rec.number == kernel.refuse)
			break;
		kernel.taken++;
		kernel.sum += rec.number;
		pos += rec.header.size;
		nr++;
	}
	if (nr)
		return pos;
	errno = kernel.err;
	return -1;
}

static void start(struct ras_injector *injector, unsigned int chunk,
		  unsigned int refuse)
{
	struct perf_event_attr attr = { .type = ~0U, .size = sizeof(attr) };

	memset(&kernel, 0, sizeof(kernel));
	kernel.chunk = chunk;
	kernel.refuse = refuse;
	kernel.err = EINVAL;
	stop = 0;
	CHECK(ras_injector_open(injector, &attr, 0));
	injector->write = kernel_write;
	injector->stop = &stop;
}

/* Of different sizes, numbered from 1 on */
static int add(struct ras_injector *injector, u64 number)
{
	u64 record[8] = { 0, number };
	struct perf_event_header header = {
		.type = PERF_RECORD_SAMPLE,
		.size = 16 + number % 5 * 8,
	};

	memcpy(record, &header, sizeof(header));
	return ras_injector_add(injector, record, header.size);
}

static void short_writes_are_gone_on_with(void)
{
	struct ras_injector injector;
	unsigned int i, taken;

	start(&injector, 3, 0);
	for (i = 1; i <= 10; i++)
		CHECK(!add(&injector, i));
	CHECK(!ras_injector_flush(&injector, &taken) && taken == 10);
	CHECK(kernel.calls == 4 && kernel.sum == 55);
	/* nothing is left, and nothing is written twice */
	CHECK(!ras_injector_flush(&injector, &taken) && !taken);
	CHECK(kernel.calls == 4);
	ras_injector_close(&injector);
}

static void refused_record_is_named(void)
{
	struct ras_injector injector;
	unsigned int i, taken;

	start(&injector, 100, 4);
	for (i = 1; i <= 10; i++)
		CHECK(!add(&injector, i));
	CHECK(ras_injector_flush(&injector, &taken) == -EINVAL && taken == 3);
	CHECK(ras_injector_flush(&injector, &taken) == -EINVAL && !taken);
	ras_injector_drop(&injector);
	CHECK(!add(&injector, 11));
	CHECK(!ras_injector_flush(&injector, &taken) && taken == 7);
	CHECK(kernel.sum == 66 - 4);
	ras_injector_drop(&injector);
	ras_injector_close(&injector);
}

static void first_may_be_refused(void)
{
	struct ras_injector injector;
	unsigned int taken;

	start(&injector, 100, 1);
	kernel.err = ECANCELED;
	CHECK(!add(&injector, 1) && !add(&injector, 2));
	CHECK(ras_injector_flush(&injector, &taken) == -ECANCELED && !taken);
	CHECK(!kernel.taken);
	ras_injector_close(&injector);
}

static void busy_cpu_is_tried_again(void)
{
	struct ras_injector injector;
	unsigned int taken;

	start(&injector, 1, 0);
	kernel.busy = 5;
	CHECK(!add(&injector, 1) && !add(&injector, 2));
	CHECK(!ras_injector_flush(&injector, &taken) && taken == 2);
	CHECK(kernel.calls == 7);
	/* but not for ever */
	kernel.busy = 1000000;
	CHECK(!add(&injector, 3));
	CHECK(ras_injector_flush(&injector, &taken) == -EAGAIN && !taken);
	kernel.busy = 0;
	CHECK(!ras_injector_flush(&injector, &taken) && taken == 1);
	ras_injector_close(&injector);
}

static void stop_ends_it(void)
{
	struct ras_injector injector;
	unsigned int taken;

	start(&injector, 100, 0);
	CHECK(!add(&injector, 1));
	stop = 1;
	CHECK(ras_injector_flush(&injector, &taken) == -EINTR && !taken);
	CHECK(!kernel.calls);
	stop = 0;
	CHECK(!ras_injector_flush(&injector, &taken) && taken == 1);
	ras_injector_close(&injector);
}

static void batch_has_an_end(void)
{
	struct perf_event_header header = { .size = 16 };
	struct ras_injector injector;
	unsigned int nr = 0, taken;
	int err;

	start(&injector, ~0U, 0);
	CHECK(ras_injector_add(&injector, &header, 8) == -EINVAL);
	CHECK(ras_injector_add(&injector, &header, 4) == -EINVAL);
	while (!(err = add(&injector, nr + 1)))
		nr++;
	CHECK(err == -ENOSPC && nr > 1000);
	CHECK(!ras_injector_flush(&injector, &taken) && taken == nr);
	CHECK(!add(&injector, nr + 1));
	CHECK(!ras_injector_flush(&injector, &taken) && taken == 1);
	CHECK(kernel.sum == (u64)(nr + 1) * (nr + 2) / 2);
	ras_injector_close(&injector);
}

static void counters_have_names(void)
{
	static const struct {
		const char *name;
		u32 type;
		u64 config;
		bool clock;
	} cases[] = {
		{ "faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS, false },
		{ "cycles", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES, true },
		{ "L1-dcache-loads", PERF_TYPE_HW_CACHE, 0x000000, true },
		{ "L1-dcache-load-misses", PERF_TYPE_HW_CACHE, 0x010000, true },
		{ "L1-icache-prefetches", PERF_TYPE_HW_CACHE, 0x000201, true },
		{ "LLC-store-misses", PERF_TYPE_HW_CACHE, 0x010102, true },
		{ "dTLB-stores", PERF_TYPE_HW_CACHE, 0x000103, true },
		{ "iTLB-load-misses", PERF_TYPE_HW_CACHE, 0x010004, true },
		{ "branch-loads", PERF_TYPE_HW_CACHE, 0x000005, true },
		{ "node-prefetch-misses", PERF_TYPE_HW_CACHE, 0x010206, true },
		{ "branch-misses", PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_MISSES, true },
		{ "r01a8", PERF_TYPE_RAW, 0x1a8, true },
		{ "type=0x4,config=0x1234", 4, 0x1234, true },
	};
	static const char * const none[] = {
		"", "r", "r1x", "r11111111111111111", "L1-icache-stores",
		"iTLB-stores", "LLC", "LLC-", "LLC-load", "type=0x4",
		"type=0x4,config=0x1234,freq=1", "cyclesx",
	};
	struct perf_event_attr attr;
	unsigned int i;
	bool clock;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		CHECK(!ras_perf_name(cases[i].name, &attr, &clock));
		CHECK(attr.type == cases[i].type &&
		      attr.config == cases[i].config &&
		      clock == cases[i].clock);
	}
	for (i = 0; i < ARRAY_SIZE(none); i++)
		CHECK(ras_perf_name(none[i], &attr, NULL) == -ENOENT);
}

/* What perf_event_open(2) says of IP, ADDR and PERIOD alone. */
static void counters_are_packed(void)
{
	struct ras_inject_event event;
	struct ras_types types = { };
	struct ras_build build;
	char error[512];
	u64 record[5];

	CHECK(!ras_inject_find(&types, "cache-misses", &event, error,
			       sizeof(error)));
	CHECK(event.attr.type == PERF_TYPE_HARDWARE &&
	      event.attr.config == PERF_COUNT_HW_CACHE_MISSES);
	CHECK(event.attr.sample_type ==
	      (PERF_SAMPLE_IP | PERF_SAMPLE_ADDR | PERF_SAMPLE_PERIOD));
	CHECK(!ras_build_init(&build, event.type));
	CHECK(!ras_build_set(&build, "period=1000"));
	CHECK(!ras_build_set(&build, "ip=0x401000"));
	CHECK(!ras_build_set(&build, "addr=0x5000"));
	CHECK(!ras_build_finish(&build, 0));
	CHECK(ras_inject_pack(&event, build.values, 0, (void *)record,
			      sizeof(record)) == 32);
	CHECK(record[0] == ((u64)32 << 48 |
			    (u64)PERF_RECORD_MISC_USER << 32 |
			    PERF_RECORD_SAMPLE));
	CHECK(record[1] == 0x401000 && record[2] == 0x5000 && record[3] == 1000);
	CHECK(ras_inject_pack(&event, build.values, 0, (void *)record, 31) ==
	      -E2BIG);
	ras_build_free(&build);
	ras_types_free(&types);
}

/* From run.sh's tracefs. */
static void tracepoints_are_packed(void)
{
	struct ras_inject_event event;
	struct ras_types types = { };
	struct ras_build build;
	struct ras_record rec;
	unsigned char buf[512];
	struct ras_event ev;
	char error[512];
	int len;

	CHECK(!ras_inject_find(&types, "mce:mce_record", &event, error,
			       sizeof(error)));
	CHECK(event.attr.type == PERF_TYPE_TRACEPOINT && event.attr.config == 70);
	CHECK(!ras_build_init(&build, event.type));
	CHECK(!ras_build_set(&build, "severity=fatal"));
	CHECK(!ras_build_finish(&build, 3));
	len = ras_inject_pack(&event, build.values,
			      PERF_RECORD_MISC_INJECT_HARDWARE |
			      PERF_RECORD_MISC_INJECT_FATAL, buf, sizeof(buf));
	CHECK(len > 0 && len % 8 == 0);
	CHECK(((struct perf_event_header *)buf)->misc == 0x600);
	CHECK(!ras_record_parse((void *)buf, event.attr.sample_type, &rec));
	CHECK(!ras_record_event(&types, &rec, &ev));
	CHECK(ev.severity == RAS_SEV_FATAL && ras_event_num(&ev, "cpu") == 3);
	CHECK(ras_event_num(&ev, "bank") == 1);
	ras_event_release(&ev);
	ras_build_free(&build);
	ras_types_free(&types);
}

static void levels_parse(void)
{
	static const char * const words[] = { "stream", "driver", "hardware" };
	unsigned int i;
	u16 misc;

	for (i = 0; i < ARRAY_SIZE(words); i++) {
		CHECK(!ras_inject_level(words[i], &misc) && misc == i << 8);
		CHECK(!strcmp(ras_inject_level_name(misc | 0x400), words[i]));
	}
	CHECK(ras_inject_level("", &misc) && ras_inject_level("STREAM", &misc));
	CHECK(ras_inject_level("streams", &misc));
}

/* Every errno of the ABI has one line of its own that says what to do. */
static void reasons_have_remedies(void)
{
	static const int errors[] = {
		EPERM, EINVAL, E2BIG, EOPNOTSUPP, ENODEV, EAGAIN, ECANCELED,
		EIO, EBUSY, EBADF,
	};
	static const char * const names[] = { "mce:mce_record", "page-faults" };
	static const u16 levels[] = { 0, 0x100, 0x200 };
	struct ras_types types = { };
	struct ras_inject_event event;
	char text[512], error[512];
	unsigned int i, k, n;

	for (n = 0; n < ARRAY_SIZE(names); n++) {
		CHECK(!ras_inject_find(&types, names[n], &event, error,
				       sizeof(error)));
		for (i = 0; i < ARRAY_SIZE(errors); i++) {
			ras_inject_open_reason(-errors[i], &event, text,
					       sizeof(text));
			CHECK(*text && !strchr(text, '\n'));
			for (k = 0; k < ARRAY_SIZE(levels); k++) {
				ras_inject_reason(-errors[i], &event, levels[k],
						  text, sizeof(text));
				CHECK(strlen(text) > 20 && !strchr(text, '\n'));
				CHECK(strcmp(text, strerror(errors[i])));
				CHECK(strlen(text) < sizeof(text) - 1);
			}
		}
	}
	ras_inject_reason(-ECANCELED, &event, 0x200, text, sizeof(text));
	CHECK(strstr(text, "--fatal"));
	ras_inject_reason(-EOPNOTSUPP, &event, 0x200, text, sizeof(text));
	CHECK(strstr(text, "hardware") && strstr(text, "--level"));
	ras_types_free(&types);
}

static void status_words_are_what_is_printed(void)
{
	char words[256], mnemonic[64];
	unsigned int code;
	u64 status;

	CHECK(!ras_mca_status_word("PCC", &status) && status == MCI_STATUS_PCC);
	CHECK(!ras_mca_status_word("val", &status) && status == MCI_STATUS_VAL);
	CHECK(!ras_mca_status_word("TCC", &status) && status == MCI_STATUS_TCC);
	CHECK(!ras_mca_status_word("ms_channelX_err", &status) && status == 0xcf);
	CHECK(ras_mca_status_word("", &status) == -ENOENT);
	CHECK(ras_mca_status_word("UNKNOWN", &status) == -ENOENT);
	/* all are some; every code is another search through all of them */
	for (code = 0x0080; code < 0x00a0; code++) {
		ras_mca_code(code, words, sizeof(words), mnemonic,
			     sizeof(mnemonic));
		CHECK(!ras_mca_status_word(mnemonic, &status) && status == code);
	}
	CHECK(!ras_mca_status_word("DCACHE0_DRD_ERR", &status) &&
	      status == 0x0134);
}

void unit_inject(void)
{
	RUN(short_writes_are_gone_on_with);
	RUN(refused_record_is_named);
	RUN(first_may_be_refused);
	RUN(busy_cpu_is_tried_again);
	RUN(stop_ends_it);
	RUN(batch_has_an_end);
	RUN(counters_have_names);
	RUN(counters_are_packed);
	RUN(tracepoints_are_packed);
	RUN(levels_parse);
	RUN(reasons_have_remedies);
	RUN(status_words_are_what_is_printed);
}
