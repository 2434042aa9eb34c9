// A server that one link has for itself: started by whoever creates the link, reached through a UNIX socket
// in the launch's private directory, and killed with its starter.
#pragma once

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <chrono>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/base/call_limit.hpp"
#include "harness/base/child.hpp"
#include "harness/base/error.hpp"
#include "harness/base/fd.hpp"
#include "harness/base/printed_file.hpp"
#include "harness/contract/abilities.hpp"
#include "harness/contract/owned_path.hpp"
#include "mechanisms/libraries/parts/library_threads.hpp"
#include "mechanisms/libraries/parts/unix_peer.hpp"

namespace ipcbench {

// For a mechanism's available(): whether there is such a program in $PATH.
inline Unavailable needs_program(const std::string& program, std::string_view package) {
  if (find_program(program)) return std::nullopt;
  return fmt::format("there is no {}; install the package {}", program, package);
}

// The longest message that our servers are configured for. Each holds a message several times over, and on a
// busy machine a round trip of this length already takes a second through dbus-daemon, which reads 2 KiB at a
// time.
inline constexpr std::size_t kLongestThroughServer = std::size_t{16} << 20;

// It runs wherever its starter may run, even if the ends are pinned: they are pinned after they were started.
class PrivateDaemon {
 public:
  // Starts `program`, whose arguments make it listen at `path` and stay in the foreground, and returns when
  // it listens. Throws Error.
  PrivateDaemon(const std::string& program, const std::vector<std::string>& arguments,
                const std::string& path)
      : socket_(path, true), child_(start(program, arguments)) {
    // A start takes 5 to 20 ms on an idle machine. Shorter than the launcher's limit for create(), 10 s,
    // whose message would not say what the daemon printed.
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(8);
    while (!listens()) {
      if (const auto ended = child_.reap_within(std::chrono::milliseconds(1))) {
        throw Error(fmt::format("{} ended before it listened, {}: {}", program, describe_failure(*ended),
                                last_line()));
      }
      if (CallLimit::has_passed() || std::chrono::steady_clock::now() > deadline) {
        throw Error(fmt::format("{} does not listen at its socket: {}", program, last_line()));
      }
    }
    // dbus-daemon opens its socket to everybody, and asks who connects.
    checked(chmod(path.c_str(), S_IRUSR | S_IWUSR), "chmod");
  }

 private:
  [[nodiscard]] Child start(const std::string& program, const std::vector<std::string>& arguments) const {
    const auto file = find_program(program);
    if (!file) throw Error("there is no " + program, "install it");
    const Fd nothing(checked(open("/dev/null", O_RDONLY | O_CLOEXEC), "cannot open /dev/null"));
    return exec_child(0, *file, arguments,
                      {{.fd = nothing.get(), .as = STDIN_FILENO},
                       {.fd = printed_.fd(), .as = STDOUT_FILENO},
                       {.fd = printed_.fd(), .as = STDERR_FILENO}});
  }

  [[nodiscard]] bool listens() const {
    try {
      UnixAddress(socket_.str()).connect_at_once(open_socket(AF_UNIX, SOCK_STREAM).get());
      return true;
    } catch (const KernelError& error) {
      if (error.number() != ENOENT && error.number() != ECONNREFUSED) throw;
      return false;
    }
  }

  [[nodiscard]] std::string last_line() const {
    const std::string line = printed_.last_line();
    return line.empty() ? "it printed nothing" : line;
  }

  OwnedPath socket_;
  PrintedFile printed_;
  Child child_;  // killed before its socket is removed
};

// A sender that accounts for the CPU time of the server behind a connection, if it is the one that has to.
template <class Sender>
class WithServer : public Sender {
 public:
  // connection: to the server, which is the process that listened there.
  static std::optional<clockid_t> clock_of_server(int connection, Side side) {
    if (side != Side::producer) return std::nullopt;
    return cpu_clock_of_process(peer_of(connection).pid);
  }

  WithServer(Sender sender, std::optional<clockid_t> clock) : Sender(std::move(sender)), clock_(clock) {}

  [[nodiscard]] std::uint64_t helper_cpu_ns() const { return clock_ ? cpu_ns_of(*clock_) : 0; }

 private:
  std::optional<clockid_t> clock_;
};

}  // namespace ipcbench
