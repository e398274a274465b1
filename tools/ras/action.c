// SPDX-License-Identifier: GPL-2.0
/* Rules: made, changed and removed, by ioctl() on a descriptor of their event. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <linux/kernel.h>
#include "action.h"
#include "pmu.h"

#include "../../kernel/events/action_parse.h"

/* What an errno means here, and what to do */
static const struct {
	int err;
	const char *name;
	const char *why;
} reasons[] = {
	{ EPERM, "EPERM",
	  "rules need CAP_SYS_ADMIN: run as root, outside of user namespaces",
	},
	{ EACCES, "EACCES",
	  "rules need CAP_SYS_ADMIN: run as root, outside of user namespaces",
	},
	{ ENOTTY, "ENOTTY",
	  "this kernel has no rules: boot one with CONFIG_PERF_EVENTS_ACTIONS=y",
	},
	{ EOPNOTSUPP, "EOPNOTSUPP",
	  "only tracepoints have rules, and only with CONFIG_PERF_EVENTS_ACTIONS=y: `ras list` shows what events are",
	},
	{ EINVAL, "EINVAL",
	  "this kernel does not know rules as this ras asks for them: install the ras that came with the kernel",
	},
	{ E2BIG, "E2BIG",
	  "the rule is longer than a page, or this kernel is older than this ras: shorten the rule, or install the ras that came with the kernel",
	},
	{ ENOSPC, "ENOSPC",
	  "the system has as many rules as it can: `ras action list` shows them, `ras action remove N` removes one",
	},
	{ ENODEV, "ENODEV",
	  "the module of the action is being unloaded: load it again, then try again",
	},
	{ ENOMEM, "ENOMEM", "the kernel has no memory for it: try again later" },
	{ EMFILE, "EMFILE", "too many open files: raise ulimit -n" },
};

static void no_event(struct ras_rule_request *request)
{
	snprintf(request->error, sizeof(request->error),
		 "there is no persistent event '%s': `ras list` shows them, `ras persist` makes one",
		 request->event);
}

static void no_rule(struct ras_rule_request *request)
{
	snprintf(request->error, sizeof(request->error),
		 "%s has no rule %u: `ras action list` shows them",
		 request->event, request->id);
}

static void give_reason(struct ras_rule_request *request, int err)
{
	const char *verb = !request->text ? "remove" :
			   request->id ? "change" : "add";
	const char *name = NULL, *why = strerror(-err);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(reasons); i++) {
		if (reasons[i].err == -err) {
			name = reasons[i].name;
			why = reasons[i].why;
		}
	}
	snprintf(request->error, sizeof(request->error),
		 "cannot %s a rule of %s: %s%s%s", verb, request->event,
		 name ? name : "", name ? ": " : "", why);
}

/**
 * ras_rule_explain - say why the kernel did not do what was asked
 * @request: what was asked; the reason is filled in
 * @arg: its answer
 * @err: -errno
 */
void ras_rule_explain(struct ras_rule_request *request,
		      const struct perf_event_action *arg, int err)
{
	request->about_text = err == -EINVAL && request->text && *arg->error;
	request->pos = arg->error_pos;
	if (request->about_text)
		snprintf(request->error, sizeof(request->error), "no rule: %.*s",
			 (int)sizeof(arg->error), arg->error);
	else if (err == -ENOENT && request->id)
		no_rule(request);
	else if (err == -ENOENT)
		no_event(request);
	else
		give_reason(request, err);
}

/**
 * ras_rule_set - make, change or remove a rule
 * @pmu: PMU
 * @request: what is asked; the number of a new rule or the reason is filled in
 *
 * Return: 0; -ENOENT: there is no such event or rule; other -errno.
 */
int ras_rule_set(const struct ras_pmu *pmu, struct ras_rule_request *request)
{
	const struct ras_pmu_event *event = ras_pmu_find(pmu, request->event);
	struct perf_event_action arg = {
		.size = sizeof(arg),
		.id = request->id,
		.rule = (unsigned long)request->text,
	};
	struct perf_evsel *evsel = NULL;
	int err = -ENOENT;

	if (event) {
		request->event = event->name;
		evsel = ras_pmu_open_any(pmu, event, &err);
	}
	if (evsel) {
		err = ioctl(ras_evsel_fd(evsel), PERF_EVENT_IOC_SET_ACTION, &arg) ?
		      -errno : 0;
		ras_evsel_close(evsel);
	} else if (err == -ENOENT) {
		/* whatever rule was asked for */
		no_event(request);
		return err;
	}
	if (err)
		ras_rule_explain(request, &arg, err);
	else if (request->text)
		request->id = arg.id;
	return err;
}

/* Where "if" is, or the end */
static size_t find_if(const char *text, const struct perf_action_spec *spec)
{
	size_t pos = spec->filter_pos;

	if (!spec->filter)
		return strlen(text);
	while (pos && text[pos - 1] != 'f')
		pos--;
	return pos - 2;
}

/**
 * ras_rule_dry_run - the same rule, but only saying what it would do
 * @request: its text; where and what is wrong is filled in
 * @text: result, to be freed
 *
 * Return: 0; -EINVAL: the text is no rule; -ENOMEM.
 */
int ras_rule_dry_run(struct ras_rule_request *request, char **text)
{
	struct perf_action_complaint complaint;
	struct perf_action_spec spec;
	const char *from = request->text;
	size_t pos;
	int err;

	err = perf_action_parse(from, &spec, &complaint);
	if (err) {
		request->about_text = true;
		request->pos = complaint.pos;
		snprintf(request->error, sizeof(request->error), "no rule: %s",
			 complaint.why);
		return err;
	}
	pos = find_if(from, &spec);
	if (spec.dry_run)
		err = asprintf(text, "%s", from);
	else
		err = asprintf(text, "%.*s%sdry-run%s%s", (int)pos, from,
			       pos && from[pos - 1] == ' ' ? "" : " ",
			       from[pos] ? " " : "", from + pos);
	return err < 0 ? -ENOMEM : 0;
}

/**
 * ras_rule_caret - show where a rule is wrong
 * @text: the rule
 * @pos: where in it
 * @out: stream
 */
void ras_rule_caret(const char *text, unsigned int pos, FILE *out)
{
	size_t i, column = 0;

	fprintf(out, "    ");
	for (i = 0; text[i]; i++) {
		/* One column for each character, and nothing for the terminal */
		putc((unsigned char)text[i] < ' ' || text[i] == 127 ? ' ' : text[i],
		     out);
		column += i < pos && (text[i] & 0xc0) != 0x80;
	}
	fprintf(out, "\n    %*s^\n", (int)column, "");
}
