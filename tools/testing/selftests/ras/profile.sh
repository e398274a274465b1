#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A profile of the boot itself: cpu-clock from perf_persistent= until user space runs, read
# by the distribution's perf, unmodified.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

plan 15 perf
grep -q perf_persistent=cpu-clock:freq=1000 /proc/cmdline ||
	skip_all "not booted with perf_persistent=cpu-clock: see boots"

DATA=$TMP/perf.data
EVENT=persistent/cpu-clock/

# When the first process began, in microseconds of the clock that perf's records have, too
init=$(dmesg | sed -n 's/^\[ *\([0-9]*\)\.\([0-9]*\)\] Run .* as init process.*/\1\2/p' |
	head -n 1)

is "state: stopped" stopped "$(cat $PMU/sources/cpu-clock/state)"
is "source" "event=cpu-clock,type=0x1,config=0x0,freq=1000" \
   "$(cat $PMU/sources/cpu-clock/source)"
is "size of its set" 512 "$(cat $PMU/sets/cpu-clock/data_pages)"
is "nothing lost" 0 "$(cut -d ' ' -f 1 $PMU/sources/cpu-clock/lost)"
count=$(cat $PMU/sources/cpu-clock/count)
ktap_print_msg "counted, in nanoseconds: $count; init at $init"

perf record -R -a -c 1 -m 512 -e $EVENT -o "$DATA" true >"$TMP/log" 2>&1
is "perf record: exit status" 0 $? || show "$TMP/log"
perf script -i "$DATA" -F cpu,time,ip,sym >"$TMP/script" 2>"$TMP/err" || show "$TMP/err"
# [000]     0.731337:  ffffffff8105aa37 default_idle
sed -n 's/^ *\[0*\([0-9]*[0-9]\)\] *\([0-9]*\)\.\([0-9]*\): .*/\1 \2\3/p' \
	"$TMP/script" >"$TMP/samples"
samples=$(wc -l <"$TMP/samples")
ktap_print_msg "$samples samples"
[ "$samples" -ge 100 ]
verdict "samples: hundreds"
is "samples: on every CPU" "$(nproc)" "$(awk '!seen[$1]++' "$TMP/samples" | wc -l)"
[ -n "$init" ] &&
	awk -v init="$init" '$2 + 0 > init + 0 { bad = 1 } END { exit bad }' "$TMP/samples"
verdict "samples: none from after the first process began"
awk -v init="$init" '$2 * 2 < init { early++ } END { exit early < 10 }' "$TMP/samples"
verdict "samples: from the first half of the boot"
perf script -i "$DATA" -F time 2>/dev/null | awk '
	$1 + 0 < last { bad = 1 } { last = $1 + 0 } END { exit bad }'
verdict "samples: in the order of time"

perf report --stdio -i "$DATA" >"$TMP/report" 2>"$TMP/err" || show "$TMP/err"
grep -q "^# Samples: [0-9.]*K\{0,1\} *of event '$EVENT'" "$TMP/report"
verdict "perf report: its event"
# "    12.50%  swapper/0        [kernel.kallsyms]  [k] symbol"
grep '^ .*%.*\[k\] [a-zA-Z_]' "$TMP/report" >"$TMP/lines"
head -n 12 "$TMP/lines" | sed 's/^/# /'
[ "$(wc -l <"$TMP/lines")" -ge 5 ]
verdict "perf report: symbols of the kernel"
[ "$(grep -c '\[k\] 0x' "$TMP/report")" -le "$(wc -l <"$TMP/lines")" ]
verdict "perf report: hardly one without"
# Each is rounded, and the slower the kernel, the more there are.
awk '{ sum += $1 } END { exit sum < 80 || sum > 120 }' "$TMP/lines"
verdict "perf report: they are what there is"

# Stopped is stopped: not a sample more, not a count
i=0
while [ $i -lt 20000 ]; do i=$((i + 1)); done
perf record -R -a -c 1 -m 512 -e $EVENT -o "$DATA" true >"$TMP/log" 2>&1
is "afterwards: no more" "0 $count" \
   "$(perf script -i "$DATA" 2>/dev/null | wc -l) $(cat $PMU/sources/cpu-clock/count)"

ktap_finished
