#!/usr/bin/env bash
# Submits one exclusive job for each node that has no complete report, and one that collects the reports after them.
set -euo pipefail

usage() {
  cat <<'USAGE'
Usage: submit.sh FOLDER [OPTION of sbatch...] [-- ARGUMENT of `ipcbench run`...]
       submit.sh FOLDER --array=1-N --constraint=FEATURE [OPTION of sbatch...] [-- ARGUMENT...]

FOLDER is on storage that all nodes share; its name is that of the campaign. ipcbench-once has to be on the PATH of the jobs.
Options of sbatch are written --name=value.

The first form measures each node, or each of --partition and --nodelist. Called again, it submits only the nodes that have
no complete report and no job in the queue. Runs that were interrupted are resumed. It names nodes that are down.
The second form samples a class: N jobs, each on any node with the feature.

  submit.sh /shared/first --partition=batch --time=01:00:00 -- --profile standard
  submit.sh /shared/first --array=1-8 --constraint=epyc -- --mechanism shm
USAGE
}

case ${1:-} in
  -h | --help) usage && exit ;;
  '' | -*) usage >&2 && exit 2 ;;
esac
here=$(dirname -- "$(realpath -- "${BASH_SOURCE[0]}")")
mkdir -p -- "$1"
folder=$(realpath -- "$1") options=() filter=() sampled=no
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
name=ipcbench-${folder##*/}

submit() { # OPTION...
  sbatch --parsable --job-name="$name" --chdir="$folder" "${options[@]}" "$@" "$here/measure.sbatch" "$folder" "${arguments[@]}" >/dev/null
}

nodes_in() { sinfo --noheader --Node --format=%N "${filter[@]}" "$@" | sort -u; } # OPTION of sinfo...
complete() { [[ -e $folder/$1.json.zst && ! -e $folder/$1.json.zst.journal ]]; }

submit_nodes() {
  local node queued
  queued=" $(squeue --noheader --name="$name" --format=%n | tr '\n' ' ') "
  for node in "${nodes[@]}"; do
    if complete "$node" || [[ $queued == *" $node "* ]]; then continue; fi
    submit --nodelist="$node"
    echo "Submitted: $node"
  done
}

nodes=()
if [[ $sampled == yes ]]; then
  submit
else
  mapfile -t nodes < <(nodes_in --responding)
  submit_nodes
  # Not waited for, because they may never come back.
  comm -13 <(nodes_in --responding) <(nodes_in) | sed 's/^/Down, not submitted: /'
fi

# singleton: begins when this user has no other job of that name.
sbatch --parsable --job-name="$name" --dependency=singleton "${options[@]/--array=*/--ntasks=1}" --chdir="$folder" \
  --output="$folder/collect.log" "$here/collect.sbatch" "$here/../collect.sh" "$folder" "${nodes[@]}" >/dev/null
echo "Reports: $folder; at the end, $folder/collect.log says which are missing."
