#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# PCIe errors: ras:aer_event at each level, and a CPER PCIe section through
# ras:non_standard_event, have the consequences of an error of the emulated device, and of
# one that firmware reports.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=levels.sh
. "$DIR/levels.sh"

levels_plan pcie 71 ras

# The CPU is where the interrupt, the poll or the work happened to be.
WHERE="cpu buffer_cpu"
# A header that is not valid is what an earlier event left in the trace buffer.
STALE="tlp_header"
RECOVERY=': +\[ *[0-9]+\] [A-Za-z]|AER: .*recover'

card=$(dirname "$(grep -lx 0x1044 $AER/*/device)")
name=${card##*/}
bus=${name#*:}
sbdf=$((0x${bus%%:*} << 16))

counts()
{
	for kind in correctable nonfatal fatal; do
		sed -n 's/^TOTAL_ERR_.* //p' "$card/aer_dev_$kind"
	done | tr '\n' ' ' | sed 's/ $//'
}

recovery()
{
	log_since "$RECOVERY" | sed 's/ *$//'
}

# recovered N: as often has recovery come to its end
recovered()
{
	[ "$(log_since "device recovery" | wc -l)" -ge "$1" ]
}

# injected NAME LEVEL COUNTS [KEY...]: the newest again, with the consequences of $real
injected()
{
	what=$1 level=$2 wanted=$3
	shift 3
	log_mark
	began aer_event
	is "$what, $level: taken" taken "$(again aer_event "$level")"
	arrives "$what, $level: an event" aer_event
	consequences "$what, $level" "$wanted" "$@"
}

consequences()
{
	what=$1 wanted=$2
	shift 2
	# shellcheck disable=SC2086 # words
	same "$what: the same" aer_event "$real" $WHERE "$@"
	eventually 60 recovered "$(grep -c "device recovery" "$TMP/real")"
	is "$what: the same in the log" "$(cat "$TMP/real")" "$(recovery)"
	is "$what: counted" "$wanted" "$(counts)"
}

# raised NAME COUNTS RECOVERED COMMAND...: a real one
raised()
{
	what=$1 wanted=$2 recoveries=$3
	shift 3
	log_mark
	began aer_event
	"$@"
	arrives "$what: real" aer_event
	eventually 60 recovered "$recoveries"
	real=$(newest aer_event)
	recovery >"$TMP/real"
	is "$what: real, counted" "$wanted" "$(counts)"
}

is "the levels" "stream driver hardware" "$(cat $PMU/sources/aer_event/inject)"
is "no count yet" "0 0 0" "$(counts)"

# By the device itself and AER's interrupt. QEMU before 8.0 routes no corrected ones to the
# root port; those are firmware's.
raised "non-fatal" "0 1 0" 1 \
	monitor pcie_aer_inject_error card POISON_TLP 0x40000001 0xf 0xfee00000 0
is "non-fatal: real, of the device" "$name uncorrected" \
   "$(echo "$real" | key dev_name) $(echo "$real" | key severity)"
injected "non-fatal" driver "0 2 0"
! tainted 64
verdict "non-fatal, driver: no taint"

# By firmware
raised "firmware's corrected" "1 2 0" 0 einj_pcie 0x40 $sbdf
injected "firmware's corrected" driver "2 2 0" $STALE
injected "firmware's corrected" hardware "3 2 0" $STALE
tainted 64
verdict "firmware's corrected, hardware: taints"

raised "firmware's non-fatal" "3 3 0" 1 einj_pcie 0x80 $sbdf
injected "firmware's non-fatal" driver "3 4 0"
injected "firmware's non-fatal" hardware "3 5 0"

# UEFI 2.10, N.2.7: what the kernel takes of the section that the emulated firmware has
section()
{
	le 8 0x8b
	le 27 0
	le 1 $((sbdf >> 16))
	le 76 0
	le 4 0x14820001
	le 4 0x1000
	le 4 0
	le 4 0x00462030
	le 8 0
	le 4 12
	for dword in 0x40000001 0x0000000f 0xfee00000 0; do
		le 4 $dword
	done
	le 52 0
}
# d995e954-bbc1-430f-ad91-b44dcb3c6f35
printf '\124\351\225\331\301\273\017\103\255\221\264\115\313\074\157\065' >"$TMP/type"
# shellcheck disable=SC2059 # that is the bytes
printf "$(section)" >"$TMP/section"

began non_standard_event
einj 0x400
arrives "section: one to write again" non_standard_event
log_mark
began aer_event
is "section, driver: taken" taken "$(again non_standard_event driver \
	"sec_type=@$TMP/type" "buf=@$TMP/section" len="$(wc -c <"$TMP/section")")"
arrives "section, driver: an event" aer_event
consequences "section, driver" "3 6 0"

all=$(settled)
count=$(counts)
refused "no such device" ENODEV aer_event driver dev_name=0000:77:00.0
refused "a device without AER" ENODEV aer_event driver dev_name=0000:00:00.0
refused "no device at all" EINVAL aer_event hardware dev_name=card
refused "no status" EINVAL aer_event driver status=0
refused "no such severity" EINVAL aer_event driver severity=3
refused "no such severity for EINJ" EINVAL aer_event hardware severity=3
refused "hardware, fatal, without the word" ECANCELED aer_event hardware severity=1
refused "section: too short" EINVAL non_standard_event driver "sec_type=@$TMP/type"
is "refused: nothing of it is there" "$all" "$(settled)"
is "refused: nothing is counted" "$count" "$(counts)"

# A fatal one resets the link, and the device is not there any more: the last. Its status is
# not read when AER's interrupt brings it, and 0 is recorded, and not counted. As if firmware
# had reported it, it is.
raised "fatal" "3 6 0" 1 monitor pcie_aer_inject_error card DLP
injected "fatal" driver "3 6 1" $STALE
raised "firmware's fatal" "3 6 2" 1 einj_pcie 0x100 $sbdf
injected "firmware's fatal" driver "3 6 3" $STALE
injected "firmware's fatal" hardware+fatal "3 6 4" $STALE

ktap_finished
