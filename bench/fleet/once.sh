#!/usr/bin/env bash
# Measures this machine once for each name of a report, however often it is called; installed as ipcbench-once. Every
# engine calls it, so that all agree on what is done, what is resumed, and that two runs never share a machine.
set -euo pipefail
readonly exit_refused=2 exit_busy=75 # 75: EX_TEMPFAIL of sysexits.h

usage() {
  cat <<'USAGE'
Usage: ipcbench-once REPORT [ARGUMENT of `ipcbench run`...]

Measures if there is neither REPORT nor its journal, resumes a run that was interrupted, and does nothing if REPORT is
complete. An interrupted run keeps the arguments with which it was begun.

The run holds the lease of the machine: an exclusive flock(2) on /run/lock/ipcbench (IPCBENCH_LEASE names another file).
While another run holds it, this one is refused. The kernel ends the lease with the run, however it ends.

Exit codes: those of `ipcbench run`; 75 if another run has the machine.
USAGE
}

stop() { # CODE MESSAGE
  printf 'ipcbench-once: %s\n' "$2" >&2
  exit "$1"
}

case ${1:-} in
  -h | --help) usage && exit ;;
  '' | -*) stop $exit_refused "name the report. See ipcbench-once --help." ;;
esac
report=$1
lease=${IPCBENCH_LEASE:-/run/lock/ipcbench}
# The program beside this script, which need not be on PATH.
PATH=$(dirname -- "$(realpath -- "$0")"):$PATH

if [[ -e $report && ! -e $report.journal ]]; then
  echo "$report is complete. There is nothing to measure." >&2
  exit
fi
mkdir -p -- "$(dirname -- "$report")"

# Whoever comes first creates the file. It is opened for reading, so that any user can take the lease.
[[ -e $lease ]] || (umask 0 && : >"$lease") ||
  stop $exit_refused "the lease $lease cannot be created; name a file in another folder with IPCBENCH_LEASE."
exec {lease_descriptor}<"$lease"
flock --nonblock "$lease_descriptor" ||
  stop $exit_busy "another run has this machine (lslocks shows it holding $lease). Call again when it has ended."

if [[ -e $report || -e $report.journal ]]; then
  exec ipcbench run --resume "$report"
fi
exec ipcbench run --out "$report" "${@:2}"
