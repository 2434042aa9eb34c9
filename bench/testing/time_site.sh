#!/usr/bin/env bash
# Times a site: time_site.sh BUILD FOLDER, where FOLDER has what write_fleet made. Prints the table of plots/site/SITE.md: the
# time to build the site from an index, to bring it up to date, its size, and how long its list takes to open.
set -euo pipefail

build=$(realpath -- "$1") fleet=$(realpath -- "$2")
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT
TIMEFORMAT='%R s, %U s of CPU time in the program, %S s in the kernel'

step() { # WHAT COMMAND...
  printf '%s: ' "$1"
  { time "${@:2}" >"$scratch/said"; } 2>&1
}

step 'index' "$build/ipcbench" index --quiet --db "$scratch/fleet.sqlite" "$fleet"
step 'site' "$build/ipcbench" site "$scratch/fleet.sqlite" --quiet --out "$scratch/site"
tail -n 1 "$scratch/said"
step 'site, nothing new' "$build/ipcbench" site "$scratch/fleet.sqlite" --quiet --out "$scratch/site"
du -sh "$scratch/site" | cut -f1
/usr/bin/python3 "$here/../../plots/testing/time_opening.py" "$scratch/site"
