// SPDX-License-Identifier: GPL-2.0
/*
 * Running policy commands. A job is staged while its event is in an open
 * transaction, queued when that is committed, and becomes a child when there
 * is room. The event is handed over in a memfd, so that nobody waits for a
 * command that does not read. Times are arguments: the tests have no clock.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <linux/compiler.h>
#include "filter.h"
#include "print.h"
#include "ras.h"
#include "runner.h"

struct ras_job {
	struct ras_job *next;
	char *policy;
	char *command;
	char *event;
	char *json;
	size_t json_len;
	const char *severity;
	u64 timeout;
	u64 deadline;
	pid_t pid;
	bool killed;
};

static void job_free(struct ras_job *job)
{
	free(job->policy);
	free(job->command);
	free(job->event);
	free(job->json);
	free(job);
}

static struct ras_job *job_new(const struct ras_policy *policy,
			       const struct ras_event *ev)
{
	struct ras_job *job = calloc(1, sizeof(*job));
	FILE *out;

	if (!job)
		return NULL;
	job->policy = strdup(policy->name);
	job->command = strdup(policy->command);
	job->event = strdup(ev->type->full);
	job->severity = ras_severity_name(ev->severity);
	job->timeout = policy->timeout;
	out = open_memstream(&job->json, &job->json_len);
	if (out)
		ras_event_json(ev, out);
	if (!out || fclose(out) || !job->policy || !job->command ||
	    !job->event) {
		job_free(job);
		return NULL;
	}
	return job;
}

static void append(struct ras_job **list, struct ras_job *job)
{
	while (*list)
		list = &(*list)->next;
	*list = job;
}

/**
 * ras_runner_stage - make jobs of an event, one for each policy that fits
 * @runner: runner
 * @config: policies, and the length of the queue
 * @ev: event
 */
void ras_runner_stage(struct ras_runner *runner,
		      const struct ras_config *config,
		      const struct ras_event *ev)
{
	unsigned int i;

	for (i = 0; i < config->nr_policies; i++) {
		const struct ras_policy *policy = &config->policies[i];
		struct ras_filter filter = {
			.event = policy->event,
			.severities = policy->severities,
		};
		struct ras_job *job;

		if (!ras_filter_match(&filter, ev))
			continue;
		job = runner->nr_waiting < config->queue ?
			job_new(policy, ev) : NULL;
		if (!job) {
			runner->dropped++;
			continue;
		}
		append(&runner->staged, job);
		runner->nr_waiting++;
	}
}

/**
 * ras_runner_commit - the events of all staged jobs are stored: queue them
 * @runner: runner
 */
void ras_runner_commit(struct ras_runner *runner)
{
	append(&runner->queued, runner->staged);
	runner->staged = NULL;
	if (runner->dropped == runner->reported)
		return;
	ras_msg("policy queue is full: dropped %llu commands, %llu since start",
		(unsigned long long)(runner->dropped - runner->reported),
		(unsigned long long)runner->dropped);
	runner->reported = runner->dropped;
}

/**
 * ras_runner_discard - the events of all staged jobs will come again
 * @runner: runner
 */
void ras_runner_discard(struct ras_runner *runner)
{
	struct ras_job *job;

	while ((job = runner->staged)) {
		runner->staged = job->next;
		runner->nr_waiting--;
		job_free(job);
	}
	runner->dropped = runner->reported;
}

static int event_file(const struct ras_job *job)
{
	int fd = memfd_create("ras-event", MFD_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (write(fd, job->json, job->json_len) != (ssize_t)job->json_len ||
	    lseek(fd, 0, SEEK_SET)) {
		close(fd);
		return -EIO;
	}
	return fd;
}

static void __noreturn child(const struct ras_job *job, int fd)
{
	sigset_t none;

	setpgid(0, 0);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	if (dup2(fd, STDIN_FILENO) < 0)
		_exit(126);
	setenv("RAS_POLICY", job->policy, 1);
	setenv("RAS_EVENT", job->event, 1);
	setenv("RAS_SEVERITY", job->severity, 1);
	execl("/bin/sh", "sh", "-c", job->command, (char *)NULL);
	_exit(127);
}

static int start(struct ras_job *job, u64 now)
{
	int fd = event_file(job);

	if (fd < 0)
		return fd;
	job->pid = fork();
	if (!job->pid)
		child(job, fd);
	close(fd);
	if (job->pid < 0)
		return -errno;
	/* here too: the child may not have come to it when it is killed */
	setpgid(job->pid, job->pid);
	job->deadline = now + job->timeout;
	return 0;
}

/**
 * ras_runner_run - start waiting jobs as far as there is room
 * @runner: runner
 * @config: how many may run at once
 * @now: ns, of any clock that always advances
 */
void ras_runner_run(struct ras_runner *runner, const struct ras_config *config,
		    u64 now)
{
	struct ras_job *job;
	int err;

	while (runner->queued && runner->nr_running < config->children) {
		job = runner->queued;
		runner->queued = job->next;
		runner->nr_waiting--;
		job->next = NULL;
		err = start(job, now);
		if (err) {
			ras_msg("policy %s: %s %s: cannot run '%s': %s",
				job->policy, job->severity, job->event,
				job->command, strerror(-err));
			job_free(job);
			continue;
		}
		ras_msg("policy %s: %s %s: pid %d runs '%s'", job->policy,
			job->severity, job->event, job->pid, job->command);
		append(&runner->running, job);
		runner->nr_running++;
	}
}

static void report(const struct ras_job *job, int status)
{
	if (job->killed)
		ras_msg("policy %s: pid %d was killed after its timeout of %llu ms",
			job->policy, job->pid,
			(unsigned long long)job->timeout / 1000000);
	else if (WIFSIGNALED(status))
		ras_msg("policy %s: pid %d was killed by signal %d",
			job->policy, job->pid, WTERMSIG(status));
	else
		ras_msg("policy %s: pid %d exited with status %d", job->policy,
			job->pid, WEXITSTATUS(status));
}

/**
 * ras_runner_reap - bury children that ended, kill those that take too long
 * @runner: runner
 * @now: ns, as for ras_runner_run()
 */
void ras_runner_reap(struct ras_runner *runner, u64 now)
{
	struct ras_job **link = &runner->running, *job;
	int status = 0;

	while ((job = *link)) {
		if (waitpid(job->pid, &status, WNOHANG) == job->pid) {
			report(job, status);
			*link = job->next;
			runner->nr_running--;
			job_free(job);
			continue;
		}
		if (!job->killed && now >= job->deadline) {
			kill(-job->pid, SIGKILL);
			job->killed = true;
		}
		link = &job->next;
	}
}

/**
 * ras_runner_deadline - when ras_runner_reap() has something to do
 * @runner: runner
 *
 * Return: ns, or the largest number if only SIGCHLD matters.
 */
u64 ras_runner_deadline(const struct ras_runner *runner)
{
	const struct ras_job *job;
	u64 deadline = ~0ULL;

	for (job = runner->running; job; job = job->next) {
		if (!job->killed && job->deadline < deadline)
			deadline = job->deadline;
	}
	return deadline;
}

/**
 * ras_runner_stop - kill all children and forget all jobs
 * @runner: runner
 */
void ras_runner_stop(struct ras_runner *runner)
{
	struct ras_job *job;

	ras_runner_discard(runner);
	while ((job = runner->queued)) {
		ras_msg("policy %s: %s %s: not run, the daemon stops",
			job->policy, job->severity, job->event);
		runner->queued = job->next;
		runner->nr_waiting--;
		job_free(job);
	}
	while ((job = runner->running)) {
		kill(-job->pid, SIGKILL);
		waitpid(job->pid, NULL, 0);
		ras_msg("policy %s: pid %d killed, the daemon stops",
			job->policy, job->pid);
		runner->running = job->next;
		runner->nr_running--;
		job_free(job);
	}
}
