# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# A git repository of the pristine source, for the scripts that need history. Only the
# files that matter are ever checked out of it. Source it after source.sh.

# shellcheck disable=SC2154 # common.sh comes first
base=$build/base.git

need git git

# series_base: the pristine source as the one commit of build/base.git. Taken from where the
# source came from, not from build/linux: so that what is in there by mistake is found.
series_base()
{
	local tree=$build/pristine

	if [ -e "$base/complete" ] && [ "$(cat "$base/complete")" = "$(cat "$build/source")" ]; then
		return
	fi
	rm -rf "$base"
	if [ -z "${KDIR:-}" ]; then
		KDIR=$(sed -n 's/^KDIR=//p' "$build/source")
	fi
	source_fetch "$tree"
	git init -q --bare -b main "$base"
	git -C "$base" config core.compression 0
	git -C "$base" config core.looseCompression 0
	git -C "$base" config gc.auto 0
	git -C "$base" config core.autocrlf false
	git -C "$base" config core.safecrlf false
	git -C "$base" config core.attributesFile /dev/null
	git -C "$base" config core.bare false
	git --git-dir="$base" --work-tree="$tree" add -f -A .
	as_us git --git-dir="$base" --work-tree="$tree" commit -q -m "Pristine source"
	git -C "$base" config core.bare true
	cat "$build/source" >"$base/complete"
	rm -rf "$tree"
}

# Commit as $name <$email> at $date, whoever runs this: the same bytes in every run
as_us()
{
	env GIT_AUTHOR_NAME="${name:-RAS}" GIT_AUTHOR_EMAIL="${email:-ras@localhost}" \
	    GIT_COMMITTER_NAME="${name:-RAS}" GIT_COMMITTER_EMAIL="${email:-ras@localhost}" \
	    GIT_AUTHOR_DATE="${date:-1700000000 +0000}" \
	    GIT_COMMITTER_DATE="${date:-1700000000 +0000}" \
	    GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null "$@"
}

# series_tree DIR PATH...: a work tree on the pristine source with only these checked out
series_tree()
{
	local dir=$1
	shift

	rm -rf "$dir"
	git clone -q --shared --no-checkout "$base" "$dir"
	git -C "$dir" sparse-checkout set --no-cone "${@/#//}"
	git -C "$dir" checkout -q main
}

# claimed_by: for each overlay file, the patch that brings it: "PATCH FILE". The longest
# New-file trailer that fits wins.
claims()
{
	local p f

	for p in $(patch_names); do
		for f in $(new_files "$p"); do
			echo "$p $f"
		done
	done >"$build/trailers"
	overlay_files | awk -v trailers="$build/trailers" '
		BEGIN {
			while ((getline < trailers) > 0) {
				if ($2 in by)
					print "TWICE", $2
				by[$2] = $1
			}
		}
		{
			best = ""
			for (t in by)
				if (length(t) > length(best) &&
				    (t == $0 || (t ~ /\/$/ && index($0, t) == 1)))
					best = t
			used[best] = 1
			print best == "" ? "NOBODY" : by[best], $0
		}
		END {
			for (t in by)
				if (!(t in used) && t != "MAINTAINERS")
					print "NOTHING", t
		}'
}
