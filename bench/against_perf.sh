#!/usr/bin/env bash
# Is the harness right? Compares its round trip of 64 B over a pipe, both ends on CPU 0, with that of
# `perf bench sched pipe` (Debian package linux-perf) on the same CPU, which does nothing but write and read.
# The two run in turn, so that drift slows both. Prints their medians and the ratio.
#
#   bench/against_perf.sh [RUNS] [PROGRAM]      default: 21 runs of build/ipcbench
#
# Exit code 0 if the ratio is within 5 %, 1 if not, 2 if something is missing. Let nothing else run meanwhile.
set -euo pipefail

runs=${1:-21}
program=${2:-$(dirname "$0")/../build/ipcbench}
command -v perf >/dev/null || { echo "perf is missing: apt-get install linux-perf" >&2; exit 2; }
command -v python3 >/dev/null || { echo "python3 is missing: apt-get install python3" >&2; exit 2; }
[ -x "$program" ] || { echo "there is no program $program: build it with ./run_all.sh --profile quick" >&2; exit 2; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for ((run = 1; run <= runs; run++)); do
  # 50,000 round trips take about as long as the harness's timed phase.
  taskset -c 0 perf bench --format simple sched pipe --loop 50000 >>"$work/perf" 2>/dev/null
  taskset -c 0 "$program" run --mechanism pipe --pattern latency --size 64 --wait block --peers fork --cpus same \
    --repetitions 1 --time 150ms --quiet --out "$work/$run.json" >/dev/null 2>&1
done

python3 - "$work" <<'PYTHON'
import glob, json, statistics, sys
work = sys.argv[1]
perf = [float(line) * 1e9 / 50000 for line in open(f"{work}/perf")]
rows = [json.load(open(name))["benchmarks"][0] for name in glob.glob(f"{work}/*.json")]
means = [row["mean_ns"] for row in rows]
theirs, ours = statistics.median(perf), statistics.median(means)
spread = lambda values: f"{min(values):.0f} to {max(values):.0f}"
print(f"perf bench sched pipe   median of {len(perf)}: {theirs:.0f} ns ({spread(perf)})")
print(f"ipcbench, mean          median of {len(means)}: {ours:.0f} ns ({spread(means)})")
print(f"ratio {ours / theirs:.3f}")
sys.exit(0 if abs(ours / theirs - 1) <= 0.05 else 1)
PYTHON
