"""Builds, in a copy of the tree, no more of a test program than some of its tests need, and runs them.

A mistake in a header would rebuild most of the test program. But the tests that have to find it are in a file or two, and
these need only some files of the libraries. The linker says which ones: its map lists the members that it took out of each
archive. So the tests are linked once with the whole libraries. From then on only these files are rebuilt.
"""
import fnmatch
import json
import os
import re
import shlex
import shutil
import subprocess
import time

# Where the build puts each test program.
PROGRAMS = {"harness_tests": "harness", "results_tests": "results", "bench_tests": "bench", "plots_tests": "plots", "sharing_tests": "mechanisms",
            "mechanisms_tests": "mechanisms", "ordering_tests": "mechanisms"}
LONGEST_TEST_S = 120
TIME_IS_UP = 124  # what timeout(1) returns
FOUND, SURVIVED, DOES_NOT_BUILD = "found", "SURVIVED", "DOES NOT BUILD"


class Refused(Exception):
    pass


def read_file(tree, path):
    with open(os.path.join(tree, path), encoding="utf-8") as file:
        return file.read()


def suites_of(selected):
    """Patterns for the names of the test suites that a GoogleTest filter selects, without a prefix such as All/."""
    return [pattern.split(".")[0].split("/")[-1] for pattern in selected.split(":")]


def has_suite(source, patterns):
    suites = re.findall(r"^(?:TYPED_)?TEST(?:_F|_P)?\((\w+),", source, re.MULTILINE)
    return any(fnmatch.fnmatchcase(suite, pattern) for suite in suites for pattern in patterns)


def object_of(command):
    """The object that a command of the compiler writes."""
    words = shlex.split(command)
    return words[words.index("-o") + 1]


def members_of_map(text):
    """(archive, member) of each object that the linker took out of an archive of this build."""
    listed = text.split("\n\n")[1] if text.startswith("Archive member included") else ""
    return re.findall(r"^([^/\s]\S*\.a)\((\S+\.o)\)", listed, re.MULTILINE)


def first_failure(output):
    """The test that failed first. One that crashed or hung is the one that began last."""
    failed = re.findall(r"^\[  FAILED  \] ([^\s,]+)", output, re.MULTILINE)
    begun = re.findall(r"^\[ RUN      \] (\S+)", output, re.MULTILINE)
    return failed[0] if failed else begun[-1] if begun else "(before the first test)"


class Tests:
    """Some tests of a test program: the objects that they are made of and the command that links them.

    `limit_s` is when they hang: far beyond what they take without a mistake.
    """

    def __init__(self, program, objects, link, limit_s):
        self.program, self.objects, self.link, self.limit_s = program, objects, link, limit_s


class Tree:
    """A copy of the tree and its build. `through` is a command that runs each build and each test run, such as nice."""

    def __init__(self, scratch, jobs, through):
        self.scratch, self.jobs, self.through = scratch, jobs, through
        self.build_folder = os.path.join(scratch, "build")
        self.log = os.path.join(scratch, "build.log")
        self.source_of = {}

    def configure(self):
        launcher = ["-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"] if shutil.which("ccache") else []
        # A debug build, since a release build optimises some libraries.
        configured = self.run(["cmake", "-S", self.scratch, "-B", self.build_folder, "-G", "Ninja",
                               "-DCMAKE_BUILD_TYPE=Debug", "-DCMAKE_CXX_FLAGS_DEBUG=-O0", "-DIPCBENCH_CHARTS=OFF",
                               "-DIPCBENCH_UNITY=OFF", *launcher])
        if configured != 0:
            raise Refused(f"the unchanged tree cannot be configured: {self.log}")
        commands = json.loads(read_file(self.build_folder, "compile_commands.json"))
        self.source_of = {object_of(command["command"]): command["file"] for command in commands}

    def run(self, command):
        """The exit code; the output goes to the log."""
        with open(self.log, "ab") as log:
            return subprocess.run([*self.through, *command], stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                                  cwd=self.build_folder if os.path.isdir(self.build_folder) else self.scratch,
                                  check=False).returncode

    def build(self, files):
        return self.run(["ninja", f"-j{self.jobs}", *files]) == 0

    def link_command(self, target):
        command = subprocess.run(["ninja", "-C", self.build_folder, "-t", "commands", "-s", f"{PROGRAMS[target]}/{target}"],
                                 stdout=subprocess.PIPE, check=True, text=True).stdout
        return shlex.split(command)[2:-2]  # without the ": &&" and "&& :" around it

    def is_left_out(self, word, target, suites):
        """Whether this word of the link command is a file of tests that are not selected."""
        if f"/{target}.dir/" not in f"/{word}" or not word.endswith("_test.cpp.o"):
            return False
        with open(self.source_of[word], encoding="utf-8") as file:
            return not has_suite(file.read(), suites)

    def members(self, linker_map):
        paths = []
        for archive, member in members_of_map(read_file(self.build_folder, linker_map)):
            folder, name = os.path.split(archive)
            room = f"{folder}/CMakeFiles/{name[len('lib'):-len('.a')]}.dir/"
            # Files of two rooms may have one name: take both.
            paths += [path for path in self.source_of if path.startswith(room) and os.path.basename(path) == member]
        return sorted(set(paths))

    def unchanged_tests(self, target, selected):
        """Tests, built with the whole libraries; they have to pass."""
        suites = suites_of(selected)
        command = [word for word in self.link_command(target) if not self.is_left_out(word, target, suites)]
        name = re.sub(r"\W+", "_", f"{target} {selected}")
        program, linker_map = f"planted/{name}", f"planted/{name}.map"
        os.makedirs(os.path.join(self.build_folder, "planted"), exist_ok=True)
        command[command.index("-o") + 1] = program
        inputs = [word for word in command if word.endswith(".o") or (word.endswith(".a") and not word.startswith("/"))]
        if not self.build(inputs) or self.run([*command, f"-Wl,-Map={linker_map}"]) != 0:
            raise Refused(f"the unchanged tree does not build: {self.log}")
        start = time.monotonic()
        status, output = self.run_tests(program, selected, LONGEST_TEST_S)
        limit_s = min(LONGEST_TEST_S, 20 + 10 * (time.monotonic() - start))
        if status != 0 or not re.search(r"^\[  PASSED  \] [1-9]", output, re.MULTILINE):
            raise Refused(f"the unchanged tree does not pass {target} --gtest_filter={selected}: {self.log}")
        objects = [word for word in inputs if word.endswith(".o")]
        members = self.members(linker_map)
        first = command.index(objects[0])
        return Tests(program, objects + members, command[:first] + members + command[first:], limit_s)

    def run_tests(self, program, selected, limit_s):
        path = os.path.join(self.scratch, "tests.log")
        with open(path, "wb") as output:
            command = ["timeout", "--kill-after=5", f"{limit_s:.0f}", os.path.join(self.build_folder, program),
                       f"--gtest_filter={selected}", "--gtest_fail_fast", "--gtest_color=no"]
            status = subprocess.run([*self.through, *command], stdout=output, stderr=output, stdin=subprocess.DEVNULL,
                                    cwd=self.scratch, check=False).returncode
        with open(path, encoding="utf-8", errors="replace") as output:
            text = output.read()
        with open(self.log, "a", encoding="utf-8") as log:
            log.write(text)
        return status, text

    def verdict(self, tests, selected):
        """The verdict and the test that found the mistake which is planted now. A test that hangs has found it too."""
        if not self.build(tests.objects) or self.run(tests.link) != 0:
            return DOES_NOT_BUILD, ""
        status, output = self.run_tests(tests.program, selected, tests.limit_s)
        if status == 0:
            return SURVIVED, ""
        return FOUND, first_failure(output) + (" (hung)" if status == TIME_IS_UP else "")
