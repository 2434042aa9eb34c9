#!/usr/bin/python3
"""Fills indexes of reports and disturbs it: broken reports, kills, several writers and readers.

Usage: index_test.py PROGRAM WRITE_FLEET REPORT [--database sqlite|postgresql] [--reports N] [--kills N] [--seed S]

WRITE_FLEET makes the reports from a few cells of REPORT, 1 in 24 of them broken. One more host becomes slower, and the change is
accepted. What an undisturbed run wrote is compared row by row with what remains after the disturbance. PostgreSQL is a private server on a socket in a temporary folder.

Exit codes: 0 as promised; 1 not, and it is printed; 77 no server can be started here (ctest: skipped).
"""
import argparse
import glob
import json
import os
import pwd
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

BROKEN_EVERY = 24
COMMAND_LIMIT_S = 300
# The host that changes: the seed of each year. These two are 22 % apart, far beyond the 3 % between sessions of write_fleet.
CHANGED = {"2026": "4", "2027": "2"}
SESSIONS_A_YEAR = 8
# Without the numbers of sessions, which follow the order of arrival.
CONTENTS = {
    "sessions": "SELECT s.digest, s.file, s.session, s.started_utc, s.kernel_release, s.kernel_series, s.profile, s.complete, "
                "s.invalid, s.host, s.configuration, s.version, s.program_commit FROM sessions s",
    "hosts": "SELECT * FROM hosts",
    "configurations": "SELECT * FROM configurations",
    "cells": "SELECT * FROM cells",
    "changes": "SELECT * FROM changes",
    "results": "SELECT s.digest, c.name, r.launches, r.left_out, r.log_mean, r.log_sd, r.time_ns, r.low_ns, r.high_ns, r.p10_ns, "
               "r.p99_ns, r.cpu_ns, r.cpus_busy, r.marks FROM results r JOIN sessions s ON s.id = r.session JOIN cells c ON c.id = r.cell",
}


class Sqlite:
    def __init__(self, folder):
        self.folder = folder

    def new(self, name):
        return os.path.join(self.folder, name + ".sqlite")

    def rows(self, database, query):
        connection = sqlite3.connect(database)
        try:
            return sorted(map(repr, connection.execute(query)))
        finally:
            connection.close()

    def change(self, database, *statements):
        connection = sqlite3.connect(database)
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        connection.close()

    def stop(self):
        pass


class Postgresql:
    """A server of an unprivileged user, whom PostgreSQL asks for."""

    def __init__(self, folder):
        tools = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
        users = {each.pw_name for each in pwd.getpwall()}
        if not tools or (os.geteuid() == 0 and "postgres" not in users):
            print("skipped: there is no server of PostgreSQL; remedy: apt-get install postgresql")
            sys.exit(77)
        self.tools = tools[-1]
        self.folder = os.path.join(folder, "server")
        os.mkdir(self.folder)
        self.prefix = []
        if os.geteuid() == 0:
            os.chmod(folder, 0o711)
            shutil.chown(self.folder, "postgres")
            self.prefix = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        os.chmod(self.folder, 0o700)
        self.data = os.path.join(self.folder, "data")
        self.call("initdb", "-D", self.data, "-A", "trust", "-U", "fleet", "--no-sync", "--no-locale", "-E", "UTF8")
        options = f"-k {self.folder} -c listen_addresses= -c fsync=off -c shared_buffers=16MB"
        self.call("pg_ctl", "-D", self.data, "-w", "-o", options, "-l", os.path.join(self.folder, "log"), "start")

    def call(self, tool, *arguments):
        done = subprocess.run([*self.prefix, os.path.join(self.tools, tool), *arguments], cwd=self.folder, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        if done.returncode != 0:
            raise SystemExit(f"{tool} failed: {done.stdout}")
        return done.stdout

    def new(self, name):
        self.call("createdb", "-h", self.folder, "-U", "fleet", name)
        return f"postgresql:///{name}?host={self.folder}&user=fleet"

    def rows(self, database, query):
        return sorted(self.change(database, query).splitlines())

    def change(self, database, *statements):
        name = database.split("///")[1].split("?")[0]
        commands = [word for statement in ("SET search_path = ipcbench", *statements) for word in ("-c", statement)]
        return self.call("psql", "-h", self.folder, "-U", "fleet", "-qAt", *commands, name)

    def stop(self):
        self.call("pg_ctl", "-D", self.data, "-m", "immediate", "-w", "stop")


class Trial:
    def __init__(self, arguments, folder, server):
        self.program, self.server, self.folder = os.path.abspath(arguments.program), server, folder
        self.kills, self.random = arguments.kills, random.Random(arguments.seed)
        self.reports = os.path.join(folder, "reports")
        self.problems = []
        small = os.path.join(folder, "small.json")
        with open(small, "w", encoding="utf-8") as file:
            subprocess.run([self.program, "show", arguments.report, "--size", "64", "--json"], stdout=file, check=True)
        subprocess.run([arguments.write_fleet, small, self.reports, str(arguments.reports), "7", str(BROKEN_EVERY)], check=True)
        files = [os.path.join(where, name) for where, _, names in os.walk(self.reports) for name in names]
        self.broken = {name for name in files if "-broken" in name}
        self.good = len(files) - len(self.broken)
        self.changed = [file for year, seed in CHANGED.items() for file in self.write_changed(arguments, small, year, seed)]

    def write_changed(self, arguments, small, year, seed):
        """A year of the host whose times change: its level follows from the seed. Returns the reports."""
        folder = os.path.join(self.folder, "changed", year)
        subprocess.run([arguments.write_fleet, small, folder, str(SESSIONS_A_YEAR), "1", "0", seed, ".json"], check=True)
        files = sorted(glob.glob(f"{folder}/*/*.json"))
        for name in files:
            with open(name, encoding="utf-8") as file:
                report = json.load(file)
            report["context"]["host_name"] = report["ipcbench"]["host"]["machine_id"] = "changed"
            session = report["ipcbench"]["session"]
            session["started_utc"] = year + session["started_utc"][4:]
            with open(name, "w", encoding="utf-8") as file:
                json.dump(report, file)
        return files

    def add_changed(self, database):
        subprocess.run([self.program, "index", "--quiet", "--db", database, *self.changed], check=True, stdout=subprocess.DEVNULL)

    def accept_change(self, database):
        """Adds the host that changed, and accepts its change: somebody's work that no report brings back."""
        self.add_changed(database)
        trend = [self.program, "trend", "--db", database, "--host", "changed"]
        host, = json.loads(subprocess.run([*trend, "--format", "json"], check=True, capture_output=True).stdout)["hosts"]
        subprocess.run([*trend, "--accept", host["changes"][0]["id"], "--why", "another power supply"], check=True, capture_output=True)

    def expect(self, what, wanted, seen):
        if wanted != seen:
            self.problems.append(f"{what}: expected {str(wanted)[:500]}, found {str(seen)[:500]}")

    def start(self, database, *more):
        return subprocess.Popen([self.program, "index", "--json", "--db", database, *more, self.reports], stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def finish(self, process):
        out, err = process.communicate(timeout=COMMAND_LIMIT_S)
        self.expect("exit code of index", 2 if self.broken else 0, process.returncode)
        if not out:
            raise SystemExit(f"index said nothing but: {err}")
        return json.loads(out)

    def content(self, database):
        return {name: self.server.rows(database, query) for name, query in CONTENTS.items()}

    def undisturbed(self):
        """Loses no good report to a broken one, and adds nothing twice."""
        database = self.server.new("undisturbed")
        started = time.monotonic()
        first = self.finish(self.start(database))
        self.duration = time.monotonic() - started
        self.expect("reports added", self.good, first["added"])
        self.expect("left out", self.broken, {each["report"] for each in first["left_out"]})
        self.expect("reasons", [], [each for each in first["left_out"] if not each["reason"].strip()])
        self.accept_change(database)
        self.wanted = self.content(database)
        self.expect("sessions", self.good + len(self.changed), len(self.wanted["sessions"]))
        self.expect("accepted changes", 1, len(self.wanted["changes"]))
        again = self.finish(self.start(database))
        self.expect("added and known by a second run", (0, self.good), (again["added"], again["known"]))
        self.compare("a second run", database)

    def made_again(self):
        """Takes what somebody explained from an index whose other tables this program cannot read."""
        old, new = self.server.new("old"), self.server.new("made_again")
        self.finish(self.start(old))
        self.accept_change(old)
        self.server.change(old, "UPDATE ipcbench_index SET version = 0", "DROP TABLE results")
        self.expect("changes taken over", 1, self.finish(self.start(new, "--accepted-from", old))["accepted"])
        self.expect("changes taken over twice", 0, self.finish(self.start(new, "--accepted-from", old))["accepted"])
        self.add_changed(new)
        self.compare("taking over changes", new)

    def moved(self):
        """Names relative to another folder, then moved: both are found from anywhere."""
        database = self.server.new("moved")
        self.finish(self.start(database))
        files = "SELECT file FROM sessions"
        before = self.server.rows(database, files)
        os.rename(self.reports, self.reports + "-2")
        try:
            done = subprocess.run([self.program, "index", "--json", "--db", database, "../" + os.path.basename(self.reports) + "-2"],
                                  cwd=self.reports + "-2", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=False)
            answer = json.loads(done.stdout)
            self.expect("added, known and moved", (0, self.good, self.good), tuple(answer[key] for key in ("added", "known", "moved")))
            after = [file.replace(os.path.realpath(self.reports), os.path.realpath(self.reports) + "-2") for file in before]
            self.expect("files after moving", sorted(after), self.server.rows(database, files))
        finally:
            os.rename(self.reports + "-2", self.reports)

    def compare(self, after, database):
        content = self.content(database)
        for name, rows in self.wanted.items():
            if rows != content[name]:
                extra = [row for row in content[name] if row not in set(rows)][:2]
                self.problems.append(f"after {after}, {name}: {len(content[name])} rows instead of {len(rows)}; e.g. {extra}")

    def killed(self):
        """Every kill finds the index of those before it; when one came too late, the index is begun anew. The first kill of an
        index finds it empty, and the later ones an accepted change."""
        round_number, accepted = 0, False
        database = self.server.new("killed0")
        for _ in range(self.kills):
            process = self.start(database)
            time.sleep(self.random.uniform(0, self.duration))
            process.send_signal(signal.SIGKILL)
            process.communicate()
            if not accepted:
                self.accept_change(database)
                accepted = True
            if process.returncode != -signal.SIGKILL:
                self.compare(f"kills up to round {round_number}", database)
                round_number, accepted = round_number + 1, False
                database = self.server.new(f"killed{round_number}")
        self.finish(self.start(database))
        if not accepted:
            self.accept_change(database)
        self.compare(f"{self.kills} kills", database)

    def crowded(self):
        database = self.server.new("crowded")
        writers = [self.start(database) for _ in range(2)]
        answers, refused = 0, 0
        while any(writer.poll() is None for writer in writers):
            before = answers
            readers = [subprocess.Popen([self.program, "query", "--db", database, "--group-by", "class", "--json"], text=True,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                       for _ in range(4)]
            for reader in readers:
                out, err = reader.communicate(timeout=COMMAND_LIMIT_S)
                if reader.returncode == 0:
                    answers += len(json.loads(out)) > 0
                elif any(reason in err for reason in ("no index", "no such index", "nothing in it")) and before == 0:
                    refused += 1  # before the first batch
                else:
                    self.problems.append(f"a reader beside writers ended with {reader.returncode}: {err}")
        added = sum(self.finish(writer)["added"] for writer in writers)
        self.expect("reports added by two writers", self.good, added)
        self.accept_change(database)
        self.compare(f"two writers and readers ({answers} answers, {refused} too early)", database)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("write_fleet")
    parser.add_argument("report")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--reports", type=int, default=240)
    parser.add_argument("--kills", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    with tempfile.TemporaryDirectory() as folder:
        server = (Sqlite if arguments.database == "sqlite" else Postgresql)(folder)
        try:
            trial = Trial(arguments, folder, server)
            for part in (trial.undisturbed, trial.killed, trial.crowded, trial.made_again, trial.moved):
                part()
        finally:
            server.stop()
    for problem in trial.problems:
        print(problem)
    if not trial.problems:
        print(f"{arguments.database}: {trial.good} reports, {len(trial.broken)} broken ones, {arguments.kills} kills: as promised")
    return 1 if trial.problems else 0


if __name__ == "__main__":
    sys.exit(main())
