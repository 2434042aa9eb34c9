"""Machines for tests of engines, made of namespaces: each has processes, network, host name and root file system of its
own. Packages can be installed there, a machine can lose its power, and its disk can be full.

The test replaces itself by one that runs in namespaces (`enter`), with everything it makes: the machines' disks are overlays in
a tmpfs, their network ends with the namespace, and their processes with process 1. So nothing is left however the test ends,
and nothing of the machine below changes.
"""
import argparse
import glob
import os
import shutil
import subprocess
import sys
import time

SCRATCH = "/srv"  # hidden by a tmpfs in the test's own mount namespace
NETWORK = "10.99.0."
SKIPPED = 77
NAMESPACES = ["unshare", "--mount", "--net", "--pid", "--ipc", "--uts", "--fork", "--kill-child", "--mount-proc"]
# Process 1 of a machine: its devices and volatile file systems, then the service. It stays, to reap what others leave.
BOOT = """set -e
hostname "$1"; cd "$2"
mount -t proc proc proc; mount -t sysfs sys sys; mount -t tmpfs run run; mount -t tmpfs tmp tmp
mount --rbind /dev dev; mount --make-rslave dev
mkdir -p run/lock run/sshd .{scratch}/shared; mount --rbind {scratch}/shared .{scratch}/shared
shift 2
chroot . "$@" & wait"""


def run(*command, **options):
    """Runs a command that must succeed, and returns its output."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **options)
    assert done.returncode == 0, f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}"
    return done.stdout


def packed(build, generator):
    """The package that cpack makes of a build folder, outside of it. Generators: DEB, TGZ."""
    folder = f"{SCRATCH}/{generator}"
    run("cpack", "-G", generator, "--config", f"{build}/CPackConfig.cmake", "-B", folder, "-D", f"CPACK_OUTPUT_FILE_PREFIX={folder}")
    package, = glob.glob(f"{folder}/ipcbench_*.deb") + glob.glob(f"{folder}/*.tar.gz")
    return package


def wait_until(condition, what, seconds=60):
    """Waits for a condition that must come; the time only bounds a test that hangs."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"waited {seconds} s in vain until {what}"
        time.sleep(0.01)


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(SKIPPED)


def enter(programs):
    """Continues the calling script in namespaces. Skips the test where programs or rights are missing."""
    if os.environ.get("IPCBENCH_TEST_ENTERED"):
        os.environ["HOME"] = f"{SCRATCH}/home"
        make_ground()
        return
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    missing = [name for name in programs if not shutil.which(name)]
    if missing:
        skip(f"{', '.join(missing)} missing; remedy: apt-get install --no-install-recommends ansible-core iproute2 munge "
             "openssh-client openssh-server python3-apt slurm-client slurmctld slurmd")
    if subprocess.run([*NAMESPACES, "mount", "-t", "tmpfs", "none", SCRATCH], capture_output=True, check=False).returncode:
        skip("namespaces and mounts are not allowed; remedy: run as root, in a container with --privileged")
    os.environ["IPCBENCH_TEST_ENTERED"] = "yes"
    os.execvp(NAMESPACES[0], [*NAMESPACES, sys.executable, *sys.argv])


def make_ground():
    """The scratch file system, and a bridge that joins the machines to the test, which has the address NETWORK + "1"."""
    run("mount", "-t", "tmpfs", "scratch", SCRATCH)
    run("mount", "-t", "tmpfs", "run", "/run")
    for folder in ("home", "shared"):
        os.mkdir(f"{SCRATCH}/{folder}")
    os.makedirs("/run/sshd")
    os.makedirs("/run/lock")
    run("ip", "link", "set", "lo", "up")
    run("ip", "link", "add", "fleet", "type", "bridge")
    run("ip", "address", "add", f"{NETWORK}1/24", "dev", "fleet")
    run("ip", "link", "set", "fleet", "up")


class Machine:
    """A machine at an address, with a service as its only process. Files below `path("/")` outlast a loss of power."""

    def __init__(self, name, number, service):
        self.name, self.address, self.service = name, f"{NETWORK}{10 + number}", service
        self.process = None
        self.disk = f"{SCRATCH}/{name}"
        for folder in ("written", "work", "root"):
            os.makedirs(f"{self.disk}/{folder}")
        run("mount", "-t", "overlay", "overlay", "-o",
            f"lowerdir=/,upperdir={self.disk}/written,workdir={self.disk}/work", f"{self.disk}/root")
        run("ip", "netns", "add", name)
        run("ip", "link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", name)
        run("ip", "link", "set", name, "master", "fleet")
        for command in ("link set lo up", "link set eth0 up", f"address add {self.address}/24 dev eth0"):
            run("ip", "-n", name, *command.split())

    def path(self, inside):
        return f"{self.disk}/root{inside}"

    def boot(self):
        run("ip", "link", "set", self.name, "up")
        with open(f"{self.disk}/console", "ab") as console:
            self.process = subprocess.Popen(
                ["ip", "netns", "exec", self.name, "unshare", "--mount", "--pid", "--ipc", "--uts", "--fork", "--kill-child",
                 "bash", "-c", BOOT.format(scratch=SCRATCH), "boot", self.name, self.path("/"), *self.service],
                stdin=subprocess.DEVNULL, stdout=console, stderr=console)

    def lose_power(self):
        """Nothing says goodbye: the network is gone before the processes are."""
        run("ip", "link", "set", self.name, "down")
        self.process.kill()
        self.process.wait()

    def small_disk(self, inside, kibibytes):
        """A file system of that size on a folder of the machine, before it boots."""
        os.makedirs(self.path(inside), exist_ok=True)
        run("mount", "-t", "tmpfs", "-o", f"size={kibibytes}k", "small", self.path(inside))

    def enlarge_disk(self, inside, kibibytes):
        """Also while the machine runs: what it sees is the same file system."""
        run("mount", "-o", f"remount,size={kibibytes}k", self.path(inside))


def run_test(programs, test):
    """The test of an engine: SOURCE BUILD [--whole]."""
    parser = argparse.ArgumentParser()
    parser.add_argument("source", type=os.path.abspath)
    parser.add_argument("build", type=os.path.abspath)
    parser.add_argument("--whole", action="store_true")
    options = parser.parse_args()
    enter(programs)
    test(options.source, options.build, options.whole)
