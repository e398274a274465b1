#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Every rule in Documentation/ras/actions.rst is one that the kernel takes.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

DOC=$DIR/actions.rst
[ -e "$DOC" ] || DOC=$DIR/../../../../Documentation/ras/actions.rst

# EVENT=>RULE, one a line: between ``, on a command line, or a paragraph of their own
awk 'BEGIN { RS = "" }
{
	gsub(/[ \t\n]+/, " ")
	if (/^ ?[a-z_]+=>/)
		print
	if (match($0, /perf_persistent="[a-z_]+=>[^"]*"/))
		print substr($0, RSTART + 17, RLENGTH - 18)
	while (match($0, /``[a-z_]+=>[^`]*``/)) {
		print substr($0, RSTART + 2, RLENGTH - 4)
		$0 = substr($0, RSTART + RLENGTH)
	}
}' "$DOC" >"$TMP/rules"
plan $(($(wc -l <"$TMP/rules") + 1)) ras

[ "$(wc -l <"$TMP/rules")" -ge 13 ]
verdict "there are rules"
while IFS= read -r line; do
	event=${line%%=>*}
	event=${event# }
	ras action add --dry-run "$event" "${line#*=>}" >/dev/null 2>"$TMP/err"
	is "$event: ${line#*=>}" 0 $?
	sed 's/^/# /' "$TMP/err"
	ras action remove --all "$event" >/dev/null
done <"$TMP/rules"

ktap_finished
