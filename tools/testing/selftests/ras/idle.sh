#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A consumer that waits for an hour in which nothing happens is not woken once. The hour
# passes in seconds, in a guest whose clock leaps over what is idle: see boots.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

grep -q ras_selftest=idle /proc/cmdline || {
	ktap_print_header
	skip_all "not booted with a clock that leaps: see boots"
}
plan 4 ras

HOUR=3600
DB=$TMP/ras.db
PID=
trap '[ -z "$PID" ] || kill -KILL $PID; rm -rf "$TMP"' EXIT

cat >"$TMP/conf" <<END
[daemon]
database = $DB
END

# How often the daemon has run, all its threads
switches()
{
	cat /proc/"$PID"/task/*/status | awk '/ctxt_switches/ { n += $2 } END { print n }'
}

uptime()
{
	sed 's/\..*//' /proc/uptime
}

has_stored()
{
	[ "$(ras log --db="$DB" --json 2>/dev/null | addresses)" = "$1" ]
}

drain
ras daemon --config "$TMP/conf" 2>"$TMP/log" &
PID=$!
eventually 60 grep -q "daemon started" "$TMP/log"
verdict "start"
sleep 10

before=$(switches)
began=$(uptime)
sleep $HOUR
[ $(($(uptime) - began)) -ge $HOUR ]
verdict "an hour has passed"
is "nothing has woken the daemon" "$before" "$(switches)" || show "$TMP/log"

inject 0 18193
eventually 60 has_stored 18193
verdict "the next error is stored"

ktap_finished
