#!/usr/bin/python3
"""Kills processes of ipcbench at random moments and looks for what remains.

Usage: kill_anywhere_test.py PROGRAM [--kills N] [--seed S]

Every trial starts a command over random mechanisms, waits a random time, and kills one of its processes: the launcher (by SIGKILL
or by a signal that asks it to end), an end of a pair, a process that makes launches for it, or a guardian. Two seconds after the end of the command (of
the launcher, if that was killed) nothing may remain: no process, System V or POSIX object, file in $TMPDIR, temporary file beside
the report, or listening socket. Root gets separate namespaces, in which everything comes from the trial. For other users, what
existed before the trial does not count.

Exit code 0: nothing ever remained; 1: something did, and is printed.
"""
import argparse
import collections
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time

GONE_WITHIN_S = 2.0
COMMAND_LIMIT_S = 120
MARK = "IPCBENCH_KILL_TRIAL"
NAMESPACES = "IPCBENCH_KILL_NAMESPACES"


def enter_namespaces():
    """Restarts this script in separate namespaces, if that is possible."""
    if os.environ.get(NAMESPACES) or os.geteuid() != 0:
        return
    os.environ[NAMESPACES] = "yes"
    setup = ("mount -t tmpfs tmpfs /dev/shm && mkdir /dev/shm/queues && mount -t mqueue mqueue /dev/shm/queues && "
             "{ ip link set lo up || ifconfig lo up; } && exec \"$@\"")
    wrapped = ["unshare", "--ipc", "--mount", "--net", "sh", "-c", setup, "sh"]
    if subprocess.run([*wrapped, "true"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0:
        os.execvp(wrapped[0], [*wrapped, sys.executable, *sys.argv])
    os.environ[NAMESPACES] = "no"


def lines_of(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read().splitlines()
    except OSError:
        return []


def entries(path):
    try:
        return os.listdir(path)
    except OSError:
        return []


def processes(mark):
    """A trial's processes, without zombies, and their names. Recognised by the inherited environment."""
    found = {}
    wanted = f"{MARK}={mark}".encode()
    for pid in filter(str.isdigit, entries("/proc")):
        try:
            with open(f"/proc/{pid}/environ", "rb") as file:
                marked = wanted in file.read().split(b"\0")
            if marked:
                found[int(pid)] = lines_of(f"/proc/{pid}/comm")[0]
        except (OSError, IndexError):
            continue
    return found


def objects(folder):
    """Everything but processes that a command may leave behind."""
    seen = set()
    for table in ("msg", "sem", "shm"):
        seen |= {f"System V {table} {' '.join(line.split()[:2])}" for line in lines_of(f"/proc/sysvipc/{table}")[1:]}
    seen |= {f"/dev/shm/{name}" for name in entries("/dev/shm")}
    seen |= {f"queue {name}" for name in entries("/dev/shm/queues")}
    seen |= {f"in $TMPDIR: {name}" for name in entries(os.path.join(folder, "tmp"))}
    seen |= {f"beside the report: {name}" for name in entries(os.path.join(folder, "out")) if name.startswith(".")}
    listening = "0A"
    for table in ("tcp", "tcp6"):
        seen |= {f"listening {line.split()[1]}" for line in lines_of(f"/proc/net/{table}")[1:] if line.split()[3] == listening}
    for table in ("udp", "udp6"):
        seen |= {f"bound {line.split()[1]}" for line in lines_of(f"/proc/net/{table}")[1:]}
    seen |= {f"UNIX socket {line.split()[7]}" for line in lines_of("/proc/net/unix")[1:] if "ipcbench" in line}
    return seen


class Trials:
    def __init__(self, program, seed, folder):
        self.program = program
        self.random = random.Random(seed)
        self.folder = folder
        self.environment = {**os.environ, "TMPDIR": os.path.join(folder, "tmp")}
        self.counts = collections.Counter()
        self.slowest_s = 0.0
        self.problems = []
        for name in ("tmp", "out"):
            os.mkdir(os.path.join(folder, name))
        listed = json.loads(subprocess.run([program, "list", "--json"], env=self.environment, check=True, capture_output=True).stdout)
        self.mechanisms = [m["name"] for m in listed["mechanisms"] if m["available"]]
        self.before = objects(folder)

    def command(self, number):
        """A random command that creates objects; mostly `run`."""
        chosen = ",".join(self.random.sample(self.mechanisms, 3))
        cells = ["--mechanism", chosen, "--size", "0,64,4KiB", "--time", "2ms", "--warm-up", "1ms", "--seed", str(number),
                 "--quiet", "--peers", self.random.choice(["fork", "exec", "thread"])]
        out = os.path.join(self.folder, "out", f"{number}.json")
        kinds = {
            "run": (14, ["run", *cells, "--profile", "quick", "--repetitions", "2", "--out", out]),
            "probe": (3, ["probe", "--mechanism", self.random.choice(self.mechanisms)]),
            "duet": (2, ["duet", "--base", self.program, "--new", self.program, *cells, "--cpus", "same", "--blocks", "6", "--out",
                         out + ".duet"]),
            "calibrate": (1, ["calibrate", "--sessions", "5", "--profile", "quick", "--repetitions", "1", *cells]),
        }
        kind = self.random.choices(list(kinds), [weight for weight, _ in kinds.values()])[0]
        return kind, [self.program, *kinds[kind][1]]

    def victim(self, launcher, running):
        """The process to kill, the signal, and a name for both."""
        guardians = [pid for pid, name in running.items() if "guard" in name]
        ends = [pid for pid in running if pid != launcher and pid not in guardians]
        draw = self.random.random()
        if draw < 0.15 and guardians:
            return self.random.choice(guardians), signal.SIGKILL, "guardian"
        if draw < 0.4 and ends:
            return self.random.choice(ends), signal.SIGKILL, "another process"
        if draw < 0.6:
            asked = self.random.choice([signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
            return launcher, asked, "launcher, asked to end"
        return launcher, signal.SIGKILL, "launcher"

    def remaining(self, mark):
        left = {f"process {pid} {name}" for pid, name in processes(mark).items()}
        return left | (objects(self.folder) - self.before)

    def wait_until_gone(self, mark, what):
        start = time.monotonic()
        while True:
            left = self.remaining(mark)
            took_s = time.monotonic() - start
            if not left:
                self.slowest_s = max(self.slowest_s, took_s)
                return
            if took_s > GONE_WITHIN_S:
                self.problems.append(f"{what}: {', '.join(sorted(left))}")
                self.before = objects(self.folder)
                return
            time.sleep(0.01)

    def trial(self, number):
        mark = f"{os.getpid()}-{number}"
        kind, command = self.command(number)
        child = subprocess.Popen(command, env={**self.environment, MARK: mark}, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL)
        time.sleep(self.random.uniform(0, 0.6))
        running = processes(mark)
        pid, how, whom = self.victim(child.pid, running)
        alive = child.poll() is None
        named = objects(self.folder) - self.before
        try:
            os.kill(pid, how)
        except ProcessLookupError:
            alive = False
        if alive:
            self.counts[(kind, whom)] += 1
            self.counts["something had a name"] += len(named) > 1  # besides the run's directory
        try:
            child.wait(GONE_WITHIN_S if whom == "launcher" else COMMAND_LIMIT_S)
        except subprocess.TimeoutExpired:
            self.problems.append(f"{number}: still running: {' '.join(command)}")
            child.kill()
            child.wait()
        self.wait_until_gone(mark, f"{number}: {kind}, killed {whom} by {how.name}: {' '.join(command[1:])}")
        return alive


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    options = parser.parse_args()
    enter_namespaces()
    with tempfile.TemporaryDirectory() as folder:
        trials = Trials(os.path.abspath(options.program), options.seed, folder)
        kills = number = 0
        while kills < options.kills:
            kills += trials.trial(number)  # 0 if the command ended by itself
            number += 1
    print(f"seed {options.seed}; {len(trials.mechanisms)} mechanisms; namespaces of its own: {os.environ.get(NAMESPACES, 'no')}")
    print("| command | killed | times |\n|---|---|---:|")
    for key, count in sorted((key, count) for key, count in trials.counts.items() if isinstance(key, tuple)):
        print(f"| {key[0]} | {key[1]} | {count} |")
    print(f"\nAt {trials.counts['something had a name']} of {options.kills} moments something stood under a name besides the "
          f"run's directory. Left behind: {len(trials.problems)} times. Slowest to be gone: {trials.slowest_s:.2f} s.")
    for problem in trials.problems:
        print(problem)
    return 1 if trials.problems else 0


if __name__ == "__main__":
    sys.exit(main())
