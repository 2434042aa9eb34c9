#!/usr/bin/env bash
# Tests of ipcbench-once with a program that writes down what it is called with.
# shellcheck disable=SC2317,SC2016 # expect calls the functions in its arguments; the fake expands when it runs
set -uo pipefail

scratch=$(mktemp -d)/'with blanks'
mkdir -p "$scratch/bin"
trap 'rm -rf -- "${scratch%/*}"' EXIT
cp "$(dirname -- "${BASH_SOURCE[0]}")/../once.sh" "$scratch/bin/ipcbench-once"
# With HOLD it runs until it is killed.
cat >"$scratch/bin/ipcbench" <<'FAKE'
#!/bin/bash
printf '[%s]' "$@" >>"$LOG"
[[ -z ${HOLD:-} ]] || exec sleep 60
exit "${CODE:-0}"
FAKE
chmod +x "$scratch/bin/ipcbench"
export LOG=$scratch/log IPCBENCH_LEASE=$scratch/lease
report=$scratch/reports/one.json.zst
failures=0

once() {
  : >"$LOG"
  code=0
  output=$("$scratch/bin/ipcbench-once" "$@" 2>&1) || code=$?
}

expect() { # WHAT CONDITION...
  local what=$1
  shift
  "$@" && return
  echo "FAILED: $what (exit code $code, said: $output, called: $(cat "$LOG"))"
  failures=$((failures + 1))
}
exits_with() { ((code == $1)); }
called() { [[ $(cat "$LOG") == "$1" ]]; }

# Defect: a run that is lost, begun anew or repeated; a lost exit code; arguments that are split.
CODE=5 once "$report" --filter 'a b'
expect "a new report is measured" called "[run][--out][$report][--filter][a b]"
expect "the exit code is the run's" exits_with 5
touch "$report.journal"
once "$report" --filter 'a b'
expect "a journal without a report is resumed" called "[run][--resume][$report]"
touch "$report"
once "$report"
expect "an interrupted report is resumed" called "[run][--resume][$report]"
rm "$report.journal"
once "$report"
expect "a complete report is left alone" called ""
expect "that is success" exits_with 0

# Defect: two runs at once; a lease that outlives its run.
HOLD=yes "$scratch/bin/ipcbench-once" "$report.other" &
for ((i = 0; i < 500; ++i)); do
  [[ -s $LOG ]] && break
  sleep 0.02
done
once "$report.third"
expect "a second run is refused" exits_with 75
expect "it does not begin" called ""
expect "the reason is told" eval '[[ $output == *"another run has this machine"* ]]'
kill -KILL $!
wait $! 2>/dev/null
once "$report.third"
expect "a killed run leaves no lease" exits_with 0

# Defect: an option is taken for a report; a lease that cannot be made is no lease.
once --quiet
expect "a report is demanded" exits_with 2
IPCBENCH_LEASE=/proc/nowhere/lease once "$report.fourth"
expect "without a lease nothing begins" exits_with 2
expect "it does not begin without one" called ""

((failures == 0)) && echo "all as expected"
exit $((failures > 0))
