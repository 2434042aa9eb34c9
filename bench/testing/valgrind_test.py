#!/usr/bin/python3
"""Runs short launches of every mechanism, or of the named ones, under valgrind's memcheck.

Usage: valgrind_test.py PROGRAM RELAYED_PIDFD [MECHANISM...]

RELAYED_PIDFD: the library built from relayed_pidfd.cpp. Debian's valgrind cannot start the program's children without it.

The launcher and every end must have no error and no definite leak, and every launch must succeed. Valgrind runs one thread of a
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
RUN = ["run", "--cpus", "free", "--payload", "copy", "--repetitions", "1", "--warm-up", "100us", "--time",
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


def check(program, mechanism, environment):
    """The number of launches, and the problems."""
    launches, problems = 0, []
    for more in arguments(mechanism):
        with tempfile.TemporaryDirectory() as folder:
            out = os.path.join(folder, "report.json")
            done = subprocess.run([*VALGRIND, program, *RUN, "--mechanism", mechanism["name"], *more, "--out", out], text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, check=False,
                                  env=environment, timeout=LIMIT_S)
            said = [line for line in done.stderr.splitlines() if line.startswith(("==", "--"))]
            if done.returncode != 0 or said:
                problems.append(f"{' '.join(more)}: exit code {done.returncode}\n{done.stderr}")
            if os.path.exists(out):
                with open(out, encoding="utf-8") as file:
                    launches += len(json.load(file)["benchmarks"])
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
