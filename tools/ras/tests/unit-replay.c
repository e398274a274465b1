// SPDX-License-Identifier: GPL-2.0
/* Unit tests: JSON lines to records and back, series, layouts. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <linux/kernel.h>
#include "../layout.h"
#include "../print.h"
#include "../replay.h"
#include "../scenario.h"
#include "unit.h"

static const char text[] =
	"name: kinds\nID: 9\nformat:\n"
	"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
	"\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n"
	"\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n"
	"\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n"
	"\tfield:s8 i8;\toffset:8;\tsize:1;\tsigned:1;\n"
	"\tfield:u8 severity;\toffset:9;\tsize:1;\tsigned:0;\n"
	"\tfield:u16 list[3];\toffset:10;\tsize:6;\tsigned:0;\n"
	"\tfield:s64 i64;\toffset:16;\tsize:8;\tsigned:1;\n"
	"\tfield:u64 n64;\toffset:24;\tsize:8;\tsigned:0;\n"
	"\tfield:char name[8];\toffset:32;\tsize:8;\tsigned:0;\n"
	"\tfield:u8 mac[6];\toffset:40;\tsize:6;\tsigned:0;\n"
	"\tfield:u16 state;\toffset:46;\tsize:2;\tsigned:0;\n"
	"\tfield:__data_loc char[] text;\toffset:48;\tsize:4;\tsigned:0;\n"
	"\tfield:__data_loc u64[] regs;\toffset:52;\tsize:4;\tsigned:0;\n"
	"\tfield:__rel_loc char[] rel;\toffset:56;\tsize:4;\tsigned:0;\n"
	"\tfield:__data_loc u8[] bytes;\toffset:60;\tsize:4;\tsigned:0;\n"
	"\tfield:guid_t guid;\toffset:64;\tsize:16;\tsigned:0;\n"
	"\tfield:int cpu;\toffset:80;\tsize:4;\tsigned:1;\n"
	"\tfield:u32 flags;\toffset:84;\tsize:4;\tsigned:0;\n"
	"\nprint fmt: \"%s %s\", __print_symbolic(REC->state, { 1, \"one\" }, { 2, \"two\" }), "
	"__print_flags(REC->flags, \"|\", { 1, \"A\" }, { 2, \"B\" })\n";

/* What ras log --json prints of such events, but for the time */
static const char lines[] =
	"{\"event\":\"unit:kinds\",\"time\":\"1970-01-01T00:00:00.000000000Z\""
	",\"time_ns\":0,\"boot_id\":\"\",\"cpu\":-3,\"severity\":\"unknown\""
	",\"i8\":-128,\"severity_raw\":255,\"list\":[0,1,65535]"
	",\"i64\":\"0x8000000000000000\",\"n64\":\"0xffffffffffffffff\""
	",\"name\":\"12345678\",\"mac\":\"00112233aabb\",\"state\":2"
	",\"state_text\":\"two\",\"text\":\"a\\\"b\\\\\\u0001\\ufffd\xc3\xa4\""
	",\"regs\":[\"0x0\",\"0xffffffffffffffff\"],\"rel\":\"rela=tive\""
	",\"bytes\":\"00ff7f\""
	",\"guid\":\"a5bc1114-6f64-4ede-b863-3e83ed7c83b1\",\"flags\":3"
	",\"flags_text\":\"A|B\",\"buffer_cpu\":0,\"uptime_ns\":0"
	",\"summary\":\"two A|B\"}\n"
	"{\"event\":\"unit:kinds\",\"time\":\"1970-01-01T00:00:00.000000000Z\""
	",\"time_ns\":0,\"boot_id\":\"\",\"cpu\":0,\"severity\":\"unknown\""
	",\"i8\":127,\"severity_raw\":0,\"list\":[0,0,0]"
	",\"i64\":\"0x7fffffffffffffff\",\"n64\":\"0x0\""
	",\"name\":\"\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd\""
	",\"mac\":\"000000000000\",\"state\":1,\"state_text\":\"one\""
	",\"text\":\"\",\"regs\":[],\"rel\":\"\",\"bytes\":\"\""
	",\"guid\":\"00000000-0000-0000-0000-000000000000\",\"flags\":2"
	",\"flags_text\":\"B\",\"buffer_cpu\":0,\"uptime_ns\":0"
	",\"summary\":\"one B\"}\n";

static void replay_init(struct ras_replay *replay)
{
	struct ras_type *type;

	*replay = (struct ras_replay) {
		.args = { .cpu = -1, .level = -1 },
		.file = "test",
	};
	if (ras_type_parse("unit:kinds", text, &type))
		abort();
	ras_types_add(&replay->types, type);
}

static void print_item(const struct ras_replay *replay, size_t index, FILE *out)
{
	const struct ras_replay_item *item = &replay->items[index];
	const struct ras_inject_event *inject = &replay->events[item->event].inject;
	struct ras_sample sample;
	struct ras_event ev;

	CHECK(!ras_layout_parse(&inject->attr,
				(const void *)(replay->records + item->pos),
				&sample));
	CHECK(!ras_record_decode(inject->type, &sample.rec, &ev));
	ev.buffer_cpu = item->cpu;
	ras_event_json(&ev, out);
	ras_event_release(&ev);
}

static void json_there_and_back(void)
{
	struct ras_replay replay;
	char *printed = NULL;
	size_t len, i;
	FILE *out = open_memstream(&printed, &len);

	replay_init(&replay);
	CHECK(!ras_replay_json(&replay, lines, strlen(lines)));
	CHECK(replay.nr == 2);
	for (i = 0; i < replay.nr; i++)
		print_item(&replay, i, out);
	fclose(out);
	CHECK(!strcmp(printed, lines));
	if (strcmp(printed, lines))
		printf("%s\n%s", replay.error, printed);
	free(printed);
	ras_replay_free(&replay);
}

static void order_of_time(void)
{
	static const u64 times[] = { 5, 3, 5, 1, 3 };
	static const unsigned int order[] = { 3, 1, 4, 0, 2 };
	struct perf_event_header header = { .size = sizeof(header) };
	struct ras_inject_event inject = { };
	struct ras_replay replay;
	size_t i;

	replay_init(&replay);
	CHECK(!ras_replay_add_event(&replay, "unit:kinds", &inject));
	for (i = 0; i < ARRAY_SIZE(times); i++) {
		struct ras_replay_item item = {
			.time = times[i],
			.where = i,
		};

		CHECK(!ras_replay_add(&replay, &item, &header));
	}
	CHECK(!ras_replay_finish(&replay, true));
	CHECK(replay.start == 1);
	for (i = 0; i < ARRAY_SIZE(order); i++)
		CHECK(replay.items[i].where == order[i]);
	ras_replay_free(&replay);
}

static u16 level_of(int asked, bool fatal, u16 misc)
{
	struct perf_event_header header = { .size = sizeof(header), .misc = misc };
	struct ras_inject_event inject = { };
	struct ras_replay_item item = { };
	struct ras_replay replay;

	replay_init(&replay);
	replay.args.level = asked;
	replay.args.fatal = fatal;
	CHECK(!ras_replay_add_event(&replay, "unit:kinds", &inject));
	CHECK(!ras_replay_add(&replay, &item, &header));
	memcpy(&header, replay.records, sizeof(header));
	ras_replay_free(&replay);
	return header.misc;
}

static void levels(void)
{
	CHECK(level_of(-1, false, 0x4002) == 0x4002);
	CHECK(level_of(-1, false, 0x502) == 0x502);
	CHECK(level_of(-1, true, 0x102) == 0x502);
	CHECK(level_of(-1, true, 0x002) == 0x002);
	CHECK(level_of(0x200, false, 0x102) == 0x202);
	CHECK(level_of(0x200, true, 0x002) == 0x602);
	CHECK(level_of(0, true, 0x502) == 0x002);
}

static const char *series_value(const char *value, u64 n)
{
	struct scenario_series series;
	static char buf[32];

	if (!scenario_series(value, &series))
		return "none";
	return scenario_series_text(&series, n, buf, sizeof(buf)) ? "range" : buf;
}

static void series(void)
{
	static const struct {
		const char *value;
		u64 n;
		const char *result;
	} cases[] = {
		{ "n", 5, "0x5" }, { "0x10*n", 3, "0x30" },
		{ "0x1000+0x40*n", 2, "0x1080" }, { "8+n", 0, "0x8" },
		{ "8-n", 9, "-1" }, { "8-2*n", 4, "0x0" },
		{ "0xffffffffffffffff+n", 0, "0xffffffffffffffff" },
		{ "0xffffffffffffffff+n", 1, "range" },
		{ "0x4000000000000000*n", 4, "range" },
		{ "5", 0, "none" }, { "n+5", 0, "none" }, { "5*n+1", 0, "none" },
		{ "5+", 0, "none" }, { "m", 0, "none" }, { "", 0, "none" },
		{ "5 *n", 0, "none" }, { "-5+n", 0, "none" },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		CHECK(!strcmp(series_value(cases[i].value, cases[i].n),
			      cases[i].result));
}

/* Each part on its own, and all of them; one word less or more is damage. */
static void layouts(void)
{
	static const u64 all = PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP |
		PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_ADDR |
		PERF_SAMPLE_ID | PERF_SAMPLE_STREAM_ID | PERF_SAMPLE_CPU |
		PERF_SAMPLE_PERIOD | PERF_SAMPLE_READ | PERF_SAMPLE_CALLCHAIN |
		PERF_SAMPLE_RAW | PERF_SAMPLE_WEIGHT | PERF_SAMPLE_DATA_SRC |
		PERF_SAMPLE_TRANSACTION | PERF_SAMPLE_PHYS_ADDR |
		PERF_SAMPLE_CGROUP | PERF_SAMPLE_DATA_PAGE_SIZE |
		PERF_SAMPLE_CODE_PAGE_SIZE;
	static const u64 group[] = { 2, 30, 31, 1, 101, 0, 2, 102, 0 };
	struct perf_event_attr attr = {
		.sample_type = all,
		.read_format = PERF_FORMAT_GROUP | PERF_FORMAT_ID |
			       PERF_FORMAT_LOST |
			       PERF_FORMAT_TOTAL_TIME_ENABLED |
			       PERF_FORMAT_TOTAL_TIME_RUNNING,
	};
	u64 words[40] = { 0, 11, 12, 13ULL << 32 | 14, 15, 16, 17, 18, 1, 19 };
	struct perf_event_header *header = (void *)words;
	unsigned int nr = 10;
	struct ras_sample s;

	memcpy(words + nr, group, sizeof(group));
	nr += ARRAY_SIZE(group);
	words[nr++] = 2;			/* callchain */
	nr += 2;
	words[nr++] = 0xaaaaaaaaULL << 32 | 12;	/* raw, and its size */
	nr += 1;
	nr += 7;
	*header = (struct perf_event_header) { .size = nr * 8, .misc = 2 };
	CHECK(!ras_layout_refused(all));
	CHECK(!ras_layout_parse(&attr, header, &s));
	CHECK(s.rec.ip == 12 && s.rec.pid == 14 && s.rec.tid == 13 &&
	      s.rec.time == 15 && s.addr == 16 && s.rec.id == 17 &&
	      s.rec.cpu == 1 && s.period == 19 && s.rec.mode == 2 &&
	      s.rec.raw_len == 12 && s.rec.raw[0] == 0xaa);
	header->size -= 8;
	CHECK(ras_layout_parse(&attr, header, &s) == -EINVAL);
	header->size += 16;
	CHECK(ras_layout_parse(&attr, header, &s) == -EINVAL);
	words[10] = 1ULL << 60;
	CHECK(ras_layout_parse(&attr, header, &s) == -EINVAL);
	CHECK(ras_layout_refused(all | PERF_SAMPLE_BRANCH_STACK));
	CHECK(ras_layout_refused(1ULL << 63));
}

static size_t read_output(const char *command, unsigned char *buf, size_t max)
{
	FILE *in = popen(command, "r");
	size_t len = in ? fread(buf, 1, max, in) : 0;

	CHECK(in && !pclose(in));
	return len;
}

/* Another number for the tracepoint here, but the same bytes but for the level */
static void perf_data_written_back(void)
{
	static unsigned char data[65536];
	struct ras_replay replay = {
		.args = { .cpu = -1, .level = PERF_RECORD_MISC_INJECT_DRIVER },
		.file = "test",
		.types = { .dir = "formats" },
	};
	const struct perf_event_attr *attr;
	struct perf_event_header header;
	unsigned int i;
	size_t len;

	len = read_output("./perf-data.pl", data, sizeof(data));
	CHECK(!ras_replay_perf(&replay, data, len));
	CHECK(replay.nr == 3 && replay.nr_events == 2 && replay.lost == 5);
	for (i = 0; i < replay.nr; i++) {
		const struct ras_replay_item *item = &replay.items[i];
		unsigned char *was = data + item->where;

		memcpy(&header, was, sizeof(header));
		header.misc |= PERF_RECORD_MISC_INJECT_DRIVER;
		memcpy(was, &header, sizeof(header));
		CHECK(!memcmp(was, replay.records + item->pos, header.size));
	}
	if (replay.nr_events != 2) {
		printf("%s\n", replay.error);
		ras_replay_free(&replay);
		return;
	}
	attr = &replay.events[0].inject.attr;
	CHECK(attr->type == PERF_TYPE_TRACEPOINT && attr->config == 368 &&
	      attr->sample_type == 0x10587 && attr->read_format == 0x14);
	attr = &replay.events[1].inject.attr;
	CHECK(attr->type == PERF_TYPE_SOFTWARE && attr->config == 2 &&
	      attr->sample_type == 0x1008f && attr->sample_period == 1);
	ras_replay_free(&replay);
}

void unit_replay(void)
{
	RUN(json_there_and_back);
	RUN(order_of_time);
	RUN(levels);
	RUN(series);
	RUN(layouts);
	RUN(perf_data_written_back);
}
