#!/usr/bin/python3
"""Reads each export of a report as its reader would, and compares every number with the report's own rows.

Usage: read_exports_test.py REPORT EXPORTS: the folder EXPORTS holds one file per format, under its name.
Exit codes: 0 as expected, 1 not.
"""
import csv
import json
import math
import os
import statistics
import sys

STREAMING = ("throughput", "fanin", "fanout")


def refuse(constant):
    raise ValueError(f"{constant} is not JSON")


def load(folder, name):
    with open(os.path.join(folder, name), encoding="utf-8") as file:
        return json.load(file, parse_constant=refuse)


def cell_of(row):
    return row["name"].removesuffix("/real_time")


def expected(path):
    """Cell name -> the medians over its launches, straight from the report."""
    with open(path, encoding="utf-8") as file:
        rows = json.load(file)["benchmarks"]
    launches = {}
    for row in rows:
        launches.setdefault(cell_of(row), []).append(row)
    cells = {}
    for name, of_cell in launches.items():
        streaming = of_cell[0]["ipc"]["pattern"] in STREAMING
        rates = [row["items_per_second"] for row in of_cell] if streaming else None
        cells[name] = {
            "time": statistics.median(row["real_time"] for row in of_cell),
            "cpu": statistics.median(row["cpu_time"] for row in of_cell),
            "rate": statistics.median(rates) if streaming else None,
            "launches": len(of_cell),
            "ipc": of_cell[0]["ipc"],
        }
    return cells


def read_google_benchmark(folder):
    rows = load(folder, "google-benchmark")["benchmarks"]
    return [(cell_of(row), {"time": row["real_time"], "cpu": row["cpu_time"],
                            "rate": row.get("items_per_second"), "launches": row["launches"]}) for row in rows]


def read_bencher(folder):
    def value(measures, slug):
        return measures[slug]["value"] if slug in measures else None

    return [(name.removesuffix("-bencher-ignore"),
             {"time": value(measures, "latency"), "cpu": value(measures, "cpu-time"),
              "rate": value(measures, "throughput")}) for name, measures in load(folder, "bencher").items()]


def number(text):
    return float(text) if text else None


def read_csv(folder):
    with open(os.path.join(folder, "csv"), encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file, strict=True))
    cells = []
    for line in lines:
        rate = number(line["messages_per_second"]) if line["pattern"] in STREAMING else None
        cells.append((line["cell"], {
            "time": number(line["time_ns"]), "cpu": number(line["cpu_ns_per_message"]), "rate": rate,
            "launches": int(line["launches"]),
            "axes": [line[axis] for axis in ("mechanism", "pattern", "size_bytes", "wait", "peers", "cpus")]}))
    return cells


def read_jsonl(folder):
    """The medians over the launches, which have all the same keys and nothing nested."""
    with open(os.path.join(folder, "jsonl"), encoding="utf-8") as file:
        lines = [json.loads(line, parse_constant=refuse) for line in file]
    keys = list(lines[0])
    launches = {}
    for line in lines:
        if list(line) != keys or any(isinstance(value, (dict, list)) for value in line.values()):
            raise ValueError(f"{line['cell']}: not flat, or with other keys than the first line")
        launches.setdefault(line["cell"], []).append(line)
    cells = []
    for name, of_cell in launches.items():
        first = of_cell[0]
        rates = [line["messages"] / line["elapsed_ns"] * 1e9 for line in of_cell]
        cells.append((name, {
            "time": statistics.median(line["time_ns"] for line in of_cell),
            "cpu": statistics.median(line["producer_cpu_ns_per_message"] + line["consumer_cpu_ns_per_message"]
                                     for line in of_cell),
            "rate": statistics.median(rates) if first["pattern"] in STREAMING else None,
            "launches": len(of_cell),
            "axes": [str(first[axis]) for axis in ("mechanism", "pattern", "size_bytes", "wait", "peers", "cpus")]}))
    return cells


READERS = {"google-benchmark": read_google_benchmark, "bencher": read_bencher, "csv": read_csv, "jsonl": read_jsonl}


def same(got, wanted):
    """A report's derived figures have four digits, some exports more."""
    if got is None or wanted is None:
        return got is wanted
    return math.isclose(got, wanted, rel_tol=1e-3)


def check(name, got, wanted):
    """What one reader says of one cell against the report."""
    problems = [f"{name}: {key}: expected {wanted[key]}, got {got[key]}"
                for key in ("time", "cpu", "rate", "launches") if key in got and not same(got[key], wanted[key])]
    ipc = wanted["ipc"]
    axes = [ipc["mechanism"], ipc["pattern"], str(ipc["size_bytes"]), ipc["wait"], ipc["peers"], ipc["cpus"]]
    if got.get("axes", axes) != axes:
        problems.append(f"{name}: expected {axes}, got {got['axes']}")
    return problems


def check_format(name, cells, report):
    names = [cell for cell, _ in cells]
    if sorted(names) != sorted(report):
        return [f"{name}: expected the cells {sorted(report)}, got {sorted(names)}"]
    return [f"{name}: {problem}" for cell, got in cells for problem in check(cell, got, report[cell])]


def main(arguments):
    if len(arguments) != 2:
        print(__doc__)
        return 1
    report_file, folder = arguments
    report = expected(report_file)
    unread = set(os.listdir(folder)) ^ set(READERS)
    problems = [f"formats without a reader, or readers without a format: {sorted(unread)}"] if unread else []
    for name, read in READERS.items():
        if name not in unread:
            problems += check_format(name, read(folder), report)
    print("\n".join(problems) or f"{len(report)} cells in {len(READERS)} formats as expected")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
