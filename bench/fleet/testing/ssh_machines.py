"""Machines that answer ssh, with keys made for the test alone. See machines.py."""
import os
import re
import socket

from machines import SCRATCH, Machine, run, wait_until

CONFIG = f"{SCRATCH}/ssh_config"


def make_client():
    """The client's key and settings; nobody's own ~/.ssh is read."""
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", f"{SCRATCH}/client_key")
    with open(CONFIG, "w", encoding="utf-8") as file:
        file.write(f"IdentityFile {SCRATCH}/client_key\nIdentitiesOnly yes\nUserKnownHostsFile {SCRATCH}/known_hosts\n"
                   "GlobalKnownHostsFile none\nStrictHostKeyChecking yes\nUser root\nConnectTimeout 3\nBatchMode yes\n")


def ssh_machine(name, number):
    """A machine that runs sshd, not booted yet. The client knows its key."""
    machine = Machine(name, number, ["/usr/sbin/sshd", "-D", "-e", "-f", "/etc/sshd_of_test"])
    key = machine.path("/etc/host_key_of_test")
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key)
    run("cp", f"{SCRATCH}/client_key.pub", machine.path("/etc/client_of_test"))
    with open(machine.path("/etc/sshd_of_test"), "w", encoding="utf-8") as file:
        file.write("HostKey /etc/host_key_of_test\nAuthorizedKeysFile /etc/client_of_test\nStrictModes no\nUsePAM no\n"
                   "PermitRootLogin prohibit-password\nSubsystem sftp internal-sftp\n")
    with open(machine.path("/etc/shadow"), "r+", encoding="utf-8") as file:  # without PAM, sshd refuses locked accounts
        accounts = re.sub(r"^root:[^:]*", "root:*", file.read(), flags=re.MULTILINE)
        file.seek(0)
        file.write(accounts)
    with open(f"{key}.pub", encoding="utf-8") as public, open(f"{SCRATCH}/known_hosts", "a", encoding="utf-8") as known:
        known.write(f"{machine.address},{name} {public.read()}")
    with open(CONFIG, "a", encoding="utf-8") as file:
        file.write(f"Host {name}\n  HostName {machine.address}\n")
    return machine


def boot(*machines):
    """Boots the machines and waits until sshd answers."""
    for machine in machines:
        machine.boot()
    for machine in machines:
        wait_until(lambda machine=machine: answers(machine), f"{machine.name} answers ssh")


def answers(machine):
    """From here: a network that has just come up is reached later than sshd listens."""
    try:
        with socket.create_connection((machine.address, 22), timeout=1):
            return True
    except OSError:
        return False


def journal_lines(machine, report):
    """Lines of the journal of a report on a machine; 0 if there is none."""
    journal = machine.path(f"{report}.journal")
    if not os.path.exists(journal):
        return 0
    with open(journal, "rb") as file:
        return file.read().count(b"\n")
