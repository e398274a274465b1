// SPDX-License-Identifier: GPL-2.0
/* BPF programs see injected events as they see real ones, and decide about them. */
#include <linux/bpf.h>

#include "../kselftest_harness.h"
#include "persist.h"

/* What the program of a test leaves in its map */
struct seen {
	__u64 hits;
	__u64 addr;
};

static int bpf(int cmd, union bpf_attr *attr)
{
	return syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

static int map_create(void)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_ARRAY,
		.key_size = sizeof(__u32),
		.value_size = sizeof(struct seen),
		.max_entries = 1,
	};

	return bpf(BPF_MAP_CREATE, &attr);
}

static struct seen map_read(int map)
{
	struct seen seen = {};
	__u32 key = 0;
	union bpf_attr attr = {
		.map_fd = map,
		.key = (unsigned long)&key,
		.value = (unsigned long)&seen,
	};

	if (bpf(BPF_MAP_LOOKUP_ELEM, &attr))
		die("BPF_MAP_LOOKUP_ELEM");
	return seen;
}

#define INSN(code_, dst, src, off_, imm_)					\
	((struct bpf_insn) { .code = (code_), .dst_reg = (dst), .src_reg = (src),	\
			     .off = (off_), .imm = (imm_) })

/*
 * Count, and keep the u64 at @offset of the context if that is not negative. @verdict 0
 * swallows the event, 1 lets it pass.
 */
static int prog_load(__u32 type, int map, int offset, int verdict)
{
	struct bpf_insn prog[] = {
		INSN(BPF_ALU64 | BPF_MOV | BPF_X, 6, 1, 0, 0),
		INSN(BPF_ST | BPF_MEM | BPF_W, 10, 0, -4, 0),
		INSN(BPF_ALU64 | BPF_MOV | BPF_X, 2, 10, 0, 0),
		INSN(BPF_ALU64 | BPF_ADD | BPF_K, 2, 0, 0, -4),
		INSN(BPF_LD | BPF_DW | BPF_IMM, 1, BPF_PSEUDO_MAP_FD, 0, map),
		INSN(0, 0, 0, 0, 0),
		INSN(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_map_lookup_elem),
		INSN(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 4, 0),
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, 1, 0, 0, 1),
		INSN(BPF_STX | BPF_ATOMIC | BPF_DW, 0, 1, offsetof(struct seen, hits), BPF_ADD),
		offset < 0 ? INSN(BPF_ALU64 | BPF_MOV | BPF_K, 1, 0, 0, 0) :
			     INSN(BPF_LDX | BPF_MEM | BPF_DW, 1, 6, offset, 0),
		INSN(BPF_STX | BPF_MEM | BPF_DW, 0, 1, offsetof(struct seen, addr), 0),
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, verdict),
		INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
	};
	static char log[16384];
	union bpf_attr attr = {
		.prog_type = type,
		.insns = (unsigned long)prog,
		.insn_cnt = ARRAY_SIZE(prog),
		.license = (unsigned long)"GPL",
		.log_level = 1,
		.log_buf = (unsigned long)log,
		.log_size = sizeof(log),
	};
	int fd;

	fd = bpf(BPF_PROG_LOAD, &attr);
	if (fd < 0)
		printf("# %s\n", log);
	return fd;
}

FIXTURE(bpf) {
	struct format mce;
	struct record rec;
	int fd;
	int map;
};

FIXTURE_SETUP(bpf)
{
	const char *why = setup_inject(0, &self->fd, &self->mce);

	self->map = -1;
	if (why)
		SKIP(return, "%s", why);
	self->map = map_create();
	if (self->map < 0)
		SKIP(return, "no BPF here");
	record_mce(&self->mce, &self->rec, 0, 1, STATUS_CE, 0x7ead0000);
}

FIXTURE_TEARDOWN(bpf)
{
	close(self->map);
	close(self->fd);
	drain_all();
}

/* It runs for each, reads the fields, and what it lets pass arrives. */
TEST_F(bpf, tracepoint)
{
	int listener = tracepoint_open("mce_record", 0), prog, verdict;
	__u64 before;
	struct seen seen;

	ASSERT_LE(0, listener);
	for (verdict = 0; verdict <= 1; verdict++) {
		__u64 hits = map_read(self->map).hits;

		prog = prog_load(BPF_PROG_TYPE_TRACEPOINT, self->map,
				 format_field(&self->mce, "addr")->offset, verdict);
		ASSERT_LE(0, prog);
		ASSERT_EQ(0, ioctl(listener, PERF_EVENT_IOC_SET_BPF, prog));
		before = read_count(self->fd).value;
		ASSERT_EQ(self->rec.header.size, record_write(self->fd, &self->rec));
		seen = map_read(self->map);
		EXPECT_EQ(hits + 1, seen.hits);
		EXPECT_EQ(0x7ead0000, seen.addr);
		/* As with real ones, its word counts for all listeners of the tracepoint. */
		EXPECT_EQ(before + verdict, read_count(self->fd).value);
		EXPECT_EQ(verdict, read_count(listener).value);
		close(prog);
		close(listener);
		listener = tracepoint_open("mce_record", 0);
		ASSERT_LE(0, listener);
	}
	close(listener);
}

/* On a counter it runs when the counter overflows. */
TEST_F(bpf, counter)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_ALIGNMENT_FAULTS,
		.sample_type = PERF_SAMPLE_IP,
		.sample_period = 10,
		.read_format = PERF_FORMAT_ID | PERF_FORMAT_LOST,
	};
	struct {
		struct perf_event_header header;
		__u64 ip;
	} rec = {
		.header = { .type = PERF_RECORD_SAMPLE, .size = sizeof(rec) },
	};
	int fd, prog;

	fd = perf_open(&attr, -1, 0, -1, 0);
	ASSERT_LE(0, fd);
	prog = prog_load(BPF_PROG_TYPE_PERF_EVENT, self->map, -1, 1);
	ASSERT_LE(0, prog);
	ASSERT_EQ(0, ioctl(fd, PERF_EVENT_IOC_SET_BPF, prog));
	/* Each record is a period of this event. */
	ASSERT_EQ(sizeof(rec), write(fd, &rec, sizeof(rec)));
	ASSERT_EQ(sizeof(rec), write(fd, &rec, sizeof(rec)));
	EXPECT_EQ(2, map_read(self->map).hits);
	EXPECT_EQ(20, read_count(fd).value);
	close(prog);
	close(fd);
}

TEST_HARNESS_MAIN
