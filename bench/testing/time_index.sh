#!/usr/bin/env bash
# Times the index as the fleet grows: time_index.sh BUILD FOLDER, where FOLDER has what write_fleet made with 100 hosts. BUILD needs
# the targets ipcbench and read_reports.
# Prints the table of results/index/INDEX.md: CPU seconds by step, size, and the median of five times of each question.
set -euo pipefail

build=$1 fleet=$2
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT
TIMEFORMAT='%R %U %S'

step() { # WHAT COMMAND...
  printf '%s: ' "$1"
  TIMEFORMAT='%R s, %U s of CPU time in the program, %S s in the kernel'
  { time "${@:2}" >"$scratch/said" 2>&1 || true; } 2>&1
}

median_of_five() { # WHAT COMMAND...
  local times=()
  for _ in 1 2 3 4 5; do
    times+=("$({ time "${@:2}" >"$scratch/said" 2>&1; } 2>&1)") || { cat "$scratch/said" >&2; return 1; }
  done
  printf '%s: ' "$1"
  printf '%s\n' "${times[@]}" | sort -n | awk 'NR == 3 { printf "%.0f ms, %.0f ms of CPU time\n", 1000 * $1, 1000 * ($2 + $3) }'
}

cell=(-m pipe --pattern latency --size 64 --cpus same)
for hosts in node-0000 'node-000?' 'node-*'; do
  database=$scratch/${hosts//[^a-z0-9]/x}.sqlite
  # shellcheck disable=SC2086 # a pattern
  "$build/read_reports" "$scratch/one-cpu.sqlite" "$fleet"/$hosts
  rm -f "$scratch"/one-cpu.sqlite*
  # shellcheck disable=SC2086 # a pattern
  step "index $(find "$fleet"/$hosts -type f | wc -l) on all CPUs" "$build/ipcbench" index --quiet --db "$database" "$fleet"/$hosts
  tail -n 1 "$scratch/said"
  stat -c '%s bytes' "$database"
  TIMEFORMAT='%R %U %S'
  median_of_five 'query of one cell' "$build/ipcbench" query --db "$database" "${cell[@]}" --csv
  median_of_five 'trend of one cell' "$build/ipcbench" trend --db "$database" "${cell[@]}"
  median_of_five 'trend of one cell on one host' "$build/ipcbench" trend --db "$database" "${cell[@]}" --host node-0000
  median_of_five 'group-by over all' "$build/ipcbench" query --db "$database" --group-by class --csv
  report=$(find "$fleet/node-0000" -name '*.json.zst' ! -name '*-broken*' | sort | tail -n 1)
  [ "$hosts" = node-0000 ] || median_of_five 'rank of a report' "$build/ipcbench" rank "$report" --db "$database" --class '*' --csv
done
