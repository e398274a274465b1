#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What the kernel's own tests of perf said, which it ran when it booted.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

# A suite's results are KTAP inside KTAP: its tests are what is indented by four.
RESULTS=/sys/kernel/debug/kunit

ktap_print_header
[ -d $RESULTS ] || skip_all "no KUnit"
for file in "$RESULTS"/perf*/results; do
	if grep -qE '^ {4}(not )?ok ' "$file" 2>/dev/null; then cat "$file" >>"$TMP/results"; fi
done
[ -s "$TMP/results" ] || skip_all "KUnit ran no test of perf: kunit.enable=1 is missing"

sed -nE 's/^ {4}((not )?ok) [0-9]+ /\1 /p; s/^ {4,}# /# /p' "$TMP/results" >"$TMP/tests"
ktap_set_plan "$(grep -cvE '^#' "$TMP/tests")"
while read -r line; do
	case $line in
	"ok "*"# SKIP"*)	line=${line#ok }; ktap_test_skip "${line%% #*}" ;;
	"ok "*)			ktap_test_pass "${line#ok }" ;;
	"not ok "*)		ktap_test_fail "${line#not ok }" ;;
	*)			ktap_print_msg "${line#\# }" ;;
	esac
done <"$TMP/tests"
ktap_finished
