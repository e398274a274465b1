#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A set that keeps the last, read by the distribution's perf, unmodified. The "overwrite" is
# for the event alone: with --overwrite perf would redirect its own records into the buffer.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

plan 10 perf
[ "$(cat $PMU/sets/newest/keep 2>/dev/null)" = last ] ||
	skip_all "not booted with perf_persistent=mce:mce_record:name=newest,keep=last: see boots"

DATA=$TMP/perf.data
EVENT=persistent/newest,overwrite/
mkfifo "$TMP/control"

# record ARGUMENTS: of perf record. It is told to stop. If a command's end stopped it instead, and
# came between perf's two looks whether to stop, it would not read what an event overwrites.
record()
{
	echo stop >"$TMP/control" &
	perf record "$@" -R -a -c 1 -m 8 -o "$DATA" --control "fifo:$TMP/control" \
		>"$TMP/log" 2>&1
}

# The low 32 bits of the address of each sample in $DATA, from its bytes: perf does not decode
# the records of a PMU that it does not know
offset=$(sed -n 's/.*field:u64 addr;.*offset:\([0-9]*\);.*/\1/p' \
	/sys/kernel/tracing/events/mce/mce_record/format)
addrs()
{
	# 48 bytes of sample, 4 of the size of the raw data
	perf script -D -i "$DATA" 2>/dev/null | awk -v skip=$((52 + offset)) '
		/raw event: size/	{ line = "" }
		/^\.  [0-9a-f]+:/	{ for (i = 3; i <= 18; i++)
						if ($i ~ /^[0-9a-f][0-9a-f]$/)
							line = line $i
					}
		/PERF_RECORD_SAMPLE/	{ a = substr(line, 1 + 2 * skip, 8)
					  print substr(a, 7, 2) substr(a, 5, 2) \
						substr(a, 3, 2) substr(a, 1, 2)
					}' |
	while read -r a; do echo $((0x$a)); done
}

inject_range 0 100001 101000 && inject_range 1 200001 200500
verdict "inject"
record -e $EVENT
is "perf record: exit status" 0 $? || show "$TMP/log"
! grep -qi 'failed\|error' "$TMP/log"
verdict "perf record: no failure" || show "$TMP/log"
addrs >"$TMP/all"
grep '^1' "$TMP/all" >"$TMP/0"
grep '^2' "$TMP/all" >"$TMP/1"
n=$(wc -l <"$TMP/0")
ktap_print_msg "$n and $(wc -l <"$TMP/1") samples"
[ "$n" -gt 50 ] && [ "$n" -lt 1000 ]
verdict "as many as fit"
is "the newest of CPU 0, without a gap" "$(seq $((101001 - n)) 101000)" "$(sort -n "$TMP/0")"
n=$(wc -l <"$TMP/1")
is "the newest of CPU 1, without a gap" "$(seq $((200501 - n)) 200500)" "$(sort -n "$TMP/1")"

record -e $EVENT
addrs | cmp -s - "$TMP/all"
verdict "it takes nothing: the same again"
inject_range 0 102001 102010
record -e $EVENT
addrs | sort -n >"$TMP/all"
is "and what came meanwhile" "$(seq 102001 102010)" "$(grep '^102' "$TMP/all")"
! record -e persistent/newest/
verdict "without overwrite: refused"
record --overwrite -e persistent/newest/
record -e $EVENT
addrs | sort -n | cmp -s - "$TMP/all"
verdict "perf's own records do not get in"

ktap_finished
