// SPDX-License-Identifier: GPL-2.0
/* Open an event in one of many ways, and count what it sees. */
#include "fuzz.h"

#define LISTENER_PAGES	64

/* What write() understands; READ is the event's own read_format. */
#define LAYOUT							\
	(PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID |	\
	 PERF_SAMPLE_TIME | PERF_SAMPLE_ADDR | PERF_SAMPLE_ID |		\
	 PERF_SAMPLE_STREAM_ID | PERF_SAMPLE_CPU | PERF_SAMPLE_PERIOD |	\
	 PERF_SAMPLE_READ | PERF_SAMPLE_CALLCHAIN | PERF_SAMPLE_RAW |	\
	 PERF_SAMPLE_WEIGHT | PERF_SAMPLE_DATA_SRC |			\
	 PERF_SAMPLE_TRANSACTION | PERF_SAMPLE_PHYS_ADDR |		\
	 PERF_SAMPLE_DATA_PAGE_SIZE | PERF_SAMPLE_CODE_PAGE_SIZE)

static void choose_layout(struct perf_event_attr *attr, struct fuzz_rng *rng, bool counter)
{
	attr->sample_type = SAMPLE_TYPE;
	attr->read_format = PERF_FORMAT_LOST;
	if (fuzz_chance(rng, 70)) {
		attr->sample_type = fuzz_u64(rng) & LAYOUT;
		if (fuzz_chance(rng, 60))
			attr->sample_type &= fuzz_u64(rng);
		if (!counter || fuzz_chance(rng, 40))
			attr->sample_type |= PERF_SAMPLE_RAW;
	}
	if (fuzz_chance(rng, 50))
		attr->read_format = fuzz_below(rng, 32);
	/* Too little to say what happened, or more than can be taken */
	if (fuzz_chance(rng, 3))
		attr->sample_type &= ~PERF_SAMPLE_RAW;
	if (fuzz_chance(rng, 3))
		attr->sample_type |= PERF_SAMPLE_TRANSACTION << fuzz_below(rng, 2);
	if (fuzz_chance(rng, 6)) {
		attr->sample_type |= PERF_SAMPLE_STACK_USER;
		attr->sample_stack_user = 8;
	}
}

static void choose_counter(struct perf_event_attr *attr, struct fuzz_rng *rng)
{
	attr->exclude_user = fuzz_chance(rng, 20);
	attr->exclude_kernel = fuzz_chance(rng, 20);
	attr->sample_period = fuzz_chance(rng, 70) ? 0 : 1ull << fuzz_below(rng, 41);
	/* A throttled event does not count, so that samples have to be rare. */
	if (attr->sample_period && attr->sample_type & PERF_SAMPLE_PERIOD)
		attr->sample_period = 1ull << 60;
	/* There is none of that size in our own memory. */
	if (attr->type == PERF_TYPE_BREAKPOINT) {
		attr->bp_type = 2;
		attr->bp_addr = 0x1000;
		attr->bp_len = 8;
		attr->sample_period = 0;
	}
}

static void choose_filter(struct fuzz_target *t, struct fuzz_rng *rng, __u64 value)
{
	const struct fuzz_event *event = t->event;
	int tries, n = event->fields;
	char filter[128];

	if (!n || event->counter || event->persistent || event->refused ||
	    (event->quiet && fuzz_chance(rng, event->deep ? 75 : 50)))
		return;
	for (tries = 0, n = fuzz_below(rng, n); tries < event->fields; tries++) {
		const struct fuzz_field *f = &event->field[(n + tries) % event->fields];

		/* Not one that the filter knows by another meaning */
		if (!f->scalar || !strcasecmp(f->name, "cpu") || !strcasecmp(f->name, "comm"))
			continue;
		snprintf(filter, sizeof(filter), "%s == %llu", f->name, value);
		if (ioctl(t->fd, PERF_EVENT_IOC_SET_FILTER, filter))
			continue;
		t->key = f;
		t->value = value;
		break;
	}
}

static void listen(struct fuzz_target *t, int here)
{
	struct perf_event_attr attr = {
		.type = t->event->type,
		.config = t->event->config,
		.sample_type = SAMPLE_TYPE,
		.sample_period = 1,
		.wakeup_events = 1,
		.read_format = PERF_FORMAT_ID | PERF_FORMAT_LOST,
	};
	char filter[128];

	t->listener = perf_open(&attr, -1, t->cpu < 0 ? here : t->cpu, -1, 0);
	if (t->listener < 0)
		return;
	if (t->key) {
		snprintf(filter, sizeof(filter), "%s == %llu", t->key->name, t->value);
		if (ioctl(t->listener, PERF_EVENT_IOC_SET_FILTER, filter))
			die("filter %s on %s", filter, t->event->name);
	}
	if (ring_map_len(&t->ring, t->listener, PROT_READ | PROT_WRITE,
			 (1 + LISTENER_PAGES) * sysconf(_SC_PAGESIZE)))
		die("listen to %s", t->event->name);
	t->id = read_count(t->listener).id;
}

/*
 * On the CPU that we are on, on another one if @cpus are ours, or of a task: us, or one that
 * sleeps, so that nothing can happen to it.
 */
static int open_somewhere(struct fuzz_target *t, struct fuzz_rng *rng, int here, int cpus,
			  pid_t sleeper)
{
	t->cpu = here;
	t->asleep = false;
	if (t->event->persistent || !fuzz_chance(rng, 25)) {
		if (cpus > 1 && fuzz_chance(rng, 30))
			t->cpu = fuzz_below(rng, cpus);
		return perf_open(&t->attr, -1, t->cpu, -1, 0);
	}
	t->cpu = -1;
	t->asleep = fuzz_chance(rng, 20);
	return perf_open(&t->attr, t->asleep ? sleeper : 0, -1, -1, 0);
}

/**
 * fuzz_open - open an event at random
 * @t:	     what is opened
 * @rng:     decides how
 * @event:   the event
 * @here:    the CPU that we are bound to
 * @cpus:    how many are ours, or 1
 * @sleeper: a task that sleeps
 * @value:   tells our records from what else happens, and from those of others
 *
 * Return: false if it cannot be opened, event->closed says why.
 */
bool fuzz_open(struct fuzz_target *t, struct fuzz_rng *rng, struct fuzz_event *event,
	       int here, int cpus, pid_t sleeper, __u64 value)
{
	memset(t, 0, sizeof(*t));
	t->event = event;
	t->listener = -1;
	t->attr.type = event->type;
	t->attr.config = event->config;
	t->attr.sample_period = event->persistent ? 0 : fuzz_below(rng, 3);
	choose_layout(&t->attr, rng, event->counter);
	if (event->counter && !event->persistent)
		choose_counter(&t->attr, rng);
	else if (!event->persistent)
		t->attr.exclude_kernel = fuzz_chance(rng, 5);
	/* Some counts of persistent events can only be had with the layout of the buffer. */
	if (event->persistent && fuzz_chance(rng, 50)) {
		t->attr.sample_type = SAMPLE_TYPE;
		t->attr.sample_period = 1;
	}
	t->attr.disabled = !event->persistent && fuzz_chance(rng, 5);
	t->fd = open_somewhere(t, rng, here, cpus, sleeper);
	if (t->fd < 0 && errno == EINVAL) {
		/* Not every layout makes an event. */
		t->attr.sample_type = SAMPLE_TYPE | (t->attr.sample_type & PERF_SAMPLE_PERIOD);
		t->attr.read_format = PERF_FORMAT_LOST;
		t->attr.sample_stack_user = 0;
		t->fd = open_somewhere(t, rng, here, cpus, sleeper);
	}
	if (t->fd < 0) {
		event->closed = errno;
		return false;
	}
	event->closed = 0;
	t->counting = !t->attr.disabled && !t->asleep;
	/* A tracepoint is hit in the kernel. */
	if (!event->counter && t->attr.exclude_kernel)
		t->counting = false;
	choose_filter(t, rng, value);
	/* A task that sleeps has no listener on a CPU that could hear of it. */
	if (!event->counter && !event->persistent && !event->refused && !t->asleep &&
	    (t->key || event->quiet) && fuzz_chance(rng, 40))
		listen(t, here);
	return true;
}

/* Another event of the kind on each CPU, for what comes back from below */
void fuzz_open_everywhere(struct fuzz_target *t, int cpus)
{
	struct perf_event_attr attr = {
		.type = t->event->type,
		.config = t->event->config,
		.read_format = PERF_FORMAT_ID | PERF_FORMAT_LOST,
	};

	for (t->cpus = 0; t->cpus < cpus; t->cpus++) {
		t->everywhere[t->cpus] = perf_open(&attr, -1, t->cpus, -1, 0);
		if (t->everywhere[t->cpus] < 0)
			die("open %s on cpu %d", t->event->name, t->cpus);
	}
	t->deep = true;
}

__u64 fuzz_count_everywhere(const struct fuzz_target *t)
{
	__u64 sum = 0;
	int i;

	for (i = 0; i < t->cpus; i++)
		sum += read_count(t->everywhere[i]).value;
	return sum;
}

void fuzz_close(struct fuzz_target *t)
{
	while (t->cpus--)
		close(t->everywhere[t->cpus]);
	ring_unmap(&t->ring);
	if (t->listener >= 0)
		close(t->listener);
	close(t->fd);
}

__u64 fuzz_count(const struct fuzz_target *t)
{
	__u64 format = t->attr.read_format, value[8];
	int at = 0;

	if (read(t->fd, value, sizeof(value)) < 0)
		die("read %s", t->event->name);
	/* nr comes first, and the times before the values. */
	if (format & PERF_FORMAT_GROUP)
		at = 1 + !!(format & PERF_FORMAT_TOTAL_TIME_ENABLED) +
		     !!(format & PERF_FORMAT_TOTAL_TIME_RUNNING);
	return value[at];
}
