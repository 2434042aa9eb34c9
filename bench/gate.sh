#!/usr/bin/env bash
# The regression gate for a source tree: builds a base revision and the working tree, and compares them in a duet.
set -euo pipefail

usage() {
  cat <<'USAGE'
  bench/gate.sh BASE [--out DIR] [-- ARGUMENT...]

  BASE           the git revision to compare the working tree with, such as origin/main
  --out DIR      where reports and comparison go (default: results/gate)
  -- ARGUMENT... passed to `ipcbench duet`, e.g. -- --mechanism pipe,fifo --size 64,4KiB --settings gate.json

In a GitHub workflow the findings become annotations and a step summary. Exit codes are those of `ipcbench duet --gate`:
0 success (no regression); 1 regression or missing cell; 2 refused (something cannot be built, read or written); 3 not comparable;
4 too weak (with -- --require-power); 5 measurement failed; 6 defect of ipcbench.
USAGE
}

say() { printf '%s\n' "$*" >&2; }

stop() { # MESSAGE
  say "gate.sh: $1"
  exit 2
}

source_dir=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
out=$source_dir/results/gate base='' passed_on=()
while (($#)); do
  case $1 in
    -h | --help) usage && exit ;;
    --out)
      (($# > 1)) || stop "--out needs a folder."
      out=$(realpath -m -- "$2")
      shift
      ;;
    --)
      passed_on=("${@:2}")
      break
      ;;
    -*) stop "unknown option '$1'. See bench/gate.sh --help." ;;
    *)
      [[ -z $base ]] || stop "more than one base: '$base' and '$1'."
      base=$1
      ;;
  esac
  shift
done
[[ -n $base ]] || stop "name a base. See bench/gate.sh --help."
revision=$(git -C "$source_dir" rev-parse --verify --quiet "$base^{commit}") ||
  stop "'$base' is not a revision here; in a shallow clone, fetch it first (actions/checkout: fetch-depth: 0)."

work=$(mktemp -d)
# shellcheck disable=SC2317 # called by the trap
cleanup() {
  git -C "$source_dir" worktree remove --force "$work/base" 2>/dev/null || true
  rm -rf -- "$work"
}
trap cleanup EXIT

build() { # SOURCE NAME
  say "Building $2."
  { cmake -S "$1" -B "$work/build-$2" -G Ninja -DCMAKE_BUILD_TYPE=Release -DIPCBENCH_TESTS=OFF -DIPCBENCH_CHARTS=OFF &&
    cmake --build "$work/build-$2" --target ipcbench; } >"$work/$2.log" 2>&1 ||
    { cat "$work/$2.log" >&2 && stop "$2 could not be built (see above)."; }
}

git -C "$source_dir" worktree add --quiet --detach "$work/base" "$revision"
build "$work/base" base
build "$source_dir" new

program=$work/build-new/ipcbench
code=0
"$program" duet --gate --base "$work/build-base/ipcbench" --new "$program" --out "$out" --force \
  ${GITHUB_ACTIONS:+--format github} "${passed_on[@]}" || code=$?
if [[ -n ${GITHUB_STEP_SUMMARY:-} && -e $out/comparison.json ]]; then
  "$program" compare "$out/base.json" "$out/new.json" --format markdown >>"$GITHUB_STEP_SUMMARY" || true
fi
say "Reports: $out"
exit "$code"
