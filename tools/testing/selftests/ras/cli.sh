#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What ras says to wrong input: one line on stderr that names the matter, exit 1 or 2.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

plan 28 ras su unshare

# A mount namespace without sysfs or without our PMU in it, as on another kernel
without_sysfs()
{
	unshare -m sh -c "umount -l /sys && $*"
}

without_pmu()
{
	unshare -m sh -c "mount -t tmpfs tmpfs /sys/bus/event_source/devices && $*"
}

drain
count()
{
	ras list --json | sed -n 's/.*"captured":\([0-9]*\),"lost".*/\1/p' | tr '\n' ' '
}
before=$(count)

refuses "unknown verb"			2 "frobnicate" ras frobnicate
refuses "unknown event"			2 "no_such_event" ras inject no_such_event a=1
refuses "unknown event of a system"	2 "ras:nothing" ras inject ras:nothing a=1
refuses "no event"			2 "which event" ras inject
refuses "unknown field"			2 "colour" ras inject mce_record colour=1
refuses "the known fields are named"	2 "status" ras inject mce_record colour=1
refuses "field without value"		2 "FIELD=VALUE" ras inject mce_record status
refuses "empty value"			2 "status" ras inject mce_record status=
refuses "value not a number"		2 "hot" ras inject mce_record status=hot
refuses "value with a tail"		2 "0x12q" ras inject mce_record status=0x12q
refuses "value too large"		2 "bank" ras inject mce_record bank=256
refuses "value beyond 64 bits"		2 "status" ras inject mce_record status=0x1ffffffffffffffff
refuses "field given twice"		2 "twice" ras inject mce_record bank=1 bank=2
refuses "unknown level"			2 "deep" ras inject mce_record status=1 --level deep
refuses "negative CPU"			2 "CPU" ras inject mce_record status=1 --cpu -1
refuses "CPU that is not there"		1 "CPU 77" ras inject mce_record status=1 --cpu 77
refuses "driver level, invalid status"	1 "status" \
	ras inject mce_record status=0 bank=1 cpu=0 --level driver
refuses "driver level, other event"	1 "level" \
	ras inject extlog_mem_event --level driver
is "nothing of all that was emitted" "$before" "$(count)"

refuses "log: superfluous argument"	2 "superfluous" ras log superfluous
refuses "log: unknown severity"		2 "terrible" ras log --severity terrible
refuses "log: no such database"		1 "/none/db" ras log --db=/none/db
refuses "unprivileged: log"		1 "permitted" nobody ras log
refuses "unprivileged: consume"		1 "permitted" nobody ras log --consume
refuses "unprivileged: inject"		1 "permitted" nobody ras inject mce_record status=1
refuses "without sysfs"			1 "sysfs" without_sysfs ras log
refuses "without the patched kernel"	1 "PERF_EVENTS_PERSISTENT" without_pmu ras log
refuses "the same, list"		1 "PERF_EVENTS_PERSISTENT" without_pmu ras list

ktap_finished
