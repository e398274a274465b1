// SPDX-License-Identifier: GPL-2.0
/* Unit tests of the daemon: exactly once, whatever ends it; policies. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>
#include "../daemon.h"
#include "../ras.h"
#include "unit.h"

#define NR_RINGS	2

static char path[256];

/* A daemon on the given buffers, as if it had just been started. */
static void daemon_start(struct ras_daemon *daemon, struct ras_ring *rings)
{
	static struct ras_source *sources[NR_RINGS];
	struct ras_type *type = (struct ras_type *)unit_type();
	char error[512];
	int i;

	memset(daemon, 0, sizeof(*daemon));
	CHECK(!ras_config_default(&daemon->config));
	if (ras_store_open(&daemon->store, path, false, error, sizeof(error))) {
		printf("%s\n", error);
		exit(1);
	}
	snprintf(daemon->reader.clock.boot_id, RAS_BOOT_ID_LEN + 1, "boot 1");
	daemon->reader.types.first = type;
	daemon->reader.sources = sources;
	daemon->reader.nr = NR_RINGS;
	for (i = 0; i < NR_RINGS; i++) {
		sources[i] = calloc(1, sizeof(**sources));
		sources[i]->ring.cpu = i;
		sources[i]->sample_type = RAS_SAMPLE_TYPE;
		snprintf(sources[i]->set, sizeof(sources[i]->set), "ras");
		snprintf(sources[i]->label, sizeof(sources[i]->label), "CPU %d",
			 i);
		unit_ring_rebase(&rings[i]);
		ras_ring_init(&sources[i]->ring, rings[i].page, UNIT_PAGES);
		sources[i]->done = sources[i]->ring.pos;
	}
	CHECK(!ras_daemon_resume(daemon));
}

static void daemon_end(struct ras_daemon *daemon)
{
	int i;

	for (i = 0; i < NR_RINGS; i++) {
		ras_ring_exit(&daemon->reader.sources[i]->ring);
		free(daemon->reader.sources[i]);
	}
	ras_ids_free(&daemon->reader.ids);
	ras_runner_stop(&daemon->runner);
	ras_store_close(daemon->store);
	ras_config_free(&daemon->config);
}

struct seen {
	unsigned int next;
	unsigned int wrong;
};

static int see(const struct ras_event *ev, void *arg)
{
	struct seen *seen = arg;
	u64 number = ras_event_num(ev, "number");
	const struct ras_value *name = ras_event_value(ev, "name");

	if (number != seen->next++ || ev->uptime_ns != number ||
	    ev->buffer_cpu != (int)number % NR_RINGS ||
	    ras_event_num(ev, "reg") != 0xffff000000000000ULL + number ||
	    strcmp(ev->type->full, "unit:thing") ||
	    name->len > 8 || memcmp(name->data, "a \"name\"", name->len))
		seen->wrong++;
	return 0;
}

/* Are the events 0 to nr - 1 in the database, each once? */
static void check_stored(unsigned int nr)
{
	struct seen seen = { };
	struct ras_store *store;
	char error[512];

	CHECK(!ras_store_open(&store, path, true, error, sizeof(error)));
	CHECK(!ras_store_query(store, see, &seen));
	CHECK(seen.next == nr);
	CHECK(!seen.wrong);
	ras_store_close(store);
}

static bool write_number(struct ras_ring *rings, unsigned int number)
{
	unsigned char buf[512];
	size_t len = unit_record(buf, sizeof(buf), number);

	return unit_ring_write(&rings[number % NR_RINGS], buf, len);
}

static unsigned int unit_length(unsigned int number)
{
	unsigned char buf[512];

	return unit_record(buf, sizeof(buf), number);
}

static void begin(const char *name, struct ras_ring *rings)
{
	int i;

	snprintf(path, sizeof(path), "%s/%s.db", unit_tmp, name);
	for (i = 0; i < NR_RINGS; i++)
		unit_ring_init(&rings[i]);
}

static void end(struct ras_ring *rings)
{
	int i;

	for (i = 0; i < NR_RINGS; i++)
		unit_ring_exit(&rings[i]);
}

static void stored_and_consumed(void)
{
	struct ras_ring rings[NR_RINGS];
	struct ras_daemon daemon;
	unsigned int nr = 0;
	int round, i;

	begin("stored", rings);
	daemon_start(&daemon, rings);
	for (round = 0; round < 5; round++) {
		while (write_number(rings, nr))
			nr++;
		CHECK(ras_daemon_transfer(&daemon) > 0);
		for (i = 0; i < NR_RINGS; i++)
			CHECK(rings[i].page->data_tail ==
			      rings[i].page->data_head);
	}
	CHECK(ras_daemon_transfer(&daemon) == 0);
	daemon_end(&daemon);
	check_stored(nr);
	end(rings);
}

/* SIGKILL after the commit: data_tail was not moved. */
static void killed_after_commit(void)
{
	struct ras_ring rings[NR_RINGS];
	struct ras_daemon daemon;
	u64 tails[NR_RINGS];
	unsigned int nr;
	int i;

	begin("after", rings);
	daemon_start(&daemon, rings);
	for (nr = 0; nr < 10; nr++)
		write_number(rings, nr);
	for (i = 0; i < NR_RINGS; i++)
		tails[i] = rings[i].page->data_tail;
	CHECK(ras_daemon_transfer(&daemon) == 10);
	daemon_end(&daemon);
	for (i = 0; i < NR_RINGS; i++)
		rings[i].page->data_tail = tails[i];

	for (; nr < 20; nr++)
		write_number(rings, nr);
	daemon_start(&daemon, rings);
	CHECK(ras_daemon_transfer(&daemon) == 10);
	daemon_end(&daemon);
	check_stored(20);
	end(rings);
}

/* A commit that fails leaves everything in the buffers. */
static void failed_commit(void)
{
	struct ras_ring rings[NR_RINGS];
	struct ras_daemon daemon;
	struct ras_store *other;
	char error[512];
	unsigned int nr;

	begin("failed", rings);
	daemon_start(&daemon, rings);
	for (nr = 0; nr < 10; nr++)
		write_number(rings, nr);
	CHECK(!ras_store_open(&other, path, false, error, sizeof(error)));
	CHECK(!ras_store_begin(other));
	CHECK(ras_daemon_transfer(&daemon) < 0);
	CHECK(daemon.failing);
	CHECK(!rings[0].page->data_tail && !rings[1].page->data_tail);
	ras_store_rollback(other);
	ras_store_close(other);
	CHECK(ras_daemon_transfer(&daemon) == 10);
	CHECK(!daemon.failing);
	daemon_end(&daemon);
	check_stored(10);
	end(rings);
}

/* What was stored and consumed must not hide what comes later. */
static void restarted_often(void)
{
	struct ras_ring rings[NR_RINGS];
	struct ras_daemon daemon;
	unsigned int nr = 0, round, i;

	begin("often", rings);
	for (round = 0; round < 20; round++) {
		for (i = 0; i < round; i++)
			write_number(rings, nr++);
		daemon_start(&daemon, rings);
		CHECK(ras_daemon_transfer(&daemon) == (int)round);
		daemon_end(&daemon);
	}
	check_stored(nr);
	end(rings);
}

/* Somebody else consumed a part of what was stored already. */
static void partly_consumed(void)
{
	struct ras_ring rings[NR_RINGS];
	struct ras_daemon daemon;
	unsigned int nr;

	begin("partly", rings);
	daemon_start(&daemon, rings);
	for (nr = 0; nr < 10; nr++)
		write_number(rings, nr);
	CHECK(ras_daemon_transfer(&daemon) == 10);
	daemon_end(&daemon);
	rings[0].page->data_tail = 0;
	rings[1].page->data_tail = unit_length(1);

	for (; nr < 20; nr++)
		write_number(rings, nr);
	daemon_start(&daemon, rings);
	CHECK(ras_daemon_transfer(&daemon) == 10);
	daemon_end(&daemon);
	check_stored(20);
	end(rings);
}

/* The same buffers, with another boot's or no note about them. */
static void stale_note(void)
{
	struct ras_position pos = { .len = 1 << 20, .last = 5 };
	struct ras_ring rings[NR_RINGS];
	struct ras_daemon daemon;
	unsigned int nr;

	begin("stale", rings);
	for (nr = 0; nr < 10; nr++)
		write_number(rings, nr);
	daemon_start(&daemon, rings);
	CHECK(!ras_store_begin(daemon.store));
	CHECK(!ras_store_set_position(daemon.store, "another boot", "ras", 0,
				      &pos));
	CHECK(!ras_store_set_position(daemon.store,
				      daemon.reader.clock.boot_id, "ras", 1,
				      &pos));
	CHECK(!ras_store_commit(daemon.store));
	daemon_end(&daemon);

	daemon_start(&daemon, rings);
	CHECK(ras_daemon_transfer(&daemon) == 10);
	daemon_end(&daemon);
	check_stored(10);
	end(rings);
}

static struct ras_policy policy = { .name = (char *)"test" };

static void stage(struct ras_runner *runner, struct ras_config *config,
		  const char *command)
{
	struct ras_value values[3] = { { .num = 5 }, { .data = "" }, { } };
	struct ras_event ev = {
		.type = unit_type(), .severity = RAS_SEV_FATAL,
		.values = values,
	};

	policy.command = (char *)command;
	policy.timeout = 1000;
	config->policies = &policy;
	config->nr_policies = 1;
	ras_runner_stage(runner, config, &ev);
}

static unsigned int reap_all(struct ras_runner *runner, u64 now)
{
	int i;

	for (i = 0; i < 500 && runner->nr_running; i++) {
		ras_runner_reap(runner, now);
		usleep(10000);
	}
	return runner->nr_running;
}

static void policies_get_the_event(void)
{
	struct ras_config config = { .children = 1, .queue = 10 };
	struct ras_runner runner = { };
	char command[512], line[1024] = "";
	FILE *file;

	snprintf(command, sizeof(command),
		 "cat >%s/out; echo $RAS_POLICY $RAS_EVENT $RAS_SEVERITY >>%s/out",
		 unit_tmp, unit_tmp);
	stage(&runner, &config, command);
	ras_runner_run(&runner, &config, 0);
	CHECK(!runner.nr_running);	/* not before the commit */
	ras_runner_commit(&runner);
	ras_runner_run(&runner, &config, 0);
	CHECK(runner.nr_running == 1);
	CHECK(!reap_all(&runner, 1));

	snprintf(command, sizeof(command), "%s/out", unit_tmp);
	file = fopen(command, "r");
	CHECK(file && fgets(line, sizeof(line), file));
	CHECK(strstr(line, "{\"event\":\"unit:thing\",") == line);
	CHECK(strstr(line, "\"number\":5,"));
	CHECK(file && fgets(line, sizeof(line), file));
	CHECK(!strcmp(line, "test unit:thing fatal\n"));
	if (file)
		fclose(file);
}

static void policies_are_capped_and_timed_out(void)
{
	struct ras_config config = { .children = 2, .queue = 4 };
	struct ras_runner runner = { };
	int i;

	for (i = 0; i < 6; i++)
		stage(&runner, &config, "sleep 100 & sleep 100");
	CHECK(runner.nr_waiting == 4);
	CHECK(runner.dropped == 2);
	ras_runner_commit(&runner);
	ras_runner_run(&runner, &config, 0);
	CHECK(runner.nr_running == 2 && runner.nr_waiting == 2);
	CHECK(ras_runner_deadline(&runner) == 1000);
	ras_runner_reap(&runner, 999);
	CHECK(runner.nr_running == 2);
	CHECK(!reap_all(&runner, 1000));
	ras_runner_run(&runner, &config, 2000);
	CHECK(runner.nr_running == 2 && !runner.nr_waiting);
	ras_runner_stop(&runner);
	CHECK(!runner.nr_running);

	/* an event that comes again is staged again */
	stage(&runner, &config, "true");
	ras_runner_discard(&runner);
	ras_runner_commit(&runner);
	ras_runner_run(&runner, &config, 0);
	CHECK(!runner.nr_running && !runner.nr_waiting);
}

void unit_daemon(void)
{
	RUN(stored_and_consumed);
	RUN(killed_after_commit);
	RUN(failed_commit);
	RUN(restarted_often);
	RUN(partly_consumed);
	RUN(stale_note);
	RUN(policies_get_the_event);
	RUN(policies_are_capped_and_timed_out);
}
