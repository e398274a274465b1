// SPDX-License-Identifier: GPL-2.0
/* Unit tests: names, backward rings, records of all kinds, what to persist. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <linux/kernel.h>
#include "../names.h"
#include "../persist.h"
#include "../pseudo.h"
#include "../record.h"
#include "../ring.h"
#include "unit.h"

static void names_are_checked(void)
{
	static const char * const good[] = { "a", "A-_9", "ras" };
	static const char * const bad[] = { "", "9a", "-a", "a b", "a:b", "\303\244" };
	char long_name[66];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(good); i++)
		CHECK(ras_name_valid(good[i]));
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		CHECK(!ras_name_valid(bad[i]));
	memset(long_name, 'a', sizeof(long_name));
	long_name[64] = '\0';
	CHECK(!ras_name_valid(long_name));
	long_name[63] = '\0';
	CHECK(ras_name_valid(long_name));
}

static void names_are_listed_once(void)
{
	struct ras_names list = { };

	CHECK(!ras_names_parse(&list, "ras, b ,\tras"));
	CHECK(list.nr == 2 && !strcmp(list.names[0], "ras") &&
	      !strcmp(list.names[1], "b"));
	CHECK(ras_names_have(&list, "b") && !ras_names_have(&list, "c"));
	CHECK(ras_names_parse(&list, "c,") == -EINVAL);
	ras_names_free(&list);
	CHECK(!list.nr && !ras_names_have(&list, "b"));
}

static size_t write_back(struct ras_ring *ring, unsigned int number)
{
	unsigned char buf[512];
	size_t len = unit_record(buf, sizeof(buf), number);

	unit_ring_write_backward(ring, buf, len);
	return len;
}

/* TIME of the next record, -1: none, -2: damaged */
static s64 read_back(struct ras_ring *ring)
{
	struct perf_event_header *header;
	struct ras_record rec;
	int ret = ras_ring_next(ring, &header);

	if (ret <= 0)
		return ret ? -2 : -1;
	if (ras_record_parse(header, RAS_SAMPLE_TYPE, &rec))
		return -2;
	return rec.time;
}

static void backward_begin(struct ras_ring *ring)
{
	unit_ring_init(ring);
	ring->backward = true;
	ring->peek = true;
	ras_ring_init(ring, ring->page, UNIT_PAGES);
}

static void backward_is_read_from_the_oldest_on(void)
{
	struct ras_ring ring;
	unsigned int i;
	u64 used = 0;

	backward_begin(&ring);
	CHECK(read_back(&ring) == -1);
	for (i = 1; i < 10; i++)
		used += write_back(&ring, i);
	CHECK(ras_ring_used(&ring) == used);
	for (i = 1; i < 10; i++)
		CHECK(read_back(&ring) == i);
	CHECK(read_back(&ring) == -1);
	CHECK(!ring.skipped);
	unit_ring_exit(&ring);
}

static void backward_keeps_the_last(void)
{
	unsigned int i, len, first = 0;
	struct ras_ring ring;
	u64 room;
	s64 time;

	backward_begin(&ring);
	for (i = 1; i <= 1000; i++)
		write_back(&ring, i);
	CHECK(ras_ring_used(&ring) == ring.size);
	/* whole records only, and as many as fit */
	room = ring.size;
	for (first = 1001; first > 1; first--) {
		unsigned char buf[512];

		len = unit_record(buf, sizeof(buf), first - 1);
		if (len > room)
			break;
		room -= len;
	}
	CHECK(first > 900 && first < 1000);
	for (i = first; i <= 1000; i++) {
		time = read_back(&ring);
		CHECK(time == i);
	}
	CHECK(read_back(&ring) == -1);
	/* one who just came missed nothing */
	CHECK(!ring.skipped);
	unit_ring_exit(&ring);
}

static void backward_follower_sees_what_is_new(void)
{
	struct ras_ring ring;
	unsigned int i;

	backward_begin(&ring);
	write_back(&ring, 1);
	CHECK(read_back(&ring) == 1);
	write_back(&ring, 2);
	write_back(&ring, 3);
	CHECK(read_back(&ring) == 2);
	/* while there is something left of the last copy */
	write_back(&ring, 4);
	CHECK(read_back(&ring) == 3);
	CHECK(read_back(&ring) == 4);
	CHECK(read_back(&ring) == -1);
	CHECK(!ring.skipped);
	for (i = 5; i < 200; i++)
		write_back(&ring, i);
	CHECK(read_back(&ring) > 5);
	CHECK(ring.skipped);
	while (read_back(&ring) >= 0)
		;
	CHECK(ring.last == 0 && read_back(&ring) == -1);
	unit_ring_exit(&ring);
}

#define SAMPLE_TYPE_CALLCHAIN	(RAS_SAMPLE_TYPE | PERF_SAMPLE_CALLCHAIN)

/* A sample of cpu-clock, with a callchain of @nr words that claims to be @said */
static size_t clock_sample(u64 *buf, unsigned int nr, u64 said, bool callchain)
{
	struct perf_event_header header = {
		.type = PERF_RECORD_SAMPLE,
		.misc = PERF_RECORD_MISC_USER,
	};
	u64 *p = buf + 1;
	unsigned int i;

	*p++ = 0x401234;			/* ip */
	*p++ = 7 | 9ULL << 32;			/* pid, tid */
	*p++ = 1000;				/* time */
	*p++ = 55;				/* id */
	*p++ = 3;				/* cpu */
	if (callchain)
		*p++ = said;
	for (i = 0; i < nr; i++)
		*p++ = 0xaaaaaaaaaaaaaaaaULL;
	*p++ = 4;				/* raw: none */
	header.size = (p - buf) * 8;
	memcpy(buf, &header, sizeof(header));
	return header.size;
}

static void callchains_are_skipped(void)
{
	u64 buf[64];
	struct perf_event_header *header = (void *)buf;
	struct ras_record rec;
	unsigned int nr;

	for (nr = 0; nr < 20; nr++) {
		clock_sample(buf, nr, nr, true);
		CHECK(!ras_record_parse(header, SAMPLE_TYPE_CALLCHAIN, &rec));
		CHECK(rec.ip == 0x401234 && rec.pid == 7 && rec.tid == 9);
		CHECK(rec.time == 1000 && rec.id == 55 && rec.cpu == 3);
		CHECK(!rec.raw && !rec.raw_len && !ras_record_type(&rec));
		CHECK(rec.mode == PERF_RECORD_MISC_USER);
	}
	clock_sample(buf, 2, 3, true);
	CHECK(ras_record_parse(header, SAMPLE_TYPE_CALLCHAIN, &rec));
	clock_sample(buf, 2, 4, true);
	CHECK(ras_record_parse(header, SAMPLE_TYPE_CALLCHAIN, &rec));
	clock_sample(buf, 2, ~0ULL, true);
	CHECK(ras_record_parse(header, SAMPLE_TYPE_CALLCHAIN, &rec));
	/* eight times that is 0 */
	clock_sample(buf, 0, 1ULL << 61, true);
	CHECK(ras_record_parse(header, SAMPLE_TYPE_CALLCHAIN, &rec));
	clock_sample(buf, 0, 0, true);
	header->size = 48;
	CHECK(ras_record_parse(header, SAMPLE_TYPE_CALLCHAIN, &rec));
	CHECK(ras_record_layout(RAS_SAMPLE_TYPE));
	CHECK(ras_record_layout(SAMPLE_TYPE_CALLCHAIN));
	CHECK(!ras_record_layout(SAMPLE_TYPE_CALLCHAIN | PERF_SAMPLE_ADDR));
	CHECK(!ras_record_layout(RAS_SAMPLE_TYPE & ~PERF_SAMPLE_ID));
}

static void samples_are_events(void)
{
	struct ras_types types = { };
	const struct ras_type *type, *again;
	struct ras_record rec;
	struct ras_event ev;
	u64 buf[64];

	clock_sample(buf, 0, 0, false);
	CHECK(!ras_record_parse((void *)buf, RAS_SAMPLE_TYPE, &rec));
	CHECK(!ras_types_sample(&types, "cpu-clock", &type));
	CHECK(!ras_types_sample(&types, "cpu-clock", &again) && again == type);
	CHECK(!strcmp(type->full, "cpu-clock") &&
	      !strcmp(type->name, "cpu-clock"));
	CHECK(!ras_record_decode(type, &rec, &ev));
	CHECK(ras_event_num(&ev, "ip") == 0x401234);
	CHECK(ras_event_num(&ev, "tid") == 9);
	CHECK(!strcmp(ras_event_text(&ev, "mode"), "user"));
	CHECK(ev.severity == RAS_SEV_INFO && ev.uptime_ns == 1000);
	ras_event_release(&ev);
	/* a type without a tracepoint is not found by an id */
	CHECK(!ras_types_by_id(&types, 0));
	CHECK(ras_record_event(&types, &rec, &ev) == -ENOENT);
	ras_types_free(&types);

	CHECK(!ras_record_decode(ras_type_unknown(), &rec, &ev));
	CHECK(ras_event_num(&ev, "sample_id") == 55);
	ras_event_release(&ev);
	/* a tracepoint's type does not fit */
	CHECK(ras_record_decode(unit_type(), &rec, &ev) == -EINVAL);
}

struct attr_case {
	struct ras_persist persist;
	int err;
	u32 type;
	u64 config;
	u64 freq;
	u64 period;
};

static void what_to_persist(void)
{
	static const struct attr_case cases[] = {
		{ { .event = "cpu-clock" }, 0, PERF_TYPE_SOFTWARE,
		  PERF_COUNT_SW_CPU_CLOCK, 1000, 0 },
		{ { .event = "cpu-clock", .freq = 99 }, 0, PERF_TYPE_SOFTWARE,
		  PERF_COUNT_SW_CPU_CLOCK, 99, 0 },
		{ { .event = "cpu-clock", .period = 99 }, 0,
		  PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK, 0, 99 },
		{ { .event = "task-clock" }, 0, PERF_TYPE_SOFTWARE,
		  PERF_COUNT_SW_TASK_CLOCK, 1000, 0 },
		{ { .event = "cycles" }, 0, PERF_TYPE_HARDWARE,
		  PERF_COUNT_HW_CPU_CYCLES, 1000, 0 },
		{ { .event = "cache-misses" }, 0, PERF_TYPE_HARDWARE,
		  PERF_COUNT_HW_CACHE_MISSES, 1000, 0 },
		{ { .event = "faults" }, 0, PERF_TYPE_SOFTWARE,
		  PERF_COUNT_SW_PAGE_FAULTS, 0, 1 },
		{ { .event = "page-faults", .freq = 5 }, 0, PERF_TYPE_SOFTWARE,
		  PERF_COUNT_SW_PAGE_FAULTS, 5, 0 },
		{ { .event = "page-faults", .filter = "a" }, .err = -EINVAL },
		{ { .event = "nonsense" }, .err = -ENOENT },
		{ { .event = "" }, .err = -ENOENT },
		{ { .event = "cpu-clock", .name = "a:b" }, .err = -EINVAL },
		{ { .event = "cpu-clock", .set = "" }, .err = -EINVAL },
	};
	struct perf_event_attr attr;
	struct ras_persist persist;
	char error[1024];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct attr_case *c = &cases[i];

		persist = c->persist;
		CHECK(ras_persist_attr(&persist, &attr, error,
				       sizeof(error)) == c->err);
		if (c->err)
			continue;
		CHECK(attr.type == c->type && attr.config == c->config);
		CHECK(attr.freq == !!c->freq && attr.disabled);
		CHECK(attr.sample_period == (c->freq ? c->freq : c->period));
		CHECK(!strcmp(persist.name, persist.event));
	}
}

/* From run.sh's tracefs. */
static void tracepoints_to_persist(void)
{
	struct ras_persist persist = { .event = "mce:mce_record" };
	struct perf_event_attr attr;
	char error[1024];

	CHECK(!ras_persist_attr(&persist, &attr, error, sizeof(error)));
	CHECK(attr.type == PERF_TYPE_TRACEPOINT && attr.config == 70);
	CHECK(!attr.freq && attr.sample_period == 1);
	CHECK(!strcmp(persist.name, "mce_record"));
	persist.callchain = true;
	persist.freq = 10;
	CHECK(!ras_persist_attr(&persist, &attr, error, sizeof(error)));
	CHECK(attr.sample_type == SAMPLE_TYPE_CALLCHAIN && attr.freq &&
	      attr.sample_freq == 10);
	persist.event = "mce:none";
	CHECK(ras_persist_attr(&persist, &attr, error, sizeof(error)) ==
	      -ENOENT);
}

void unit_sets(void)
{
	RUN(names_are_checked);
	RUN(names_are_listed_once);
	RUN(backward_is_read_from_the_oldest_on);
	RUN(backward_keeps_the_last);
	RUN(backward_follower_sees_what_is_new);
	RUN(callchains_are_skipped);
	RUN(samples_are_events);
	RUN(what_to_persist);
	RUN(tracepoints_to_persist);
}
