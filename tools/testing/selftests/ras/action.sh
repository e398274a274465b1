# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# For the tests of filters that act. Source it after common.sh, levels.sh and events.sh.

# A corrected error of memory with an address that is valid: UC clear, ADDRV set, and an error
# code of a memory controller. The tests' machine checks are of that kind.
# shellcheck disable=SC2034 # the tests use them
CORRECTED='status & 0x400000000000000 && status & 0x80 && !(status & 0x200000000000ef00)'
STATUS=0x9c00004000010090
SOFT=$PMU/actions/soft-offline
HARD=$PMU/actions/hard-offline

# rule EVENT TEXT: $rule is its directory, $number its number
rule()
{
	rule='' number=0
	echo "$2" >"$PMU/sources/$1/add_rule" || return
	for one in "$PMU/sources/$1"/rule*; do
		[ "${one##*/rule}" -le "$number" ] || rule=$one number=${one##*/rule}
	done
}

# remove_rule RULE: by its directory
remove_rule()
{
	echo "${1##*/rule}" >"${1%/*}/remove_rule"
}

# remove: the rule made last
remove()
{
	remove_rule "$rule"
}

# of FILE RULE: one of its numbers
of()
{
	read -r value <"$2/$1"
	echo "$value"
}

# counts_of RULE: MATCHED TRIGGERED SUPPRESSED DROPPED as they are now
counts_of()
{
	echo "$(of matched "$1") $(of triggered "$1") $(of suppressed "$1") $(of dropped "$1")"
}

counts()
{
	counts_of "$rule"
}

# decided_by NUMBER [SET]: each decision of the rule of that number since begin, with its
# result: "ACTION VALUE OUTCOME ERRNO"
decided_by()
{
	ras log --set "${2:-actions}" --json | awk -v rule="$1" '
		function key(name, text)
		{
			if (!match($0, "\"" name "\":\"?[^\",}]*"))
				return ""
			text = substr($0, RSTART, RLENGTH)
			sub(/^"[^"]*":"?/, "", text)
			return text
		}
		/"event":"ras:action"/ && key("rule") == rule {
			print key("action"), key("value"), key("outcome_text"), key("result")
		}'
}

decided()
{
	decided_by "$number"
}

has_decided()
{
	[ "$(decided | wc -l)" -ge "$1" ]
}

# decides TITLE N WANTED: the rule has decided that often since begin; WANTED was the last
decides()
{
	eventually 60 has_decided "$2"
	is "$1" "$2 $3" "$(decided | wc -l) $(decided | tail -n 1)"
}

# hex NUMBER: as events have it
hex()
{
	printf '0x%x' $(($1))
}

# page_of: page, and all that is known to be on its way to its list is there. soft-offline
# leaves a page alone that is not.
page_of()
{
	page
	echo 1 >/proc/sys/vm/drop_caches
}

# check ADDRESS [BANK]: a corrected machine check there, and its event. Each time another of
# banks 1 to 4: of one that has five within a minute the kernel says that it storms, and without
# CMCI it does not look at that bank any more when the storm is over.
check()
{
	checks=$(number_of mce_record)
	turn=$(((turn + 1) % 8))
	monitor mce $((turn % 2)) "${2:-$((1 + turn / 2))}" $STATUS 0 "$1" 0x86
	eventually 60 more_than mce_record "$checks"
}
turn=0

# number_of EVENT: how many there were ever, with or without begin
number_of()
{
	read -r total _ <"$PMU/sources/$1/count"
	echo "$total"
}

more_than()
{
	[ "$(number_of "$1")" -gt "$2" ]
}

# matched N: of the rule, so many at least
matched()
{
	[ "$(of matched "$rule")" -ge "$1" ]
}

