# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Counting the results of tests. Source it after common.sh.

passed=0 failed=0 skipped=0

# result ok|fail|skip NAME [WHY]
result()
{
	case $1 in
	ok)	passed=$((passed + 1)); return ;;
	fail)	failed=$((failed + 1)) ;;
	skip)	skipped=$((skipped + 1)) ;;
	esac
	printf '    %-4s %s%s\n' "$1" "$2" "${3:+: $3}"
}

# ktap NAME STATUS <output: count the results of one test program
ktap()
{
	local line n=0 plan="" why="" bad=0 diag="" before=$((passed + failed + skipped))
	local p=$passed f=$failed s=$skipped

	while IFS= read -r line; do
		case $line in
		1..*)
			plan=${line#1..}
			why=${plan#*# }
			plan=${plan%% *} ;;
		"ok "*"# SKIP"*)
			result skip "$1" "${line#ok }" ;;
		"ok "*)
			result ok "$1" ;;
		"not ok "*)
			result fail "$1" "${line#not ok }"
			[ -z "$diag" ] || printf '%s' "$diag"
			bad=1 ;;
		"#  RUN"*)
			diag= ;;
		"#"*)
			diag+="           $line"$'\n' ;;
		esac
	done
	n=$((passed + failed + skipped - before))
	if [ "$plan" = 0 ]; then
		result skip "$1" "$why"
	elif [ -z "$plan" ] || [ "$n" -ne "$plan" ]; then
		result fail "$1" "ended after $n of ${plan:-?} results, status $2"
	elif [ "$2" -ne 0 ] && [ "$2" -ne 4 ] && [ $bad -eq 0 ]; then
		result fail "$1" "status $2 although nothing failed"
	fi
	printf '  %-28s %3d passed %3d failed %3d skipped\n' "$1" \
	       $((passed - p)) $((failed - f)) $((skipped - s))
}
