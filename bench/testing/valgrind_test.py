#!/usr/bin/python3
"""Runs the program under valgrind's memcheck: short launches of every mechanism, or of those that are named.

Usage: valgrind_test.py PROGRAM [MECHANISM...]

No error and no definite leak in the launcher and in every end, and every launch has to succeed. Valgrind runs the threads of a
process one at a time, so that those that only spin are measured between processes.
Prints a Markdown table. Exit codes: 0 clean, 1 not, 77 valgrind is missing (ctest: skipped).
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

VALGRIND = ["valgrind", "--quiet", "--trace-children=yes", "--fair-sched=yes", "--leak-check=full", "--show-leak-kinds=definite",
            "--errors-for-leak-kinds=definite", "--error-exitcode=99", "--track-fds=no", "--num-callers=25"]
RUN = ["run", "--size", "64,4097", "--cpus", "free", "--payload", "copy", "--repetitions", "1", "--warm-up", "100us", "--time",
       "1ms", "--timeout", "100s", "--quiet", "--pattern", "latency,oneway,throughput,fanin,fanout", "--fan", "2"]
LIMIT_S = 600


def mechanisms(program):
    listed = json.loads(subprocess.run([program, "list", "--json"], stdout=subprocess.PIPE, check=True).stdout)
    return {m["name"]: m for m in listed["mechanisms"] if m["available"]}


def arguments(mechanism):
    """Every way to wait where the ends are processes; threads where they can sleep."""
    sleeps = "block" in mechanism["waits"]
    yield ["--peers", "fork", "--wait", ",".join(mechanism["waits"])]
    yield ["--peers", "fork,exec,thread" if sleeps else "fork,exec", "--wait", "block" if sleeps else "spin"]


def check(program, mechanism):
    """Number of launches, and what is wrong."""
    launches, problems = 0, []
    for more in arguments(mechanism):
        with tempfile.TemporaryDirectory() as folder:
            out = os.path.join(folder, "report.json")
            done = subprocess.run([*VALGRIND, program, *RUN, "--mechanism", mechanism["name"], *more, "--out", out], text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, check=False,
                                  timeout=LIMIT_S)
            said = [line for line in done.stderr.splitlines() if line.startswith(("==", "--"))]
            if done.returncode != 0 or said:
                problems.append(f"{' '.join(more)}: exit code {done.returncode}\n{done.stderr}")
            if os.path.exists(out):
                with open(out, encoding="utf-8") as file:
                    launches += len(json.load(file)["benchmarks"])
    return launches, problems


def main(given):
    if not given:
        print(__doc__)
        return 1
    if shutil.which("valgrind") is None:
        print("skipped: valgrind is missing; remedy: apt-get install valgrind")
        return 77
    program, names = given[0], given[1:]
    found = mechanisms(program)
    print("| mechanism | launches | errors and definite leaks |\n|---|---:|---:|")
    failed = []
    for name in names or found:
        launches, problems = check(program, found[name])
        print(f"| {name} | {launches} | {len(problems)} |", flush=True)
        failed += problems
    print("\n".join(failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
