// A program that is spoken to in lines: its process, its last words, and its end.
#pragma once

#include <chrono>
#include <csignal>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/child.hpp"
#include "harness/base/fd.hpp"

namespace ipcbench {

class SideProcess {
 public:
  enum class Outcome { line, closed, late, too_long, interrupted };
  struct Reading {
    Outcome outcome = Outcome::line;
    std::string line;  // without its end
  };

  // `program` is looked for in PATH if it has no slash. Throws KernelError if it cannot be started.
  SideProcess(const std::string& program, const std::vector<std::string>& arguments,
              const std::vector<std::string>& environment);
  // Closes its input and waits. SIGTERM follows if it is `busy` or does not end, SIGKILL after `farewell`.
  // Signals go to its process group.
  void end(bool busy, std::chrono::milliseconds farewell);
  ~SideProcess();
  SideProcess(const SideProcess&) = delete;
  SideProcess& operator=(const SideProcess&) = delete;

  // False: the program does not read any more.
  bool write_line(std::string_view line);
  Reading read_line(std::chrono::milliseconds limit, const volatile std::sig_atomic_t* interrupted);

  // How it ended once its output is closed: "exit code 2" or "signal 9"; empty if it still runs after a
  // second.
  std::string ending();
  // The last line on its standard error, shortened and printable; mostly empty.
  [[nodiscard]] std::string last_words() const;

 private:
  using Deadline = std::chrono::steady_clock::time_point;

  std::optional<std::string> take_line();
  // Reads what arrives before the deadline. False: nothing did.
  bool read_some(Deadline deadline);
  bool wait_for_end(Deadline deadline);

  Fd in_;
  Fd out_;
  Fd err_;
  std::optional<Child> child_;
  std::string read_;
  std::size_t searched_ = 0;  // of read_: no line ends before
  std::string complaints_;    // the end of standard error
  std::optional<ExitStatus> status_;
};

}  // namespace ipcbench
