// SPDX-License-Identifier: GPL-2.0
/* Unit tests: MCA tables, severities, ring buffer. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/kernel.h>
#include "../format.h"
#include "../mca.h"
#include "../ras.h"
#include "../record.h"
#include "../ring.h"
#include "unit.h"

bool unit_failed;
const char *unit_tmp;

void ras_msg(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
}

static const char text[] =
	"name: thing\nID: 7\nformat:\n"
	"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
	"\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n"
	"\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n"
	"\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n"
	"\tfield:u32 number;\toffset:8;\tsize:4;\tsigned:0;\n"
	"\tfield:__data_loc char[] name;\toffset:12;\tsize:4;\tsigned:0;\n"
	"\tfield:u64 reg;\toffset:16;\tsize:8;\tsigned:0;\n"
	"\nprint fmt: \"%u\", REC->number\n";

/* A type with a number, a name and a register. */
const struct ras_type *unit_type(void)
{
	static struct ras_type *type;

	if (!type && ras_type_parse("unit:thing", text, &type))
		abort();
	return type;
}

/* A perf record of that type, with its number as TIME in ns. */
size_t unit_record(unsigned char *buf, size_t max, unsigned int number)
{
	static const char name[] = "a \"name\"";
	struct ras_value values[3] = {
		{ .num = number },
		{ .data = name, .len = number % sizeof(name) },
		{ .num = 0xffff000000000000ULL + number },
	};
	unsigned char raw[256];
	u64 time = number;
	int len;

	len = ras_record_pack(unit_type(), values, raw, sizeof(raw));
	len = ras_record_wrap(raw, len, 0, buf, max);
	memcpy(buf + 24, &time, 8);
	return len;
}

/* A ring buffer without a kernel. */
void unit_ring_init(struct ras_ring *ring)
{
	long page = sysconf(_SC_PAGESIZE);
	void *base = aligned_alloc(page, (1 + UNIT_PAGES) * page);

	memset(base, 0, (1 + UNIT_PAGES) * page);
	memset(ring, 0, sizeof(*ring));
	ras_ring_init(ring, base, UNIT_PAGES);
}

void unit_ring_exit(struct ras_ring *ring)
{
	ras_ring_exit(ring);
	free(ring->page);
}

/* What the kernel does: false if the record does not fit. */
bool unit_ring_write(struct ras_ring *ring, const void *record, size_t size)
{
	unsigned char *data = (unsigned char *)ring->data;
	u64 head = ring->page->data_head;
	size_t i;

	if (head + size - ring->page->data_tail > ring->size)
		return false;
	for (i = 0; i < size; i++)
		data[(head + i) % ring->size] = ((unsigned char *)record)[i];
	ring->page->data_head = head + size;
	return true;
}

/* What it does in a set that keeps the last records; @ring is in use already. */
bool unit_ring_write_backward(struct ras_ring *ring, const void *record,
			      size_t size)
{
	unsigned char *data = (unsigned char *)ring->data;
	u64 head = ring->page->data_head - size;
	size_t i;

	for (i = 0; i < size; i++)
		data[(head + i) % ring->size] = ((unsigned char *)record)[i];
	ring->page->data_head = head;
	return true;
}

/* What the kernel does for a new consumer. */
void unit_ring_rebase(struct ras_ring *ring)
{
	unsigned char *data = (unsigned char *)ring->data, *unread;
	u64 tail = ring->page->data_tail, i;
	u64 len = ring->page->data_head - tail;

	unread = malloc(len + 1);
	for (i = 0; i < len; i++)
		unread[i] = data[(tail + i) % ring->size];
	memcpy(data, unread, len);
	free(unread);
	ring->page->lock += 2;
	ring->page->data_tail = 0;
	ring->page->data_head = len;
}

static unsigned int write_number(struct ras_ring *ring, unsigned int number)
{
	unsigned char buf[512];
	size_t len = unit_record(buf, sizeof(buf), number);

	return unit_ring_write(ring, buf, len) ? len : 0;
}

/* -1: none, -2: damaged */
static int read_number(struct ras_ring *ring)
{
	struct perf_event_header *header;
	struct ras_record rec;
	int ret = ras_ring_next(ring, &header);
	u32 number;

	if (ret <= 0)
		return ret ? -2 : -1;
	if (ras_record_parse(header, RAS_SAMPLE_TYPE, &rec))
		return -2;
	memcpy(&number, rec.raw + 8, 4);
	return number;
}

static void ring_wraps_around(void)
{
	struct ras_ring ring;
	unsigned int i;

	unit_ring_init(&ring);
	for (i = 0; i < 1000; i++) {
		CHECK(write_number(&ring, i));
		CHECK(read_number(&ring) == (int)i);
		CHECK(read_number(&ring) == -1);
		ras_ring_consume(&ring, ring.pos);
	}
	CHECK(ring.pos > 10 * ring.size);
	unit_ring_exit(&ring);
}

static void ring_keeps_what_is_not_consumed(void)
{
	struct ras_ring ring, again;
	unsigned int i, nr = 0;

	unit_ring_init(&ring);
	while (write_number(&ring, nr))
		nr++;
	CHECK(nr > 20);
	for (i = 0; i < 5; i++)
		CHECK(read_number(&ring) == (int)i);
	ras_ring_consume(&ring, ring.pos);
	CHECK(read_number(&ring) == 5);

	/* whoever comes next begins where the tail is */
	memset(&again, 0, sizeof(again));
	ras_ring_init(&again, ring.page, UNIT_PAGES);
	for (i = 5; i < nr; i++)
		CHECK(read_number(&again) == (int)i);
	CHECK(read_number(&again) == -1);
	ras_ring_exit(&again);
	unit_ring_exit(&ring);
}

static void peeker_skips_what_was_consumed(void)
{
	struct ras_ring ring;
	unsigned int len;

	unit_ring_init(&ring);
	ring.peek = true;
	write_number(&ring, 0);
	len = write_number(&ring, 1);
	write_number(&ring, 2);
	CHECK(read_number(&ring) == 0);
	/* the consumer takes 1, too */
	ring.page->data_tail = ring.pos + len;
	CHECK(read_number(&ring) == 2);
	CHECK(ring.skipped == len);
	unit_ring_exit(&ring);
}

static void follower_sees_what_was_consumed(void)
{
	struct ras_ring ring;
	unsigned int nr;

	unit_ring_init(&ring);
	ring.peek = true;
	ring.follow = true;
	write_number(&ring, 0);
	write_number(&ring, 1);
	ring.page->data_tail = ring.page->data_head;
	CHECK(read_number(&ring) == 0);
	CHECK(!ring.skipped);
	/* but not when it may be overwritten already */
	for (nr = 2; ring.page->data_head - ring.pos <= ring.size / 2; nr++) {
		write_number(&ring, nr);
		ring.page->data_tail = ring.page->data_head;
	}
	CHECK(read_number(&ring) == -1);
	CHECK(ring.skipped > ring.size / 2);
	CHECK(write_number(&ring, nr));
	CHECK(read_number(&ring) == (int)nr);
	unit_ring_exit(&ring);
}

static void peeker_sees_a_new_consumer(void)
{
	unsigned int i, len[8];
	struct ras_ring ring;

	unit_ring_init(&ring);
	ring.peek = true;
	for (i = 0; i < 5; i++)
		len[i] = write_number(&ring, i);
	CHECK(read_number(&ring) == 0);
	CHECK(read_number(&ring) == 1);
	/* what was shown and is unread still, is not shown again */
	ring.page->data_tail = len[0];
	unit_ring_rebase(&ring);
	CHECK(read_number(&ring) == 2);
	/* what was shown last is gone */
	ring.page->data_tail = len[1] + len[2] + len[3];
	unit_ring_rebase(&ring);
	CHECK(read_number(&ring) == 4);
	CHECK(read_number(&ring) == -1);
	write_number(&ring, 5);
	CHECK(read_number(&ring) == 5);
	CHECK(!ring.skipped);
	unit_ring_exit(&ring);
}

static void damage_does_not_hang(void)
{
	struct perf_event_header header = { .size = 0 };
	struct ras_ring ring;

	unit_ring_init(&ring);
	unit_ring_write(&ring, &header, sizeof(header));
	write_number(&ring, 1);
	CHECK(read_number(&ring) == -2);
	CHECK(read_number(&ring) == -1);
	write_number(&ring, 2);
	CHECK(read_number(&ring) == 2);
	header.size = 4096;
	unit_ring_write(&ring, &header, sizeof(header));
	CHECK(read_number(&ring) == -2);
	unit_ring_exit(&ring);
}

static void mca_rows_are_all_reached(void)
{
	static const u64 high[] = {
		0, MCI_STATUS_UC, MCI_STATUS_UC | MCI_STATUS_PCC,
		MCI_STATUS_DEFERRED, MCI_STATUS_UC | MCI_STATUS_S,
		MCI_STATUS_UC | MCI_STATUS_AR,
		MCI_STATUS_UC | MCI_STATUS_S | MCI_STATUS_AR,
		MCI_STATUS_UC | MCI_STATUS_S | MCI_STATUS_AR | MCI_STATUS_OVER,
	};
	static const u64 mcg[] = { 0, MCG_STATUS_MCIP };
	unsigned int i, code, hits, bits;
	char words[256], mnemonic[64];

	for (bits = 0; bits < 2 * 2 * 2 * 8; bits++) {
		for (code = 0; code < 0x200; code++) {
			struct ras_mca mca = {
				.status = high[bits & 7] | code |
					  MCI_STATUS_VAL,
				.mcgstatus = mcg[bits >> 3 & 1],
				.mcgcap = bits >> 4 & 1 ? MCG_CAP_SER_P : 0,
				.vendor = bits >> 5 & 1 ? X86_VENDOR_AMD : 0,
			};

			ras_mca_severity(&mca, NULL);
			mca.status &= ~MCI_STATUS_VAL;
			CHECK(ras_mca_severity(&mca, NULL) == RAS_SEV_INFO);
		}
	}
	for (code = 0; code < 0x10000; code++) {
		ras_mca_code(code, words, sizeof(words), mnemonic,
			     sizeof(mnemonic));
		CHECK(!strchr(words, '%') && !strchr(mnemonic, '%'));
		CHECK(strlen(words) < 250 && strlen(mnemonic) < 60);
	}
	for (i = 0; i < ras_mca_rows(); i++) {
		const char *name = ras_mca_row(i, &hits);

		if (!hits)
			printf("row '%s' was never used\n", name);
		CHECK(hits);
	}
}

struct code_case {
	u16 code;
	int ret;
	const char *words, *mnemonic;
};

static void mca_codes_in_words(void)
{
	static const struct code_case cases[] = {
		{ 0x0000, 0, "no error", "NO_ERROR" },
		{ 0x0001, 0, "unclassified error", "UNCLASSIFIED" },
		{ 0x0005, 0, "internal parity error", "INTERNAL_PARITY" },
		{ 0x0400, 0, "internal timer error", "INTERNAL_TIMER" },
		{ 0x0401, 0, "internal unclassified error",
		  "INTERNAL_UNCLASSIFIED" },
		{ 0x0e0b, 0, "I/O error", "IO" },
		{ 0x000e, 0, "generic cache hierarchy error, level 2",
		  "GCACHE2_ERR" },
		{ 0x0015, 0, "TLB error, data, level 1", "DTLB1_ERR" },
		{ 0x0090, 0, "memory controller: read error, channel 0",
		  "RD_CHANNEL0_ERR" },
		{ 0x00cf, 0,
		  "memory controller: scrubbing error, channel not specified",
		  "MS_CHANNELx_ERR" },
		{ 0x1091, 0,
		  "memory controller: read error, channel 1, corrected errors filtered",
		  "RD_CHANNEL1_ERR" },
		{ 0x017a, 0,
		  "cache hierarchy error: eviction, generic, level 2",
		  "GCACHE2_EVICT_ERR" },
		{ 0x0134, 0, "cache hierarchy error: data read, data, level 0",
		  "DCACHE0_DRD_ERR" },
		{ 0x0150, 0,
		  "cache hierarchy error: instruction fetch, instruction, level 0",
		  "ICACHE0_IRD_ERR" },
		{ 0x0280, 0,
		  "extended memory: generic undefined request, channel 0",
		  "GEN_CHANNEL0_ERR" },
		{ 0x02a3, 0, "extended memory: write error, channel 3",
		  "WR_CHANNEL3_ERR" },
		{ 0x0f0f, 0,
		  "bus/interconnect error: generic, other transaction, generic participation, request timed out, generic level",
		  "BUSG_GEN_ERR_OTHER_TIMEOUT_ERR" },
		{ 0x0813, 0,
		  "bus/interconnect error: read, memory access, local processor originated, no timeout, generic level",
		  "BUSG_SRC_RD_M_NOTIMEOUT_ERR" },
		{ 0x0007, -ENOENT, "model-specific error code 0x0007",
		  "UNKNOWN" },
		{ 0x8090, -ENOENT, "model-specific error code 0x8090",
		  "UNKNOWN" },
	};
	char words[256], mnemonic[64];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		CHECK(ras_mca_code(cases[i].code, words, sizeof(words),
				   mnemonic, sizeof(mnemonic)) == cases[i].ret);
		if (strcmp(words, cases[i].words) ||
		    strcmp(mnemonic, cases[i].mnemonic)) {
			printf("0x%04x: %s (%s)\n", cases[i].code, words,
			       mnemonic);
			unit_failed = true;
		}
	}
}

static void severities_parse(void)
{
	unsigned int mask;

	CHECK(!ras_severity_parse("corrected", &mask) &&
	      mask == 1 << RAS_SEV_CORRECTED);
	CHECK(!ras_severity_parse(" srar , srao+", &mask) &&
	      mask == (1 << RAS_SEV_SRAO | 1 << RAS_SEV_SRAR |
		       1 << RAS_SEV_UNCORRECTED | 1 << RAS_SEV_FATAL));
	CHECK(!ras_severity_parse("any", &mask) &&
	      mask == (1 << RAS_SEV_NR) - 1);
	CHECK(ras_severity_parse("", &mask));
	CHECK(ras_severity_parse("corrected,", &mask));
	CHECK(ras_severity_parse("corrected fatal", &mask));
	CHECK(ras_severity_parse("Fatal", &mask));
	CHECK(ras_severity_parse("+", &mask));
}

/* run.sh made the one, unit-reader.c makes the other. */
static void fake_filesystems(void)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/sys", unit_tmp);
	setenv("SYSFS_PATH", path, 1);
	snprintf(path, sizeof(path), "%s/tracefs", unit_tmp);
	setenv("TRACEFS_PATH", path, 1);
}

int main(int argc, char **argv)
{
	unit_tmp = argc > 1 ? argv[1] : "/tmp";
	fake_filesystems();
	RUN(ring_wraps_around);
	RUN(ring_keeps_what_is_not_consumed);
	RUN(peeker_skips_what_was_consumed);
	RUN(follower_sees_what_was_consumed);
	RUN(peeker_sees_a_new_consumer);
	RUN(damage_does_not_hang);
	RUN(mca_rows_are_all_reached);
	RUN(mca_codes_in_words);
	RUN(severities_parse);
	unit_action();
	unit_replay();
	unit_sets();
	unit_story();
	unit_inject();
	unit_reader();
	unit_daemon();
	return 0;
}
