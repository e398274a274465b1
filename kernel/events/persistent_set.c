// SPDX-License-Identifier: GPL-2.0
/*
 * Buffer sets: a ring buffer on every CPU, for one or more persistent events.
 *
 * Hardware errors have a set of their own, "ras", so that nothing else can
 * crowd them out; what the kernel, tasks and devices do wrong have others. So
 * has every other event that does not ask to share one.
 * A CPU's buffer is allocated when an event of the set is first made there:
 * a CPU that was never online costs nothing, and a set without events neither.
 */
#define pr_fmt(fmt) "perf: persistent: " fmt

#include <linux/ctype.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/perf_event.h>
#include <linux/slab.h>

#include "internal.h"
#include "persistent.h"

LIST_HEAD(perf_persistent_sets);

/**
 * perf_persistent_name_valid - can this be the name of an event or a set?
 * @name: the name
 *
 * Names are those of files in sysfs, and words in perf's event syntax: a
 * letter, then letters, digits, "_" and "-".
 *
 * Return: true if so.
 */
bool perf_persistent_name_valid(const char *name)
{
	const char *p;

	if (!isascii(*name) || !isalpha(*name))
		return false;

	for (p = name; *p; p++)
		if (!isascii(*p) || (!isalnum(*p) && *p != '_' && *p != '-'))
			return false;

	return p - name < PERF_PERSISTENT_NAME_SIZE;
}

/* Bytes of one CPU's buffer, with the header page. */
static u64 perf_persistent_policy_bytes(const struct perf_persistent_policy *policy)
{
	return (u64)(policy->data_pages + 1) << PAGE_SHIFT;
}

static int perf_persistent_policy_check(const struct perf_persistent_policy *policy)
{
	u64 bytes = perf_persistent_policy_bytes(policy) * num_present_cpus();

	if (!is_power_of_2(policy->data_pages))
		return -EINVAL;

	/* Who wants to know what went wrong, wants a machine that still runs. */
	if (bytes > (u64)totalram_pages() << PAGE_SHIFT >> 3)
		return -ENOSPC;

	return 0;
}

/* Can a set of this policy do what is wished? */
static bool perf_persistent_policy_fits(const struct perf_persistent_policy *policy,
					const struct perf_persistent_policy *wish)
{
	if (wish->data_pages && wish->data_pages != policy->data_pages)
		return false;

	if (wish->keep != PERF_PERSISTENT_KEEP_ANY && wish->keep != policy->keep)
		return false;

	return !wish->callchain || policy->callchain;
}

/**
 * perf_persistent_set_find - look up a set
 * @name: its name
 *
 * Context: process, under perf_persistent_mutex.
 * Return: the set or NULL.
 */
struct perf_persistent_set *perf_persistent_set_find(const char *name)
{
	struct perf_persistent_set *set;

	lockdep_assert_held(&perf_persistent_mutex);
	list_for_each_entry(set, &perf_persistent_sets, list)
		if (!strcmp(kobject_name(&set->kobj), name))
			return set;

	return NULL;
}

/**
 * perf_persistent_set_make - find or make a set
 * @name: a valid name
 * @wish: what the set is to be like
 *
 * Context: process, under perf_persistent_mutex.
 * Return: the set; or an ERR_PTR(): -EINVAL if there is one that is not like
 * that, or for a number of pages that is no power of two, -ENOSPC if its
 * buffers would take more than an eighth of the memory, -ENOMEM.
 */
struct perf_persistent_set *perf_persistent_set_make(const char *name,
						     const struct perf_persistent_policy *wish)
{
	struct perf_persistent_set *set = perf_persistent_set_find(name);
	struct perf_persistent_policy policy = *wish;
	int cpu, ret;

	if (set)
		return perf_persistent_policy_fits(&set->policy, wish) ? set :
									 ERR_PTR(-EINVAL);

	policy.data_pages = policy.data_pages ?: PERF_PERSISTENT_DATA_PAGES;
	if (policy.keep == PERF_PERSISTENT_KEEP_ANY)
		policy.keep = PERF_PERSISTENT_KEEP_FIRST;
	ret = perf_persistent_policy_check(&policy);
	if (ret)
		return ERR_PTR(ret);

	set = kzalloc(sizeof(*set), GFP_KERNEL);
	if (!set)
		return ERR_PTR(-ENOMEM);

	kobject_init(&set->kobj, &perf_persistent_set_ktype);
	set->policy = policy;
	set->buffers = alloc_percpu(struct perf_persistent_buffer);
	if (!set->buffers || kobject_set_name(&set->kobj, "%s", name)) {
		kobject_put(&set->kobj);
		return ERR_PTR(-ENOMEM);
	}

	for_each_possible_cpu(cpu)
		per_cpu_ptr(set->buffers, cpu)->cpu = cpu;

	list_add_tail(&set->list, &perf_persistent_sets);
	perf_persistent_sysfs_add_set(set);

	return set;
}

/**
 * perf_persistent_set_join - a set gets an event
 * @set: the set
 *
 * Takes a reference, which is dropped with the event.
 *
 * Context: process, under perf_persistent_mutex.
 */
void perf_persistent_set_join(struct perf_persistent_set *set)
{
	lockdep_assert_held(&perf_persistent_mutex);
	kobject_get(&set->kobj);
	set->nr_events++;
}

/**
 * perf_persistent_set_leave - a set loses an event
 * @set: the set
 *
 * With its last event it disappears, its buffers with the last reader; but
 * not those of the defaults, which are not anybody's to take as a name.
 *
 * Context: process, under perf_persistent_mutex.
 */
void perf_persistent_set_leave(struct perf_persistent_set *set)
{
	lockdep_assert_held(&perf_persistent_mutex);
	if (--set->nr_events || perf_persistent_default_pages(kobject_name(&set->kobj)))
		return;

	list_del(&set->list);
	kobject_del(&set->kobj);
	kobject_put(&set->kobj);
}

/**
 * perf_persistent_sample_type - the layout of a set's records
 * @set: the set
 *
 * Return: perf_event_attr::sample_type.
 */
u64 perf_persistent_sample_type(const struct perf_persistent_set *set)
{
	return PERF_PERSISTENT_SAMPLE_TYPE |
	       (set->policy.callchain ? PERF_SAMPLE_CALLCHAIN : 0);
}

/**
 * perf_persistent_keeps_last - does a full buffer of a set overwrite?
 * @set: the set
 *
 * Return: true if so; it is written backward then.
 */
bool perf_persistent_keeps_last(const struct perf_persistent_set *set)
{
	return set->policy.keep == PERF_PERSISTENT_KEEP_LAST;
}

/**
 * perf_persistent_buffer_bytes - what one CPU's buffer takes
 * @set: the set
 *
 * Return: bytes, with the header page.
 */
size_t perf_persistent_buffer_bytes(const struct perf_persistent_set *set)
{
	return perf_persistent_policy_bytes(&set->policy);
}

/*
 * The one place where a buffer's pages come from. Without the overwrite mode
 * (RING_BUFFER_WRITABLE) new records are dropped when the buffer is full.
 */
static struct perf_buffer *perf_persistent_rb_alloc(const struct perf_persistent_policy *policy,
						    int cpu)
{
	int flags = policy->keep == PERF_PERSISTENT_KEEP_FIRST ? RING_BUFFER_WRITABLE : 0;

	return rb_alloc(policy->data_pages, 0, cpu, flags);
}

/**
 * perf_persistent_buffer_get - the buffer of a CPU, allocated if need be
 * @set: the set
 * @cpu: the CPU
 *
 * Context: process, under perf_persistent_mutex; may sleep.
 * Return: the buffer or NULL.
 */
struct perf_persistent_buffer *perf_persistent_buffer_get(struct perf_persistent_set *set,
							  int cpu)
{
	struct perf_persistent_buffer *buf = per_cpu_ptr(set->buffers, cpu);
	struct perf_buffer *rb;

	lockdep_assert_held(&perf_persistent_mutex);
	if (buf->rb)
		return buf;

	rb = perf_persistent_rb_alloc(&set->policy, cpu);
	if (!rb)
		return NULL;

	/*
	 * The kernel's own "mapping": without one, perf core takes the buffer
	 * for one that is about to be freed.
	 */
	atomic_set(&rb->mmap_count, 1);
	rb->persistent = buf;
	/* Pairs with the acquire in perf_persistent_event_init(). */
	smp_store_release(&buf->rb, rb);

	return buf;
}
