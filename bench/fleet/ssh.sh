#!/usr/bin/env bash
# Measures a few machines at once, with nothing but ssh: no root, no package, no inventory.
set -euo pipefail

usage() {
  cat <<'USAGE'
Usage: ssh.sh ARCHIVE FOLDER MACHINE... [-- ARGUMENT of `ipcbench run`...]

Unpacks ARCHIVE (the .tar.gz that cpack makes) below ~/.cache/ipcbench on each MACHINE (a destination of ssh), measures
there, and copies the report to FOLDER/MACHINE.json.zst. The folder's name is that of the campaign: called again with
it, only machines without a complete report are measured, and interrupted runs are resumed.

Exit codes: 0 all machines were measured; otherwise that of collect.sh, which names the others.
USAGE
}

if (($# < 3)) || [[ $1 == -* ]]; then
  usage >&2
  exit 2
fi
archive=$(realpath -- "$1") folder=$(realpath -m -- "$2") machines=()
shift 2
while (($#)) && [[ $1 != -- ]]; do
  machines+=("$1")
  shift
done
arguments=("${@:2}")
here=$(dirname -- "$(realpath -- "${BASH_SOURCE[0]}")")

# ssh passes one string to the other shell, hence the quoting.
measure() { # MACHINE
  local program=.cache/ipcbench/program report=.cache/ipcbench/${folder##*/}.json.zst
  [[ ! -e $folder/$1.json.zst ]] || return 0
  # shellcheck disable=SC2029 # the names are known here
  ssh "$1" "mkdir -p $program && tar -xz --strip-components=1 -C $program" <"$archive" &&
    ssh -n "$1" "$(printf '%q ' "$program/bin/ipcbench-once" "$report" --quiet "${arguments[@]}")" &&
    scp -q "$1:$report" "$folder/.$1.part" && mv "$folder/.$1.part" "$folder/$1.json.zst"
}

mkdir -p -- "$folder"
for machine in "${machines[@]}"; do
  # The log of each machine in one piece, each line with its name.
  { measure "$machine" 2>&1 || echo "not measured (exit code $?)"; } | sed "s/^/$machine: /" &
done
wait
"$here/collect.sh" "$folder" "${machines[@]}"
