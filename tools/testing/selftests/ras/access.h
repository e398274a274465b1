/* SPDX-License-Identifier: GPL-2.0 */
/* Who may: callers with less than root has, and fds that pass between them. */
#ifndef SELFTESTS_RAS_ACCESS_H
#define SELFTESTS_RAS_ACCESS_H

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <linux/capability.h>

#include "persistent.h"

#define PARANOID	"/proc/sys/kernel/perf_event_paranoid"
#define NOBODY		65534

#ifndef CAP_PERFMON
#define CAP_PERFMON	38
#endif

static inline bool as_root(void)
{
	return true;
}

static inline bool as_nobody(void)
{
	return !setresgid(NOBODY, NOBODY, NOBODY) && !setresuid(NOBODY, NOBODY, NOBODY);
}

/* Root, but with @keep for its only capability (none if negative). */
static inline bool only_cap(int keep)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = {};

	if (keep >= 0) {
		data[keep / 32].effective = 1u << keep % 32;
		data[keep / 32].permitted = 1u << keep % 32;
	}
	return !syscall(SYS_capset, &header, data);
}

static inline bool as_root_without_caps(void)
{
	return only_cap(-1);
}

static inline bool with_perfmon_only(void)
{
	return only_cap(CAP_PERFMON);
}

static inline bool with_sys_admin_only(void)
{
	return only_cap(CAP_SYS_ADMIN);
}

/* Not root, but with CAP_PERFMON: whom perf_event_open(2) has in mind. */
static inline bool as_perfmon_user(void)
{
	return !prctl(PR_SET_KEEPCAPS, 1) && as_nobody() && only_cap(CAP_PERFMON);
}

static inline bool as_root_of_a_namespace(void)
{
	return !unshare(CLONE_NEWUSER);
}

static inline void send_fd(int sock, int fd)
{
	char control[CMSG_SPACE(sizeof(int))] = {}, c = 'f';
	struct iovec iov = { .iov_base = &c, .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);

	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cmsg), &fd, sizeof(int));
	if (sendmsg(sock, &msg, 0) != 1)
		_exit(1);
}

static inline int receive_fd(int sock)
{
	char control[CMSG_SPACE(sizeof(int))] = {}, c;
	struct iovec iov = { .iov_base = &c, .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	int fd;

	if (recvmsg(sock, &msg, 0) != 1 || !CMSG_FIRSTHDR(&msg))
		return -1;
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(int));
	return fd;
}

#endif
