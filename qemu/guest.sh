# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Putting programs where a guest finds them. Source it after common.sh.

# copy_libs ROOT PROGRAM...: the shared libraries and the loader of these programs, at
# their own paths
copy_libs()
{
	local root=$1 lib
	shift

	for prog; do
		ldd "$prog" 2>/dev/null | grep -o '/[^ ]*' || true
	done | sort -u | while read -r lib; do
		if [ ! -e "$root$lib" ]; then
			mkdir -p "$root${lib%/*}"
			cp -L "$lib" "$root$lib"
		fi
	done
}

# pack ROOT ARCHIVE
pack()
{
	(cd "$1" && find . -mindepth 1 | sort | cpio --quiet -o -H newc -R 0:0) >"$2.new"
	mv "$2.new" "$2"
}
