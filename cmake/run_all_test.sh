#!/usr/bin/env bash
# Tests of run_all.sh: the arguments that the program gets, and how exit codes and signals are passed on. cmake, ctest
# and ipcbench are fakes written here, so nothing is built or measured. The folders have blanks in their names.
# shellcheck disable=SC2317,SC2016 # expect calls the functions in its arguments; fakes expand when they run
set -uo pipefail

source_dir=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
scratch=$(mktemp -d)/'with blanks'
trap 'rm -rf -- "${scratch%/*}"' EXIT
log=$scratch/log
mkdir -p "$scratch/checkout/cmake" "$scratch/bin"
cp "$source_dir/run_all.sh" "$source_dir/CMakePresets.json" "$scratch/checkout/"
failures=0

fake() { # FILE BODY
  printf '#!/bin/bash\n%s\n' "$2" >"$1"
  chmod +x "$1"
}

# All prerequisites are there; their functions have a separate test.
echo 'ensure_prerequisites() { echo "prerequisites $*" >>"$LOG"; }
usable_prerequisites() { echo "$1: ${LIBRARIES:-none}"; }' >"$scratch/checkout/cmake/prerequisites.sh"
# Configuring leaves a build file, like the Ninja generator.
fake "$scratch/bin/cmake" 'echo "cmake $*" >>"$LOG"
  [[ $1 == --build ]] || echo "${CHARTS:+build charts: phony plots/charts}" >"${@: -1}/build.ninja"'
fake "$scratch/bin/ctest" 'echo "ctest $*" >>"$LOG"; exit "${CTEST_CODE:-0}"'

fake "$scratch/bin/cpack" 'echo "cpack $* at ${SOURCE_DATE_EPOCH:-any time}" >>"$LOG"; mkdir -p packages; : >packages/ipcbench_1.deb'
# Ends with PLAY_CODE, having listed the hosts of RETRY.
fake "$scratch/bin/ansible-playbook" 'printf "[%s]" ansible-playbook "$@" >>"$LOG"; echo >>"$LOG"
  [[ -z ${RETRY:-} ]] || { sleep 0.01; printf "%s\n" $RETRY >"$ANSIBLE_RETRY_FILES_SAVE_PATH/fleet.retry"; }
  exit "${PLAY_CODE:-0}"'
mkdir -p "$scratch/checkout/bench/fleet"
fake "$scratch/checkout/bench/fleet/collect.sh" 'echo "collect $*" >>"$LOG"; exit "${COLLECT_CODE:-0}"'

# Writes a report unless NO_REPORT is set, and ends with RUN_CODE. With WAIT it counts signals until none comes for a while.
fake "$scratch/ipcbench" '
  command=$1
  while (($#)); do
    [[ $1 != --out ]] || out=$2
    printf "[%s]" "$1" >>"$LOG"
    shift
  done
  echo >>"$LOG"
  if [[ $command == plot ]]; then
    mkdir "$out"
    exit "${PLOT_CODE:-0}"
  fi
  [[ -n ${NO_REPORT:-} ]] || echo "{}" >"$out"
  if [[ -n ${WAIT:-} ]]; then
    trap "echo signal >>\"$LOG\"; seen=1" INT TERM
    echo ready >>"$LOG"
    for ((i = 0; i < 200; ++i)); do
      [[ -z ${seen:-} ]] || ((++after < 5)) || exit 130
      sleep 0.05
    done
  fi
  exit "${RUN_CODE:-0}"'

export LOG=$log PATH="$scratch/bin:$PATH"
export IPCBENCH_BUILD_DIR="$scratch/build dir" IPCBENCH_RESULTS_DIR="$scratch/results dir"

fresh() {
  rm -rf "$IPCBENCH_BUILD_DIR" "$IPCBENCH_RESULTS_DIR"
  mkdir "$IPCBENCH_BUILD_DIR"
  cp "$scratch/ipcbench" "$IPCBENCH_BUILD_DIR/"
  again
}
again() { : >"$log"; }

run_all() {
  code=0
  output=$("$scratch/checkout/run_all.sh" "$@" 2>&1 </dev/null) || code=$?
}

expect() { # WHAT CONDITION...
  local what=$1
  shift
  "$@" && return
  echo "FAILED: $what"
  echo "  exit code $code, said: $output"
  sed 's/^/  log: /' "$log"
  failures=$((failures + 1))
}
exits_with() { ((code == $1)); }
says() { [[ $output == *"$1"* ]]; }
did() { grep -qE -- "$1" "$log"; }
did_not() { ! did "$1"; }

# Defect: the profile, the report's name or the user's arguments do not arrive, or are split at blanks.
fresh
run_all --profile quick -- --mechanism pipe --filter 'a b' -- --benchmark_filter=x
expect "success" exits_with 0
expect "profile, report and arguments arrive" did \
  '^\[run\]\[--profile\]\[quick\]\[--out\]\[.*/results dir/[^/]*-[0-9]{8}T[0-9]{6}Z\.json\]\[--mechanism\]\[pipe\]\[--filter\]\[a b\]\[--\]\[--benchmark_filter=x\]$'
expect "charts are drawn of that report" did '^\[plot\]\[.*Z\.json\]\[--out\]\[.*Z\]$'
expect "the report is named" says "$(ls "$IPCBENCH_RESULTS_DIR"/*.json)"
expect "charts and browser are optional, the build is not" did '^prerequisites yes build charts$'

# Defect: a second run configures again, or the first one does not.
expect "the first run configures" did '^cmake --fresh --preset release -B .*/build dir$'
again
run_all
expect "the default is the standard profile" did '^\[run\]\[--profile\]\[standard\]'
expect "the second run does not configure" did_not '^cmake --fresh'
expect "the second run lets Ninja check the build" did '^cmake --build .*/build dir --target ipcbench --parallel'
echo >>"$scratch/checkout/CMakePresets.json"
again
run_all
expect "changed presets cause a new configuration" did '^cmake --fresh'

# Defect: libraries are required, or one that is installed later has no part in the build.
again
LIBRARIES=libzmq3-dev run_all --libraries
expect "libraries are optional" did '^prerequisites yes build charts libraries$'
expect "a new library causes a new configuration" did '^cmake --fresh'

# Defect: a build without Node fails for a target that it lacks, or one with Node draws nothing.
fresh
CHARTS=1 run_all
expect "the page is built where it can be" did '^cmake --build .* --target ipcbench charts --parallel'

# Defect: a failed measurement counts as success or loses its charts, or charts hide the measurement's code.
fresh
RUN_CODE=5 run_all
expect "code 5 is passed on" exits_with 5
expect "charts are drawn despite code 5" did '^\[plot\]'
fresh
PLOT_CODE=2 run_all
expect "failed charts are a failure" exits_with 2
fresh
RUN_CODE=5 PLOT_CODE=2 run_all
expect "the measurement's code comes before the charts'" exits_with 5

# Defect: success, or the name of a report, without a report.
fresh
RUN_CODE=2 NO_REPORT=1 run_all
expect "a refused run keeps its code" exits_with 2
expect "no charts without a report" did_not '^\[plot\]'
expect "it says that there is no report" says "left no report"
fresh
NO_REPORT=1 run_all
expect "a missing report is always a failure" exits_with 2

# Defect: an interrupted run continues, loses its partial report, or gets the signal twice, which stops it at once.
for signal in INT TERM; do
  fresh
  code=0
  # Through env, because a shell makes background jobs ignore SIGINT.
  WAIT=1 env --default-signal=INT "$scratch/checkout/run_all.sh" >"$scratch/output" 2>&1 </dev/null &
  for ((i = 0; i < 200; ++i)); do
    did '^ready$' && break
    sleep 0.05
  done
  kill "-$signal" $!
  wait $! || code=$?
  output=$(cat "$scratch/output")
  expect "SIG$signal ends it as an interruption" exits_with 130
  expect "SIG$signal arrives once" test "$(grep -c '^signal$' "$log")" -eq 1
  expect "SIG$signal: the partial report is named" says "$(ls "$IPCBENCH_RESULTS_DIR"/*.json)"
  expect "SIG$signal: no charts are started" did_not '^\[plot\]'
done

# Defect: ctest's verdict is lost, or its arguments are.
fresh
CTEST_CODE=8 run_all test -R 'a b'
expect "the exit code is ctest's" exits_with 8
expect "ctest's arguments arrive" did '^ctest .* -R a b$'
expect "everything is built before" did '^cmake --build .* --target all'

# Defect: the playbook gets another package, inventory or folder, or the user's arguments are lost.
fresh
touch "$scratch/hosts.yml"
run_all fleet --inventory "$scratch/hosts.yml" --campaign first --profile quick -- --limit 'a b'
expect "success" exits_with 0
expect "the same program gives the same package" did '^cpack -G DEB -D CPACK_COMPONENTS_ALL=ipcbench at [0-9]+$'
expect "the engines are required" did '^prerequisites yes build fleet package engines charts$'
expect "the playbook gets inventory, package, folder, profile and arguments" did \
  '^\[ansible-playbook\]\[--inventory\]\[.*/hosts.yml\].*ipcbench_1.deb", "ipcbench_reports": "[^"]*/results dir/first", "ipcbench_profile": "quick"\}\]\[--limit\]\[a b\]\[.*/fleet.yml\]$'
expect "the reports are collected" did '^collect .*/results dir/first$'

# Defect: hosts without a report count as success, or are not named; their list outlives their repair.
PLAY_CODE=4 RETRY="one two" run_all fleet --inventory "$scratch/hosts.yml" --campaign first
expect "missing hosts are a failed measurement" exits_with 5
expect "they are named" says "Not measured: one two."
expect "the command to repeat them is told" says "--limit @"
expect "the others are collected" did '^collect .*/results dir/first$'
PLAY_CODE=4 run_all fleet --inventory "$scratch/hosts.yml" --campaign first
expect "a playbook that cannot be read is refused" exits_with 2
expect "hosts of an earlier call are not named" eval '! says "Not measured"'
COLLECT_CODE=2 run_all fleet --inventory "$scratch/hosts.yml" --campaign first
expect "an index that failed is a failure" exits_with 2
expect "the list is gone" test ! -e "$IPCBENCH_RESULTS_DIR/first/fleet.retry"
for mistake in fleet "fleet --inventory /nowhere" "fleet --inventory /dev/null --campaign ../x" "--inventory /dev/null"; do
  again
  # shellcheck disable=SC2086 # options and their values
  run_all $mistake
  expect "'$mistake' is refused" exits_with 2
  expect "'$mistake' starts nothing" did_not .
done

# Defect: wrong arguments are accepted, or refused without saying what is allowed.
fresh
for mistake in --profil '--profile fast' --profile '-- --out x.json'; do
  # shellcheck disable=SC2086 # an argument and its value
  run_all $mistake
  expect "'$mistake' is refused" exits_with 2
  expect "'$mistake' starts nothing" did_not .
done
run_all --profile fast
expect "the message says what is allowed" says "quick, standard, full"
run_all --help
expect "help succeeds" exits_with 0
expect "the help mentions the tests" says "./run_all.sh test"
IPCBENCH_BUILD_DIR=/proc/nowhere run_all
expect "an unwritable build folder is refused" exits_with 2
expect "the message names the remedy" says "Set IPCBENCH_BUILD_DIR"

((failures == 0)) && echo "all as expected"
exit $((failures > 0))
