# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# For the tests in shell: KTAP, and what they ask of the system. Source it first.

DIR=$(dirname "$(readlink -f "$0")")
# shellcheck disable=SC1091 # of the kernel tree, not of ours
. "$DIR/../kselftest/ktap_helpers.sh"

PMU=/sys/bus/event_source/devices/persistent
TMP=$(mktemp -d)
trap 'rm -rf "$TMP"' EXIT

# plan N PROGRAM...: begin, or skip everything without the kernel or a program
plan()
{
	n=$1
	shift
	ktap_print_header
	[ -e $PMU/type ] || skip_all "no persistent PMU"
	[ "$(id -u)" = 0 ] || skip_all "needs root"
	for prog; do
		command -v "$prog" >/dev/null || skip_all "no $prog here"
	done
	ktap_set_plan "$n"
}

skip_all()
{
	ktap_skip_all "$@"
	exit "$KSFT_SKIP"
}

# verdict NAME: of the command just before
verdict()
{
	if [ $? -eq 0 ]; then
		ktap_test_pass "$1"
	else
		ktap_test_fail "$1"
	fi
}

# is NAME WANTED SEEN: its status is the verdict
is()
{
	if [ "$2" = "$3" ]; then
		ktap_test_pass "$1"
	else
		ktap_print_msg "$1: wanted '$2', seen '$3'"
		ktap_test_fail "$1"
		return 1
	fi
}

# eventually SECONDS COMMAND...: generously; no test asserts a duration
eventually()
{
	until=$(($(date +%s) + $1))
	shift
	while ! "$@"; do
		[ "$(date +%s)" -le $until ] || return 1
		sleep 0.1
	done
}

# has_lines N FILE: at least
has_lines()
{
	[ -e "$2" ] && [ "$(wc -l <"$2")" -ge "$1" ]
}

# Last of a log when something was not as it should be
show()
{
	for log; do
		tail -n 5 "$log" | sed 's/^/# /'
	done
}

drain()
{
	ras log --consume --json >/dev/null
}

# inject CPU ADDR: a corrected machine check, told apart by its address
inject()
{
	ras inject mce_record --cpu "$1" status=0x9c00004000010090 bank=1 cpu="$1" \
	    misc=0x8c addr="$2"
}

# inject_range CPU FIRST LAST [USEC]: many of them, by a program beside this one
inject_range()
{
	"$DIR/inject_range" "$@"
}

# Without the wall-clock time, which each process computes anew
timeless()
{
	sed 's/"time":"[^"]*",//; s/"time_ns":[0-9]*,//'
}

# The addresses in JSON lines, as decimal numbers, one a line
addresses()
{
	sed -n 's/.*"addr":"\(0x[0-9a-f]*\)".*/\1/p' | while read -r addr; do
		echo $((addr))
	done
}

# refuses NAME EXIT WORD COMMAND...: one line on stderr that has WORD, nothing on stdout
refuses()
{
	name=$1 code=$2 word=$3
	shift 3
	"$@" >"$TMP/out" 2>"$TMP/err" </dev/null
	got=$?
	if [ $got -eq "$code" ] && [ ! -s "$TMP/out" ] &&
	   [ "$(wc -l <"$TMP/err")" -eq 1 ] && grep -q "^ras: .*$word" "$TMP/err"; then
		ktap_test_pass "$name"
	else
		ktap_print_msg "exit $got, wanted $code; stderr:"
		show "$TMP/err"
		ktap_test_fail "$name"
	fi
}

nobody()
{
	su -s /bin/sh nobody -c "$*"
}
