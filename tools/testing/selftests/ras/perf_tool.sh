#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The distribution's perf, unmodified, on persistent events. Two machine checks were planted
# before power-on: see boots.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

plan 19 perf
grep -q ras_selftest=planted /proc/cmdline || skip_all "not booted with planted machine checks"

DATA=$TMP/perf.data
EVENT=persistent/mce_record/

# As bytes in memory: 0x9c0000400001 -> 0100 4000 009c
little_endian()
{
	printf '%016x' "$1" | sed -E 's/(..)(..)(..)(..)(..)(..)(..)(..)/\8\7\6\5\4\3\2\1/'
}

# The raw bytes of all samples in $DATA, one sample a line
samples()
{
	perf script -D -i "$DATA" 2>/dev/null | awk '
		/raw event: size/	{ line = "" }
		/^\.  [0-9a-f]+:/	{ for (i = 3; i <= 18; i++)
						if ($i ~ /^[0-9a-f][0-9a-f]$/)
							line = line $i
					}
		/PERF_RECORD_SAMPLE/	{ print line }'
}

# How many bytes are unread in all buffers
unread()
{
	ras status --json | sed 's/"used"/\n&/g' | sed -n 's/^"used":\([0-9]*\).*/\1/p' |
		awk '{ n += $1 } END { print n + 0 }'
}

planted=$(sed -n "s/^perf_tool.sh|.*MCE='\([^']*\)'.*/\1/p" "$DIR/boots" | tr ';' '\n')
nr=$(echo "$planted" | wc -l)

perf list >"$TMP/list" 2>/dev/null
grep -q "persistent/mce_record/" "$TMP/list"
verdict "perf list: mce_record"
missing=
for event in "$PMU"/events/*; do
	grep -q "persistent/${event##*/}/" "$TMP/list" || missing="$missing ${event##*/}"
done
is "perf list: all that sysfs has" "" "$missing"

perf stat -x, -o "$TMP/stat" -a -e $EVENT true
is "perf stat: exit status" 0 $?
is "perf stat: count since boot" "$nr" "$(sed -n 's/^\([0-9]*\),.*mce_record.*/\1/p' "$TMP/stat")"

perf record -R -a -c 1 -m 8 -o "$DATA" -e $EVENT true >"$TMP/log" 2>&1
is "perf record: exit status" 0 $? || show "$TMP/log"
samples >"$TMP/samples"
is "perf record: what was planted" "$nr" "$(wc -l <"$TMP/samples")"
missing=
for value in $(echo "$planted" | awk '{ print $3, $5 }'); do
	grep -q "$(little_endian "$value")" "$TMP/samples" || missing="$missing $value"
done
is "perf record: status and address of each" "" "$missing"
perf script -i "$DATA" >"$TMP/script" 2>/dev/null
is "perf script: one line each" "$nr" "$(grep -c "$EVENT" "$TMP/script")"
perf report -i "$DATA" --stdio >"$TMP/report" 2>/dev/null &&
	grep -q "of event '$EVENT'" "$TMP/report"
verdict "perf report"

perf record -R -a -c 1 -m 8 -o "$DATA" -e $EVENT true >"$TMP/log" 2>&1
is "second perf record: nothing left to take" "0 0" "$? $(samples | wc -l)"
! grep -q failed "$TMP/log" && perf script -i "$DATA" >/dev/null 2>"$TMP/log"
verdict "second perf record: perf understands what is there"

# Somewhere in the buffers, and around their end. The address alone could be the process
# and the time of a sample: with the status, before it in the record, it cannot.
of_cpu0=$(little_endian 0x9c00004000010090)..00000b00000000
seen=
for _ in 1 2 3 4 5; do
	inject_range 0 0xb000001 0xb000036 && inject_range 1 0xc000001 0xc000036
	perf record -R -a -c 1 -m 8 -o "$DATA" -e $EVENT true >"$TMP/log" 2>&1
	samples >"$TMP/samples"
	seen="$seen$(wc -l <"$TMP/samples")/$(grep -c "$of_cpu0" "$TMP/samples")"
	seen="$seen/$(grep -c failed "$TMP/log") "
done
is "perf record again and again: what is new, all of it" \
   "108/54/0 108/54/0 108/54/0 108/54/0 108/54/0 " "$seen"
nr=$((nr + 5 * 108))
is "perf stat: counts them still" "$nr" \
   "$(perf stat -x, -a -e $EVENT true 2>&1 | sed -n 's/^\([0-9]*\),.*mce_record.*/\1/p')"
! perf record -R -a -c 1 -m 4 -o "$DATA" -e $EVENT true >"$TMP/log" 2>&1
verdict "perf record: other buffer size refused"

if command -v ras >/dev/null; then
	used=$(unread)
	for i in $(seq 20); do
		sh -c true "$i"
	done
	is "afterwards nothing of perf's grows the buffers" "0 $used" "$used $(unread)"
	ras log --consume >/dev/null
	is "afterwards the buffers are free for a consumer" 0 $?

	perf record -R -a -c 1 -m 8 -o "$DATA" -e $EVENT -e persistent/mc_event/ -- sh -c '
		ras inject mce_record --cpu 1 status=0x8c00000000000090 bank=7 cpu=1 &&
		ras inject mc_event error_type=0 msg=read label=A1 driver_detail=x
		' >"$TMP/log" 2>&1
	is "two events: exit status" 0 $? || show "$TMP/log"
	perf script -i "$DATA" -F event 2>/dev/null | tr -d ' ' | sort | tr '\n' ' ' >"$TMP/script"
	is "two events: each under its name" "persistent/mc_event/: persistent/mce_record/: " \
	   "$(cat "$TMP/script")"
	samples | grep -q "$(little_endian 0x8c00000000000090)"
	verdict "two events: what was injected"
else
	for name in "buffers grow" "free for a consumer" "two events" "names" "injected"; do
		ktap_test_skip "no ras here: $name"
	done
fi

ktap_finished
