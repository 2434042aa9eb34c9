#!/usr/bin/env bash
# Submits one exclusive job for each node that has no complete report, and one that collects the reports after them.
set -euo pipefail

usage() {
  cat <<'USAGE'
Usage: submit.sh [--check] FOLDER [OPTION of sbatch...] [-- ARGUMENT of `ipcbench run`...]
       submit.sh [--check] FOLDER --array=1-N --constraint=FEATURE [OPTION of sbatch...] [-- ARGUMENT...]

FOLDER is on storage that all nodes share; its name is that of the campaign. ipcbench-once has to be on the PATH of the jobs.
Options of sbatch are written --name=value.

The first form measures each node, or each of --partition and --nodelist. Called again, it submits only the nodes that have
no complete report and no job in the queue. Runs that were interrupted are resumed. It names nodes that are down.
The second form samples a class: N jobs, each on any node with the feature.
With --check, nothing is submitted: sbatch says of the same jobs when and where they would begin (--test-only).

  submit.sh /shared/first --partition=batch --time=01:00:00 -- --profile standard
  submit.sh /shared/first --array=1-8 --constraint=epyc -- --mechanism shm

Exit codes: 0 all jobs were accepted; 1 sbatch refused some, and says why.
USAGE
}

check=() submitted=Submitted
if [[ ${1:-} == --check ]]; then
  check=(--test-only) submitted='Would be submitted'
  shift
fi
case ${1:-} in
  -h | --help) usage && exit ;;
  '' | -*) usage >&2 && exit 2 ;;
esac
here=$(dirname -- "$(realpath -- "${BASH_SOURCE[0]}")")
folder=$(realpath -m -- "$1")
((${#check[@]})) || mkdir -p -- "$folder"
options=() filter=() sampled=no
shift
while (($#)) && [[ $1 != -- ]]; do
  case $1 in
    --nodelist=*) filter+=("--nodes=${1#*=}") ;;
    --partition=*) options+=("$1") filter+=("$1") ;;
    --array=*) options+=("$1") sampled=yes ;;
    *) options+=("$1") ;;
  esac
  shift
done
arguments=("${@:2}")
name=ipcbench-${folder##*/} measuring=("$here/measure.sbatch" "$folder" "${arguments[@]}") code=0

# Of a job that is refused, sbatch says why; the others are submitted all the same.
submit() { # WHAT OPTION...
  if sbatch "${check[@]}" --parsable --job-name="$name" --chdir="$folder" "${@:2}" >/dev/null; then
    echo "$submitted: $1"
  else
    echo "Refused: $1"
    code=1
  fi
}

nodes_in() { sinfo --noheader --Node --format=%N "${filter[@]}" "$@" | sort -u; } # OPTION of sinfo...
complete() { [[ -e $folder/$1.json.zst && ! -e $folder/$1.json.zst.journal ]]; }

submit_nodes() {
  local node queued
  queued=" $(squeue --noheader --name="$name" --format=%n | tr '\n' ' ') "
  for node in "${nodes[@]}"; do
    if complete "$node" || [[ $queued == *" $node "* ]]; then continue; fi
    submit "$node" "${options[@]}" --nodelist="$node" "${measuring[@]}"
  done
}

nodes=()
if [[ $sampled == yes ]]; then
  submit "a class" "${options[@]}" "${measuring[@]}"
else
  mapfile -t nodes < <(nodes_in --responding)
  submit_nodes
  # Not waited for, because they may never come back.
  comm -13 <(nodes_in --responding) <(nodes_in) | sed 's/^/Down, not submitted: /'
fi

# singleton: begins when this user has no other job of that name.
submit "the collecting job" --dependency=singleton "${options[@]/--array=*/--ntasks=1}" --output="$folder/collect.log" \
  "$here/collect.sbatch" "$here/../collect.sh" "$folder" "${nodes[@]}"
echo "Reports: $folder; at the end, $folder/collect.log says which are missing."
exit "$code"
