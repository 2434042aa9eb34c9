#!/usr/bin/python3
"""Runs `claims` and `probe` where calls are denied or a resource is short, and checks that the answers stay honest.

Usage: denied_calls_test.py PROGRAM [--short] [--all] [--only REGEX]

Denies each family of system calls in turn with a seccomp filter, once as forbidden (EPERM), once as missing (ENOSYS). Both
commands must end by themselves, and leave nothing behind. A claim whose object cannot be had is untested, and the finding names
the cause: no other verdict may change, unless the finding names a kind of object that was not tried. Prints a Markdown table.
--short: `claims` only, only as forbidden, and without the
signals, where every child that cannot be killed is waited for. --all: also under the conditions of scarcity_test.py.
Exit codes: 0 as promised, 1 not, 77 no condition could be created (ctest: skipped).
"""
import argparse
import json
import re
import sys

from scarcity_conditions import ENOSYS, EPERM, Condition, conditions, need, seccomp
from scarcity_world import in_world

SYSTEM_V = {"queues": "msgget msgsnd msgrcv msgctl", "semaphores": "semget semop semtimedop semctl",
            "segments": "shmget shmat shmdt shmctl"}
FAMILIES = {**{f"System V {name}": calls for name, calls in SYSTEM_V.items()},
            "POSIX queues": "mq_open mq_unlink mq_timedsend mq_timedreceive mq_notify mq_getsetattr",
            "pipes": "pipe pipe2", "FIFOs": "mknod mknodat",
            "sockets": "socket socketpair bind connect listen accept accept4 getsockname sendto recvfrom sendmsg recvmsg",
            "shared mappings of files": "mmap", "memory files": "memfd_create", "signals": "kill tkill tgkill rt_sigqueueinfo "
            "rt_tgsigqueueinfo rt_sigtimedwait pidfd_send_signal alarm", "eventfd": "eventfd eventfd2",
            "futexes between processes": "futex", "file locks": "flock", "seccomp itself": "seccomp prctl",
            "processes": "clone clone3 fork vfork", "priorities": "setpriority", "reading /proc of others": "ptrace process_vm_readv readlink readlinkat"}
# Number, mask and value of the argument, for calls that no program can do without: the C library itself waits by private futexes.
ONLY_WITH = {"mmap": (3, 0x21, 0x01),   # MAP_SHARED without MAP_ANONYMOUS
             "futex": (1, 0x80, 0x00)}  # without FUTEX_PRIVATE_FLAG
# The same experiment may show a difference in one run and none in the next.
ALIKE = ({"confirmed", "no_difference"}, {"depends", "no_difference"})


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


def acting(commands):
    def act(world):
        return {**{name: world.run([name, "--json", "--quiet"]) for name in commands}, "left": world.left_behind()}
    return act


def verdicts(ended):
    """name -> (verdict, finding) of the claims; None if the command did not get that far."""
    if ended[0] != 0:
        return None
    return {claim["name"]: (claim["verdict"], claim["finding"]) for claim in json.loads(ended[1])["claims"]}


def problems_of(answer, usual):
    for name in ("claims", "probe"):
        if name not in answer:
            continue
        code, out, err = answer[name]
        if code is None or code < 0:
            yield f"{name}: " + ("hung" if code is None else f"died of signal {-code}")
        elif code not in (0, 2, 5) or (code != 0 and len(err.strip().splitlines()) != 1):
            yield f"{name}: exit code {code}: {err.strip()}"
        elif code == 0:
            json.loads(out)
    for name, (verdict, finding) in (verdicts(answer["claims"]) or {}).items():
        was = usual[name][0]
        if verdict == "untested":
            if not finding or "\n" in finding:
                yield f"{name}: no cause in one line: {finding!r}"
        elif verdict != was and {verdict, was} not in ALIKE and "not tried" not in finding:
            yield f"{name}: {was} became {verdict}: {finding}"
    yield from (f"left behind: {name}" for name in answer["left"])


def row(condition, answer, usual):
    codes = "/".join("hung" if answer[name][0] is None else str(answer[name][0]) for name in ("claims", "probe") if name in answer)
    found = verdicts(answer["claims"])
    if found is None:
        return f"| {condition.name} | {codes} | none | {answer['claims'][2].strip()} |"
    new = [finding for name, (verdict, finding) in found.items() if verdict == "untested" != usual[name][0]]
    first = new[0].replace("|", "\\|") if new else ""
    return f"| {condition.name} | {codes} | {len(new)} | {first} |"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--only", default="", help="conditions whose name this matches")
    options = parser.parse_args()
    act = acting(["claims"] if options.short else ["claims", "probe"])
    chosen = [denied(family, error) for error in ((EPERM,) if options.short else (EPERM, ENOSYS)) for family in FAMILIES
              if not (options.short and family == "signals")]
    if options.all:
        chosen += [condition for condition in conditions() if condition.out]
    chosen = [condition for condition in chosen if re.search(options.only, condition.name)]
    usual = verdicts(in_world(Condition("nothing is denied"), options.program, acting(["claims"]))["claims"])
    print("| condition | exit codes | more claims untested | the first says |\n|---|---|---:|---|")
    made, broken = 0, []
    for condition in chosen:
        answer = in_world(condition, options.program, act)
        if "skipped" in answer:
            print(f"| {condition.name} | skipped: {answer['skipped']} | | |", flush=True)
            continue
        made += 1
        if "problem" in answer:
            broken.append(f"{condition.name}: {answer['problem']}")
            continue
        print(row(condition, answer, usual), flush=True)
        broken += [f"{condition.name}: {problem}" for problem in problems_of(answer, usual)]
    print(f"\n{made} conditions of {len(chosen)} made, {len(broken)} broken promises")
    print("\n".join(broken))
    return 1 if broken else (0 if made else 77)


if __name__ == "__main__":
    sys.exit(main())
