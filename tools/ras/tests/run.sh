#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# run.sh RAS UNIT: the tests that need neither root nor a patched kernel.
#
# Each golden/*.test is a transcript: "$ COMMAND", what it must print on stdout
# and stderr, and "? STATUS" unless that is 0. UPDATE=1 writes down what is
# printed now; read the difference before believing it.

RAS=$(realpath "$1")
UNIT=$(realpath "$2")
cd "$(dirname "$0")" || exit 1
TMP=$(mktemp -d)
trap 'rm -rf "$TMP"' EXIT
export TZ=UTC LC_ALL=C
# shellcheck source=sysfs.sh
. ./sysfs.sh
mkdir "$TMP/tracefs"
ln -s "$PWD/formats" "$TMP/tracefs/events"

# used by the transcripts
# shellcheck disable=SC2317
ras() { "$RAS" "$@"; }
# shellcheck disable=SC2317
decode() { "$RAS" decode --formats formats "$@"; }
# shellcheck disable=SC2317,SC2059
check() { printf "$1" >"$TMP/conf"; "$RAS" daemon --check --config "$TMP/conf"; }
# Another sysfs and tracefs than ours.
# shellcheck disable=SC2317
fake() { SYSFS_PATH=$SYSFS TRACEFS_PATH=$TMP/tracefs "$@"; }
# What would be injected, without the time.
# shellcheck disable=SC2317
dry()
{
	fake ras inject --dry-run "$@" 2>&1 | sed 's/^[0-9-]*T[0-9:.]*Z //'
	return "${PIPESTATUS[0]}"
}
# A machine check, not of the CPU that this runs on.
# shellcheck disable=SC2317
mce() { dry mce_record cpuvendor=0 cpuid=0 microcode=0 socketid=0 apicid=0 "$@"; }
# shellcheck disable=SC2317
amd() { dry mce_record cpuvendor=2 cpuid=0 microcode=0 socketid=0 apicid=0 "$@"; }
# Without what only root may read. A copy: others may not reach the original.
# shellcheck disable=SC2317
unprivileged()
{
	local drop=() mode=0 secret status

	cp "$RAS" "$TMP/ras"
	chmod 0755 "$TMP"
	if [ "$(id -u)" = 0 ]; then
		mode=0400
		drop=(setpriv --reuid 65534 --regid 65534 --clear-groups)
	fi
	mapfile -t secret < <(find "$PMU/sources" -type f \( -name count -o \
				-name lost -o -path '*/rule*/*' \))
	chmod $mode "${secret[@]}"
	shift
	fake "${drop[@]}" "$TMP/ras" "$@"
	status=$?
	chmod 0644 "${secret[@]}"
	return $status
}
# tried RULE [OPTION]...: on events of ras:mc_event, one a line on stdin:
# "SECONDS FIELD=VALUE...", seconds since the boot, or "boot" for another one.
# shellcheck disable=SC2317
tried()
{
	local rule=$1 time words boot=1

	shift
	while read -r time words; do
		if [ "$time" = boot ]; then
			boot=2
			continue
		fi
		# shellcheck disable=SC2086
		decode --json ras:mc_event $words | sed "
			s/\"boot_id\":\"\"/\"boot_id\":\"boot$boot\"/
			s/\"time_ns\":0/\"time_ns\":$((boot * 1000000 + time))000000000/
			s/\"uptime_ns\":0/\"uptime_ns\":${time}000000000/"
	done >"$TMP/log"
	fake ras action test "$@" ras:mc_event "$rule" "$TMP/log"
}
# A .hex file has hexadecimal digits and comments.
# shellcheck disable=SC2317
unhex() { perl -ne 's/#.*//; s/\s//g; print pack("H*", $_)' "$1"; }

replay()
{
	local line status

	while IFS= read -r line; do
		case $line in
		'#'* | '') echo "$line" ;;
		'$ '*)
			echo "$line"
			(eval "${line#?}") 2>&1
			status=$?
			[ $status = 0 ] || echo "? $status"
			;;
		esac
	done <"$1" | sed "s,$TMP,TMP,g"
}

nr=0 failed=0
result()
{
	nr=$((nr + 1))
	[ "$1" = 0 ] || failed=$((failed + 1))
	[ "$1" = 0 ] && echo "ok $nr $2" || echo "not ok $nr $2"
}

echo "TAP version 13"
for test in golden/*.test; do
	replay "$test" >"$TMP/now"
	if [ "${UPDATE:-0}" = 1 ]; then
		cat "$TMP/now" >"$test"
	fi
	diff -u "$test" "$TMP/now" | sed 's/^/# /'
	result "${PIPESTATUS[0]}" "$test"
done
while IFS= read -r line; do
	case $line in
	'ok '*) result 0 "${line#ok }" ;;
	'not ok '*) result 1 "${line#not ok }" ;;
	*) echo "# $line" ;;
	esac
done < <(rm -rf "$SYSFS"; "$UNIT" "$TMP" 2>&1 || echo "not ok unit: exit status $?")
echo "1..$nr"
echo "# $((nr - failed)) passed, $failed failed"
[ $failed = 0 ]
