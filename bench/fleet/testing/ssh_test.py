#!/usr/bin/python3
"""Runs ssh.sh over two machines with sshd, of which one is switched off at first. See machines.py.

Usage: ssh_test.py SOURCE_DIR BUILD_DIR
Exit codes: 0 as promised, 1 not, 77 programs or rights are missing (ctest: skipped).
"""
import os
import pwd
import subprocess
import sys

from machines import SCRATCH, enter, packed
from ssh_machines import CONFIG, boot, make_client, ssh_machine

CAMPAIGN = f"{SCRATCH}/campaign"
ARGUMENTS = ["--profile", "quick", "--mechanism", "pipe", "--size", "64", "--repetitions", "1", "--warm-up", "100us", "--time", "1ms"]


def use_own_settings():
    """ssh and scp that read the test's settings. They find a home in the system's list of users, whatever HOME says."""
    os.mkdir(f"{SCRATCH}/bin")
    for program in ("ssh", "scp"):
        with open(f"{SCRATCH}/bin/{program}", "w", encoding="utf-8") as file:
            file.write(f'#!/bin/sh\nexec /usr/bin/{program} -F {CONFIG} "$@"\n')
        os.chmod(f"{SCRATCH}/bin/{program}", 0o755)
    os.environ["PATH"] = f"{SCRATCH}/bin:{os.environ['PATH']}"


def measure(source, archive, *options):
    done = subprocess.run([f"{source}/bench/fleet/ssh.sh", *options, archive, CAMPAIGN, "on", "off", "--", *ARGUMENTS], text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    print(done.stdout, flush=True)
    return done.returncode, done.stdout


def test(source, build):
    archive = packed(build, "TGZ")
    make_client()
    use_own_settings()
    on, off = ssh_machine("on", 0), ssh_machine("off", 1)
    boot(on)

    # Defect: --check changes something here or there, hides a machine that is switched off, or promises another run than comes.
    cache = on.path(f"{pwd.getpwnam('root').pw_dir}/.cache/ipcbench")
    code, output = measure(source, archive, "--check")
    assert code == 1 and "on: would begin a run" in output and "off: not reached" in output, output
    assert not os.path.exists(cache) and not os.path.exists(CAMPAIGN)
    os.makedirs(cache)
    with open(f"{cache}/campaign.json.zst.journal", "w", encoding="utf-8") as journal:
        code, output = measure(source, archive, "--check")
    assert code == 1 and "on: would resume a run" in output, output
    os.remove(journal.name)

    # Defect: a machine that is switched off keeps others from being measured, or is not named.
    code, output = measure(source, archive)
    assert code == 1 and "Without a complete report: off" in output and f"{CAMPAIGN}: 1" in output, output

    # Defect: a second call measures again what there is.
    boot(off)
    written = os.stat(f"{CAMPAIGN}/on.json.zst").st_mtime_ns
    code, output = measure(source, archive)
    assert code == 0 and f"{CAMPAIGN}: 2" in output, output
    assert os.stat(f"{CAMPAIGN}/on.json.zst").st_mtime_ns == written
    code, output = measure(source, archive, "--check")
    assert code == 0 and output.count("has its report: nothing to do") == 2, output
    assert sorted(name for name in os.listdir(CAMPAIGN)) == ["off.json.zst", "on.json.zst"], os.listdir(CAMPAIGN)


if __name__ == "__main__":
    enter(["cpack", "ip", "sshd", "zstd"])
    test(os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]))
