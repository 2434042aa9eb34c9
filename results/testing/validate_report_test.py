#!/usr/bin/python3
"""Validates reports against report.schema.json with an independent validator (python3-jsonschema).

Usage: validate_report_test.py SCHEMA REPORT...
Exit codes: 0 all valid, 1 not valid, 77 the validator is missing (ctest: skipped).
"""
import json
import sys

try:
    import jsonschema
except ImportError:
    print("skipped: python3-jsonschema is missing; remedy: apt-get install python3-jsonschema")
    sys.exit(77)

MAX_ERRORS_SHOWN = 10
# The keys of a row, and of its ipc, that depend on the pattern.
PATTERN_KEYS = {"items_per_second", "bytes_per_second", "min_ns", "mean_ns", "p10_ns", "p50_ns", "p90_ns",
                "p99_ns", "p999_ns", "max_ns", "sum_ns", "trim", "clock_offset_low_ns", "clock_offset_high_ns",
                "offered_per_second", "scheduled_messages", "unsent_messages", "lag_p50_ns", "lag_p99_ns",
                 "lag_max_ns", "rate_per_second", "rate_percent", "arrivals", "fan", "links", "batch", "idle_ns", "pairs", "each_pair",
                 "chain", "chain_cpus", "sent_sum_ns",
                "sent_histogram"} | {f"sent_{key}_ns" for key in ("min", "mean", "p10", "p50", "p90", "p99",
                                                                  "p999", "max")}


def refuse_constant(name):
    raise ValueError(f"{name} is not JSON")


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file, parse_constant=refuse_constant)


def place(error):
    return "/".join(str(part) for part in error.absolute_path) or "the top level"


def accepted_mistakes(validator, report):
    """A schema that accepts anything would pass every report: these it has to refuse."""
    row = report["benchmarks"][0]

    def with_row(change):
        return {**report, "benchmarks": [{**row, **change}]}

    def with_ipc(change):
        return with_row({"ipc": {**row["ipc"], **change}})

    def with_session(change):
        own = report["ipcbench"]
        return {**report, "ipcbench": {**own, "session": {**own["session"], **change}}}

    def with_pattern(pattern, ipc, change):
        """A row of another pattern; a change to None takes a key away."""
        flat = {"oneway": {"clock_offset_low_ns": -5, "clock_offset_high_ns": 5},
                "paced": {"offered_per_second": 1.5, "scheduled_messages": 5, "unsent_messages": 0,
                          "lag_p50_ns": 1, "lag_p99_ns": 2, "lag_max_ns": 3}}.get(pattern, {})
        is_timed = pattern in ("latency", "oneway", "paced")
        timed = {"min_ns": 1, "mean_ns": 1, "p50_ns": 1, "max_ns": 1} if is_timed else {"items_per_second": 1}
        common = {k: v for k, v in row.items() if k not in PATTERN_KEYS}
        common_ipc = {k: v for k, v in row["ipc"].items() if k not in PATTERN_KEYS}
        sums = {"sum_ns": 1, "histogram": [[1, 1]]} if is_timed else {}
        made = {**common, **timed, **flat, **change, "ipc": {**common_ipc, **sums, "pattern": pattern, **ipc}}
        return {**report, "benchmarks": [{k: v for k, v in made.items() if v is not None}]}

    paced = {"rate_percent": 50, "arrivals": "poisson"}
    pair = {"messages": 1, "elapsed_ns": 1, "producer_cpu": 0, "consumer_cpu": None}
    pairs = {"pairs": 2, "each_pair": [pair, pair]}
    proper = [("oneway", {}), ("paced", paced), ("fanin", {"fan": 2}), ("fanin", {"fan": 2, "links": "each"}), ("throughput", {"pairs": 1}), ("throughput", pairs),
              ("latency", {"chain": 2}), ("latency", {"chain": 3, "chain_cpus": [0, 1, None]})]
    if not all(validator.is_valid(with_pattern(pattern, ipc, {})) for pattern, ipc in proper):
        return ["no proper row of another pattern"]
    adapted = {"target": 0.1, "most_launches": 12, "cells_extended": 5, "cells_imprecise": 1}
    duet = {"id": "d", "side": "new", "first_blocks": 10}
    blocks = {"second_blocks": 30, "most_second_blocks": 77}
    duets = [duet, {**duet, **blocks}]
    if not all(validator.is_valid(with_session({"precision": adapted, "duet": d})) for d in duets):
        return ["no proper session of a duet or of added launches"]
    mistakes = {
        "a oneway row without bounds of the clocks": with_pattern("oneway", {}, {"clock_offset_low_ns": None}),
        "bounds of the clocks on a paced row": with_pattern("paced", paced, {"clock_offset_low_ns": 0}),
        "a paced row without a rate": with_pattern("paced", {"arrivals": "poisson"}, {}),
        "a paced row with two rates": with_pattern("paced", {**paced, "rate_per_second": 5}, {}),
        "a paced row without its lag": with_pattern("paced", paced, {"lag_p99_ns": None}),
        "times from the send on a oneway row": with_pattern("oneway", {}, {"sent_p50_ns": 1}),
        "their histogram on a oneway row": with_pattern("oneway", {"sent_histogram": [[1, 1]]}, {}),
        "bytes_per_second on a paced row": with_pattern("paced", paced, {"bytes_per_second": 1}),
        "a fan of nobody": with_pattern("fanin", {"fan": 0}, {}),
        "a fan row without its fan": with_pattern("fanout", {}, {}),
        "links of a fan-out": with_pattern("fanout", {"fan": 2, "links": "each"}, {}),
        "links that are neither": with_pattern("fanin", {"fan": 2, "links": "two"}, {}),
        "a chain on a fan row": with_pattern("fanin", {"fan": 2, "chain": 2}, {}),
        "a chain without its CPUs": with_pattern("latency", {"chain": 3}, {}),
        "CPUs of no chain": with_pattern("latency", {"chain": 2, "chain_cpus": [0, 1, 0]}, {}),
        "a pause on a fan row": with_pattern("fanin", {"fan": 2, "idle_ns": 0}, {}),
        "pairs on a fan row": with_pattern("fanin", {"fan": 2, **pairs}, {}),
        "several pairs without each of them": with_pattern("throughput", {"pairs": 2}, {}),
        "each of one pair": with_pattern("throughput", {**pairs, "pairs": 1}, {}),
        "percentiles on a fan row": with_pattern("fanin", {"fan": 2}, {"p50_ns": 1}),
        "an unknown key at the top": {**report, "surprise": 1},
        "an unknown key in a row": with_row({"surprise": 1}),
        "NaN as text": with_row({"real_time": "NaN"}),
        "a row without ipc": {**report, "benchmarks": [{k: v for k, v in row.items() if k != "ipc"}]},
        "bytes_per_second on a latency row": with_row(
            {"bytes_per_second": 1, "items_per_second": 1, "ipc": {**row["ipc"], "pattern": "latency"}}),
        "an unknown way of waiting": with_ipc({"wait": "sleep"}),
        "a histogram of triples": with_ipc({"histogram": [[1, 2, 3]]}),
        "a steadiness that is no truth": with_ipc({"steady": 1}),
        "a duet of three sides": with_session({"duet": {"id": "d", "side": "third", "first_blocks": 1}}),
        "settings without the timed phase": with_session({"settings": {"warm_up_ns": 1, "adds_launches": False}}),
        "a precision without its target": with_session(
            {"precision": {"most_launches": 12, "cells_extended": 0, "cells_imprecise": 0}}),
        "another format": {**report, "ipcbench": {**report["ipcbench"], "schema": 2}},
    }
    return [name for name, mistake in mistakes.items() if validator.is_valid(mistake)]


def validate(validator, path):
    """Prints what is wrong with one report; returns whether all is well."""
    report = load(path)
    errors = list(validator.iter_errors(report))
    for error in errors[:MAX_ERRORS_SHOWN]:
        print(f"{path}: {place(error)}: {error.message[:200]}")
    accepted = accepted_mistakes(validator, report) if report["benchmarks"] else []
    for name in accepted:
        print(f"{path}: the schema accepts {name}")
    print(f"{path}: {len(report['benchmarks'])} rows, {len(errors)} errors")
    return not errors and not accepted


def main(arguments):
    if len(arguments) < 2:
        print(__doc__)
        return 1
    schema = load(arguments[0])
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    results = [validate(validator, path) for path in arguments[1:]]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
