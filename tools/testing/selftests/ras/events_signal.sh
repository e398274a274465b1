#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A signal that ends a process is an event, once for the process. Those that nobody sends on
# purpose are captured by default, in a set of their own.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=levels.sh
. "$DIR/levels.sh"
# shellcheck source=events.sh
. "$DIR/events.sh"

levels_plan signals 49 ras

trap 'ras forget signals 2>/dev/null; rm -rf "$TMP"' EXIT

victim()
{
	"$DIR/signal_victim" "$@" >/dev/null 2>&1 &
	pid=$!
	wait $pid 2>/dev/null
	died=$?
}

# victim_waits: one that dies of what is sent to it
victim_waits()
{
	: >"$TMP/ready"
	"$DIR/signal_victim" wait >"$TMP/ready" &
	pid=$!
	eventually 60 has_lines 1 "$TMP/ready"
}

# of FAULTS: how, the argument, signal, code of siginfo.h, address
while read -r how n sig code address; do
	begin
	victim "$how" "$n"
	is "$how: dies" $((128 + sig)) $died
	raised "$how" fatal_signal 1
	has "$how: what it says" fatal_signal severity=uncorrected sig="$sig" code="$code" \
	    pid=$pid comm=signal_victim
	if [ "$address" != any ]; then
		is "$how: address" "$address" "$(newest fatal_signal | key address)"
	fi
	nothing_but "$how: nothing else" fatal_signal
done <<FAULTS
segv 0x123456 11 1 0x123456
fpe 0 8 1 any
ill 0 4 2 any
bus 0 7 2 any
abrt 0 6 -6 0x0
threads 8 11 1 0x1000
FAULTS

# Sent by somebody
begin
victim_waits
kill -SEGV $pid
wait $pid 2>/dev/null
raised "sent" fatal_signal 1
has "sent: what it says" fatal_signal sig=11 code=0 address=0x0 pid=$pid

# Nobody dies
begin
victim handled
is "handled: survives" 0 $died
victim ignored
is "ignored: survives" 0 $died
nothing_but "handled, ignored: no event"

# On purpose: not captured by default
begin
for sig in TERM KILL; do
	victim_waits
	kill -$sig $pid
	wait $pid 2>/dev/null
done
nothing_but "TERM, KILL: filtered"

# But there are events of them, one for each and all its threads.
ras persist ras:fatal_signal --name signals
for sig in TERM KILL; do
	victim_waits
	kill -$sig $pid
	wait $pid 2>/dev/null
done
is "TERM, KILL: events" 2 "$(number signals count)"
event=$(ras log --set signals --json | tail -n 1)
is "TERM, KILL: what they say" "info 9 0 $pid signal_victim" \
   "$(echo "$event" | key severity) $(echo "$event" | key sig) $(echo "$event" | key code) \
$(echo "$event" | key pid) $(echo "$event" | key comm)"
ras forget signals

# So many that the set is full: what strikes the hardware meanwhile has its own.
begin
"$DIR/signal_victim" storm 500
inject 0 0x1234000
"$DIR/signal_victim" storm 500
raised "storm" fatal_signal 1000
[ "$(since fatal_signal lost)" -gt 0 ]
verdict "storm: more than the buffer holds"
raised "storm: a machine check amid it" mce_record 1
is "storm: it is not lost" 0 "$(since mce_record lost)"
nothing_but "storm: nothing else" fatal_signal mce_record

ktap_finished
