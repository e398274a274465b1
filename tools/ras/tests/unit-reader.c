// SPDX-License-Identifier: GPL-2.0
/* Unit tests: ids of samples, buffers that come and go, accounts, old databases. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <linux/kernel.h>
#include "../account.h"
#include "../pseudo.h"
#include "../ras.h"
#include "../reader.h"
#include "unit.h"

/* Of another id, as after its module was loaded again. */
static struct ras_type *other_type(const char *full, int id)
{
	struct ras_type *type;
	char text[2048], *p;
	size_t pos;

	p = strstr(unit_type()->text, "ID: 7");
	pos = snprintf(text, sizeof(text), "%.*sID: %d",
		       (int)(p - unit_type()->text), unit_type()->text, id);
	snprintf(text + pos, sizeof(text) - pos, "%s", p + 5);
	if (ras_type_parse(full, text, &type))
		abort();
	return type;
}

static void parse_unit_record(unsigned char *buf, size_t max, u64 id, u16 common,
			      struct ras_record *rec)
{
	unit_record(buf, max, 5);
	memcpy(buf + 32, &id, 8);
	memcpy(buf + 52, &common, 2);
	CHECK(!ras_record_parse((void *)buf, RAS_SAMPLE_TYPE, rec));
}

static void ids_tell_events_apart(void)
{
	struct ras_type *a = other_type("mod:a", 100);
	struct ras_type *b = other_type("mod:b", 101);
	struct ras_types types = { };
	struct ras_ids ids = { };
	struct ras_id id = { .id = 1, .config = 1, .cpu = 0, .type = a };
	struct ras_record rec;
	unsigned char buf[512];

	ras_types_add(&types, a);
	ras_types_add(&types, b);
	CHECK(!ras_ids_add(&ids, &id));
	id.id = 2;
	id.type = b;
	CHECK(!ras_ids_add(&ids, &id));

	parse_unit_record(buf, sizeof(buf), 1, 100, &rec);
	CHECK(ras_ids_type(&ids, &types, &rec) == a);
	/* recorded when that was a's: b was given its number later */
	parse_unit_record(buf, sizeof(buf), 1, 101, &rec);
	CHECK(ras_ids_type(&ids, &types, &rec) == a);
	parse_unit_record(buf, sizeof(buf), 2, 101, &rec);
	CHECK(ras_ids_type(&ids, &types, &rec) == b);

	parse_unit_record(buf, sizeof(buf), 3, 100, &rec);
	CHECK(!ras_ids_known(&ids, 3) && !ras_ids_type(&ids, &types, &rec));
	CHECK(!ras_ids_add_unknown(&ids, 3) && ras_ids_known(&ids, 3));
	CHECK(!ras_ids_type(&ids, &types, &rec));
	ras_ids_forget_unknown(&ids);
	CHECK(!ras_ids_known(&ids, 3) && ras_ids_known(&ids, 2));
	ras_ids_free(&ids);
	ras_types_free(&types);
}

/* A record is of the type that its tracepoint had when it was recorded. */
static void reloaded_modules_have_new_types(void)
{
	struct ras_type *old = other_type("mce:mce_record", 69);
	struct ras_types types = { };
	struct ras_ids ids = { };
	struct ras_id id = { .id = 1, .cpu = 0, .type = old };
	const struct ras_type *type;
	struct ras_record rec;
	unsigned char buf[512];

	ras_types_add(&types, old);
	CHECK(!ras_ids_add(&ids, &id));
	/* tracefs says 70 now */
	parse_unit_record(buf, sizeof(buf), 1, 70, &rec);
	type = ras_ids_type(&ids, &types, &rec);
	CHECK(type != old && type->id == 70);
	CHECK(!strcmp(type->full, "mce:mce_record"));
	parse_unit_record(buf, sizeof(buf), 1, 69, &rec);
	CHECK(ras_ids_type(&ids, &types, &rec) == old);
	/* nobody knows that one: but its tracepoint is known */
	parse_unit_record(buf, sizeof(buf), 1, 68, &rec);
	CHECK(ras_ids_type(&ids, &types, &rec) == type);
	CHECK(ids.ids[0].stale == 68);
	ras_ids_free(&ids);
	ras_types_free(&types);
}

static void put(const char *name, const char *text)
{
	char path[512], *slash;
	FILE *file;

	snprintf(path, sizeof(path),
		 "%s/sys/bus/event_source/devices/persistent/%s", unit_tmp,
		 name);
	for (slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0755);
		*slash = '/';
	}
	file = fopen(path, "w");
	if (!file)
		abort();
	fprintf(file, "%s\n", text);
	fclose(file);
}

static void take(const char *name)
{
	char path[512];

	snprintf(path, sizeof(path),
		 "rm -rf %s/sys/bus/event_source/devices/persistent/%s",
		 unit_tmp, name);
	if (system(path))
		abort();
}

static void put_set(const char *name, const char *keep, const char *cpus)
{
	const struct {
		const char *attr, *text;
	} files[] = {
		{ "data_pages", "1" }, { "keep", keep },
		{ "sample_type", "0x4c7" }, { "memory", "8192" },
		{ "cpus", cpus },
	};
	char path[256];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(files); i++) {
		snprintf(path, sizeof(path), "sets/%s/%s", name, files[i].attr);
		put(path, files[i].text);
	}
}

static void put_event(const char *name, const char *config, const char *set,
		      const char *count, const char *lost, const char *source)
{
	const struct {
		const char *attr, *text;
	} files[] = {
		{ "set", set }, { "state", "active" }, { "count", count },
		{ "lost", lost }, { "source", source },
	};
	char path[256];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(files); i++) {
		snprintf(path, sizeof(path), "sources/%s/%s", name,
			 files[i].attr);
		put(path, files[i].text);
	}
	snprintf(path, sizeof(path), "events/%s", name);
	put(path, config);
}

/* A reader on buffers of ours, whose descriptors are pipes. */
static struct ras_source *add_source(struct ras_reader *reader, const char *set,
				     int cpu, struct ras_ring *ring, int fd)
{
	struct ras_source *source = calloc(1, sizeof(*source));

	snprintf(source->set, sizeof(source->set), "%s", set);
	source->ring.cpu = cpu;
	source->ring.peek = !reader->consume;
	source->ring.backward = ring->backward;
	source->sample_type = RAS_SAMPLE_TYPE;
	source->fd = fd;
	ras_ring_init(&source->ring, ring->page, UNIT_PAGES);
	source->done = source->ring.pos;
	reader->sources = realloc(reader->sources,
				  (reader->nr + 1) * sizeof(source));
	reader->sources[reader->nr++] = source;
	return source;
}

static void write_number(struct ras_ring *ring, unsigned int number)
{
	unsigned char buf[512];
	size_t len = unit_record(buf, sizeof(buf), number);

	if (ring->backward)
		unit_ring_write_backward(ring, buf, len);
	else
		unit_ring_write(ring, buf, len);
}

static int read_number(struct ras_reader *reader)
{
	struct ras_source *source;
	struct ras_event ev;
	int number = -1;

	if (ras_reader_next(reader, &source, &ev) > 0) {
		number = ras_event_num(&ev, "number");
		CHECK(!strcmp(ev.set, source->set));
		ras_event_release(&ev);
	}
	return number;
}

/* unit:thing is known, whoever asks, and is not freed. */
static void begin(struct ras_reader *reader)
{
	memset(reader, 0, sizeof(*reader));
	ras_types_add(&reader->types, (struct ras_type *)unit_type());
	put("type", "10");
	put("events/.keep", "");
	put("sets/.keep", "");
}

static void end(struct ras_reader *reader)
{
	struct ras_type *unit = (struct ras_type *)unit_type(), **link;

	for (link = &reader->types.first; *link; link = &(*link)->next) {
		if (*link != unit)
			continue;
		*link = unit->next;
		break;
	}
	unit->next = NULL;
	ras_reader_close(reader);
}

static void sets_are_merged_by_time(void)
{
	struct ras_ring first, last;
	struct ras_reader reader;
	unsigned int i;

	begin(&reader);
	unit_ring_init(&first);
	unit_ring_init(&last);
	last.backward = true;
	add_source(&reader, "ras", 0, &first, -1);
	add_source(&reader, "boot", 0, &last, -1);
	for (i = 1; i < 20; i++)
		write_number(i % 3 ? &last : &first, i);
	for (i = 1; i < 20; i++)
		CHECK(read_number(&reader) == (int)i);
	CHECK(read_number(&reader) == -1);
	end(&reader);
	unit_ring_exit(&first);
	unit_ring_exit(&last);
}

/* What is unknown is shown, too. */
static void unknown_records_are_shown(void)
{
	unsigned char buf[512];
	struct ras_source *source;
	struct ras_reader reader;
	struct ras_ring ring;
	struct ras_record rec;
	struct ras_event ev;
	u16 common = 999;
	size_t len;

	begin(&reader);
	unit_ring_init(&ring);
	add_source(&reader, "ras", 0, &ring, -1);
	len = unit_record(buf, sizeof(buf), 5);
	memcpy(buf + 52, &common, 2);
	unit_ring_write(&ring, buf, len);
	CHECK(!ras_record_parse((void *)buf, RAS_SAMPLE_TYPE, &rec));
	CHECK(ras_reader_next(&reader, &source, &ev) == 1);
	CHECK(!strcmp(ev.type->full, "unknown"));
	CHECK(ras_event_value(&ev, "raw")->len == rec.raw_len);
	ras_event_release(&ev);
	CHECK(reader.ids.nr == 1 && !reader.ids.ids[0].type);
	end(&reader);
	unit_ring_exit(&ring);
}

/* poll() reports a forgotten event for ever: it is asked once. */
static void forgotten_events_hang_up(void)
{
	struct ras_ring rings[2];
	struct ras_reader reader;
	int fds[2][2];
	u64 start;
	int i;

	begin(&reader);
	reader.consume = true;
	put_set("ras", "first", "");
	for (i = 0; i < 2; i++) {
		unit_ring_init(&rings[i]);
		CHECK(!pipe(fds[i]));
	}
	add_source(&reader, "ras", 0, &rings[0], fds[0][0]);
	add_source(&reader, "gone", 0, &rings[1], fds[1][0]);
	CHECK(ras_reader_poll(&reader, -1, 0) == 0);
	close(fds[1][1]);
	write_number(&rings[1], 1);
	CHECK(ras_reader_poll(&reader, -1, 10000) == 1);
	CHECK(!reader.sources[0]->hung_up && reader.sources[1]->hung_up);
	/* it is told again, but does not keep us awake */
	start = ras_clock_now();
	CHECK(ras_reader_poll(&reader, -1, 20) == 1);
	CHECK(ras_clock_now() - start > 10 * 1000000);

	/* not before everything was read and consumed */
	CHECK(ras_reader_rescan(&reader) == 0 && reader.nr == 2);
	CHECK(read_number(&reader) == 1 && read_number(&reader) == -1);
	CHECK(ras_reader_rescan(&reader) == 0 && reader.nr == 2);
	ras_ring_consume(&reader.sources[1]->ring, reader.sources[1]->done);
	CHECK(ras_reader_rescan(&reader) == 0 && reader.nr == 1);
	CHECK(!strcmp(reader.sources[0]->set, "ras"));
	CHECK(ras_reader_poll(&reader, -1, 0) == 0);
	end(&reader);
	for (i = 0; i < 2; i++) {
		unit_ring_exit(&rings[i]);
		close(fds[i][0]);
	}
	close(fds[0][1]);
	take("sets/ras");
}

/* One who looks on has seen what is still there. */
static void looking_again_shows_only_what_is_new(void)
{
	struct ras_reader reader;
	struct ras_ring ring;

	begin(&reader);
	unit_ring_init(&ring);
	write_number(&ring, 1);
	write_number(&ring, 2);
	write_number(&ring, 3);
	add_source(&reader, "ras", 0, &ring, -1)->after = 2;
	CHECK(read_number(&reader) == 3);
	CHECK(read_number(&reader) == -1);
	end(&reader);
	unit_ring_exit(&ring);
}

static struct ras_store *open_store(const char *name, bool readonly)
{
	struct ras_store *store = NULL;
	char path[256], error[512];

	snprintf(path, sizeof(path), "%s/%s", unit_tmp, name);
	if (ras_store_open(&store, path, readonly, error, sizeof(error)))
		printf("%s\n", error);
	return store;
}

static void add_stored(struct ras_store *store, const char *set, int cpu)
{
	unsigned char buf[512];
	struct ras_record rec;
	struct ras_event ev;

	unit_record(buf, sizeof(buf), 5);
	CHECK(!ras_record_parse((void *)buf, RAS_SAMPLE_TYPE, &rec));
	CHECK(!ras_record_decode(unit_type(), &rec, &ev));
	ev.buffer_cpu = cpu;
	ev.set = set;
	snprintf(ev.boot_id, sizeof(ev.boot_id), "boot 1");
	CHECK(!ras_store_add(store, &ev));
	ras_event_release(&ev);
}

/* count = stored + unread + lost, for each CPU of each set */
static void records_are_accounted_for(void)
{
	static const char source[] = "tracepoint=unit:thing,type=0x2,config=0x7";
	struct ras_account *accounts = NULL;
	struct ras_ring rings[2];
	struct ras_reader reader;
	struct ras_store *store;
	unsigned int nr = 0;
	char error[512];

	begin(&reader);
	put_set("ras", "first", "0-1");
	put_set("two", "first", "0");
	put_event("thing", "event=0x1", "ras", "7 C0=3 C1=4", "1 C1=1", source);
	put_event("again", "event=0x2", "two", "9 C0=9", "0", source);
	put_event("twin", "event=0x3", "two", "9 C0=9", "0", source);
	put_event("clock", "event=0x4", "ras", "99 C0=99", "0",
		  "event=cpu-clock,type=0x1,config=0x0,freq=1000");
	CHECK(!ras_pmu_init(&reader.pmu, error, sizeof(error)));
	snprintf(reader.clock.boot_id, sizeof(reader.clock.boot_id), "boot 1");
	unit_ring_init(&rings[0]);
	unit_ring_init(&rings[1]);
	add_source(&reader, "ras", 0, &rings[0], -1);
	add_source(&reader, "ras", 1, &rings[1], -1);
	write_number(&rings[0], 1);
	write_number(&rings[1], 2);
	write_number(&rings[1], 3);
	store = open_store("accounts", false);
	CHECK(!ras_store_begin(store));
	add_stored(store, "ras", 0);
	add_stored(store, "ras", 0);
	add_stored(store, "two", 0);
	CHECK(!ras_store_commit(store));

	CHECK(!ras_accounts_get(&accounts, &nr, &reader, store));
	CHECK(nr == 4 && accounts[0].nr == 2);
	CHECK(accounts[0].counted && accounts[0].told && accounts[0].exact);
	CHECK(!ras_share_missing(&accounts[0].cpus[0]));
	CHECK(ras_share_missing(&accounts[0].cpus[1]) == 1);
	CHECK(accounts[0].total.count == 7 && accounts[0].total.stored == 2 &&
	      accounts[0].total.unread == 3 && accounts[0].total.lost == 1);
	CHECK(ras_share_missing(&accounts[0].total) == 1);
	/* two of the same set cannot be told apart */
	CHECK(!accounts[1].told && !accounts[1].exact && !accounts[2].told);
	/* ns are no records */
	CHECK(accounts[3].told && !accounts[3].exact);
	ras_accounts_free(accounts, nr);
	ras_store_close(store);
	end(&reader);
	unit_ring_exit(&rings[0]);
	unit_ring_exit(&rings[1]);
	take("sets");
	take("events");
	take("sources");
}

/* A database from before there were sets. */
static const char version_1[] =
	"CREATE TABLE ras_format (id INTEGER PRIMARY KEY, event TEXT NOT NULL,"
	"  text TEXT NOT NULL, UNIQUE (event, text));"
	"CREATE TABLE ras_event (id INTEGER PRIMARY KEY, event TEXT NOT NULL,"
	"  format_id INTEGER NOT NULL REFERENCES ras_format (id),"
	"  boot_id TEXT NOT NULL, time_ns INTEGER NOT NULL,"
	"  uptime_ns INTEGER NOT NULL, buffer_cpu INTEGER NOT NULL,"
	"  severity TEXT NOT NULL);"
	"CREATE TABLE ras_position (boot_id TEXT NOT NULL, cpu INTEGER NOT NULL,"
	"  len INTEGER NOT NULL, last INTEGER NOT NULL,"
	"  PRIMARY KEY (boot_id, cpu)) WITHOUT ROWID;"
	"CREATE TABLE thing (event_id INTEGER PRIMARY KEY, number INTEGER,"
	"  name TEXT, reg INTEGER);"
	"INSERT INTO ras_event VALUES (1, 'unit:thing', 1, 'boot 1', 5, 5, 0, 'info');"
	"INSERT INTO thing VALUES (1, 5, 'x', 5);"
	"INSERT INTO ras_position VALUES ('boot 1', 3, 96, 12345);"
	"PRAGMA user_version=1;";

static int see(const struct ras_event *ev, void *arg)
{
	CHECK(!strcmp(ev->set, "ras") && ras_event_num(ev, "number") == 5);
	++*(int *)arg;
	return 0;
}

static void count_cpu(int cpu, u64 count, void *arg)
{
	CHECK(cpu == 0);
	*(u64 *)arg = count;
}

static void check_old_event(struct ras_store *store)
{
	u64 count = 0;
	int nr = 0;

	CHECK(!ras_store_query(store, see, &nr) && nr == 1);
	CHECK(!ras_store_count_on(store, "boot 1", "ras", "unit:thing",
				  count_cpu, &count) && count == 1);
}

static void old_databases_are_read_and_migrated(void)
{
	struct ras_position pos;
	struct ras_store *store;
	char path[256], *sql;
	sqlite3 *db;

	snprintf(path, sizeof(path), "%s/old", unit_tmp);
	CHECK(!sqlite3_open(path, &db));
	CHECK(!sqlite3_exec(db, version_1, NULL, NULL, NULL));
	sql = sqlite3_mprintf("INSERT INTO ras_format VALUES (1, 'unit:thing', %Q)",
			      unit_type()->text);
	CHECK(!sqlite3_exec(db, sql, NULL, NULL, NULL));
	sqlite3_free(sql);
	sqlite3_close(db);

	store = open_store("old", true);
	check_old_event(store);
	ras_store_close(store);
	store = open_store("old", false);
	check_old_event(store);
	CHECK(!ras_store_position(store, "boot 1", "ras", 3, &pos));
	CHECK(pos.len == 96 && pos.last == 12345);
	CHECK(!ras_store_position(store, "boot 1", "two", 3, &pos) && !pos.len);
	CHECK(!ras_store_begin(store));
	add_stored(store, "two", 1);
	CHECK(!ras_store_commit(store));
	ras_store_close(store);
}

void unit_reader(void)
{
	RUN(ids_tell_events_apart);
	RUN(reloaded_modules_have_new_types);
	RUN(sets_are_merged_by_time);
	RUN(unknown_records_are_shown);
	RUN(forgotten_events_hang_up);
	RUN(looking_again_shows_only_what_is_new);
	RUN(records_are_accounted_for);
	RUN(old_databases_are_read_and_migrated);
}
