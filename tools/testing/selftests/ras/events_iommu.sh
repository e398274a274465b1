#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What an IOMMU keeps devices from: each fault is one ras:iommu_fault, of VT-d as QEMU has it,
# also those of a storm, of which the kernel's log has the first few. QEMU 7.2 tells of no
# fault of interrupt remapping, and its AMD IOMMU of no fault at all.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=levels.sh
. "$DIR/levels.sh"
# shellcheck source=events.sh
. "$DIR/events.sh"

levels_plan iommu 26 ras

# Two RTL8139 without a driver (QEMU_ARGS of boots), one of them behind a root port. Memory
# that they read and write when they are told to, at once: QEMU's "edu" takes 100 ms.
CARD=0000:00:1e.0
FAR_CARD=0000:01:00.0
STORM=1000

group()
{
	echo "/sys/kernel/iommu_groups/$(basename "$(readlink "$AER/$1/iommu_group")")"
}

# fault CARD read|write ADDRESS [N]
fault()
{
	"$DIR/iommu_fault" "$@"
}

# interrupts: how many the IOMMU has raised
interrupts()
{
	awk '$NF == "dmar0" { n = 0; for (i = 2; $i ~ /^[0-9]+$/; i++) n += $i; print n }' \
	    /proc/interrupts
}

# The addresses of the events, in their order
pages()
{
	events iommu_fault | key address
}

irq=$(awk '$NF == "dmar0" { print int($1) }' /proc/interrupts)
# Where iommu_fault runs
echo 1 >"/proc/irq/$irq/smp_affinity"

is "translated: the two groups" "DMA DMA" \
   "$(cat "$(group $CARD)/type") $(cat "$(group $FAR_CARD)/type")"

log_mark
begin
fault $CARD read 0x1234000
happens "read" iommu_fault 1
has "read: what, where, why" iommu_fault device=$CARD access_text=read address=0x1234000 \
    reason=6 "msg=PTE Read access is not set" flags=0 pasid=4294967295 iommu=dmar0 \
    severity=uncorrected
is "read: the log says the same" \
   "DMAR: [DMA Read NO_PASID] Request device [00:1e.0] fault addr 0x1234000 \
[fault reason 0x06] PTE Read access is not set" \
   "$(log_since "fault addr")"

log_mark
begin
fault $CARD write 0x345678000
happens "write" iommu_fault 1
has "write: what, where, why" iommu_fault device=$CARD access_text=write \
    address=0x345678000 reason=5 "msg=PTE Write access is not set" flags=0 \
    pasid=4294967295 iommu=dmar0 severity=uncorrected
is "write: the log says the same" \
   "DMAR: [DMA Write NO_PASID] Request device [00:1e.0] fault addr 0x345678000 \
[fault reason 0x05] PTE Write access is not set" \
   "$(log_since "fault addr")"

begin
fault $FAR_CARD write 0x5000
happens "on another bus" iommu_fault 1
has "on another bus: who" iommu_fault device=$FAR_CARD access_text=write address=0x5000 reason=5

# QEMU's IOMMU has 39 bits.
begin
fault $CARD write 0x8000001000
happens "beyond the width" iommu_fault 1
has "beyond the width: why" iommu_fault device=$CARD access_text=write address=0x8000001000 \
    reason=4 "msg=Access beyond MGAW"

# What is allowed is no fault: the same read, of the first page of memory, untranslated
begin
was=$(interrupts)
echo identity >"$(group $CARD)/type"
fault $CARD read 0
is "identity: no interrupt" "$was" "$(interrupts)"
nothing_but "identity: no event"
echo DMA >"$(group $CARD)/type"
fault $CARD read 0
happens "translated again" iommu_fault 1

# The rate limit of the log, 10 in 5 s, begins anew.
sleep 6
log_mark
begin
was=$(interrupts)
fault $CARD write 0x40000000 $STORM
verdict "storm: each fault was an event before the next"
is "storm: interrupts" $STORM $(($(interrupts) - was))
happens "storm" iommu_fault $STORM
pages >"$TMP/pages"
storm_kept iommu_fault $STORM 0x40000000 4096 "$TMP/pages" "fault addr"

ktap_finished
