"""The shortages that the program must handle: how to create each one, and which messages are allowed."""
import os
import resource
import stat
import subprocess
from dataclasses import dataclass, field

from scarcity_world import CLONE_NEWNET, USER, Skip, call, mount, need

try:
    import seccomp
except ImportError:
    seccomp = None

ENOSYS, EPERM = 38, 1


@dataclass
class Condition:
    """`says`: a pattern that every reason and error must match, the name of the limit. `effect`: "none": everything is measured;
    "some": something is not; "any": either. `limits` are called in the child, as its user, just before the program starts."""
    name: str
    says: str = "no reason is expected"
    effect: str = "some"
    limits: list = field(default_factory=list)
    mounts: list = field(default_factory=list)
    prepare: callable = lambda world: None
    clean_up: callable = lambda: None
    namespaces: int = 0
    privileged: bool = False
    user: bool = False
    nameless: bool = False     # the user has no line in /etc/passwd, which only --libraries looks at
    out: bool = True           # with --out
    short: bool = False        # part of --short
    few: str = ""              # the mechanisms that --short is content with: those concerned, and another; by default all
    codes: tuple = (0, 2, 5)
    may_be_killed: bool = False  # with its guardian, by the OOM killer: nothing may be left after `clean`
    may_leave: tuple = ()
    extra: list = field(default_factory=list)  # arguments of `run`
    libraries: dict = field(default_factory=dict)  # what is otherwise with the transports of libraries: field -> value


def limit(number, soft, hard=None):
    return [lambda: resource.setrlimit(number, (soft, soft if hard is None else hard))]


def limited(name, number, soft, says, **more):
    return Condition(name, says, limits=limit(number, soft), **more)


# --- limits of the process ----------------------------------------------------------------------------------------------

FILES = r"ulimit -n|Too many open files"
SPINNING = ["--peers", "fork", "--cpus", "free", "--time", "30s", "--timeout", "60s"]
WITH_A_PATH = "fifo,file*,shared_offset,unix_*,pipe"


def process_limits():
    yield Condition("nothing is short", effect="none", short=True)
    for files in (4, 5, 6, 8, 10, 12, 16):
        yield limited(f"RLIMIT_NOFILE {files}", resource.RLIMIT_NOFILE, files, FILES, short=files in (5, 8),
                      libraries={"short": files == 16})
    yield limited("RLIMIT_NOFILE 32", resource.RLIMIT_NOFILE, 32, FILES, effect="any")
    yield limited("RLIMIT_NOFILE 64", resource.RLIMIT_NOFILE, 64, FILES, effect="none", libraries={"effect": "any"})
    # The run, its launcher, a guardian of each, an end and its two threads make seven; a fan has one end more.
    for processes in range(1, 9):
        yield limited(f"RLIMIT_NPROC {processes}, ordinary user", resource.RLIMIT_NPROC, processes, r"ulimit -u", user=True,
                      privileged=True, short=processes in (2, 5), effect="some" if processes < 6 else "any" if processes < 8 else "none",
                      libraries={"effect": "some", "short": processes == 8})
    for processes in (12, 20, 32):
        yield limited(f"RLIMIT_NPROC {processes}, ordinary user", resource.RLIMIT_NPROC, processes, r"ulimit -u", user=True,
                      privileged=True, effect="none", libraries={"effect": "any"})
    yield limited("RLIMIT_MEMLOCK 0", resource.RLIMIT_MEMLOCK, 0, "ulimit -l", effect="none")
    yield limited("RLIMIT_MSGQUEUE 0", resource.RLIMIT_MSGQUEUE, 0, "ulimit -q", short=True, few="posix_queue,pipe",
                  libraries={"effect": "none"})
    yield limited("RLIMIT_MSGQUEUE 2000 B", resource.RLIMIT_MSGQUEUE, 2000, "ulimit -q", libraries={"effect": "none"})
    yield limited("RLIMIT_SIGPENDING 0", resource.RLIMIT_SIGPENDING, 0, "ulimit -i",
                  extra=["--size", "8", "--mechanism", "rt_signal"], libraries={"effect": "any", "extra": []})
    for size in (0, 4096, 100_000):
        yield limited(f"RLIMIT_FSIZE {size} B", resource.RLIMIT_FSIZE, size, "ulimit -f|File too large", short=size == 4096,
                      few="file,file_mmap_ring,shared_offset,posix_shm_ring,fd_passing,memfd_ring,pipe")
    for mib in (13, 16, 24, 32):  # with less the dynamic loader fails before the program starts
        yield limited(f"RLIMIT_AS {mib} MiB", resource.RLIMIT_AS, mib << 20, "ulimit -v|ulimit -u and -v", effect="any",
                      libraries={"codes": (0, 2, 5, 127), "may_be_killed": True} if mib < 32 else {})
    yield limited("RLIMIT_CORE 0", resource.RLIMIT_CORE, 0, "", effect="none")
    yield Condition("RLIMIT_CPU 1 s of 60", "ulimit -t", limits=limit(resource.RLIMIT_CPU, 1, 60), codes=(0, 5, 128 + 24),
                    extra=["--mechanism", "ring_spin", *SPINNING], libraries={"extra": ["--mechanism", "boost_spsc_queue", *SPINNING]})


# --- System V, POSIX queues ---------------------------------------------------------------------------------------------

def sysctl(values):
    def prepare(world):
        need(world.private, "no IPC namespace of its own")
        for name, value in values.items():
            with open("/proc/sys/" + name.replace(".", "/"), "w", encoding="ascii") as file:
                file.write(value)
    return prepare


def ipc(says, few="", user=False, effect="some", **values):
    names = {name.replace("__", "."): value for name, value in values.items()}
    text = ", ".join(f"{name} {value}" for name, value in names.items())
    return Condition(text + (", ordinary user" if user else ""), says, prepare=sysctl(names), privileged=True, short=bool(few), few=few,
                     user=user, effect=effect, libraries={"effect": "none"})  # they use none of these


def ipc_limits():
    yield ipc(r"kernel\.msgmni", kernel__msgmni="0", few="sysv_queue,posix_queue")
    yield ipc(r"kernel\.msgmni", kernel__msgmni="1")
    yield ipc(r"kernel\.msgmax", kernel__msgmax="1")
    yield ipc(r"kernel\.msgmnb", kernel__msgmnb="4")
    yield ipc(r"kernel\.sem", kernel__sem="250 0 32 0")
    yield ipc(r"kernel\.sem", kernel__sem="250 1 32 1")
    yield ipc(r"kernel\.sem", kernel__sem="0 32000 32 128")
    yield ipc(r"kernel\.shmmni", kernel__shmmni="0")
    yield ipc(r"kernel\.shmmni", kernel__shmmni="1")
    yield ipc(r"kernel\.shmmax", kernel__shmmax="0")
    yield ipc(r"kernel\.shmmax", kernel__shmmax="4096", few="sysv_*,posix_shm_ring")
    yield ipc(r"kernel\.shmall", kernel__shmall="0")
    yield ipc(r"kernel\.shmall", kernel__shmall="2")
    yield ipc(r"fs\.mqueue\.queues_max", user=True, fs__mqueue__queues_max="0")
    yield ipc(r"fs\.mqueue\.queues_max", user=True, fs__mqueue__queues_max="1")
    yield ipc(r"fs\.mqueue\.msg_max", user=True, effect="none", fs__mqueue__msg_max="1", fs__mqueue__msg_default="1")


# --- folders ------------------------------------------------------------------------------------------------------------

def fill(world, place):
    path = os.path.join(world.folder, place)
    try:
        with open(path + "/filler", "wb", buffering=0) as file:
            while file.write(b"x" * 4096):
                pass
    except OSError:
        pass


def in_environment(change, **more):
    """`change`: name -> value, or None to unset it; {folder} is the world's folder."""
    def prepare(world):
        for name, value in change.items():
            world.environment.pop(name, None)
            if value is not None:
                world.environment[name] = value.format(folder=world.folder)
    return {"prepare": prepare, **more}


def long_folder(world):
    path = world.folder + "/tmp/" + "x" * (200 - len(world.folder) - 5)
    os.mkdir(path, 0o777)
    os.chmod(path, 0o1777)
    world.environment["TMPDIR"] = path


def with_folder(name):
    def prepare(world):
        os.mkdir(os.path.join(world.folder, name))
        world.environment["TMPDIR"] = os.path.join(world.folder, name)
    return prepare


def no_temporary_folder(world):
    """A root without /tmp."""
    root = world.path("root")
    os.mkdir(root)
    for name in ("usr", "bin", "lib", "lib64", "etc", "proc", "sys", "dev", "var"):
        if os.path.islink("/" + name):
            os.symlink(os.readlink("/" + name), f"{root}/{name}")
        elif os.path.isdir("/" + name):
            os.mkdir(f"{root}/{name}")
            call("mount", "--rbind", "/" + name, f"{root}/{name}")
    world.environment.pop("TMPDIR")
    world.before_exec.append(lambda: (os.chroot(root), os.chdir(world.path("cwd"))))


def device_nodes(_):
    """A /dev without shm."""
    for name, minor in (("null", 3), ("zero", 5), ("urandom", 9)):
        os.mknod("/dev/" + name, 0o666 | stat.S_IFCHR, os.makedev(1, minor))


def folders():
    yield Condition("/dev/shm of 64 KiB", "/dev/shm", mounts=[("tmpfs", "/dev/shm", "size=64k")], privileged=True, short=True,
                    few="posix_*,ring_*,pipe")
    yield Condition("/dev/shm full", "/dev/shm", mounts=[("tmpfs", "/dev/shm", "size=64k")],
                    prepare=lambda world: fill(world, "/dev/shm"), privileged=True)
    yield Condition("/dev/shm read-only", "/dev/shm", mounts=[("tmpfs", "/dev/shm", "ro")], privileged=True)
    yield Condition("no /dev/shm", "/dev/shm", mounts=[("tmpfs", "/dev", "mode=755")], prepare=device_nodes, privileged=True)
    yield Condition("TMPDIR full", "TMPDIR", mounts=[("tmpfs", "tmp", "size=64k,mode=1777")],
                    prepare=lambda world: fill(world, "tmp"), privileged=True)
    yield Condition("TMPDIR without inodes", "TMPDIR", mounts=[("tmpfs", "tmp", "nr_inodes=1")], privileged=True)
    yield Condition("TMPDIR with 3 inodes", "TMPDIR", mounts=[("tmpfs", "tmp", "nr_inodes=3,mode=1777")], privileged=True)
    yield Condition("TMPDIR read-only", "TMPDIR", mounts=[("tmpfs", "tmp", "ro")], privileged=True, short=True, few=WITH_A_PATH)
    yield Condition("TMPDIR names nothing: /tmp serves", effect="none", **in_environment({"TMPDIR": "/nonexistent"}))
    yield Condition("TMPDIR names nothing, /tmp read-only", "TMPDIR", mounts=[("tmpfs", "/tmp", "ro")], privileged=True,
                    **in_environment({"TMPDIR": "/nonexistent"}))
    yield Condition("no /tmp", "TMPDIR", prepare=no_temporary_folder, privileged=True)
    yield Condition("working directory read-only, no --out", "--out", mounts=[("tmpfs", "cwd", "ro")], privileged=True, out=False)
    yield Condition("working directory read-only", effect="none", mounts=[("tmpfs", "cwd", "ro")], privileged=True)
    yield Condition("report folder full", "--out|cannot write", mounts=[("tmpfs", "out", "size=16k")], privileged=True,
                    prepare=lambda world: fill(world, "out"))
    yield Condition("no /proc/sys", effect="none", mounts=[("tmpfs", "/proc/sys", "ro")], privileged=True)
    yield Condition("no /proc", "/proc", mounts=[("tmpfs", "/proc", "ro")], privileged=True, short=True,
                    extra=["--peers", "fork,exec", "--mechanism", "fifo,tcp"], libraries={"extra": ["--peers", "fork,exec"]})
    yield Condition("no /sys", effect="none", mounts=[("tmpfs", "/sys", "ro")], privileged=True)


# --- calls that an old kernel lacks, or a container forbids ---------------------------------------------------------

SINCE_4_19 = ["pidfd_open", "pidfd_send_signal", "close_range", "openat2", "clone3", "futex_waitv", "io_uring_setup",
              "io_uring_enter", "io_uring_register", "faccessat2", "epoll_pwait2", "process_madvise", "mount_setattr",
              "landlock_create_ruleset", "memfd_secret", "cachestat", "fchmodat2", "pidfd_getfd", "rseq"]
# The pattern of the program's message without the call; None if the call does not matter.
CALLS = {"pidfd_open": "pidfd_open", "pidfd_getfd": "pidfd_getfd", "pidfd_send_signal": None, "close_range": None, "memfd_create": "memfd_create",
         "getrandom": "getrandom|cannot write", "openat2": None, "statx": None, "clone3": None, "futex_waitv": "futex_waitv",
         "io_uring_setup": "io_uring", "memfd_secret": "memfd_secret", "perf_event_open": None, "mq_open": "POSIX queue|mq_open", "msgget": "System V queue|msgget",
         "semget": "System V semaphore|semget", "shmget": "System V|shmget", "eventfd2": "eventfd", "signalfd4": None,
         "timerfd_create": None, "rseq": None, "membarrier": None, "sched_setaffinity": "sched_setaffinity",
         "sched_getaffinity": "sched_getaffinity", "userfaultfd": None, "copy_file_range": None, "fallocate": "fallocate",
         "prctl": None, "rt_tgsigqueueinfo": "sigqueue", "mkdirat": None, "mknodat": "FIFO", "sched_yield": None}
FORBIDDEN = {"clone3": "start a thread", **{name: CALLS[name] for name in (
    "pidfd_open", "pidfd_getfd", "memfd_create", "mq_open", "msgget", "semget", "shmget", "eventfd2", "sched_setaffinity", "prctl", "rseq",
    "perf_event_open", "io_uring_setup", "userfaultfd", "fallocate")}}
# What libraries need besides, or do not.
OF_LIBRARIES = {"clone3": "thread"}
# What a server of a library leaves behind where it cannot learn of its starter's end.
LEFT_BY_LIBRARIES = {"prctl": ("a process",)}
# Arguments that show the effect where a usual run does not.
ARGUMENTS = {"rt_tgsigqueueinfo": ["--size", "8", "--mechanism", "rt_signal"], "futex_waitv": ["--mechanism", "ring_futex_waitv,pipe"],
             "pidfd_getfd": ["--mechanism", "pidfd_getfd,pipe"],
             "sched_setaffinity": ["--cpus", "same,free", "--mechanism", "pipe"]}
NUMBERS = {"futex_waitv": 449, "cachestat": 451, "fchmodat2": 452}  # newer than libseccomp 2.5.4


def filtered(names, error):
    """A filter that makes these calls fail. It also sets no_new_privs."""
    def load():
        rules = seccomp.SyscallFilter(seccomp.ALLOW)
        for name in names:
            rules.add_rule(seccomp.ERRNO(error), NUMBERS.get(name, name))
        rules.load()

    def prepare(_):
        need(seccomp is not None, "the Python module seccomp is missing (apt-get install python3-seccomp)")
    return {"limits": [load], "prepare": prepare}


def with_libraries(name):
    extra = [] if "--mechanism" in ARGUMENTS.get(name, []) else ARGUMENTS.get(name, [])
    return {"effect": "any", "says": OF_LIBRARIES.get(name) or CALLS[name] or name, "extra": extra,
            "may_leave": LEFT_BY_LIBRARIES.get(name, ())}


def calls():
    for name, says in CALLS.items():
        yield Condition(f"no {name} (ENOSYS)", says or "", effect="some" if says else "none", **filtered([name], ENOSYS),
                        extra=ARGUMENTS.get(name, []), libraries=with_libraries(name),
                        short=name in ("pidfd_open", "eventfd2"), few="eventfd,ring_eventfd,ring_signal,pipe")
    for name, says in FORBIDDEN.items():
        yield Condition(f"{name} forbidden (EPERM)", says or "", effect="some" if says else "none", **filtered([name], EPERM),
                        extra=ARGUMENTS.get(name, []), libraries=with_libraries(name),
                        short=name == "clone3", few="pipe,mutex_cond")
    yield Condition("nothing newer than Linux 4.19", "pidfd_open|pidfd_getfd|futex_waitv|io_uring|memfd_secret", **filtered(SINCE_4_19, ENOSYS), short=True)


# --- CPUs, memory, privilege, network -----------------------------------------------------------------------------------

CGROUPS = "/sys/fs/cgroup"
GROUP = f"ipcbench-scarcity-{os.getpid()}"


def group_folders(controllers):
    """One folder per controller (version 1), or one for all (version 2)."""
    if os.path.exists(f"{CGROUPS}/cgroup.controllers"):
        return [f"{CGROUPS}/{GROUP}"] * len(controllers)
    return [f"{CGROUPS}/{controller}/{GROUP}" for controller in controllers]


def write(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


def in_cgroup(settings):
    """settings: controller -> (file of version 1: text, file of version 2: text)."""
    def prepare(world):
        folders_of = dict(zip(settings, group_folders(settings)))
        version = 2 if os.path.exists(f"{CGROUPS}/cgroup.controllers") else 1
        try:
            for controller, folder in folders_of.items():
                os.makedirs(folder, exist_ok=True)
                for name, text in settings[controller][version - 1].items():
                    write(f"{folder}/{name}", text)
        except OSError as error:
            raise Skip(f"cgroups cannot be written here ({error})") from error
        for folder in set(folders_of.values()):
            world.before_exec.append(lambda folder=folder: write(f"{folder}/cgroup.procs", "0"))

    def clean_up():
        for folder in set(group_folders(settings)):
            if os.path.isdir(folder):
                os.rmdir(folder)
    return {"prepare": prepare, "clean_up": clean_up, "privileged": True}


HALF_A_CPU = {"cpu": ({"cpu.cfs_quota_us": "50000", "cpu.cfs_period_us": "100000"}, {"cpu.max": "50000 100000"}),
              "memory": ({"memory.limit_in_bytes": str(128 << 20)}, {"memory.max": str(128 << 20)})}
FEW_MEMORY = {"memory": ({"memory.limit_in_bytes": str(4 << 20)}, {"memory.max": str(4 << 20), "memory.swap.max": "0"})}
ONE_CPU = {"cpuset": ({"cpuset.cpus": "0", "cpuset.mems": "0"}, {"cpuset.cpus": "0"})}
FEW_PROCESSES = {"pids": ({"pids.max": "2"}, {"pids.max": "2"})}


def prefixed(*command):
    def prepare(world):
        done = subprocess.run([*command, "true"], capture_output=True, text=True, check=False)
        need(done.returncode == 0, f"{' '.join(command)}: {done.stderr.strip()}")
        world.prefix = list(command)
    return prepare


def as_user_in_namespace(world):
    world.become_user()
    prefixed("setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", "unshare", "--user", "--map-root-user")(world)
    world.prefix = ["unshare", "--user", "--map-root-user"]


def surroundings():
    yield Condition("one CPU (affinity)", effect="none", limits=[lambda: os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})],
                    short=True)
    yield Condition("one CPU (cpuset)", effect="none", **in_cgroup(ONE_CPU))
    yield Condition("half a CPU, 128 MiB (cgroup)", effect="none", **in_cgroup(HALF_A_CPU),
                    libraries={"may_be_killed": True, "effect": "any", "says": "memory|Killed|SIGKILL|timed out"})
    yield Condition("4 MiB (cgroup)", "memory|Killed", effect="any", may_be_killed=True, **in_cgroup(FEW_MEMORY))
    yield Condition("2 processes (cgroup)", r"pids\.max", **in_cgroup(FEW_PROCESSES))
    yield Condition("an ordinary user", effect="none", user=True, privileged=True, short=True)
    yield Condition("an ordinary user without a name", "/etc/passwd", user=True, nameless=True, privileged=True, effect="none",
                    libraries={"effect": "some"})
    yield Condition("root without capabilities", "", effect="none", privileged=True,
                    prepare=prefixed("setpriv", "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs"))
    yield Condition("root of a user namespace", effect="none", privileged=True, prepare=as_user_in_namespace)
    yield Condition("loopback network down", "ip link set lo up", namespaces=CLONE_NEWNET, privileged=True)


# --- environment --------------------------------------------------------------------------------------------------------

def environments():
    yield Condition("HOME unset", effect="none", **in_environment({"HOME": None}))
    yield Condition("empty environment", effect="none", prepare=lambda world: world.environment.clear(), short=True, few=WITH_A_PATH)
    yield Condition("TMPDIR empty", effect="none", **in_environment({"TMPDIR": ""}))
    yield Condition("TMPDIR relative", effect="none", **in_environment({"TMPDIR": "../tmp"}), short=True, few=WITH_A_PATH)
    yield Condition("TMPDIR with spaces and quotes", effect="none", prepare=with_folder("a folder's \"name\""))
    yield Condition("TMPDIR of 200 characters", "shorter path", prepare=long_folder, short=True, few=WITH_A_PATH)
    yield Condition("TMPDIR is a file", effect="none", **in_environment({"TMPDIR": "/etc/passwd"}))
    yield Condition("LC_ALL=nonsense, TZ=odd", effect="none", **in_environment({"LC_ALL": "nonsense", "LANG": "xx", "TZ": ":/odd"}))
    yield Condition("TERM, NO_COLOR, COLUMNS odd", effect="none",
                    **in_environment({"TERM": "\x1b[31m", "NO_COLOR": "", "COLUMNS": "-1"}))


def conditions():
    for group in (process_limits, ipc_limits, folders, calls, surroundings, environments):
        yield from group()
