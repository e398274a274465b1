// SPDX-License-Identifier: GPL-2.0
/*
 * Who may make rules: CAP_SYS_ADMIN is wanted of who does it and of who opened what it is done
 * with, an fd of an event or a file of sysfs.
 */
#include <sys/stat.h>

#include "../kselftest_harness.h"
#include "action.h"

#define RIGHT	"log(addr) dry-run if addr == 1"
#define CAP	PMU_DIR "/actions/soft-offline/cap"

/* What a caller has that root opened */
struct passed {
	int event;		/* EVENT */
	int own;		/* an ordinary one, with a rule */
	int add, remove, rule, cap;	/* of sysfs */
	int id, own_id;
	char remove_text[16];
};

FIXTURE(who) {
	char paranoid[16];
	char cap[16];
	struct passed p;
};

FIXTURE_VARIANT(who) {
	bool (*become)(void);
	bool may;
	int open;		/* errno of opening a file of sysfs to write; 0: of the write() */
};

FIXTURE_VARIANT_ADD(who, root) { as_root, true, 0 };
FIXTURE_VARIANT_ADD(who, sys_admin_only) { with_sys_admin_only, true, 0 };
FIXTURE_VARIANT_ADD(who, perfmon_only) { with_perfmon_only, false, 0 };
FIXTURE_VARIANT_ADD(who, root_without_caps) { as_root_without_caps, false, 0 };
FIXTURE_VARIANT_ADD(who, perfmon_user) { as_perfmon_user, false, EACCES };
FIXTURE_VARIANT_ADD(who, nobody) { as_nobody, false, EACCES };
FIXTURE_VARIANT_ADD(who, root_of_a_namespace) { as_root_of_a_namespace, false, 0 };

static int open_file(const char *file)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), PMU_DIR "/sources/" EVENT "/%s", file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		die("%s", path);
	return fd;
}

static void passed_open(struct passed *p)
{
	char file[64];

	persist_again("mce_record", EVENT);
	p->event = persistent_open(EVENT, 0);
	p->own = tracepoint_open("mce_record", 0);
	p->id = rule_add(p->event, RIGHT);
	p->own_id = rule_add(p->own, RIGHT);
	if (p->event < 0 || p->own < 0 || p->id < 0 || p->own_id < 0)
		die("rules %d, %d", p->id, p->own_id);
	p->add = open_file("add_rule");
	p->remove = open_file("remove_rule");
	snprintf(file, sizeof(file), "rule%d/rule", p->id);
	p->rule = open_file(file);
	p->cap = open(CAP, O_WRONLY | O_CLOEXEC);
	snprintf(p->remove_text, sizeof(p->remove_text), "%d", p->id);
}

FIXTURE_SETUP(who)
{
	self->paranoid[0] = '\0';
	if (!actions_usable())
		SKIP(return, "no rules here, or not root");
	if (variant->become == as_root_of_a_namespace && access("/proc/self/ns/user", F_OK))
		SKIP(return, "no user namespaces");
	forget_tests();
	ASSERT_EQ(0, read_text(PARANOID, self->paranoid, sizeof(self->paranoid)));
	/* Everybody may open events. */
	ASSERT_EQ(0, write_text(PARANOID, "-1"));
	passed_open(&self->p);
	self->cap[0] = '\0';
	if (self->p.cap >= 0)
		ASSERT_EQ(0, read_text(CAP, self->cap, sizeof(self->cap)));
}

FIXTURE_TEARDOWN(who)
{
	if (!self->paranoid[0])
		return;
	write_text(PARANOID, self->paranoid);
	close(self->p.own);
	forget_tests();
}

static int put(int fd, const char *text)
{
	return write(fd, text, strlen(text)) == (ssize_t)strlen(text) ? 0 : errno;
}

/* What of it is not refused: a bit each. */
static int not_refused(const struct passed *p)
{
	int bits = 0;

	bits |= (rule_add(p->event, "log") != -EPERM) << 0;
	bits |= (rule_change(p->event, p->id, "log") != -EPERM) << 1;
	bits |= (rule_remove(p->event, p->id) != -EPERM) << 2;
	bits |= (rule_add(p->own, "log") != -EPERM) << 3;
	bits |= (rule_remove(p->own, p->own_id) != -EPERM) << 4;
	/* Not even why something is wrong is said. */
	bits |= (rule_add(p->event, "nonsense") != -EPERM) << 5;
	return bits;
}

static int not_refused_by_sysfs(const struct passed *p)
{
	int bits = 0;

	bits |= (put(p->add, "log") != EPERM) << 0;
	bits |= (put(p->rule, "log") != EPERM) << 1;
	bits |= (put(p->remove, p->remove_text) != EPERM) << 2;
	if (p->cap >= 0)
		bits |= (put(p->cap, "1000") != EPERM) << 3;
	return bits;
}

/* The same with what it opens itself. */
static int not_refused_by_own_files(const struct passed *p, int error)
{
	char path[256];
	int bits = 0;

	rule_path(path, sizeof(path), EVENT, p->id, "rule");
	bits |= (event_file_write(EVENT, "add_rule", "log") != -error) << 0;
	bits |= (event_file_write(EVENT, "remove_rule", p->remove_text) != -error) << 1;
	bits |= (write_text(path, "log") != -error) << 2;
	if (p->cap >= 0)
		bits |= (write_text(CAP, "1000") != -error) << 3;
	return bits;
}

/* Nothing that one may not do is done: what there is, and how many. */
static bool unchanged(const struct passed *p, const char *cap)
{
	char text[16];
	int last;

	return rules_of(EVENT, &last) == 1 && last == p->id &&
	       rule_text_is(EVENT, p->id, RIGHT) &&
	       (p->cap < 0 || (!read_text(CAP, text, sizeof(text)) && !strcmp(text, cap)));
}

/* In a child. Returns 0 to 125. */
#define as_who(what) ({							\
	pid_t __pid = fork();						\
	int __status = -1;						\
									\
	if (!__pid)							\
		_exit(variant->become() ? (what) : 126);		\
	if (waitpid(__pid, &__status, 0) != __pid)			\
		die("waitpid");						\
	WIFEXITED(__status) ? WEXITSTATUS(__status) : -1;		\
})

static int all_taken(const struct passed *p, const char *cap)
{
	int id = rule_add(p->event, "log dry-run"), own = rule_add(p->own, "log dry-run");
	int bits = 0;

	bits |= (id <= 0 || rule_change(p->event, id, "log dry-run")) << 0;
	bits |= !!rule_remove(p->event, id) << 1;
	bits |= (own <= 0 || rule_remove(p->own, own)) << 2;
	bits |= !!put(p->rule, RIGHT) << 3;
	bits |= !!put(p->add, "log dry-run") << 4;
	rules_of(EVENT, &id);
	bits |= !!rule_remove_sysfs(EVENT, id) << 5;
	if (p->cap >= 0)
		bits |= !!put(p->cap, cap) << 6;
	return bits;
}

TEST_F(who, with_what_root_opened)
{
	if (variant->may) {
		EXPECT_EQ(0, as_who(all_taken(&self->p, self->cap)));
	} else {
		EXPECT_EQ(0, as_who(not_refused(&self->p)));
		EXPECT_EQ(0, as_who(not_refused_by_sysfs(&self->p)));
		EXPECT_EQ(0, as_who(not_refused_by_own_files(&self->p, variant->open ?: EPERM)));
	}
	EXPECT_TRUE(unchanged(&self->p, self->cap));
	EXPECT_EQ(0, rule_remove(self->p.own, self->p.own_id));
}

/* Become who it is, open, and hand over the fd. */
static int opened_by(bool (*become)(void), int (*open_it)(const char *event, int cpu),
		     const char *event)
{
	int sock[2], fd;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, sock))
		die("socketpair");
	pid = fork();
	if (!pid) {
		fd = become() ? open_it(event, 0) : -1;
		if (fd < 0)
			_exit(1);
		send_fd(sock[1], fd);
		_exit(0);
	}
	close(sock[1]);
	fd = receive_fd(sock[0]);
	close(sock[0]);
	waitpid(pid, NULL, 0);
	return fd;
}

/* An attr that needs no look into what only root may read. */
static struct perf_event_attr mce_attr;

static int open_mce(const char *event, int cpu)
{
	return perf_open(&mce_attr, -1, cpu, -1, 0);
}

/* In root's hands it is worth no more than in the opener's. */
TEST_F(who, with_what_it_opened)
{
	int event = opened_by(variant->become, persistent_open, EVENT), own, id;

	mce_attr = tracepoint_attr("mce_record");
	own = opened_by(variant->become, open_mce, "");
	ASSERT_LE(0, event);
	ASSERT_LE(0, own);
	if (variant->may) {
		id = rule_add(event, "log dry-run");
		EXPECT_LT(0, id);
		EXPECT_EQ(0, rule_change(event, id, "log(addr) dry-run"));
		EXPECT_EQ(0, rule_remove(event, id));
		EXPECT_LT(0, rule_add(own, "log dry-run"));
	} else {
		EXPECT_EQ(-EPERM, rule_add(event, "log"));
		EXPECT_EQ(-EPERM, rule_add(event, "nonsense"));
		EXPECT_EQ(-EPERM, rule_change(event, self->p.id, "log"));
		EXPECT_EQ(-EPERM, rule_remove(event, self->p.id));
		EXPECT_EQ(-EPERM, rule_add(own, "log"));
		EXPECT_EQ(EPERM, as_who(-rule_add(own, "log")));
		EXPECT_EQ(EPERM, as_who(-rule_add(event, "log")));
	}
	EXPECT_TRUE(unchanged(&self->p, self->cap));
	close(event);
	close(own);
}

/* What a rule does can be seen by who made it. */
TEST_F(who, modes)
{
	static const struct {
		const char *file;
		mode_t mode;
	} files[] = {
		{ "add_rule", 0200 }, { "remove_rule", 0200 }, { "rule%d/rule", 0600 },
		{ "rule%d/matched", 0400 }, { "rule%d/triggered", 0400 },
		{ "rule%d/suppressed", 0400 }, { "rule%d/dropped", 0400 },
		{ "rule%d/forgotten", 0400 }, { "../../actions/log/argument", 0444 },
		{ "../../actions/log/sleeps", 0444 },
	};
	char format[128], path[256];
	struct stat st;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(files); i++) {
		snprintf(format, sizeof(format), PMU_DIR "/sources/" EVENT "/%s", files[i].file);
		snprintf(path, sizeof(path), format, self->p.id);
		ASSERT_EQ(0, stat(path, &st)) TH_LOG("%s", path);
		EXPECT_EQ(files[i].mode, st.st_mode & 0777) TH_LOG("%s", path);
		EXPECT_EQ(0, st.st_uid);
	}
	EXPECT_EQ(-1, access(PMU_DIR "/actions/log/cap", F_OK));
	if (self->p.cap < 0)
		return;
	ASSERT_EQ(0, fstat(self->p.cap, &st));
	EXPECT_EQ(0644, st.st_mode & 0777);
	EXPECT_EQ(ERANGE, put(self->p.cap, "1001"));
	EXPECT_EQ(EINVAL, put(self->p.cap, "-1"));
	EXPECT_EQ(EINVAL, put(self->p.cap, "much"));
	EXPECT_EQ(0, put(self->p.cap, "1000"));
	EXPECT_EQ(0, put(self->p.cap, "0"));
	EXPECT_EQ(0, put(self->p.cap, self->cap));
	EXPECT_TRUE(unchanged(&self->p, self->cap));
}

TEST_HARNESS_MAIN
