#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What EDAC finds in devices and on the PCI bus is an event, each error one; and what it says
# of a machine check is what the machine check code says. A test driver reports the errors.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=levels.sh
. "$DIR/levels.sh"
# shellcheck source=events.sh
. "$DIR/events.sh"

levels_plan edac 59 ras

TEST=/sys/kernel/debug/edac_test
EDAC=/sys/devices/system/edac
# A thousand lines in the log are not what this is about.
echo 0 >$EDAC/test/log_ce
echo 0 >$EDAC/test/log_ue
echo 0 >$EDAC/pci/edac_pci_log_pe
echo 0 >$EDAC/pci/edac_pci_log_npe

# Devices
for kind in ce ue; do
	severity=corrected msg="test of a corrected error"
	[ $kind = ce ] || severity=uncorrected msg="test of an uncorrected error"
	for n in 1 1000; do
		begin
		before=$(cat $EDAC/test/test0/${kind}_count)
		echo $n >$TEST/device_$kind
		raised "device, $kind" edac_device_event $n
		is "device, $kind: $n counted by EDAC, too" $((before + n)) \
		   "$(cat $EDAC/test/test0/${kind}_count)"
		nothing_but "device, $kind: $n and nothing else" edac_device_event
	done
	begin
	echo 1 >$TEST/device_$kind
	has "device, $kind: what it says" edac_device_event severity=$severity error_count=1 \
	    controller="test device" device=edac_test instance=test0 block=block1 msg="$msg"
done

# PCI
for kind in parity nonparity; do
	file=pe_count error="parity error" msg="test of a parity error"
	[ $kind = parity ] || file=npe_count error="non-parity error" msg="test of another error"
	for n in 1 1000; do
		begin
		before=$(cat $EDAC/pci/pci0/"$file")
		echo $n >$TEST/pci_$kind
		raised "PCI, $kind" edac_pci_event $n
		is "PCI, $kind: $n counted by EDAC, too" $((before + n)) \
		   "$(cat $EDAC/pci/pci0/"$file")"
		nothing_but "PCI, $kind: $n and nothing else" edac_pci_event
	done
	begin
	echo 1 >$TEST/pci_$kind
	has "PCI, $kind: what it says" edac_pci_event severity=uncorrected error_text="$error" \
	    controller="test controller" device=edac_test msg="$msg" status=0 secondary=0
done

# A machine check of memory is also an error of the memory controller: of the same severity
# on both sides. QEMU's CPUs have what SDM calls UCR errors, so each class exists.
machine_check()
{
	title=$1 mce=$2 edac=$3
	shift 3
	begin
	ras inject mce_record --level driver bank=7 misc=0x8c "$@"
	happens "$title: machine check" mce_record 1
	happens "$title: memory controller" mc_event 1
	is "$title: the grades" "$mce $edac" \
	   "$(newest mce_record | key severity) $(newest mc_event | key severity)"
}
machine_check corrected corrected corrected status=0x9c00004000010090 addr=0x9000000
# Polled: nothing was interrupted, MCG_STATUS is 0, and RIPV with it. That is no reason to call
# it fatal.
page
# shellcheck disable=SC2154 # of page
machine_check "no action required" ucna deferred status=0xbc00000000010090 addr="$address"
page_is "no action required: the page is gone" 135
page
machine_check "action optional" srao uncorrected status=0xbd000000000100c0 addr="$address"
is "action optional: five events, one story" \
   "mce_record memory_failure_task memory_failure_event page_offline mc_event in 1" \
   "$(ras log --json | sed -n 's/.*"event":"[a-z]*:\([a-z_]*\)".*/\1/p' | tr '\n' ' ')in \
$(ras log --json --stories | sed -n 's/.*"story":\([0-9]*\).*/\1/p' | sort -u | wc -l)"
page_is "action optional: the page is gone" 135
machine_check "context corrupt" fatal fatal --fatal status=0xbe00000000010090 addr=0x9002000

ktap_finished
