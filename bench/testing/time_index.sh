#!/usr/bin/env bash
# Times the index as the fleet grows: time_index.sh BUILD FOLDER, where FOLDER has what write_fleet made with 100 hosts.
# Prints the table of results/index/INDEX.md: CPU seconds, size, and the time of two questions.
set -euo pipefail

build=$1 fleet=$2
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT
TIMEFORMAT='%R s, %U s of CPU time in the program, %S s in the kernel'

step() { # WHAT COMMAND...
  printf '%s: ' "$1"
  { time "${@:2}" >"$scratch/said" 2>&1 || true; } 2>&1
}

printf 'reading alone, one CPU: '
"$build/read_reports" "$fleet"/node-0000 "$fleet"/node-0001
for hosts in node-0000 'node-000?' 'node-*'; do
  database=$scratch/${hosts//[^a-z0-9]/x}.sqlite
  # shellcheck disable=SC2086 # a pattern
  step "index $(find "$fleet"/$hosts -type f | wc -l)" "$build/ipcbench" index --quiet --db "$database" "$fleet"/$hosts
  tail -n 1 "$scratch/said"
  stat -c '%s bytes' "$database"
  step 'query of one cell' "$build/ipcbench" query --db "$database" -m pipe --pattern latency --size 64 --cpus same --csv
  step 'group-by over all' "$build/ipcbench" query --db "$database" --group-by class --csv
done
