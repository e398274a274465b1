#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# ras action: rules are made, listed, changed and removed; and what "test" says of recorded
# events is what the kernel did when they came.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

plan 36 ras

SOURCES=/sys/bus/event_source/devices/persistent/sources
DIR_OF=$SOURCES/mc_event

drain

# Made, listed, changed, removed
number=$(ras action add --json mc_event 'log(address) after 3/1h per address if error_type == 0' |
	 sed -n 's/.*"rule":\([0-9]*\).*/\1/p')
is "add: the kernel has it" "log(address) after 3/1h per address if error_type == 0" \
   "$(cat "$DIR_OF/rule$number/rule")"
is "list: its text" 1 "$(ras action list | grep -c "^ *$number .*log(address) after 3/1h")"
is "list: of another event it is not" 0 "$(ras action list mce_record | grep -c 'log(address)')"
ras action list --json | grep -q "\"rule\":${number}[,}].*\"matched\":0"
is "list: as JSON" 0 $?
ras action change "$number" 'log(address) after 5/1h' >/dev/null
is "change: the kernel has it" "log(address) after 5/1h" "$(cat "$DIR_OF/rule$number/rule")"
other=$(ras action add --json --dry-run mc_event 'log if mc_index == 0' |
	sed -n 's/.*"rule":\([0-9]*\).*/\1/p')
is "add --dry-run: the word is where it belongs" "log dry-run if mc_index == 0" \
   "$(cat "$DIR_OF/rule$other/rule")"
ras action remove "$number"
is "remove: the kernel has it no more" 1 "$(find $DIR_OF -name 'rule[0-9]*' | wc -l)"
ras action remove --all mc_event
is "remove --all" 0 "$(find $DIR_OF -name 'rule[0-9]*' | wc -l)"
is "list --actions" "cpu-offline hard-offline kill-users log panic soft-offline" \
   "$(ras action list --actions | awk 'NR > 1 { print $1 }' | sort | xargs)"

# wrong NAME REASON COLUMN RULE: it is said, with where, below the rule
wrong()
{
	ras action add mc_event "$4" >"$TMP/out" 2>"$TMP/err"
	is "$1: status" 2 $?
	is "$1: why, and where" "$2 $3" "$(sed -n 's/^ras: no rule: //p' "$TMP/err") \
$(sed -n '3s/^    \( *\)^$/\1/p' "$TMP/err" | tr -d '\n' | wc -c)"
}

wrong "no action" "no such action" 0 'lag(address)'
wrong "no field" "the event has no such field" 4 'log(colour)'
wrong "no number" "a number is wanted, at least 1" 10 'log after x'
wrong "a filter" "Field not found" 14 'log if colour == 1'
refuses "no event"		2 "no_such_event" ras action add no_such_event log
refuses "no rule to change"	2 "999" ras action change 999 log
refuses "no rule to remove"	1 "999" ras action remove 999
ras persist cpu-clock --name clock --freq 1
refuses "no tracepoint"		1 "tracepoint" ras action add clock log
ras forget clock

# The same events, by the kernel and from the record
ras persist ras:mc_event --name same --set same --pages 256
ras persist ras:action --name decided --set decided --pages 64

# kernel RULE: which values it decided on
kernel()
{
	ras log --set decided --json |
		sed -n "s/.*\"rule\":$1,.*\"value\":\"\(0x[0-9a-f]*\)\".*/\1/p;\
			s/.*\"value\":\"\(0x[0-9a-f]*\)\".*\"rule\":$1[,}].*/\1/p"
}

# rules: the last field of each is what the record's values are decided on
i=0
for rule in 'log(address) after 3/1h per address' \
	    'soft-offline(page:address) after 4 per page:address' \
	    'soft-offline(address) after 10/24h per address if error_type == 0 && mc_index != 3' \
	    'log(mc_index) after 20/1h' \
	    'log(error_count) after 2 per top_layer if !(address & 0x1000) || label ~ "*B*"' \
	    'log(CPU) after 7/1m per CPU if top_layer < 0' \
	    'log(address) after 9/1h per label'; do
	i=$((i + 1))
	eval "rule$i=\$rule"
	eval "number$i=\$(ras action add --json --dry-run same \"\$rule\" |
		sed -n 's/.*\"rule\":\\([0-9]*\\).*/\\1/p')"
done

n=0
seed=1
random()
{
	seed=$(((seed * 1103515245 + 12345) & 0x7fffffff))
	r=$((seed >> 16))
}
while [ $n -lt 300 ]; do
	random; address=$((0x10000000 + (r % 24) * 0x400))
	random; index=$((r % 5))
	random; layer=$((r % 4 - 1))
	random; type=$((r % 3 / 2))
	label=DIMM_B
	[ $layer -le 0 ] || label=DIMM_A
	[ $layer -le 1 ] || label=DIMM_AB
	echo "ras:mc_event --cpu $((n % 2)) address=$address mc_index=$index top_layer=$layer" \
	     "error_type=$type error_count=1 label=$label"
	n=$((n + 1))
done | while read -r line; do
	# shellcheck disable=SC2086 # words
	ras inject $line >/dev/null || echo "refused: $line"
done
is "300 events" 300 "$(ras log --set same --json | grep -c mc_event)"
ras log --set same --json >/tmp/recorded
i=0
while [ $i -lt 7 ]; do
	i=$((i + 1))
	eval "rule=\$rule$i number=\$number$i"
	kernel "$number" >/tmp/kernel
	ras action test --json mc_event "$rule" /tmp/recorded |
		sed -n 's/.*"value":"\(0x[0-9a-f]*\)".*/\1/p' >/tmp/tool
	[ "$(wc -l </tmp/kernel)" -ge 3 ]
	is "rule $i: the kernel decided" 0 $?
	is "rule $i: test says the same" "$(xargs </tmp/kernel)" "$(xargs </tmp/tool)"
done

ras action remove --all same
ras forget same decided
ktap_finished
