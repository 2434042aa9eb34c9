#!/usr/bin/python3
"""Google Benchmark's own compare.py reads two of our reports and compares them row by row.

Usage: compare_py_test.py BASE NEW
Exit codes: 0 as expected, 1 not, 77 compare.py or what it needs is missing (ctest: skipped).
IPCBENCH_COMPARE_PY names a compare.py elsewhere than in Debian's libbenchmark-tools.
"""
import json
import os
import re
import statistics
import subprocess
import sys

PYTHON = "/usr/bin/python3"  # Debian's own: only this one finds Debian's scipy
COMPARE_PY = os.environ.get("IPCBENCH_COMPARE_PY", "/usr/share/benchmark/compare.py")
REMEDY = "remedy: apt-get install libbenchmark-tools python3-scipy"
ROW = re.compile(r"^(\S+)((?:\s+[+-]?[0-9.]+(?:e[+-]?[0-9]+)?){6})\s*$")


def skip(reason):
    print(f"skipped: {reason}; {REMEDY}")
    sys.exit(77)


def require_tools():
    if not os.path.isfile(COMPARE_PY):
        skip(f"{COMPARE_PY} is missing")
    if subprocess.run([PYTHON, "-c", "import scipy.stats"], capture_output=True, check=False).returncode:
        skip(f"{PYTHON} has no scipy")


def times(path):
    """Row name -> its launches' real_time, in the order of the file, as compare.py pairs them."""
    with open(path, encoding="utf-8") as file:
        rows = json.load(file)["benchmarks"]
    by_name = {}
    for row in rows:
        by_name.setdefault(row["name"], []).append(row["real_time"])
    return by_name


def run_compare(base, new):
    command = [PYTHON, COMPARE_PY, "--no-color", "benchmarks", base, new]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"compare.py ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def compared(output):
    """Row name -> the relative changes of time that compare.py printed."""
    changes = {}
    for line in output.splitlines():
        if match := ROW.match(line):
            changes.setdefault(match.group(1), []).append(float(match.group(2).split()[0]))
    return changes


def check(base, new, changes):
    """What compare.py printed against what the reports say, launch by launch."""
    problems = []
    for name in sorted(base.keys() & new.keys()):
        expected = [after / before - 1 for before, after in zip(base[name], new[name])]
        got = changes.get(name, [])
        if len(got) != len(expected) or any(abs(a - b) > 1e-4 for a, b in zip(sorted(got), sorted(expected))):
            problems.append(f"{name}: expected changes {expected}, compare.py printed {got}")
    geomean = changes.get("OVERALL_GEOMEAN", [])
    means = [statistics.geometric_mean(sum(side.values(), [])) for side in (base, new)]
    if len(geomean) != 1 or abs(geomean[0] - (means[1] / means[0] - 1)) > 1e-3:
        problems.append(f"the overall geometric mean: expected {means[1] / means[0] - 1}, got {geomean}")
    return problems


def main(arguments):
    if len(arguments) != 2:
        print(__doc__)
        return 1
    require_tools()
    base, new = (times(path) for path in arguments)
    if not base.keys() & new.keys():
        print("the two reports have no row in common")
        return 1
    problems = check(base, new, compared(run_compare(*arguments)))
    print("\n".join(problems) or f"{len(base.keys() & new.keys())} cells compared as expected")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
