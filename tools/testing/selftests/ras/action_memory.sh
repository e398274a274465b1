#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Rules that take pages out of service, or kill who has them, on errors of the emulated
# hardware: when they should, of which page, and not beyond what the administrator allows.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=levels.sh
. "$DIR/levels.sh"
# shellcheck source=events.sh
. "$DIR/events.sh"
# shellcheck source=action.sh
. "$DIR/action.sh"

# shellcheck disable=SC2154 # address, holder: of page; rule, number: of rule
levels_plan machine-checks-action-memory 65 ras

# two_pages: $a and $b, of $holder_a and $holder_b
two_pages()
{
	page
	a=$address holder_a=$holder
	page_of
	b=$address holder_b=$holder
}

# firmware ADDRESS: a corrected error that it reports, and its event
firmware()
{
	reports=$(number_of mc_event)
	einj 0x8 "$1"
	eventually 60 more_than mc_event "$reports"
}

# interleaved TITLE ERROR: at two pages by turns, each wherever in the page. With the rule
# "after 3 per address" one goes at its third, then the other.
interleaved()
{
	was=$(corrupted)
	for n in 0 1; do
		$2 $((a + 0x40 * n))
		$2 $((b + 0x80 * n))
	done
	eventually 60 matched 4
	sleep 1
	is "$1: two each are not enough" "4 0 0 0, $was" "$(counts), $(corrupted)"
	$2 $((a + 0xfc0))
	decides "$1: the third of one" 1 "soft-offline $(hex $((a + 0xfc0))) done 0"
	is "$1: one page is gone" "5 1 0 0, $((was + 4))" "$(counts), $(corrupted)"
	is "$1: which" "$(hex $((a >> 12))) 0" \
	   "$(newest page_offline | key pfn) $(newest page_offline | key result)"
	$2 $((b + 0x7c0))
	decides "$1: the third of the other" 2 "soft-offline $(hex $((b + 0x7c0))) done 0"
	is "$1: both are gone" "6 2 0 0, $((was + 8))" "$(counts), $(corrupted)"
	# The bucket is empty again.
	$2 "$a"
	eventually 60 matched 7
	sleep 1
	is "$1: from the beginning then" "7 2 0 0" "$(counts)"
	holder=$holder_a
	page_is "$1: the owner of one has another" 0
	holder=$holder_b
	page_is "$1: and that of the other" 0
	remove
}

# By firmware, within a time; by the CPU, however long it takes
begin
two_pages
rule mc_event 'soft-offline(address) after 3/24h per address if error_type == 0'
interleaved "mc_event" firmware
is "mc_event: the rule is gone" "" "$(cd "$PMU"/sources/mc_event && ls -d rule* 2>/dev/null)"
begin
two_pages
rule mce_record "soft-offline(addr) after 3 per addr if $CORRECTED"
interleaved "mce_record" check

# What a rule does not match
rule mce_record "soft-offline(addr) if $CORRECTED && bank == 7"
begin
page_of
check "$address"
sleep 1
is "no match: nothing" "0 0 0 0" "$(counts)"
nothing_but "no match: no event" mce_record
remove

# Dry run: says what it would have done
begin
was=$(corrupted)
rule mce_record "soft-offline(addr) after 2 per addr dry-run if $CORRECTED"
check "$address"
check "$address"
decides "dry run" 1 "soft-offline $(hex "$address") dry run 0"
is "dry run: severity" info "$(newest action | key severity)"
is "dry run: nothing is gone" "$was" "$(corrupted)"
nothing_but "dry run: no other event" mce_record action

# The same rule, meaning it: it counts anew
echo "hard-offline(addr) after 2 per addr if $CORRECTED" >"$rule/rule"
begin
check "$address"
sleep 1
is "hard-offline: not by the first" "$was" "$(corrupted)"
check "$address"
decides "hard-offline: by the second" 1 "hard-offline $(hex "$address") done 0"
is "hard-offline: the page is gone" $((was + 4)) "$(corrupted)"
raised "hard-offline" memory_failure_event 1
page_is "hard-offline: SIGBUS" 135
# One that is gone
check "$address"
check "$address"
decides "hard-offline: of one that is gone" 2 "hard-offline $(hex "$address") failed -133"
is "hard-offline: it is gone once" $((was + 4)) "$(corrupted)"
remove

# An error that the kernel acts on as well: whoever comes first, the page goes once.
begin
rule mce_record 'hard-offline(addr) if status & 0x2000000000000000 && bank == 9'
page_of
was=$(corrupted)
monitor mce -b 0 9 0xbd000000000000cf 5 "$address" 0x8c
eventually 60 has_decided 1
is "action optional: decided" "1 1 0 0" "$(counts)"
decided | grep -qE "^hard-offline $(hex "$address") (done 0|failed -133)\$"
verdict "action optional: done by it or before it"
eventually 60 counted memory_failure_event 1
is "action optional: the page is gone" $((was + 4)) "$(corrupted)"
page_is "action optional: SIGBUS" 135
remove

# holders N [HOW]: who has the page, and nobody else
holders()
{
	: >"$TMP/holders$1"
	"$DIR/page_holders" 2 1 ${2:+"$2"} >"$TMP/holders$1" &
	holders=$!
	eventually 60 grep -q '^0x' "$TMP/holders$1"
	address=$(grep -v ' ' "$TMP/holders$1")
}

# alive N: how many of these holders
alive()
{
	n=0
	while read -r pid _ which; do
		[ -n "$which" ] || continue
		grep -qs '^State:[^Z]*$' "/proc/$pid/task"/*/status && n=$((n + 1))
	done <"$TMP/holders$1"
	echo $n
}

dead()
{
	[ "$(alive "$1")" = 0 ]
}

begin
holders 1
first=$holders
holders 2
rule mce_record "kill-users(addr) if $CORRECTED"
is "kill-users: all live" "3 3" "$(alive 1) $(alive 2)"
was=$(corrupted)
check "$address"
decides "kill-users" 1 "kill-users $(hex "$address") done 0"
eventually 60 dead 2
is "kill-users: these three, no others" "3 0" "$(alive 1) $(alive 2)"
is "kill-users: their page stays" "$was" "$(corrupted)"
wait "$holders"
kill "$first"
wait "$first" 2>/dev/null
holders 3 orphans
is "kill-users: no main threads" 3 "$(cut -d ' ' -f 1 "$TMP/holders3" | grep -v x |
	sed 's|.*|/proc/&/status|' | xargs grep -c '^State:.*Z' | grep -c ':1$')"
check "$address"
decides "kill-users: no main threads: done" 2 "kill-users $(hex "$address") done 0"
eventually 60 dead 3
is "kill-users: no main threads: killed" 0 "$(alive 3)"
kill "$holders" 2>/dev/null
wait "$holders" 2>/dev/null
# Nobody has the page of a file any more, and nobody else gets it.
echo >"$TMP/file"
holders 4 "$TMP/file"
kill "$holders"
wait "$holders" 2>/dev/null
eventually 60 dead 4
check "$address"
decides "kill-users: nobody has it" 3 "kill-users $(hex "$address") failed -3"
check 0x7ffffffff000
decides "kill-users: no memory" 4 "kill-users 0x7ffffffff000 failed -6"
remove
rule mce_record "soft-offline(addr) if $CORRECTED"
check 0x7ffffffff000
decides "soft-offline: no memory" 1 "soft-offline 0x7ffffffff000 failed -6"
remove

# What the administrator does not want
begin
page_of
was=$(corrupted)
rule mce_record "soft-offline(addr) if $CORRECTED"
echo 0 >/proc/sys/vm/enable_soft_offline
check "$address"
decides "vm.enable_soft_offline=0" 1 "soft-offline $(hex "$address") failed -95"
echo 1 >/proc/sys/vm/enable_soft_offline
is "vm.enable_soft_offline=0: nothing is gone" "$was" "$(corrupted)"
is "vm.enable_soft_offline=0: severity" corrected "$(newest action | key severity)"
remove
rule mce_record "hard-offline(addr) if $CORRECTED"
echo 0 >/proc/sys/vm/memory_failure_recovery
check "$address"
decides "vm.memory_failure_recovery=0" 1 "hard-offline $(hex "$address") failed -125"
echo 1 >/proc/sys/vm/memory_failure_recovery
is "vm.memory_failure_recovery=0: nothing is gone" "$was" "$(corrupted)"
remove

# Caps. None at all
cap=$(cat "$SOFT/cap")
is "cap: one percent unless told" "10 10" "$cap $(cat "$HARD/cap")"
echo 0 >"$SOFT/cap"
rule mce_record "soft-offline(addr) if $CORRECTED"
check "$address"
decides "cap 0" 1 "soft-offline $(hex "$address") capped -122"
is "cap 0: nothing is gone" "$was" "$(corrupted)"
is "cap 0: severity" corrected "$(newest action | key severity)"
# That of another action is another.
rule_soft=$rule number_soft=$number
rule mce_record "hard-offline(addr) if $CORRECTED && bank == 8"
check "$address" 8
decides "cap 0: not of hard-offline" 1 "hard-offline $(hex "$address") done 0"
is "cap 0: of soft-offline, still" "soft-offline $(hex "$address") capped -122" \
   "$(decided_by "$number_soft" | tail -n 1)"
page_is "cap 0: SIGBUS" 135
remove
rule=$rule_soft number=$number_soft

# A thousandth of the memory, of which all but two pages are gone
most=$(($(sed -n 's/^MemTotal: *\([0-9]*\).*/\1/p' /proc/meminfo) / 4 / 1000))
"$DIR/offline_pages" soft $((most - 2 - $(corrupted) / 4)) >/dev/null
is "cap 1: two are left" $((most - 2)) $(($(corrupted) / 4))
echo 1 >"$SOFT/cap"
n=2
while [ $n -lt 6 ]; do
	n=$((n + 1))
	page_of
	check "$address"
	eventually 60 has_decided $n
	kill "$holder"
	wait "$holder" 2>/dev/null
done
is "cap 1: two go, and no more" "done 0 done 0 capped -122 capped -122" \
   "$(decided | tail -n 4 | cut -d ' ' -f 3- | tr '\n' ' ' | sed 's/ $//')"
is "cap 1: so many are gone" $most $(($(corrupted) / 4))
# Raised, it goes on.
echo 1000 >"$SOFT/cap"
page_of
check "$address"
decides "cap 1000" 7 "soft-offline $(hex "$address") done 0"
is "cap 1000: one more is gone" $((most + 1)) $(($(corrupted) / 4))
page_is "cap 1000: its owner has another" 0
echo "$cap" >"$SOFT/cap"
remove

ktap_finished
