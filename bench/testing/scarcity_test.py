#!/usr/bin/python3
"""Runs the program where a resource is short, missing or forbidden, and checks how it copes.

Usage: scarcity_test.py PROGRAM [--short] [--related] [--libraries] [--only REGEX]

Under each condition `list`, `doctor` and a `run` over all mechanisms must end by themselves, with exit code 0, or with 2 or 5 and
one line that names cause and remedy. The reason of every skipped or failed cell must name the limit and the remedy. The report
must be valid, and nothing may be left behind. Prints a Markdown table.
--related: related ends only. --short: the same, fewer conditions, and only the mechanisms that a condition concerns.
--libraries: the transports of libraries alone, which no other call has, and round trips only; with --short one of each library.
Conditions that this machine cannot create are listed as skipped, with the reason.
Exit codes: 0 as promised, 1 not, 77 no condition could be created (ctest: skipped).
"""
import argparse
import dataclasses
import json
import os
import re
import sys

from scarcity_conditions import conditions
from scarcity_world import World, in_world, judged

try:
    import jsonschema
except ImportError:
    jsonschema = None

SCHEMA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "results", "report", "report.schema.json")
REMEDY = re.compile(r"raise |set TMPDIR|set it to|mount |allow |bring |free memory|select |choose another|name another|enlarge|make room|"
                    r"ip link|take a kernel|give this one a line|give them lines")
RUN = ["run", "--profile", "quick", "--size", "64", "--repetitions", "1", "--warm-up", "100us", "--time", "1ms",
       "--timeout", "20s", "--quiet"]
ALL_ENDS = ["--peers", "fork,exec,thread", "--cpus", "same,free"]
LIBRARY_ENDS = ["--peers", "fork,exec,thread", "--cpus", "free", "--pattern", "latency"]
SOME_ENDS = ["--peers", "fork,thread", "--cpus", "free"]
# Other lines on standard error.
OTHER_LINES = ("warn: ", "invalid: ", "Interrupted", "The limit on CPU time ended",
               "failed to open /proc/cpuinfo",  # from Google Benchmark
               "libnuma: Warning")  # from what some libraries load


def with_extra(arguments, extra):
    """The arguments, in which later ones replace earlier ones of the same name."""
    result = list(arguments)
    for name, value in zip(extra[::2], extra[1::2]):
        if name in result:
            result[result.index(name) + 1] = value
        else:
            result += [name, value]
    return result


def acting(ends, short, libraries):
    """Runs all three commands under a condition and looks for leftovers."""
    def act(world):
        out = ["--out", world.out] if world.condition.out else []
        listed = world.run(["list", "--json"])
        # By name, since a quick run leaves out variants.
        names = [m["name"] for m in json.loads(listed[1])["mechanisms"] if (m["kind"] == "library") == libraries] if listed[0] == 0 else []
        if short and libraries:  # one of each library
            names = list({name.split("_")[0]: name for name in names}.values())
        names = ",".join(names)
        if short and world.condition.few and not libraries:
            names = world.condition.few
        named = ["--mechanism", names] if names else []
        answer = {"list": listed, "doctor": world.run(["doctor"]),
                  "run": world.run(with_extra([*RUN, *named, *ends], world.condition.extra) + out)}
        if world.condition.may_be_killed:  # with the guardian, so that the next start cleans up
            world.run(["clean"])
        return {**answer, "report": world.report(), "left": world.left_behind()}
    return act


class Judge:
    """Compares the results under a condition with the promise. `usual`: the reasons in a report without any shortage."""

    def __init__(self, condition, usual):
        self.condition, self.usual = condition, usual
        self.problems = []
        self.told = []  # the messages about the condition, each once

    def expect(self, holds, problem):
        if not holds:
            self.problems.append(problem)

    def reason(self, where, text):
        """A reason must be one line that names the limit and the remedy."""
        text = text.strip()
        if text not in self.told:
            self.told.append(text)
        self.expect(text and "\n" not in text, f"{where}: not one line: {text!r}")
        self.expect(self.condition.says and re.search(self.condition.says, text), f"{where}: the limit is not named: {text}")
        self.expect(REMEDY.search(text), f"{where}: no remedy: {text}")

    def ended(self, name, ended):
        """Checks the exit code and standard error of a command, whose own message is one line."""
        code, _, err = ended
        self.expect(code is not None, f"{name}: hung")
        self.expect(code is None or code >= 0 or self.condition.may_be_killed, f"{name}: died of signal {-(code or 0)}")
        self.expect(code is None or code < 0 or code in self.condition.codes, f"{name}: exit code {code}: {err.strip()}")
        lines = [line for line in err.splitlines() if line.strip() and not line.startswith(OTHER_LINES)]
        if code in (2, 5):
            self.expect(len(lines) == 1, f"{name}: {len(lines)} lines and not one: {lines}")
            for line in lines[:1]:
                self.reason(name, line)
        elif code is not None and code >= 0:
            self.expect(not lines or code > 128, f"{name}: says {lines}")

    def listed(self, ended, usual):
        if ended[0] != 0:
            return
        for mechanism in json.loads(ended[1])["mechanisms"]:
            if not mechanism["available"] and mechanism["name"] not in usual:
                self.reason(f"list {mechanism['name']}", mechanism["reason"])

    def reported(self, report):
        """Returns how many cells were measured, skipped and failed because of the shortage."""
        if report is None:
            return None
        if jsonschema is not None:
            with open(SCHEMA, encoding="utf-8") as file:
                for error in jsonschema.Draft7Validator(json.load(file)).iter_errors(report):
                    self.problems.append(f"report: {error.message[:200]}")
        counts = {"measured": len({row["name"] for row in report["benchmarks"]})}
        for kind in ("skipped", "failed"):
            new = [item for item in report["ipcbench"][kind] if item["reason"] not in self.usual]
            for item in new:
                self.reason(f"{kind} {item['cell']}", item["reason"])
            counts[kind] = len(new)
        return counts

    def effect(self, answer, counts):
        whole = counts is not None and counts["skipped"] + counts["failed"] == 0 and answer["run"][0] == 0
        wanted = self.condition.effect
        self.expect(wanted != "none" or whole, f"something is missing that should not be: {counts}, exit {answer['run'][0]}")
        self.expect(wanted != "some" or not whole, "no effect: was the condition made?")

    def judge(self, answer, unavailable):
        for name in ("list", "doctor", "run"):
            self.ended(name, answer[name])
        self.listed(answer["list"], unavailable)
        counts = self.reported(answer["report"])
        self.expect(counts is not None or answer["run"][0] != 0, "exit code 0 without a report")
        self.effect(answer, counts)
        for name in set(answer["left"]) - set(self.condition.may_leave):
            self.problems.append(f"left behind: {name}")
        return counts


def shown(text):
    text = re.sub(r"Failed launches: \d+; the first, \S+ ", "", text)
    text = re.sub(r"ipcbench-[0-9a-fX]{6,}|ipcbench-\w{6}\b", "ipcbench-...", text)
    text = re.sub(r"/var/tmp/scarcity-\w+", "...", text)
    return text.replace("|", "\\|").removeprefix("ipcbench: ")


def row(condition, answer, counts, told):
    codes = "/".join("hung" if answer[name][0] is None else str(answer[name][0]) for name in ("list", "doctor", "run"))
    cells = [str(counts[kind]) for kind in ("measured", "skipped", "failed")] if counts else ["-", "-", "-"]
    texts = list(dict.fromkeys(map(shown, told)))
    message = texts[-1] if texts else ""
    more = f" (and {len(texts) - 1} more)" if len(texts) > 1 else ""
    return f"| {condition.name} | {codes} | {' | '.join(cells)} | {message}{more} |"


def usual_of(program, act):
    """The answer where nothing is short, and what is skipped and unavailable there."""
    answer = in_world(next(conditions()), program, act)
    if not answer.get("report"):
        sys.exit(f"without any want there is no report: {answer}")
    own = answer["report"]["ipcbench"]
    unavailable = {m["name"] for m in json.loads(answer["list"][1])["mechanisms"] if not m["available"]}
    return answer, {item["reason"] for item in own["skipped"]}, unavailable


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--related", action="store_true")
    parser.add_argument("--libraries", action="store_true")
    parser.add_argument("--only", default="", help="conditions whose name this matches")
    options = parser.parse_args()
    World.has_transports = options.libraries
    ends = SOME_ENDS if options.short or options.related else ALL_ENDS
    if options.libraries:
        ends = LIBRARY_ENDS
    act = acting(ends, options.short, options.libraries)
    chosen = [dataclasses.replace(c, **{"short": False, **c.libraries}) if options.libraries else c for c in conditions()]
    chosen = [c for c in chosen if re.search(options.only, c.name) and (c.short or not options.short)]
    plain, usual, unavailable = usual_of(options.program, act)

    def judge(condition, answer):
        told = Judge(condition, usual)
        counts = told.judge(answer, unavailable)
        return row(condition, answer, counts, told.told), told.problems
    return judged(chosen, options.program, act, judge,
                  ["condition", "exit codes of list, doctor, run", "measured", "skipped", "failed", "what it says"],
                  {next(conditions()).name: plain})


if __name__ == "__main__":
    sys.exit(main())
