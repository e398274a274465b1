// SPDX-License-Identifier: GPL-2.0
/* Names of kernel addresses, from /proc/kallsyms: those of this boot. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <api/fs/fs.h>
#include <symbol/kallsyms.h>
#include "clock.h"
#include "kernel_symbol.h"

struct symbol {
	u64 start;
	char *name;
};

static struct symbol *symbols;
static size_t nr_symbols;

static int add_symbol(void *arg, const char *name, char type, u64 start)
{
	size_t *max = arg;
	struct symbol *more;

	/* not permitted to know; neither function nor label */
	if (!start || !strchr("tTwW", type))
		return 0;
	if (nr_symbols == *max) {
		*max = *max * 2 + 4096;
		more = realloc(symbols, *max * sizeof(*symbols));
		if (!more)
			return -ENOMEM;
		symbols = more;
	}
	symbols[nr_symbols].start = start;
	/* "name\t[module]" */
	symbols[nr_symbols].name = strndup(name, strcspn(name, "\t"));
	if (!symbols[nr_symbols].name)
		return -ENOMEM;
	nr_symbols++;
	return 0;
}

static int by_start(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

static void load_symbols(void)
{
	static bool loaded;
	char path[4096];
	size_t max = 0;

	if (loaded)
		return;
	loaded = true;
	snprintf(path, sizeof(path), "%s/kallsyms", procfs__mountpoint());
	kallsyms__parse(path, &max, add_symbol);
	if (nr_symbols)
		qsort(symbols, nr_symbols, sizeof(*symbols), by_start);
}

/**
 * ras_kernel_symbol - name a kernel address
 * @ip: address
 * @boot_id: boot that it is from: in another one everything was elsewhere
 * @buf: result: "function+0x12"
 * @len: size of @buf
 *
 * Return: 0, or -ENOENT if nothing is known of it.
 */
int ras_kernel_symbol(u64 ip, const char *boot_id, char *buf, size_t len)
{
	size_t low = 0, high, mid;
	char id[RAS_BOOT_ID_LEN + 1];

	if (ras_clock_boot_id(id) || strcmp(id, boot_id))
		return -ENOENT;
	load_symbols();
	/* the last one that does not begin behind @ip */
	high = nr_symbols;
	while (low < high) {
		mid = (low + high) / 2;
		if (symbols[mid].start <= ip)
			low = mid + 1;
		else
			high = mid;
	}
	if (!low)
		return -ENOENT;
	snprintf(buf, len, "%s+0x%llx", symbols[low - 1].name,
		 (unsigned long long)(ip - symbols[low - 1].start));
	return 0;
}
