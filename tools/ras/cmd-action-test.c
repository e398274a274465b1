// SPDX-License-Identifier: GPL-2.0
/* ras action test: what a rule would have done to recorded events. */
#include <errno.h>
#include <string.h>
#include <linux/compiler.h>
#include <subcmd/parse-options.h>
#include "action.h"
#include "action_test.h"
#include "cmd-action.h"
#include "json.h"
#include "layout.h"
#include "print.h"
#include "ras.h"
#include "replay.h"

struct test_args {
	const char *event;
	const char *rule;
	const char *file;
	bool json;
};

static void decision_json(const struct ras_action_test *test,
			  const struct ras_replay_item *item, u64 value)
{
	struct ras_json js = { .out = stdout };
	char time[RAS_TIME_LEN];

	ras_time_format(item->clock, time);
	ras_json_open(&js, NULL, '{');
	ras_json_text(&js, "time", time);
	ras_json_u64(&js, "time_ns", item->clock);
	ras_json_u64(&js, "uptime_ns", item->uptime);
	ras_json_u64(&js, "line", item->where);
	ras_json_text(&js, "action", test->spec.action);
	ras_json_hex(&js, "value", value);
	ras_json_bool(&js, "dry_run", test->spec.dry_run);
	ras_json_u64(&js, "decision", test->decisions);
	ras_json_close(&js, '}');
	printf("\n");
}

static void decision_text(const struct ras_action_test *test,
			  const struct ras_replay_item *item, u64 value)
{
	char time[RAS_TIME_LEN];

	ras_time_format(item->clock, time);
	printf("%s [%5llu.%06llu] %llu: %s of 0x%llx%s\n", time,
	       (unsigned long long)(item->uptime / NSEC_PER_SEC),
	       (unsigned long long)(item->uptime % NSEC_PER_SEC / 1000),
	       (unsigned long long)test->decisions, test->spec.action,
	       (unsigned long long)value, test->spec.dry_run ? " (dry run)" : "");
}

static void summary_json(const struct ras_action_test *test,
			 const struct ras_replay *replay)
{
	struct ras_json js = { .out = stdout };

	ras_json_open(&js, NULL, '{');
	ras_json_text(&js, "event", test->type->full);
	ras_json_u64(&js, "events", replay->seen);
	ras_json_u64(&js, "of_event", replay->nr);
	ras_json_u64(&js, "matched", test->matched);
	ras_json_u64(&js, "decisions", test->decisions);
	ras_json_u64(&js, "forgotten", test->forgotten);
	ras_json_u64(&js, "left_out", replay->skipped);
	ras_json_close(&js, '}');
	printf("\n");
}

static const char *plural(u64 nr)
{
	return nr == 1 ? "" : "s";
}

static void summary_text(const struct ras_action_test *test,
			 const struct ras_replay *replay)
{
	printf("%llu event%s read, %zu of %s, %llu matched, ",
	       (unsigned long long)replay->seen, plural(replay->seen), replay->nr,
	       test->type->full, (unsigned long long)test->matched);
	printf("%llu decision%s, %llu value%s forgotten",
	       (unsigned long long)test->decisions, plural(test->decisions),
	       (unsigned long long)test->forgotten, plural(test->forgotten));
	if (replay->skipped)
		printf("; %llu record%s of lost or unknown events left out",
		       (unsigned long long)replay->skipped,
		       plural(replay->skipped));
	printf("\n");
}

static int try_item(struct ras_action_test *test, struct ras_replay *replay,
		    const struct ras_replay_item *item, bool json)
{
	const struct perf_event_attr *attr =
		&replay->events[item->event].inject.attr;
	const void *record = replay->records + item->pos;
	struct ras_test_event ev = {
		.cpu = item->cpu,
		/* A log of hand-made lines may have only the one. */
		.time = item->uptime ? item->uptime : item->time,
		.boot = item->boot,
	};
	struct ras_sample sample;
	u64 value;

	if (item->cpu < 0 && ras_action_test_cpu(test))
		return ras_replay_error(replay, item->where, 0,
					"the rule is about the CPU, and there is no buffer_cpu");
	if (ras_layout_parse(attr, record, &sample) || !sample.rec.raw)
		return ras_replay_error(replay, item->where, 0,
					"the event has no trace record");
	ev.raw = sample.rec.raw;
	ev.len = sample.rec.raw_len;
	if (ras_action_test_event(test, &ev, &value))
		(json ? decision_json : decision_text)(test, item, value);
	return 0;
}

static int try_file(struct ras_action_test *test, struct ras_replay *replay,
		    const struct test_args *args)
{
	int err = ras_replay_read(replay, args->file);
	size_t i;

	for (i = 0; !err && i < replay->nr; i++)
		err = try_item(test, replay, &replay->items[i], args->json);
	if (err) {
		ras_msg("%s", replay->error);
		return RAS_EXIT_FAIL;
	}
	(args->json ? summary_json : summary_text)(test, replay);
	return fflush(stdout) ? RAS_EXIT_FAIL : RAS_EXIT_OK;
}

static int init_error(const struct ras_action_test *test, const char *rule, int err)
{
	if (err == -E2BIG) {
		ras_msg("the rule is longer than a page: shorten it");
	} else if (err == -EINVAL) {
		ras_msg("no rule: %s", test->error.why);
		ras_rule_caret(rule, test->error.pos, stderr);
	} else {
		ras_msg("%s", strerror(-err));
		return RAS_EXIT_FAIL;
	}
	return RAS_EXIT_USAGE;
}

static int try_rule(struct ras_replay *replay, const struct test_args *args)
{
	struct ras_action_test test;
	const struct ras_type *type;
	char error[512];
	int err, ret;

	err = ras_inject_type(&replay->types, args->event, &type, error,
			      sizeof(error));
	if (err) {
		ras_msg("%s", error);
		return err == -ENOENT ? RAS_EXIT_USAGE : RAS_EXIT_FAIL;
	}
	replay->args.event = type->full;
	err = ras_action_test_init(&test, type, args->rule);
	ret = err ? init_error(&test, args->rule, err) :
		    try_file(&test, replay, args);
	ras_action_test_free(&test);
	return ret;
}

/**
 * cmd_action_test - what a rule would have done to recorded events
 * @argc: number of arguments
 * @argv: arguments; argv[0] is the verb
 *
 * Return: enum ras_exit.
 */
int cmd_action_test(int argc, const char **argv)
{
	struct ras_replay replay = {
		.args = { .cpu = -1, .level = -1, .look = true },
	};
	struct test_args args = { .file = "-" };
	const struct option opts[] = {
		OPT_BOOLEAN(0, "json", &args.json,
			    "one JSON object per decision, then one with the counts"),
		OPT_STRING(0, "formats", &replay.types.dir, "DIR",
			   "a copy of tracefs events/ to use instead of this kernel's"),
		OPT_END()
	};
	static const char * const usage[] = {
		"ras action test [--json] [--formats DIR] EVENT RULE [FILE]", NULL
	};
	int ret;

	argc = ras_options(argc, argv, opts, usage, NULL);
	if (argc < 2 || argc > 3) {
		ras_msg("which rule? ras action test EVENT RULE [FILE], RULE in quotes");
		return RAS_EXIT_USAGE;
	}
	args.event = argv[0];
	args.rule = argv[1];
	if (argc > 2)
		args.file = argv[2];
	ret = try_rule(&replay, &args);
	ras_replay_free(&replay);
	return ret;
}
