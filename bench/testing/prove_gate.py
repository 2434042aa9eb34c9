#!/usr/bin/python3
"""Measures the gate of `ipcbench duet` on this machine: the rate of false alarms when the program is compared with itself, the
rate at which slowdowns of a known size are caught, and disturbances that must not look like slowdowns.

Usage: prove_gate.py [--build DIR] [--log FILE] [--trials N] [same | slower | controls]...

Needs the programs ipcbench and ipcbench_slowed (cmake --build build --target ipcbench ipcbench_slowed).
Prints Markdown and logs every trial as a line of JSON. All three parts take about an hour on an otherwise idle machine.
Exit code 0 if every promise is kept, 1 if not.
"""
import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time

from scipy import stats

PHASES = ["--warm-up", "1ms", "--time", "6ms"]
CELL_SIZE = "64"
FAMILY_SIZES = "1,64,1024,4096"
LONG_RUN = "40"  # launches of each side
REGRESSED = 1


class Bench:
    def __init__(self, options):
        self.options = options
        self.log = open(options.log, "a", encoding="utf-8")
        self.program = os.path.join(options.build, "ipcbench")
        self.slowed = os.path.join(options.build, "ipcbench_slowed")
        self.kept = True

    def duet(self, kind, seed, arguments, **more):
        """One duet under the gate; returns its exit code and its comparison."""
        with tempfile.TemporaryDirectory() as folder:
            command = [self.program, "duet", "--gate", "--quiet", "--seed", str(seed), "--out", folder, "--format", "json",
                       *PHASES, *arguments]
            start = time.monotonic()
            ended = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False, **more)
            try:
                comparison = json.loads(ended.stdout)
            except json.JSONDecodeError:
                sys.exit(f"{' '.join(command)}\nended with {ended.returncode}: {ended.stdout}{ended.stderr}")
        regressed = [f"{f['name']} {f['metric']}" for f in comparison["findings"] if f["verdict"] == "regressed"]
        self.log.write(json.dumps({"kind": kind, "seed": seed, "arguments": arguments, "code": ended.returncode,
                                   "verdict": comparison["verdict"], "regressed": regressed,
                                   "seconds": round(time.monotonic() - start, 1)}) + "\n")
        self.log.flush()
        return ended.returncode, comparison

    def promise(self, holds, text):
        self.kept = self.kept and holds
        print(f"\n{'Kept' if holds else 'NOT KEPT'}: {text}\n", flush=True)


def upper_bound(hits, trials):
    """The one-sided 95 % bound of Clopper and Pearson."""
    return 1.0 if hits == trials else stats.beta.ppf(0.95, hits + 1, trials - hits)


def lower_bound(hits, trials):
    return 0.0 if hits == 0 else stats.beta.ppf(0.05, hits, trials - hits + 1)


# --- the program against itself -------------------------------------------------------------------------------------

def same(bench):
    arguments = ["--mechanism", "pipe,fifo,unix_stream,tcp,posix_shm_ring", "--pattern", "latency", "--cpus", "same",
                 "--wait", "block", "--size", "1,64,256,1024,4096,16384"]
    start = time.monotonic()
    codes = [bench.duet("same", seed, arguments)[0] for seed in range(1, bench.options.trials + 1)]
    alarms = codes.count(REGRESSED)
    print("## The program against itself\n")
    print(f"{len(codes)} duets of 5 mechanisms x 6 sizes, {(time.monotonic() - start) / len(codes):.0f} s each: "
          f"{alarms} false alarms; below {100 * upper_bound(alarms, len(codes)):.1f} % with 95 % confidence "
          f"(Clopper-Pearson). Exit codes: {sorted(set(codes))}.")
    bench.promise(alarms == 0, "no false alarm")


# --- slowdowns of a known size --------------------------------------------------------------------------------------

CASES = {"same CPU, blocking": ["--mechanism", "slowed_pipe", "--cpus", "same", "--wait", "block"],
         "two CPUs, spinning": ["--mechanism", "slowed_ring", "--cpus", "llc", "--wait", "spin"]}

PLANTED_OTHERWISE = "same CPU, blocking"
PROMISE = "25 % of a cell caught 29 times of 30, 10 % of a family 27 times of 30"


def sides(bench, case, sizes, environment):
    """The arguments of a duet between the program and a slowed copy of it."""
    slowed = [argument for name, value in environment.items() for argument in ("--new-env", f"{name}={value}")]
    return ["--base", bench.slowed, "--pattern", "latency", *CASES[case], "--size", sizes, *slowed]


def times_by_launch(folder, side):
    """The mean round trips of a report's launches in nanoseconds, by size and block. Medians would come in steps of the clock."""
    with open(os.path.join(folder, f"{side}.json"), encoding="utf-8") as file:
        rows = json.load(file)["benchmarks"]
    return {(row["ipc"]["size_bytes"], row["repetition_index"]): row["mean_ns"] for row in rows}


def long_run(bench, case, sizes, environment):
    """Measures the slowdown without the gate, in many alternating launches. Returns the median of the ratios (their geometric mean
    over sizes) and the base's round trip in nanoseconds."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([bench.program, "duet", "--quiet", "--blocks", LONG_RUN, "--second-blocks", "0", *PHASES, "--out", folder,
                        *sides(bench, case, sizes, environment)], check=True, stdout=subprocess.DEVNULL)
        base, new = times_by_launch(folder, "base"), times_by_launch(folder, "new")
    by_block = {}
    for (size, block), base_ns in base.items():
        by_block.setdefault(block, []).append(math.log(new[size, block] / base_ns))
    ratio = math.exp(statistics.median(statistics.fmean(logs) for logs in by_block.values()))
    return ratio, statistics.median(base.values())


def work_for(bench, case, sizes, share):
    """Finds by bisection the work that makes the round trip longer by `share`. Part of the work hides behind the
    transfer of cache lines, so it cannot be calculated."""
    _, round_trip_ns = long_run(bench, case, sizes, {})
    low, high, work_ns = 0.0, None, round_trip_ns * share / 2  # both ends of a round trip send a message
    for _ in range(8):
        ratio, _ = long_run(bench, case, sizes, {"IPCBENCH_SLOW_NS": f"{work_ns:.2f}"})
        if abs(ratio - 1 - share) <= 0.1 * share:
            break
        if ratio - 1 < share:
            low = work_ns
        else:
            high = work_ns
        work_ns = 2 * work_ns if high is None else (low + high) / 2
    return {"IPCBENCH_SLOW_NS": f"{work_ns:.2f}"}


def caught(comparison, level):
    return any(f["verdict"] == "regressed" and f["level"] == level for f in comparison["findings"])


def trial_row(bench, case, what, sizes, environment, level):
    ratio, _ = long_run(bench, case, sizes, environment)
    arguments = sides(bench, case, sizes, environment)
    n = bench.options.trials
    hits = sum(caught(bench.duet(f"{case}, {what}, {level}", seed, arguments)[1], level) for seed in range(1, n + 1))
    print(f"| {case} | {level} | {what} | {100 * (ratio - 1):+.1f} % | {hits} of {n} | "
          f"{100 * lower_bound(hits, n):.0f} % |", flush=True)
    return hits


def slower(bench):
    print("## Slowdowns of a known size\n")
    print("| where | level | planted | long runs say | caught | at least, with 95 % confidence |\n|---|---|---|---:|---:|---:|")
    n = bench.options.trials
    kept = True
    for case in (case for case in CASES if bench.options.case in case):
        for level, sizes in (("cell", CELL_SIZE), ("family", FAMILY_SIZES)):
            # Only 10 % for a spinning family, to save time.
            for percent in (10,) if (level, "spinning" in case) == ("family", True) else (5, 10, 25):
                environment = work_for(bench, case, sizes, percent / 100)
                hits = trial_row(bench, case, f"{percent} %", sizes, environment, level)
                if (level, percent) == ("cell", 25):
                    kept = kept and hits >= math.ceil(n * 29 / 30)
                if (level, percent) == ("family", 10):
                    kept = kept and hits >= math.ceil(n * 27 / 30)
    if bench.options.case not in PLANTED_OTHERWISE:
        return bench.promise(kept, PROMISE)
    trial_row(bench, PLANTED_OTHERWISE, "a second system call", CELL_SIZE, {"IPCBENCH_SLOW_CALLS": "1"}, "cell")
    trial_row(bench, PLANTED_OTHERWISE, "a second copy of 64 KiB", "64KiB", {"IPCBENCH_SLOW_COPIES": "1"}, "cell")
    return bench.promise(kept, PROMISE)


# --- disturbances -------------------------------------------------------------------------------------------------------

CONTROL_CELLS = ["--mechanism", "pipe,unix_stream", "--pattern", "latency", "--cpus", "same", "--wait", "block", "--size",
                 "64,4096"]


def rebuilt(bench, folder):
    """Another build of the same source."""
    source = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
    quiet = {"check": True, "stdout": subprocess.DEVNULL}
    subprocess.run(["cmake", "-S", source, "-B", folder, "-G", "Ninja", "-DIPCBENCH_TESTS=OFF", "-DIPCBENCH_CHARTS=OFF",
                    *bench.options.cmake], **quiet)
    subprocess.run(["cmake", "--build", folder, "--target", "ipcbench"], **quiet)
    return ["--base", bench.program, "--new", os.path.join(folder, "ipcbench")]


def with_load(bench, seed):
    """A duet that shares a CPU with a busy program during its middle half."""
    seconds = bench.usual_seconds
    load = subprocess.Popen(["sh", "-c", f"sleep {seconds / 4}; exec timeout {seconds / 2} taskset -c 0 sh -c 'while :; do :; done'"])
    try:
        return bench.duet("load", seed, CONTROL_CELLS)
    finally:
        load.terminate()
        load.wait()


def controls(bench):
    trials = max(1, bench.options.trials // 3)
    print("## Disturbances that are no slowdown\n")
    print("| what differs between the sides | duets | regressed | verdicts |\n|---|---:|---:|---|")
    alarms = 0

    def report(what, results):
        nonlocal alarms
        hits = sum(code == REGRESSED for code, _ in results)
        alarms += hits
        verdicts = sorted({comparison["verdict"] for _, comparison in results})
        print(f"| {what} | {len(results)} | {hits} | {', '.join(verdicts)} |", flush=True)

    with tempfile.TemporaryDirectory() as folder:
        sides = rebuilt(bench, folder)
        start = time.monotonic()
        report("another build of the same source, in another folder",
               [bench.duet("rebuilt", seed, sides + CONTROL_CELLS) for seed in range(1, trials + 1)])
        bench.usual_seconds = (time.monotonic() - start) / trials
    elsewhere = ["--base", bench.program, "--new", f"env --chdir=/ {bench.program}", "--new-env", "FILLER=" + "x" * 8000]
    report("another working directory, 8 kB more of environment",
           [bench.duet("elsewhere", seed, elsewhere + CONTROL_CELLS) for seed in range(1, trials + 1)])
    report("nothing, but a busy program on one CPU during half of the duet",
           [with_load(bench, seed) for seed in range(1, trials + 1)])
    bench.promise(alarms == 0, "none of them regressed")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build", help="where ipcbench and ipcbench_slowed are")
    parser.add_argument("--log", default="prove_gate.jsonl")
    parser.add_argument("--trials", type=int, default=30)
    parser.add_argument("--case", default="", help="only the slowdowns whose place has this in its name, such as spinning")
    parser.add_argument("--cmake", nargs="*", default=[], help="more arguments for configuring the other build")
    parser.add_argument("steps", nargs="*", default=[])
    options = parser.parse_args()
    options.build = os.path.abspath(options.build)
    steps = {"same": same, "slower": slower, "controls": controls}
    unknown = [step for step in options.steps if step not in steps]
    if unknown:
        parser.error(f"no step {unknown[0]}; there are {', '.join(steps)}")
    bench = Bench(options)
    for name, step in steps.items():
        if not options.steps or name in options.steps:
            step(bench)
    return 0 if bench.kept else 1


if __name__ == "__main__":
    sys.exit(main())
