#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# mce:mce_record at each level has the consequences of a machine check that the CPU raised.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=levels.sh
. "$DIR/levels.sh"

levels_plan machine-checks 45 ras

# Nor can what only a clock knows be the same again.
CLOCK="walltime tsc"
DECODED="mce: .*(Machine Check|TSC|PROCESSOR)|Memory failure"

is "the levels" "stream driver hardware" "$(cat $PMU/sources/mce_record/inject)"

# A corrected one, seen by the poll. The log: but for one line, of which not more than some
# in a while are printed.
log_mark
began mce_record
monitor mce 1 3 0x9c00004000010090 0 0x12345000 0x8c
arrives "corrected: real" mce_record
real=$(newest mce_record)
log_since "$DECODED" | grep -v "events logged" >"$TMP/real"
is "corrected: real, of the CPU and bank that had it" "1 3" \
   "$(echo "$real" | key cpu) $(echo "$real" | key bank)"

for level in driver hardware; do
	log_mark
	began mce_record
	is "corrected, $level: taken" taken "$(again mce_record $level)"
	arrives "corrected, $level: an event" mce_record
	# shellcheck disable=SC2086 # words
	same "corrected, $level: the same" mce_record "$real" $CLOCK
	log_since "$DECODED" | grep -v "events logged" >"$TMP/injected"
	is "corrected, $level: the same in the log" "$(cat "$TMP/real")" "$(cat "$TMP/injected")"
	[ $level = hardware ] || { ! tainted 64; verdict "corrected, $level: no taint"; }
done
tainted 64
verdict "corrected, hardware: taints"

# The other CPU and another bank: it is not the record's own CPU that decides.
began mce_record
is "corrected, hardware, CPU 0: taken" taken "$(again -c 1 mce_record hardware cpu=0 bank=5)"
arrives "corrected, hardware, CPU 0: an event" mce_record
is "corrected, hardware, CPU 0: there" "0 5 0" "$(newest mce_record | key cpu) \
$(newest mce_record | key bank) $(newest mce_record | key buffer_cpu)"

# Action optional, as most CPUs have it: all of them enter the handler. QEMU's other CPUs
# have something of their own in bank 1 then, which is no exception but a poll's.
page
began mce_record
monitor mce -b 0 9 0xbd000000000000cf 5 "$address" 0x8c
eventually 60 at_least mce_record $((before + 2))
broadcast=$(events mce_record | grep '"bank":9')
is "broadcast: real, in the bank" "srao 0x5" \
   "$(echo "$broadcast" | key severity) $(echo "$broadcast" | key mcgstatus)"
page_is "broadcast: real, SIGBUS" 135

# Action optional, in a page: a machine check exception on one CPU, which takes the page out
# of service. ip, cs: where that CPU happened to be.
WHERE="addr ip cs summary"
page
log_mark
was=$(corrupted)
began memory_failure_event
monitor mce 0 9 0xbd000000000000cf 0xd "$address" 0x8c
arrives "action optional: real, memory_failure" memory_failure_event
real_mce=$(newest mce_record)
real_failure=$(newest memory_failure_event)
is "action optional: real, in the bank" "9 0xbd000000000000cf" \
   "$(echo "$real_mce" | key bank) $(echo "$real_mce" | key status)"
# shellcheck disable=SC2086 # words
same "action optional: as with all CPUs" mce_record "$broadcast" $CLOCK $WHERE mcgstatus
is "action optional: real, HardwareCorrupted" $((was + 4)) "$(corrupted)"
page_is "action optional: real, SIGBUS" 135

for level in driver hardware; do
	page
	was=$(corrupted)
	began memory_failure_event
	is "action optional, $level: taken" taken \
	   "$(again mce_record $level "addr=$address")"
	arrives "action optional, $level: memory_failure" memory_failure_event
	# shellcheck disable=SC2086 # words
	same "action optional, $level: the same" mce_record "$real_mce" $CLOCK $WHERE
	same "action optional, $level: the same memory_failure" memory_failure_event \
	     "$real_failure" pfn summary cpu buffer_cpu
	is "action optional, $level: HardwareCorrupted" $((was + 4)) "$(corrupted)"
	page_is "action optional, $level: SIGBUS" 135
done

# What is refused. The last record was an action optional one.
all=$(settled)
refused "no such bank" EINVAL mce_record hardware bank=77
refused "bank beyond all" EINVAL mce_record driver bank=255
refused "no valid status" EINVAL mce_record hardware status=0x1000000000000000
refused "PCC without UC" EINVAL mce_record hardware status=0x9600000000000135
refused "S without UC" EINVAL mce_record hardware status=0x9500000000000135
refused "AR without S" EINVAL mce_record hardware status=0xb480000000000134
refused "no such CPU" EINVAL mce_record hardware cpu=99
refused "fatal, without the word" ECANCELED mce_record hardware \
	status=0xbe00000000000135 mcgstatus=4
echo 0 >/sys/devices/system/cpu/cpu1/online
refused "CPU offline" ENODEV -c 0 mce_record hardware cpu=1
echo 1 >/sys/devices/system/cpu/cpu1/online
is "refused: nothing of it is there" "$all" "$(settled)"

ktap_finished
