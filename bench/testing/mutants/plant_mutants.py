#!/usr/bin/python3
"""Plants known mistakes in what measures, counts, checks and decides, one at a time, and sees whether a test finds each.

Usage: plant_mutants.py [--only NAME]... [--scratch DIR] [--jobs N]     plant, build, run the named tests
       plant_mutants.py --list                                         name, place and harm of each
       plant_mutants.py --check                                        each still applies; builds nothing

mutants.json lists the mistakes. Each has a name; the file; `find`, a text that is in that file exactly once; `replace`;
`target`, the test program, and `filter`, the tests (GoogleTest) that have to find it; and `harm`, what it would do to a user.

Mistakes are planted in a copy of the tree, never in the tree itself: --scratch (default: ipcbench-mutants in the folder for
temporary files). It is kept with its build, without optimisation, so that a further mistake rebuilds only what it changes.
The unchanged copy has to pass all named tests first.

Exit codes: 0 every mistake was found, 1 one survived or does not build, 2 the list or the unchanged tree is at fault.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.normpath(os.path.join(HERE, "..", "..", ".."))
KEYS = ["name", "file", "find", "replace", "target", "filter", "harm"]
# Where the build puts each test program.
PROGRAMS = {"harness_tests": "harness", "results_tests": "results", "bench_tests": "bench", "sharing_tests": "mechanisms",
            "mechanisms_tests": "mechanisms", "ordering_tests": "mechanisms"}
TEST_LIMIT_S = 300
FOUND, SURVIVED, DOES_NOT_BUILD = "found", "SURVIVED", "DOES NOT BUILD"


class Refused(Exception):
    pass


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


def problems_of(mutant, tree):
    if list(mutant) != KEYS or not all(mutant.values()):
        return [f"{mutant.get('name')}: needs {', '.join(KEYS)}, in this order and none of them empty"]
    problems = []
    if "\n" in mutant["find"] + mutant["replace"]:
        problems.append(f"{mutant['name']}: is more than one line")
    if mutant["find"] == mutant["replace"]:
        problems.append(f"{mutant['name']}: changes nothing")
    if mutant["target"] not in PROGRAMS:
        problems.append(f"{mutant['name']}: no target {mutant['target']}")
    try:
        mutated(mutant, read_file(tree, mutant["file"]))
    except (Refused, OSError) as error:
        problems.append(str(error))
    return problems


def read_file(tree, path):
    with open(os.path.join(tree, path), encoding="utf-8") as file:
        return file.read()


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


# --- building and running --------------------------------------------------------------------------------------------

class Tree:
    def __init__(self, scratch, jobs):
        self.scratch, self.jobs = scratch, jobs
        self.build_folder = os.path.join(scratch, "build")
        self.log = os.path.join(scratch, "build.log")

    def configure(self):
        launcher = ["-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"] if shutil.which("ccache") else []
        self.run(["cmake", "-S", self.scratch, "-B", self.build_folder, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release",
                  "-DCMAKE_CXX_FLAGS_RELEASE=-O0", "-DIPCBENCH_CHARTS=OFF",
                  "-DIPCBENCH_APART=ipcbench_results", *launcher])

    def run(self, command, limit=None):
        """The exit code; the output goes to the log. None: the time was up."""
        with open(self.log, "ab") as log:
            try:
                return subprocess.run(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=self.scratch,
                                      timeout=limit, check=False).returncode
            except subprocess.TimeoutExpired:
                return None

    def build(self, target):
        return self.run(["cmake", "--build", self.build_folder, "-j", str(self.jobs), "--target", target]) == 0

    def tests(self, target, selected, *arguments):
        program = os.path.join(self.build_folder, PROGRAMS[target], target)
        return self.run([program, f"--gtest_filter={selected}", "--gtest_brief=1", *arguments], TEST_LIMIT_S)

    def has_tests(self, target, selected):
        program = os.path.join(self.build_folder, PROGRAMS[target], target)
        listed = subprocess.run([program, f"--gtest_filter={selected}", "--gtest_list_tests"], stdout=subprocess.PIPE,
                                check=False, text=True).stdout
        return "\n  " in listed

    # The unchanged tree has the tests, and passes them.
    def require_sound(self, mutants):
        for target in sorted({mutant["target"] for mutant in mutants}):
            if not self.build(target):
                raise Refused(f"the unchanged tree does not build: {self.log}")
        for target, selected in sorted({(mutant["target"], mutant["filter"]) for mutant in mutants}):
            if not self.has_tests(target, selected):
                raise Refused(f"{target} has no test {selected}")
            if self.tests(target, selected) != 0:
                raise Refused(f"{target} fails without a mistake, with --gtest_filter={selected}: {self.log}")

    def verdict(self, mutant):
        path = os.path.join(self.scratch, mutant["file"])
        sound = read_file(self.scratch, mutant["file"])
        try:
            with open(path, "w", encoding="utf-8") as file:
                file.write(mutated(mutant, sound))
            if not self.build(mutant["target"]):
                return DOES_NOT_BUILD
            # A test that hangs has found it too.
            return SURVIVED if self.tests(mutant["target"], mutant["filter"]) == 0 else FOUND
        finally:
            with open(path, "w", encoding="utf-8") as file:
                file.write(sound)


def plant(mutants, options):
    copy_tree(options.scratch)
    check(mutants, options.scratch)
    tree = Tree(options.scratch, options.jobs)
    tree.configure()
    tree.require_sound(mutants)
    counts = {FOUND: 0, SURVIVED: 0, DOES_NOT_BUILD: 0}
    for mutant in mutants:
        start = time.monotonic()
        verdict = tree.verdict(mutant)
        counts[verdict] += 1
        print(f"{verdict:<14} {mutant['name']:<36} {time.monotonic() - start:5.0f} s  {mutant['file']}", flush=True)
        if verdict == SURVIVED:
            print(f"{'':14} {mutant['harm']}\n{'':14} {mutant['target']} --gtest_filter={mutant['filter']}", flush=True)
    print(f"{counts[FOUND]} of {len(mutants)} found, {counts[SURVIVED]} survived, {counts[DOES_NOT_BUILD]} do not build")
    return 0 if counts[FOUND] == len(mutants) else 1


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
    parser.add_argument("--check", action="store_true", help="only check that each applies once to its file")
    parser.add_argument("--scratch", default=os.path.join(tempfile.gettempdir(), "ipcbench-mutants"), metavar="DIR")
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
            print(f"{len(mutants)} mistakes, each applies once")
            return 0
        options.scratch = os.path.abspath(options.scratch)
        return plant(mutants, options)
    except Refused as refusal:
        print(f"plant_mutants.py: {refusal}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
