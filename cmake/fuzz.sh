#!/usr/bin/env bash
# Looks for inputs that crash a reader, hang it, or make it take too much memory.
#
#   cmake/fuzz.sh SECONDS [TARGET...]   each target (all, if none is named) for that long; needs clang-19 and its runtime
#                                       (Debian: apt-get install clang-19 libclang-rt-19-dev)
#
# Findings stay in build-fuzz/findings/TARGET-*. Once fixed, add the input to <folder>/fuzz/corpus/TARGET, where the tests
# replay it. Inputs that reach new code are kept in build-fuzz/corpus for the next run. Exit code 1: findings.
set -euo pipefail

cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
build=./build-fuzz

usage() {
  sed -n '2,/^set/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" | grep -v '^set' >&2
  exit 2
}
[[ ${1:-} =~ ^[1-9][0-9]*$ ]] || usage
seconds=$1
shift

cmake --preset fuzz >/dev/null
cmake --build --preset fuzz --parallel "$(nproc)" --target fuzz_targets
targets=("$@")
if ((${#targets[@]} == 0)); then
  for program in "$build"/fuzz/fuzz_*; do targets+=("${program##*/fuzz_}"); done
fi

# The address sanitizer quarantines freed memory, 256 MB of it by default.
export ASAN_OPTIONS=quarantine_size_mb=16 UBSAN_OPTIONS=print_stacktrace=1
# Stack traces have names only if a symbolizer is found; Debian adds the version to its name.
symbolizer=$(command -v llvm-symbolizer-19 llvm-symbolizer | head -n 1 || true)
[[ -z $symbolizer ]] || export ASAN_SYMBOLIZER_PATH=$symbolizer
mkdir -p "$build/findings" "$build/logs"

# Leaves the target's exit code in `code`.
fuzz() { # TARGET SECONDS
  local seeds
  seeds=$(echo */fuzz/corpus/"$1")
  mkdir -p "$build/corpus/$1"
  code=0
  "$build/fuzz/fuzz_$1" "$build/corpus/$1" "$seeds" -max_total_time="$2" -rss_limit_mb=512 -timeout=10 \
    -max_len=32768 -print_final_stats=1 -artifact_prefix="$build/findings/$1-" >"$build/logs/$1.log" 2>&1 || code=$?
}

statistic() { # TARGET NAME
  sed -n "s/^stat::$2: *//p" "$build/logs/$1.log"
}

failed=0
printf '%-14s %7s %12s %9s %9s  %s\n' target seeds executions 'per s' 'peak MB' result
for target in "${targets[@]}"; do
  [[ -x $build/fuzz/fuzz_$target ]] || { echo "no target '$target'; there are: $(cd "$build/fuzz" && echo fuzz_*)" >&2 && exit 2; }
  fuzz "$target" "$seconds"
  result=ok
  ((code == 0)) || { result="FOUND ($code), see $build/logs/$target.log" && failed=1; }
  printf '%-14s %7s %12s %9s %9s  %s\n' "$target" "$(find ./*/fuzz/corpus/"$target" -type f | wc -l)" \
    "$(statistic "$target" number_of_executed_units)" "$(statistic "$target" average_exec_per_sec)" \
    "$(statistic "$target" peak_rss_mb)" "$result"
done
exit "$failed"
