#!/usr/bin/env bash
# Writes the tables of the README that the program makes, between their marks: what each mechanism guarantees, and the
# textbook claims put to the test with the report given.
#
#   bench/readme_tables.sh REPORT [PROGRAM]      default: build/ipcbench
#
# Exit code 2 if something is missing, and that of the program if it fails.
set -euo pipefail

report=${1:?a report is needed, such as one of a standard run}
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
program=$(realpath -- "${2:-$root/build/ipcbench}")
[[ -x $program ]] || { echo "there is no program $program: build it with ./run_all.sh --profile quick" >&2 && exit 2; }

work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
cp -- "$report" "$work/standard.json"
cd -- "$work" # so that the table names the report and no folder of this machine
"$program" probe --format markdown >probe.md
"$program" claims standard.json --format markdown >claims.md
cd -- "$root"

awk -v work="$work" '
  /^<!-- made by bench\/readme_tables.sh: / {
    print
    print ""
    table = work "/" $5 ".md"
    while ((getline line < table) > 0) print line
    print ""
    skipping = 1
  }
  /^<!-- end -->/ { skipping = 0 }
  !skipping { print }
' README.md >"$work/readme"
cat "$work/readme" >README.md
