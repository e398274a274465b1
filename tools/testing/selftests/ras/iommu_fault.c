// SPDX-License-Identifier: GPL-2.0
/*
 * iommu_fault DEVICE read|write ADDRESS [N]: have the PCI device DEVICE, an RTL8139 that no
 * driver has, read or write memory at ADDRESS, and in N - 1 more pages behind it, for the
 * tests in shell. An IOMMU whose one fault record is in use forgets the next fault: of several
 * each must have become an event before the next is raised.
 */
#include <stdint.h>

#include "persistent.h"

/* RTL8139C+ data sheet, 6 "register descriptions". Offsets in the memory BAR, number 1. */
#define TX_STATUS0	0x10	/* a write of a size transmits */
#define TALLY_LOW	0x10	/* C+ mode: Dump Tally Counter Command Register */
#define  TALLY_DUMP		0x08
#define TALLY_HIGH	0x14
#define TX_ADDRESS0	0x20
#define COMMAND		0x37
#define  COMMAND_TX_ENABLE	0x04
#define  COMMAND_RESET		0x10
#define CPLUS_COMMAND	0xe0

/* A frame that fits into a page, and into the 64 bytes of the counters */
#define FRAME		64
#define PAGE		4096

#define PCI_COMMAND	4
#define  PCI_COMMAND_MEMORY	0x2
#define  PCI_COMMAND_MASTER	0x4

static char *registers;

static void put8(int offset, uint8_t value)
{
	__atomic_store_n((uint8_t *)(registers + offset), value, __ATOMIC_SEQ_CST);
}

static void put16(int offset, uint16_t value)
{
	__atomic_store_n((uint16_t *)(registers + offset), value, __ATOMIC_SEQ_CST);
}

static void put32(int offset, uint32_t value)
{
	__atomic_store_n((uint32_t *)(registers + offset), value, __ATOMIC_SEQ_CST);
}

static void dma_read(uint64_t address)
{
	put8(COMMAND, COMMAND_RESET);
	put8(COMMAND, COMMAND_TX_ENABLE);
	put32(TX_ADDRESS0, address);
	put32(TX_STATUS0, FRAME);
}

static void dma_write(uint64_t address)
{
	put8(COMMAND, COMMAND_RESET);
	put16(CPLUS_COMMAND, 0);
	put32(TALLY_HIGH, address >> 32);
	put32(TALLY_LOW, address | TALLY_DUMP);
}

static int open_of(const char *device, const char *file)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/%s", device, file);
	fd = open(path, O_RDWR | O_SYNC);
	if (fd < 0)
		die("%s", path);
	return fd;
}

static void attach(const char *device)
{
	int config = open_of(device, "config");
	int memory = open_of(device, "resource1");
	uint16_t command;

	if (pread(config, &command, sizeof(command), PCI_COMMAND) != sizeof(command))
		die("config");
	command |= PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER;
	if (pwrite(config, &command, sizeof(command), PCI_COMMAND) != sizeof(command))
		die("config");
	registers = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
	if (registers == MAP_FAILED)
		die("mmap");
}

static unsigned long long faults(void)
{
	static int fd = -1;
	char text[256];
	ssize_t len;

	if (fd < 0)
		fd = open(PMU_DIR "/sources/iommu_fault/count", O_RDONLY);
	len = pread(fd, text, sizeof(text) - 1, 0);
	if (len <= 0)
		die("count");
	text[len] = 0;
	return strtoull(text, NULL, 10);
}

int main(int argc, char **argv)
{
	unsigned long long n, count;
	uint64_t address;
	bool write;

	if (argc < 4 || (strcmp(argv[2], "read") && strcmp(argv[2], "write"))) {
		fprintf(stderr, "usage: iommu_fault DEVICE read|write ADDRESS [N]\n");
		return 2;
	}
	write = !strcmp(argv[2], "write");
	address = strtoull(argv[3], NULL, 0);
	n = argc > 4 ? strtoull(argv[4], NULL, 0) : 1;
	if (!write && (address + n * PAGE) >> 32) {
		fprintf(stderr, "iommu_fault: it reads below 4 GiB only\n");
		return 2;
	}

	/* Where the interrupt strikes: what comes after it comes after its handler's end. */
	if (!pin_to_cpu(0))
		die("CPU 0");

	attach(argv[1]);
	for (; n; n--, address += PAGE) {
		count = faults();
		if (write)
			dma_write(address);
		else
			dma_read(address);
		if (n > 1 && !eventually(60, faults() != count)) {
			errno = ETIMEDOUT;
			die("0x%llx", (unsigned long long)address);
		}
	}
	return 0;
}
