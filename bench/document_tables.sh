#!/usr/bin/env bash
# Writes the program's tables into the documents, between their marks: each mechanism's guarantees, the textbook claims
# tested with the given report, and the ranking of its mechanisms.
#
#   bench/document_tables.sh REPORT [PROGRAM]      default: build/ipcbench
#
# Exit code: 2 if something is missing, the program's own if it fails.
set -euo pipefail

report=${1:?a report is needed, such as one of a standard run}
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
program=$(realpath -- "${2:-$root/build/ipcbench}")
[[ -x $program ]] || { echo "there is no program $program: build it with ./run_all.sh --profile quick" >&2 && exit 2; }

work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
cp -- "$report" "$work/"

# fill DOCUMENT COMMAND ARGUMENT...: replaces the text between the document's marks.
fill() {
  local document=$root/$1
  shift
  # Runs in the work folder, so that the table shows the report's name without a path of this machine.
  (cd -- "$work" && "$program" "$@" --format markdown >table.md) || {
    local code=$?
    echo "\`ipcbench $*\` ended with $code, so ${document#"$root/"} is left as it was" >&2
    exit "$code"
  }
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
fill bench/study/claims/CLAIMS.md claims "$(basename -- "$report")"
fill results/summary/RANKING.md show "$(basename -- "$report")" --ranking
