"""Runs the program under one condition, in its own namespaces for System V objects, POSIX queues and
mounts (where privilege allows) and its own folder, and looks for leftovers.
"""
import ctypes
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time

LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNS, CLONE_NEWIPC, CLONE_NEWNET = 0x00020000, 0x08000000, 0x40000000
PR_SET_CHILD_SUBREAPER = 36
USER = 54321  # nobody else has processes of this user
COMMAND_LIMIT_S = 240
STRAGGLER_LIMIT_S = 10


class Skip(Exception):
    """A condition that this machine cannot create; the text says why."""


def need(holds, reason):
    if not holds:
        raise Skip(reason)


def libc(name, *arguments):
    if getattr(LIBC, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def call(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    need(done.returncode == 0, f"{' '.join(command)}: {done.stderr.strip()}")


def mount(kind, target, options="rw"):
    call("mount", "-t", kind, "-o", options, kind, target)


class World:
    """The place for a condition: `folder` with tmp (TMPDIR), cwd and out, the environment and the steps before the program starts.

    namespaces: flags of unshare(2) beyond those that every condition gets; mounts: (type, target, options), where a target
    that starts without a slash stands in the folder.
    """

    has_transports = False  # whether the program finds those of libraries, which are in a folder beside it

    def __init__(self, folder, program, condition):
        self.folder, self.condition = folder, condition
        self.private = os.geteuid() == 0
        for name in ("bin", "tmp", "cwd", "out", "queues"):
            os.mkdir(self.path(name), 0o755)
        self.program = shutil.copy(program, self.path("bin"))
        if self.has_transports:
            os.symlink(os.path.join(os.path.dirname(os.path.abspath(program)), "transports"), self.path("bin/transports"))
        self.environment = {**os.environ, "TMPDIR": self.path("tmp")}
        self.environment.pop("NO_COLOR", None)
        self.before_exec = []  # called in the child, in order
        self.prefix = []       # of the command line
        self.out = self.path("out") + "/report.json"
        self.tables = []
        self.folders = []

    def path(self, name):
        return os.path.join(self.folder, name)

    def enter(self):
        libc("prctl", PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        if self.private:
            try:
                libc("unshare", CLONE_NEWNS | CLONE_NEWIPC | self.condition.namespaces)
            except OSError as error:
                self.private = False
                need(not self.condition.privileged, f"no namespaces of its own ({error})")
        need(self.private or not self.condition.privileged, "takes privilege")
        if self.private:
            call("mount", "--make-rprivate", "/")
            mount("tmpfs", "/dev/shm", "mode=1777")
            mount("mqueue", self.path("queues"))
        hidden = [place for place in self.condition.mounts if place[1].startswith(("/proc", "/sys"))]
        for kind, target, options in (place for place in self.condition.mounts if place not in hidden):
            mount(kind, os.path.join(self.folder, target), options)
        self.condition.prepare(self)
        if self.condition.user:
            self.become_user()
        self.watch()
        for kind, target, options in hidden:
            mount(kind, target, options)

    def become_user(self):
        for name in ("tmp", "cwd", "out"):
            os.chown(self.path(name), USER, USER)
        if self.has_transports and not self.condition.nameless:
            self.name_user()
        self.before_exec += [lambda: os.setgroups([]), lambda: os.setgid(USER), lambda: os.setuid(USER)]

    def name_user(self):
        """Some libraries ask for names."""
        for file, line in (("passwd", f"scarcity:x:{USER}:{USER}::/:/bin/sh"), ("group", f"scarcity:x:{USER}:")):
            shutil.copyfile(f"/etc/{file}", self.path(file))
            with open(self.path(file), "a", encoding="utf-8") as named:
                named.write(line + "\n")
            call("mount", "--bind", self.path(file), f"/etc/{file}")

    def watch(self):
        """Opens the places where leftovers show, before a condition hides them."""
        for kind in ("msg", "sem", "shm"):
            self.tables.append((kind, os.open(f"/proc/sysvipc/{kind}", os.O_RDONLY)))
        for place in ("/dev/shm", self.path("queues"), self.path("tmp")):
            if os.path.isdir(place):
                self.folders.append((place, os.open(place, os.O_RDONLY | os.O_DIRECTORY), set(os.listdir(place))))
        self.objects_before = self.objects()

    def objects(self):
        """The System V objects as lines: kind and identifier."""
        found = set()
        for kind, table in self.tables:
            os.lseek(table, 0, os.SEEK_SET)
            text = b""
            while piece := os.read(table, 65536):
                text += piece
            found |= {f"{kind} {line.split()[1].decode()}" for line in text.splitlines()[1:]}
        return found

    def left_behind(self):
        found = [f"System V {name}" for name in self.objects() - self.objects_before] if self.private else []
        for place, folder, before in self.folders:
            found += [f"{place}/{name}" for name in set(os.listdir(folder)) - before if "ipcbench" in name or self.private]
        deadline = time.monotonic() + STRAGGLER_LIMIT_S
        while (pid := self.straggler()) is not None and time.monotonic() < deadline:
            time.sleep(0.02)
        if pid is not None:
            found.append("a process")
        return found

    @staticmethod
    def straggler():
        """A process that outlived the program and that this process has adopted; None if there is none."""
        try:
            while True:
                pid, _ = os.waitpid(-1, os.WNOHANG)
                if pid == 0:
                    return 0
        except ChildProcessError:
            return None

    def run(self, arguments):
        """Runs the program. Returns exit code (negative: signal; None: hung), standard output and error."""
        def before_exec():
            for step in self.before_exec + self.condition.limits:
                step()

        # Through pipes, because files may not be allowed to grow.
        process = subprocess.Popen([*self.prefix, self.program, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, cwd=self.path("cwd"), env=self.environment, preexec_fn=before_exec,
                                   start_new_session=True)
        try:
            texts = process.communicate(timeout=COMMAND_LIMIT_S)
            code = process.returncode
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            texts = process.communicate()
            code = None
        return code, *(text.decode("utf-8", "replace") for text in texts)

    def report(self):
        try:
            with open(self.out, encoding="utf-8") as file:
                text = file.read()
        except OSError:
            return None
        os.unlink(self.out)
        return json.loads(text)


def in_world(condition, program, act):
    """Calls act(world) under the condition in a separate process. Returns its result, {"skipped": reason} or {"problem": text}."""
    folder = tempfile.mkdtemp(prefix="scarcity-", dir="/var/tmp")  # conditions hide /tmp
    os.chmod(folder, 0o755)
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        play(World(folder, program, condition), act, writing)
    os.close(writing)
    text = read_all(reading, 4 * COMMAND_LIMIT_S)
    if text is None:
        os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    condition.clean_up()
    shutil.rmtree(folder, ignore_errors=True)
    return json.loads(text) if text else {"problem": "hung"}


def judged(chosen, program, act, judge, columns, known=None):
    """Calls act(world) under each condition and prints a Markdown table of `columns` and the broken promises.

    known: the results under some conditions, by their names.
    judge(condition, answer): the line of the table and the broken promises. Returns the exit code of the test: 0 as promised,
    1 not, 77 no condition could be created.
    """
    print("| " + " | ".join(columns) + " |\n" + "|---" * len(columns) + "|")
    made, broken = 0, []
    for condition in chosen:
        answer = (known or {}).get(condition.name) or in_world(condition, program, act)
        if "skipped" in answer:
            print(f"| {condition.name} | skipped: {answer['skipped']} " + "| " * (len(columns) - 2) + "|", flush=True)
            continue
        made += 1
        if "problem" in answer:
            broken.append(f"{condition.name}: {answer['problem']}")
            continue
        line, problems = judge(condition, answer)
        print(line, flush=True)
        broken += [f"{condition.name}: {problem}" for problem in dict.fromkeys(problems)]
    print(f"\n{made} conditions of {len(chosen)} made, {len(broken)} broken promises")
    print("\n".join(broken))
    return 1 if broken else (0 if made else 77)


def play(world, act, writing):
    try:
        world.enter()
        answer = act(world)
    except Skip as reason:
        answer = {"skipped": str(reason)}
    except BaseException as error:  # pylint: disable=broad-except
        answer = {"problem": f"the condition could not be made: {type(error).__name__}: {error}"}
    with os.fdopen(writing, "w") as pipe:
        json.dump(answer, pipe)
    os._exit(0)


def read_all(fd, limit_s):
    deadline = time.monotonic() + limit_s
    text = b""
    with os.fdopen(fd, "rb", buffering=0) as pipe:
        while select.select([pipe], [], [], max(0, deadline - time.monotonic()))[0]:
            piece = pipe.read(65536)
            if not piece:
                return text.decode()
            text += piece
    return None
