# shellcheck shell=bash
# The prerequisites of the project, found by what is usable rather than by package name, and installed with
# apt-get where that is possible and allowed. Sourced by run_all.sh and .ci/run.
#
# Nothing is ever removed or replaced: a node that did not come from Debian stays, because swapping it would break its
# owner's other projects.

# purpose | Debian package | how to tell that it is there | in words, for other distributions
prerequisites_table() {
  cat <<'TABLE'
build|g++|compiler|a C++20 compiler (g++ 10 or newer)
build|cmake|cmake_at_least 3.25|CMake 3.25 or newer
build|ninja-build|program ninja|Ninja
build|libbenchmark-dev|header benchmark/benchmark.h|Google Benchmark, with headers
build|nlohmann-json3-dev|header nlohmann/json.hpp|nlohmann/json 3, with headers
build|libboost-filesystem-dev|library libboost_filesystem.a|Boost 1.74 or newer, with Boost.Filesystem as a static library
build|libcli11-dev|header CLI/CLI.hpp|CLI11
build|libfmt-dev|header fmt/format.h|fmt, with headers
build|zlib1g-dev|header zlib.h|zlib, with headers
build|libzstd-dev|header zstd.h|Zstandard, with headers
build|libssl-dev|header openssl/evp.h|OpenSSL, with headers
build|libgtest-dev|header gtest/gtest.h|GoogleTest, with headers
build|libgmock-dev|header gmock/gmock.h|GoogleMock, with headers
charts|nodejs|node_at_least 18|Node.js 18 or newer
charts|esbuild|program esbuild|esbuild 0.17 or newer
charts|node-d3-array|node_module d3-array|the module d3-array of D3, below /usr/share/nodejs
charts|node-d3-format|node_module d3-format|the module d3-format of D3, below /usr/share/nodejs
charts|node-d3-interpolate|node_module d3-interpolate|the module d3-interpolate of D3, below /usr/share/nodejs
charts|node-d3-scale|node_module d3-scale|the module d3-scale of D3, below /usr/share/nodejs
charts|node-d3-shape|node_module d3-shape|the module d3-shape of D3, below /usr/share/nodejs
fleet|libsoci-dev|header soci/soci.h|SOCI 4 with its parts for SQLite and PostgreSQL, with headers
fleet|libvalijson-dev|header valijson/validator.hpp|valijson, with headers
png|librsvg2-bin|program rsvg-convert|rsvg-convert of librsvg
test|python3|any_file /usr/bin/python3|Python 3
test|python3-jsonschema|python_module jsonschema|the Python module jsonschema
test|python3-scipy|python_module scipy|the Python module scipy
test|python3-seccomp|python_module seccomp|the Python module seccomp
test|valgrind|program valgrind|valgrind
test|libbenchmark-tools|any_file /usr/share/benchmark/compare.py|compare.py of Google Benchmark
bench-core|libatomic-queue-dev|header atomic_queue/atomic_queue.h|atomic_queue, with headers
bench-core|libreaderwriterqueue-dev|header readerwriterqueue/readerwriterqueue.h|moodycamel's ReaderWriterQueue, with headers
bench-core|stress-ng|program stress-ng|stress-ng
bench-core|sockperf|program sockperf|sockperf
bench-core|iperf3|program iperf3|iperf3
bench-core|linux-perf|program perf|perf
libraries|libzmq3-dev|header zmq.h|ZeroMQ 4, with headers
libraries|libnng-dev|header nng/nng.h|nng, with headers
libraries|libboost-dev|header boost/interprocess/ipc/message_queue.hpp|the headers of Boost
libraries|libatomic-queue-dev|header atomic_queue/atomic_queue.h|atomic_queue, with headers
libraries|libconcurrentqueue-dev|header concurrentqueue/blockingconcurrentqueue.h|moodycamel's ConcurrentQueue, with headers
libraries|libreaderwriterqueue-dev|header readerwriterqueue/readerwriterqueue.h|moodycamel's ReaderWriterQueue, with headers
libraries|libucx-dev|header ucp/api/ucp.h|UCX, with headers
libraries|libsystemd-dev|header systemd/sd-bus.h|libsystemd, with headers
libraries|dbus-daemon|program dbus-daemon|dbus-daemon
libraries|libhiredis-dev|header hiredis/hiredis.h|hiredis, with headers
libraries|redis-server|program redis-server|the server of Redis
libraries|libgrpc++-dev|header grpcpp/grpcpp.h|gRPC for C++, with headers
libraries|libprotobuf-dev|header google/protobuf/io/zero_copy_stream.h|protobuf, with headers, which those of gRPC need
libraries|cyclonedds-dev|header dds/dds.h|Cyclone DDS, with headers
libraries|libfastrtps-dev|header fastdds/dds/domain/DomainParticipant.hpp|Fast DDS, with headers
libraries|libcapnp-dev|header capnp/rpc-twoparty.h|Cap'n Proto, with headers
libraries|capnproto|program capnp|the compiler of Cap'n Proto
libraries|libiceoryx-posh-dev|header iceoryx/v2.*/iceoryx_posh/popo/untyped_publisher.hpp|iceoryx 2, with headers
libraries|libacl1-dev|header sys/acl.h|libacl, with headers
browser|chromium|program chromium|Chromium
browser|chromium-driver|program chromedriver|chromedriver
browser|python3-selenium|python_module selenium|the Python module selenium
fuzz|clang-19|program clang++-19|clang 19
fuzz|libclang-rt-19-dev|any_file /usr/lib/llvm-19/lib/clang/19/lib/linux/libclang_rt.fuzzer-x86_64.a /usr/lib/llvm-19/lib/clang/19/lib/linux/libclang_rt.fuzzer-aarch64.a|the run-time library of clang 19, with libFuzzer
lint|clang-format|program clang-format|clang-format 14
lint|clang-tidy-19|program clang-tidy-19|clang-tidy 19
lint|cppcheck|program cppcheck|cppcheck
lint|shellcheck|program shellcheck|shellcheck
lint|node-typescript|program tsc|the TypeScript compiler
package|dpkg-dev|program dpkg-shlibdeps|dpkg-shlibdeps
package|file|program file|file
engines|ansible-core|program ansible-playbook|ansible-core 2.14 or newer
engines|openssh-client|program ssh|the client of OpenSSH
engine-tests|openssh-server|any_file /usr/sbin/sshd|the server of OpenSSH
engine-tests|python3-apt|python_module apt|the Python module apt
engine-tests|iproute2|any_file /usr/sbin/ip /sbin/ip|ip and ss
engine-tests|zstd|program zstd|zstd
engine-tests|munge|any_file /usr/sbin/munged|MUNGE
engine-tests|slurmctld|any_file /usr/sbin/slurmctld|slurmctld
engine-tests|slurmd|any_file /usr/sbin/slurmd|slurmd
engine-tests|slurm-client|program sbatch|the commands of Slurm
test|git|program git|git
test|postgresql|any_file /usr/lib/postgresql/*/bin/initdb|a server of PostgreSQL
TABLE
}

# --- how to tell that something is there -----------------------------------------------------------------------

program() { # any of the named programs
  local name
  for name in "$@"; do
    command -v "$name" >/dev/null && return
  done
  return 1
}

runs() { "$@" >/dev/null 2>&1; }

any_file() { # any of the named files
  local name
  for name in "$@"; do
    [[ -e $name ]] && return
  done
  return 1
}

# Where a compiler and CMake look: the system, then what the user's environment adds.
below_prefixes() {
  local prefixes prefix
  IFS=:\; read -ra prefixes <<<"/usr:/usr/local:${CMAKE_PREFIX_PATH:-}"
  for prefix in "${prefixes[@]}"; do
    [[ -n $prefix ]] && compgen -G "$prefix/$1" >/dev/null && return
  done
  return 1
}

header() { below_prefixes "include/$1"; }
library() { below_prefixes "lib/$1" || below_prefixes "lib64/$1" || below_prefixes "lib/*-linux-*/$1"; }
compiler() { echo '#include <concepts>' | runs "${CXX:-c++}" -std=c++20 -x c++ -fsyntax-only -; }
node_module() { [[ -e /usr/share/nodejs/$1/package.json ]]; }
# The system's Python, which the tests use: the first on PATH may be a version manager's, without these modules.
python_module() { runs /usr/bin/python3 -c "import $1"; }
version_at_least() { [[ -n $2 && $(printf '%s\n' "$1" "$2" | sort -V | head -n 1) == "$1" ]]; }
cmake_at_least() { version_at_least "$1" "$(cmake --version 2>/dev/null | sed -n 's/^cmake version //p')"; }
node_at_least() { version_at_least "$1" "$(node --version 2>/dev/null | sed 's/^v//')"; }

# --- what is missing, and getting it ---------------------------------------------------------------------------

# missing_prerequisites PURPOSE...: prints "package|words" for each one that is not usable.
missing_prerequisites() {
  local purpose package check words
  while IFS='|' read -r purpose package check words; do
    [[ " $* " == *" $purpose "* ]] || continue
    # The check is a function of this file and its arguments, separated by blanks.
    # shellcheck disable=SC2086
    $check </dev/null || echo "$package|$words"
  done < <(prerequisites_table)
}

# usable_prerequisites PURPOSE: prints the packages of those that are usable.
usable_prerequisites() {
  local purpose package check words
  while IFS='|' read -r purpose package check words; do
    # shellcheck disable=SC2086
    [[ $purpose != "$1" ]] || ! $check </dev/null || echo "$package"
  done < <(prerequisites_table)
}

missing_packages() { missing_prerequisites "$@" | cut -d'|' -f1 | tr '\n' ' ' | sed 's/ $//'; }
missing_in_words() { missing_prerequisites "$@" | cut -d'|' -f2 | sed 's/^/  - /'; }

# Prints how to become root: nothing if we are, sudo if it lets us (asking for a password only on a terminal).
# Fails if there is no way.
root_prefix() {
  ((EUID == 0)) && return
  program sudo || return 1
  if runs sudo -n true; then
    echo "sudo -n"
  elif [[ -t 0 && -t 2 ]]; then
    echo sudo
  else
    return 1
  fi
}

apt_install() { # PREFIX PACKAGE...
  local prefix=$1
  shift
  # The prefix is a command and its option.
  # shellcheck disable=SC2086
  $prefix apt-get update --quiet </dev/null >&2 &&
    $prefix env DEBIAN_FRONTEND=noninteractive apt-get install --quiet --yes --no-remove \
      --no-install-recommends "$@" </dev/null >&2
}

# Tells the user how to install what PURPOSE... lack.
advise_installation() {
  local prefix=sudo
  if ! program apt-get; then
    echo "This system has no apt-get. Please install by its own means, then run this again:"
    missing_in_words "$@"
    return
  fi
  ((EUID == 0)) && prefix=
  echo "To install what is missing:"
  echo "  ${prefix:+$prefix }apt-get update && ${prefix:+$prefix }apt-get install --no-remove" \
    "--no-install-recommends $(missing_packages "$@")"
}

# ensure_prerequisites INSTALL "REQUIRED PURPOSES" "OPTIONAL PURPOSES": installs what is not usable if INSTALL is yes and the
# machine allows it. If something required remains missing, says what to do and fails. Names optional packages that remain
# missing, and succeeds without them.
ensure_prerequisites() {
  local install=$1 required optional prefix missing purpose
  read -ra required <<<"$2"
  read -ra optional <<<"$3"
  missing=$(missing_packages "${required[@]}" "${optional[@]}")
  [[ -n $missing ]] || return 0
  echo "Missing on this machine: $missing" >&2

  if [[ $install == yes ]] && program apt-get && prefix=$(root_prefix); then
    for purpose in "${required[*]}" "${optional[@]}"; do
      # The required packages in one go; each optional purpose by itself, so that one failure does not spoil the others.
      # shellcheck disable=SC2046,SC2086
      [[ -z $(missing_packages $purpose) ]] || apt_install "$prefix" $(missing_packages $purpose) ||
        echo "apt-get could not install them (see above). Nothing was removed." >&2
    done
  elif [[ $install == yes ]] && program apt-get; then
    echo "Installing packages takes root, or a sudo that asks for no password here." >&2
  fi

  [[ -n $(missing_packages "${required[@]}" "${optional[@]}") ]] || return 0
  advise_installation "${required[@]}" "${optional[@]}" >&2
  [[ -z $(missing_packages "${required[@]}") ]]
}
