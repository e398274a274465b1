# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Which tests run in which guests: tools/testing/selftests/ras/boots. Source it after
# common.sh.

boots=tools/testing/selftests/ras/boots
boot_vars="CPUS MEM TIMEOUT MCE FIRMWARE CPER BERT CEC APPEND FILES QEMU_ARGS ALLOW"

# boots_check: no variable but these
boots_check()
{
	local test vars word

	while IFS='|' read -r test vars; do
		for word in $(sed "s/'[^']*'//g; s/\"[^\"]*\"//g" <<<"$vars"); do
			[[ " $boot_vars LIMIT FLAVOUR " = *" ${word%%=*} "* ]] ||
				die "$boots: $test: what is '$word'?"
		done
	done < <(grep -v '^#' "$boots")
}

# boots_of TEST FLAVOUR: for each guest that it runs in "LIMIT VARS", VARS written always
# in the same way. A test that boots does not name runs in a guest as it comes.
boots_of()
{
	local line v named=

	while IFS= read -r line; do
		named=1
		(
			# shellcheck disable=SC2086 # names
			unset LIMIT FLAVOUR $boot_vars
			eval "$line"
			[ "${FLAVOUR:-$2}" = "$2" ] || exit 0
			printf '%s' "${LIMIT:-0}"
			for v in $boot_vars; do
				[ -z "${!v+set}" ] || printf " %s=%s" "$v" "${!v@Q}"
			done
			echo
		)
	done < <(sed -n "s/^$1|//p" "$boots")
	[ -n "$named" ] || echo 0
}

# guests FLAVOUR DEFAULT-LIMIT TEST...: one line "VARS|TEST:LIMIT ..." for each guest, in
# the order in which the tests first want it
guests()
{
	local flavour=$1 default=$2 limit vars test
	shift 2

	for test; do
		boots_of "$test" "$flavour" | while read -r limit vars; do
			[ "$limit" -ne 0 ] || limit=$default
			echo "$vars|$test:$limit"
		done
	done | awk '
		{
			at = match($0, /\|[^|]*$/)
			vars = substr($0, 1, at - 1)
			if (!(vars in tests))
				order[n++] = vars
			tests[vars] = tests[vars] " " substr($0, at + 1)
		}
		END { for (i = 0; i < n; i++) print order[i] "|" tests[order[i]] }'
}
