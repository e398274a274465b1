#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What the collector of corrected errors does is one rule: on the same stream of machine checks
# both decide on the same pages, in the same order.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=levels.sh
. "$DIR/levels.sh"
# shellcheck source=events.sh
. "$DIR/events.sh"

levels_plan action-cec 9 ras

CEC=/sys/kernel/debug/ras/cec
SOURCES=/sys/bus/event_source/devices/persistent/sources

# What the collector takes, see Documentation/ras/actions.rst: corrected, with an address that
# is physical and good to a page, and of memory.
ADDRESS='status & 0x400000000000000 && status & 0x800000000000000 && misc & 0x80 && !(misc & 0x140)'
GRAIN='!(misc & 0x30) && !(misc & 8 && misc & 4 && misc & 3)'
MEMORY='(status & 0x80 && !(status & 0xef00)) || (status & 0x100 && !(status & 0xee00)) ||
	(status & 4 && status & 8 && !(status & 0xeff0))'
TAKEN="!(status & 0x2000000000000000) && $ADDRESS && $GRAIN && ($MEMORY)"
TAKEN=$(echo "$TAKEN" | tr -s '\n\t' '  ')

# decided SET KEY SHIFT: the pages in the order in which the set has them, in hexadecimal
decided()
{
	ras log --set "$1" --json | sed -n "s/.*\"$2\":\"\{0,1\}\(0x[0-9a-f]*\|[0-9]*\).*/\1/p" |
	while read -r n; do
		printf '0x%x\n' $((n >> $3))
	done
}

# A set of its own for the decisions of each, with room for all.
ras persist ras:cec_event --name cec_decides --set cec --pages 64 --filter 'action > 0'
ras persist ras:action --name rule_decides --set rule --pages 64

echo 5 >$CEC/action_threshold
echo "soft-offline(addr) after 5 per addr dry-run if $TAKEN" >$SOURCES/mce_record/add_rule
rule=$(echo $SOURCES/mce_record/rule*)

# more NAME LEAST GOT
more()
{
	[ "$3" -ge "$2" ]
	is "$1" 0 $?
}

# Pages that do not exist: what each decides, without what it leads to
"$DIR/cec_stream" 4000 1 0x4000000000 400
settled()
{
	was=$(cat "$rule/matched")
	sleep 1
	[ "$was" = "$(cat "$rule/matched")" ]
}
eventually 60 settled

decided cec pfn 0 >/tmp/cec
decided rule value 12 >/tmp/rule
more "the collector decides, often" 200 "$(wc -l </tmp/cec)"
is "on as many pages as the rule" "$(wc -l </tmp/cec)" "$(wc -l </tmp/rule)"
is "on the same, in the same order" "$(sha256sum </tmp/cec)" "$(sha256sum </tmp/rule)"
is "the rule says how often" "$(wc -l </tmp/rule)" "$(cat "$rule/triggered")"
is "it forgot nothing" 0 "$(cat "$rule/forgotten")"
more "some it did not take" 100 $((4000 - $(cat "$rule/matched")))

# As it is by default: at the 1023rd
echo 1023 >$CEC/action_threshold
echo "soft-offline(addr) after 1023 per addr dry-run if $TAKEN" >"$rule/rule"
"$DIR/cec_stream" 6000 2 0x5000000000 4
eventually 60 settled
decided cec pfn 0 >/tmp/cec
decided rule value 12 >/tmp/rule
last=$(tail -n 4 /tmp/cec | grep -c 0x500000)
is "by default: four pages, the collector" 4 "$last"
is "by default: on as many pages as the rule" "$(wc -l </tmp/cec)" "$(wc -l </tmp/rule)"
is "by default: the same, in the same order" "$(sha256sum </tmp/cec)" "$(sha256sum </tmp/rule)"

ktap_finished
