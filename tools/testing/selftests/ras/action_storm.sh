#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Rules in a storm of errors: they see each one and decide exactly as often as their rate says;
# what there is no room for is counted, and a decision that nobody can wait for is an event.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=levels.sh
. "$DIR/levels.sh"
# shellcheck source=events.sh
. "$DIR/events.sh"
# shellcheck source=action.sh
. "$DIR/action.sh"

# shellcheck disable=SC2154 # address, holder: of page; rule, number: of rule
levels_plan action-storm 31 ras

INJECT=/sys/kernel/debug/mce-inject
COUNT=$PMU/sources/mce_record/count
UNBOUND=/sys/devices/virtual/workqueue/cpumask
# What the scheduler has for those whom real-time tasks leave nothing
RUNTIME=/sys/kernel/debug/sched/fair_server/cpu0/runtime

ras persist ras:action --name storm_decides --set decides --pages 512

# errors FIRST STEP N: corrected ones at that many addresses, without a fork; if $in_order, each
# when the one before is an event: what finds the kernel's pool full, is one before those in it.
echo sw >$INJECT/flags
in_order=
errors()
{
	j=0
	read -r start _ <"$COUNT"
	while [ $j -lt "$3" ]; do
		echo $STATUS >$INJECT/status
		echo 0x86 >$INJECT/misc
		echo $(($1 + $2 * j)) >$INJECT/addr
		echo 4 >$INJECT/bank
		j=$((j + 1))
		while [ -n "$in_order" ]; do
			read -r total _ <"$COUNT"
			[ "$total" -lt $((start + j)) ] || break
		done
	done
}

# all_matched N: of the events; then what was decided is done
all_matched()
{
	eventually 60 matched "$1"
	eventually 60 idle
}

idle()
{
	now=$(number_of action)
	sleep 1
	[ "$now" = "$(number_of action)" ]
}

# outcomes: how many decisions of the rule had which outcome
outcomes()
{
	decided_by "$number" decides | cut -d ' ' -f 3- | sort | uniq -c | tr -s ' \n' ' ' |
		sed 's/^ //; s/ $//'
}

# 2,000 of one address, faster than they can be handed on
begin
rule mce_record 'log(addr) after 7/24h per addr dry-run'
every=$rule
rule mce_record 'log after 2001 per addr dry-run'
more=$rule
rule mce_record "soft-offline(addr) after 2000 per page:addr dry-run if $CORRECTED"
"$DIR/mce_storm" 2000
happens "one address" mce_record 2000
all_matched 2000
is "one address: each seventh" "2000 $((2000 / 7)) 0 0" "$(counts_of "$every")"
is "one address: never by a rule of one more" "2000 0 0 0" "$(counts_of "$more")"
is "one address: once by a rule of so many" "2000 1 0 0" "$(counts)"
is "one address: that is said" "soft-offline 0x2222000 dry run 0" "$(decided_by "$number" decides)"
is "one address: each seventh is said" "$((2000 / 7)) log 0x2222000 dry run 0" \
   "$(decided_by "${every##*/rule}" decides | uniq -c | tr -s ' ' | sed 's/^ //')"
for one in "$every" "$more" "$rule"; do
	remove_rule "$one"
done

# Pages of tasks, thrice each, by turns: each goes, once.
rule mce_record "soft-offline(addr) after 3/24h per addr if $CORRECTED"
i=0
: >"$TMP/pages"
while [ $i -lt 20 ]; do
	page
	echo "$address $holder" >>"$TMP/pages"
	i=$((i + 1))
done
echo 1 >/proc/sys/vm/drop_caches
was=$(corrupted)
begin
for n in 0x0 0x7c0 0xfc0; do
	while read -r address holder; do
		errors $((address + n)) 0 1
	done <"$TMP/pages"
	[ "$n" = 0xfc0 ] || is "20 pages: not before the third" "$was" "$(corrupted)"
done
happens "20 pages" mce_record 60
all_matched 60
is "20 pages: each once" "60 20 0 0" "$(counts)"
is "20 pages: all could be had" "20 done 0" "$(outcomes)"
is "20 pages: are gone" $((was + 80)) "$(corrupted)"
while read -r address holder; do
	hex "$((address + 0xfc0))"
	echo
done <"$TMP/pages" | sort >"$TMP/wanted"
is "20 pages: these" "$(cat "$TMP/wanted")" \
   "$(decided_by "$number" decides | cut -d ' ' -f 2 | sort)"
raised "20 pages: their results" page_offline 20
n=0
while read -r address holder; do
	kill -USR1 "$holder"
	wait "$holder" && n=$((n + 1))
done <"$TMP/pages"
is "20 pages: their owners have others" 20 $n
remove

# More values than a rule tells apart: the 512 buckets, the coldest goes first. Every address
# comes once before any comes again, so that the first 88 are forgotten.
# One by one, as they have to come in this order
taskset -p 1 $$ >/dev/null
in_order=1
rule mce_record "soft-offline(addr) after 2 per addr dry-run if $CORRECTED"
begin
errors 0x4000000000 0x1000 600
errors 0x4000000000 0x1000 600
all_matched 1200
is "600 values: none is remembered until it comes again" "1200 0 0 0" "$(counts)"
is "600 values: those forgotten" $((1200 - 512)) "$(of forgotten "$rule")"
errors 0x4000257000 -0x1000 512
all_matched 1712
in_order=
taskset -p 3 $$ >/dev/null
is "600 values: the last 512 are" "1712 512 0 0" "$(counts)"
remove

# Decisions that wait: as many as there is room for. The worker has a CPU that is busy.
begin
unbound=$(cat $UNBOUND) runtime=$(cat $RUNTIME)
echo 1 >$UNBOUND
echo 0 >$RUNTIME
taskset -p 2 $$ >/dev/null
rule mce_record "soft-offline(addr) if $CORRECTED"
"$DIR/cpu_hog" 0 60 >"$TMP/hog" &
hog=$!
eventually 60 has_lines 1 "$TMP/hog"
verdict "one CPU is busy"
# One that waits already does not wait twice.
errors 0x5000000000 0 10
eventually 60 matched 10
once=$(counts)
in_order=1
errors 0x5000001000 0x1000 399
in_order=
eventually 60 matched 409
full=$(counts)
kill $hog
wait $hog 2>/dev/null
echo "$unbound" >$UNBOUND
echo "$runtime" >$RUNTIME
taskset -p 3 $$ >/dev/null
eventually 60 idle
is "one page: ten errors, one decision" "10 1 0 0" "$once"
is "400 pages: room for 256" "409 400 0 $((400 - 256))" "$full"
is "400 pages: no more after that" "$full" "$(counts)"
# No such memory
is "400 pages: what became of each" "$((400 - 256)) dropped -16 256 failed -6" "$(outcomes)"
is "400 pages: the first ones waited" "0x5000000000 0x50000ff000" \
   "$(decided_by "$number" decides | grep failed | cut -d ' ' -f 2 | sed -n '1p;$p' | tr '\n' ' ' |
      sed 's/ $//')"
# The room is there again.
errors 0x6000000000 0x1000 1
all_matched 410
is "400 pages: the next one is tried" "soft-offline 0x6000000000 failed -6" \
   "$(decided_by "$number" decides | tail -n 1)"
remove

# Events that wait: a hundred and some of a CPU, while it takes no interrupt. When a CPU goes,
# another gives back the pages that it had at hand, in one go.
ras persist kmem:mm_page_pcpu_drain --name drained --set drained
rule drained 'log dry-run'
dd if=/dev/zero of="$TMP/pages" bs=1M count=32 2>/dev/null
taskset 2 rm "$TMP/pages"
seen=$(of matched "$rule")
echo 0 >/sys/devices/system/cpu/cpu1/online
echo 1 >/sys/devices/system/cpu/cpu1/online
# Now and then some more are given back.
unchanged()
{
	now=$(counts)
	sleep 1
	[ "$now" = "$(counts)" ]
}
eventually 60 unchanged
read -r matched triggered suppressed dropped <<-END
	$now
END
ktap_print_msg "$matched pages given back, $dropped events dropped"
[ $((matched - seen)) -gt 128 ]
verdict "no interrupts: more events than may wait"
[ "$dropped" -gt 0 ]
verdict "no interrupts: some are dropped"
is "no interrupts: all others are decided" "$matched 0" "$((triggered + dropped)) $suppressed"
remove
ras forget drained
ras forget storm_decides

ktap_finished
