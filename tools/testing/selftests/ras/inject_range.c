// SPDX-License-Identifier: GPL-2.0
/*
 * inject_range CPU FIRST LAST [USEC]: corrected machine checks on CPU with these addresses,
 * for the tests in shell, where one ras per event would take its time. USEC between two.
 */
#include "record.h"

int main(int argc, char **argv)
{
	unsigned long long addr, last;
	struct format mce;
	int cpu, fd;

	if (argc < 4) {
		fprintf(stderr, "usage: inject_range CPU FIRST LAST [USEC]\n");
		return 2;
	}
	cpu = atoi(argv[1]);
	addr = strtoull(argv[2], NULL, 0);
	last = strtoull(argv[3], NULL, 0);
	fd = persistent_open("mce_record", cpu);
	if (fd < 0)
		die("open on CPU %d", cpu);
	format_read(&mce, "mce", "mce_record");
	for (; addr <= last; addr++) {
		struct record rec;

		record_mce(&mce, &rec, cpu, 1, STATUS_CE, addr);
		if (record_write(fd, &rec) != rec.header.size)
			die("inject on CPU %d", cpu);
		if (argc > 4)
			usleep(atoi(argv[4]));
	}
	return 0;
}
