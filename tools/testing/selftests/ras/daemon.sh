#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The daemon stores every event once, whatever becomes of it, and runs its policies.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

plan 19 ras

DB=$TMP/ras.db
RUNNING=$TMP/running
PID=
starts=0
mkdir "$RUNNING"
trap '[ -z "$PID" ] || kill -KILL $PID; rm -rf "$TMP"' EXIT

cat >"$TMP/conf" <<END
[daemon]
database = $DB
children = 2

[policy keep]
event = mce_record
severity = corrected
command = cat >>$TMP/policy.out

[policy fatal]
event = *
severity = fatal
command = touch $TMP/never

[policy slow]
event = mc_event
command = touch $RUNNING/\$\$; ls $RUNNING | wc -l >>$TMP/at.once; sleep 1; rm $RUNNING/\$\$

[policy stuck]
event = aer_event
command = sleep 1000
timeout = 1s
END

start()
{
	starts=$((starts + 1))
	ras daemon --config "$TMP/conf" 2>>"$TMP/daemon.log" &
	PID=$!
	eventually 30 started
}

started()
{
	[ "$(grep -c "daemon started" "$TMP/daemon.log")" -eq "$starts" ]
}

# stop SIGNAL
stop()
{
	kill "-$1" $PID
	wait $PID 2>/dev/null
	status=$?
	PID=
	return $status
}

stored()
{
	ras log --db="$DB" --json
}

# has_stored N
has_stored()
{
	[ "$(stored 2>/dev/null | wc -l)" -ge "$1" ]
}

drain
inject_range 0 101 105 && inject_range 1 201 205
ras log --json | timeless >"$TMP/before"
start
verdict "start"
eventually 60 has_stored 10
verdict "what was there before it started is stored"
is "stored is what the buffers had" "$(sort "$TMP/before")" "$(stored | timeless | sort)"
inject_range 0 106 110 && inject_range 1 206 210
eventually 60 has_stored 20
verdict "what comes while it runs is stored"
eventually 60 has_lines 20 "$TMP/policy.out"
verdict "policy: runs for each event"
is "policy: gets the stored JSON" "$(stored | timeless | sort)" \
   "$(timeless <"$TMP/policy.out" | sort)"
[ ! -e "$TMP/never" ]
verdict "policy: not for another severity"

inject 0 111
ras log --json >"$TMP/out" 2>"$TMP/err"
is "log beside the daemon" "0 " "$? $(cat "$TMP/err")"
ras log --consume >"$TMP/out" 2>"$TMP/err"
is "consumer beside the daemon" "1 1 " \
   "$? $(grep -c 'consumed by another' "$TMP/err") $(cat "$TMP/out")"
ras daemon --config "$TMP/conf" 2>"$TMP/err"
is "daemon beside the daemon" "1 1" "$? $(grep -c '^ras: ' "$TMP/err")"

for _ in 1 2 3 4 5 6; do
	ras inject mc_event error_type=0 msg=e label=l driver_detail=d
done
eventually 60 has_lines 6 "$TMP/at.once"
verdict "policy: all of a burst run"
is "policy: no more at once than configured" "" "$(awk '$1 > 2' "$TMP/at.once")"

ras inject aer_event dev_name=0000:00:00.0 severity=2 status=1
eventually 60 grep -qi "stuck" "$TMP/daemon.log"
verdict "policy: a stuck command is killed"
stop TERM
is "SIGTERM: exit status" 0 $?

# More than the last daemon had in the buffer when it ended, so that nothing that it
# remembers of positions can be taken for one of now
inject_range 0 40001 40150 && inject_range 1 40501 40650
start
between()
{
	[ "$(stored | addresses | grep -c '^40')" -ge 300 ]
}
eventually 60 between
is "what came between two daemons is stored, once" "300 300" \
   "$(stored | addresses | grep -c '^40') $(stored | addresses | grep '^40' | sort -u | wc -l)"
stop TERM

# Killed again and again while errors come in: each is there once
stored >"$TMP/old"
{
	inject_range 0 50001 50100 30000 &
	inject_range 1 60001 60100 30000
	wait
} &
writer=$!
for _ in 1 2 3 4 5 6 7 8; do
	start
	sleep 0.3
	stop KILL
done
wait $writer
start
{ seq 50001 50100; seq 60001 60100; } >"$TMP/all"
complete()
{
	[ "$(stored | addresses | grep -cE '^[56]0[01]')" -ge 200 ]
}
eventually 40 complete
stored | addresses | grep -E '^[56]0[01]' | sort -n >"$TMP/seen"
sort -u "$TMP/seen" | sort -n | cmp -s - "$TMP/all"
verdict "SIGKILL: nothing lost"
is "SIGKILL: nothing doubled" "" "$(uniq -d "$TMP/seen")"
is "SIGKILL: nothing old changed" "$(cat "$TMP/old")" \
   "$(stored | head -n "$(wc -l <"$TMP/old")")"
stop TERM

echo "colour = green" >>"$TMP/conf"
ras daemon --config "$TMP/conf" --check 2>"$TMP/err"
is "config: unknown key" "1 1" \
   "$? $(grep -c "^ras: $TMP/conf:$(wc -l <"$TMP/conf"): .*colour" "$TMP/err")"

ktap_finished
