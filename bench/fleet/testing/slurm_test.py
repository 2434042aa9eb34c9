#!/usr/bin/python3
"""Submits jobs to slurmctld, with two slurmd and munge, of which one loses its power during its run; then a campaign whose
storage is full. See machines.py.

Usage: slurm_test.py SOURCE_DIR BUILD_DIR [--whole]
--whole: also the campaign on full storage, and one that samples a class of nodes.
Exit codes: 0 as promised, 1 not, 77 programs or rights are missing (ctest: skipped).
"""
import json
import os
import shutil
import subprocess

from machines import NETWORK, SCRATCH, Machine, run, run_test, wait_until

SHARED = f"{SCRATCH}/shared"
CAMPAIGN = f"{SHARED}/campaign"
SUBMIT = f"{SHARED}/fleet/slurm/submit.sh"
# Many launches, so that the run can be interrupted.
ARGUMENTS = ["--profile", "quick", "--mechanism", "pipe", "--size", "64", "--pattern", "latency", "--cpus", "free", "--wait", "block",
             "--peers", "fork", "--warm-up", "100us", "--time", "1ms", "--repetitions", "60"]
SLURM_CONF = """ClusterName=test
SlurmctldHost=control({control})
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={shared}/munge.socket,cred_expire=5
StateSaveLocation={scratch}/state
SlurmdSpoolDir=/var/spool/slurmd
SlurmctldPidFile={scratch}/slurmctld.pid
SlurmdPidFile=/run/slurmd.pid
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
MpiDefault=none
ReturnToService=2
SlurmdTimeout=4
SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=0,bf_interval=1
NodeName=one NodeAddr={one} CPUs={cpus}
NodeName=two NodeAddr={two} CPUs={cpus} Feature=small
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE
"""


def start_control(one, two):
    """munge and slurmctld, whose processes end with the namespaces."""
    for folder in ("state", "munge"):
        os.mkdir(f"{SCRATCH}/{folder}", 0o700)
    with open(f"{SCRATCH}/munge/key", "wb") as file:
        file.write(os.urandom(128))
    os.chmod(f"{SCRATCH}/munge/key", 0o600)
    run("munged", "--force", f"--socket={SHARED}/munge.socket", f"--key-file={SCRATCH}/munge/key",
        f"--log-file={SCRATCH}/munge/log", f"--pid-file={SCRATCH}/munge/pid", f"--seed-file={SCRATCH}/munge/seed")
    with open(f"{SHARED}/slurm.conf", "w", encoding="utf-8") as file:
        file.write(SLURM_CONF.format(scratch=SCRATCH, shared=SHARED, control=f"{NETWORK}1", one=one.address, two=two.address,
                                     cpus=os.cpu_count()))
    # Version 2 is looked for when slurmd starts, and would be used outside of the namespaces; version 1 when it is needed: never.
    with open(f"{SHARED}/cgroup.conf", "w", encoding="utf-8") as file:
        file.write("CgroupPlugin=cgroup/v1\n")
    os.environ["SLURM_CONF"] = f"{SHARED}/slurm.conf"
    run("hostname", "control")
    run("slurmctld", "-L", f"{SCRATCH}/slurmctld.log")


def slurm_node(name, number):
    """A machine that runs slurmd, not booted yet. It shares munged's socket with the test, as storage."""
    machine = Machine(name, number, ["slurmd", "-D", "-N", name, "-f", f"{SHARED}/slurm.conf"])
    os.makedirs(machine.path("/var/spool/slurmd"), exist_ok=True)
    return machine


def idle(*names):
    state = run("sinfo", "--noheader", "--Node", "--format=%N %T")
    return all(f"{name} idle\n" in state for name in names)


def submit(folder, *options):
    output = run(SUBMIT, folder, *options, "--", *ARGUMENTS)
    print(output, flush=True)
    return output


def check(folder, *options):
    """A dry run, whatever its exit code: that, and what it says."""
    done = subprocess.run([SUBMIT, "--check", folder, *options, "--", *ARGUMENTS], text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    print(done.stdout, flush=True)
    return done.returncode, done.stdout


def queued():
    return run("squeue", "--noheader", "--format=%j %n %T %r").strip()


def collected(folder):
    """Waits until no job is left. The collecting job's log."""
    wait_until(lambda: queued() == "", "all jobs have ended", seconds=120)
    with open(f"{folder}/collect.log", encoding="utf-8") as file:
        log = file.read()
    print(log, flush=True)
    return log


def lines_of(journal):
    with open(journal, "rb") as file:
        return file.read().count(b"\n")


def begun(folder, node):
    journal = f"{folder}/{node}.json.zst.journal"
    return os.path.exists(journal) and lines_of(journal) > 3


def was_resumed(folder, node):
    report = json.loads(run("zstd", "-dcq", f"{folder}/{node}.json.zst"))
    return any("interrupted and resumed" in doubt["what"] for doubt in report["ipcbench"]["doubts"])


def log_of(folder, node):
    with open(f"{folder}/{node}.log", encoding="utf-8") as file:
        return file.read()


def checks_without_submitting():
    # Defect: a dry run submits or makes something, or asks about other jobs than those that would be submitted.
    code, output = check(CAMPAIGN)
    assert code == 0 and "on nodes one " in output and "on nodes two " in output, output
    assert "Would be submitted: one" in output and "Would be submitted: two" in output, output
    assert queued() == "" and not os.path.exists(CAMPAIGN)
    # Defect: a job that Slurm would refuse hides the others, or counts as accepted.
    code, output = check(CAMPAIGN, "--constraint=small")
    assert code == 1 and "Refused: one" in output and "Would be submitted: two" in output, output


def dies_and_comes_back(two):
    # Defect: a node that dies takes its run with it, or the run begins anew; the other node's job waits for it.
    submit(CAMPAIGN)
    wait_until(lambda: begun(CAMPAIGN, "two"), "two measures")
    two.lose_power()
    wait_until(lambda: "PENDING" in queued().split("two", 1)[-1], "the job of two is requeued")
    print(run("sinfo", "--Node", "--long"), queued(), flush=True)
    # Defect: submitting again while a job waits for its node doubles it.
    again = submit(CAMPAIGN)
    assert "Submitted: two" not in again, again
    two.boot()
    log = collected(CAMPAIGN)
    assert f"Complete reports in {CAMPAIGN}: 2" in log and "Without" not in log, log
    assert was_resumed(CAMPAIGN, "two") and not was_resumed(CAMPAIGN, "one")


def repeats_only_what_is_missing():
    # Defect: a second run measures again what there is.
    os.remove(f"{CAMPAIGN}/one.json.zst")
    written = os.stat(f"{CAMPAIGN}/two.json.zst").st_mtime_ns
    output = submit(CAMPAIGN)
    assert "Submitted: one" in output and "Submitted: two" not in output, output
    assert f"{CAMPAIGN}: 2" in collected(CAMPAIGN)
    code, output = check(CAMPAIGN)
    assert code == 0 and "submitted: one" not in output and "submitted: two" not in output, output
    assert os.stat(f"{CAMPAIGN}/two.json.zst").st_mtime_ns == written


def survives_full_storage(small):
    # Defect: full storage loses what was measured, or nobody is told.
    submit(small, "--nodelist=one")
    wait_until(lambda: queued() == "", "all jobs have ended")
    # By hand, because the job's log found no room either.
    collection = subprocess.run([f"{SHARED}/fleet/collect.sh", small, "one"], text=True, capture_output=True, check=False)
    assert collection.returncode == 1 and "Without a complete report: one" in collection.stdout, collection
    assert "No space left on device" in log_of(small, "one") and "make room" in log_of(small, "one")
    run("mount", "-o", "remount,size=16m", small)
    submit(small, "--nodelist=one")
    assert f"{small}: 1" in collected(small) and was_resumed(small, "one")


def samples_a_class(sample):
    # Defect: jobs of a class run on other nodes, measure a node again, or their reports are not collected.
    submit(sample, "--array=1-2", "--constraint=small")
    log = collected(sample)
    assert f"Complete reports in {sample}: 1" in log and os.path.exists(f"{sample}/two.json.zst"), log
    assert not was_resumed(sample, "two")


def test(source, build, whole):
    run("cmake", "--install", build, "--prefix", f"{SHARED}/ipcbench", "--component", "ipcbench")
    shutil.copytree(f"{source}/bench/fleet", f"{SHARED}/fleet")
    os.environ["PATH"] = f"{SHARED}/ipcbench/bin:{os.environ['PATH']}"
    small = f"{SHARED}/small"
    os.mkdir(small)
    run("mount", "-t", "tmpfs", "-o", "size=32k", "small", small)
    one, two = (slurm_node(name, number) for number, name in enumerate(("one", "two")))
    start_control(one, two)
    try:
        one.boot()
        two.boot()
        wait_until(lambda: idle("one", "two"), "both nodes are idle")
        checks_without_submitting()
        dies_and_comes_back(two)
        repeats_only_what_is_missing()
        if whole:
            wait_until(lambda: idle("one"), "one is idle")
            survives_full_storage(small)
            samples_a_class(f"{SHARED}/sample")
    except AssertionError:
        for log in (f"{SCRATCH}/slurmctld.log", f"{one.disk}/console", f"{two.disk}/console"):
            subprocess.run(["tail", "-n", "40", log], check=False)
        subprocess.run(["sh", "-c", f"tail -n 20 {SHARED}/*/*.log; squeue; sinfo -Nl"], check=False)
        raise


if __name__ == "__main__":
    run_test(["ip", "munged", "sbatch", "sinfo", "slurmctld", "slurmd", "zstd"], test)
