#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# ras replay: what perf recorded, what ras logged, and the scenarios, back into the kernel.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

plan 40 perf ras
grep -q ras_selftest=replay /proc/cmdline || skip_all "not booted with buffers for whole scenarios"

cd "$TMP" || exit 1
SCENARIOS=/usr/share/ras/scenarios

# take FILE [OPTION...]: what is in the buffers, as JSON lines
take()
{
	out=$1
	shift
	ras log --consume --json "$@" >"$out"
}

# Without what belongs to the moment and the task, not to the event
bare()
{
	sed 's/"time":"[^"]*","time_ns":[0-9]*,//; s/"uptime_ns":[0-9]*,\{0,1\}//' "$@"
}

# injected FILE: how many ras replay says it injected, 0 if it failed
injected()
{
	n=$(sed -n 's/^\([0-9]*\) events\{0,1\} injected.*/\1/p' "$1")
	echo "${n:-0}"
}

# nr PATTERN FILE: how many lines match
nr()
{
	grep -c "$1" "$2"
}

# missing A B: the lines of A that B has not, or not as often
missing()
{
	awk 'FNR == NR { n[$0]++; next } n[$0]-- <= 0' "$2" "$1"
}

captured()
{
	ras list --json | sed -n 's/.*"captured":\([0-9]*\),"lost".*/\1/p' | tr '\n' ' '
}

# JSON lines: one event of each kind, with everything that strings can have
drain
ras inject mce_record --cpu 1 status=0x9c00004000010090 bank=1 misc=0x8c addr=0xfedcba9876543210 &&
	ras inject mc_event error_type=1 msg="$(printf 'a"b\\\001\377\303\244')" label= \
		driver_detail="x y" error_count=3 address=0xffffffffffffffff top_layer=-1 &&
	ras inject --cpu 1 aer_event dev_name=0000:00:01.0 status=0x4000 severity=0 \
		tlp_header_valid=1 tlp_header=1,0xffffffff,3,4 &&
	ras inject memory_failure_event pfn=0x8000 type=16 result=3 &&
	ras inject non_standard_event sec_type=a5bc1114-6f64-4ede-b863-3e83ed7c83b1 sev=2 \
		len=4 buf=deadbeef fru_text=slot1
verdict "events to begin with"
take a.json
is "as many in the log" 5 "$(wc -l <a.json)"
ras replay a.json --speed max >out
is "JSON: exit status" 0 $? || show out
is "JSON: all of them" 5 "$(injected out)"
take b.json
bare a.json >a && bare b.json >b && cmp a b
verdict "JSON: the log is the same but for the time" || diff a b | sed 's/^/# /'
ras replay b.json --speed max >out && take c.json && bare c.json >c && cmp a c
verdict "JSON: and again"

ras replay - --cpu 1 --event 'mc_*' --speed max <a.json >out && take b.json
is "one event, and on another CPU: mc_event" "1 1" \
   "$(nr '"event":"ras:mc_event".*"buffer_cpu":1,' b.json) $(wc -l <b.json)"

# The second record is not early: the kernel's clock is the witness, from before the replay,
# as the first may be late.
cat >two.scenario <<END
	ras:mc_event error_type=0 error_count=1 address=1
+600ms	ras:mc_event error_type=0 error_count=1 address=2
END
witness()
{
	ras inject ras:mc_event error_type=0 error_count=1 address=0
}
# took FILE: from the first record in there to the last
took()
{
	sed -n 's/.*"uptime_ns":\([0-9]*\).*/\1/p' "$1" | sort -n | {
		read -r first
		while read -r now; do
			last=$now
		done
		echo $((last - first))
	}
}
witness
ras replay two.scenario >out && take b.json
[ "$(took b.json)" -ge 600000000 ]
verdict "speed: as the scenario says, or slower"
witness
ras replay b.json --speed 2 >out && take c.json
[ "$(took c.json)" -ge $(($(took b.json) / 2)) ]
verdict "speed 2: half of that, or more"

# A counter that nothing else counts here. The task is always the one that injects.
ras persist emulation-faults --set emulation
ras inject emulation-faults ip=0x401234 addr=0x7fff0000 mode=user --cpu 1 &&
	ras inject emulation-faults ip=0xffffffff81000000 mode=kernel
take a.emu --set emulation
ras replay a.emu --speed max >out && take b.emu --set emulation
taskless()
{
	bare "$1" | sed 's/"pid":.*"mode"/"mode"/; s/"summary".*//'
}
is "counter: its samples are injected again" "2 $(taskless a.emu)" \
   "$(injected out) $(taskless b.emu)" || show out
ras forget emulation-faults

# Nothing of a file that is wrong somewhere
before=$(captured)
{ cat a.json; echo '{"event":"ras:mc_event","error_type":0}'; } >bad.json
refuses "JSON: last line is incomplete"		1 "bad.json:6:" ras replay bad.json
{ cat a.json; sed 's/"bank":1/"bank":256/; q' a.json; } >bad.json
refuses "JSON: last line has a value too large"	1 "bad.json:6:.*bank" ras replay bad.json
sed 's/"buffer_cpu":1/"buffer_cpu":77/' a.json >bad.json
refuses "JSON: a CPU that is not there"		1 "no CPU 77" ras replay bad.json
{ cat two.scenario; echo "	ras:mc_event error_type=0 colour=1"; } >bad.scenario
refuses "scenario: wrong field"			1 "bad.scenario:3:28:.*colour" \
	ras replay bad.scenario
ras replay two.scenario --dry-run >out
is "dry run: what would be injected" 2 "$(nr 'CPU 0 stream corrected ras:mc_event' out)"
refuses "unprivileged"				1 "run as root" \
	nobody ras replay "$SCENARIOS/aer-flood.scenario"
is "nothing of all that was emitted" "$before" "$(captured)"
echo "sched:sched_process_exit comm=x pid=1 prio=1 --level driver" >deep.scenario
refuses "a level that it does not have"		1 "level.*; 0 of 1 event" \
	ras replay deep.scenario

# Interrupted: it says exactly what it did
echo "x100000 @50/s ras:mc_event error_type=0 error_count=1 address=n" >long.scenario
ras replay long.scenario >out 2>err &
pid=$!
seen()
{
	ras log --json >b.json
	has_lines 3 b.json
}
eventually 60 seen
kill -INT $pid
wait $pid
is "interrupted: exit status" 1 $?
take b.json
is "interrupted: says how many, and that is right" "$(wc -l <b.json)" \
   "$(sed -n 's/^ras: interrupted: \([0-9]*\) of 100000 .*/\1/p' err)"

# What perf recorded of tracepoints: each field of each record
trace()
{
	perf script -i "$1" -F cpu,event,trace 2>/dev/null | sed 's/  */ /g'
}
# With a wildcard: perf 6.1 takes the whole name for the persistent event's.
EVENTS="-e ras:mc_even? -e mce:mce_recor? -e ras:non_standard_even?"
# shellcheck disable=SC2086 # words
perf record -a -c 1 $EVENTS -o a.data -- ras replay a.json --speed max >log 2>&1
trace a.data >a
is "perf record: what is to be replayed" 3 "$(wc -l <a)" || show log
# shellcheck disable=SC2086
perf record -a -c 1 $EVENTS -o b.data -- ras replay a.data >log 2>&1
is "perf.data: all of them" 3 "$(injected log)" || show log
trace b.data >b
cmp a b
verdict "perf.data: recorded again, all fields are the same" || diff a b | sed 's/^/# /'
# bytes FILE: header, size, and the trace record behind its common fields, which are the
# kernel's. Before it are IDENTIFIER, IP, TID, TIME, CPU, PERIOD and its size.
bytes()
{
	perf script -D -i "$1" 2>/dev/null | awk '
		/raw event: size/	{ line = "" }
		/^\.  [0-9a-f]+:/	{ for (i = 3; i <= 18; i++)
						if ($i ~ /^[0-9a-f][0-9a-f]$/)
							line = line $i
					}
		/PERF_RECORD_SAMPLE/	{ print substr(line, 1, 16), length(line),
						substr(line, 137) }'
}
bytes a.data >a && bytes b.data >b && [ -s a ] && cmp a b
verdict "perf.data: headers and trace records, byte for byte" || diff a b | sed 's/^/# /'
drain
# shellcheck disable=SC2086
perf record -a -c 1 $EVENTS -o - -- ras replay a.json --speed max 2>log >a.pipe
ras replay a.pipe >out
is "perf.data from a pipe" 3 "$(injected out)" || show out log

# Of many CPUs, in the order of time, with the tracepoints of everyday
perf record -a -c 1 -e sched:sched_process_exec -e sched:sched_process_exit -o a.data -- \
	sh -c 'for i in 1 2 3 4 5 6 7 8 9; do /bin/busybox true; done' >log 2>&1
trace a.data >a
perf record -a -c 1 -e sched:sched_process_exec -e sched:sched_process_exit -o b.data -- \
	ras replay a.data --speed max >log 2>&1
is "sched: all of them" "$(wc -l <a)" "$(injected log)" || show log
trace b.data >b
is "sched: each was recorded again" "" "$(missing a b)"
ras replay a.data --dry-run >out
is "sched: a dry run shows each" "$(wc -l <a)" "$(nr '^+.*sched:sched_process_' out)"

# Page faults. The addresses are random, so no other fault has the same.
# faults FILE: CPU, mode, task-independent rest of each
faults()
{
	perf script -D -i "$1" 2>/dev/null |
		sed -n 's/^\([0-9]*\) .*PERF_RECORD_SAMPLE(IP, \(0x[0-9a-f]*\)): [^:]*: /\1 \2 /p'
}
perf record -a -d -c 1 -e page-faults -o a.data -- /bin/busybox true >log 2>&1
faults a.data >a
has_lines 20 a
verdict "page faults: what is to be replayed" || show log
perf record -a -d -c 1 -e page-faults -o b.data -- ras replay a.data --dry-run >log 2>&1
faults b.data >b
is "page faults: without replay, none is seen again" "$(wc -l <a)" "$(missing a b | wc -l)"
perf record -a -d -c 1 -e page-faults -o b.data -- ras replay a.data --speed max >log 2>&1
is "page faults: all of them" "$(wc -l <a)" "$(injected log)" || show log
faults b.data >b
is "page faults: each was recorded again" "" "$(missing a b | head -n 3)"

# Damaged, and of another kernel
head -c $(($(wc -c <a.data) - 5000)) a.data >bad.data
refuses "perf.data: cut off" 1 "bad.data: byte" ras replay bad.data
# Of persistent events, in whose buffer others are, too
drain
ras replay a.json --speed max >out
perf record -R -a -c 1 -m 64 -o a.data -e persistent/mce_record/ -e persistent/mc_event/ \
	true >log 2>&1
ras replay a.data >out && take b.json
bare b.json >b && grep -e mce_record -e mc_event a.json >c.json && bare c.json >c && cmp b c
verdict "perf.data of persistent events" || show out log b
is "perf.data of persistent events: what else is there" 3 \
   "$(sed -n 's/.*; \([0-9]*\) records of lost or unknown events.*/\1/p' out)"

# The scenarios
drain
ras replay $SCENARIOS/ce-storm-to-ue.scenario --speed max >out && take b.json
is "ce-storm-to-ue" "412: 205 205 1 1" "$(injected out): $(
	nr '"event":"mce:mce_record".*"severity":"corrected"' b.json) $(
	nr '"event":"ras:mc_event".*"severity":"corrected"' b.json) $(
	nr '"event":"mce:mce_record".*"severity":"srao"' b.json) $(
	nr '"event":"ras:mc_event".*"severity":"uncorrected"' b.json)" || show out
ras replay $SCENARIOS/aer-flood.scenario --speed max >out && take b.json
is "aer-flood" "501: 500 1 uncorrected" "$(injected out): $(
	nr '"severity":"corrected"' b.json) $(
	nr '"severity":"uncorrected"' b.json) $(
	sed -n '$s/.*"severity":"\([^"]*\)".*/\1/p' b.json)" || show out

ras persist printk:console --set lockups --pages 8
hang=0
if ras persist sched:sched_process_hang --set lockups 2>/dev/null; then
	hang=1
fi
ras replay $SCENARIOS/lockup-during-storm.scenario --speed max >out && take b.json &&
	take c.json --set lockups
is "lockup-during-storm" "$((301 + hang)): 300 1 $hang" "$(injected out): $(
	nr '"event":"ras:mc_event"' b.json) $(
	nr '"event":"printk:console".*soft lockup - CPU#0 stuck for 26s' c.json) $(
	nr '"event":"sched:sched_process_hang".*"pid":217' c.json)" || show out
ras forget console
[ $hang = 0 ] || ras forget sched_process_hang

cpus=$(nproc)
ras replay $SCENARIOS/boot-burst.scenario --speed max >out && take b.json
all=$((8 * cpus))
is "boot-burst: eight on each CPU" "$all: $all $all" "$(injected out): $(
	nr '"event":"mce:mce_record"' b.json) $(
	sed -n 's/.*"cpu":\([0-9]*\),.*"bank":\([0-9]*\),.*"buffer_cpu":\([0-9]*\),.*/\1 \2 \3/p' \
		b.json | awk '$1 == $3 && $2 < 8' | sort -u | wc -l)" || show out
nrs=$(find $SCENARIOS -name '*.scenario' | wc -l)
is "no scenario is without a test" 4 "$nrs"

ktap_finished
