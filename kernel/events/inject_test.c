// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of injection: counters of a hardware that the test itself is,
 * and the registry of what is offered below the events.
 */
#include <kunit/test.h>
#include <linux/perf_event.h>
#include <linux/perf_inject.h>
#include <linux/ptrace.h>
#include <linux/smp.h>
#include <linux/slab.h>
#include <linux/trace_events.h>

#include "inject.h"
#include "internal.h"

#define PERIOD	1000

/* The state of the "hardware", and how often it was told what */
static struct {
	int	starts;
	int	stops;
	int	errors;
} hardware;

static int hardware_event_init(struct perf_event *event)
{
	if (event->attr.type != PERF_TYPE_HARDWARE && event->attr.type != PERF_TYPE_HW_CACHE &&
	    event->attr.type != PERF_TYPE_RAW)
		return -ENOENT;

	event->hw.config = event->attr.config;
	return 0;
}

/* As drivers do: what is left of the period is kept while the event is stopped. */
static void hardware_start(struct perf_event *event, int flags)
{
	hardware.errors += !(event->hw.state & PERF_HES_STOPPED);
	if (flags & PERF_EF_RELOAD)
		hardware.errors += !(event->hw.state & PERF_HES_UPTODATE);
	/* It must be told how far to count. */
	if (is_sampling_event(event))
		hardware.errors += local64_read(&event->hw.period_left) <= 0;
	event->hw.state = 0;
	hardware.starts++;
}

static void hardware_stop(struct perf_event *event, int flags)
{
	if (!(event->hw.state & PERF_HES_STOPPED))
		hardware.stops++;
	event->hw.state |= PERF_HES_STOPPED;
	if (flags & PERF_EF_UPDATE)
		event->hw.state |= PERF_HES_UPTODATE;
}

static int hardware_add(struct perf_event *event, int flags)
{
	event->hw.state = PERF_HES_STOPPED | PERF_HES_UPTODATE;
	if (flags & PERF_EF_START)
		hardware_start(event, PERF_EF_RELOAD);
	return 0;
}

static void hardware_del(struct perf_event *event, int flags)
{
	hardware_stop(event, PERF_EF_UPDATE);
}

static void hardware_read(struct perf_event *event)
{
}

static const struct pmu hardware_pmu = {
	.task_ctx_nr	= perf_hw_context,
	.event_init	= hardware_event_init,
	.add		= hardware_add,
	.del		= hardware_del,
	.start		= hardware_start,
	.stop		= hardware_stop,
	.read		= hardware_read,
};

/* One listener, and what it has seen */
struct listener {
	struct perf_event	*event;
	int			samples;
	u64			ip;
	u64			addr;
	u64			period;
	bool			user;
};

static void on_overflow(struct perf_event *event, struct perf_sample_data *data,
			struct pt_regs *regs)
{
	struct listener *l = event->overflow_handler_context;

	l->samples++;
	l->ip = instruction_pointer(regs);
	l->addr = data->addr;
	l->period = data->period;
	l->user = user_mode(regs);
}

static void listener_close(void *event)
{
	perf_event_release_kernel(event);
}

static void listen(struct kunit *test, struct listener *l, struct perf_event_attr *attr, int cpu)
{
	memset(l, 0, sizeof(*l));
	l->event = perf_event_create_kernel_counter(attr, cpu, NULL, on_overflow, l);
	KUNIT_ASSERT_FALSE(test, IS_ERR(l->event));
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, listener_close, l->event));
}

static u64 count_of(struct listener *l)
{
	u64 enabled, running;

	return perf_event_read_value(l->event, &enabled, &running);
}

/* perf_inject_count() on CPU 0, where all listeners are but one */
struct injection {
	struct perf_event		*event;
	struct perf_inject_record	rec;
	int				ret;
};

static void inject_on_cpu(void *info)
{
	struct injection *i = info;

	i->ret = perf_inject_count(i->event, &i->rec, task_pt_regs(current));
}

static int inject(struct listener *l, u64 period)
{
	struct injection i = {
		.event = l->event,
		.rec = {
			.period = period,
			.ip = 0x1234,
			.addr = 0x5678,
		},
	};

	return smp_call_function_single(0, inject_on_cpu, &i, 1) ?: i.ret;
}

/* Where there is hardware, its type is taken. */
static bool have_hardware(void)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_HARDWARE, .size = sizeof(attr) };
	struct perf_event *event = perf_event_create_kernel_counter(&attr, 0, NULL, NULL, NULL);

	if (IS_ERR(event))
		return PTR_ERR(event) != -ENOENT;

	perf_event_release_kernel(event);
	return true;
}

static void unregister_pmu(void *pmu)
{
	perf_pmu_unregister(pmu);
}

/* What was last made goes first: the listeners, then the PMU, then its memory. */
static int inject_init(struct kunit *test)
{
	struct pmu *pmu = kunit_kzalloc(test, sizeof(*pmu), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, pmu);
	*pmu = hardware_pmu;
	memset(&hardware, 0, sizeof(hardware));
	if (have_hardware())
		kunit_skip(test, "there is a PMU");

	KUNIT_ASSERT_EQ(test, 0, perf_pmu_register(pmu, "inject-test", PERF_TYPE_RAW));
	test->priv = pmu;

	return kunit_add_action_or_reset(test, unregister_pmu, pmu);
}

static void inject_exit(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, 0, hardware.errors);
}

struct counter_case {
	const char	*name;
	u32		type;
	u64		config;
	u32		other_type;
	u64		other_config;
};

static const struct counter_case counter_cases[] = {
	{ "cache-misses", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_MISSES,
	  PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_REFERENCES },
	{ "L1-dcache-load-misses", PERF_TYPE_HW_CACHE,
	  PERF_COUNT_HW_CACHE_L1D | PERF_COUNT_HW_CACHE_RESULT_MISS << 16,
	  PERF_TYPE_HW_CACHE, PERF_COUNT_HW_CACHE_L1D },
	{ "raw", PERF_TYPE_RAW, 0x412e, PERF_TYPE_RAW, 0x4f2e },
	{ "raw and generic", PERF_TYPE_RAW, PERF_COUNT_HW_CACHE_MISSES,
	  PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_MISSES },
};

static void counter_desc(const struct counter_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(counter, counter_cases, counter_desc);

/* All that count the same on this CPU get it, and nobody else. */
static void counter_test(struct kunit *test)
{
	const struct counter_case *c = test->param_value;
	struct perf_event_attr attr = { .type = c->type, .config = c->config,
					.size = sizeof(attr), .pinned = 1 };
	struct perf_event_attr other_attr = { .type = c->other_type, .config = c->other_config,
					      .size = sizeof(attr), .pinned = 1 };
	struct listener via, same, other, sampling;

	listen(test, &via, &attr, 0);
	listen(test, &same, &attr, 0);
	listen(test, &other, &other_attr, 0);
	attr.sample_period = PERIOD;
	attr.sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_ADDR | PERF_SAMPLE_PERIOD;
	listen(test, &sampling, &attr, 0);

	hardware.starts = 0;
	hardware.stops = 0;
	KUNIT_EXPECT_EQ(test, 0, inject(&via, PERIOD - 1));
	KUNIT_EXPECT_EQ(test, PERIOD - 1, count_of(&via));
	KUNIT_EXPECT_EQ(test, PERIOD - 1, count_of(&same));
	KUNIT_EXPECT_EQ(test, PERIOD - 1, count_of(&sampling));
	KUNIT_EXPECT_EQ(test, 0, count_of(&other));
	KUNIT_EXPECT_EQ(test, 0, sampling.samples);

	KUNIT_EXPECT_EQ(test, 0, inject(&via, 1));
	KUNIT_EXPECT_EQ(test, 1, sampling.samples);
	KUNIT_EXPECT_EQ(test, 0x1234, sampling.ip);
	KUNIT_EXPECT_EQ(test, 0x5678, sampling.addr);
	KUNIT_EXPECT_EQ(test, PERIOD, sampling.period);
	KUNIT_EXPECT_FALSE(test, sampling.user);

	/* Three periods and a half, then the other half */
	KUNIT_EXPECT_EQ(test, 0, inject(&via, 3 * PERIOD + PERIOD / 2));
	KUNIT_EXPECT_EQ(test, 4, sampling.samples);
	KUNIT_EXPECT_EQ(test, 0, inject(&via, PERIOD / 2 - 1));
	KUNIT_EXPECT_EQ(test, 4, sampling.samples);
	KUNIT_EXPECT_EQ(test, 0, inject(&via, 1));
	KUNIT_EXPECT_EQ(test, 5, sampling.samples);
	KUNIT_EXPECT_EQ(test, 5 * PERIOD, count_of(&sampling));
	KUNIT_EXPECT_EQ(test, 0, via.samples);
	KUNIT_EXPECT_EQ(test, 0, count_of(&other));

	/* Only what samples was stopped for it, and goes on. */
	KUNIT_EXPECT_EQ(test, 5, hardware.stops);
	KUNIT_EXPECT_EQ(test, 5, hardware.starts);
}

/* Far more than a tick may bring: it is throttled, and keeps its count. */
static void throttle_test(struct kunit *test)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_HARDWARE, .size = sizeof(attr),
					.config = PERF_COUNT_HW_CACHE_MISSES, .pinned = 1,
					.sample_period = 1 };
	struct listener l;
	int samples;

	listen(test, &l, &attr, 0);
	KUNIT_EXPECT_EQ(test, 0, inject(&l, 1ULL << 40));
	samples = l.samples;
	KUNIT_EXPECT_GT(test, samples, 0);
	KUNIT_EXPECT_LT(test, samples, 10 * 1000 * 1000);
	KUNIT_EXPECT_EQ(test, 1ULL << 40, count_of(&l));
}

static void refusal_test(struct kunit *test)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_HARDWARE, .size = sizeof(attr),
					.config = PERF_COUNT_HW_CACHE_MISSES, .pinned = 1 };
	struct pmu *pmu = test->priv;
	struct listener l;

	listen(test, &l, &attr, 0);
	pmu->capabilities |= PERF_PMU_CAP_ITRACE;
	KUNIT_EXPECT_EQ(test, -EOPNOTSUPP, inject(&l, 1));
	pmu->capabilities &= ~PERF_PMU_CAP_ITRACE;
	KUNIT_EXPECT_EQ(test, 0, count_of(&l));
}

/* The registry: one owner for a tracepoint and a level. */
static int taken;

static int take(const struct perf_inject_record *rec)
{
	taken++;
	return rec->fatal ? 0 : -ECANCELED;
}

static void registry_test(struct kunit *test)
{
	struct perf_inject_ops first = {
		.system = "kunit", .name = "event", .level = PERF_INJECT_DRIVER, .inject = take,
	};
	struct perf_inject_ops again = first, deeper = first;
	struct trace_event_class class = { .system = "kunit" };
	struct trace_event_call call = { .class = &class, .name = "event" };
	struct perf_inject_record rec = { .call = &call, .level = PERF_INJECT_DRIVER };

	taken = 0;
	deeper.level = PERF_INJECT_HARDWARE;
	KUNIT_EXPECT_EQ(test, -EOPNOTSUPP, perf_inject_deep(&rec));
	KUNIT_EXPECT_EQ(test, 0, perf_inject_register(&first));
	KUNIT_EXPECT_EQ(test, -EBUSY, perf_inject_register(&again));
	KUNIT_EXPECT_EQ(test, -ECANCELED, perf_inject_deep(&rec));
	rec.fatal = true;
	KUNIT_EXPECT_EQ(test, 0, perf_inject_deep(&rec));
	KUNIT_EXPECT_EQ(test, 2, taken);

	/* No level stands in for another, nor an event. */
	rec.level = PERF_INJECT_HARDWARE;
	KUNIT_EXPECT_EQ(test, -EOPNOTSUPP, perf_inject_deep(&rec));
	KUNIT_EXPECT_EQ(test, 0, perf_inject_register(&deeper));
	KUNIT_EXPECT_EQ(test, 0, perf_inject_deep(&rec));
	call.name = "event2";
	KUNIT_EXPECT_EQ(test, -EOPNOTSUPP, perf_inject_deep(&rec));
	call.name = "event";

	/* One that was not taken is not there to be withdrawn. */
	perf_inject_unregister(&again);
	KUNIT_EXPECT_EQ(test, 0, perf_inject_deep(&rec));
	perf_inject_unregister(&deeper);
	KUNIT_EXPECT_EQ(test, -EOPNOTSUPP, perf_inject_deep(&rec));
	perf_inject_unregister(&first);
	rec.level = PERF_INJECT_DRIVER;
	KUNIT_EXPECT_EQ(test, -EOPNOTSUPP, perf_inject_deep(&rec));
	KUNIT_EXPECT_EQ(test, 3 + 1, taken);
}

static struct kunit_case inject_cases[] = {
	KUNIT_CASE_PARAM(counter_test, counter_gen_params),
	KUNIT_CASE(throttle_test),
	KUNIT_CASE(refusal_test),
	KUNIT_CASE(registry_test),
	{}
};

static struct kunit_suite inject_suite = {
	.name		= "perf_inject",
	.init		= inject_init,
	.exit		= inject_exit,
	.test_cases	= inject_cases,
};

kunit_test_suite(inject_suite);

MODULE_DESCRIPTION("KUnit tests of injection into perf events");
MODULE_LICENSE("GPL");
