#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Memory errors: ras:mc_event and ras:memory_failure_event at each level, and a CPER memory
# section through ras:non_standard_event, have the consequences of an error that firmware
# reports: EINJ, which ends in GHES on the emulated platform.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=levels.sh
. "$DIR/levels.sh"

levels_plan firmware 63 ras

# Firmware reports on the CPU whose poll comes first, an injection where it is made.
WHERE="cpu buffer_cpu"
EDAC="^EDAC MC0: "
FAILURE="^Memory failure: "
PANIC_ON_UE=/sys/module/edac_core/parameters/edac_mc_panic_on_ue

counts()
{
	echo "CE $(cat $MC/ce_count) UE $(cat $MC/ue_count) DIMM $(cat $MC/dimm0/dimm_ce_count) \
$(cat $MC/dimm0/dimm_ue_count)"
}

is "mc_event: the levels" "stream driver hardware" "$(cat $PMU/sources/mc_event/inject)"
is "memory_failure_event: the levels" "stream driver" \
   "$(cat $PMU/sources/memory_failure_event/inject)"
is "non_standard_event: the levels" "stream driver" \
   "$(cat $PMU/sources/non_standard_event/inject)"

# Corrected
is "corrected: no count yet" "CE 0 UE 0 DIMM 0 0" "$(counts)"
log_mark
began mc_event
einj 0x8 0x9000680
arrives "corrected: real" mc_event
real=$(newest mc_event)
log_since "$EDAC" >"$TMP/real"
is "corrected: real, where it was asked for" "0x9000680 corrected" \
   "$(echo "$real" | key address) $(echo "$real" | key severity)"
is "corrected: real, one line in the log" 1 "$(wc -l <"$TMP/real")"
is "corrected: real, counted" "CE 1 UE 0 DIMM 1 0" "$(counts)"

n=1
for level in driver hardware; do
	n=$((n + 1))
	log_mark
	began mc_event
	is "corrected, $level: taken" taken "$(again mc_event $level)"
	arrives "corrected, $level: an event" mc_event
	# shellcheck disable=SC2086 # words
	same "corrected, $level: the same" mc_event "$real" $WHERE
	log_since "$EDAC" >"$TMP/injected"
	# Firmware says where in the module; the event does not, nor does EDAC know.
	at=
	[ $level = hardware ] || at='s/(.* page:/(page:/'
	is "corrected, $level: the same in the log" "$(sed "$at" "$TMP/real")" \
	   "$(sed "$at" "$TMP/injected")"
	is "corrected, $level: counted" "CE $n UE 0 DIMM $n 0" "$(counts)"
	tainted 64
	taint=$?
	[ $level = hardware ]
	is "corrected, $level: taints or not" $? $taint
done

# Uncorrected, in a page: firmware's report also takes it out of service.
ADDRESS="address summary"
PFN="pfn summary"
page
log_mark
was=$(corrupted)
began memory_failure_event
einj 0x10 "$address"
arrives "uncorrected: real, memory_failure" memory_failure_event
real=$(newest mc_event)
real_failure=$(newest memory_failure_event)
log_since "$EDAC|$FAILURE" | sed "s/0x[0-9a-f]*:/PFN:/; s/page:0x[0-9a-f]*/page:PFN/" >"$TMP/real"
is "uncorrected: real" "uncorrected $(printf '0x%x' $((address)))" \
   "$(echo "$real" | key severity) $(echo "$real" | key address)"
is "uncorrected: real, HardwareCorrupted" $((was + 4)) "$(corrupted)"
page_is "uncorrected: real, SIGBUS" 135

# By EDAC's handler, an event and a count. The page is nobody's affair there.
page
was=$(corrupted)
began mc_event
is "uncorrected, driver: taken" taken "$(again mc_event driver "address=$address")"
arrives "uncorrected, driver: an event" mc_event
# shellcheck disable=SC2086 # words
same "uncorrected, driver: the same" mc_event "$real" $WHERE $ADDRESS
is "uncorrected, driver: counted" "CE 3 UE 2 DIMM 3 2" "$(counts)"
page_is "uncorrected, driver: the page is in use" 0

page
log_mark
began memory_failure_event
is "uncorrected, hardware: taken" taken "$(again mc_event hardware "address=$address")"
arrives "uncorrected, hardware: memory_failure" memory_failure_event
# shellcheck disable=SC2086 # words
same "uncorrected, hardware: the same" mc_event "$real" $WHERE $ADDRESS
# shellcheck disable=SC2086 # words
same "uncorrected, hardware: the same memory_failure" memory_failure_event \
     "$real_failure" $WHERE $PFN
is "uncorrected, hardware: the same in the log" "$(cat "$TMP/real")" \
   "$(log_since "$EDAC|$FAILURE" | sed "s/0x[0-9a-f]*:/PFN:/; s/page:0x[0-9a-f]*/page:PFN/")"
is "uncorrected, hardware: HardwareCorrupted" $((was + 4)) "$(corrupted)"
page_is "uncorrected, hardware: SIGBUS" 135

# The same page error without a memory controller
page
log_mark
was=$(corrupted)
began memory_failure_event
is "memory_failure, driver: taken" taken \
   "$(again memory_failure_event driver pfn=$((address >> 12)))"
arrives "memory_failure, driver: an event" memory_failure_event
# shellcheck disable=SC2086 # words
same "memory_failure, driver: the same" memory_failure_event "$real_failure" $WHERE $PFN
is "memory_failure, driver: the same in the log" \
   "$(grep "$FAILURE" "$TMP/real")" "$(log_since "$FAILURE" | sed "s/0x[0-9a-f]*:/PFN:/")"
is "memory_failure, driver: HardwareCorrupted" $((was + 4)) "$(corrupted)"
page_is "memory_failure, driver: SIGBUS" 135

# UEFI 2.10, N.2.5: the section that the emulated firmware has, see qemu/firmware.c
section()
{
	le 8 $((0x1ff | 1 << 14 | 1 << 17))
	le 8 0x400
	le 8 "$1"
	le 8 $((-128))
	for word in 0 1 0 3 4 0x55 0 0; do
		le 2 $word
	done
	le 24 0
	le 1 "$2"
	le 5 0
	le 2 0x1100
}
# a5bc1114-6f64-4ede-b863-3e83ed7c83b1
printf '\024\021\274\245\144\157\336\116\270\143\076\203\355\174\203\261' >"$TMP/type"

began non_standard_event
einj 0x400
arrives "section: one to write again" non_standard_event
page
# shellcheck disable=SC2059 # that is the bytes
printf "$(section "$address" 3)" >"$TMP/section"
log_mark
was=$(corrupted)
began memory_failure_event
is "section, driver: taken" taken "$(again non_standard_event driver \
	"sec_type=@$TMP/type" "buf=@$TMP/section" len=80)"
arrives "section, driver: memory_failure" memory_failure_event
# shellcheck disable=SC2086 # words
same "section, driver: the same mc_event" mc_event "$real" $WHERE $ADDRESS
# shellcheck disable=SC2086 # words
same "section, driver: the same memory_failure" memory_failure_event \
     "$real_failure" $WHERE $PFN
is "section, driver: the same in the log" "$(cat "$TMP/real")" \
   "$(log_since "$EDAC|$FAILURE" | sed "s/0x[0-9a-f]*:/PFN:/; s/page:0x[0-9a-f]*/page:PFN/")"
page_is "section, driver: SIGBUS" 135

all=$(settled)
count=$(counts)
refused "mc_event: no such controller" ENODEV mc_event driver mc_index=7
refused "mc_event: no such type" EINVAL mc_event driver error_type=9
refused "mc_event: no such type for EINJ" EINVAL mc_event hardware error_type=9
refused "mc_event: no such DIMM" EINVAL mc_event driver top_layer=77
refused "mc_event, hardware: not memory" EINVAL mc_event hardware address=0xfee00000
refused "mc_event, hardware: refused by it" EBUSY mc_event hardware address=0x0bad0000
refused "mc_event, hardware: fatal, without the word" ECANCELED mc_event hardware error_type=3
echo 1 >$PANIC_ON_UE
refused "mc_event: panic on UE, without the word" ECANCELED mc_event driver error_type=1
echo 0 >$PANIC_ON_UE
refused "memory_failure: beyond all memory" ENXIO memory_failure_event driver pfn=0x123456789
refused "memory_failure: not hardware's" EOPNOTSUPP memory_failure_event hardware
refused "section: too short" EINVAL non_standard_event driver "sec_type=@$TMP/type"
refused "section: fatal, without the word" ECANCELED non_standard_event driver sev=3
is "refused: nothing of it is there" "$all" "$(settled)"
is "refused: nothing is counted" "$count" "$(counts)"

ktap_finished
