#!/usr/bin/env bash
# Writes the tables of the documents that the program makes, between their marks: what each mechanism guarantees, and the
# textbook claims put to the test with the given report.
#
#   bench/document_tables.sh REPORT [PROGRAM]      default: build/ipcbench
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

# fill DOCUMENT COMMAND ARGUMENT...: replaces what stands between the document's marks.
fill() {
  local document=$root/$1
  shift
  # From the work folder, so that the table names the report and no folder of this machine.
  (cd -- "$work" && "$program" "$@" --format markdown >table.md)
  awk -v table="$work/table.md" '
    /^<!-- made by bench\/document_tables.sh/ {
      print
      print ""
      while ((getline line < table) > 0) print line
      print ""
      skipping = 1
    }
    /^<!-- end -->/ { skipping = 0 }
    !skipping { print }
  ' "$document" >"$work/document"
  cat "$work/document" >"$document"
}

fill bench/study/probe/GUARANTEES.md probe
fill bench/study/claims/CLAIMS.md claims standard.json
