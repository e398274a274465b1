#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Each machine check is an event: those of the emulated CPU, those that the machine check
# code takes for a flaw of the CPU, and those for which its pool has no place.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=levels.sh
. "$DIR/levels.sh"
# shellcheck source=events.sh
. "$DIR/events.sh"

levels_plan machine-checks-storm 23 ras

# Corrected, by the CPU
begin
monitor mce 1 3 0x9c00004000010090 0 0x12345000 0x8c
happens "corrected" mce_record 1
has "corrected: what it says" mce_record severity=corrected bank=3 status=0x9c00004000010090 \
    addr=0x12345000
nothing_but "corrected: nothing else" mce_record

# What this model (Skylake-SP, erratum SKX37) reports for no reason
begin
monitor mce 0 0 0x90000000000f0005 0 0 0
happens "filtered" mce_filtered 1
has "filtered: what it says" mce_filtered severity=info bank=0 status=0x90000000000f0005
nothing_but "filtered: nothing else" mce_filtered

# Faster than the worker that hands them on: what finds no place in the pool is an event, too
begin
log_mark
"$DIR/mce_storm" 2000
happens "storm" mce_record 2000
[ -n "$(log_since "MCE records pool full")" ]
verdict "storm: the pool was full"
[ "$(since mce_record lost)" -gt 0 ]
verdict "storm: more than the buffer holds"
nothing_but "storm: nothing else" mce_record

# One that takes a page out of service: who had it, and what became of them
begin
page
# shellcheck disable=SC2154 # of page
# QEMU's other CPU has something of its own in bank 1 then.
monitor mce -b 0 9 0xbd000000000000cf 5 "$address" 0x8c
happens "action optional" mce_record 2
happens "action optional: the page" memory_failure_event 1
happens "action optional: the result" page_offline 1
has "action optional: the result says" page_offline severity=recovered soft_text=hard result=0 \
    pfn="$(printf '0x%x' $((address >> 12)))"
happens "action optional: the task" memory_failure_task 1
page_is "action optional: SIGBUS" 135

ktap_finished
