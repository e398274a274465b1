// SPDX-License-Identifier: GPL-2.0
/*
 * perf_persistent= on the kernel's command line: good items do what they say, also from
 * before the first process, and each bad one is reported by name and harms nothing else.
 *
 * The items are in the line of this test in the file "boots".
 */
#include <sys/stat.h>
#include <sys/wait.h>

#include "../kselftest_harness.h"
#include "log.h"
#include "record.h"
#include "set.h"

#define RW	(PROT_READ | PROT_WRITE)

#define NAME_63	"n23456789012345678901234567890123456789012345678901234567890123"

#define SAMPLE_TYPE_CALLCHAIN	(SAMPLE_TYPE | PERF_SAMPLE_CALLCHAIN)

static bool booted_for_this(void)
{
	char cmdline[4096];

	return !read_text("/proc/cmdline", cmdline, sizeof(cmdline)) &&
	       strstr(cmdline, "ras_selftest=params");
}

FIXTURE(param) {
	struct record rec;
	struct ring ring;
};

FIXTURE_SETUP(param)
{
	if (!persistent_usable())
		SKIP(return, "no persistent events here, or not root");
	if (!booted_for_this())
		SKIP(return, "not booted with the items: see boots");
	ASSERT_TRUE(pin_to_cpu(0));
}

FIXTURE_TEARDOWN(param)
{
	ring_unmap(&self->ring);
}

/* Opens @event on @cpu and maps its set's buffer. */
static int attach(struct ring *ring, const char *event, int cpu, int prot)
{
	char set[128];
	int fd;

	source_text(event, "set", set, sizeof(set));
	fd = persistent_open(event, cpu);
	if (fd < 0)
		die("open %s on cpu %d", event, cpu);
	errno = -ring_map_set(ring, fd, prot, set);
	if (errno)
		die("map %s on cpu %d", event, cpu);
	return fd;
}

static pid_t child_of(const char *program)
{
	pid_t pid = fork();

	if (!pid) {
		if (program)
			execl(program, program, NULL);
		_exit(program ? 1 : 0);
	}
	waitpid(pid, NULL, 0);
	return pid;
}

static void spin(int msec)
{
	struct timespec now, end;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_nsec += msec % 1000 * 1000000;
	end.tv_sec += msec / 1000 + end.tv_nsec / 1000000000;
	end.tv_nsec %= 1000000000;
	do
		clock_gettime(CLOCK_MONOTONIC, &now);
	while (now.tv_sec < end.tv_sec ||
	       (now.tv_sec == end.tv_sec && now.tv_nsec < end.tv_nsec));
}

TEST_F(param, tracepoint_in_a_set_of_its_own)
{
	char text[256], wanted[256], path[256];
	int id;

	snprintf(path, sizeof(path), TRACEFS "/events/task/task_newtask/id");
	ASSERT_EQ(0, read_text(path, text, sizeof(text)));
	id = atoi(text);
	snprintf(wanted, sizeof(wanted), "tracepoint=task:task_newtask,type=0x2,config=%#x", id);
	source_text("task_newtask", "source", text, sizeof(text));
	EXPECT_STREQ(wanted, text);
	EXPECT_TRUE(source_is("task_newtask", "set", "task_newtask"));
	EXPECT_TRUE(source_is("task_newtask", "state", "active"));
	EXPECT_TRUE(event_exists("task_newtask"));
	EXPECT_EQ(8, set_value("task_newtask", "data_pages"));
	EXPECT_EQ(SAMPLE_TYPE, set_value("task_newtask", "sample_type"));
	EXPECT_FALSE(set_keeps_last("task_newtask"));
	ASSERT_EQ(0, read_text(PMU_DIR "/sets/task_newtask/cpus", text, sizeof(text)));
	EXPECT_STREQ("0-1", text);
}

TEST_F(param, records_of_before_the_first_process)
{
	__u64 init = init_began(), pos, last;
	int cpu, fd, early = 0, kthreads = 0;

	ASSERT_NE(0, init);
	for (cpu = 0; cpu < 2; cpu++) {
		fd = attach(&self->ring, "task_newtask", cpu, PROT_READ);
		pos = ring_tail(&self->ring);
		last = 0;
		while (ring_sample(&self->ring, &pos, 0, &self->rec)) {
			EXPECT_LE(last, self->rec.time);
			last = self->rec.time;
			EXPECT_EQ(cpu, self->rec.cpu);
			if (self->rec.time / 1000 >= init)
				continue;
			early++;
			/* kthreadd is the second of all. */
			kthreads += self->rec.tid == 2;
		}
		ring_unmap(&self->ring);
		close(fd);
	}
	/* Dozens, in any kernel */
	EXPECT_LT(5, early);
	EXPECT_LT(5, kthreads);
}

/* What stopped cannot change any more, so its counts are exact. */
TEST_F(param, stopped_when_running)
{
	__u64 init = init_began(), pos, id, func;
	struct format start;
	struct count c, again;
	int cpu, fd, n, total = 0;

	ASSERT_NE(0, init);
	EXPECT_TRUE(source_is("initcall_start", "state", "stopped"));
	EXPECT_EQ(16, set_value("initcall_start", "data_pages"));
	format_read(&start, "initcall", "initcall_start");
	for (cpu = 0; cpu < 2; cpu++) {
		fd = attach(&self->ring, "initcall_start", cpu, PROT_READ);
		ASSERT_EQ(0, ioctl(fd, PERF_EVENT_IOC_ID, &id));
		c = read_count(fd);
		pos = ring_tail(&self->ring);
		for (n = 0; ring_sample(&self->ring, &pos, id, &self->rec); n++) {
			EXPECT_LT(self->rec.time / 1000, init);
			func = field_get(&start, &self->rec, "func");
			EXPECT_EQ(0xffff, func >> 48);
		}
		EXPECT_EQ(c.value, n + c.lost);
		EXPECT_EQ(c.value, source_count("initcall_start", "count", cpu));
		EXPECT_EQ(c.lost, source_count("initcall_start", "lost", cpu));
		again = read_count(fd);
		EXPECT_EQ(c.value, again.value);
		total += n;
		ring_unmap(&self->ring);
		close(fd);
	}
	EXPECT_EQ(total, source_count("initcall_start", "count", -1));
	EXPECT_LT(50, total);
}

static bool all_active(const char * const *names)
{
	for (; *names; names++)
		if (!source_is(*names, "state", "active")) {
			printf("# %s is not active\n", *names);
			return false;
		}
	return true;
}

TEST_F(param, only_until_running_stops)
{
	static const char * const going[] = {
		"mce_record", "task_newtask", "sched_process_exec", "sched_process_fork",
		"exits", "page-faults", "switches", "cpu-clock", "tick", "console", "again", NULL
	};

	EXPECT_TRUE(all_active(going));
}

/* One buffer for two events, with the size that one of them asked for */
TEST_F(param, shared_set)
{
	__u64 forks, exits, pos;
	int fork_fd, exit_fd, seen_forks = 0, seen_exits = 0, lost;
	struct count before;
	struct ring second;

	EXPECT_TRUE(source_is("sched_process_fork", "set", "proc"));
	EXPECT_TRUE(source_is("exits", "set", "proc"));
	EXPECT_FALSE(event_exists("sched_process_exit"));
	EXPECT_EQ(32, set_value("proc", "data_pages"));
	fork_fd = attach(&self->ring, "sched_process_fork", 0, RW);
	exit_fd = persistent_open("exits", 0);
	ASSERT_LE(0, exit_fd);
	EXPECT_EQ(-EBUSY, ring_map_set(&second, exit_fd, RW, "proc"));
	ASSERT_EQ(0, ioctl(fork_fd, PERF_EVENT_IOC_ID, &forks));
	ASSERT_EQ(0, ioctl(exit_fd, PERF_EVENT_IOC_ID, &exits));
	EXPECT_NE(forks, exits);

	pos = ring_head(&self->ring);
	ring_set_tail(&self->ring, pos);
	before = read_count(exit_fd);
	lost = before.lost;
	child_of(NULL);
	while (ring_sample(&self->ring, &pos, 0, &self->rec)) {
		seen_forks += self->rec.id == forks;
		seen_exits += self->rec.id == exits;
	}
	EXPECT_LE(1, seen_forks);
	EXPECT_LE(1, seen_exits);
	EXPECT_EQ(lost, read_count(exit_fd).lost);
	EXPECT_LT(before.value, read_count(exit_fd).value);
	ring_unmap(&self->ring);
	close(fork_fd);
	close(exit_fd);
}

TEST_F(param, keep_last_has_the_newest)
{
	struct snapshot s;
	struct format exec;
	pid_t pid[60];
	int fd, i;

	EXPECT_TRUE(set_keeps_last("sched_process_exec"));
	EXPECT_EQ(1, set_value("sched_process_exec", "data_pages"));
	format_read(&exec, "sched", "sched_process_exec");
	for (i = 0; i < ARRAY_SIZE(pid); i++)
		pid[i] = child_of("/bin/true");
	fd = attach(&self->ring, "sched_process_exec", 0, PROT_READ);
	snapshot_take(&s, &self->ring);
	/* A page holds some thirty. */
	for (i = 1; i <= 20; ) {
		ASSERT_TRUE(snapshot_next(&s, &self->rec));
		if (self->rec.header.type != PERF_RECORD_SAMPLE)
			continue;
		EXPECT_EQ(pid[ARRAY_SIZE(pid) - i], field_get(&exec, &self->rec, "pid"));
		i++;
	}
	while (snapshot_next(&s, &self->rec))
		EXPECT_NE(pid[0], field_get(&exec, &self->rec, "pid"));
	snapshot_free(&s);
	close(fd);
}

/* A set that was described before an event joined it */
TEST_F(param, set_described_first)
{
	struct snapshot s;
	bool seen = false;
	int fd;

	EXPECT_TRUE(source_is("console", "set", "log"));
	EXPECT_EQ(4, set_value("log", "data_pages"));
	EXPECT_TRUE(set_keeps_last("log"));
	EXPECT_NE(0, access(PMU_DIR "/sets/console", F_OK));
	fd = attach(&self->ring, "console", 0, PROT_READ);
	ASSERT_EQ(0, write_text("/dev/kmsg", "ras selftest: a quick brown fox\n"));
	snapshot_take(&s, &self->ring);
	while (snapshot_next(&s, &self->rec))
		if (self->rec.header.type == PERF_RECORD_SAMPLE &&
		    memmem(self->rec.raw, self->rec.raw_size, "a quick brown fox", 17))
			seen = true;
	EXPECT_TRUE(seen);
	snapshot_free(&s);
	close(fd);
}

/* Of the CPU that found it in its bank, or another: which has what was planted? */
static int planted_cpu(void)
{
	return count_of("mce_record", 1) ? 1 : 0;
}

TEST_F(param, size_of_the_default_set)
{
	struct format mce;
	__u64 pos;
	int fd;

	format_read(&mce, "mce", "mce_record");
	EXPECT_EQ(16, set_value("ras", "data_pages"));
	fd = attach(&self->ring, "mce_record", planted_cpu(), PROT_READ);
	pos = ring_tail(&self->ring);
	ASSERT_TRUE(ring_sample(&self->ring, &pos, 0, &self->rec));
	EXPECT_EQ(tracepoint_id("mce_record"), *(__u16 *)self->rec.raw);
	EXPECT_EQ(0x12345000, field_get(&mce, &self->rec, "addr"));
	close(fd);
}

/* The same tracepoint in another set, with another policy */
TEST_F(param, second_event_on_a_tracepoint)
{
	int fd, cpu = planted_cpu();
	struct format mce;
	struct snapshot s;

	format_read(&mce, "mce", "mce_record");
	EXPECT_TRUE(source_is("again", "set", "again"));
	EXPECT_EQ(tracepoint_id("mce_record"), tracepoint_id("again"));
	EXPECT_NE(pmu_config("mce_record"), pmu_config("again"));
	EXPECT_EQ(1, count_of("again", cpu));
	EXPECT_EQ(1, count_of("mce_record", cpu));
	fd = attach(&self->ring, "again", cpu, PROT_READ);
	snapshot_take(&s, &self->ring);
	ASSERT_TRUE(snapshot_next(&s, &self->rec));
	EXPECT_EQ(0x12345000, field_get(&mce, &self->rec, "addr"));
	EXPECT_FALSE(snapshot_next(&s, &self->rec));
	snapshot_free(&s);
	close(fd);
}

TEST_F(param, defaults_switched_off)
{
	EXPECT_FALSE(event_exists("mc_event"));
	EXPECT_FALSE(event_exists("aer_event"));
	EXPECT_NE(0, access(PMU_DIR "/sources/mc_event", F_OK));
	EXPECT_NE(0, access(PMU_DIR "/sources/aer_event", F_OK));
	EXPECT_TRUE(event_exists("mce_record"));
}

/* A perf event by its name; mapped pages are touched, and counted */
TEST_F(param, page_faults)
{
	struct count before;
	char *bytes;
	int fd, i;

	EXPECT_TRUE(source_is("page-faults", "source",
			      "event=page-faults,type=0x1,config=0x2,period=1"));
	EXPECT_EQ(512, set_value("page-faults", "data_pages"));
	fd = attach(&self->ring, "page-faults", 0, RW);
	ring_set_tail(&self->ring, ring_head(&self->ring));
	bytes = mmap(NULL, 64 * 4096, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, bytes);
	before = read_count(fd);
	for (i = 0; i < 64; i++)
		bytes[i * 4096] = 1;
	EXPECT_LE(before.value + 64, read_count(fd).value);
	EXPECT_LE(before.value + 64, source_count("page-faults", "count", 0));
	close(fd);
}

TEST_F(param, named)
{
	struct count before;
	int fd, i;

	EXPECT_TRUE(source_is("switches", "source",
			      "event=context-switches,type=0x1,config=0x3,period=1"));
	EXPECT_FALSE(event_exists("context-switches"));
	fd = persistent_open("switches", 0);
	ASSERT_LE(0, fd);
	before = read_count(fd);
	for (i = 0; i < 10; i++)
		usleep(1000);
	EXPECT_LE(before.value + 10, read_count(fd).value);
	close(fd);
}

TEST_F(param, period)
{
	struct count before, after;
	__u64 pos, id;
	int fd, n = 0;

	EXPECT_TRUE(source_is("tick", "source",
			      "event=cpu-clock,type=0x1,config=0x0,period=5000000"));
	fd = attach(&self->ring, "tick", 0, RW);
	ASSERT_EQ(0, ioctl(fd, PERF_EVENT_IOC_ID, &id));
	pos = ring_head(&self->ring);
	ring_set_tail(&self->ring, pos);
	before = read_count(fd);
	spin(200);
	after = read_count(fd);
	while (ring_sample(&self->ring, &pos, id, &self->rec))
		n++;
	/*
	 * Nanoseconds, up to the last sample. Under load fewer come than should, never
	 * more.
	 */
	EXPECT_LE(100000000, after.value - before.value);
	EXPECT_LE(1, n);
	EXPECT_LE(n, (after.value - before.value) / 5000000 + 2);
	close(fd);
}

TEST_F(param, frequency_and_callchain)
{
	struct perf_event_attr attr;
	__u64 pos, nr, *ips;
	int fd, i, n = 0, kernel = 0;

	EXPECT_TRUE(source_is("cpu-clock", "source",
			      "event=cpu-clock,type=0x1,config=0x0,freq=100"));
	EXPECT_TRUE(source_is("cpu-clock", "set", "chains"));
	EXPECT_EQ(SAMPLE_TYPE_CALLCHAIN, set_value("chains", "sample_type"));
	attr = persistent_attr("cpu-clock");
	attr.sample_type = SAMPLE_TYPE;
	EXPECT_EQ(-1, perf_open(&attr, -1, 0, -1, 0));
	EXPECT_EQ(EINVAL, errno);

	fd = attach(&self->ring, "cpu-clock", 0, RW);
	pos = ring_head(&self->ring);
	ring_set_tail(&self->ring, pos);
	spin(300);
	while (ring_sample(&self->ring, &pos, 0, &self->rec)) {
		/* Between the CPU and the raw data: their number, and the addresses */
		ips = (__u64 *)&self->rec.raw_size;
		nr = *ips++;
		ASSERT_LE(nr, 1000);
		for (i = 0; i < nr; i++)
			kernel += ips[i] >> 48 == 0xffff && ips[i] < (__u64)PERF_CONTEXT_MAX;
		EXPECT_LT(0, nr);
		n++;
	}
	EXPECT_LE(1, n);
	TH_LOG("%d samples, %d addresses of the kernel", n, kernel);
	close(fd);
}

TEST_F(param, pending)
{
	EXPECT_TRUE(source_is("later", "state", "pending"));
	EXPECT_TRUE(source_is("later", "source", "tracepoint=x:later"));
	EXPECT_TRUE(source_is("later", "set", "later"));
	EXPECT_TRUE(source_is("later", "count", "0"));
	EXPECT_EQ(-1, persistent_open("later", 0));
	EXPECT_EQ(ENODEV, errno);
}

TEST_F(param, counts_are_root_s)
{
	struct stat st;

	ASSERT_EQ(0, stat(PMU_DIR "/sources/task_newtask/count", &st));
	EXPECT_EQ(0400, st.st_mode & 0777);
	ASSERT_EQ(0, stat(PMU_DIR "/sources/task_newtask/lost", &st));
	EXPECT_EQ(0400, st.st_mode & 0777);
}

/* Two CPUs' worth of pages, and a little for the headers; the log has that of one. */
TEST_F(param, memory)
{
	struct log_line line;
	unsigned long kib;
	char text[128];
	static const char * const sets[] = {
		"ras", "task_newtask", "initcall_start", "sched_process_exec", "proc",
		"page-faults", "switches", "chains", "tick", "log", "again",
	};
	__u64 data, memory;
	int i;

	for (i = 0; i < ARRAY_SIZE(sets); i++) {
		data = 2 * set_value(sets[i], "data_pages") * 4096;
		memory = set_value(sets[i], "memory");
		EXPECT_LE(data, memory) TH_LOG("%s", sets[i]);
		EXPECT_LE(memory, data + data / 8 + 8 * 4096) TH_LOG("%s", sets[i]);
		snprintf(text, sizeof(text), "perf: persistent: set %s: ", sets[i]);
		ASSERT_TRUE(log_find(&line, text)) TH_LOG("%s", text);
		ASSERT_NE(NULL, strstr(line.text, "per CPU: "));
		kib = strtoul(strstr(line.text, "per CPU: ") + 9, NULL, 10);
		EXPECT_EQ(memory, 2 * kib * 1024);
	}
}

/* Nobody is told off who did nothing wrong. */
TEST_F(param, good_items_are_not_reported)
{
	static const char * const good[] = {
		"task:task_newtask", "initcall:", "sched:", "page-faults", "context-switches",
		"cpu-clock:freq=100", "cpu-clock:name=tick", "log:", "printk:console",
		"mce:mce_record", "x:later", "x:" NAME_63, "-mc_event", "-ras:", "ras:",
	};
	struct log_line line;
	char text[256];
	int i;

	for (i = 0; i < ARRAY_SIZE(good); i++) {
		snprintf(text, sizeof(text), "perf: persistent: perf_persistent=%s", good[i]);
		EXPECT_FALSE(log_find(&line, text)) TH_LOG("%s", line.text);
	}
	/* The longest name that there may be */
	EXPECT_TRUE(event_exists(NAME_63));
}

/* Those between them; boot_bad_test has more. */
TEST_F(param, bad_items_are_reported)
{
	EXPECT_TRUE(complaint("", ""));
	EXPECT_TRUE(complaint("x:a:colour=red", "colour"));
	EXPECT_TRUE(complaint("x:g:keep=maybe", "maybe"));
	EXPECT_TRUE(complaint("x:h:name=mce_record", "name"));
	EXPECT_TRUE(complaint("y:later", "name"));
	EXPECT_FALSE(event_exists("a") || event_exists("g") || event_exists("h"));
	/* Whose name it was keeps it. */
	EXPECT_TRUE(source_is("later", "source", "tracepoint=x:later"));
}

TEST_HARNESS_MAIN
