// SPDX-License-Identifier: GPL-2.0
/*
 * cec_stream N SEED BASE PAGES: N machine checks through mce-inject, of random pages from
 * physical address BASE on and of all kinds: most are what the collector of corrected errors
 * takes, the others differ from that in one thing each.
 */
#include "persistent.h"

/*
 * Bits of MCi_STATUS and MCi_MISC: Intel SDM Volume 3B, 15.3.2.2 and 15.3.2.4; of the error
 * codes, 15.9.2.
 */
#define CORRECTED	0x8000000000000000ULL
#define UNCORRECTED	0xa000000000000000ULL
#define ADDRV		0x0400000000000000ULL
#define MISCV		0x0800000000000000ULL
#define MISC_PAGE	0x8c	/* a physical address, to the page */

static const struct {
	unsigned long long	status;
	unsigned int		misc;
	unsigned int		weight;
} kinds[] = {
	/* what it takes: a memory controller's, a cache's, a generic cache error */
	{ CORRECTED | ADDRV | MISCV | 0x0090, MISC_PAGE, 60 },
	{ CORRECTED | ADDRV | MISCV | 0x1090, 0x86, 10 },
	{ CORRECTED | ADDRV | MISCV | 0x0134, MISC_PAGE, 10 },
	{ CORRECTED | ADDRV | MISCV | 0x000e, 0x80, 5 },
	/* uncorrected; no address; no mode; a linear address; coarser than a page; no memory */
	{ UNCORRECTED | ADDRV | MISCV | 0x0090, MISC_PAGE, 3 },
	{ CORRECTED | MISCV | 0x0090, MISC_PAGE, 3 },
	{ CORRECTED | ADDRV | 0x0090, MISC_PAGE, 3 },
	{ CORRECTED | ADDRV | MISCV | 0x0090, 0x4c, 3 },
	{ CORRECTED | ADDRV | MISCV | 0x0090, 0x8d, 2 },
	{ CORRECTED | ADDRV | MISCV | 0x0090, 0x9e, 2 },
	{ CORRECTED | ADDRV | MISCV | 0x0e0b, MISC_PAGE, 2 },
	{ CORRECTED | ADDRV | MISCV | 0x0004, MISC_PAGE, 2 },
};

#define KINDS	(sizeof(kinds) / sizeof(*kinds))

static const char * const files[] = { "flags", "cpu", "status", "misc", "addr", "bank" };

#define FILES	(sizeof(files) / sizeof(*files))

static int fd[FILES];

static void put(unsigned int file, unsigned long long value)
{
	char text[32];
	int len = file ? snprintf(text, sizeof(text), "0x%llx", value) :
			 snprintf(text, sizeof(text), "sw\n");

	if (write(fd[file], text, len) != len)
		die("%s", files[file]);
}

static unsigned int pick(void)
{
	unsigned int i, sum = 0, at;

	for (i = 0; i < KINDS; i++)
		sum += kinds[i].weight;
	at = random() % sum;
	for (i = 0; at >= kinds[i].weight; i++)
		at -= kinds[i].weight;
	return i;
}

/*
 * How many there were. What does not fit into the kernel's pool is an event, but the
 * collector is not told.
 */
static unsigned long long events(void)
{
	static const char path[] = PMU_DIR "/sources/mce_record/count";
	unsigned long long count;
	FILE *file = fopen(path, "r");

	if (!file || fscanf(file, "%llu", &count) != 1)
		die("%s", path);
	fclose(file);
	return count;
}

int main(int argc, char **argv)
{
	unsigned long long base, before = events();
	unsigned int i, kind, n, pages;
	char path[128];

	if (argc != 5)
		die("usage: cec_stream N SEED BASE PAGES");
	n = atoi(argv[1]);
	srandom(atoi(argv[2]));
	base = strtoull(argv[3], NULL, 0);
	pages = atoi(argv[4]);

	for (i = 0; i < FILES; i++) {
		snprintf(path, sizeof(path), "/sys/kernel/debug/mce-inject/%s", files[i]);
		fd[i] = open(path, O_WRONLY);
		if (fd[i] < 0)
			die("%s", path);
	}
	put(0, 0);
	put(1, 0);
	for (i = 0; i < n; i++) {
		kind = pick();
		put(2, kinds[kind].status);
		put(3, kinds[kind].misc);
		put(4, base + (random() % pages << 12) + (random() & 0xfc0));
		put(5, 4);
		while (i % 16 == 15 && events() - before <= i)
			usleep(100);
	}
	return 0;
}
