// SPDX-License-Identifier: GPL-2.0
/*
 * Which events tell of the same error: a story.
 *
 * For a machine check, the kernel calls its decoders one after the other in one
 * thread: the collector of corrected errors (cec_event), mce_record, memory
 * failure, EDAC (mc_event). What firmware reports, what a task runs into and
 * what the collector wants offline is handled in another thread: then only the
 * page tells what belongs together.
 *
 * There are four kinds of events, and all others are stories of their own:
 *
 *	COUNTED		cec_event, unless its severity is info
 *	REPORTED	mce_record
 *	LOCATED		mc_event, extlog_mem_event
 *	HANDLED		memory_failure_event, memory_failure_task, page_offline
 *
 * The page is pfn; addr >> 12 of a mce_record with ADDRV, unless it is from an
 * AMD memory controller, whose addresses are its own; address or pa >> 12, if
 * that is neither 0 nor -1.
 *
 * A story is open until one second after its last event, until the boot ends,
 * or until it is the coldest of RAS_STORIES_MAX and there is to be another one.
 * A thread, which is a CPU and a tid, is that of the story that its last event
 * of these kinds went to; of a story, the last RAS_STORY_THREADS count. A story
 * takes an event if it is open, if it has no event of that kind or that kind is
 * HANDLED, and moreover:
 *
 *	COUNTED		never
 *	REPORTED	on the story's thread: if it has a COUNTED one
 *	LOCATED		on the story's thread: if it has a REPORTED one
 *
 * An event goes into the first there is of these:
 *
 *	1. its thread's story, if that takes it and has the same page
 *	2. the only story that takes it and has the same page, whatever the
 *	   thread; a page_offline with soft set looks first at those whose
 *	   cec_event says "to be offlined"
 *	3. its thread's story, if that takes it, and the event or the story has
 *	   no page
 *	4. a new story
 *
 * For REPORTED, 3 is before 2: the cec_event is just before it.
 */
#include <string.h>
#include <linux/kernel.h>
#include "mca.h"
#include "ras.h"
#include "story.h"

#define PAGE_BITS	12
#define ADDRESS_BITS	52

/* MCA_IPID bits 43:32 of AMD's memory controllers, arch/x86/kernel/cpu/mce/amd.c */
#define HWID_UMC	0x96

enum story_kind { ALONE, COUNTED, REPORTED, LOCATED, HANDLED };

static const struct kind {
	const char *event;
	enum story_kind kind;
	const char *page;
	const char *address;
} kinds[] = {
	{ "ras:cec_event", COUNTED, "pfn", NULL },
	{ "mce:mce_record", REPORTED, NULL, "addr" },
	{ "ras:mc_event", LOCATED, NULL, "address" },
	{ "ras:extlog_mem_event", LOCATED, NULL, "pa" },
	{ "ras:memory_failure_event", HANDLED, "pfn", NULL },
	{ "ras:memory_failure_task", HANDLED, "pfn", NULL },
	{ "ras:page_offline", HANDLED, "pfn", NULL },
};

/* An event, as far as it matters here */
struct part {
	enum story_kind kind;
	u64 time;
	bool has_page;
	u64 page;
	bool soft;
	struct ras_thread thread;
};

static const struct kind *find_kind(const struct ras_event *ev)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (!strcmp(kinds[i].event, ev->type->full))
			return &kinds[i];
	}
	return NULL;
}

static bool has_address(const struct ras_event *ev, enum story_kind kind, u64 addr)
{
	struct ras_mca mca = {
		.vendor = ras_event_num(ev, "cpuvendor"),
		.status = ras_event_num(ev, "status"),
	};

	if (kind != REPORTED)
		return addr && addr != ~0ULL;
	if (ras_mca_amd(&mca) && (ras_event_num(ev, "ipid") >> 32 & 0xfff) == HWID_UMC)
		return false;
	return mca.status & MCI_STATUS_ADDRV;
}

/**
 * ras_story_page - the page that an event is about
 * @ev: event
 * @page: result: page frame
 *
 * Return: false if it does not say, or is not one that stories are made of.
 */
bool ras_story_page(const struct ras_event *ev, u64 *page)
{
	const struct kind *kind = find_kind(ev);
	u64 addr;

	if (!kind)
		return false;
	if (kind->page) {
		*page = ras_event_num(ev, kind->page);
		return true;
	}
	addr = ras_event_num(ev, kind->address);
	*page = (addr & ((1ULL << ADDRESS_BITS) - 1)) >> PAGE_BITS;
	return has_address(ev, kind->kind, addr);
}

static void make_part(const struct ras_event *ev, struct part *part)
{
	const struct kind *kind = find_kind(ev);

	memset(part, 0, sizeof(*part));
	if (!kind || (kind->kind == COUNTED && ev->severity == RAS_SEV_INFO))
		return;
	part->kind = kind->kind;
	part->time = ev->uptime_ns;
	part->has_page = ras_story_page(ev, &part->page);
	part->soft = ras_event_num(ev, "soft");
	part->thread.cpu = ev->buffer_cpu;
	part->thread.tid = ev->tid;
}

static void close_story(struct ras_stories *stories, unsigned int i)
{
	stories->nr_open--;
	memmove(&stories->open[i], &stories->open[i + 1],
		(stories->nr_open - i) * sizeof(*stories->open));
}

static void close_old(struct ras_stories *stories, const struct ras_event *ev)
{
	unsigned int i = 0;

	if (strcmp(stories->boot_id, ev->boot_id)) {
		stories->nr_open = 0;
		memcpy(stories->boot_id, ev->boot_id, sizeof(stories->boot_id));
	}
	while (i < stories->nr_open) {
		if (ev->uptime_ns > stories->open[i].last_ns + NSEC_PER_SEC)
			close_story(stories, i);
		else
			i++;
	}
}

static void close_coldest(struct ras_stories *stories)
{
	unsigned int i, coldest = 0;

	for (i = 1; i < stories->nr_open; i++) {
		if (stories->open[i].last_ns < stories->open[coldest].last_ns)
			coldest = i;
	}
	close_story(stories, coldest);
}

static bool has(const struct ras_story *story, enum story_kind kind)
{
	return story->kinds >> kind & 1;
}

static bool takes(const struct ras_story *story, const struct part *part)
{
	/* the other way round than in close_old(): of another CPU, read late */
	if (story->last_ns > part->time + NSEC_PER_SEC)
		return false;
	return part->kind == HANDLED || (part->kind != COUNTED && !has(story, part->kind));
}

static bool same_page(const struct ras_story *story, const struct part *part)
{
	return story->has_page && part->has_page && story->page == part->page;
}

static bool is_on(const struct ras_story *story, const struct ras_thread *thread)
{
	unsigned int i;

	for (i = 0; thread->tid >= 0 && i < story->nr_threads; i++) {
		if (story->threads[i].cpu == thread->cpu &&
		    story->threads[i].tid == thread->tid)
			return true;
	}
	return false;
}

/* The story of the part's thread, if it takes the part */
static struct ras_story *by_thread(struct ras_stories *stories, const struct part *part)
{
	static const enum story_kind before[] = {
		[REPORTED] = COUNTED,
		[LOCATED] = REPORTED,
		[HANDLED] = ALONE,
	};
	struct ras_story *story;
	unsigned int i;

	for (i = 0; i < stories->nr_open; i++) {
		story = &stories->open[i];
		if (!is_on(story, &part->thread))
			continue;
		if (!takes(story, part))
			return NULL;
		if (before[part->kind] && !has(story, before[part->kind]))
			return NULL;
		return story;
	}
	return NULL;
}

/* The only story that takes the part and has its page */
static struct ras_story *by_page(struct ras_stories *stories, const struct part *part,
				 bool offline)
{
	struct ras_story *story, *found = NULL;
	unsigned int i;

	for (i = 0; i < stories->nr_open; i++) {
		story = &stories->open[i];
		if (!takes(story, part) || !same_page(story, part) ||
		    (offline && !story->offline))
			continue;
		if (found)
			return NULL;
		found = story;
	}
	return found;
}

static struct ras_story *find_story(struct ras_stories *stories, const struct part *part)
{
	struct ras_story *own = by_thread(stories, part), *found = NULL;
	bool fits = own && (!own->has_page || !part->has_page);

	if (own && (same_page(own, part) || (fits && part->kind == REPORTED)))
		return own;
	if (part->soft)
		found = by_page(stories, part, true);
	if (!found)
		found = by_page(stories, part, false);
	return found ? found : fits ? own : NULL;
}

static struct ras_story *new_story(struct ras_stories *stories)
{
	struct ras_story *story;

	if (stories->nr_open == RAS_STORIES_MAX)
		close_coldest(stories);
	story = &stories->open[stories->nr_open++];
	memset(story, 0, sizeof(*story));
	story->number = ++stories->nr;
	return story;
}

/* A thread has one story; of many threads, the oldest is forgotten. */
static void move_thread(struct ras_stories *stories, struct ras_story *to,
			const struct ras_thread *thread)
{
	struct ras_story *story;
	unsigned int i, k;

	for (i = 0; i < stories->nr_open; i++) {
		story = &stories->open[i];
		for (k = 0; k < story->nr_threads; k++) {
			if (story->threads[k].cpu != thread->cpu ||
			    story->threads[k].tid != thread->tid)
				continue;
			story->nr_threads--;
			memmove(&story->threads[k], &story->threads[k + 1],
				(story->nr_threads - k) * sizeof(*thread));
			break;
		}
	}
	if (to->nr_threads == RAS_STORY_THREADS)
		to->nr_threads--;
	memmove(&to->threads[1], &to->threads[0], to->nr_threads * sizeof(*thread));
	to->threads[0] = *thread;
	to->nr_threads++;
}

/**
 * ras_story_add - the story that an event belongs to
 * @stories: the stories so far
 * @ev: the next event, in the order of time
 *
 * Return: its number: 1 for the first story, and so on.
 */
u64 ras_story_add(struct ras_stories *stories, const struct ras_event *ev)
{
	struct ras_story *story;
	struct part part;
	const char *action;

	close_old(stories, ev);
	make_part(ev, &part);
	if (part.kind == ALONE)
		return ++stories->nr;
	story = part.kind == COUNTED ? NULL : find_story(stories, &part);
	if (!story)
		story = new_story(stories);
	story->kinds |= 1U << part.kind;
	story->last_ns = max(story->last_ns, part.time);
	if (part.has_page && !story->has_page) {
		story->has_page = true;
		story->page = part.page;
	}
	action = ras_event_text(ev, "action");
	if (action && !strcmp(action, "to be offlined"))
		story->offline = true;
	move_thread(stories, story, &part.thread);
	return story->number;
}

/**
 * ras_stories_told - which stories are complete
 * @stories: the stories so far
 *
 * Return: a number: no more events come to stories up to that one.
 */
u64 ras_stories_told(const struct ras_stories *stories)
{
	return stories->nr_open ? stories->open[0].number - 1 : stories->nr;
}

/**
 * ras_stories_end - end stories that may go on
 * @stories: the stories so far
 * @number: those up to this one
 */
void ras_stories_end(struct ras_stories *stories, u64 number)
{
	while (stories->nr_open && stories->open[0].number <= number)
		close_story(stories, 0);
}
