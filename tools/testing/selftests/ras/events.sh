# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# For the tests that an error is an event, and as many errors as many events. Source it after
# common.sh and levels.sh.

# Forks are slow on the debug kernel: what is done for each event does without.

# begin: from here on, errors are counted. What is in the buffers goes.
begin()
{
	drain
	for source in "$PMU"/sources/*; do
		read -r count _ <"$source/count"
		read -r lost _ <"$source/lost"
		echo "${source##*/} $count $lost"
	done >"$TMP/begin"
}

# since NAME count|lost: how many since begin
since()
{
	while read -r name count lost; do
		[ "$name" = "$1" ] || continue
		read -r now _ <"$PMU/sources/$1/$2"
		case $2 in
		count)	echo $((now - count)) ;;
		lost)	echo $((now - lost)) ;;
		esac
	done <"$TMP/begin"
}

# number NAME count|lost: since it was made persistent
number()
{
	read -r total _ <"$PMU/sources/$1/$2"
	echo "$total"
}

# raised TITLE NAME N: since begin there were N errors, which are N events: each of them in
# the buffer, or counted as lost
raised()
{
	is "$1: $3 errors, $3 events" "$3" "$(since "$2" count)"
	kept=$(seen "$2") lost=$(since "$2" lost)
	is "$1: kept and lost are all" "$3" $((kept + lost))
}

counted()
{
	[ "$(since "$1" count)" -ge "$2" ]
}

# happens TITLE NAME N [SECONDS]: so many within that time, and then as raised
happens()
{
	eventually "${4:-60}" counted "$2" "$3"
	raised "$1" "$2" "$3"
}

# nothing_but TITLE NAME...: of all events, only these have happened since begin
nothing_but()
{
	title=$1 others=
	shift
	while read -r name count _; do
		case " $* " in *" $name "*) continue ;; esac
		read -r now _ <"$PMU/sources/$name/count"
		[ "$now" -eq "$count" ] || others="$others $name"
	done <"$TMP/begin"
	is "$title" "" "$others"
}

# has TITLE NAME KEY=VALUE...: the newest event says so
has()
{
	title=$1 event=$(newest "$2")
	shift 2
	wanted='' found=''
	for pair; do
		wanted="$wanted $pair"
		found="$found ${pair%%=*}=$(echo "$event" | key "${pair%%=*}")"
	done
	is "$title" "$wanted" "$found"
}

# storm_kept NAME N FIRST STEP FILE PATTERN: of N errors, of which each has the number before
# plus STEP, the buffer has the first ones, whose numbers are in FILE, and the log less
storm_kept()
{
	left=$(($2 - $(since "$1" lost))) i=0
	while [ $i -lt $left ]; do
		printf '0x%x\n' $(($3 + $4 * i))
		i=$((i + 1))
	done >"$TMP/wanted"
	cmp -s "$TMP/wanted" "$5"
	verdict "storm: what is kept is the first ones, each once, in order"
	lines=$(log_since "$6" | wc -l)
	[ "$lines" -gt 0 ] && [ "$lines" -lt "$2" ]
	verdict "storm: the log has a few of them"
	ktap_print_msg "storm: $2 errors, $(($2 - left)) lost, $lines lines in the log"
	nothing_but "storm: no other event" "$1"
}
