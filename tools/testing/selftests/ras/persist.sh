#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# ras persist and ras forget, and reading what is in the sets that they make.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

plan 56 ras su

trap 'ras forget execs newest forks exits banked clock chains 2>/dev/null; rm -rf "$TMP"' EXIT

# property NAME KEY: of an event, from ras list
property()
{
	ras list --json | sed -n "/\"name\":\"$1\"/s/.*\"$2\":\"\{0,1\}\([^\",]*\).*/\1/p"
}

# set_line SET: of ras list --sets
set_line()
{
	ras list --sets --json | grep "\"set\":\"$1\""
}

sets()
{
	ras list --sets --json | sed 's/.*"set":"\([^"]*\)".*/\1/'
}

sets=$(sets)
drain

# A tracepoint in a set of its own
ras persist sched:sched_process_exec --name execs --pages 16 >"$TMP/out" 2>&1
is "persist: says nothing, and is done" "0 " "$? $(cat "$TMP/out")"
is "list: what it is" "sched:sched_process_exec execs active" \
   "$(property execs event) $(property execs set) $(property execs state)"
set_line execs | grep -q '"keep":"first","data_pages":16,'
verdict "list --sets: size and policy"
for _ in 1 2 3; do
	/bin/true
done
ras log --set execs --json >"$TMP/log"
is "log --set: what came" 3 "$(grep -c '"filename":"/bin/true"' "$TMP/log")"
is "log --set: nothing else's" "" "$(grep -v '"event":"sched:sched_process_exec"' "$TMP/log")"
is "log: not without --set" "" "$(ras log --json)"
inject 0 0x777000
ras log --all --json >"$TMP/log"
is "log --all: of all sets" "1 3" \
   "$(grep -c '"addr":"0x777000"' "$TMP/log") $(grep -c '"/bin/true"' "$TMP/log")"
is "log --all: in the order of time" "" \
   "$(sed 's/.*"uptime_ns":\([0-9]*\).*/\1/' "$TMP/log" | sort -n -c 2>&1)"
ras log --set execs --consume --json >"$TMP/log"
is "log --consume: all of it" "0 3" "$? $(grep -c '"/bin/true"' "$TMP/log")"
is "log --consume: has taken it" 0 "$(ras log --set execs --json | grep -c '"/bin/true"')"
is "log --consume: not that of other sets" 1 "$(ras log --json | grep -c '"0x777000"')"
count=$(property execs count)
/bin/true
[ "$(property execs count)" -gt "$count" ]
verdict "list: counts on"
drain

# The newest are kept
ras persist mce:mce_record --name newest --keep last --pages 1
is "persist --keep last" 0 $?
set_line newest | grep -q '"keep":"last","data_pages":1,'
verdict "list --sets: keeps the last"
inject_range 0 1001 1100
ras log --set newest --json | addresses >"$TMP/addrs"
n=$(wc -l <"$TMP/addrs")
[ "$n" -gt 5 ] && [ "$n" -lt 100 ]
verdict "log: as many as a page holds"
is "log: the newest, oldest first" "$(seq $((1101 - n)) 1100)" "$(cat "$TMP/addrs")"
is "log: takes nothing" "$(cat "$TMP/addrs")" "$(ras log --set newest --json | addresses)"
is "the default set has the first" 1001 "$(ras log --json | addresses | head -n 1)"
refuses "log --consume: not where the last are kept" 1 "newest" ras log --set newest --consume
drain

# One set for two
ras persist sched:sched_process_fork --name forks --set procs --pages 32 &&
	ras persist sched:sched_process_exit --name exits --set procs
is "persist --set: twice" 0 $?
set_line procs | grep -q '"events":\["forks","exits"\]'
verdict "list --sets: both"
(:)
ras log --set procs --json >"$TMP/log"
grep -q '"event":"sched:sched_process_fork"' "$TMP/log" &&
	grep -q '"event":"sched:sched_process_exit"' "$TMP/log"
verdict "log --set: both"
refuses "another size of the set" 1 "procs" \
	ras persist sched:sched_wakeup --set procs --pages 8
refuses "another policy of the set" 1 "procs" \
	ras persist sched:sched_wakeup --set procs --keep last

# A part of what happens
ras persist mce:mce_record --name banked --filter 'bank == 7'
is "persist --filter" 0 $?
inject 0 0x888000
ras inject mce_record status=0x9c00004000010090 bank=7 cpu=0 misc=0x8c addr=0x999000
is "log: only what the filter lets through" 0x999000 \
   "$(ras log --set banked --json | sed -n 's/.*"addr":"\([^"]*\)".*/\1/p')"
drain

# What perf knows by name
ras persist cpu-clock --name clock --freq 100 --pages 16
is "persist --freq" 0 $?
is "list: the perf event" cpu-clock "$(property clock event)"
ras persist cpu-clock --name chains --freq 100 --callchain --pages 64
is "persist --callchain" 0 $?
set_line chains | grep -q '"sample_type":"0x4e7"'
verdict "list --sets: with callchains"
has_samples()
{
	[ "$(ras log --set "$1" --json | wc -l)" -ge 5 ]
}
eventually 30 has_samples clock
verdict "log: samples"
eventually 30 has_samples chains &&
	ras log --set chains --json | grep -q '"ip":"0xffffffff[0-9a-f]*","pid":0,"tid":0'
verdict "log: samples with callchains"

# What is not to be
refuses "no event"		2 "which event" ras persist
refuses "two events"		2 "one event" ras persist page-faults cpu-clock
refuses "unknown tracepoint"	2 "perf_persistent=no:such" ras persist no:such
refuses "unknown event"		2 "no-such" ras persist no-such
refuses "unknown policy"	2 "maybe" ras persist page-faults --keep maybe
refuses "pages: no power of two" 2 "pages" ras persist page-faults --pages 3
refuses "freq and period"	2 "period" ras persist cpu-clock --freq 9 --period 9
refuses "bad name"		2 "9lives" ras persist page-faults --name 9lives
refuses "bad name of a set"	2 "a b" ras persist page-faults --set 'a b'
refuses "filter of no tracepoint" 2 "filter" ras persist page-faults --filter x==1
refuses "filter of no field"	1 "colour" ras persist mce:mce_record --name x --filter colour==1
refuses "name taken"		1 "ras forget mce_record" ras persist mce:mce_record
refuses "set of the hardware errors" 1 "kernel's own events" ras persist page-faults --set ras
refuses "more memory than allowed" 1 "memory" ras persist page-faults --pages 1048576
refuses "unprivileged: persist"	1 "permitted" nobody ras persist page-faults
refuses "unprivileged: forget"	1 "permitted" nobody ras forget newest
refuses "log of no set"		1 "nowhere" ras log --set nowhere

# Gone
refuses "forget: no event"	2 "which event" ras forget
refuses "forget: the others all the same" 1 "nothing" ras forget execs nothing forks
is "forget: gone" "  newest" "$(property execs set) $(property forks set) $(property newest set)"
is "forget: its set, too" "" "$(set_line execs)"
set_line procs | grep -q '"events":\["exits"\]'
verdict "forget: not what others are in"
ras forget newest exits banked clock chains
is "forget: all" 0 $?
is "list: as before" "$sets" "$(sets)"

ktap_finished
