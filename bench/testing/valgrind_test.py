#!/usr/bin/python3
"""Runs short launches of every mechanism, or of the named ones, under valgrind's memcheck.

Usage: valgrind_test.py PROGRAM RELAYED_PIDFD [MECHANISM...]

RELAYED_PIDFD: the library built from relayed_pidfd.cpp. Debian's valgrind cannot start the program's children without it.

The launches are those of `duet-side`: `run` starts its launchers, like unrelated ends, from /proc/self/exe, which is valgrind
itself here. The launcher and every end must have no error and no definite leak, and every launch must succeed. Valgrind runs one thread of a
process at a time, so mechanisms that only spin are measured between processes.
Prints a Markdown table. Exit codes: 0 clean, 1 not, 77 valgrind is missing (ctest: skipped).
"""
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading

VALGRIND = ["valgrind", "--quiet", "--trace-children=yes", "--fair-sched=yes", "--leak-check=full", "--show-leak-kinds=definite",
            "--errors-for-leak-kinds=definite", "--error-exitcode=99", "--track-fds=no", "--num-callers=25"]
RUN = ["duet-side", "--cpus", "free", "--payload", "copy", "--repetitions", "1", "--warm-up", "100us", "--time",
       "1ms", "--timeout", "100s", "--quiet", "--pattern", "latency,throughput,fanin,fanout", "--fan", "2"]
SIZES = [64, 4097]  # or the longest message of the mechanism
LIMIT_S = 600
# Their threads block in fcntl(F_OFD_SETLKW). Valgrind 3.19 does not know that this call blocks, so it runs no other thread.
NOT_BETWEEN_THREADS = {"file_lock"}


def mechanisms(program):
    listed = json.loads(subprocess.run([program, "list", "--json"], stdout=subprocess.PIPE, check=True).stdout)
    return {m["name"]: m for m in listed["mechanisms"] if m["available"]}


def arguments(mechanism):
    """Every wait between processes, and threads that can sleep. No unrelated ends: they are started from /proc/self/exe, which is
    valgrind itself here."""
    longest = mechanism.get("max_message_bytes")
    sizes = ["--size", ",".join(str(size) for size in {size if longest is None else min(size, longest) for size in SIZES})]
    yield [*sizes, "--peers", "fork", "--wait", ",".join(mechanism["waits"])]
    if "block" in mechanism["waits"] and mechanism["name"] not in NOT_BETWEEN_THREADS:
        yield [*sizes, "--peers", "thread", "--wait", "block"]


def serve_pidfds(listening):
    """Answers each connection: receives a process ID, sends a pidfd."""
    while True:
        connection, _ = listening.accept()
        with connection:
            try:
                pidfd = os.pidfd_open(struct.unpack("i", connection.recv(4))[0])
                socket.send_fds(connection, [b"!"], [pidfd])
                os.close(pidfd)
            except (OSError, struct.error):
                pass  # the program notices the missing answer


def start_relay(folder, library):
    """The environment of a program that gets its pidfds from here."""
    path = os.path.join(folder, "relay")
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listening.bind(path)
    listening.listen()
    threading.Thread(target=serve_pidfds, args=(listening,), daemon=True).start()
    return {**os.environ, "IPCBENCH_PIDFD_RELAY": path, "LD_PRELOAD": os.path.abspath(library)}


def launch_all(command, environment):
    """Launches every cell of that side of a duet once. Returns the exit code, the answers and standard error."""
    with tempfile.TemporaryFile("w+") as errors:
        with subprocess.Popen([*VALGRIND, *command], text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
                              env=environment) as side:
            limit = threading.Timer(LIMIT_S, side.kill)
            limit.start()
            answers = []
            for cell, _ in enumerate(json.loads(side.stdout.readline() or '{"cells": []}')["cells"]):
                print(json.dumps({"launch": cell, "block": 0}), file=side.stdin, flush=True)
                answers.append(json.loads(side.stdout.readline() or '{"failed": "no answer"}'))
            side.stdin.close()
            code = side.wait()
            limit.cancel()
        errors.seek(0)
        return code, answers, errors.read()


def check(program, mechanism, environment):
    """The number of launches, and the problems."""
    launches, problems = 0, []
    for more in arguments(mechanism):
        code, answers, errors = launch_all([program, *RUN, "--mechanism", mechanism["name"], *more], environment)
        said = [line for line in errors.splitlines() if line.startswith(("==", "--"))]
        failed = [answer["failed"] for answer in answers if "failed" in answer]
        if code != 0 or said or failed:
            problems.append(f"{' '.join(more)}: exit code {code}, failed launches: {failed}\n{errors}")
        launches += len(answers) - len(failed)
    return launches, problems


def report(program, mechanisms_of, names, environment):
    """Prints the table; returns the problems."""
    print("| mechanism | launches | errors and definite leaks |\n|---|---:|---:|")
    failed = []
    for name in names:
        launches, problems = check(program, mechanisms_of[name], environment)
        print(f"| {name} | {launches} | {len(problems)} |", flush=True)
        failed += problems
    return failed


def main(given):
    if len(given) < 2:
        print(__doc__)
        return 1
    if shutil.which("valgrind") is None:
        print("skipped: valgrind is missing; remedy: apt-get install valgrind")
        return 77
    program, library, *names = given
    found = mechanisms(program)
    with tempfile.TemporaryDirectory() as folder:
        failed = report(program, found, names or found, start_relay(folder, library))
    print("\n".join(failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
