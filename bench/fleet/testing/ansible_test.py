#!/usr/bin/python3
"""Runs the playbook with ansible-core and sshd over machines of which one loses its power during its run and one has a full
disk. See machines.py.

Usage: ansible_test.py SOURCE_DIR BUILD_DIR [--whole]
--whole: also --check before the first installation, and a third run that must change nothing.
Exit codes: 0 as promised, 1 not, 77 programs or rights are missing (ctest: skipped).
"""
import glob
import json
import os
import re
import subprocess
import threading
import time

from machines import SCRATCH, packed, run, run_test, wait_until
from ssh_machines import CONFIG, boot, journal_lines, make_client, ssh_machine

REPORTS = f"{SCRATCH}/campaign"
ON_HOST = "/var/lib/ipcbench/campaign.json.zst"
SHORT = ["--mechanism", "pipe", "--size", "64", "--pattern", "latency", "--cpus", "free", "--wait", "block",
         "--peers", "fork", "--warm-up", "100us", "--time", "1ms"]
ONE_LAUNCH, MANY_LAUNCHES = ["--repetitions", "1"], ["--repetitions", "60"]


def inventory(machines):
    """{host: variables} as Ansible reads it; a JSON file is YAML too."""
    common = {"ansible_user": "root", "ansible_ssh_common_args": f"-F {CONFIG}", "ansible_python_interpreter": "/usr/bin/python3",
              "ipcbench_profile": "quick", "ipcbench_refused_doubts": [],
              "ipcbench_apt_cache_valid_time": 10**9}
    hosts = {machine.name: {"ipcbench_arguments": SHORT + launches} for machine, launches in machines.items()}
    path = f"{SCRATCH}/inventory.yml"
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"all": {"vars": common, "hosts": hosts}}, file)
    return path


class Fleet:
    """Calls of ansible-playbook, on a machine that has the program of the build."""

    def __init__(self, source, build, package, machines):
        self.folder = os.path.join(source, "bench/fleet/ansible")
        self.command = ["ansible-playbook", "-i", inventory(machines), "fleet.yml",
                        "-e", f"ipcbench_deb={package} ipcbench_reports={REPORTS}"]
        self.environment = {**os.environ, "ANSIBLE_RETRY_FILES_SAVE_PATH": SCRATCH, "PATH": f"{build}:{os.environ['PATH']}",
                            "LC_ALL": "C.UTF-8", "ANSIBLE_SSH_ARGS":
                            "-o ControlMaster=auto -o ControlPersist=60s -o ServerAliveInterval=1 -o ServerAliveCountMax=2"}

    def play(self, *arguments):
        """The exit code, the output, and the counts of the recap: {host: {"ok": N, "changed": N, ...}}."""
        output = ""
        with subprocess.Popen([*self.command, *arguments], cwd=self.folder, env=self.environment, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as playbook:
            for line in playbook.stdout:
                print(time.strftime("%X "), line, end="", flush=True)
                output += line
        recap = re.findall(r"^(\S+) +: (ok=.*)$", output, re.MULTILINE)
        return playbook.returncode, output, {
            host: {key: int(count) for key, count in re.findall(r"(\w+)=(\d+)", counts)} for host, counts in recap}


def report(host):
    """The report that was fetched."""
    return json.loads(run("zstd", "-dcq", f"{REPORTS}/{host}.json.zst"))


def fetched():
    return sorted(os.path.basename(path).split(".")[0] for path in glob.glob(f"{REPORTS}/*.json.zst"))


def cut_power_during_run(machine):
    wait_until(lambda: journal_lines(machine, ON_HOST) > 3, f"{machine.name} measures", seconds=300)
    machine.lose_power()


def test(source, build, whole):
    package = packed(build, "DEB")
    make_client()
    sound, dying, full = (ssh_machine(name, number) for number, name in enumerate(("sound", "dying", "full")))
    full.small_disk("/var/lib/ipcbench", os.path.getsize(package) // 1024 + 32)
    boot(sound, dying, full)
    fleet = Fleet(source, build, package, {sound: ONE_LAUNCH, dying: MANY_LAUNCHES, full: MANY_LAUNCHES})

    if whole:  # defect: --check fails where nothing is installed yet, or changes something
        code, _, _ = fleet.play("--check")
        assert code == 0 and not os.path.exists(sound.path("/usr/bin/ipcbench")) and fetched() == []

    # Defect: one host's failure keeps others from being measured, or is not told; a failed host is not listed for a retry.
    power_cut = threading.Thread(target=cut_power_during_run, args=[dying], daemon=True)
    power_cut.start()
    code, output, recap = fleet.play()
    power_cut.join()
    assert code != 0 and fetched() == ["sound"], (code, fetched())
    assert recap["dying"]["unreachable"] == 1 and recap["full"]["failed"] == 1 and recap["sound"]["failed"] == 0, recap
    assert "No space left on device" in output and "make room" in output
    with open(f"{SCRATCH}/fleet.retry", encoding="utf-8") as file:
        assert sorted(file.read().split()) == ["dying", "full"]

    # Defect: a second run measures again what there is, or begins anew what was interrupted.
    begun = {machine.name: journal_lines(machine, ON_HOST) for machine in (dying, full)}
    assert all(begun.values()), begun
    full.enlarge_disk("/var/lib/ipcbench", 65536)
    boot(dying)
    first_of_sound = os.stat(f"{REPORTS}/sound.json.zst").st_mtime_ns
    code, output, recap = fleet.play("--limit", f"@{SCRATCH}/fleet.retry")
    assert code == 0 and sorted(recap) == ["dying", "full"] and fetched() == ["dying", "full", "sound"], (code, recap)
    for host in begun:
        doubts = [doubt["what"] for doubt in report(host)["ipcbench"]["doubts"]]
        assert any("interrupted and resumed" in what for what in doubts), f"{host} was begun anew: {doubts}"
    assert f"Complete reports in {REPORTS}: 3" in output
    # Defect: what was fetched is not indexed, or twice.
    assert "added 2 reports; 1 known already" in output and os.path.exists(f"{SCRATCH}/fleet.sqlite")

    if whole:  # defect: a playbook that is not idempotent
        code, _, recap = fleet.play()
        assert code == 0 and all(counts["changed"] == 0 for counts in recap.values()), recap
        assert os.stat(f"{REPORTS}/sound.json.zst").st_mtime_ns == first_of_sound


if __name__ == "__main__":
    run_test(["ansible-playbook", "cpack", "dpkg-shlibdeps", "ip", "sshd", "zstd"], test)
