#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What an action causes does not make a rule take the same action again: neither at once nor by
# way of another rule, so that there is an end to it.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=levels.sh
. "$DIR/levels.sh"
# shellcheck source=events.sh
. "$DIR/events.sh"
# shellcheck source=action.sh
. "$DIR/action.sh"

# shellcheck disable=SC2154 # address, holder: of page; rule, number: of rule
levels_plan action-recurse 32 ras

POISON=/sys/kernel/debug/hwpoison/corrupt-pfn

# ends N: the rule has seen that many, and no more for seconds
ends()
{
	eventually 60 matched "$1"
	sleep 2
}

pfn_of()
{
	hex $(($1 >> 12))
}

# The event that soft-offline causes. The first is that of a task, for which the action takes
# place; the second is the action's.
begin
rule page_offline 'soft-offline(pfn:pfn)'
pfn=$("$DIR/offline_pages" soft 1)
ends 2
is "itself: once" "2 1 1 0" "$(counts)"
is "itself: done" "soft-offline $(hex $((pfn << 12))) done 0" "$(decided)"
raised "itself: two events" page_offline 2
nothing_but "itself: no others" page_offline action
# It is not so that it works once only.
"$DIR/offline_pages" soft 1 >/dev/null
ends 4
is "itself: again, once" "4 2 2 0" "$(counts)"
remove

# The action of another rule, in the same worker, is not its doing.
begin
rule page_offline 'hard-offline(pfn:pfn) if soft == 1'
other=$rule
rule mce_record "soft-offline(addr) if $CORRECTED"
page_of
check "$address"
rule=$other number=${other##*/rule}
ends 1
is "another rule: acts on what the first caused" "1 1 0 0" "$(counts)"
is "another rule: on that page" "hard-offline $(hex $((address & ~0xfff))) failed -133" "$(decided)"
remove
remove_rule "$PMU"/sources/mce_record/rule*
page_is "another rule: its owner has another page" 0

# The event of what was decided: one that comes of "log" is not logged.
begin
log_mark
rule action 'log(value)'
logs=$rule
rule mce_record "soft-offline(addr) dry-run if $CORRECTED"
check 0x4000000000
rule=$logs number=${logs##*/rule}
ends 2
is "action: once" "2 1 1 0" "$(counts)"
is "action: once in the log" 1 \
   "$(log_since "perf: action: rule $number of action: 0x4000000000" | wc -l)"
raised "action: two decisions" action 2
nothing_but "action: no other event" mce_record action
remove
remove_rule "$PMU"/sources/mce_record/rule*

# From one to the other and back: soft-offline, log, soft-offline
begin
rule action 'log(value) if action == "soft-offline"'
logs=$rule
rule action 'soft-offline(value) if action == "log"'
back=$rule
rule mce_record "soft-offline(addr) if $CORRECTED"
page_of
check "$address"
rule=$back
ends 1
is "to and fro: there" "1 1 0 0" "$(counts_of "$logs")"
is "to and fro: not back" "1 0 1 0" "$(counts_of "$back")"
raised "to and fro: one page" page_offline 1
raised "to and fro: two decisions" action 2
for one in "$logs" "$back" "$PMU"/sources/mce_record/rule*; do
	remove_rule "$one"
done
page_is "to and fro: its owner has another page" 0

# Two that sleep, by two events: soft-offline, hard-offline, soft-offline
begin
rule page_offline 'hard-offline(pfn:pfn) if soft == 1'
hard=$rule
rule page_offline 'soft-offline(pfn:pfn) if soft == 0'
soft=$rule
"$DIR/offline_pages" soft 1 >/dev/null
rule=$hard
ends 2
is "two that sleep: there, and not once more" "2 1 1 0" "$(counts_of "$hard")"
is "two that sleep: back" "1 1 0 0" "$(counts_of "$soft")"
nothing_but "two that sleep: no other event" page_offline action memory_failure_event
remove_rule "$hard"
remove_rule "$soft"

# A failure that somebody else found, and one that a rule caused
begin
rule memory_failure_event 'hard-offline(pfn:pfn)'
page
pfn_of "$address" >$POISON
ends 2
is "memory failure: once" "2 1 1 0" "$(counts)"
is "memory failure: done already" "hard-offline $address failed -133" "$(decided)"
raised "memory failure: two events" memory_failure_event 2
page_is "memory failure: SIGBUS" 135
was=$(corrupted)
rule mce_record "hard-offline(addr) if $CORRECTED"
page
check "$address"
rule=$(echo "$PMU"/sources/memory_failure_event/rule*)
ends 3
is "memory failure of a rule's: suppressed" "3 1 2 0" "$(counts)"
is "memory failure of a rule's: the page is gone" $((was + 4)) "$(corrupted)"
page_is "memory failure of a rule's: SIGBUS" 135
remove
remove_rule "$PMU"/sources/mce_record/rule*

ktap_finished
