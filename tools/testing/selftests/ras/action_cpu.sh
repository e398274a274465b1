#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Rules that take CPUs out of service: the one that the hardware names, one as long as the cap
# is as it comes, and not what cannot go.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=levels.sh
. "$DIR/levels.sh"
# shellcheck source=events.sh
. "$DIR/events.sh"
# shellcheck source=action.sh
. "$DIR/action.sh"

# shellcheck disable=SC2154 # rule, number: of rule
levels_plan action-cpu 26 ras

CPU=/sys/devices/system/cpu
CAP=$PMU/actions/cpu-offline/cap

online()
{
	cat $CPU/online
}

is "four CPUs" 0-3 "$(online)"
is "the cap is a quarter" 250 "$(cat "$CAP")"

# error CPU BANK: a machine check of that CPU, and its event
error()
{
	checks=$(number_of mce_record)
	monitor mce "$1" "$2" $STATUS 0 0x12345000 0x8c
	eventually 60 more_than mce_record "$checks"
}

# Of a CPU's own error, at the second
rule mce_record "cpu-offline(cpu) after 2/1h per cpu if bank == 4"
error 3 4
error 2 4
error 1 5
sleep 1
is "one each: nothing" "2 0 0 0, 0-3" "$(counts), $(online)"
error 3 4
decides "the second of CPU 3" 1 "cpu-offline 0x3 done 0"
is "the second of CPU 3: severity" recovered "$(newest action | key severity)"
is "the second of CPU 3: it is offline" 0-2 "$(online)"

# The cap
error 2 4
decides "the second of CPU 2" 2 "cpu-offline 0x2 capped -122"
is "the second of CPU 2: it is online" 0-2 "$(online)"
is "the rule says so" "4 2 0 0" "$(counts)"

# It comes back, with the rule.
echo 1 >$CPU/cpu3/online
is "back" 0-3 "$(online)"
error 3 4
sleep 1
is "back: not by the first" "5 2 0 0" "$(counts)"
error 3 4
decides "back: the second" 3 "cpu-offline 0x3 done 0"
is "back: it is offline" 0-2 "$(online)"
remove

# What cannot go, if the cap were no reason: one that is offline, one that there is not, and
# the first. The bank stands for the number of a CPU.
echo 1000 >"$CAP"
rule mce_record "cpu-offline(bank)"
error 0 3
decides "offline already" 1 "cpu-offline 0x3 failed -114"
error 0 9
decides "no such CPU" 2 "cpu-offline 0x9 failed -6"
error 0 0
decides "the first" 3 "cpu-offline 0x0 failed -1"
is "no other is offline" 0-2 "$(online)"

# Without the cap a second goes, that of the error itself.
error 2 2
decides "two" 4 "cpu-offline 0x2 done 0"
is "two: are offline" 0-1 "$(online)"
remove

# Half of them, not more
echo 500 >"$CAP"
rule mce_record "cpu-offline(cpu)"
error 1 4
decides "half" 1 "cpu-offline 0x1 capped -122"
is "half: it is online" 0-1 "$(online)"
for n in 2 3; do
	echo 1 >$CPU/cpu$n/online
done
is "all are back" 0-3 "$(online)"
remove

# A number that is no CPU's, as wide as a field can be
rule mce_record "cpu-offline(status)"
error 1 4
decides "a large number" 1 "cpu-offline $STATUS failed -6"
remove

# None
echo 0 >"$CAP"
rule mce_record "cpu-offline(CPU) if bank == 4"
error 2 4
decides "none" 1 "cpu-offline $(hex "$(newest mce_record | key buffer_cpu)") capped -122"
is "none: all are online" 0-3 "$(online)"
echo 250 >"$CAP"
remove
is "no rule is left" "" "$(cd "$PMU"/sources/mce_record && ls -d rule* 2>/dev/null)"

ktap_finished
