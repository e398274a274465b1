// SPDX-License-Identifier: GPL-2.0
/*
 * The guest's platform firmware, as far as APEI sees it (FIRMWARE=ghes):
 *
 *	firmware DIR BASE [KIND [WHERE]]... [bert [KIND [WHERE]]...]
 *
 * writes DIR/hest.bin, DIR/einj.bin and DIR/bert.bin, the bodies of three ACPI tables, and
 * DIR/ram.bin, which goes to BASE, in RAM that the guest leaves alone. There is one Generic
 * Hardware Error Source for each kind of error, polled, whose status block is a page of that
 * RAM with a CPER record that is complete but for block_status: GHES overlooks it. The KINDs
 * of the command line have theirs set, at WHERE (a physical address, or what EINJ calls a
 * PCIe SBDF): errors that await the kernel when it boots.
 *
 * What follows "bert" killed the boot before: each error has a status block in the region
 * of the boot errors, one behind the other. The KINDs of bert_kinds exist only there;
 * WHERE is for unknown-sized the length of its section.
 *
 * EINJ has no processor behind it, only the instructions that the kernel itself executes.
 * They suffice:
 * - The type of an error is one bit. EXECUTE_OPERATION copies it, shifted, into the
 *   register that says where the trigger table is: each kind has its own.
 * - A trigger table copies the address that was asked for from the structure of
 *   SET_ERROR_TYPE_WITH_ADDRESS to where the record has it, and writes block_status.
 *   For PCIe it takes segment, bus, device and function apart by the bits.
 * - One address, EINJ_REFUSED, the hardware refuses: EXECUTE_OPERATION compares, and the
 *   result, 1 or 0, is the command's status, failure or success.
 *
 * ACPI 6.5 is the Advanced Configuration and Power Interface Specification; UEFI 2.10
 * the Unified Extensible Firmware Interface Specification, whose appendix N has CPER.
 */
#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/types.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/* None of the structures has padding. */
#pragma pack(push, 1)

/* ACPI 6.5, 5.2.3.2: Generic Address Structure */
struct gas {
	__u8	space_id;
	__u8	bit_width;
	__u8	bit_offset;
	__u8	access_width;
	__u64	address;
};

/* ACPI 6.5, 18.3.2.9: Hardware Error Notification Structure */
struct hest_notify {
	__u8	type;
	__u8	length;
	__u16	config_write_enable;
	__u32	poll_interval;		/* ms */
	__u32	vector;
	__u32	polling_threshold_value;
	__u32	polling_threshold_window;
	__u32	error_threshold_value;
	__u32	error_threshold_window;
};

#define HEST_NOTIFY_POLLED	0

/* ACPI 6.5, 18.3.2.7: Generic Hardware Error Source Structure */
struct hest_ghes {
	__u16	type;
	__u16	source_id;
	__u16	related_source_id;
	__u8	flags;
	__u8	enabled;
	__u32	records_to_preallocate;
	__u32	max_sections_per_record;
	__u32	max_raw_data_length;
	struct gas error_status_address;
	struct hest_notify notify;
	__u32	error_status_block_length;
};

#define HEST_TYPE_GHES		9
#define HEST_NO_RELATION	0xffff

/* ACPI 6.5, 18.3.2.7.1: Generic Error Data, table 18.11: Generic Error Status Block */
struct status_block {
	__u32	block_status;
	__u32	raw_data_offset;
	__u32	raw_data_length;
	__u32	data_length;
	__u32	error_severity;
};

#define BLOCK_UNCORRECTABLE	0x01
#define BLOCK_CORRECTABLE	0x02
#define BLOCK_ENTRIES(n)	((n) << 4)

/* ACPI 6.5, table 18.12: Generic Error Data Entry, of revision 0x300 */
struct data_entry {
	__u8	section_type[16];
	__u32	error_severity;
	__u16	revision;
	__u8	validation_bits;
	__u8	flags;
	__u32	error_data_length;
	__u8	fru_id[16];
	char	fru_text[20];
	__u64	time_stamp;
};

#define ENTRY_REVISION		0x300
/* Up to this revision there is no time_stamp. */
#define ENTRY_REVISION_OLD	0x201
#define ENTRY_VALID_FRU_ID	0x1
#define ENTRY_VALID_FRU_TEXT	0x2
#define ENTRY_VALID_FRU		(ENTRY_VALID_FRU_ID | ENTRY_VALID_FRU_TEXT)
/* UEFI 2.10, N.2.2: Section Descriptor, flags */
#define ENTRY_RESET		0x04		/* The component was reset. */

/* UEFI 2.10, N.2.1: Record Header, error severity */
enum severity {
	SEV_RECOVERABLE,
	SEV_FATAL,
	SEV_CORRECTED,
	SEV_INFORMATIONAL,
};

/* UEFI 2.10, N.2.5: Memory Error Section */
struct memory_section {
	__u64	validation_bits;
	__u64	error_status;
	__u64	physical_address;
	__u64	physical_address_mask;
	__u16	node;
	__u16	card;
	__u16	module;
	__u16	bank;
	__u16	device;
	__u16	row;
	__u16	column;
	__u16	bit_position;
	__u64	requestor_id;
	__u64	responder_id;
	__u64	target_id;
	__u8	error_type;
	__u8	extended;
	__u16	rank;
	__u16	card_handle;
	__u16	module_handle;
};

/* Status, address, mask, node to row, type, module handle */
#define MEMORY_VALID		(0x1ff | 1 << 14 | 1 << 17)
#define MEMORY_STATUS_DRAM	(4 << 8)	/* N.2.13: storage error in DRAM */
#define MEMORY_GRAIN		128
/* QEMU's SMBIOS gives its first memory device (type 17) this handle. */
#define MEMORY_DEVICE_HANDLE	0x1100

enum memory_type {
	MEMORY_SINGLE_BIT_ECC	= 2,
	MEMORY_MULTI_BIT_ECC	= 3,
};

/* PCI Express Base Specification 6.0, 7.8.4: Advanced Error Reporting Extended Capability */
struct aer {
	__u32	header;
	__u32	uncor_status;
	__u32	uncor_mask;
	__u32	uncor_severity;
	__u32	cor_status;
	__u32	cor_mask;
	__u32	cap_control;
	__u32	header_log[4];
	__u32	root_command;
	__u32	root_status;
	__u32	error_source;
};

#define AER_HEADER		0x14820001	/* capability 1, version 2 */
#define AER_RECEIVER		0x00000001
#define AER_DATA_LINK		0x00000010
#define AER_POISONED_TLP	0x00001000
#define AER_SEVERITY		0x00462030	/* as devices have it after a reset */

/* UEFI 2.10, N.2.7: PCI Express Error Section */
struct pcie_section {
	__u64	validation_bits;
	__u32	port_type;
	__u32	version;
	__u16	command;
	__u16	status;
	__u32	reserved;
	__u16	vendor_id;
	__u16	device_id;
	__u8	class_code[3];
	__u8	function;
	__u8	device;
	__u16	segment;
	__u8	bus;
	__u8	secondary_bus;
	__u16	slot;
	__u8	reserved2;
	__u64	serial_number;
	__u32	bridge;
	__u8	capability[60];
	struct aer aer;
	__u8	aer_reserved[96 - sizeof(struct aer)];
};

#define PCIE_VALID		0x8b		/* port type, version, device, AER */
#define PCIE_VERSION		0x0101		/* BCD, minor first: 1.1 */

/* A section of nobody's: 5b4b1b2e-7d37-4f6e-9a52-5a1c0e7b9d11 */
struct unknown_section {
	__u8	bytes[32];
};

/* ACPI 6.5, 18.3.1: Boot Error Record Table, what follows the header of all tables */
struct bert {
	__u32	region_length;
	__u64	region_address;
};

/* ACPI 6.5, 18.6.2: Injection Instruction Entry */
struct entry {
	__u8	action;
	__u8	instruction;
	__u8	flags;
	__u8	reserved;
	struct gas reg;
	__u64	value;
	__u64	mask;
};

/* ACPI 6.5, 18.6.1: Error Injection Table, what follows the header of all tables */
struct einj {
	__u32	header_length;
	__u8	flags;
	__u8	reserved[3];
	__u32	entries;
};

/* ACPI 6.5, 18.6.4: Trigger Action Table */
struct trigger {
	__u32	header_size;
	__u32	revision;
	__u32	table_size;
	__u32	entries;
};

/* ACPI 6.5, table 18.25: the actions, and table 18.26: the instructions */
enum action {
	BEGIN_INJECTION			= 0x00,
	GET_TRIGGER_TABLE		= 0x01,
	SET_ERROR_TYPE			= 0x02,
	GET_ERROR_TYPE			= 0x03,
	END_OPERATION			= 0x04,
	EXECUTE_OPERATION		= 0x05,
	CHECK_BUSY_STATUS		= 0x06,
	GET_COMMAND_STATUS		= 0x07,
	SET_ERROR_TYPE_WITH_ADDRESS	= 0x08,
	TRIGGER_ERROR			= 0xff,
};

enum instruction {
	READ_REGISTER,
	READ_REGISTER_VALUE,
	WRITE_REGISTER,
	WRITE_REGISTER_VALUE,
	NOOP,
};

#define PRESERVE_REGISTER	0x01

/* ACPI 6.5, table 18.30: SET_ERROR_TYPE_WITH_ADDRESS Data Structure */
struct set_error {
	__u32	type;
	__u32	vendor_extension;
	__u32	flags;
	__u32	apicid;
	__u64	memory_address;
	__u64	memory_address_range;
	__u32	pcie_sbdf;
};

/* What is in the RAM, at BASE */
struct registers {
	__u64	error_status_address[16];
	struct set_error set;
	__u32	reserved;
	__u64	available;
	__u64	busy;
	__u64	status;
	__u64	trigger;
};

#define BLOCKS			0x1000		/* a page for each kind */
#define BLOCK_SIZE		0x1000
#define TRIGGERS		0x20000		/* and of each kind at type << TRIGGER_SHIFT */
#define TRIGGER_SHIFT		6
#define TYPE_BITS		11		/* types up to 0x400 */
#define BERT_REGION		0x40000
#define BERT_SIZE		0x10000
#define RAM_SIZE		(BERT_REGION + BERT_SIZE)

#define EINJ_REFUSED		0x0bad0000

enum section {
	MEMORY,
	PCIE,
	UNKNOWN,
	UNKNOWN_SIZED,			/* WHERE is its length */
};

struct kind {
	const char	*name;		/* and the text of the FRU */
	__u32		type;
	enum severity	severity;
	enum section	section;
	__u32		detail;		/* MEMORY: type of error; PCIE: AER status */
	__u8		flags;
	__u8		invalid;	/* what of ENTRY_VALID_FRU it does not have */
	__u16		revision;	/* if it is not ENTRY_REVISION */
};

/* ACPI 6.5, table 18.31: the types of errors. A kind has the number of its source. */
static const struct kind kinds[] = {
	{ "memory-corrected",	 0x008, SEV_CORRECTED,	 MEMORY,  MEMORY_SINGLE_BIT_ECC, 0 },
	{ "memory-uncorrected",	 0x010, SEV_RECOVERABLE, MEMORY,  MEMORY_MULTI_BIT_ECC, 0 },
	{ "memory-fatal",	 0x020, SEV_FATAL,	 MEMORY,  MEMORY_MULTI_BIT_ECC, 0 },
	{ "pcie-corrected",	 0x040, SEV_CORRECTED,	 PCIE,	  AER_RECEIVER, 0 },
	{ "pcie-nonfatal",	 0x080, SEV_RECOVERABLE, PCIE,	  AER_POISONED_TLP, 0 },
	/* Fatal to the link, which firmware has reset, and not to the machine */
	{ "pcie-fatal",		 0x100, SEV_RECOVERABLE, PCIE,	  AER_DATA_LINK, ENTRY_RESET },
	/* To EINJ, errors of the platform */
	{ "unknown-corrected",	 0x200, SEV_CORRECTED,	 UNKNOWN, 0, 0 },
	{ "unknown-uncorrected", 0x400, SEV_RECOVERABLE, UNKNOWN, 0, 0 },
};

/*
 * What GHES and EINJ do not have: sections of another size, and several in one block. The
 * text and id of a FRU that is not valid are there all the same, for nobody to read.
 */
static const struct {
	const char	*name;
	struct kind	parts[4];
} bert_kinds[] = {
	{ "unknown-sized", {
		{ "unknown-sized", 0, SEV_FATAL, UNKNOWN_SIZED, 0, 0 },
	} },
	{ "several", {
		/* No 0 ends this text. */
		{ "P0_MEMORY_CHANNEL_A1", 0, SEV_FATAL, MEMORY, MEMORY_MULTI_BIT_ECC, 0,
		  ENTRY_VALID_FRU_ID },
		{ "no text", 0, SEV_RECOVERABLE, PCIE, AER_DATA_LINK, ENTRY_RESET,
		  ENTRY_VALID_FRU_TEXT },
		{ "neither", 0, SEV_INFORMATIONAL, UNKNOWN, 0, 0, ENTRY_VALID_FRU },
		{ "old", 0, SEV_CORRECTED, UNKNOWN, 0, 0, 0, ENTRY_REVISION_OLD },
	} },
};

static const struct {
	__u8	guid[16];
	__u32	size;
} sections[] = {
	[MEMORY] = {
		/* a5bc1114-6f64-4ede-b863-3e83ed7c83b1 */
		{ 0x14, 0x11, 0xbc, 0xa5, 0x64, 0x6f, 0xde, 0x4e,
		  0xb8, 0x63, 0x3e, 0x83, 0xed, 0x7c, 0x83, 0xb1 },
		sizeof(struct memory_section)
	},
	[PCIE] = {
		/* d995e954-bbc1-430f-ad91-b44dcb3c6f35 */
		{ 0x54, 0xe9, 0x95, 0xd9, 0xc1, 0xbb, 0x0f, 0x43,
		  0xad, 0x91, 0xb4, 0x4d, 0xcb, 0x3c, 0x6f, 0x35 },
		sizeof(struct pcie_section)
	},
	[UNKNOWN] = {
		{ 0x2e, 0x1b, 0x4b, 0x5b, 0x37, 0x7d, 0x6e, 0x4f,
		  0x9a, 0x52, 0x5a, 0x1c, 0x0e, 0x7b, 0x9d, 0x11 },
		sizeof(struct unknown_section)
	},
	[UNKNOWN_SIZED] = {
		/* 5b4b1b2e-7d37-4f6e-9a52-5a1c0e7b9d12 */
		{ 0x2e, 0x1b, 0x4b, 0x5b, 0x37, 0x7d, 0x6e, 0x4f,
		  0x9a, 0x52, 0x5a, 0x1c, 0x0e, 0x7b, 0x9d, 0x12 },
	},
};

/* A status block with its one section */
struct record {
	struct status_block	block;
	struct data_entry	entry;
	union {
		struct memory_section	memory;
		struct pcie_section	pcie;
		struct unknown_section	unknown;
	};
};

#pragma pack(pop)

static_assert(sizeof(struct hest_ghes) == 64);
static_assert(sizeof(struct status_block) == 20);
static_assert(sizeof(struct data_entry) == 72);
static_assert(sizeof(struct memory_section) == 80);
static_assert(sizeof(struct pcie_section) == 208);
static_assert(sizeof(struct entry) == 32);
static_assert(sizeof(struct set_error) == 36);
static_assert(sizeof(struct bert) == 12);
static_assert(sizeof(struct registers) <= BLOCKS);
static_assert(BLOCKS + ARRAY_SIZE(kinds) * BLOCK_SIZE <= TRIGGERS);

static unsigned char ram[RAM_SIZE];
static __u64 base;

static void die(const char *what, const char *why)
{
	fprintf(stderr, "firmware: %s: %s\n", what, why);
	exit(1);
}

static __u64 parse(const char *text)
{
	char *end;
	__u64 n;

	errno = 0;
	n = strtoull(text, &end, 0);
	if (errno || end == text || *end)
		die(text, "not a number");
	return n;
}

static struct registers *registers(void)
{
	return (struct registers *)ram;
}

static __u64 record_address(const struct kind *kind)
{
	return base + BLOCKS + (kind - kinds) * BLOCK_SIZE;
}

static struct record *record(const struct kind *kind)
{
	return (struct record *)(ram + record_address(kind) - base);
}

static __u32 block_status(const struct kind *kind)
{
	return BLOCK_ENTRIES(1) |
	       (kind->severity == SEV_CORRECTED ? BLOCK_CORRECTABLE : BLOCK_UNCORRECTABLE);
}

static void fill_memory(const struct kind *kind, struct memory_section *memory)
{
	memory->validation_bits = MEMORY_VALID;
	memory->error_status = MEMORY_STATUS_DRAM;
	memory->physical_address_mask = -(__u64)MEMORY_GRAIN;
	memory->card = 1;
	memory->bank = 3;
	memory->device = 4;
	memory->row = 0x55;
	memory->error_type = kind->detail;
	memory->module_handle = MEMORY_DEVICE_HANDLE;
}

static void fill_pcie(const struct kind *kind, struct pcie_section *pcie)
{
	pcie->validation_bits = PCIE_VALID;
	pcie->version = PCIE_VERSION;
	pcie->aer.header = AER_HEADER;
	pcie->aer.uncor_severity = AER_SEVERITY;
	/* The First Error Pointer */
	pcie->aer.cap_control = __builtin_ctz(kind->detail);
	if (kind->severity == SEV_CORRECTED)
		pcie->aer.cor_status = kind->detail;
	else
		pcie->aer.uncor_status = kind->detail;
	/* A write of one dword, to 0xfee00000 */
	pcie->aer.header_log[0] = 0x40000001;
	pcie->aer.header_log[1] = 0x0000000f;
	pcie->aer.header_log[2] = 0xfee00000;
}

static void fill_unknown(__u8 *bytes, __u32 size)
{
	__u32 i;

	for (i = 0; i < size; i++)
		bytes[i] = 0xa0 + i + (i >> 8);
}

/* @number tells the FRUs apart */
static void fill_section(const struct kind *kind, int number, struct data_entry *entry,
			 void *section, __u32 size)
{
	__u32 i;

	memcpy(entry->section_type, sections[kind->section].guid, 16);
	entry->error_severity = kind->severity;
	entry->revision = kind->revision ?: ENTRY_REVISION;
	entry->validation_bits = ENTRY_VALID_FRU & ~kind->invalid;
	entry->flags = kind->flags;
	entry->error_data_length = size;
	for (i = 0; i < sizeof(entry->fru_id); i++)
		entry->fru_id[i] = (number << 4) + i;
	memcpy(entry->fru_text, kind->name, strnlen(kind->name, sizeof(entry->fru_text)));

	switch (kind->section) {
	case MEMORY:
		fill_memory(kind, section);
		break;
	case PCIE:
		fill_pcie(kind, section);
		break;
	case UNKNOWN:
	case UNKNOWN_SIZED:
		fill_unknown(section, size);
		break;
	}
}

static void locate(const struct kind *kind, void *section, __u64 where)
{
	struct memory_section *memory = section;
	struct pcie_section *pcie = section;

	if (kind->section == MEMORY) {
		memory->physical_address = where;
	} else if (kind->section == PCIE) {
		pcie->segment = where >> 24 & 0xff;
		pcie->bus = where >> 16 & 0xff;
		pcie->device = where >> 11 & 0x1f;
		pcie->function = where >> 8 & 0x7;
	}
}

static void fill_record(const struct kind *kind)
{
	struct record *rec = record(kind);
	__u32 size = sections[kind->section].size;

	rec->block.data_length = sizeof(rec->entry) + size;
	rec->block.error_severity = kind->severity;
	fill_section(kind, 1 + kind - kinds, &rec->entry, &rec->memory, size);
}

static const struct kind *find_kind(const char *name)
{
	const struct kind *kind;

	for (kind = kinds; kind < kinds + ARRAY_SIZE(kinds); kind++)
		if (!strcmp(kind->name, name))
			return kind;
	return NULL;
}

static void no_such_kind(const char *name, bool bert)
{
	size_t i;

	fprintf(stderr, "firmware: %s: no such kind; there are:", name);
	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		fprintf(stderr, " %s", kinds[i].name);
	for (i = 0; bert && i < ARRAY_SIZE(bert_kinds); i++)
		fprintf(stderr, " %s", bert_kinds[i].name);
	fprintf(stderr, "\n");
	exit(1);
}

/* An error that is there when the kernel boots */
static void plant(const char *name, __u64 where)
{
	const struct kind *kind = find_kind(name);

	if (!kind)
		no_such_kind(name, false);
	record(kind)->block.block_status = block_status(kind);
	locate(kind, &record(kind)->memory, where);
}

/* Of the region of the boot errors: how much is in use, and the sections that it has */
static size_t bert_used;
static int bert_sections;

static void *bert_add(size_t size)
{
	void *at = ram + BERT_REGION + bert_used;

	if (size > BERT_SIZE - bert_used)
		die("bert", "more than the region holds");
	bert_used += size;
	return at;
}

/* An error that killed the boot before */
static void bury(const char *name, __u64 where)
{
	const struct kind *parts = find_kind(name), *part;
	struct status_block *block;
	size_t n = 1, i, start;

	for (i = 0; !parts && i < ARRAY_SIZE(bert_kinds); i++) {
		if (strcmp(bert_kinds[i].name, name))
			continue;
		parts = bert_kinds[i].parts;
		while (n < ARRAY_SIZE(bert_kinds[i].parts) && parts[n].name)
			n++;
	}
	if (!parts)
		no_such_kind(name, true);

	block = bert_add(sizeof(*block));
	start = bert_used;
	for (part = parts; part < parts + n; part++) {
		size_t size = part->section == UNKNOWN_SIZED ? where : sections[part->section].size;
		struct data_entry *entry;
		void *section;

		entry = bert_add(part->revision == ENTRY_REVISION_OLD ?
				 offsetof(struct data_entry, time_stamp) : sizeof(*entry));
		section = bert_add(size);
		fill_section(part, ++bert_sections, entry, section, size);
		locate(part, section, where);
	}
	block->block_status = (block_status(parts) & ~BLOCK_ENTRIES(1)) | BLOCK_ENTRIES(n);
	block->data_length = bert_used - start;
	block->error_severity = parts->severity;
}

struct program {
	struct entry	entry[32];
	__u32		entries;
	enum action	action;		/* of what is added */
};

/* On the field of @bits at @shift in the @bytes at @address */
static struct entry *add(struct program *p, enum instruction code, __u64 address,
			 int bytes, int shift, int bits)
{
	struct entry *entry = &p->entry[p->entries++];

	if (p->entries > ARRAY_SIZE(p->entry))
		die("instructions", "too many");
	*entry = (struct entry) {
		.action = p->action,
		.instruction = code,
		.reg = {
			.bit_width = bits,
			.bit_offset = shift,
			.access_width = __builtin_ctz(bytes) + 1,
			.address = address,
		},
		.mask = -1ull >> (64 - bits),
	};
	return entry;
}

static void read_field(struct program *p, __u64 address, int bytes, int shift, int bits)
{
	add(p, READ_REGISTER, address, bytes, shift, bits);
}

static void write_field(struct program *p, __u64 address, int bytes, int shift, int bits)
{
	struct entry *entry = add(p, WRITE_REGISTER, address, bytes, shift, bits);

	if (bits < 8 * bytes)
		entry->flags = PRESERVE_REGISTER;
}

static void write_value(struct program *p, __u64 address, int bytes, __u64 value)
{
	add(p, WRITE_REGISTER_VALUE, address, bytes, 0, 8 * bytes)->value = value;
}

#define REG(member)	(base + offsetof(struct registers, member))
#define FIELD(kind, member)	(record_address(kind) + offsetof(struct record, member))

/* Where EINJ was asked for the error goes into the record, which is then valid. */
static void trigger_program(const struct kind *kind, struct program *p)
{
	p->action = TRIGGER_ERROR;
	switch (kind->section) {
	case MEMORY:
		read_field(p, REG(set.memory_address), 8, 0, 64);
		write_field(p, FIELD(kind, memory.physical_address), 8, 0, 64);
		break;
	case PCIE:
		read_field(p, REG(set.pcie_sbdf), 4, 8, 3);
		write_field(p, FIELD(kind, pcie.function), 1, 0, 8);
		read_field(p, REG(set.pcie_sbdf), 4, 11, 5);
		write_field(p, FIELD(kind, pcie.device), 1, 0, 8);
		read_field(p, REG(set.pcie_sbdf), 4, 16, 8);
		write_field(p, FIELD(kind, pcie.bus), 1, 0, 8);
		read_field(p, REG(set.pcie_sbdf), 4, 24, 8);
		write_field(p, FIELD(kind, pcie.segment), 2, 0, 16);
		break;
	case UNKNOWN:
	case UNKNOWN_SIZED:
		break;
	}
	write_value(p, FIELD(kind, block.block_status), 4, block_status(kind));
}

static void fill_trigger(const struct kind *kind)
{
	__u32 offset = TRIGGERS | kind->type << TRIGGER_SHIFT;
	struct trigger *table = (struct trigger *)(ram + offset);
	struct program p = { };

	trigger_program(kind, &p);
	table->header_size = sizeof(*table);
	table->table_size = sizeof(*table) + p.entries * sizeof(struct entry);
	table->entries = p.entries;
	if (table->table_size > kind->type << TRIGGER_SHIFT)
		die(kind->name, "its trigger table is too long");
	memcpy(table + 1, p.entry, p.entries * sizeof(struct entry));
}

static void einj_program(struct program *p)
{
	p->action = BEGIN_INJECTION;
	write_value(p, REG(status), 8, 0);
	write_value(p, REG(set.memory_address), 8, 0);

	p->action = SET_ERROR_TYPE;
	write_field(p, REG(set.type), 4, 0, 32);

	p->action = SET_ERROR_TYPE_WITH_ADDRESS;
	write_field(p, REG(set), 4, 0, 32);

	p->action = GET_ERROR_TYPE;
	read_field(p, REG(available), 8, 0, 64);

	p->action = EXECUTE_OPERATION;
	read_field(p, REG(set.type), 4, 0, 32);
	write_field(p, REG(trigger), 8, TRIGGER_SHIFT, TYPE_BITS);
	add(p, READ_REGISTER_VALUE, REG(set.memory_address), 8, 0, 64)->value = EINJ_REFUSED;
	write_field(p, REG(status), 8, 0, 64);

	p->action = CHECK_BUSY_STATUS;
	read_field(p, REG(busy), 8, 0, 64);

	p->action = GET_COMMAND_STATUS;
	read_field(p, REG(status), 8, 0, 64);

	p->action = GET_TRIGGER_TABLE;
	read_field(p, REG(trigger), 8, 0, 64);

	p->action = END_OPERATION;
	add(p, NOOP, 0, 1, 0, 8);
}

static void write_file(const char *dir, const char *name, const void *head, size_t head_size,
		       const void *body, size_t size)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, "w");
	if (!file || fwrite(head, 1, head_size, file) != head_size ||
	    fwrite(body, 1, size, file) != size || fclose(file))
		die(path, strerror(errno));
}

static void write_einj(const char *dir)
{
	struct program p = { };
	struct einj einj = { .header_length = sizeof(einj) };

	einj_program(&p);
	einj.entries = p.entries;
	write_file(dir, "einj.bin", &einj, sizeof(einj), p.entry,
		   p.entries * sizeof(struct entry));
}

static void write_hest(const char *dir)
{
	struct hest_ghes sources[ARRAY_SIZE(kinds)];
	__u32 count = ARRAY_SIZE(sources), i;

	for (i = 0; i < count; i++)
		sources[i] = (struct hest_ghes) {
			.type = HEST_TYPE_GHES,
			.source_id = i,
			.related_source_id = HEST_NO_RELATION,
			.enabled = 1,
			.records_to_preallocate = 1,
			.max_sections_per_record = 1,
			.error_status_address = {
				.bit_width = 64,
				.access_width = 4,
				.address = REG(error_status_address[i]),
			},
			.notify = {
				.type = HEST_NOTIFY_POLLED,
				.length = sizeof(struct hest_notify),
				.poll_interval = 100,
			},
			.error_status_block_length = BLOCK_SIZE,
		};
	write_file(dir, "hest.bin", &count, sizeof(count), sources, sizeof(sources));
}

static void write_bert(const char *dir)
{
	struct bert bert = { .region_length = BERT_SIZE, .region_address = base + BERT_REGION };

	write_file(dir, "bert.bin", &bert, sizeof(bert), NULL, 0);
}

int main(int argc, char **argv)
{
	void (*put)(const char *name, __u64 where) = plant;
	const struct kind *kind;
	int i;

	if (argc < 3) {
		fprintf(stderr,
			"usage: firmware DIR BASE [KIND [WHERE]]... [bert [KIND [WHERE]]...]\n");
		return 2;
	}
	base = parse(argv[2]);

	registers()->trigger = base + TRIGGERS;
	for (kind = kinds; kind < kinds + ARRAY_SIZE(kinds); kind++) {
		registers()->error_status_address[kind - kinds] = record_address(kind);
		registers()->available |= kind->type;
		fill_record(kind);
		fill_trigger(kind);
	}
	for (i = 3; i < argc; i++) {
		if (!strcmp(argv[i], "bert")) {
			put = bury;
		} else if (i + 1 < argc && argv[i + 1][0] >= '0' && argv[i + 1][0] <= '9') {
			put(argv[i], parse(argv[i + 1]));
			i++;
		} else {
			put(argv[i], 0);
		}
	}
	write_hest(argv[1]);
	write_einj(argv[1]);
	write_bert(argv[1]);
	write_file(argv[1], "ram.bin", ram, 0, ram, sizeof(ram));
	return 0;
}
