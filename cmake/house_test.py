#!/usr/bin/python3
"""Holds the shape of the house: which room may include which, no circles, no names of mechanisms outside mechanisms/,
and no dead link in a document.

Usage: house_test.py rooms|names|links SOURCE_DIR
Each check is first tried on small trees that break it once, so that it cannot pass by looking at nothing.
Exit codes: 0 kept, 1 broken (one breach a line).

Each room's README.md lists the allowed includes in the line "- **Includes from:** room, room."; a room is a folder with
C++ files.
"""
import os
import re
import subprocess
import sys

INCLUDE = re.compile(r'^\s*#\s*include "([^"]+)"', re.MULTILINE)
ALLOWED = re.compile(r"^- \*\*Includes from:\*\* (.*?)\.$", re.MULTILINE | re.DOTALL)
REGISTERED = re.compile(r"^IPCBENCH_REGISTER_MECHANISM", re.MULTILINE)
MOST_README_LINES = 15

# Literals that are spelt like a mechanism but are not one: file, text, meaning.
NOT_A_MECHANISM = {
    ("harness/base/mechanism_info.hpp", "pipe"): "a kind of mechanism",
    ("harness/base/mechanism_info.hpp", "signal"): "a kind of mechanism",
    ("harness/base/mechanism_info.hpp", "file"): "a kind of mechanism",
    ("harness/base/axes.hpp", "fifo"): "a scheduling policy",
    ("harness/host/environment.cpp", "fifo"): "a scheduling policy",
    ("harness/host/object_lists.cpp", "tcp"): "a file of /proc/net",
    ("harness/host/object_lists.cpp", "udp"): "a file of /proc/net",
    ("results/report/report_fields.hpp", "memcpy"): "a floor of the report",
    ("bench/study/probe/lifetime.cpp", "file"): "an answer: what lives with the object",
    ("bench/study/probe/bytes.cpp", "file"): "that answer",
    ("bench/study/advise/needs.cpp", "file"): "that answer",
    ("bench/commands/calibrate.cpp", "signal"): "what ended a session",
}


def is_test(path):
    return bool(re.search(r"_test\.\w+$|\.test\.mjs$|/testing/|/fuzz/", path))


def is_cpp(path):
    return path.endswith((".cpp", ".hpp"))


def listed(source):
    """The files that git tracks or would track; without git, every file outside build folders."""
    git = subprocess.run(["git", "-C", source, "ls-files", "--cached", "--others", "--exclude-standard"],
                         capture_output=True, text=True, check=False)
    if git.returncode == 0:
        return git.stdout.split("\n")
    paths = [os.path.relpath(os.path.join(folder, name), source)
             for folder, _, names in os.walk(source) for name in names]
    return [path for path in paths if not path.startswith(("build", "."))]


def read_tree(source):
    """{path: text} of all code and documents."""
    tree = {}
    for path in listed(source):
        full = os.path.join(source, path)
        if path.endswith((".cpp", ".hpp", ".h", ".mjs", ".html", ".md")) and os.path.isfile(full):
            with open(full, encoding="utf-8") as file:
                tree[path] = file.read()
    return tree


# --- circles -----------------------------------------------------------------------------------------------------


def circles(edges):
    """The strongly connected components of more than one node (Tarjan 1972), of {node: set of nodes}."""
    order, low, stack, found = {}, {}, [], []

    def visit(node):
        order[node] = low[node] = len(order)
        stack.append(node)
        for other in sorted(edges.get(node, ())):
            if other not in order:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], order[other])
        if low[node] == order[node]:
            component = stack[stack.index(node):]
            del stack[stack.index(node):]
            if len(component) > 1:
                found.append(sorted(component))

    for node in sorted(edges):
        if node not in order:
            visit(node)
    return found


# --- rooms -------------------------------------------------------------------------------------------------------


def allowed_rooms(readme):
    line = ALLOWED.search(readme)
    if not line:
        return None
    rooms = re.sub(r"\s+", " ", line.group(1))
    return set() if rooms == "nothing" else set(rooms.split(", "))


def check_rooms(tree):
    problems = []
    room_edges, unit_edges = {}, {}
    for path, text in sorted(tree.items()):
        if not is_cpp(path) or is_test(path):
            continue
        room = os.path.dirname(path)
        readme = tree.get(room + "/README.md")
        if readme is None:
            problems.append(f"{room}: has no README.md that says what belongs in it")
            tree[room + "/README.md"] = readme = "- **Includes from:** nothing."
        allowed = allowed_rooms(readme)
        if allowed is None:
            problems.append(f'{room}/README.md: has no line "- **Includes from:** ..."')
            allowed = set()
        if readme.count("\n") > MOST_README_LINES:
            problems.append(f"{room}/README.md: has more than {MOST_README_LINES} lines")
        for included in INCLUDE.findall(text):
            other = os.path.dirname(included)
            if included not in tree:
                problems.append(f"{path}: includes {included}, which is not there")
            elif is_test(included):
                problems.append(f"{path}: ships, and includes {included}, which is test code")
            elif other != room and other not in allowed:
                problems.append(f"{path}: includes {included}; {room}/README.md does not allow {other}")
            if other != room:
                room_edges.setdefault(room, set()).add(other)
            unit, other_unit = os.path.splitext(path)[0], os.path.splitext(included)[0]
            if unit != other_unit:
                unit_edges.setdefault(unit, set()).add(other_unit)
    problems += [f"a circle of rooms: {', '.join(each)}" for each in circles(room_edges)]
    problems += [f"a circle of units: {', '.join(each)}" for each in circles(unit_edges)]
    return problems


# --- names -------------------------------------------------------------------------------------------------------

CPP_TOKENS = re.compile(r'//[^\n]*|/\*.*?\*/|R"(\w*)\((.*?)\)\1"|"((?:[^"\\\n]|\\.)*)"', re.DOTALL)
# A regular expression can stand only where a value can: not after a name or a closing bracket.
MJS_TOKENS = re.compile(
    r"//[^\n]*|/\*.*?\*/|\"((?:[^\"\\\n]|\\.)*)\"|'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`|(?<=[(,=:\[!&|?{};\n])\s*/((?:[^/\\\n]|\\.)+)/",
    re.DOTALL)
SYSTEM_CALL = re.compile(r"(checked|throw_errno|KernelError)\($|\),\s*$")


def literals(path, text):
    """(text before, literal) of each string, and each regular expression of JavaScript, outside comments."""
    for match in (CPP_TOKENS if is_cpp(path) else MJS_TOKENS).finditer(text):
        literal = next((group for group in match.groups()[1 if is_cpp(path) else 0:] if group is not None), None)
        if literal is not None:
            yield text[max(0, match.start() - 120):match.start()], literal


def names_in(literal, names):
    """A word that is a mechanism's name: the whole literal, or any part of it where the name is not also English."""
    words = re.findall(r"[a-z0-9_]+", literal)
    return [name for name in names if name == literal or ("_" in name and name in words)]


def check_names(tree):
    names = sorted(os.path.basename(path)[:-len(".cpp")] for path, text in tree.items()
                   if os.path.dirname(path) in ("mechanisms", "mechanisms/libraries") and REGISTERED.search(text))
    problems = [] if names else ["no mechanism is registered in mechanisms/"]
    for path, text in sorted(tree.items()):
        if path.startswith("mechanisms/") or is_test(path) or path.endswith(".md"):
            continue
        for before, literal in literals(path, text):
            for name in names_in(literal, names):
                # checked(socketpair(...), "socketpair"): a system call.
                if (path, literal) not in NOT_A_MECHANISM and not (name == literal and SYSTEM_CALL.search(before)):
                    problems.append(f'{path}: names the mechanism {name} in "{literal:.60}"')
    return problems


# --- links -------------------------------------------------------------------------------------------------------

LINK = re.compile(r"\]\(([^)#\s]+)?(?:#([^)\s]+))?\)")


def anchors(text):
    """The anchors that GitHub gives the headings."""
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
            for heading in re.findall(r"^#+ +(.*)$", text, re.MULTILINE)}


def check_links(tree, exists=os.path.exists):
    problems = []
    for path, text in sorted(tree.items()):
        if not path.endswith(".md"):
            continue
        for target, anchor in LINK.findall(text):
            if "://" in target:
                continue
            other = os.path.normpath(os.path.join(os.path.dirname(path), target)) if target else path
            if other not in tree and not exists(other):
                problems.append(f"{path}: links to {other}, which is not there")
            elif anchor and anchor not in anchors(tree.get(other, "")):
                problems.append(f"{path}: links to {other}#{anchor}, a heading that is not there")
    return problems


# --- the checks tried on what they have to find ------------------------------------------------------------------

SOUND = {
    "harness/base/README.md": "- **Includes from:** nothing.\n",
    "harness/base/a.hpp": "int a;",
    "harness/loops/README.md": "- **Includes from:** harness/base.\n",
    "harness/loops/b.hpp": '#include "harness/base/a.hpp"',
    "harness/loops/b.cpp": '#include "harness/loops/b.hpp"',
    "mechanisms/README.md": "- **Includes from:** harness/base.\n",
    "mechanisms/posix_queue.cpp": "IPCBENCH_REGISTER_MECHANISM(Q);",
    "mechanisms/socketpair.cpp": "IPCBENCH_REGISTER_MECHANISM(S);",
    "plots/web/a.mjs": 'const a = "sockets"; // posix_queue',
}
BROKEN_ROOMS = {
    "does not allow": {"harness/base/a.hpp": '#include "harness/loops/b.hpp"'},
    "a circle of rooms": {"harness/base/a.hpp": '#include "harness/loops/b.hpp"',
                          "harness/base/README.md": "- **Includes from:** harness/loops.\n"},
    "a circle of units": {"harness/loops/c.hpp": '#include "harness/loops/b.hpp"',
                          "harness/loops/b.cpp": '#include "harness/loops/c.hpp"'},
    "test code": {"harness/loops/b.cpp": '#include "harness/testing/t.hpp"', "harness/testing/t.hpp": ""},
    "no README": {"harness/host/c.cpp": ""},
    "more than": {"harness/base/README.md": "- **Includes from:** nothing.\n" + "\n" * 15},
}
BROKEN_NAMES = [
    {"results/summary.cpp": 'if (name == "socketpair") return;'},
    {"results/summary.cpp": 'parse("tcp,posix_queue")'},
    {"plots/web/a.mjs": 'const kinds = [["Queues", /^posix_queue/]];'},
]


def try_on_broken_trees():
    assert check_rooms(dict(SOUND)) == [] and check_names(dict(SOUND)) == [], "a sound tree is accused"
    for expected, change in BROKEN_ROOMS.items():
        found = check_rooms({**SOUND, **change})
        assert any(expected in problem for problem in found), f"not found: {expected}; found: {found}"
    for change in BROKEN_NAMES:
        assert check_names({**SOUND, **change}), f"not found: {change}"
    page = {"a.md": "[there](b/c.md#a-heading) [out](https://example.org)", "b/c.md": "## A heading"}
    assert check_links(page, lambda path: False) == [], "good links are accused"
    for broken in "[gone](b/d.md)", "[gone](b/c.md#another)":
        assert check_links({**page, "a.md": broken}, lambda path: False), f"not found: {broken}"
    call = {"bench/a.cpp": 'checked(socketpair(AF_UNIX, 0, 0, fds), "socketpair");'}
    assert check_names({**SOUND, **call}) == [], "a system call is taken for a mechanism"


def main():
    check = {"rooms": check_rooms, "names": check_names, "links": check_links}[sys.argv[1]]
    try_on_broken_trees()
    os.chdir(sys.argv[2])
    problems = check(read_tree("."))
    print("\n".join(problems) if problems else f"{sys.argv[1]}: kept")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
