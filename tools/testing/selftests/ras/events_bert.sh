#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Errors that killed the boot before, which firmware kept in the boot error region (BERT= of
# boots): each of their sections is one ras:cper_event, or the pieces of one, with the bytes
# that are in the region. The kernel's log has five of them.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

# The region as the kernel shows it to everybody. It has cleared the status of each block.
REGION=/sys/firmware/acpi/tables/data/BERT
SOURCE=$PMU/sources/cper_event

# Never on a machine that somebody needs: the guest is booted for it, see boots.
grep -q "ras_selftest=bert" /proc/cmdline || {
	ktap_print_header
	skip_all "only in a guest with ras_selftest=bert"
}
plan 34 ras hexdump

# sections: what is in the region, read by the books (ACPI 6.5, 18.3.2.7.1): each piece as
# ras log is to print it, its severity before it
sections()
{
	hexdump -v -e '1/1 "%u\n"' $REGION | awk '
	{
		byte[n++] = $1
	}

	# A number of "bytes" bytes, least significant first
	function le(at, bytes) {
		return bytes ? byte[at] + 256 * le(at + 1, bytes - 1) : 0
	}

	function hex(at, bytes,   s) {
		while (bytes-- > 0)
			s = s sprintf("%02x", byte[at++])
		return s
	}

	function backward(at, bytes,   s) {
		while (bytes-- > 0)
			s = s hex(at + bytes, 1)
		return s
	}

	function guid(at) {
		return backward(at, 4) "-" backward(at + 4, 2) "-" backward(at + 6, 2) "-" \
		       hex(at + 8, 2) "-" hex(at + 10, 6)
	}

	function text(at, bytes,   s) {
		while (bytes-- > 0 && byte[at])
			s = s sprintf("%c", byte[at++])
		return s
	}

	function piece(at, data, offset, total,   bytes, valid) {
		bytes = total - offset < 2048 ? total - offset : 2048
		valid = byte[at + 22]
		printf "%s \"source\":0,\"source_text\":\"BERT\",\"source_id\":0", \
		       severity[le(at + 16, 4)]
		printf ",\"flags\":%d,\"sec_type\":\"%s\"", byte[at + 23], guid(at)
		printf ",\"fru_id\":\"%s\"", \
		       valid % 2 ? guid(at + 28) : "00000000-0000-0000-0000-000000000000"
		printf ",\"fru_text\":\"%s\"", int(valid / 2) % 2 ? text(at + 44, 20) : ""
		printf ",\"offset\":%d,\"total\":%d,\"len\":%d,\"buf\":\"%s\"\n", offset, total, \
		       bytes, hex(data + offset, bytes)
	}

	function section(at,   data, total, offset) {
		# The time stamp came with revision 3.
		data = at + (byte[at + 21] >= 3 ? 72 : 64)
		total = le(at + 24, 4)
		do {
			piece(at, data, offset + 0, total)
			offset += 2048
		} while (offset < total)
		return data + total
	}

	END {
		split("fatal corrected info", severity)
		severity[0] = "uncorrected"
		while (le(at + 12, 4)) {
			end = at + 20 + le(at + 12, 4)
			at += 20
			while (at < end)
				at = section(at)
		}
	}'
}

# field NAME: of pieces as sections() has them, one a line
field()
{
	sed "s/.*\"$1\":\"\{0,1\}\([^\",]*\).*/\1/"
}

words()
{
	tr '\n' ' ' | sed 's/ $//'
}

ras log --json >"$TMP/log"
grep '"event":"ras:cper_event"' "$TMP/log" >"$TMP/events"
sed 's/.*"severity":"\([a-z]*\)".*\("source":.*"buf":"[0-9a-f]*"\).*/\1 \2/' \
    "$TMP/events" >"$TMP/seen"
sections >"$TMP/sections"

grep '"offset":0,' "$TMP/sections" >"$TMP/first"

# As boots says
is "region: the sections" "80 208 6000 80 208 32 32 32 4096 4097 80 0" \
   "$(field total <"$TMP/first" | words)"
is "region: their severities, by the first letter" "f u f f u i c u f f c f" \
   "$(cut -c 1 "$TMP/first" | words)"
is "log: the kernel found nine errors" 9 \
   "$(dmesg | sed -n 's/.*BERT: Total records found: //p')"
is "log: and printed five" 5 "$(dmesg | grep -c 'Hardware Error.*event severity:')"

# Each piece is there once, and nothing but these, in the order of the region.
i=0
while IFS= read -r piece; do
	i=$((i + 1))
	is "event $i: one of these bytes, and its FRU" 1 \
	   "$(grep -cxF "$piece" "$TMP/seen")" ||
		sed -n "${i}s/^/# /p" "$TMP/seen" | cut -c 1-400
done <"$TMP/sections"
is "events: how many" 17 "$(wc -l <"$TMP/seen")"
cmp -s "$TMP/sections" "$TMP/seen"
verdict "events: in the order of the region"

# What no reading of the region decides
seen()
{
	sed -n "$1p" "$TMP/seen" | field "$2"
}

is "source" BERT "$(field source_text <"$TMP/seen" | sort -u)"
is "pieces: of 6000 bytes" "0 2048 4096" \
   "$(grep '"total":6000,' "$TMP/seen" | field offset | words)"
is "pieces: of 4097 bytes" "0 2048 4096" \
   "$(grep '"total":4097,' "$TMP/seen" | field offset | words)"
is "memory: the section's type" a5bc1114-6f64-4ede-b863-3e83ed7c83b1 "$(seen 1 sec_type)"
is "memory: the address" 0050341200000000 "$(seen 1 buf | cut -c 33-48)"
is "FRU: a text without an end, and no id" \
   "P0_MEMORY_CHANNEL_A1 00000000-0000-0000-0000-000000000000" \
   "$(seen 6 fru_text) $(seen 6 fru_id)"
is "FRU: an id, and no text" " 53525150-5554-5756-5859-5a5b5c5d5e5f" \
   "$(seen 7 fru_text) $(seen 7 fru_id)"
[ "$(sed -n 's/.*"uptime_ns":\([0-9]*\).*/\1/p' "$TMP/events" | sort -n | tail -n 1)" -lt \
  "$(dmesg | sed -n 's/^\[ *\([0-9]*\)\.\([0-9]*\)\] Run .* as init process/\1\2000/p')" ]
verdict "seen before the first process"

is "sysfs: count" 17 "$(cut -d ' ' -f 1 "$SOURCE/count")"
is "sysfs: lost" 0 "$(cut -d ' ' -f 1 "$SOURCE/lost")"
is "sysfs: the set" ras "$(cat "$SOURCE/set")"

ktap_finished
