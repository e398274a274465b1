#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The collector of corrected errors keeps them from EDAC: each that it takes is an event, and
# so is what it decides.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=levels.sh
. "$DIR/levels.sh"
# shellcheck source=events.sh
. "$DIR/events.sh"

levels_plan cec 21 ras

CEC=/sys/kernel/debug/ras/cec

page
# shellcheck disable=SC2154 # of page
pfn=$(printf '0x%x' $((address >> 12)))
# A page that is on its way to its list is not soft-offlined: hurry it there.
echo 1 >/proc/sys/vm/drop_caches

# By the CPU: the first is counted, the second is one too many.
begin
monitor mce 0 3 0x9c00004000010090 0 "$address" 0x8c
happens "first" cec_event 1
has "first: what it says" cec_event severity=corrected action_text=counted pfn="$pfn" ce_count=1 \
    threshold=2
raised "first: the machine check" mce_record 1
nothing_but "first: nothing else, EDAC before all" cec_event mce_record
begin
was=$(corrupted)
monitor mce 0 3 0x9c00004000010090 0 "$address" 0x8c
happens "second" cec_event 1
has "second: what it says" cec_event action_text="to be offlined" pfn="$pfn" ce_count=2
happens "second: the page" page_offline 1
has "second: its result" page_offline severity=recovered soft_text=soft result=0 pfn="$pfn"
is "second: the page is gone" $((was + 4)) "$(corrupted)"
page_is "second: its owner has another" 0

# A page that is none
begin
echo 0x7ffffffff >$CEC/pfn
echo 0x7ffffffff >$CEC/pfn
raised "no page" cec_event 2
has "no page: what it says" cec_event action_text="no such page" pfn=0x7ffffffff

# More than it has room for: 512 pages
begin
echo 0x3ff >$CEC/action_threshold
i=0
while [ $i -lt 1000 ]; do
	echo $((0x1000 + i)) >$CEC/pfn
	i=$((i + 1))
done
held=$(sed -n 's/^{ n: //p' $CEC/array)
raised "storm: 1000 and those forgotten" cec_event $((1000 + 1000 - held))
is "storm: it holds as many as it has room for" 512 "$held"
nothing_but "storm: nothing else" cec_event

ktap_finished
