/* SPDX-License-Identifier: GPL-2.0 */
/* A module with tracepoints: samples/trace_events/trace-events-sample.ko, found and loaded. */
#ifndef SELFTESTS_RAS_MODULE_H
#define SELFTESTS_RAS_MODULE_H

#include <glob.h>

#include "persistent.h"

#define MODULE	"trace_events_sample"

static inline const char *module_path(void)
{
	static const char * const patterns[] = {
		"/lib/modules/trace-events-sample.ko",
		"/lib/modules/*/kernel/samples/trace_events/trace-events-sample.ko",
		"/root/files/trace-events-sample.ko",
	};
	static char path[4096];
	glob_t found;
	int i;

	for (i = 0; i < ARRAY_SIZE(patterns) && !path[0]; i++) {
		if (glob(patterns[i], 0, NULL, &found))
			continue;
		snprintf(path, sizeof(path), "%s", found.gl_pathv[0]);
		globfree(&found);
	}
	return path[0] ? path : NULL;
}

static inline int load(void)
{
	int fd = open(module_path(), O_RDONLY | O_CLOEXEC), ret;

	if (fd < 0)
		die("%s", module_path());
	ret = syscall(SYS_finit_module, fd, "", 0) ? -errno : 0;
	close(fd);
	return ret;
}

static inline int unload(void)
{
	return syscall(SYS_delete_module, MODULE, O_NONBLOCK) ? -errno : 0;
}

static inline bool loaded(void)
{
	return !access("/sys/module/" MODULE, F_OK);
}

#endif
