#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The kernel at fault is an event: a warning, an oops, a CPU or a task that does not get on,
# each a real one, by lkdtm. A locked up CPU is lost for good: so CPU 1 is there for that
# (isolcpus=1), and there are two guests, as it can be lost in two ways.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=levels.sh
. "$DIR/levels.sh"
# shellcheck source=events.sh
. "$DIR/events.sh"

DIRECT=/sys/kernel/debug/provoke-crash/DIRECT
KERNEL=/proc/sys/kernel
# In seconds; shorter than the time between two reports of RCU, each of which makes the
# watchdog begin anew
THRESH=3
STALL=4
GUEST=kernel-errors TESTS=64
if grep -q ras_selftest=hard-lockup /proc/cmdline; then
	GUEST=hard-lockup TESTS=14
fi

levels_plan $GUEST $TESTS ras taskset

# Changed later, this would wait for all CPUs.
echo $THRESH >$KERNEL/watchdog_thresh
echo 0 >$KERNEL/hung_task_timeout_secs

# So would the change to the clock that the kernel takes for good.
clock_is_final()
{
	! grep -q early /sys/devices/system/clocksource/clocksource0/current_clocksource
}
eventually 60 clock_is_final

# What waits for a grace period that does not end would be taken for a leak.
if [ -e /sys/kernel/debug/kmemleak ]; then
	echo off >/sys/kernel/debug/kmemleak
fi

# provoke CPU WHAT: by a shell of its own, $pid, that may have to die for it
provoke()
{
	# shellcheck disable=SC2016 # for that shell
	taskset -c "$1" sh -c 'echo $$ >"$0"; echo "$1" >"$2"' "$TMP/pid" "$2" $DIRECT \
		>/dev/null 2>&1
	died=$?
	read -r pid <"$TMP/pid"
}

# provoke_forever CPU WHAT: what does not come back from there
provoke_forever()
{
	rm -f "$TMP/pid"
	provoke "$@" &
	eventually 60 has_lines 1 "$TMP/pid"
	read -r pid <"$TMP/pid"
}

# function_at ADDRESS: 0x... is in that function
function_at()
{
	{
		cat /proc/kallsyms
		echo "${1#0x} ~ ~"
	} | sort | grep -B 1 ' ~ ~$' | head -n 1 | cut -d ' ' -f 3
}

# least TITLE MINIMUM SEEN
least()
{
	[ "$3" -ge "$2" ] || ktap_print_msg "$1: wanted at least $2, seen $3"
	[ "$3" -ge "$2" ]
	verdict "$1"
}

lines()
{
	log_since "$1" | wc -l
}

logged()
{
	[ "$(lines "$1")" -gt 0 ]
}

# reported EVENT PATTERN: there are as many events, kept or lost, as lines in the log, and none
# came while that was looked at
reported()
{
	count=$(since "$1" count)
	found=$(($(seen "$1") + $(since "$1" lost)))
	self_found=$(stalls itself)
	self_said=$(lines "$SELF")
	said=$(lines "$2")
	[ "$count" -gt 0 ] && [ "$found" -eq "$count" ] && [ "$said" -eq "$count" ] &&
		[ "$(since "$1" count)" -eq "$count" ]
}

# repeats TITLE EVENT PATTERN: what goes on and on
repeats()
{
	eventually 120 reported "$2" "$3"
	is "$1: each report an event" "$said" "$count"
	is "$1: kept and lost are all" "$count" "$found"
}

# stalls itself|another: how often the locked up CPU has told of itself, or another of it
stalls()
{
	where=0
	[ "$1" = another ] || where=1
	events rcu_stall | grep -c "\"buffer_cpu\":$where,"
}

stalled()
{
	[ "$(stalls "$1")" -gt 0 ]
}

SELF='self-detected stall on CPU'
OTHER='detected (expedited )?stalls on CPUs'

# stall_says TITLE itself|another: of CPU 1
stall_says()
{
	where=0
	[ "$2" = another ] || where=1
	event=$(events rcu_stall | grep "\"buffer_cpu\":$where," | tail -n 1)
	echo "$event" | grep -q "\"cpu\":1,.*\"pid\":$pid,\"comm\":\"sh\""
	verdict "$1: what it says"
	least "$1: for how long" $((STALL * 1000)) "$(echo "$event" | key duration_ms)"
	ip=$(echo "$event" | key ip)
	if [ $where = 1 ]; then
		is "$1: where" lkdtm_SOFTLOCKUP "$(function_at "$ip")"
	else
		is "$1: where cannot be known from there" 0x0 "$ip"
	fi
}

# follow: nobody can open an event any more when a CPU is locked up: the kernel waits for that
# CPU then, or for a grace period. Who has it open by then is told.
follow()
{
	ras log --follow --json >"$TMP/follow" 2>&1 &
	events()
	{
		grep "\"event\":\"[a-z]*:$1\"" "$TMP/follow"
	}
	provoke 0 WARNING
	eventually 60 at_least kernel_warning 1
	begin
	log_mark
}

if [ $GUEST = hard-lockup ]; then
	# Found by the other CPU, which also is the one that waits for the grace period
	echo $STALL >/sys/module/rcupdate/parameters/rcu_cpu_stall_timeout
	follow
	provoke_forever 1 HARDLOCKUP
	eventually 120 at_least hard_lockup 1
	raised "hard lockup" hard_lockup 1
	is "hard lockup: as in the log" 1 "$(lines 'Watchdog detected hard LOCKUP on cpu 1$')"
	has "hard lockup: what it says" hard_lockup severity=uncorrected cpu=1 pid="$pid" comm=sh \
	    duration_ms=$((THRESH * 1000)) ip=0x0 buffer_cpu=0

	eventually 120 stalled another
	verdict "RCU stall: told by another CPU"
	repeats "RCU stall" rcu_stall "$OTHER"
	stall_says "RCU stall" another
	is "RCU stall: not told by itself" 0 "$(stalls itself)"

	sleep $((3 * THRESH))
	raised "hard lockup, later" hard_lockup 1
	nothing_but "hard lockup: nothing else" hard_lockup rcu_stall
	ktap_finished
fi

# Warnings, without and with a message
for what in WARNING WARNING_MESSAGE; do
	begin
	log_mark
	provoke 1 $what
	is "$what: survived" 0 $died
	raised $what kernel_warning 1
	has "$what: what it says" kernel_warning severity=recovered symbol=lkdtm_$what \
	    pid="$pid" comm=sh msg=drivers/misc/lkdtm/bugs.c buffer_cpu=1
	event=$(newest kernel_warning)
	is "$what: the line" \
	   "$(log_since '^WARNING: CPU: 1 ' | sed 's/.* at \(.*\) lkdtm_.*/\1/')" \
	   "$(echo "$event" | key msg):$(($(echo "$event" | key error)))"
	is "$what: tainted" $((1 << 9)) $(($(echo "$event" | key taint) & 1 << 9))
	is "$what: where" lkdtm_$what "$(function_at "$(echo "$event" | key ip)")"
	nothing_but "$what: nothing else" kernel_warning
done

# A thousand of them, which the console is not to see
read -r loglevel rest <$KERNEL/printk
echo 1 >$KERNEL/printk
begin
# shellcheck disable=SC2016 # for that shell
taskset -c 1 sh -c 'i=0
while [ $i -lt 1000 ]; do
	echo WARNING >"$0"
	i=$((i + 1))
done' $DIRECT
raised "storm" kernel_warning 1000
least "storm: more than the buffer holds" 1 "$(since kernel_warning lost)"
nothing_but "storm: nothing else" kernel_warning
echo "$loglevel" >$KERNEL/printk

# A task that waits for what does not come, until nobody looks any more. After an oops
# nobody would.
begin
log_mark
provoke_forever 0 HUNG_TASK
echo 5 >$KERNEL/hung_task_timeout_secs
eventually 120 counted hung_task 1
echo 0 >$KERNEL/hung_task_timeout_secs
repeats "hung task" hung_task '^INFO: task sh:[0-9]* blocked for more than'
has "hung task: what it says" hung_task severity=uncorrected cpu=0 pid="$pid" comm=sh
least "hung task: for how long" 5000 "$(newest hung_task | key duration_ms)"
is "hung task: where" lkdtm_HUNG_TASK "$(function_at "$(newest hung_task | key ip)")"
nothing_but "hung task: nothing else" hung_task

# Oopses: an invalid opcode, page faults of a write and of a read
for what in BUG EXCEPTION ACCESS_NULL; do
	begin
	log_mark
	provoke 0 $what
	[ $died -eq 137 ] || [ $died -eq 139 ]
	verdict "$what: dies"
	raised $what kernel_oops 1
	has "$what: what it says" kernel_oops severity=uncorrected symbol=lkdtm_$what \
	    pid="$pid" comm=sh buffer_cpu=0
	event=$(newest kernel_oops)
	is "$what: as in the log" \
	   "$(log_since '^Oops: ' | sed -n 's/^\(Oops: .*\) \[#[0-9]*\].*/\1/p')" \
	   "Oops: $(echo "$event" | sed 's/.*"msg":"\([^"]*\)".*/\1/'): $(printf '%04x' \
		"$(echo "$event" | key error)")"
	is "$what: where" lkdtm_$what "$(function_at "$(echo "$event" | key ip)")"
	nothing_but "$what: nothing else" kernel_oops
done

# A CPU that does nothing else any more, nor lets a grace period end
mkdir "$TMP/mounted"
mount -t tmpfs none "$TMP/mounted"
echo $STALL >/sys/module/rcupdate/parameters/rcu_cpu_stall_timeout
follow
provoke_forever 1 SOFTLOCKUP
eventually 120 counted soft_lockup 1
repeats "soft lockup" soft_lockup 'BUG: soft lockup - CPU#1 stuck'
has "soft lockup: what it says" soft_lockup severity=uncorrected cpu=1 pid="$pid" comm=sh \
    buffer_cpu=1
least "soft lockup: for how long" $((2 * THRESH * 1000)) \
      "$(newest soft_lockup | key duration_ms)"
is "soft lockup: where" lkdtm_SOFTLOCKUP "$(function_at "$(newest soft_lockup | key ip)")"
eventually 120 stalled itself
verdict "RCU stall: told by the CPU itself"
stall_says "RCU stall" itself
# That is expedited.
umount "$TMP/mounted" &
eventually 120 logged 'detected expedited stalls'
verdict "expedited RCU stall: in the log"
eventually 60 stalled another
stall_says "expedited RCU stall" another
repeats "RCU stalls" rcu_stall "$SELF|$OTHER"
is "RCU stalls: told by itself" "$self_said" "$self_found"
nothing_but "soft lockup: nothing else" soft_lockup rcu_stall

ktap_finished
