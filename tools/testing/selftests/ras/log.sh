#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# ras log looks without taking; --consume takes what it printed and nothing else.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

plan 15 ras

drain
inject_range 0 4096 4098 && inject_range 1 8192 8193
verdict "inject"

ras log --json >"$TMP/first" 2>"$TMP/err"
is "log: exit status" 0 $?
is "log: all of them, in order" "4096 4097 4098 8192 8193 " \
   "$(addresses <"$TMP/first" | tr '\n' ' ')"
is "log: nothing on stderr" "" "$(cat "$TMP/err")"
is "log: the same again" "$(timeless <"$TMP/first")" "$(ras log --json | timeless)"

# What a program may rely on in each line
keys='"event":"mce:mce_record" "time":"20[0-9-]*T[0-9:]*\.[0-9]\{9\}Z" "time_ns":[0-9]\{19\}
      "boot_id":"[0-9a-f-]\{36\}" "cpu":[01] "severity":"corrected"
      "status":"0x9c00004000010090" "bank":1'
missing=
for key in $keys; do
	[ "$(grep -c "$key" "$TMP/first")" -eq 5 ] || missing="$missing $key"
done
is "json: the promised keys" "" "$missing"
is "json: the boot it was" "$(cat /proc/sys/kernel/random/boot_id)" \
   "$(sed -n '1s/.*"boot_id":"\([^"]*\)".*/\1/p' "$TMP/first")"

ras log >"$TMP/human"
grep -qi "corrected" "$TMP/human" && grep -q "0x1000" "$TMP/human"
verdict "human: severity and address"

ras log --consume --json >"$TMP/taken"
is "consume: prints the same" "$(timeless <"$TMP/first")" "$(timeless <"$TMP/taken")"
is "consume: has taken it" "" "$(ras log --json)"

# Killed while it waits for a reader that does not read: what is in the pipe was printed,
# what is not is still there. The one between the two may be in both.
inject_range 0 10001 10150 && inject_range 1 20001 20150
verdict "inject many"
mkfifo "$TMP/pipe"
exec 3<>"$TMP/pipe"
ras log --consume --json >"$TMP/pipe" 2>/dev/null 3<&- &
pid=$!
dd bs=1 count=1 <&3 >"$TMP/printed" 2>/dev/null
sleep 2
kill -KILL $pid
wait $pid 2>/dev/null
# With the last writer gone, there is an end to read to.
exec 4<"$TMP/pipe"
exec 3<&-
cat <&4 >>"$TMP/printed"
exec 4<&-
ras log --consume --json >"$TMP/rest"
addresses <"$TMP/printed" >"$TMP/printed.a"
addresses <"$TMP/rest" >"$TMP/rest.a"
ktap_print_msg "$(wc -l <"$TMP/printed.a") printed, $(wc -l <"$TMP/rest.a") left"
[ -s "$TMP/printed.a" ] && [ -s "$TMP/rest.a" ]
verdict "killed half-way: some printed, some not"
{ seq 10001 10150; seq 20001 20150; } >"$TMP/all"
sort -nu "$TMP/printed.a" "$TMP/rest.a" | cmp -s - "$TMP/all"
verdict "killed half-way: nothing lost"
twice=$(sort -n "$TMP/printed.a" "$TMP/rest.a" | uniq -d | wc -l)
[ "$twice" -le 1 ]
verdict "killed half-way: nothing doubled but the last"

# A reader that goes away: the rest stays as well
inject_range 0 30001 30120
ras log --consume --json 2>/dev/null | head -n 1 >/dev/null
ras log --json | addresses >"$TMP/rest.a"
tail -n "$(wc -l <"$TMP/rest.a")" <<-END | cmp -s - "$TMP/rest.a"
$(seq 30001 30120)
END
verdict "reader gone: what is left is the end, without a gap"
drain

ktap_finished
