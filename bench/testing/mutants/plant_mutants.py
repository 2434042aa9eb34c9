#!/usr/bin/python3
"""Plants known mistakes in what measures, counts, checks and decides, one at a time, and sees whether a test finds each.

Usage: plant_mutants.py [--only NAME]... [--scratch DIR]                plant, build, run the named tests
       plant_mutants.py --list                                         name, place and harm of each
       plant_mutants.py --check                                        each still applies and has its tests; builds nothing

mutants.json lists the mistakes. Each has a name; the file; `find`, a text that is in that file exactly once; `replace`;
`target`, the test program, and `filter`, the tests (GoogleTest) that have to find it; and `harm`, what it would do to a user.

Mistakes are planted in a copy of the tree, never in the tree itself: --scratch (default: ipcbench-mutants in the folder for
temporary files). It is kept with its build, without optimisation, so that a further mistake rebuilds only what it changes and
its tests need (mutant_build.py). The unchanged copy has to pass all named tests first. The output names the test that found
each mistake first. Its last lines say how many were found, and name the others.

Exit codes: 0 every mistake was found, 1 one survived or does not build, 2 the list or the unchanged tree is at fault.
"""
import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time

from mutant_build import (DOES_NOT_BUILD, FOUND, PROGRAMS, SURVIVED, Refused, Tree, has_suite, read_file,
                          suites_of)

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.normpath(os.path.join(HERE, "..", "..", ".."))
KEYS = ["name", "file", "find", "replace", "target", "filter", "harm"]


def read_mutants():
    with open(os.path.join(HERE, "mutants.json"), encoding="utf-8") as file:
        return json.load(file)


# --- the list --------------------------------------------------------------------------------------------------------

def mutated(mutant, text):
    """The text of the file with the mistake in it."""
    times = text.count(mutant["find"])
    if times != 1:
        raise Refused(f"{mutant['name']}: {mutant['file']} has its text {times} times, not once: {mutant['find']!r}")
    return text.replace(mutant["find"], mutant["replace"])


def test_sources(tree, target):
    """The text of each file that may have tests of the program: sharing_tests has some of another folder."""
    folders = sorted(set(PROGRAMS.values())) if target == "sharing_tests" else [PROGRAMS[target]]
    for folder in folders:
        for place, _, names in os.walk(os.path.join(tree, folder)):
            yield from (read_file(place, name) for name in names if name.endswith("_test.cpp"))


def missing_suites(tree, target, selected):
    sources = list(test_sources(tree, target))
    return [suite for suite in suites_of(selected) if not any(has_suite(source, [suite]) for source in sources)]


def problems_of(mutant, tree):
    if list(mutant) != KEYS or not all(mutant.values()):
        return [f"{mutant.get('name')}: needs {', '.join(KEYS)}, in this order and none of them empty"]
    problems = []
    if "\n" in mutant["find"] + mutant["replace"]:
        problems.append(f"{mutant['name']}: is more than one line")
    if mutant["find"] == mutant["replace"]:
        problems.append(f"{mutant['name']}: changes nothing")
    if mutant["target"] not in PROGRAMS:
        return [*problems, f"{mutant['name']}: no target {mutant['target']}"]
    for suite in missing_suites(tree, mutant["target"], mutant["filter"]):
        problems.append(f"{mutant['name']}: {mutant['target']} has no tests {suite}")
    try:
        mutated(mutant, read_file(tree, mutant["file"]))
    except (Refused, OSError) as error:
        problems.append(str(error))
    return problems


def check(mutants, tree):
    problems = [problem for mutant in mutants for problem in problems_of(mutant, tree)]
    names = [mutant["name"] for mutant in mutants]
    problems += [f"{name}: is there twice" for name in sorted(set(names)) if names.count(name) > 1]
    if problems:
        raise Refused("\n".join(problems))


# --- the copy --------------------------------------------------------------------------------------------------------

def tracked_files():
    listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                            stdout=subprocess.PIPE, check=True).stdout
    return [path for path in listed.decode().split("\0") if path and os.path.isfile(os.path.join(ROOT, path))]


def write_if_other(path, content):
    """Leaves the time of an unchanged file alone, so that it is not built again."""
    if os.path.exists(path):
        with open(path, "rb") as file:
            if file.read() == content:
                return
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(content)


def copy_tree(scratch):
    if os.path.exists(scratch) and not os.path.exists(os.path.join(scratch, ".mutants")):
        if os.listdir(scratch):
            raise Refused(f"{scratch} is not empty and no copy of the tree; name another --scratch")
    os.makedirs(scratch, exist_ok=True)
    write_if_other(os.path.join(scratch, ".mutants"), b"A copy in which mistakes are planted. It may be removed.\n")
    for path in tracked_files():
        source = os.path.join(ROOT, path)
        with open(source, "rb") as file:
            write_if_other(os.path.join(scratch, path), file.read())
        shutil.copymode(source, os.path.join(scratch, path))


# --- planting --------------------------------------------------------------------------------------------------------

def plant_one(tree, tests, mutant):
    path = os.path.join(tree.scratch, mutant["file"])
    sound = read_file(tree.scratch, mutant["file"])
    try:
        with open(path, "w", encoding="utf-8") as file:
            file.write(mutated(mutant, sound))
        return tree.verdict(tests, mutant["filter"])
    finally:
        with open(path, "w", encoding="utf-8") as file:
            file.write(sound)


def print_verdict(mutant, verdict, test, seconds):
    print(f"{verdict:<14} {mutant['name']:<36} {seconds:4.0f} s  {test}", flush=True)
    if verdict == SURVIVED:
        print(f"{'':14} {mutant['file']}: {mutant['harm']}\n{'':14} {mutant['target']} --gtest_filter={mutant['filter']}",
              flush=True)


def print_summary(verdicts, seconds):
    found = [name for name, verdict in verdicts.items() if verdict == FOUND]
    print(f"found {len(found)} of {len(verdicts)} in {seconds / 60:.0f} min")
    for other in (SURVIVED, DOES_NOT_BUILD):
        names = [name for name, verdict in verdicts.items() if verdict == other]
        if names:
            print(f"{other}: {', '.join(names)}")


def plant(mutants, options):
    begin = time.monotonic()
    copy_tree(options.scratch)
    check(mutants, options.scratch)
    tree = Tree(options.scratch, options.jobs, shlex.split(options.through))
    tree.configure()
    asked = sorted({(mutant["target"], mutant["filter"]) for mutant in mutants})
    tests = {(target, selected): tree.unchanged_tests(target, selected) for target, selected in asked}
    print(f"the unchanged tree passes, after {time.monotonic() - begin:.0f} s", flush=True)
    verdicts = {}
    for mutant in mutants:
        start = time.monotonic()
        verdicts[mutant["name"]], test = plant_one(tree, tests[mutant["target"], mutant["filter"]], mutant)
        print_verdict(mutant, verdicts[mutant["name"]], test, time.monotonic() - start)
    print_summary(verdicts, time.monotonic() - begin)
    return 0 if all(verdict == FOUND for verdict in verdicts.values()) else 1


def selected_mutants(options):
    mutants = read_mutants()
    unknown = set(options.only) - {mutant["name"] for mutant in mutants}
    if unknown:
        raise Refused(f"no mutant is called {', '.join(sorted(unknown))}; see --list")
    return [mutant for mutant in mutants if not options.only or mutant["name"] in options.only]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="only this one; may be repeated")
    parser.add_argument("--list", action="store_true", help="list them and plant none")
    parser.add_argument("--check", action="store_true",
                        help="only check that each applies once to its file, and that its tests exist")
    parser.add_argument("--scratch", default=os.path.join(tempfile.gettempdir(), "ipcbench-mutants"), metavar="DIR")
    parser.add_argument("--through", default="", metavar="COMMAND",
                        help="runs each build and each test run, such as 'nice' or 'flock FILE'")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), metavar="N")
    options = parser.parse_args()
    try:
        mutants = selected_mutants(options)
        if options.list:
            for mutant in mutants:
                print(f"{mutant['name']:<36} {mutant['file']}: {mutant['harm']}")
            return 0
        if options.check:
            check(mutants, ROOT)
            print(f"{len(mutants)} mistakes, each applies once and has its tests")
            return 0
        options.scratch = os.path.abspath(options.scratch)
        return plant(mutants, options)
    except Refused as refusal:
        print(f"plant_mutants.py: {refusal}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
