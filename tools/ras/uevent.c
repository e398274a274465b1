// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's messages that a CPU has come online: uevents, as udev gets them,
 * of which a filter in the socket lets pass only "online@...". So nothing else
 * that happens to devices wakes whoever waits for them.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>
#include <uapi/linux/filter.h>
#include <linux/kernel.h>
#include <linux/netlink.h>
#include "uevent.h"

/* The group to which the kernel sends; that of udevd is the second. */
#define KERNEL_GROUP	1

static int attach_filter(int fd)
{
	/* ACTION@DEVPATH is what a message begins with. */
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x6f6e6c69 /* "onli" */, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 0xffff),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_fprog prog = { .len = ARRAY_SIZE(code), .filter = code };

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog));
}

/**
 * ras_uevent_open - begin to listen
 *
 * Return: a descriptor that is readable when a CPU, or another device that can
 * be, came online; close() it. Or -errno.
 */
int ras_uevent_open(void)
{
	struct sockaddr_nl addr = {
		.nl_family = AF_NETLINK,
		.nl_groups = KERNEL_GROUP,
	};
	int fd, err;

	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
		    NETLINK_KOBJECT_UEVENT);
	if (fd < 0)
		return -errno;
	if (attach_filter(fd) ||
	    bind(fd, (struct sockaddr *)&addr, sizeof(addr))) {
		err = -errno;
		close(fd);
		return err;
	}
	return fd;
}

/**
 * ras_uevent_cpu_online - read what has come
 * @fd: from ras_uevent_open(), or negative
 *
 * Return: true if a CPU came online, or messages were lost.
 */
bool ras_uevent_cpu_online(int fd)
{
	static const char cpu[] = "online@/devices/system/cpu/";
	bool online = false;
	char buf[4096];
	ssize_t n;

	if (fd < 0)
		return false;
	for (;;) {
		n = recv(fd, buf, sizeof(buf), 0);
		if (n < 0 && errno != ENOBUFS)
			return online;
		if (n < 0 || !strncmp(buf, cpu, min_t(size_t, n, strlen(cpu))))
			online = true;
	}
}
