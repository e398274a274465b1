/* SPDX-License-Identifier: GPL-2.0 */
/* Find a line in the kernel log. */
#ifndef SELFTESTS_RAS_LOG_H
#define SELFTESTS_RAS_LOG_H

#include "persistent.h"

struct log_line {
	unsigned int level;		/* KERN_ERR is 3 */
	__u64 usec;
	char text[2048];
};

/* The first line since boot that has @text in it. */
static inline bool log_find(struct log_line *out, const char *text)
{
	unsigned long long usec;
	char line[8192], *body;
	unsigned int prio;
	ssize_t n;
	int log;

	log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (log < 0)
		die("/dev/kmsg");
	for (;;) {
		n = read(log, line, sizeof(line) - 1);
		if (n < 0 && errno == EPIPE)
			continue;
		if (n <= 0)
			break;
		line[n] = '\0';
		body = strchr(line, ';');
		if (!body || !strstr(body, text) ||
		    sscanf(line, "%u,%*u,%llu", &prio, &usec) != 2)
			continue;
		out->level = prio & 7;
		out->usec = usec;
		body[strcspn(body, "\n")] = '\0';
		snprintf(out->text, sizeof(out->text), "%s", body + 1);
		close(log);
		return true;
	}
	close(log);
	return false;
}

/* When the first process began, in microseconds; 0 if the log has forgotten it. */
static inline __u64 init_began(void)
{
	struct log_line line;

	return log_find(&line, "as init process") ? line.usec : 0;
}

/* perf_persistent=@item was refused, for a reason that has @why in it. */
static inline bool complaint(const char *item, const char *why)
{
	struct log_line line;
	char text[256];

	snprintf(text, sizeof(text), "perf: persistent: perf_persistent=%s: ", item);
	if (!log_find(&line, text)) {
		printf("# not in the log: %s\n", text);
		return false;
	}
	if (line.level == 3 && strlen(line.text) > strlen(text) &&
	    strstr(line.text + strlen(text), why))
		return true;
	printf("# <%u>%s\n", line.level, line.text);
	return false;
}

#endif
