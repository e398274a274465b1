# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
# What every script here starts from. Source it, do not run it.

set -eu
export LC_ALL=C
umask 022

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$top/build
src=$build/linux
log=$build/log
# The kernel's output below $src; FLAVOUR=plain is the one without a name.
out=out
case ${FLAVOUR:-} in
'' | plain)	;;
*)		out=out-$FLAVOUR ;;
esac
mkdir -p "$log"
cd "$top"

# git works here whoever owns this clone.
export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0='*'

# ccache where there is one and it has a place for its cache
if [ -d /usr/lib/ccache ] && [ -w "${CCACHE_DIR:-${HOME:-/}}" ]; then
	PATH=/usr/lib/ccache:$PATH
fi

# Top-level directories of the repository whose files are linked into the
# kernel at the same path. scripts/ is missing on purpose: that one is ours.
overlay_dirs=(arch block crypto Documentation drivers fs include init io_uring
	      ipc kernel lib mm net samples security sound tools usr virt)

say()
{
	echo "$*" >&2
}

die()
{
	say "${0##*/}: $*"
	exit 1
}

# need TOOL PACKAGE ...: all there, or name what is missing and where it is from
need()
{
	while [ $# -ge 2 ]; do
		command -v "$1" >/dev/null ||
			die "$1 is missing: it is in Debian's package $2 ('make deps' installs all that is needed)"
		shift 2
	done
}

# make for the kernel's own makefiles: none of our variables, no jobserver
kmake()
{
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u MAKEOVERRIDES -u RUN -u FILES \
	    -u MCE -u FIRMWARE -u CPER -u CPUS -u MEM -u APPEND -u TIMEOUT -u QEMU_ARGS -u KDIR \
	    -u FLAVOUR -u JOBS make "$@"
}

overlay_files()
{
	git ls-files -co --exclude-standard -- "${overlay_dirs[@]}" |
		sort -u | while read -r f; do
			if [ -e "$f" ]; then echo "$f"; fi
		done
}

# The patches in order
patch_names()
{
	if [ -e patches/series ]; then
		sed 's/[ \t]*#.*//; /^[ \t]*$/d' patches/series
	fi
}

# The kernel files that the patches given on the command line change
touched_by()
{
	local p

	for p; do
		GIT_DIR=/dev/null git apply --numstat --allow-empty "patches/$p" |
			cut -f3
	done | sort -u
}

# new_files PATCH: its New-file trailers
new_files()
{
	sed -n '/^diff --git /q; s/^New-file:[ \t]*//p' "patches/$1"
}

# stage TEXT COMMAND...: one line with the elapsed time; its output in a log
stage()
{
	local text=$1 name start=$EPOCHREALTIME file shown=1 status=0
	shift
	name=${text%%:*}
	file=$log/$name.log
	"$@" >"$file" 2>&1 </dev/null &
	# A quick stage is not worth a line, unless somebody wants to read the story.
	if [ -z "${VERBOSE:-}" ] && timeout 3 tail -s 0.1 -f --pid=$! /dev/null; then
		shown=
	else
		printf "  %-52s " "$text" >&2
	fi
	wait $! || status=$?
	if [ $status -ne 0 ]; then
		printf "FAILED, see build/log/%s.log:\n" "$name" >&2
		grep -E 'error|Error|missing|\*\*\*|does not|not found' "$file" |
			head -n 12 >&2 || true
		tail -n 12 "$file" >&2
		exit 1
	fi
	[ -z "$shown" ] || elapsed "$start" >&2
}

elapsed()
{
	local us=$((${EPOCHREALTIME/./} - ${1/./}))

	printf '%5d.%d s\n' $((us / 1000000)) $((us % 1000000 / 100000))
}
