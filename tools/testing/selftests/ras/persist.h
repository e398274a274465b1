/* SPDX-License-Identifier: GPL-2.0 */
/* Make events persistent at run time, raise them, and forget them. */
#ifndef SELFTESTS_RAS_PERSIST_H
#define SELFTESTS_RAS_PERSIST_H

#include <dirent.h>
#include <signal.h>

#include "access.h"
#include "record.h"

#define RW		(PROT_READ | PROT_WRITE)

/* What the tests make persistent is named like this, so that it can be found again. */
#define TEST_PREFIX	"test-"

/* Ignored unless somebody wants it, and nobody does. */
#define SIGNAL_A	SIGWINCH
#define SIGNAL_B	SIGURG

/*
 * For a kprobe: nobody calls it. A CPU that QEMU 7.2 emulates may translate a busy function
 * while another removes a probe from it, and keep the breakpoint, which is an oops then.
 */
#define UNCALLED_FUNCTION	"emergency_restart"

/* Without PERF_EVENT_IOC_PERSIST a test is skipped. */
static inline bool persist_usable(void)
{
	return persistent_usable() && !access(PMU_DIR "/sets", F_OK);
}

static inline struct perf_event_attr event_attr(__u32 type, __u64 config)
{
	return (struct perf_event_attr) {
		.type = type,
		.config = config,
		.sample_type = SAMPLE_TYPE,
		.sample_period = 1,
	};
}

static inline int event_open(__u32 type, __u64 config, int cpu)
{
	struct perf_event_attr attr = event_attr(type, config);

	return perf_open(&attr, -1, cpu, -1, 0);
}

static inline __u64 signal_config(void)
{
	char id[32];

	if (read_text(TRACEFS "/events/signal/signal_generate/id", id, sizeof(id)))
		die("signal:signal_generate");
	return strtoull(id, NULL, 10);
}

/*
 * An ordinary event to be made persistent: signals @sig to @pid, which a test raises exactly.
 * It is on one CPU; what is made of it is on all.
 */
static inline int signal_open(int sig, pid_t pid)
{
	int fd = event_open(PERF_TYPE_TRACEPOINT, signal_config(), 0);
	char filter[64];

	if (fd < 0)
		die("open signal:signal_generate");
	snprintf(filter, sizeof(filter), "sig == %d && pid == %d", sig, pid);
	if (ioctl(fd, PERF_EVENT_IOC_SET_FILTER, filter))
		die("filter");
	return fd;
}

/* Signals @sig to ourselves from the CPU we are on; the trace record's errno is a number. */
static inline void raise_signals(int sig, int first, int n)
{
	siginfo_t info = { .si_signo = sig, .si_code = SI_QUEUE };
	int i;

	for (i = 0; i < n; i++) {
		info.si_errno = first + i;
		if (syscall(SYS_rt_sigqueueinfo, getpid(), sig, &info))
			die("rt_sigqueueinfo");
	}
}

static inline void raise_signals_on(int cpu, int sig, int first, int n)
{
	if (!pin_to_cpu(cpu))
		die("pin to cpu %d", cpu);
	raise_signals(sig, first, n);
}

static inline struct perf_event_persist persist_args(const char *name, const char *set,
						     unsigned int pages, unsigned int flags)
{
	struct perf_event_persist p = {
		.size = sizeof(p),
		.flags = flags,
		.data_pages = pages,
	};

	snprintf(p.name, sizeof(p.name), "%s", name);
	snprintf(p.set, sizeof(p.set), "%s", set);
	return p;
}

static inline int persist(int fd, const char *name, const char *set,
			  unsigned int pages, unsigned int flags)
{
	struct perf_event_persist p = persist_args(name, set, pages, flags);

	return ioctl(fd, PERF_EVENT_IOC_PERSIST, &p) ? -errno : 0;
}

/* The signals @sig of this process, persistent as @name. */
static inline int persist_signal(int sig, const char *name, const char *set,
				 unsigned int pages, unsigned int flags)
{
	int fd = signal_open(sig, getpid()), ret;

	ret = persist(fd, name, set, pages, flags);
	close(fd);
	return ret;
}

static inline int forget_fd(int fd)
{
	return ioctl(fd, PERF_EVENT_IOC_FORGET, 0) ? -errno : 0;
}

static inline int forget(const char *name)
{
	struct perf_event_attr attr = persistent_attr(name);
	int fd, ret;

	/* A pending one cannot be read. */
	attr.sample_period = 0;
	fd = perf_open(&attr, -1, 0, -1, 0);
	if (fd < 0)
		return -errno;
	ret = forget_fd(fd);
	close(fd);
	return ret;
}

/* Whatever a test made and left. */
static inline void forget_tests(void)
{
	struct dirent *d;
	DIR *dir;

	dir = opendir(PMU_DIR "/events");
	if (!dir)
		return;
	while ((d = readdir(dir)))
		if (!strncmp(d->d_name, TEST_PREFIX, strlen(TEST_PREFIX)))
			forget(d->d_name);
	closedir(dir);
}

static inline bool set_exists(const char *set)
{
	char path[512];

	snprintf(path, sizeof(path), PMU_DIR "/sets/%s", set);
	return !access(path, F_OK);
}

/* @event of @cpu, and its set's buffer there. */
static inline int event_map(struct ring *ring, const char *event, int cpu, int prot)
{
	char set[128];
	int fd, ret;

	fd = persistent_open(event, cpu);
	if (fd < 0)
		return -errno;
	source_text(event, "set", set, sizeof(set));
	ret = ring_map_set(ring, fd, prot, set);
	if (ret) {
		close(fd);
		return ret;
	}
	return fd;
}

static inline bool asleep(pid_t pid)
{
	char path[64], text[512], *state;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	if (read_text(path, text, sizeof(text)))
		die("%s", path);
	/* pid (comm) state */
	state = strrchr(text, ')');
	return state && state[2] == 'S';
}

/* A child that sleeps in poll() for as long as it takes, for poll_end(). */
static inline pid_t poll_begin(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	pid_t pid = fork();

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		_exit(poll(&p, 1, -1) == 1 ? p.revents : 0);
	}
	if (!eventually(20, asleep(pid)))
		die("it does not sleep");
	return pid;
}

/* What poll() said in the child, or -1 if nothing woke it. */
static inline int poll_end(pid_t pid)
{
	int status = 0;

	if (!eventually(20, waitpid(pid, &status, WNOHANG) == pid)) {
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Run @what in a child that has only capability @cap. Returns its result, 0 to 125. */
#define as_child(cap, what) ({						\
	pid_t __pid = fork();						\
	int __status = -1;						\
									\
	if (!__pid)							\
		_exit(only_cap(cap) ? (what) : 126);			\
	if (waitpid(__pid, &__status, 0) != __pid)			\
		die("waitpid");						\
	WIFEXITED(__status) ? WEXITSTATUS(__status) : -1;		\
})

#endif
