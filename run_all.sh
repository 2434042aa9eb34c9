#!/usr/bin/env bash
# The main job from scratch: prerequisites, build, measurement, report, charts. See ./run_all.sh --help.
set -euo pipefail

source_dir=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
build_dir=$(realpath -m -- "${IPCBENCH_BUILD_DIR:-$source_dir/build}")
results_dir=$(realpath -m -- "${IPCBENCH_RESULTS_DIR:-$source_dir/results/runs}")
readonly exit_refused=2 exit_measurement_failed=5
# shellcheck source=cmake/prerequisites.sh
source "$source_dir/cmake/prerequisites.sh"

usage() {
  cat <<'USAGE'
Measures how processes on this machine can communicate, and shows the result.

  ./run_all.sh [--profile quick|standard|full] [--libraries] [--no-install] [-- ARGUMENT...]
  ./run_all.sh test [--libraries] [--no-install] [CTEST ARGUMENT...]
  ./run_all.sh fleet --inventory FILE [--campaign NAME] [--profile P] [--no-install] [-- ARGUMENT...]

The first form installs what is missing, builds the program, measures, writes a report and draws charts.
The second builds everything and runs all tests.
The third builds the package, measures the hosts of an Ansible inventory, and indexes their reports. Called again with the
same campaign, it measures only what is missing (bench/fleet/FLEET.md).

  --profile P      quick (at most 60 s), standard (at most 10 minutes; the default) or full (at most an hour)
  --libraries      also install the libraries whose transports can be measured (ZeroMQ, gRPC, Redis and others), in all
                   about a hundred packages; those that are there take part in any case
  --no-install     install nothing: print the command that would, and stop
  -- ARGUMENT...   passed to `ipcbench run`, e.g. -- --mechanism pipe,fifo --size 64,4KiB
  CTEST ARGUMENT   passed to ctest, e.g. -R histogram
  --inventory FILE the hosts; what follows -- is passed to `ansible-playbook`, e.g. -- --check, -- --limit epyc
  --campaign NAME  names the folder of the fleet's reports (default: today's date, UTC)
  --help           this text

Environment:
  IPCBENCH_BUILD_DIR     where to build                (default: build, in the source tree)
  IPCBENCH_RESULTS_DIR   where reports and charts go   (default: results/runs, in the source tree)

Exit codes: 0 success; 2 refused (wrong arguments, missing prerequisites, or no way to build or write);
5 measurement failed (the report says which and why; of a fleet: a host has none); 6 defect of ipcbench; 130 interrupted (the report holds
what was measured until then). `test` ends with those of ctest.
USAGE
}

say() { printf '%s\n' "$*" >&2; }

stop() { # CODE MESSAGE
  say "run_all.sh: $2"
  exit "$1"
}

# --- arguments ---------------------------------------------------------------------------------------------------

job=run profile=standard install=yes libraries='' inventory='' campaign=$(date -u +%F) passed_on=()

# The value of an option, in $value.
need_value() { # OPTION WORDS ARGUMENT...
  (($# > 3)) || stop $exit_refused "$1 needs a value: $2."
  value=$4
}

parse_arguments() {
  local value
  case ${1:-} in
    test | fleet) job=$1 && shift ;;
  esac
  while (($#)); do
    case $1 in
      -h | --help) usage && exit ;;
      --no-install) install=no ;;
      --libraries) libraries=yes ;;
      --profile=*) profile=${1#*=} ;;
      --profile)
        need_value --profile "quick, standard or full" "$@"
        profile=$value
        shift
        ;;
      --inventory | --campaign)
        [[ $job == fleet ]] || stop $exit_refused "$1 is for ./run_all.sh fleet."
        need_value "$1" "$([[ $1 == --inventory ]] && echo "a file" || echo "a name")" "$@"
        [[ $1 == --inventory ]] && inventory=$value || campaign=$value
        shift
        ;;
      --)
        passed_on+=("${@:2}")
        break
        ;;
      *)
        [[ $job == test ]] || stop $exit_refused "unknown argument '$1'. See ./run_all.sh --help; arguments of \`ipcbench run\` go after --."
        passed_on+=("$1")
        ;;
    esac
    shift
  done
  [[ $profile =~ ^(quick|standard|full)$ ]] ||
    stop $exit_refused "--profile '$profile' is not one of quick, standard, full."
  if [[ $job == run && " ${passed_on[*]} " =~ \ --out[=\ ] ]]; then
    stop $exit_refused "--out is given already; set IPCBENCH_RESULTS_DIR to choose the folder."
  fi
  [[ $job != fleet ]] || check_fleet
}

check_fleet() {
  [[ -e $inventory ]] || stop $exit_refused "--inventory '$inventory' is not there. Name the hosts: bench/fleet/FLEET.md has an example."
  [[ $campaign =~ ^[[:alnum:]][[:alnum:]._-]*$ ]] || stop $exit_refused "--campaign '$campaign' is not a plain name of a folder."
}

# --- build -------------------------------------------------------------------------------------------------------

writable_directory() { # DIRECTORY VARIABLE
  { mkdir -p -- "$1" && [[ -w $1 ]]; } 2>/dev/null ||
    stop $exit_refused "cannot write to $1. Set $2 to a folder that you may write to, outside of the source tree if that is read-only."
}

# Everything that a configuration depends on and that CMake would not notice.
configuration_inputs() {
  local tool
  echo "$source_dir"
  cksum <"$source_dir/CMakePresets.json"
  for tool in "${CXX:-c++}" cmake ninja node esbuild; do
    command -v "$tool" || echo "no $tool"
  done
  compgen -G '/usr/share/nodejs/d3-*' || echo "no D3"
  compgen -G /usr/include/soci/soci.h || echo "no SOCI"
  usable_prerequisites libraries
}

configure() {
  local stamp=$build_dir/configured-with.txt
  [[ -e $build_dir/build.ninja && -e $stamp ]] && configuration_inputs | cmp -s - "$stamp" && return
  # --fresh, because CMake keeps what it found before and refuses a build folder that was moved with its checkout.
  (cd "$source_dir" && cmake --fresh --preset release -B "$build_dir") >&2 ||
    stop $exit_refused "the build could not be configured (see above)."
  configuration_inputs >"$stamp"
}

# A compiler takes up to about a gibibyte of memory; small boards have more CPUs than gibibytes.
build_jobs() {
  local cpus gibibytes
  cpus=$(nproc)
  gibibytes=$(awk '/^MemAvailable:/ { print int($2 / 1048576) }' /proc/meminfo 2>/dev/null || true)
  ((${gibibytes:=1} > 0)) || gibibytes=1
  echo $((cpus < gibibytes ? cpus : gibibytes))
}

# The target charts exists where esbuild and D3 were found.
has_target() { grep -q "^build $1: phony" "$build_dir/build.ninja"; }

build() { # TARGET...
  local target targets=()
  writable_directory "$build_dir" IPCBENCH_BUILD_DIR
  configure
  for target in "$@"; do
    [[ $target == charts ]] && ! has_target charts || targets+=("$target")
  done
  cmake --build "$build_dir" --target "${targets[@]}" --parallel "${CMAKE_BUILD_PARALLEL_LEVEL:-$(build_jobs)}" >&2 ||
    stop $exit_refused "the build failed (see above)."
}

# --- the jobs ------------------------------------------------------------------------------------------------

# Runs a program, passes signals on to it, and returns its exit code. The program gets its own process group, so that a
# Ctrl-C reaches it exactly once: a second one would stop it without a report.
run_passing_signals() {
  local child code=0 signal
  set -m
  "$@" &
  child=$!
  set +m
  for signal in INT TERM HUP; do
    # shellcheck disable=SC2064 # the process is known now
    trap "kill -$signal $child 2>/dev/null || true" "$signal"
  done
  wait "$child" || code=$?
  while kill -0 "$child" 2>/dev/null; do
    code=0
    wait "$child" || code=$?
  done
  trap - INT TERM HUP
  return "$code"
}

draw_charts() { # REPORT DIRECTORY
  "$build_dir/ipcbench" plot "$1" --out "$2"
}

# Three times as many tests as CPUs at a time: they wait for two thirds of their time.
run_tests() {
  local code=0
  build all
  ctest --test-dir "$build_dir" --output-on-failure --no-tests=error --parallel $((3 * $(nproc))) "${passed_on[@]}" || code=$?
  exit "$code"
}

run_job() {
  local report charts code=0 charts_code=0
  build ipcbench charts
  writable_directory "$results_dir" IPCBENCH_RESULTS_DIR
  report=$results_dir/$(uname -n | tr -c '[:alnum:]._\n-' _)-$(date -u +%Y%m%dT%H%M%SZ).json
  charts=${report%.json}
  IPCBENCH_RESULTS_DIR=$results_dir run_passing_signals "$build_dir/ipcbench" run --profile "$profile" --out "$report" "${passed_on[@]}" || code=$?
  if [[ ! -e $report ]]; then
    ((code)) || code=$exit_refused
    stop "$code" "ipcbench run ended with exit code $code and left no report."
  fi
  if ((code == 0 || code == exit_measurement_failed)); then
    draw_charts "$report" "$charts" || charts_code=$?
    ((charts_code == 0)) || say "The charts could not be drawn (exit code $charts_code, see above)."
  elif ((code > 128)); then # 128 plus the signal's number
    say "Interrupted. The report holds what was measured until then; to draw it:"
    say "  $(printf '%q ' "$build_dir/ipcbench" plot "$report" --out "$charts")"
  fi
  say "Report: $report"
  [[ ! -d $charts ]] || say "Charts: $charts"
  ((code)) || code=$charts_code
  exit "$code"
}

# The package for the hosts, in $build_dir/packages. CPack would leave those of earlier versions there. With a fixed time the same
# program gives the same package, which hosts need not install again.
build_package() {
  build ipcbench charts ipcbench_reference
  rm -rf -- "$build_dir/packages"
  (cd "$build_dir" && SOURCE_DATE_EPOCH=$(stat --format=%Y ipcbench) cpack -G DEB -D CPACK_COMPONENTS_ALL=ipcbench) >&2 || stop $exit_refused "the package could not be built (see above)."
}

run_fleet() {
  local reports=$results_dir/$campaign package retry code=0 collected=0
  build_package
  package=$(echo "$build_dir"/packages/ipcbench_*.deb)
  writable_directory "$reports" IPCBENCH_RESULTS_DIR
  retry=$reports/fleet.retry
  ANSIBLE_CONFIG=$source_dir/bench/fleet/ansible/ansible.cfg ANSIBLE_RETRY_FILES_SAVE_PATH=$reports \
    run_passing_signals ansible-playbook --inventory "$inventory" --skip-tags index --extra-vars \
    "$(printf '{"ipcbench_deb": "%s", "ipcbench_reports": "%s", "ipcbench_profile": "%s"}' "$package" "$reports" "$profile")" \
    "${passed_on[@]}" "$source_dir/bench/fleet/ansible/fleet.yml" || code=$?
  PATH=$build_dir:$PATH "$source_dir/bench/fleet/collect.sh" "$reports" || collected=$?
  if ((code == 0)); then
    rm -f -- "$retry"
    exit "$collected"
  elif [[ $retry -nt $package ]]; then # written by this call
    say "Not measured: $(xargs <"$retry"). The reasons are above. To repeat these alone:"
    say "  $(printf '%q ' ./run_all.sh fleet --inventory "$inventory" --campaign "$campaign" -- --limit "@$retry")"
    exit $exit_measurement_failed
  fi
  ((code > 128)) || code=$exit_refused
  stop "$code" "ansible-playbook ended early (see above). To go on, call again with --campaign $campaign."
}

parse_arguments "$@"
if [[ $job == test ]]; then
  ensure_prerequisites $install "build test" "charts fleet png browser package engines engine-tests${libraries:+ libraries}" ||
    stop $exit_refused "stopped because the prerequisites above are missing."
  run_tests
elif [[ $job == fleet ]]; then
  ensure_prerequisites $install "build fleet package engines" "charts" ||
    stop $exit_refused "stopped because the prerequisites above are missing."
  run_fleet
else
  ensure_prerequisites $install "build" "charts${libraries:+ libraries}" ||
    stop $exit_refused "stopped because the prerequisites above are missing."
  run_job
fi
