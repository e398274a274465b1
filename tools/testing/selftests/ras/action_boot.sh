#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Rules on the command line act on errors from before the first process: what boots plants in
# the banks of both CPUs is one error of a page, ten of another, and eight and one of a bus at
# a third.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=levels.sh
. "$DIR/levels.sh"
# shellcheck source=events.sh
. "$DIR/events.sh"
# shellcheck source=action.sh
. "$DIR/action.sh"

grep -q "ras_selftest=action-boot" /proc/cmdline || {
	ktap_print_header
	skip_all "only in a guest with ras_selftest=action-boot"
}
plan 28 ras

SOURCE=$PMU/sources/mce_record

# What is so before this test does anything
is "two pages are gone" 8 "$(corrupted)"
is "all that was planted is an event" 20 "$(number_of mce_record)"

is "the rules that are right are there" "rule1 rule2 rule3 rule4" \
   "$(cd "$SOURCE" && echo rule*)"
is "a rule of an event of the command line" rule5 "$(cd "$PMU/sources/spawned" && echo rule*)"

is "one error: done" "soft-offline 0x12345000 done 0" "$(decided_by 1)"
is "one error: how often" "1 1 0 0" "$(counts_of "$SOURCE/rule1")"
events action | grep '"rule":1,' >"$TMP/one"
is "one error: what it says" "recovered mce_record" \
   "$(key severity <"$TMP/one") $(key source <"$TMP/one")"

# The last one that comes is that of the event, wherever in the page
is "ten errors: done once" 1 "$(decided_by 2 | grep -c '^soft-offline 0x14567[0-9a-f]* done 0$')"
is "ten errors: no other decision" 1 "$(decided_by 2 | wc -l)"
is "ten errors: how often" "10 1 0 0" "$(counts_of "$SOURCE/rule2")"
is "ten errors: one value, none forgotten" 0 "$(of forgotten "$SOURCE/rule2")"

is "eight errors: one more is wanted, which is no error of memory" "8 0 0 0" \
   "$(counts_of "$SOURCE/rule3")"
is "eight errors: nothing decided" "" "$(decided_by 3)"

is "all errors: each, in a dry run" "20 20 0 0" "$(counts_of "$SOURCE/rule4")"
is "all errors: in the log of what was decided" 20 \
   "$(decided_by 4 | grep -c '^soft-offline 0x[0-9a-f]* dry run 0$')"

# The pages
is "the pages that went, and no other" "0x12345 0x14567" \
   "$(events page_offline | key pfn | sort | tr '\n' ' ' | sed 's/ $//')"
is "all of them could be had" "0 0" \
   "$(events page_offline | key result | tr '\n' ' ' | sed 's/ $//')"

# Before the first process, on the clock of both
init=$(dmesg | sed -n 's/^\[ *\([0-9]*\)\.\([0-9]*\)\] Run \/init as init process$/\1\2/p')
[ -n "$init" ]
verdict "the log says when the first process began"
late=0
for time in $(events action | grep '"outcome_text":"done"' | key uptime_ns); do
	[ $((time / 1000)) -lt "$init" ] || late=$((late + 1))
done
is "all was done before it" 0 $late

# until=running: not any more
was=$(of matched "$PMU/sources/spawned/rule5")
[ "$was" -gt 0 ]
verdict "until user space runs: of kernel threads before that"
is "until user space runs: they were too few" "0 0 0" \
   "$(counts_of "$PMU/sources/spawned/rule5" | cut -d ' ' -f 2-)"
(:)
(:)
is "until user space runs: no more now" "$was" "$(of matched "$PMU/sources/spawned/rule5")"

# said TITLE TEXT: in the kernel's log
said()
{
	[ "$(dmesg | grep -cF "$2")" = 1 ]
	verdict "$1"
}
said "wrong: no such action" "mce_record=>explode(addr): at 'explode(addr)': no such action"
said "wrong: no such field" \
     "mce_record=>soft-offline(color): at 'color)': the event has no such field"
said "wrong: no number" "mce_record=>log after ten: at 'ten': a number is wanted, at least 1"
said "wrong: a filter" "mce_record=>log if color == 1: at '== 1': Field not found"
said "wrong: no such event" "perf_persistent=nothing=>log: there is no such event (-2)"
said "wrong: no tracepoint" \
     "perf_persistent=cpu-clock=>log: not a tracepoint, or no rules in this kernel (-95)"

ktap_finished
