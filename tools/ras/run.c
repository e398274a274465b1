// SPDX-License-Identifier: GPL-2.0
/*
 * RAS_RUN_FILE: locked by a running daemon, with its pid and the path of its
 * database in it. Only information: that there is one consumer is the
 * kernel's business.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "ras.h"
#include "run.h"

static struct flock whole(int type)
{
	struct flock lock = { .l_type = type, .l_whence = SEEK_SET };

	return lock;
}

/**
 * ras_run_lock - announce this process as the daemon, until it exits
 * @database: path of its database
 *
 * Return: 0 or -errno; -EAGAIN if there is a daemon already.
 */
int ras_run_lock(const char *database)
{
	struct flock lock = whole(F_WRLCK);
	char *path = realpath(database, NULL);
	int fd, err = 0;

	fd = open(RAS_RUN_FILE, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
		  0644);
	if (fd < 0)
		err = -errno;
	else if (fcntl(fd, F_SETLK, &lock))
		err = -EAGAIN;
	else if (ftruncate(fd, 0) ||
		 dprintf(fd, "%d\n%s\n", getpid(), path ? path : database) < 0)
		err = -errno;
	free(path);
	return err;	/* the lock lives as long as the descriptor */
}

/**
 * ras_run_pid - is a daemon running
 *
 * Return: its pid, or 0.
 */
pid_t ras_run_pid(void)
{
	struct flock lock = whole(F_RDLCK);
	int fd = open(RAS_RUN_FILE, O_RDONLY | O_CLOEXEC);

	lock.l_type = F_WRLCK;
	if (fd < 0 || fcntl(fd, F_GETLK, &lock))
		lock.l_type = F_UNLCK;
	if (fd >= 0)
		close(fd);
	return lock.l_type == F_UNLCK ? 0 : lock.l_pid;
}

/**
 * ras_run_database - path of the database
 * @path: result: the running daemon's, or the default
 * @len: size of @path
 */
void ras_run_database(char *path, size_t len)
{
	FILE *file = NULL;

	snprintf(path, len, "%s", RAS_DEFAULT_DB);
	if (ras_run_pid())
		file = fopen(RAS_RUN_FILE, "re");
	if (!file)
		return;
	if (fscanf(file, "%*d\n") == 0 && fgets(path, len, file))
		path[strcspn(path, "\n")] = '\0';
	else
		snprintf(path, len, "%s", RAS_DEFAULT_DB);
	fclose(file);
}
