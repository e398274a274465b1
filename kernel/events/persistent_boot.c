// SPDX-License-Identifier: GPL-2.0
/*
 * Which events are persistent from the start: the defaults, and what
 * perf_persistent= on the kernel's command line says. Its grammar is described
 * in Documentation/ras/abi.rst.
 */
#define pr_fmt(fmt) "perf: persistent: " fmt

#include <linux/bitmap.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/kobject.h>
#include <linux/perf_event.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/trace_events.h>

#include "persistent.h"

/* Samples per second of what happens all the time */
#define PERF_PERSISTENT_FREQ	1000

struct perf_persistent_name {
	const char	*name;
	u32		type;
	u64		config;
	bool		freq;	/* happens all the time */
};

/* perf's names, the first of each being the preferred one */
static const struct perf_persistent_name perf_persistent_names[] = {
	{ "cpu-clock", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK, true },
	{ "task-clock", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_TASK_CLOCK, true },
	{ "page-faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS },
	{ "minor-faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS_MIN },
	{ "major-faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS_MAJ },
	{ "context-switches", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CONTEXT_SWITCHES },
	{ "cpu-migrations", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_MIGRATIONS },
	{ "alignment-faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_ALIGNMENT_FAULTS },
	{ "emulation-faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_EMULATION_FAULTS },
	{ "cgroup-switches", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CGROUP_SWITCHES },
	{ "cpu-cycles", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES, true },
	{ "cycles", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES, true },
	{ "instructions", PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS, true },
	{ "cache-references", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_REFERENCES, true },
	{ "cache-misses", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_MISSES, true },
	{ "branch-instructions", PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_INSTRUCTIONS, true },
	{ "branches", PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_INSTRUCTIONS, true },
	{ "branch-misses", PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_MISSES, true },
	{ "bus-cycles", PERF_TYPE_HARDWARE, PERF_COUNT_HW_BUS_CYCLES, true },
	{ "ref-cycles", PERF_TYPE_HARDWARE, PERF_COUNT_HW_REF_CPU_CYCLES, true },
};

static const struct perf_persistent_name *perf_persistent_name(const char *name)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(perf_persistent_names); i++)
		if (!strcmp(perf_persistent_names[i].name, name))
			return &perf_persistent_names[i];

	return NULL;
}

/**
 * perf_persistent_attr_name - what perf calls a generic event
 * @attr: its type and config
 *
 * Return: the name, or "" if it has none.
 */
const char *perf_persistent_attr_name(const struct perf_event_attr *attr)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(perf_persistent_names); i++)
		if (perf_persistent_names[i].type == attr->type &&
		    perf_persistent_names[i].config == attr->config)
			return perf_persistent_names[i].name;

	return "";
}

static const char *perf_persistent_opt_pages(struct perf_persistent_spec *spec, char *value)
{
	if (kstrtouint(value, 0, &spec->policy.data_pages) ||
	    !is_power_of_2(spec->policy.data_pages))
		return "not a power of two";

	return NULL;
}

static const char *perf_persistent_opt_keep(struct perf_persistent_spec *spec, char *value)
{
	static const char * const words[] = {
		[PERF_PERSISTENT_KEEP_FIRST]	= "first",
		[PERF_PERSISTENT_KEEP_LAST]	= "last",
	};
	int i;

	for (i = PERF_PERSISTENT_KEEP_FIRST; i <= PERF_PERSISTENT_KEEP_LAST; i++) {
		if (!strcmp(words[i], value)) {
			spec->policy.keep = i;
			return NULL;
		}
	}

	return "neither first nor last";
}

static const char *perf_persistent_opt_set(struct perf_persistent_spec *spec, char *value)
{
	spec->set = value;
	return perf_persistent_name_valid(value) ? NULL : "not a name";
}

static const char *perf_persistent_opt_name(struct perf_persistent_spec *spec, char *value)
{
	spec->name = value;
	return perf_persistent_name_valid(value) ? NULL : "not a name";
}

static const char *perf_persistent_opt_freq(struct perf_persistent_spec *spec, char *value)
{
	unsigned int freq;

	if (kstrtouint(value, 0, &freq) || !freq || freq > USEC_PER_SEC)
		return "not a number of samples per second";
	if (spec->attr.sample_period)
		return "either freq or period";

	spec->attr.freq = 1;
	spec->attr.sample_freq = freq;
	return NULL;
}

static const char *perf_persistent_opt_period(struct perf_persistent_spec *spec, char *value)
{
	u64 period;

	if (kstrtou64(value, 0, &period) || !period || period >> 63)
		return "not a number of events";
	if (spec->attr.sample_period)
		return "either freq or period";

	spec->attr.sample_period = period;
	return NULL;
}

static const char *perf_persistent_opt_until(struct perf_persistent_spec *spec, char *value)
{
	spec->until_running = true;
	return strcmp(value, "running") ? "can only be until running" : NULL;
}

static const char *perf_persistent_opt_callchain(struct perf_persistent_spec *spec,
						 char *value)
{
	spec->policy.callchain = true;
	return value ? "takes no value" : NULL;
}

static const struct perf_persistent_opt {
	const char	*key;
	bool		of_set;		/* can be said of a set */
	bool		flag;		/* takes no value */
	const char	*(*parse)(struct perf_persistent_spec *spec, char *value);
} perf_persistent_opts[] = {
	{ "pages",	.of_set = true,			.parse = perf_persistent_opt_pages },
	{ "keep",	.of_set = true,			.parse = perf_persistent_opt_keep },
	{ "callchain",	.of_set = true, .flag = true,	.parse = perf_persistent_opt_callchain },
	{ "set",					.parse = perf_persistent_opt_set },
	{ "name",					.parse = perf_persistent_opt_name },
	{ "freq",					.parse = perf_persistent_opt_freq },
	{ "period",					.parse = perf_persistent_opt_period },
	{ "until",					.parse = perf_persistent_opt_until },
};

static const struct perf_persistent_opt *perf_persistent_opt(const char *key)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(perf_persistent_opts); i++)
		if (!strcmp(perf_persistent_opts[i].key, key))
			return &perf_persistent_opts[i];

	return NULL;
}

/* Each at most once. Returns what is wrong with @word, or NULL. */
static const char *perf_persistent_parse_opt(char *word, struct perf_persistent_spec *spec,
					     unsigned long *seen)
{
	const struct perf_persistent_opt *opt;
	char *value = strchr(word, '=');

	if (value)
		*value = '\0';
	opt = perf_persistent_opt(word);
	if (value)
		*value++ = '=';

	if (!opt)
		return "no such option";
	if (!value && !opt->flag)
		return "wants a value";
	if (spec->action == PERF_PERSISTENT_SET && !opt->of_set)
		return "not an option of a set";
	if (__test_and_set_bit(opt - perf_persistent_opts, seen))
		return "given twice";

	return opt->parse(spec, value);
}

/* @word is a tracepoint, SYSTEM:EVENT. */
static bool perf_persistent_parse_tracepoint(char *word, struct perf_persistent_spec *spec)
{
	char *event = strchr(word, ':');

	if (!event || event == word || !event[1] || strchr(event + 1, ':'))
		return false;

	*event++ = '\0';
	spec->system = word;
	spec->tracepoint = event;
	return true;
}

/* EVENT "=>" RULE, @rule being what is behind the arrow. */
static const char *perf_persistent_parse_rule(char *word, char *rule,
					      struct perf_persistent_spec *spec)
{
	spec->action = PERF_PERSISTENT_RULE;
	spec->rule = rule;
	if (!perf_persistent_parse_tracepoint(word, spec))
		spec->name = word;

	return *word ? NULL : "wants an event";
}

static const char *perf_persistent_parse_remove(char *word, struct perf_persistent_spec *spec)
{
	spec->action = PERF_PERSISTENT_REMOVE;
	if (!perf_persistent_parse_tracepoint(word, spec))
		spec->name = word;

	return *word ? NULL : "wants an event";
}

/* The event or set in front of the options. */
static const char *perf_persistent_parse_subject(char *word, struct perf_persistent_spec *spec,
						 bool options)
{
	const struct perf_persistent_name *name = perf_persistent_name(word);

	spec->action = PERF_PERSISTENT_ADD;
	if (name) {
		spec->attr.type = name->type;
		spec->attr.config = name->config;
		return NULL;
	}
	if (perf_persistent_parse_tracepoint(word, spec)) {
		spec->attr.type = PERF_TYPE_TRACEPOINT;
		return perf_persistent_name(spec->system) ? "not an option" : NULL;
	}
	if (!options)
		return "neither a perf event nor SYSTEM:EVENT";
	if (!perf_persistent_name_valid(word))
		return "not a name";

	spec->action = PERF_PERSISTENT_SET;
	spec->set = word;
	return NULL;
}

/*
 * Where the options begin: behind the last colon, if there is a "=" or the
 * word of an option without one.
 */
static char *perf_persistent_split_options(char *text)
{
	char *colon = strrchr(text, ':'), *word;
	const struct perf_persistent_opt *opt;
	char end;

	if (!colon)
		return NULL;

	word = colon + 1;
	end = word[strcspn(word, ",=")];
	word[strcspn(word, ",=")] = '\0';
	opt = perf_persistent_opt(word);
	word[strlen(word)] = end;
	if (end != '=' && !(opt && opt->flag))
		return NULL;

	*colon = '\0';
	return word;
}

static void perf_persistent_default_period(struct perf_event_attr *attr)
{
	const struct perf_persistent_name *name;

	name = perf_persistent_name(perf_persistent_attr_name(attr));
	attr->freq = name && name->freq;
	attr->sample_period = attr->freq ? PERF_PERSISTENT_FREQ : 1;
}

/**
 * perf_persistent_parse - understand one perf_persistent=
 * @text:      what is behind the "="; it is changed, and @spec points into it
 * @spec:      filled in
 * @complaint: filled in if it is wrong
 *
 * Return: 0 or -EINVAL.
 */
int perf_persistent_parse(char *text, struct perf_persistent_spec *spec,
			  struct perf_persistent_complaint *complaint)
{
	char *options, *rule, *word = text;
	unsigned long seen = 0;
	const char *why;

	*spec = (struct perf_persistent_spec){};
	if (!strcmp(text, "off")) {
		spec->action = PERF_PERSISTENT_OFF;
		return 0;
	}
	if (*text == '-') {
		why = perf_persistent_parse_remove(text + 1, spec);
		goto out;
	}

	rule = strstr(text, "=>");
	if (rule) {
		*rule = '\0';
		why = perf_persistent_parse_rule(text, rule + 2, spec);
		goto out;
	}

	options = perf_persistent_split_options(text);
	why = perf_persistent_parse_subject(word, spec, options);
	while (!why && options) {
		word = strsep(&options, ",");
		why = perf_persistent_parse_opt(word, spec, &seen);
	}

	if (!why && spec->action == PERF_PERSISTENT_ADD && !spec->attr.sample_period)
		perf_persistent_default_period(&spec->attr);
out:
	complaint->word = word;
	complaint->why = why;
	return why ? -EINVAL : 0;
}

#define PERF_PERSISTENT_PARAMS	32

/*
 * What the command line says: each text, the copy that @spec points into, and
 * how it was understood. Without a copy it was not.
 */
static struct perf_persistent_param {
	const char			*text;
	char				*copy;
	struct perf_persistent_spec	spec;
} perf_persistent_params[PERF_PERSISTENT_PARAMS] __initdata;

static int perf_persistent_nr_params __initdata;
static bool perf_persistent_off __initdata;

/* The defaults that are not to be captured, by their place in the table */
static DECLARE_BITMAP(perf_persistent_defaults_off, PERF_PERSISTENT_DEFAULTS_MAX) __initdata;

/* Memory cannot be allocated yet, nor is there a tracepoint. */
static int __init perf_persistent_setup(char *text)
{
	if (perf_persistent_nr_params < PERF_PERSISTENT_PARAMS)
		perf_persistent_params[perf_persistent_nr_params].text = text;
	perf_persistent_nr_params++;

	return 1;
}
__setup("perf_persistent=", perf_persistent_setup);

static void __init perf_persistent_parse_param(struct perf_persistent_param *param)
{
	struct perf_persistent_complaint complaint;

	param->copy = kstrdup(param->text, GFP_KERNEL);
	if (!param->copy)
		return;

	if (perf_persistent_parse(param->copy, &param->spec, &complaint)) {
		pr_err("perf_persistent=%s: '%s': %s\n", param->text, complaint.word,
		       complaint.why);
		kfree(param->copy);
		param->copy = NULL;
		return;
	}

	if (param->spec.action == PERF_PERSISTENT_OFF)
		perf_persistent_off = true;
}

static void __init perf_persistent_free_params(void)
{
	int i;

	for (i = 0; i < perf_persistent_nr_params; i++)
		kfree(perf_persistent_params[i].copy);
}

/**
 * perf_persistent_boot_off - read the command line
 *
 * Context: boot, before anything else here.
 * Return: true if there are to be no persistent events at all.
 */
bool __init perf_persistent_boot_off(void)
{
	int i;

	if (perf_persistent_nr_params > PERF_PERSISTENT_PARAMS) {
		pr_err("only the first %d perf_persistent= are heeded\n",
		       PERF_PERSISTENT_PARAMS);
		perf_persistent_nr_params = PERF_PERSISTENT_PARAMS;
	}
	for (i = 0; i < perf_persistent_nr_params; i++)
		perf_persistent_parse_param(&perf_persistent_params[i]);

	if (perf_persistent_off)
		perf_persistent_free_params();

	return perf_persistent_off;
}

static void __init perf_persistent_complain(const struct perf_persistent_param *param, int ret)
{
	const char *why = ret == -EEXIST ? "there is one of that name" :
			  ret == -ENOSPC ? "would take more than an eighth of the memory" :
			  ret == -EINVAL ? "the set has another size or policy" :
			  ret == -ENOENT ? "this machine has no such event" : "failed";

	if (param->spec.action == PERF_PERSISTENT_RULE)
		why = ret == -EINVAL ? "not a rule" :
		      ret == -ENOSPC ? "there are too many rules" :
		      ret == -ENOENT ? "there is no such event" :
		      ret == -EOPNOTSUPP ? "not a tracepoint, or no rules in this kernel" :
					   "failed";

	pr_err("perf_persistent=%s: %s (%d)\n", param->text, why, ret);
}

static int __init perf_persistent_boot_set(const struct perf_persistent_spec *spec)
{
	return PTR_ERR_OR_ZERO(perf_persistent_set_make(spec->set, &spec->policy));
}

static int __init perf_persistent_boot_remove(const struct perf_persistent_spec *spec)
{
	const struct perf_persistent_default *def;

	def = perf_persistent_default_find(spec->system, spec->tracepoint ?: spec->name);
	if (!def)
		return -ENOENT;

	__set_bit(def - perf_persistent_defaults, perf_persistent_defaults_off);
	return 0;
}

static int __init perf_persistent_boot_add(const struct perf_persistent_spec *spec)
{
	struct perf_persistent_event *pe = perf_persistent_add(spec);

	if (IS_ERR(pe))
		return PTR_ERR(pe);

	if (perf_persistent_pending(pe))
		pr_info("%s:%s: pending, there is no such tracepoint yet\n",
			pe->system, pe->tracepoint);
	return 0;
}

/* By its own name or by that of its tracepoint */
static bool __init perf_persistent_boot_means(const struct perf_persistent_spec *spec,
					      const struct perf_persistent_event *pe)
{
	if (!spec->system)
		return !strcmp(kobject_name(&pe->kobj), spec->name);

	return pe->system && !strcmp(pe->system, spec->system) &&
	       !strcmp(pe->tracepoint, spec->tracepoint);
}

static int __init perf_persistent_boot_rule(const struct perf_persistent_spec *spec)
{
	struct perf_persistent_event *pe;
	unsigned long config;

	xa_for_each(&perf_persistent_events, config, pe) {
		if (!perf_persistent_boot_means(spec, pe))
			continue;

		return pe->system ? perf_action_boot(&pe->rules, spec->rule) : -EOPNOTSUPP;
	}

	return -ENOENT;
}

static void __init perf_persistent_boot_do(enum perf_persistent_action action,
					   int (*func)(const struct perf_persistent_spec *spec))
{
	struct perf_persistent_param *param;
	int i, ret;

	for (i = 0; i < perf_persistent_nr_params; i++) {
		param = &perf_persistent_params[i];
		if (!param->copy || param->spec.action != action)
			continue;

		ret = func(&param->spec);
		if (ret)
			perf_persistent_complain(param, ret);
	}
}

static bool __init perf_persistent_boot_has(const struct perf_persistent_default *def)
{
	struct trace_event_file *file;

	file = trace_get_event_file(NULL, def->system, def->tracepoint);
	if (IS_ERR(file))
		return false;

	trace_put_event_file(file);
	return true;
}

static int __init perf_persistent_boot_default(const struct perf_persistent_default *def)
{
	struct perf_persistent_spec spec = {
		.set		= def->set,
		.system		= def->system,
		.tracepoint	= def->tracepoint,
		.filter		= def->filter,
		.attr		= { .type = PERF_TYPE_TRACEPOINT, .sample_period = 1 },
	};

	/* The command line may have made the set already, of another size. */
	if (!perf_persistent_set_find(def->set))
		spec.policy.data_pages = perf_persistent_default_pages(def->set);

	return PTR_ERR_OR_ZERO(perf_persistent_add(&spec));
}

static void __init perf_persistent_boot_defaults(void)
{
	const struct perf_persistent_default *def;
	int i, ret;

	for (i = 0; i < perf_persistent_nr_defaults; i++) {
		def = &perf_persistent_defaults[i];
		if (test_bit(i, perf_persistent_defaults_off) ||
		    (!def->later && !perf_persistent_boot_has(def)))
			continue;

		ret = perf_persistent_boot_default(def);
		if (ret)
			pr_err("%s:%s is not captured (%d)\n", def->system, def->tracepoint,
			       ret);
	}
}

/**
 * perf_persistent_boot_apply - make what is captured from the start
 *
 * Context: boot, under perf_persistent_mutex; may sleep.
 */
void __init perf_persistent_boot_apply(void)
{
	struct perf_persistent_set *set;

	perf_persistent_boot_do(PERF_PERSISTENT_SET, perf_persistent_boot_set);
	perf_persistent_boot_do(PERF_PERSISTENT_REMOVE, perf_persistent_boot_remove);
	perf_persistent_boot_defaults();
	perf_persistent_boot_do(PERF_PERSISTENT_ADD, perf_persistent_boot_add);
	perf_persistent_boot_do(PERF_PERSISTENT_RULE, perf_persistent_boot_rule);

	perf_persistent_free_params();

	list_for_each_entry(set, &perf_persistent_sets, list)
		pr_info("set %s: events: %d, per CPU: %zu KiB\n", kobject_name(&set->kobj),
			set->nr_events, perf_persistent_buffer_bytes(set) / SZ_1K);
}
