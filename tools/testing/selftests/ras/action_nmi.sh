#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Rules of an event that happens in NMIs: each is matched there, and what comes of it is decided
# outside, one by one, or counted as dropped. The NMIs are those of the emulated hardware's
# button, which nobody claims: the kernel says so, and goes on.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=levels.sh
. "$DIR/levels.sh"
# shellcheck source=events.sh
. "$DIR/events.sh"
# shellcheck source=action.sh
. "$DIR/action.sh"

# shellcheck disable=SC2154 # rule, number: of rule
levels_plan action-nmi 19 ras

ras persist nmi:nmi_handler --name nmi --set nmi
ras persist ras:action --name nmi_decides --set decides --pages 512
is "the event is there" active "$(cat "$PMU/sources/nmi/state")"

# press N: the button, so often, each after the last one's event
press()
{
	i=0
	while [ $i -lt "$1" ]; do
		i=$((i + 1))
		presses=$(number_of nmi)
		monitor nmi
		eventually 60 more_than nmi "$presses"
	done
	eventually 60 still nmi
}

# still EVENT: no more of them
still()
{
	now=$(number_of "$1")
	sleep 1
	[ "$now" = "$(number_of "$1")" ]
}

# so_far RULE...: the events since the rules were made, and what each made of them, while none came
so_far()
{
	until
		total=$(number_of nmi)
		made=$(for one; do counts_of "$one"; done | xargs)
		[ "$total" = "$(number_of nmi)" ]
	do
		:
	done
	echo "$((total - nmis)) $made"
}

# One by one: all matched, every fifth decided
nmis=$(number_of nmi)
rule nmi 'log after 5 dry-run'
press 20
read -r events matched triggered suppressed dropped <<-END
	$(so_far "$rule")
END
ktap_print_msg "20 NMIs, $events events"
[ "$events" -ge 20 ]
verdict "each NMI is an event"
is "each event is matched" "$events" "$matched"
is "nothing is suppressed, nothing dropped" "0 0" "$suppressed $dropped"
is "every fifth is decided" $((events / 5)) "$triggered"
is "each of these is said" "$((events / 5)) log 0x0 dry run 0" \
   "$(decided_by "$number" decides | sort | uniq -c | tr -s ' ' | sed 's/^ //')"
is "nothing is forgotten: there is one value" 0 "$(of forgotten "$rule")"
remove

# One that is done there and then, with a value of the record and a filter
log_mark
nmis=$(number_of nmi)
rule nmi 'log(handled) after 3 if handled == 0'
other=$rule
rule nmi 'log(handler) if handled > 0'
press 9
read -r events matched _ _ _ others <<-END
	$(so_far "$other" "$rule")
END
is "a filter: those that nobody handled" "$events" "$matched"
is "a filter: there are no others" "0 0 0 0" "$others"
is "a filter: every third is in the log" $((matched / 3)) \
   "$(log_since "perf: action: rule ${other##*/rule} of nmi: 0x0\$" | wc -l)"
remove
remove_rule "$other"

# presses N: so many, without looking whether they come, and as many at once. Some meet on
# their way to the CPU.
presses()
{
	i=0
	while [ $i -lt "$1" ]; do
		i=$((i + 1))
		echo nmi >"$MONITOR"
	done
	i=0
	while [ $i -lt "$1" ]; do
		i=$((i + 1))
		echo nmi
	done >"$TMP/presses"
	cat "$TMP/presses" >"$MONITOR"
}

# Many: what did come is matched, each, and is decided or counted.
nmis=$(number_of nmi)
rule nmi 'log dry-run'
every=$rule every_number=$number
rule nmi 'log after 1000000 dry-run'
rounds=0
until more_than nmi $((nmis + 500)) || [ $rounds -eq 100 ]; do
	rounds=$((rounds + 1))
	presses 100
	eventually 60 still nmi
done
read -r events matched triggered suppressed dropped others <<-END
	$(so_far "$every" "$rule")
END
ktap_print_msg "$rounds times 200 NMIs, $events events, $dropped dropped"
[ "$events" -gt 500 ]
verdict "storm: hundreds"
is "storm: each event is matched" "$events 0" "$matched $suppressed"
is "storm: each is decided or dropped" "$events" $((triggered + dropped))
is "storm: those decided are said" "$triggered" \
   "$(decided_by "$every_number" decides | grep -c '^log 0x0 dry run 0$')"
is "storm: the other rule sees the same" "$events" "${others%% *}"
is "storm: and decides nothing" "0 0" "$(echo "$others" | cut -d ' ' -f 2-3)"
is "storm: of which nothing is said" "" "$(decided_by "$number" decides)"
remove_rule "$every"
remove

# While rules come and go
presses 200 &
n=0
while [ $n -lt 30 ]; do
	n=$((n + 1))
	rule nmi 'log after 7 per handler dry-run if handled == 0'
	echo 'log(handler) after 5/1s dry-run' >"$rule/rule"
	remove
done
wait $!
eventually 60 still nmi
is "rules that come and go: none is left" "" "$(cd "$PMU"/sources/nmi && ls -d rule* 2>/dev/null)"
rule nmi 'log after 2 dry-run'
nmis=$(number_of nmi)
press 1
is "the next one works" "$(($(number_of nmi) - nmis))" "$(of matched "$rule")"
remove
ras forget nmi
ras forget nmi_decides

ktap_finished
