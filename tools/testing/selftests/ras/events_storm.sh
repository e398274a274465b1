#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A thousand errors of each source that others do not storm: a thousand events. PCIe errors
# are the emulated device's; what firmware, EDAC and memory failure handling report goes in at
# their drivers' end.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=levels.sh
. "$DIR/levels.sh"
# shellcheck source=events.sh
. "$DIR/events.sh"

levels_plan storm 16 ras

# One after the other: the device has one bit for those of a kind that are not yet handled.
begin
i=0
while [ $i -lt 1000 ]; do
	monitor pcie_aer_inject_error card POISON_TLP 0x40000001 0xf 0xfee00000 0
	i=$((i + 1))
	until counted aer_event $i; do
		:
	done
done
raised "PCIe" aer_event 1000
nothing_but "PCIe: nothing else" aer_event

begin
ras inject non_standard_event --level driver --count 1000 severity=corrected \
    sec_type=12345678-9abc-def0-1234-56789abcdef0 buf=0011223344556677
happens "firmware, a section of its own" non_standard_event 1000
nothing_but "firmware, a section of its own: nothing else" non_standard_event

begin
ras inject mc_event --level driver --count 1000 error_type=Corrected address=0x9000000
happens "EDAC" mc_event 1000
nothing_but "EDAC: nothing else" mc_event

page
# shellcheck disable=SC2154 # of page
pfn=$(printf '0x%x' $((address >> 12)))
begin
ras inject memory_failure_event --level driver --count 1000 pfn="$pfn"
happens "memory failure" memory_failure_event 1000
raised "memory failure: its result" page_offline 1000
# Only the first finds somebody who has the page.
raised "memory failure: its task" memory_failure_task 1
page_is "memory failure: the page is gone" 135

ktap_finished
