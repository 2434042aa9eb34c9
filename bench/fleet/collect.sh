#!/usr/bin/env bash
# Takes the reports of many machines into the index, and says which machines have none.
set -euo pipefail

usage() {
  cat <<'USAGE'
Usage: collect.sh [--db DB] FOLDER [MACHINE...]

Counts the complete reports of FOLDER (MACHINE.json.zst without a journal) and indexes them with `ipcbench index`, if that
is installed here.

  --db DB      the index (default: fleet.sqlite beside FOLDER); for PostgreSQL, passwords belong in ~/.pgpass
  MACHINE...   machines that should have a report

Exit codes: 0 all are there; 1 some machines have no complete report; otherwise that of `ipcbench index`.
USAGE
}

[[ ${1:-} != -h && ${1:-} != --help ]] || { usage && exit; }
db=
if [[ ${1:-} == --db ]]; then
  db=${2:?"--db needs a value. See collect.sh --help."}
  shift 2
fi
folder=${1:?"name the folder of the reports. See collect.sh --help."}
folder=$(realpath -- "$folder")
: "${db:=${folder%/*}/fleet.sqlite}"

complete() { [[ -e $1 && ! -e $1.journal ]]; }

missing=() count=0
for machine in "${@:2}"; do
  complete "$folder/$machine.json.zst" || missing+=("$machine")
done
for report in "$folder"/*.json.zst; do
  ! complete "$report" || count=$((count + 1))
done

echo "Complete reports in $folder: $count"
((${#missing[@]} == 0)) || echo "Without a complete report: ${missing[*]}"
if ((count == 0)); then
  :
elif ! command -v ipcbench >/dev/null; then
  echo "Not indexed: ipcbench is not installed here. Where it is, \`ipcbench index FOLDER\` does it."
elif ! ipcbench index --help >/dev/null 2>&1; then
  echo "Not indexed: ipcbench was built without SOCI. Compare reports with \`ipcbench compare\` or \`ipcbench plot\`."
else
  ipcbench index --db "$db" "$folder"
  echo "Index: $db"
fi
((${#missing[@]} == 0))
