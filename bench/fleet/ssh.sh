#!/usr/bin/env bash
# Measures a few machines at once, with nothing but ssh: no root, no package, no inventory.
set -euo pipefail

usage() {
  cat <<'USAGE'
Usage: ssh.sh [--check] ARCHIVE FOLDER MACHINE... [-- ARGUMENT of `ipcbench run`...]

Unpacks ARCHIVE (the .tar.gz that cpack makes) below ~/.cache/ipcbench on each MACHINE (a destination of ssh), measures
there, and copies the report to FOLDER/MACHINE.json.zst. The folder's name is that of the campaign: called again with
it, only machines without a complete report are measured, and interrupted runs are resumed.

  --check   says what would be done to each machine, after logging in there; changes and measures nothing

Exit codes: 0 all machines were measured; otherwise that of collect.sh, which names the others. With --check: 0 if all that have
no report can be reached, otherwise 1.
USAGE
}

check=no
if [[ ${1:-} == --check ]]; then
  check=yes
  shift
fi
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
[[ -r $archive ]] || { echo "ssh.sh: $archive cannot be read. \`cpack -G TGZ\` in the build folder makes it." >&2 && exit 2; }

# On the machines, below the home folder.
program=.cache/ipcbench/program report=.cache/ipcbench/${folder##*/}.json.zst
# ssh passes one string to the other shell, hence the quoting.
quoted_report=$(printf '%q' "$report")
once=$(printf '%q ' "$program/bin/ipcbench-once" "$report" --quiet "${arguments[@]}")

has_report() { [[ -e $folder/$1.json.zst ]]; } # MACHINE

measure() { # MACHINE
  has_report "$1" && return
  # shellcheck disable=SC2029 # the names are known here
  ssh "$1" "mkdir -p $program && tar -xz --strip-components=1 -C $program" <"$archive" &&
    ssh -n "$1" "$once" &&
    scp -q "$1:$report" "$folder/.$1.part" && mv "$folder/.$1.part" "$folder/$1.json.zst"
}

# What measure would do. The journal and the report there decide it, as they decide it for ipcbench-once.
say_what_would_be_done() { # MACHINE
  local found
  has_report "$1" && echo "has its report: nothing to do" && return
  # shellcheck disable=SC2029 # the names are known here
  found=$(ssh -n "$1" "if [ -e $quoted_report.journal ]; then echo resume; elif [ -e $quoted_report ]; then echo none; else echo begin; fi") ||
    return
  echo "would unpack ${archive##*/} into ~/$program"
  case $found in
    none) echo "would not measure: ~/$report is complete" ;;
    *) echo "would $found a run: ${once% }" ;;
  esac
  echo "would copy ~/$report to $folder/$1.json.zst"
}

# The log of each machine in one piece, each line with its name. Fails if the command failed for one.
on_all() { # COMMAND WORDS
  local machine job jobs=() code=0
  for machine in "${machines[@]}"; do
    { "$1" "$machine" 2>&1 || { echo "$2 (exit code $?)" && false; }; } | sed "s/^/$machine: /" &
    jobs+=($!)
  done
  for job in "${jobs[@]}"; do wait "$job" || code=1; done
  return "$code"
}

if [[ $check == yes ]]; then
  on_all say_what_would_be_done "not reached"
else
  mkdir -p -- "$folder"
  on_all measure "not measured" || true # collect.sh names them
  "$here/collect.sh" "$folder" "${machines[@]}"
fi
