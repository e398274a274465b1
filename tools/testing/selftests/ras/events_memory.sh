#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A page taken out of service is an event, with its result; so is each task that has it, with
# what was done to it.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=levels.sh
. "$DIR/levels.sh"
# shellcheck source=events.sh
. "$DIR/events.sh"

levels_plan memory 43 ras

POISON=/sys/kernel/debug/hwpoison/corrupt-pfn

pfn_of()
{
	printf '0x%x\n' $(($1 >> 12))
}

# Of its owner's own will: one, then many
for way in soft hard; do
	for n in 1 1000; do
		begin
		was=$(corrupted)
		"$DIR/offline_pages" $way $n >"$TMP/pfns"
		is "$way: done" $n "$(wc -l <"$TMP/pfns")"
		raised "$way" page_offline $n
		is "$way: $n pages gone" $((was + 4 * n)) "$(corrupted)"
		if [ $way = soft ]; then
			nothing_but "$way: nothing else" page_offline
		else
			raised "$way: what it was" memory_failure_event $n
			raised "$way: who had it" memory_failure_task $n
		fi
	done
done
begin
"$DIR/offline_pages" soft 1 >"$TMP/pfns"
has "soft: what it says" page_offline severity=recovered soft_text=soft result=0 \
    pfn="$(cat "$TMP/pfns")"

# Not to be had
begin
echo 0 >/proc/sys/vm/enable_soft_offline
"$DIR/offline_pages" soft 1 2>/dev/null
echo 1 >/proc/sys/vm/enable_soft_offline
has "refused: what it says" page_offline severity=corrected soft_text=soft result=-95

# Who has it: two that want to be told at once, three when they touch it
holders()
{
	: >"$TMP/holders"
	"$DIR/page_holders" "$@" >"$TMP/holders" &
	holder=$!
	eventually 60 grep -q '^0x' "$TMP/holders"
	address=$(grep -v ' ' "$TMP/holders")
}

# fates: PID ADDRESS FATE of the tasks of the page
fates()
{
	events memory_failure_task | grep "\"pfn\":\"$(pfn_of "$address")\"" |
		while read -r line; do
			echo "$(echo "$line" | key pid) $(echo "$line" | key address) \
$(echo "$line" | sed -n 's/.*"fate_text":"\([^"]*\)".*/\1/p')"
		done | sort
}

holders 2 3
begin
pfn_of "$address" >$POISON
raised "shared page" memory_failure_task 5
sed -n 's/ early$/ SIGBUS, action optional/p; s/ late$/ SIGBUS when touched/p' \
	"$TMP/holders" | sort >"$TMP/wanted"
is "shared page: the fate of each" "$(cat "$TMP/wanted")" "$(fates)"
has "shared page: comm" memory_failure_task severity=uncorrected comm=page_holders
kill $holder
wait $holder 2>/dev/null

# Whose main thread has exited is not told at once, whatever he wants.
holders 1 1 orphans
begin
pfn_of "$address" >$POISON
raised "no main threads" memory_failure_task 2
is "no main threads: the fate of each" 2 "$(fates | grep -c ' SIGBUS when touched$')"
kill $holder
wait $holder 2>/dev/null

# One of them was using it when it failed. That is no reason to kill those who were not.
begin
holders 1 2 consume
raised "consumed" memory_failure_task 4
sed -n 's/ early$/ SIGBUS, action optional/p; s/ late$/ SIGBUS when touched/p
s/ consumer$/ SIGBUS, action required/p' "$TMP/holders" | sort >"$TMP/wanted"
is "consumed: the fate of each" "$(cat "$TMP/wanted")" "$(fates)"
sed -n 's/ .* late$//p' "$TMP/holders" >"$TMP/late"
alive=0
while read -r pid; do
	grep -q "^State:[^Z]*$" /proc/"$pid"/status && alive=$((alive + 1))
done <"$TMP/late"
is "consumed: the late ones live" 2 $alive
kill $holder
wait $holder 2>/dev/null

# A page of a file that is on its disk is read again.
holders 1 2 "$DIR/settings"
begin
pfn_of "$address" >$POISON
happens "file" page_offline 1
# A file of the initramfs has no disk: its page is lost to all who map it.
raised "file" memory_failure_task 3
kill $holder
wait $holder 2>/dev/null

ktap_finished
