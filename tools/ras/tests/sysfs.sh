# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# A sysfs with persistent events, for SYSFS_PATH. Wants TMP.

SYSFS=$TMP/sys
PMU=$SYSFS/bus/event_source/devices/persistent

put()
{
	mkdir -p "$(dirname "$PMU/$1")"
	echo "$2" >"$PMU/$1"
}

# new_set NAME DATA_PAGES KEEP SAMPLE_TYPE CPUS MEMORY
new_set()
{
	put "sets/$1/data_pages" "$2"
	put "sets/$1/keep" "$3"
	put "sets/$1/sample_type" "$4"
	put "sets/$1/cpus" "$5"
	put "sets/$1/memory" "$6"
}

# new_event NAME CONFIG SET STATE COUNT LOST SOURCE [INJECT [DRIVER SEVERITY]]
new_event()
{
	put "events/$1" "event=$2"
	put "sources/$1/set" "$3"
	put "sources/$1/state" "$4"
	put "sources/$1/count" "$5"
	put "sources/$1/lost" "$6"
	put "sources/$1/source" "$7"
	# older kernels do not have it
	[ -z "${8+x}" ] || put "sources/$1/inject" "$8"
	[ -z "${9+x}" ] || put "sources/$1/driver" "$9"
	[ -z "${9+x}" ] || put "sources/$1/severity" "${10}"
}

# new_rule EVENT NUMBER MATCHED TRIGGERED SUPPRESSED DROPPED FORGOTTEN TEXT
new_rule()
{
	local dir=sources/$1/rule$2

	put "$dir/matched" "$3"
	put "$dir/triggered" "$4"
	put "$dir/suppressed" "$5"
	put "$dir/dropped" "$6"
	put "$dir/forgotten" "$7"
	put "$dir/rule" "$8"
}

# new_action NAME ARGUMENT SLEEPS [CAP]
new_action()
{
	put "actions/$1/argument" "$2"
	put "actions/$1/sleeps" "$3"
	[ -z "${4+x}" ] || put "actions/$1/cap" "$4"
}

# Of each kind one.
sysfs()
{
	rm -rf "$SYSFS"
	mkdir -p "$PMU/events" "$PMU/sets" "$PMU/sources"
	mkdir -p "$SYSFS/devices/system/cpu"
	echo 0-1 >"$SYSFS/devices/system/cpu/online"
	put type 10
	new_set ras 8 first 0x4c7 0-1 73728
	new_set boot 512 last 0x4e7 0,2 4210688
	new_set later 8 first 0x4c7 '' 0
	new_event mce_record 0x1 ras active '3 C0=1 C1=2' '1 C1=1' \
		tracepoint=mce:mce_record,type=0x2,config=0x46 'stream driver hardware' \
		mce corrected-fatal
	new_event cper_event 0x3 ras active 0 0 \
		tracepoint=ras:cper_event,type=0x2,config=0x190 stream 'bert ghes' info-fatal
	new_event cpu-clock 0x9 boot stopped '12345678 C0=345678 C2=12000000' 0 \
		event=cpu-clock,type=0x1,config=0x0,freq=1000 stream '' ''
	new_event foo 0x7 later pending 0 0 tracepoint=sample-trace:foo_bar ''
	new_event raw 0xa boot active 5 0 type=0x4,config=0x1234,period=100
}
