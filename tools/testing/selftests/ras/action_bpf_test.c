// SPDX-License-Identifier: GPL-2.0
/* BPF programs act: bpf_perf_action() does what the actions of rules do. */
#include <linux/bpf.h>
#include <linux/btf.h>

#include "../kselftest_harness.h"
#include "persist.h"

#ifndef CAP_BPF
#define CAP_BPF		39
#endif

#define BTF_FILE	"/sys/kernel/btf/vmlinux"
#define KFUNC		"bpf_perf_action"
/* More than 32 bits, so that none is lost on the way */
#define HUGE_VALUE	0x123456789abcd000ull

#define MAP_BYTES	64

/* What the program leaves in its map */
struct seen {
	__u64 hits;
	__s64 ret;
};

static int bpf(int cmd, union bpf_attr *attr)
{
	return syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

static int map_create(__u32 value_size, __u32 flags)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_ARRAY,
		.key_size = sizeof(__u32),
		.value_size = value_size,
		.max_entries = 1,
		.map_flags = flags,
	};

	return bpf(BPF_MAP_CREATE, &attr);
}

static int map_call(int cmd, int map, void *value)
{
	__u32 key = 0;
	union bpf_attr attr = {
		.map_fd = map,
		.key = (unsigned long)&key,
		.value = (unsigned long)value,
	};

	return bpf(cmd, &attr);
}

/* A constant, as the verifier wants one: in a map that nobody can write to any more. */
static int map_string(const char *string, bool constant)
{
	char value[MAP_BYTES] = {};
	union bpf_attr attr = {};
	int map;

	snprintf(value, sizeof(value), "%s", string);
	map = map_create(sizeof(value), constant ? BPF_F_RDONLY_PROG : 0);
	if (map < 0 || map_call(BPF_MAP_UPDATE_ELEM, map, value))
		die("a map of \"%s\"", string);
	attr.map_fd = map;
	if (constant && bpf(BPF_MAP_FREEZE, &attr))
		die("BPF_MAP_FREEZE");
	return map;
}

static struct seen map_seen(int map)
{
	struct seen seen = {};

	if (map_call(BPF_MAP_LOOKUP_ELEM, map, &seen))
		die("BPF_MAP_LOOKUP_ELEM");
	return seen;
}

/* How much follows a struct btf_type */
static size_t btf_more(const struct btf_type *type)
{
	size_t n = BTF_INFO_VLEN(type->info);

	switch (BTF_INFO_KIND(type->info)) {
	case BTF_KIND_INT:		return sizeof(__u32);
	case BTF_KIND_ARRAY:		return sizeof(struct btf_array);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:		return n * sizeof(struct btf_member);
	case BTF_KIND_ENUM:		return n * sizeof(struct btf_enum);
	case BTF_KIND_ENUM64:		return n * sizeof(struct btf_enum64);
	case BTF_KIND_FUNC_PROTO:	return n * sizeof(struct btf_param);
	case BTF_KIND_VAR:		return sizeof(struct btf_var);
	case BTF_KIND_DATASEC:		return n * sizeof(struct btf_var_secinfo);
	case BTF_KIND_DECL_TAG:		return sizeof(struct btf_decl_tag);
	default:			return 0;
	}
}

/* The number of a type, 0 if there is none: they are numbered from 1, in order. */
static __u32 btf_find(const char *btf, size_t size, unsigned int kind, const char *name)
{
	const struct btf_header *header = (const void *)btf;
	const char *at, *end, *strings;
	__u32 id;

	if (size < sizeof(*header) || header->magic != BTF_MAGIC ||
	    (__u64)header->hdr_len + header->type_off + header->type_len > size ||
	    (__u64)header->hdr_len + header->str_off + header->str_len > size)
		die("%s is no BTF", BTF_FILE);
	at = btf + header->hdr_len + header->type_off;
	end = at + header->type_len;
	strings = btf + header->hdr_len + header->str_off;
	for (id = 1; at < end; id++) {
		const struct btf_type *type = (const void *)at;

		if (BTF_INFO_KIND(type->info) == kind && type->name_off < header->str_len &&
		    !strcmp(strings + type->name_off, name))
			return id;
		at += sizeof(*type) + btf_more(type);
	}
	return 0;
}

static __u32 kernel_type(unsigned int kind, const char *name)
{
	size_t size = 0, room = 16 << 20;
	char *btf = malloc(room);
	ssize_t n;
	__u32 id;
	int fd;

	fd = open(BTF_FILE, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || !btf)
		die("%s", BTF_FILE);
	while ((n = read(fd, btf + size, room - size)) > 0)
		size += n;
	if (n)
		die("read(%s)", BTF_FILE);
	close(fd);
	id = btf_find(btf, size, kind, name);
	free(btf);
	return id;
}

#define INSN(code_, dst, src, off_, imm_)					\
	((struct bpf_insn) { .code = (code_), .dst_reg = (dst), .src_reg = (src),	\
			     .off = (off_), .imm = (imm_) })
#define LOAD_64(dst, src, low)	INSN(BPF_LD | BPF_DW | BPF_IMM, dst, src, 0, low)
#define LOAD_64_HIGH(high)	INSN(0, 0, 0, 0, high)

/* A program: what it is, and what it calls the kfunc with */
struct caller {
	__u32 type;
	__u32 attach;		/* BPF_PROG_TYPE_TRACING: the number of what to attach to */
	__u32 kfunc;		/* its number; 0: it calls nothing */
	int name;		/* a map */
	__u64 value;
	int seen;		/* a map */
};

static char verifier_log[16384];

/* Call, keep what is returned, and count; let the event pass. Returns an fd or -errno. */
static int prog_try(const struct caller *c)
{
	struct bpf_insn prog[] = {
		LOAD_64(1, BPF_PSEUDO_MAP_VALUE, c->name),
		LOAD_64_HIGH(0),
		LOAD_64(2, 0, (__u32)c->value),
		LOAD_64_HIGH(c->value >> 32),
		c->kfunc ? INSN(BPF_JMP | BPF_CALL, 0, BPF_PSEUDO_KFUNC_CALL, 0, c->kfunc) :
			   INSN(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 0),
		/* It returns an int. */
		INSN(BPF_ALU64 | BPF_LSH | BPF_K, 0, 0, 0, 32),
		INSN(BPF_ALU64 | BPF_ARSH | BPF_K, 0, 0, 0, 32),
		LOAD_64(1, BPF_PSEUDO_MAP_VALUE, c->seen),
		LOAD_64_HIGH(0),
		INSN(BPF_STX | BPF_MEM | BPF_DW, 1, 0, offsetof(struct seen, ret), 0),
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, 2, 0, 0, 1),
		INSN(BPF_STX | BPF_ATOMIC | BPF_DW, 1, 2, offsetof(struct seen, hits), BPF_ADD),
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 1),
		INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
	};
	union bpf_attr attr = {
		.prog_type = c->type,
		.expected_attach_type = c->attach ? BPF_TRACE_RAW_TP : 0,
		.attach_btf_id = c->attach,
		.insns = (unsigned long)prog,
		.insn_cnt = ARRAY_SIZE(prog),
		.license = (unsigned long)"GPL",
		.log_level = 1,
		.log_buf = (unsigned long)verifier_log,
		.log_size = sizeof(verifier_log),
	};
	int fd;

	verifier_log[0] = '\0';
	fd = bpf(BPF_PROG_LOAD, &attr);
	return fd < 0 ? -errno : fd;
}

/* For what is not to be refused */
static int prog_load(const struct caller *c)
{
	int fd = prog_try(c);
	char *line;

	if (fd >= 0)
		return fd;
	printf("# program of type %u: %s\n", c->type, strerror(-fd));
	for (line = strtok(verifier_log, "\n"); line; line = strtok(NULL, "\n"))
		printf("# %s\n", line);
	return fd;
}

/* Load @c in a child that has only the capabilities @caps. Returns 0 or the errno. */
static int load_with(__u64 caps, const struct caller *c)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = {
		{ .effective = caps, .permitted = caps },
		{ .effective = caps >> 32, .permitted = caps >> 32 },
	};
	int status, fd;
	pid_t pid;

	pid = fork();
	if (!pid) {
		if (syscall(SYS_capset, &header, data))
			_exit(255);
		fd = prog_try(c);
		_exit(fd < 0 ? -fd : 0);
	}
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		die("the child");
	return WEXITSTATUS(status);
}

#define DECIDED		"test-decided"
#define DECIDED_PAGES	8

/* What was done, in the buffers of all CPUs, wherever it was carried out */
struct actions {
	struct format format;
	struct record rec;
	struct ring ring[CPUS_MAX];
	__u64 pos[CPUS_MAX];
	int fd[CPUS_MAX];
	int cpus;
};

static void actions_open(struct actions *a)
{
	int i, ret;

	/* More room than the event itself has */
	forget_tests();
	ret = persist(tracepoint_open("action", 0), DECIDED, "", DECIDED_PAGES, 0);
	if (ret)
		die("persist ras:action: %d", ret);
	format_read(&a->format, "ras", "action");
	a->cpus = buffer_cpus();
	for (i = 0; i < a->cpus; i++) {
		a->fd[i] = event_map(&a->ring[i], DECIDED, i, PROT_READ);
		if (a->fd[i] < 0)
			die("map ras:action of cpu %d", i);
		a->pos[i] = ring_head(&a->ring[i]);
	}
}

static void actions_close(struct actions *a)
{
	int i;

	for (i = 0; i < a->cpus; i++) {
		ring_unmap(&a->ring[i]);
		close(a->fd[i]);
	}
	forget_tests();
}

static __u64 actions_get(const struct actions *a, const char *field)
{
	return field_get(&a->format, &a->rec, field);
}

static const char *actions_string(const struct actions *a, const char *field)
{
	return (const char *)a->rec.raw + (actions_get(a, field) & 0xffff);
}

static bool actions_next(struct actions *a)
{
	__u64 id = tracepoint_id("action");
	int i;

	for (i = 0; i < a->cpus; i++)
		while (ring_sample(&a->ring[i], &a->pos[i], 0, &a->rec))
			if (actions_get(a, "common_type") == id)
				return true;
	return false;
}

/* Load a program and give it to @fd. Returns 0 or -errno. */
static int attach(int fd, const struct caller *c)
{
	int prog = prog_load(c), ret = 0;

	if (prog < 0)
		return prog;
	if (ioctl(fd, PERF_EVENT_IOC_SET_BPF, prog))
		ret = -errno;
	close(prog);
	return ret;
}

/* To a new listener, since an event keeps its program. */
static int attach_again(int *listener, const struct caller *c)
{
	close(*listener);
	*listener = tracepoint_open("mce_record", 0);
	if (*listener < 0)
		die("open mce_record");
	return attach(*listener, c);
}

FIXTURE(action_bpf) {
	struct format mce;
	struct record rec;
	struct actions done;
	struct caller caller;
	int listener;
	int fd;
};

FIXTURE_SETUP(action_bpf)
{
	const char *why = setup_inject(0, &self->fd, &self->mce);

	if (why)
		SKIP(return, "%s", why);
	if (access(BTF_FILE, R_OK))
		SKIP(return, "no %s", BTF_FILE);
	self->caller.kfunc = kernel_type(BTF_KIND_FUNC, KFUNC);
	if (!self->caller.kfunc)
		SKIP(return, "no %s()", KFUNC);
	self->caller.seen = map_create(sizeof(struct seen), 0);
	ASSERT_LE(0, self->caller.seen);
	self->caller.type = BPF_PROG_TYPE_TRACEPOINT;
	self->caller.name = map_string("log", true);
	self->caller.value = 42;
	self->listener = tracepoint_open("mce_record", 0);
	ASSERT_LE(0, self->listener);
	record_mce(&self->mce, &self->rec, 0, 1, STATUS_CE, 0xac710000);
	actions_open(&self->done);
}

FIXTURE_TEARDOWN(action_bpf)
{
	actions_close(&self->done);
	close(self->listener);
	close(self->caller.name);
	close(self->caller.seen);
	close(self->fd);
	drain_all();
}

/* The event happens, the program asks, it is done, and that is an event again. */
TEST_F(action_bpf, acts)
{
	const __u64 values[] = { 42, HUGE_VALUE, 0 };
	struct seen seen;
	int i;

	for (i = 0; i < ARRAY_SIZE(values); i++) {
		self->caller.value = values[i];
		ASSERT_EQ(0, attach_again(&self->listener, &self->caller));
		ASSERT_FALSE(actions_next(&self->done));
		ASSERT_EQ(self->rec.header.size, record_write(self->fd, &self->rec));
		seen = map_seen(self->caller.seen);
		EXPECT_EQ(i + 1, seen.hits);
		EXPECT_EQ(0, seen.ret);

		ASSERT_TRUE(eventually(20, actions_next(&self->done)));
		EXPECT_STREQ("log", actions_string(&self->done, "action"));
		EXPECT_STREQ("bpf", actions_string(&self->done, "source"));
		EXPECT_EQ(values[i], actions_get(&self->done, "value"));
		EXPECT_EQ(0, actions_get(&self->done, "rule"));
		/* done */
		EXPECT_EQ(0, actions_get(&self->done, "outcome"));
		EXPECT_EQ(0, actions_get(&self->done, "result"));
	}
}

/* Of several programs each asks for itself. */
TEST_F(action_bpf, several_programs)
{
	int other = tracepoint_open("mce_record", 0), n = 0;
	__u64 values = 0;

	ASSERT_LE(0, other);
	self->caller.value = 1;
	ASSERT_EQ(0, attach(self->listener, &self->caller));
	self->caller.value = 2;
	ASSERT_EQ(0, attach(other, &self->caller));
	ASSERT_EQ(self->rec.header.size, record_write(self->fd, &self->rec));
	EXPECT_EQ(2, map_seen(self->caller.seen).hits);
	while (n < 2 && eventually(20, actions_next(&self->done))) {
		values |= actions_get(&self->done, "value");
		n++;
	}
	EXPECT_EQ(2, n);
	EXPECT_EQ(3, values);
	close(other);
}

/* A name that no action has is an error for the program, and nothing else. */
TEST_F(action_bpf, unknown)
{
	static const char * const names[] = { "no-such-action", "lo", "logs", "LOG", "log(42)" };
	int log = self->caller.name, i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		self->caller.name = map_string(names[i], true);
		self->caller.value = 1;
		ASSERT_EQ(0, attach_again(&self->listener, &self->caller));
		ASSERT_EQ(self->rec.header.size, record_write(self->fd, &self->rec));
		EXPECT_EQ(i + 1, map_seen(self->caller.seen).hits);
		EXPECT_EQ(-ENOENT, map_seen(self->caller.seen).ret) {
			TH_LOG("\"%s\"", names[i]);
		}
		close(self->caller.name);
	}

	/* What is done after them is the first thing that is done. */
	self->caller.name = log;
	self->caller.value = 2;
	ASSERT_EQ(0, attach_again(&self->listener, &self->caller));
	ASSERT_EQ(self->rec.header.size, record_write(self->fd, &self->rec));
	ASSERT_TRUE(eventually(20, actions_next(&self->done)));
	EXPECT_EQ(2, actions_get(&self->done, "value"));
	EXPECT_FALSE(actions_next(&self->done));
}

/* Who loads it must be allowed to act, not only to load programs. */
TEST_F(action_bpf, loader)
{
	const __u64 bpf_caps = 1ull << CAP_BPF | 1ull << CAP_PERFMON;
	const __u64 admin = 1ull << CAP_SYS_ADMIN;
	struct caller idle = self->caller;

	idle.kfunc = 0;
	EXPECT_EQ(0, load_with(bpf_caps, &idle));
	EXPECT_EQ(EACCES, load_with(bpf_caps, &self->caller));
	EXPECT_EQ(0, load_with(bpf_caps | admin, &self->caller));
	EXPECT_EQ(0, load_with(admin, &self->caller));
	EXPECT_EQ(EPERM, load_with(0, &self->caller));
}

/* It is for programs that trace. */
TEST_F(action_bpf, types)
{
	static const __u32 wanted[] = {
		BPF_PROG_TYPE_TRACEPOINT, BPF_PROG_TYPE_PERF_EVENT, BPF_PROG_TYPE_KPROBE,
	};
	static const __u32 unwanted[] = {
		BPF_PROG_TYPE_SOCKET_FILTER, BPF_PROG_TYPE_XDP, BPF_PROG_TYPE_SCHED_CLS,
	};
	struct caller c = self->caller, idle = self->caller;
	int i, prog;

	for (i = 0; i < ARRAY_SIZE(wanted); i++) {
		c.type = wanted[i];
		prog = prog_load(&c);
		EXPECT_LE(0, prog);
		close(prog);
	}
	/* tp_btf: what raw tracepoints are nowadays */
	c.type = BPF_PROG_TYPE_TRACING;
	c.attach = kernel_type(BTF_KIND_TYPEDEF, "btf_trace_mce_record");
	ASSERT_NE(0, c.attach);
	prog = prog_load(&c);
	EXPECT_LE(0, prog);
	close(prog);

	c.attach = 0;
	idle.kfunc = 0;
	for (i = 0; i < ARRAY_SIZE(unwanted); i++) {
		c.type = unwanted[i];
		idle.type = unwanted[i];
		prog = prog_load(&idle);
		EXPECT_LE(0, prog);
		close(prog);
		EXPECT_EQ(-EACCES, prog_try(&c)) {
			TH_LOG("program type %u", c.type);
		}
	}
}

/* The verifier sees to it that the name ends and stays as it is. */
TEST_F(action_bpf, constant_name)
{
	close(self->caller.name);
	self->caller.name = map_string("log", false);
	EXPECT_EQ(-EACCES, prog_try(&self->caller));
}

/* A program on ras:action that acts does not keep itself going. */
TEST_F(action_bpf, no_circle)
{
	int fd = persistent_open("action", 0), listener = tracepoint_open("action", 0);
	const struct format *format = &self->done.format;
	struct record rec = {};
	unsigned int end;

	ASSERT_LE(0, fd);
	ASSERT_LE(0, listener);
	ASSERT_EQ(0, attach(listener, &self->caller));
	end = record_dynamic(format, &rec, "action", format->end, "x", 2);
	end = record_dynamic(format, &rec, "source", end, "x", 2);
	record_finish(&rec, end);
	ASSERT_EQ(rec.header.size, record_write(fd, &rec));
	/* Once for this one, once for that of the action, if it comes when no program runs. */
	sleep(1);
	EXPECT_LE(1, map_seen(self->caller.seen).hits);
	EXPECT_GE(2, map_seen(self->caller.seen).hits);
	close(listener);
	close(fd);
}

TEST_HARNESS_MAIN
