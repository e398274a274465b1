# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# For the tests that an injected error has the consequences of a real one: raise errors of
# the emulated hardware, inject the same, compare. Source it after common.sh.

# shellcheck disable=SC2034 # the tests use them
MC=/sys/devices/system/edac/mc/mc0
# shellcheck disable=SC2034
AER=/sys/bus/pci/devices
EINJ=/sys/kernel/debug/apei/einj
MONITOR=/dev/virtio-ports/monitor

# Never on a machine that somebody needs: the guest is booted for it, see boots.
levels_plan()
{
	grep -q "ras_selftest=$1" /proc/cmdline || {
		ktap_print_header
		skip_all "only in a guest with ras_selftest=$1"
	}
	shift
	plan "$@"
	drain
	# Corrected machine checks are seen by the next poll only.
	echo 1 >/sys/devices/system/machinecheck/machinecheck0/check_interval
}

monitor()
{
	echo "$*" >$MONITOR
}

# einj TYPE [ADDRESS]: a real one, as far as this machine can
einj()
{
	echo "$1" >$EINJ/error_type
	echo 0 >$EINJ/flags
	echo "${2:-0}" >$EINJ/param1
	echo 0xfffffffffffff000 >$EINJ/param2
	echo 1 >$EINJ/error_inject
}

# einj_pcie TYPE SBDF
einj_pcie()
{
	echo "$1" >$EINJ/error_type
	echo 4 >$EINJ/flags
	echo "$2" >$EINJ/param4
	echo 1 >$EINJ/error_inject
}

# The events NAME so far, JSON lines
events()
{
	ras log --json | grep "\"event\":\"[a-z]*:$1\""
}

seen()
{
	events "$1" | wc -l
}

at_least()
{
	[ "$(seen "$1")" -ge "$2" ]
}

# began EVENT: from here on the next one is awaited
began()
{
	before=$(seen "$1")
}

# arrives NAME EVENT: one more since it began
arrives()
{
	eventually 60 at_least "$2" $((before + 1))
	is "$1" $((before + 1)) "$(seen "$2")"
}

newest()
{
	events "$1" | tail -n 1
}

# without KEY...: of JSON objects
without()
{
	script=
	for key; do
		script="$script;s/\"$key\":(\"([^\"\\\\]|\\\\.)*\"|\\[[^]]*]|[^],}\"]*),?//"
	done
	sed -E "${script#;}"
}

# Time is what tells an event from the same one again.
ALWAYS="time time_ns uptime_ns"

# same NAME EVENT REAL [KEY...]: the newest EVENT is as REAL, but for the keys
same()
{
	what_is=$1 what_event=$2 what_was=$3
	shift 3
	# shellcheck disable=SC2086 # words
	is "$what_is" "$(echo "$what_was" | without $ALWAYS "$@")" \
	   "$(newest "$what_event" | without $ALWAYS "$@")"
}

again()
{
	"$DIR/inject_again" "$@"
}

# refused NAME ERRNO ARGUMENT...: of inject_again. That nothing came of it is seen at the
# end, by nothing_else.
refused()
{
	what_is=$1 errno=$2
	shift 2
	is "$what_is" "$errno" "$(again "$@")"
}

# How many there are of each event
tally()
{
	ras log --json | sed -n 's/.*"event":"\([^"]*\)".*/\1/p' | sort | uniq -c |
		tr -s ' \n' ' '
}

# What was refused has no late consequence either: GHES polls every second.
settled()
{
	echo 1 >/sys/devices/system/machinecheck/machinecheck0/check_interval
	sleep 4
	tally
}

# key KEY: of a JSON line, its value as text
key()
{
	sed -n "s/.*\"$1\":\"\{0,1\}\([^\",}]*\).*/\1/p"
}

tainted()
{
	[ $(($(cat /proc/sys/kernel/tainted) & $1)) -ne 0 ]
}

# A place in the kernel's log, and the lines since then that have PATTERN, without what
# differs from one time to the next: time stamp and sequence number
log_mark()
{
	mark=$((mark + 1))
	echo "levels: mark $mark" >/dev/kmsg
}

log_since()
{
	dmesg | sed -n "/levels: mark $mark\$/,\$p" |
		sed -E 's/^\[ *[0-9.]*\] //; s/^\{[0-9]*\}//' |
		sed -E 's/ TIME [0-9]*//; s/TSC [0-9a-f]* /TSC /' |
		grep -E "$1"
}
mark=0

corrupted()
{
	sed -n 's/^HardwareCorrupted: *\([0-9]*\).*/\1/p' /proc/meminfo
}

# page: $address is that of a page which $holder has mapped
page()
{
	: >"$TMP/page"
	"$DIR/spare_page" >"$TMP/page" &
	holder=$!
	eventually 60 has_lines 1 "$TMP/page"
	# shellcheck disable=SC2034
	read -r address <"$TMP/page"
}

# page_is NAME STATUS: of $holder when it uses its page: 0, or 135 if SIGBUS kills it
page_is()
{
	kill -USR1 "$holder"
	wait "$holder" 2>/dev/null
	is "$1" "$2" $?
}

# le BYTES VALUE: in little endian, for printf
le()
{
	i=0
	while [ $i -lt "$1" ]; do
		printf '\\%03o' $(($2 >> (8 * i) & 255))
		i=$((i + 1))
	done
}
