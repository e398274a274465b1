# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Counting the results of tests. Source it after common.sh.

passed=0 failed=0 skipped=0

# All that was said of failures, for the end: of a long log often only that is seen.
failures="" where=""

# under WHERE: what runs now
under()
{
	where=$1
	echo "$where"
}

# tell: lines of why something failed, of which twenty are kept for the end
tell()
{
	local text

	text=$(cat)
	[ -n "$text" ] || return 0
	printf '%s\n' "$text"
	failures+=$(head -n 20 <<<"$text")$'\n'
}

# result ok|fail|skip NAME [WHY]
result()
{
	local line

	printf -v line '    %-4s %s%s' "$1" "$2" "${3:+: $3}"
	case $1 in
	ok)	passed=$((passed + 1)) ;;
	fail)	failed=$((failed + 1))
		failures+="${where:+$where$'\n'}"
		where=
		tell <<<"$line" ;;
	skip)	skipped=$((skipped + 1))
		printf '%s\n' "$line" ;;
	esac
}

# verdict: what failed once more, and the line of all
verdict()
{
	[ $failed -eq 0 ] || printf '\nWhat failed:\n%s' "$failures"
	echo "$passed passed, $failed failed, $skipped skipped"
	[ $failed -eq 0 ] && [ $passed -gt 0 ]
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
			tell <<<"${diag%$'\n'}"
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
