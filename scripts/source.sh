# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Where the kernel's pristine source comes from: Debian's package, or KDIR.

tarball=/usr/src/linux-source-6.12.tar.xz

# One line that says which source this is
source_name()
{
	if [ -n "${KDIR:-}" ]; then
		echo "KDIR=$(cd "$KDIR" && pwd)"
	else
		stat -L -c "$tarball of %s bytes" "$tarball"
	fi
}

# source_fetch DIR: a copy of it there, without anything that was built in it
source_fetch()
{
	need tar tar
	set -o pipefail

	rm -rf "$1"
	if [ -n "${KDIR:-}" ]; then
		[ -f "$KDIR/Kbuild" ] ||
			die "KDIR=$KDIR is not a kernel source tree"
		source_check "$KDIR"
		mkdir -p "$1"
		if [ -e "$KDIR/.git" ]; then
			git -C "$KDIR" ls-files -z |
				tar -C "$KDIR" --no-recursion --ignore-failed-read \
				    --null -T - -cf - | tar -C "$1" -xf - ||
				die "could not copy $KDIR"
		else
			tar -C "$KDIR" --exclude=./.git -cf - . | tar -C "$1" -xf - ||
				die "could not copy $KDIR"
			kmake -s -C "$1" mrproper
		fi
	else
		need xz xz-utils
		[ -e "$tarball" ] ||
			die "$tarball is missing: it is in Debian's package linux-source-6.12 ('make deps'), or give KDIR="
		mkdir -p "$1"
		tar -C "$1" --strip-components=1 -xf "$tarball"
		source_check "$1"
	fi
}

source_check()
{
	local v

	v=$(sed -n 's/^\(VERSION\|PATCHLEVEL\|SUBLEVEL\) = //p' "$1/Makefile" |
	    head -n 3 | paste -sd.)
	case $v in
	6.12.*)	;;
	*)	die "$1 is Linux $v; this needs 6.12.y" ;;
	esac
}
