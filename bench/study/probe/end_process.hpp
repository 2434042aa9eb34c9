// A helper process that holds one side of a mechanism's object and uses it, one request at a time. A probe
// can thus watch a call that blocks, crashes or raises a signal, and can remove an end by killing its
// process.
#pragma once

#include <atomic>

#include "harness/base/child.hpp"
#include "harness/base/mapping.hpp"
#include "harness/registry/trial.hpp"

namespace ipcbench {

struct Messages {
  std::size_t bytes = 0;                  // of each
  std::uint64_t count = 1;                // at most
  std::chrono::milliseconds limit{1000};  // no further message is started after this time
  std::chrono::milliseconds idle{0};      // try_receive: how long to look for the next message
  std::uint64_t first_number = 0;
  // 0: messages carry consecutive numbers, which the receiver checks. Otherwise every byte is this letter,
  // and the receiver looks for messages that mix letters.
  char letter = '\0';
};

// Progress and result of the latest request. The counts are up to date even while a call is blocked.
struct EndReport {
  std::atomic<std::uint64_t> messages{0};
  bool full = false;            // try_send: stopped because there was no room
  bool late = false;            // try_receive: stopped by its limit
  bool in_order = true;         // numbered messages arrived in the order of sending
  std::uint64_t mixed = 0;      // messages of more than one letter; the first one ends the request
  std::size_t piece_bytes = 0;  // try_receive: the latest piece, and its first bytes
  std::array<char, 64> piece{};
  std::uint64_t end_ns = 0;  // when the request ended
  int sigpipes = 0;          // since the process began
  bool threw = false;
  int error = 0;  // errno; 0: the exception was no KernelError
  SharedText<400> text;
};

struct EndOutcome {
  enum class How { done, threw, blocked, died };

  How how = How::done;
  std::string text;  // "done", "blocked", "killed by SIGSEGV", or the exception's message

  [[nodiscard]] bool done() const { return how == How::done; }
  [[nodiscard]] bool threw() const { return how == How::threw; }
  [[nodiscard]] bool blocked() const { return how == How::blocked; }
};

class EndProcess {
 public:
  // try_send, try_receive: until full or empty. send, receive: wait as the mechanism does.
  enum class Verb { attach, try_send, try_receive, send, receive };
  using Open = std::function<std::shared_ptr<Trial>()>;

  // `open` runs in the new process before the first request and returns the object to attach to.
  explicit EndProcess(const Open& open);

  EndOutcome attach(Side side) { return run(Verb::attach, {}, side); }
  EndOutcome try_send(const Messages& messages) { return run(Verb::try_send, messages); }
  EndOutcome try_receive(const Messages& messages) { return run(Verb::try_receive, messages); }
  EndOutcome send(const Messages& messages) { return run(Verb::send, messages); }
  EndOutcome receive(const Messages& messages) { return run(Verb::receive, messages); }

  void start(Verb verb, const Messages& messages, Side side = Side::producer);  // side: for attach
  // The outcome of the request that was started. `blocked`: it still sleeps in its call; call this again
  // later. Waits up to a second for a process that neither sleeps nor finishes.
  EndOutcome outcome();
  void kill();

  [[nodiscard]] const EndReport& report() const;
  [[nodiscard]] pid_t pid() const { return child_->pid(); }
  // The resources of the helper itself, as /proc/PID/fd and the first column of /proc/PID/maps show them.
  [[nodiscard]] std::vector<std::string> own_resources() const;

 private:
  struct Shared;

  EndOutcome run(Verb verb, const Messages& messages, Side side = Side::producer) {
    start(verb, messages, side);
    return outcome();
  }

  SharedMapping memory_;
  Shared* shared_;
  std::array<std::string, 2> line_names_;
  Fd line_;  // one byte for each request, one for each reply
  std::unique_ptr<Child> child_;
};

// The content of the message with that number.
std::vector<std::byte> numbered_message(std::size_t bytes, std::uint64_t number);

}  // namespace ipcbench
