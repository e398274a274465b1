#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Errors that firmware had for the kernel when it booted (CPER= of boots), and that a section
# of an unknown type by ras:non_standard_event has the consequences of firmware's.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

# What was planted is there before anything else is done.
[ ! -e /sys/bus/event_source/devices/persistent ] || ras log --json >"$TMP/planted"
# shellcheck source=levels.sh
. "$DIR/levels.sh"

levels_plan cper 17 ras

WHERE="cpu buffer_cpu"

planted()
{
	grep "\"event\":\"ras:$1\"" "$TMP/planted"
}

is "planted: two unknown sections, a page" "2 1" \
   "$(planted non_standard_event | wc -l) $(planted memory_failure_event | wc -l)"
is "planted: where it was" 0x9000 "$(planted memory_failure_event | key pfn)"
is "planted: the severities" "corrected uncorrected" \
   "$(planted non_standard_event | key severity | sort | tr '\n' ' ' | sed 's/ $//')"
[ "$(planted non_standard_event | key uptime_ns | sort -n | tail -n 1)" -lt \
  "$(dmesg | sed -n 's/^\[ *\([0-9]*\)\.\([0-9]*\)\] Run .* as init process/\1\2000/p')" ]
verdict "planted: seen before the first process"

is "the levels" "stream driver" "$(cat $PMU/sources/non_standard_event/inject)"
for kind in corrected:0x200 uncorrected:0x400; do
	type=${kind#*:}
	kind=${kind%:*}
	began non_standard_event
	einj "$type"
	arrives "$kind: real" non_standard_event
	real=$(newest non_standard_event)
	# shellcheck disable=SC2086 # words
	is "$kind: as the planted one" \
	   "$(planted non_standard_event | grep "\"$kind\"" | without $ALWAYS $WHERE)" \
	   "$(echo "$real" | without $ALWAYS $WHERE)"
	began non_standard_event
	is "$kind, driver: taken" taken "$(again non_standard_event driver)"
	arrives "$kind, driver: an event" non_standard_event
	# shellcheck disable=SC2086 # words
	same "$kind, driver: the same" non_standard_event "$real" $WHERE
done

all=$(settled)
refused "not hardware's" EOPNOTSUPP non_standard_event hardware
is "refused: nothing of it is there" "$all" "$(settled)"

ktap_finished
