#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Errors of disks, by events that others have: block:block_rq_error, and
# scsi:scsi_dispatch_cmd_timeout, which is captured from when the module scsi_mod is loaded until
# it is unloaded. The disk is scsi_debug's.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=levels.sh
. "$DIR/levels.sh"
# shellcheck source=events.sh
. "$DIR/events.sh"

levels_plan devices 45 ras insmod rmmod taskset

TIMEOUT=scsi_dispatch_cmd_timeout
DEBUG=/sys/bus/pseudo/drivers/scsi_debug
DISK=/sys/block/sda/device
# Sectors that cannot be read, 2000 from here (0x1234 is where scsi_debug has them)
BAD=4660
STORM=1000

# "bsg" stays.
BELOW="crct10dif_common crct10dif_generic crc-t10dif bsg"

load()
{
	for module; do
		insmod "/lib/modules/$module.ko" || return 1
	done
}

unload()
{
	for module; do
		rmmod "$module" || return 1
	done
}

state()
{
	cat "$PMU/sources/$1/state"
}

# number count|lost: of timeouts, on all CPUs
number()
{
	read -r total _ <"$PMU/sources/$TIMEOUT/$1"
	echo "$total"
}

is_state()
{
	[ "$(state $TIMEOUT)" = "$1" ]
}

has_disk()
{
	[ -e /dev/sda ] && [ "$(cat $DISK/state 2>/dev/null)" = running ] &&
		dd if=/dev/sda of=/dev/null bs=512 count=1 iflag=direct 2>/dev/null
}

# disk: with 8 MiB. It answers at once, on the CPU that asks.
disk()
{
	insmod /lib/modules/scsi_debug.ko dev_size_mb=8 delay=0 statistics=1 \
	       medium_error_count=2000 && eventually 60 has_disk && echo 1 >$DISK/timeout &&
		echo 1 >$DISK/eh_timeout
}

# fails HOW N: opts of scsi_debug, for each N-th command
fails()
{
	echo 0 >$DEBUG/opts
	echo "$2" >$DEBUG/every_nth
	echo "$1" >$DEBUG/opts
}

# sectors FIRST N [DD-ARGUMENT]...: read each by a request of its own
sectors()
{
	first=$1 n=$2
	shift 2
	taskset 1 dd if=/dev/sda of=/dev/null bs=512 skip="$first" count="$n" iflag=direct "$@" \
		2>"$TMP/dd"
}

# counter NAME: of the SCSI layer
counter()
{
	echo $(($(cat "$DISK/$1")))
}

# Before the module
is "no module: block_rq_error" active "$(state block_rq_error)"
is "no module: $TIMEOUT" "pending 0" "$(state $TIMEOUT) $(number count)"
# shellcheck disable=SC2086 # words
load $BELOW scsi_common
is "what it needs is loaded" pending "$(state $TIMEOUT)"
load scsi_mod
verdict "scsi_mod is loaded"
eventually 60 is_state active
verdict "and the event is active"

load sd_mod
begin
disk
verdict "a disk"
sectors 0 16
verdict "sectors that are good"
nothing_but "sectors that are good: no event"

# What the disk cannot read
fails 2 0
log_mark
begin
! sectors $BAD 1
verdict "medium error: dd fails"
happens "medium error" block_rq_error 1
has "medium error: what and where" block_rq_error severity=uncorrected dev=$((8 << 20)) \
    sector=0x1234 nr_sector=1 error=-61 rwbs=RS
is "medium error: the log says the same" \
   "critical medium error, dev sda, sector 4660 op 0x0:(READ)" \
   "$(log_since "critical medium error" | sed 's/ flags .*//')"

begin
! taskset 1 dd if=/dev/sda of=/dev/null bs=4096 skip=$((BAD / 8)) count=1 iflag=direct \
	2>"$TMP/dd"
verdict "medium error within a request: dd fails"
happens "medium error within a request" block_rq_error 1
has "medium error within a request: all of it" block_rq_error sector=0x1230 nr_sector=8

# Of these the log has the first few.
sleep 6
log_mark
begin
was=$(counter ioerr_cnt)
sectors $BAD $STORM conv=noerror
is "storm: errors of the disk" $STORM $(($(counter ioerr_cnt) - was))
happens "storm" block_rq_error $STORM
events block_rq_error | key sector >"$TMP/sectors"
storm_kept block_rq_error $STORM $BAD 1 "$TMP/sectors" "critical medium error"

# Each second command gets no answer: after the first one, one for each sector, and then its
# repetition, which gets one.
fails 4 2
log_mark
begin
was=$(counter iotmo_cnt)
sectors 32 4
verdict "timeout: dd succeeds in the end"
fails 0 0
is "timeout: as many as the SCSI layer counts" 3 $(($(counter iotmo_cnt) - was))
happens "timeout" $TIMEOUT 3
has "timeout: the command" $TIMEOUT severity=uncorrected host_no=0 channel=0 id=0 lun=0 \
    opcode=40 cmd_len=10 \
    cmnd=28000000002300000100
is "timeout: nothing in the log" "" "$(log_since "sda|scsi")"
nothing_but "timeout: no other event" $TIMEOUT

# No command gets an answer: 100 readers at once, until the SCSI layer gives up the disk. Of
# sectors apart from each other, which are not merged into one request.
fails 4 1
begin
was=$(counter iotmo_cnt)
readers=
i=0
while [ $i -lt 100 ]; do
	dd if=/dev/sda of=/dev/null bs=512 skip=$((64 + 16 * i)) count=1 iflag=direct \
		2>"$TMP/reader.$i" &
	readers="$readers $!"
	i=$((i + 1))
done
wrong=0
for reader in $readers; do
	wait "$reader" || wrong=$((wrong + 1))
done
# Who comes late finds no disk to open, and that is no error of a request.
late=$(cat "$TMP"/reader.* | grep -c "can't open")
fails 0 0
timeouts=$(($(counter iotmo_cnt) - was))
[ $timeouts -ge $((100 - late)) ] && [ "$late" -lt 50 ]
verdict "storm of timeouts: the SCSI layer counts them"
happens "storm of timeouts, as many as it counts" $TIMEOUT $timeouts >"$TMP/result"
# Without the number, which is another each time
sed "s/$timeouts/all/g" "$TMP/result"
is "storm of timeouts: no reader succeeds" 100 "$wrong"
is "storm of timeouts: each error of a reader is an event" $((wrong - late)) \
   "$(since block_rq_error count)"
ktap_print_msg "storm: $timeouts timeouts, $late readers came late, $(since $TIMEOUT lost) lost"

# And without the module again
had=$(number count) had_lost=$(number lost)
unload scsi_debug sd_mod scsi_mod
verdict "unloaded: nobody holds it"
is "unloaded: pending again" pending "$(state $TIMEOUT)"
is "unloaded: count and lost are as before" "$had $had_lost" \
   "$(number count) $(number lost)"

i=0
while [ $i -lt 10 ] && load scsi_mod && eventually 60 is_state active &&
      unload scsi_mod && is_state pending; do
	i=$((i + 1))
done
is "ten times more" 10 $i

load scsi_mod sd_mod && disk
verdict "loaded again"
begin
fails 4 2
sectors 0 2
fails 0 0
happens "loaded again: a timeout" $TIMEOUT 1
is "loaded again: the count goes on" $((had + 1)) "$(number count)"
unload scsi_debug sd_mod scsi_mod scsi_common
verdict "unloaded again"
is "unloaded again: pending" pending "$(state $TIMEOUT)"

ktap_finished
