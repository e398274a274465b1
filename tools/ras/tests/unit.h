/* SPDX-License-Identifier: GPL-2.0 */
/* A test says "ok NAME" or "not ok NAME" on stdout; see run.sh. */
#ifndef _RAS_UNIT_H
#define _RAS_UNIT_H

#include <stdbool.h>
#include <stdio.h>

extern bool unit_failed;

#define CHECK(cond)							\
	do {								\
		if (!(cond)) {						\
			printf("%s:%d: %s\n", __FILE__, __LINE__, #cond); \
			unit_failed = true;				\
		}							\
	} while (0)

#define RUN(test)							\
	do {								\
		unit_failed = false;					\
		test();							\
		printf("%sok unit: %s\n", unit_failed ? "not " : "", #test); \
		fflush(stdout);						\
	} while (0)

#define UNIT_PAGES	1

struct ras_ring;

void unit_ring_init(struct ras_ring *ring);
void unit_ring_exit(struct ras_ring *ring);
void unit_ring_rebase(struct ras_ring *ring);
bool unit_ring_write_backward(struct ras_ring *ring, const void *record,
			      size_t size);
bool unit_ring_write(struct ras_ring *ring, const void *record, size_t size);
const struct ras_type *unit_type(void);
size_t unit_record(unsigned char *buf, size_t max, unsigned int number);

extern const char *unit_tmp;

void unit_action(void);
void unit_daemon(void);
void unit_inject(void);
void unit_reader(void);
void unit_replay(void);
void unit_sets(void);
void unit_story(void);

#endif /* _RAS_UNIT_H */
