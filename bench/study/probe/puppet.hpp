// A process that holds one side of a mechanism's object and does with it, one order at a time, what a probe
// says: so that a call that blocks for ever, a crash and a signal are things that can be looked at, and an
// end can go as ends go, with its process.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "harness/base/axes.hpp"
#include "harness/base/child.hpp"
#include "harness/base/fd.hpp"
#include "harness/base/mapping.hpp"
#include "harness/loops/control_block.hpp"
#include "harness/registry/trial.hpp"

namespace ipcbench {

struct PuppetOrder {
  enum class What {
    attach,   // `side`
    send,     // messages, at once, until full
    receive,  // messages, at once, until there is none
    stream,   // messages, waiting for room
    await,    // messages, waiting for them
  };

  What what = What::attach;
  Side side = Side::producer;
  std::size_t message_bytes = 0;
  std::uint64_t messages = 1;             // at most
  std::chrono::milliseconds limit{1000};  // after which no further message is begun
  std::chrono::milliseconds idle{0};      // receive: how long to look for the next message
  std::uint64_t first_number = 0;
  // 0: messages carry numbers, from first_number on, which the receiver checks. Otherwise all their bytes are
  // this letter, and the receiver looks for messages of more than one.
  char letter = '\0';
};

// What became of the latest order. Counts are up to date while it is carried out, and so when it is blocked.
struct PuppetReport {
  std::atomic<std::uint64_t> messages{0};
  bool full = false;            // send: it stopped because there was no room
  bool late = false;            // receive: it stopped because of its limit
  bool in_order = true;         // receive, await: of the numbers
  std::uint64_t mixed = 0;      // receive, await: messages of more than one letter; the first ends the order
  std::size_t piece_bytes = 0;  // receive: the latest piece, and its first bytes
  std::array<char, 64> piece{};
  std::uint64_t end_ns = 0;  // when the order was done, or threw
  int sigpipes = 0;          // since the process began
  bool threw = false;
  int error = 0;  // of the kernel; 0: what was thrown was no KernelError
  SharedText<400> text;
};

struct PuppetAnswer {
  enum class How { done, threw, blocked, died };

  How how = How::done;
  ExitStatus status;  // if it died

  [[nodiscard]] bool done() const { return how == How::done; }
  [[nodiscard]] bool threw() const { return how == How::threw; }
  [[nodiscard]] bool blocked() const { return how == How::blocked; }
};

class Puppet {
 public:
  using Open = std::function<std::shared_ptr<Trial>()>;

  // `open` gives, in the new process and for the first order, what the side belongs to.
  explicit Puppet(const Open& open);

  void start(const PuppetOrder& order);
  // How the order that was started goes. `blocked`: it sleeps, and is still at it; ask again. Takes up to a
  // second for one that neither sleeps nor ends.
  PuppetAnswer answer();
  PuppetAnswer ask(const PuppetOrder& order) {
    start(order);
    return answer();
  }
  void kill();

  [[nodiscard]] const PuppetReport& report() const;
  [[nodiscard]] pid_t pid() const { return child_->pid(); }
  // What this object itself uses, as /proc/PID/fd and the first column of /proc/PID/maps show it.
  [[nodiscard]] std::vector<std::string> equipment() const;
  // "done", "blocked", "killed by SIGSEGV", "end of file: the other end is gone".
  [[nodiscard]] std::string describe(const PuppetAnswer& answer) const;

 private:
  struct Shared;

  SharedMapping memory_;
  Shared* shared_;
  std::array<std::string, 2> line_names_;
  Fd line_;  // a byte for each order, and one for each answer
  std::unique_ptr<Child> child_;
};

}  // namespace ipcbench
