// SPDX-License-Identifier: GPL-2.0
/*
 * MCA error codes (MCi_STATUS bits 15:0) in words: Intel SDM vol. 3B, 16.9.1
 * "Simple Error Codes", table 16-8, and 16.9.2 "Compound Error Codes", tables
 * 16-9 to 16-15. AMD's codes (APM vol. 2, 9.3.2.1 "Error Codes") have the same
 * layout where they exist.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <linux/kernel.h>
#include "mca.h"
#include "mca_code.h"

/* Bit 12 of a compound code says that corrected errors are being filtered. */
#define FILTERED	0x1000

/*
 * In words and mnemonic, a capital letter after '%' is replaced by the text of
 * that part of the code: T transaction type, L level, R request, P
 * participation, O timeout, I memory or I/O, M memory transaction, C channel.
 */
static const struct {
	u16 mask, code;
	const char *words;
	const char *mnemonic;
} codes[] = {
	/* simple */
	{ 0xffff, 0x0000, "no error", "NO_ERROR" },
	{ 0xffff, 0x0001, "unclassified error", "UNCLASSIFIED" },
	{ 0xffff, 0x0002, "microcode ROM parity error", "UCODE_ROM_PARITY" },
	{ 0xffff, 0x0003, "external error (BINIT# from another processor)",
	  "EXTERNAL" },
	{ 0xffff, 0x0004, "functional redundancy check error", "FRC" },
	{ 0xffff, 0x0005, "internal parity error", "INTERNAL_PARITY" },
	{ 0xffff, 0x0006, "SMM handler code access violation", "SMM_ACCESS" },
	{ 0xffff, 0x0400, "internal timer error", "INTERNAL_TIMER" },
	{ 0xffff, 0x0e0b, "I/O error", "IO" },
	{ 0xfc00, 0x0400, "internal unclassified error",
	  "INTERNAL_UNCLASSIFIED" },
	/* compound, without the filter bit */
	{ 0xeffc, 0x000c, "generic cache hierarchy error, %L",
	  "GCACHE%L_ERR" },
	{ 0xeff0, 0x0010, "TLB error, %T, %L", "%TTLB%L_ERR" },
	{ 0xef80, 0x0080, "memory controller: %M, %C", "%M_CHANNEL%C_ERR" },
	{ 0xef00, 0x0100, "cache hierarchy error: %R, %T, %L",
	  "%TCACHE%L_%R_ERR" },
	{ 0xef80, 0x0280, "extended memory: %M, %C", "%M_CHANNEL%C_ERR" },
	{ 0xe800, 0x0800, "bus/interconnect error: %R, %I, %P, %O, %L",
	  "BUS%L_%P_%R_%I_%O_ERR" },
};

static unsigned int used[ARRAY_SIZE(codes)];

struct part {
	char letter;
	u8 shift, mask;
	u8 nr;
	const char * const *words;
	const char * const *names;
};

#define PART(c, s, m, p)	{ c, s, m, ARRAY_SIZE(p ## _words), \
				  p ## _words, p ## _names }

static const char * const tt_words[] = { "instruction", "data", "generic" };
static const char * const tt_names[] = { "I", "D", "G" };
static const char * const ll_words[] = {
	"level 0", "level 1", "level 2", "generic level" };
static const char * const ll_names[] = { "0", "1", "2", "G" };
static const char * const rrrr_words[] = {
	"generic", "read", "write", "data read", "data write",
	"instruction fetch", "prefetch", "eviction", "snoop" };
static const char * const rrrr_names[] = {
	"ERR", "RD", "WR", "DRD", "DWR", "IRD", "PREFETCH", "EVICT", "SNOOP" };
static const char * const pp_words[] = {
	"local processor originated", "local processor responded",
	"local processor observed as third party", "generic participation" };
static const char * const pp_names[] = { "SRC", "RES", "OBS", "GEN" };
static const char * const t_words[] = { "no timeout", "request timed out" };
static const char * const t_names[] = { "NOTIMEOUT", "TIMEOUT" };
static const char * const ii_words[] = {
	"memory access", "reserved transaction", "I/O", "other transaction" };
static const char * const ii_names[] = { "M", "RESERVED", "IO", "OTHER" };
static const char * const mmm_words[] = {
	"generic undefined request", "read error", "write error",
	"address/command error", "scrubbing error" };
static const char * const mmm_names[] = { "GEN", "RD", "WR", "AC", "MS" };
static const char * const cccc_words[] = {
	"channel 0", "channel 1", "channel 2", "channel 3", "channel 4",
	"channel 5", "channel 6", "channel 7", "channel 8", "channel 9",
	"channel 10", "channel 11", "channel 12", "channel 13", "channel 14",
	"channel not specified" };
static const char * const cccc_names[] = {
	"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12",
	"13", "14", "x" };

static const struct part parts[] = {
	PART('T', 2, 3, tt),
	PART('L', 0, 3, ll),
	PART('R', 4, 15, rrrr),
	PART('P', 9, 3, pp),
	PART('O', 8, 1, t),
	PART('I', 2, 3, ii),
	PART('M', 4, 7, mmm),
	PART('C', 0, 15, cccc),
};

static const char *part_text(char letter, u16 code, bool words)
{
	unsigned int i, value;

	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		if (parts[i].letter != letter)
			continue;
		value = code >> parts[i].shift & parts[i].mask;
		if (value >= parts[i].nr)
			return words ? "reserved encoding" : "RESERVED";
		return words ? parts[i].words[value] : parts[i].names[value];
	}
	return "";
}

static void expand(const char *pattern, u16 code, bool words, char *buf,
		   size_t len)
{
	size_t pos = 0;

	for (; *pattern && pos + 1 < len; pattern++) {
		if (*pattern == '%')
			pos += snprintf(buf + pos, len - pos, "%s",
					part_text(*++pattern, code, words));
		else
			buf[pos++] = *pattern;
	}
	buf[min_t(size_t, pos, len - 1)] = '\0';
}

/**
 * ras_mca_code - an MCA error code in words
 * @mcacod: MCi_STATUS bits 15:0
 * @words: result, for people
 * @words_len: its size
 * @mnemonic: result, the name that the manual builds, such as RD_CHANNEL0_ERR
 * @mnemonic_len: its size
 *
 * Return: 0, or -ENOENT for a code that is not architectural; @words and
 * @mnemonic say so.
 */
int ras_mca_code(u16 mcacod, char *words, size_t words_len, char *mnemonic,
		 size_t mnemonic_len)
{
	unsigned int i;
	size_t len;

	for (i = 0; i < ARRAY_SIZE(codes); i++) {
		if ((mcacod & codes[i].mask) == codes[i].code)
			break;
	}
	if (i == ARRAY_SIZE(codes)) {
		snprintf(words, words_len, "model-specific error code 0x%04x",
			 mcacod);
		snprintf(mnemonic, mnemonic_len, "UNKNOWN");
		return -ENOENT;
	}
	used[i]++;
	expand(codes[i].words, mcacod, true, words, words_len);
	expand(codes[i].mnemonic, mcacod, false, mnemonic, mnemonic_len);
	len = strlen(words);
	if (!(codes[i].mask & FILTERED) && (mcacod & FILTERED))
		snprintf(words + len, words_len - len,
			 ", corrected errors filtered");
	return 0;
}

/**
 * ras_mca_code_word - the code that a mnemonic stands for
 * @mnemonic: as of ras_mca_code(), in any case
 * @mcacod: result, without the filter bit
 *
 * The tables do not go backwards: all codes are tried.
 *
 * Return: 0 or -ENOENT.
 */
int ras_mca_code_word(const char *mnemonic, u16 *mcacod)
{
	char words[256], name[64];
	unsigned int code;

	for (code = 0; code <= 0xffff; code++) {
		if (ras_mca_code(code, words, sizeof(words), name,
				 sizeof(name)) ||
		    strcasecmp(name, mnemonic) || strstr(name, "RESERVED"))
			continue;
		*mcacod = code;
		return 0;
	}
	return -ENOENT;
}

/**
 * ras_mca_code_rows - number of rows in the table of error codes
 *
 * Return: number.
 */
unsigned int ras_mca_code_rows(void)
{
	return ARRAY_SIZE(codes);
}

/**
 * ras_mca_code_row - name of a row, and how often it was used
 * @row: 0 to ras_mca_code_rows() - 1
 * @hits: result
 *
 * Return: its mnemonic.
 */
const char *ras_mca_code_row(unsigned int row, unsigned int *hits)
{
	*hits = used[row];
	return codes[row].mnemonic;
}
