#!/usr/bin/python3
"""Runs `claims` and `probe` where calls are denied or a resource is short, and checks that the answers stay honest.

Usage: denied_calls_test.py PROGRAM [--short] [--all] [--libraries] [--only REGEX]

Denies each family of system calls in turn with a seccomp filter, once as forbidden (EPERM), once as missing (ENOSYS). Both
commands must end by themselves, and leave nothing behind. A claim whose object cannot be had is untested, and the finding names
the cause: no other verdict may change, unless the finding names a kind of object that was not tried. `probe` must succeed: what
cannot be tried says why, and every other answer is the usual one. Prints a Markdown table.
--libraries: `probe` and `run` on the transports of libraries, and no `claims`; every reason of a cell must be one line.
--short: only as forbidden, and `probe` on some mechanisms. --all: also under the conditions of scarcity_test.py.
Exit codes: 0 as promised, 1 not, 77 no condition could be created (ctest: skipped).
"""
import argparse
import json
import re
import subprocess
import sys
import time

from scarcity_conditions import ENOSYS, EPERM, Condition, conditions, need, seccomp
from scarcity_test import LIBRARY_ENDS, OTHER_LINES, RUN
from scarcity_world import World, in_world, judged

SYSTEM_V = {"queues": "msgget msgsnd msgrcv msgctl", "semaphores": "semget semop semtimedop semctl",
            "segments": "shmget shmat shmdt shmctl"}
FAMILIES = {**{f"System V {name}": calls for name, calls in SYSTEM_V.items()},
            "POSIX queues": "mq_open mq_unlink mq_timedsend mq_timedreceive mq_notify mq_getsetattr",
            "pipes": "pipe pipe2", "FIFOs": "mknod mknodat",
            "sockets": "socket socketpair bind connect listen accept accept4 getsockname sendto recvfrom sendmsg recvmsg",
            "shared mappings of files": "mmap", "memory files": "memfd_create", "signals": "kill tkill tgkill rt_sigqueueinfo "
            "rt_tgsigqueueinfo rt_sigtimedwait pidfd_send_signal alarm", "eventfd": "eventfd eventfd2",
            "io_uring": "io_uring_setup io_uring_enter io_uring_register",
            "futexes between processes": "futex", "file locks": "flock", "seccomp itself": "seccomp prctl",
            "processes": "clone clone3 fork vfork", "priorities": "setpriority", "reading /proc of others": "ptrace process_vm_readv pidfd_getfd readlink readlinkat"}
# Number, mask and value of the argument, for calls that no program can do without: the C library itself waits by private futexes.
ONLY_WITH = {"mmap": (3, 0x21, 0x01),   # MAP_SHARED without MAP_ANONYMOUS
             "futex": (1, 0x80, 0x00)}  # without FUTEX_PRIVATE_FLAG
# The same experiment may show a difference in one run and none in the next, depending on which process gets how far on a busy
# machine. What is denied makes a difference each time.
TRIES = 3
ALIKE = ({"confirmed", "no_difference"}, {"depends", "no_difference"})
CLAIMS, PROBE = ["claims", "--json", "--quiet"], ["probe", "--json", "--quiet"]
SOME = ["--mechanism", "fifo,memfd_ring,pipe,posix_queue,rt_signal,sysv_queue,unix_stream"]
# Questions whose answers depend on how far a process got in the time that it was given.
BY_CHANCE = {"capacity", "reader_gone", "senders", "when_full"}


def denied(family, error):
    """The filter also sets no_new_privs."""
    def load():
        rules = seccomp.SyscallFilter(seccomp.ALLOW)
        for name in FAMILIES[family].split():
            number, *masked = ONLY_WITH.get(name, (None,))
            arguments = [] if number is None else [seccomp.Arg(number, seccomp.MASKED_EQ, *masked)]
            rules.add_rule(seccomp.ERRNO(error), name, *arguments)
        rules.load()

    def prepare(_):
        need(seccomp is not None, "the Python module seccomp is missing (apt-get install python3-seccomp)")
    return Condition(f"{family} {'forbidden (EPERM)' if error == EPERM else 'missing (ENOSYS)'}", limits=[load], prepare=prepare)


def acting(commands, differs=lambda name, ended: False):
    """Under each command's name: exit code, standard output and error, seconds. An answer that differs is asked for again."""
    def act(world):
        answer = {}
        for command in commands:
            for _ in range(TRIES):
                begin = time.monotonic()
                out = ["--out", world.out] if command[0] == "run" else []
                answer[command[0]] = [*world.run(command + out), time.monotonic() - begin]
                if not differs(command[0], answer[command[0]]):
                    break
        return {**answer, "report": world.report(), "left": world.left_behind()}
    return act


def commands_for_libraries(program):
    listed = json.loads(subprocess.run([program, "list", "--json"], capture_output=True, check=True).stdout)["mechanisms"]
    named = ["--mechanism", ",".join(each["name"] for each in listed if each["kind"] == "library")]
    return PROBE + named, RUN + named + LIBRARY_ENDS


def verdicts(ended):
    """name -> (verdict, finding) of the claims; None if the command did not get that far."""
    if ended[0] != 0:
        return None
    return {claim["name"]: (claim["verdict"], claim["finding"]) for claim in json.loads(ended[1])["claims"]}


def answers(ended):
    """(mechanism, question) -> the probe's finding; None if it did not get that far. It shows its failures too."""
    if ended[0] not in (0, 5):
        return None
    return {(row["name"], finding["guarantee"]): finding for row in json.loads(ended[1])["mechanisms"] for finding in row["findings"]}


def problems_of_command(name, ended, codes):
    code, _, err, _ = ended
    if code is None or code < 0:
        yield f"{name}: " + ("hung" if code is None else f"died of signal {-code}")
    elif code not in codes or (code != 0 and len(err.strip().splitlines()) != 1):
        yield f"{name}: exit code {code}: {err.strip()}"


def problems_of_claims(ended, usual):
    for name, (verdict, finding) in (verdicts(ended) or {}).items():
        was = usual[name][0]
        if verdict == "untested":
            if not finding or "\n" in finding:
                yield f"{name}: no cause in one line: {finding!r}"
        elif verdict != was and {verdict, was} not in ALIKE and "not tried" not in finding:
            yield f"{name}: {was} became {verdict}: {finding}"


def problems_of_answers(ended, usual):
    for about, finding in (answers(ended) or {}).items():
        state, answer, evidence = (finding[key] for key in ("state", "answer", "evidence"))
        if state == "failed" or not evidence or "\n" in evidence or "killed by SIG" in evidence and state == "found":
            yield f"probe: {' '.join(about)}: {state}, {evidence!r}"
        elif state != "not_tried" and answer != usual[about]["answer"] and about[1] not in BY_CHANCE:
            yield f"probe: {' '.join(about)}: {usual[about]['answer']} became {answer}: {evidence}"


def comparing(usual):
    """name, how that command ended -> what differs from the answers where nothing is denied, `usual`."""
    of = {"claims": (problems_of_claims, verdicts(usual["claims"])), "probe": (problems_of_answers, answers(usual["probe"]))}

    def compare(name, ended):
        problems, expected = of[name]
        return list(problems(ended, expected))
    return compare


def problems_of_run(ended, report):
    """The reasons of a run of libraries are one line each."""
    own_lines = "\n".join(line for line in ended[2].splitlines() if line.strip() and not line.startswith(OTHER_LINES))
    yield from problems_of_command("run", [ended[0], "", own_lines, 0], (0, 2, 5))
    for kind in ("skipped", "failed"):
        for item in report["ipcbench"][kind] if report else []:
            if not item["reason"] or "\n" in item["reason"]:
                yield f"{kind} {item['cell']}: not one line: {item['reason']!r}"


def problems_of_evidence(found):
    for about, finding in (found or {}).items():
        if not finding["evidence"] or "\n" in finding["evidence"]:
            yield f"probe: {' '.join(about)}: not one line: {finding['evidence']!r}"


def cells_not_measured(report):
    return [item["reason"] for kind in ("skipped", "failed") for item in report["ipcbench"][kind]] if report else []


def judging_libraries(usual):
    """judge() of scarcity_world.judged() for `probe` and `run`."""
    usual_answers, usual_cells = answers(usual["probe"]) or {}, set(cells_not_measured(usual["report"]))

    def judge(_, answer):
        tried, report = answers(answer["probe"]), answer["report"]
        # Not the answers: a library says less of what it lacks, and its servers and threads are slow on a busy machine.
        problems = [*problems_of_command("probe", [answer["probe"][0], "", "shown in its answers", 0], (0, 5)), *problems_of_evidence(tried),
                    *problems_of_run(answer["run"], report), *(f"left behind: {name}" for name in answer["left"])]
        untried = [finding["evidence"] for about, finding in (tried or {}).items()
                   if finding["state"] == "not_tried" != usual_answers[about]["state"]]
        unmeasured = [reason for reason in cells_not_measured(report) if reason not in usual_cells]
        return [len(untried), len(unmeasured)], next(iter(unmeasured + untried), answer["run"][2].strip()), problems
    return judge


def judging(usual, compare):
    """judge() of scarcity_world.judged(), which compares with the answers where nothing is denied."""
    usual_verdicts, usual_answers = verdicts(usual["claims"]), answers(usual["probe"])

    def judge(_, answer):
        found, tried = verdicts(answer["claims"]), answers(answer["probe"])
        problems = [*problems_of_command("claims", answer["claims"], (0, 2, 5)), *problems_of_command("probe", answer["probe"], (0,)),
                    *compare("claims", answer["claims"]), *compare("probe", answer["probe"]),
                    *(f"left behind: {name}" for name in answer["left"])]
        untested = [text for name, (verdict, text) in (found or {}).items() if verdict == "untested" != usual_verdicts[name][0]]
        untried = [finding["evidence"] for about, finding in (tried or {}).items()
                   if finding["state"] == "not_tried" != usual_answers[about]["state"]]
        return [len(untested), len(untried)], next(iter(untried + untested), answer["claims"][2].strip()), problems
    return judge


def in_rows(judge, names):
    """judge() of scarcity_world.judged(), from one that returns counts, what one says, and the problems. names: of commands."""
    def judge_in_rows(condition, answer):
        counts, said, problems = judge(condition, answer)
        codes, seconds = ("/".join("hung" if answer[name][0] is None else f"{answer[name][part]:.0f}" for name in names)
                          for part in (0, 3))
        said = said.replace("|", "\\|")
        return f"| {condition.name} | {codes} | {seconds} | {' | '.join(map(str, counts))} | {said} |", problems
    return judge_in_rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--libraries", action="store_true")
    parser.add_argument("--only", default="", help="conditions whose name this matches")
    options = parser.parse_args()
    World.has_transports = options.libraries
    commands = commands_for_libraries(options.program) if options.libraries else (CLAIMS, PROBE + SOME if options.short else PROBE)
    chosen = [denied(family, error) for error in ((EPERM,) if options.short else (EPERM, ENOSYS)) for family in FAMILIES]
    if options.all:
        chosen += [condition for condition in conditions() if condition.out]
    chosen = [condition for condition in chosen if re.search(options.only, condition.name)]
    usual = in_world(Condition("nothing is denied"), options.program, acting(commands))
    names = [command[0] for command in commands]
    if options.libraries:
        act, judge = acting(commands), judging_libraries(usual)
    else:
        compare = comparing(usual)
        act, judge = acting(commands, compare), judging(usual, compare)
    counted = ["answers not tried", "cells not measured"] if options.libraries else ["claims untested", "answers not tried"]
    return judged(chosen, options.program, act, in_rows(judge, names),
                  ["condition", f"exit codes of {', '.join(names)}", "seconds", *(f"more {each}" for each in counted), "one says"])


if __name__ == "__main__":
    sys.exit(main())
