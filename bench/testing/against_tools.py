#!/usr/bin/python3
"""Compares this program with other tools that measure the same: pipe and TCP, 4 KiB to 1 MiB, payload untouched.

Usage: against_tools.py [--program FILE] [--rounds N] [--only TOOL]... [--json FILE]

Every tool and this program run in turn, in random order, with both ends on CPU 0. What is missing is named with its Debian
package. Prints a table of the time per message (per round trip in ping-pong) and the ratio of the medians with the 95 %
interval of the percentile bootstrap. Takes about a second a run. Exit codes: 0 done, 2 nothing could be compared.

No tool here streams such messages over a UNIX socket: stress-ng mixes sizes there, perf sends 100 bytes among groups.
"""
import argparse
import json
import os
import random
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
ON_CPU_0 = ["taskset", "-c", "0"]
SIZES = [4096, 65536, 1 << 20]
PACKAGES = {"perf": "linux-perf", "stress-ng": "stress-ng", "sockperf": "sockperf", "iperf3": "iperf3"}


class CannotRun(Exception):
    pass


def output_of(command, limit_s=30):
    ended = subprocess.run(ON_CPU_0 + command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                           timeout=limit_s, check=False)
    if ended.returncode != 0:
        raise CannotRun(f"{' '.join(command)}: {ended.stdout.strip()[-200:]}")
    return ended.stdout


def number_in(text, pattern):
    found = re.search(pattern, text)
    if not found:
        raise CannotRun(f"no {pattern} in: {text.strip()[-200:]}")
    return float(found.group(1))


def free_port():
    """A new one for each run: the last one may be in TIME_WAIT."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


class Server:
    """A server on the same CPU, for as long as its client runs."""

    def __init__(self, command):
        self.process = subprocess.Popen(ON_CPU_0 + command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def __enter__(self):
        time.sleep(0.5)  # neither server says when it listens
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


# --- the tools: each returns nanoseconds per message or round trip ----------------------------------------------------

def perf_pipe(_):
    loops = 50_000
    text = output_of(["perf", "bench", "--format", "simple", "sched", "pipe", "--loop", str(loops)])
    return float(text.strip().splitlines()[-1]) * 1e9 / loops


def stress_ng_pipe(size):
    text = output_of(["stress-ng", "--pipe", "1", "--pipe-data-size", str(size), "--timeout", "1", "--metrics-brief"])
    # stress-ng: metrc: [1] pipe <operations> <real time in s> ...
    found = re.search(r"\bpipe\s+(\d+)\s+([\d.]+)\s", text)
    if not found:
        raise CannotRun(f"no metrics in: {text[-200:]}")
    return float(found.group(2)) * 1e9 / float(found.group(1))


def iperf_tcp(size):
    port = free_port()
    with Server(["iperf3", "-s", "-1", "-p", port]):
        report = json.loads(output_of(["iperf3", "-c", "127.0.0.1", "-p", port, "-l", str(size), "-t", "1", "-J"]))
    return size * 8e9 / report["end"]["sum_received"]["bits_per_second"]


def sockperf_round_trip(size):
    address = ["--tcp", "-i", "127.0.0.1", "-p", free_port()]
    with Server(["sockperf", "sr", *address]):
        text = output_of(["sockperf", "pp", *address, "-m", str(size), "-t", "1", "--full-rtt"])
    return 1e3 * number_in(text, r"avg-(?:rtt|latency)=([\d.]+)")


class Ours:
    def __init__(self, program):
        self.program = program

    def time_ns(self, mechanism, pattern, size):
        with tempfile.TemporaryDirectory() as folder:
            report = os.path.join(folder, "report.json")
            output_of([self.program, "run", "--mechanism", mechanism, "--pattern", pattern, "--size", str(size), "--wait",
                       "block", "--peers", "fork", "--cpus", "same", "--payload", "untouched", "--repetitions", "1",
                       "--time", "300ms", "--quiet", "--out", report])
            with open(report, encoding="utf-8") as file:
                row = json.load(file)["benchmarks"][0]
        # The others print means.
        return row["mean_ns"] if pattern == "latency" else row["real_time"]


# tool, what it runs, our mechanism and pattern, size. perf's messages have 4 bytes; stress-ng's at most 4096, and
# sockperf's must fit a datagram even over TCP.
COMPARISONS = [("perf", perf_pipe, "pipe", "latency", 4),
               ("stress-ng", stress_ng_pipe, "pipe", "throughput", 4096),
               ("sockperf", sockperf_round_trip, "tcp", "latency", 4096),
               ("sockperf", sockperf_round_trip, "tcp", "latency", 65000)]
COMPARISONS += [("iperf3", iperf_tcp, "tcp", "throughput", size) for size in SIZES]


# --- what is printed --------------------------------------------------------------------------------------------------

def ratio_of_medians(ours, theirs):
    """The ratio with the 95 % interval of the percentile bootstrap."""
    draw = random.Random(1)
    resampled = sorted(statistics.median(draw.choices(ours, k=len(ours))) /
                       statistics.median(draw.choices(theirs, k=len(theirs))) for _ in range(2000))
    return statistics.median(ours) / statistics.median(theirs), resampled[50], resampled[1950]


def text_of(ns):
    return f"{ns:.0f} ns" if ns < 1e5 else f"{ns / 1e3:.0f} us"


def print_table(comparisons, times):
    print("| tool | what | size | theirs | ipcbench | ipcbench / theirs (95 %) |\n|---|---|---|---|---|---|")
    for comparison in comparisons:
        tool, _, mechanism, pattern, size = comparison
        ours, theirs = times[comparison]
        if not theirs or not ours:
            continue
        ratio, low, high = ratio_of_medians(ours, theirs)
        print(f"| {tool} | {mechanism}, {pattern} | {size} | {text_of(statistics.median(theirs))} | "
              f"{text_of(statistics.median(ours))} | {ratio:.2f} ({low:.2f} to {high:.2f}) |")


def measure(comparisons, ours, rounds):
    times = {comparison: ([], []) for comparison in comparisons}
    runs = [(comparison, side) for comparison in comparisons for side in (0, 1)]
    refused = set()
    for _ in range(rounds):
        random.shuffle(runs)
        for comparison, side in runs:
            tool, run, mechanism, pattern, size = comparison
            if comparison in refused:
                continue
            try:
                times[comparison][side].append(ours.time_ns(mechanism, pattern, size) if side == 0 else run(size))
            except (CannotRun, subprocess.TimeoutExpired) as error:
                refused.add(comparison)
                print(f"{tool} with {size} B is left out: {error}", file=sys.stderr)
    return times


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=os.path.join(ROOT, "build", "ipcbench"))
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--only", action="append", choices=sorted(PACKAGES), help="only this tool; may be repeated")
    parser.add_argument("--json", metavar="FILE", help="write every time there")
    options = parser.parse_args()
    wanted = options.only or sorted(PACKAGES)
    missing = [tool for tool in wanted if not shutil.which(tool)]
    for tool in missing:
        print(f"{tool} is missing: apt-get install {PACKAGES[tool]}", file=sys.stderr)
    comparisons = [each for each in COMPARISONS if each[0] in wanted and each[0] not in missing]
    if not comparisons or not os.access(options.program, os.X_OK):
        print(f"nothing to compare; the program is {options.program}", file=sys.stderr)
        return 2
    times = measure(comparisons, Ours(options.program), options.rounds)
    print_table(comparisons, times)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump([{"tool": each[0], "mechanism": each[2], "pattern": each[3], "size": each[4], "ipcbench_ns": ours,
                        "theirs_ns": theirs} for each, (ours, theirs) in times.items()], file, indent=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
