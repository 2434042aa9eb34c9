// A helper process that holds one side of a mechanism's object and uses it, one request at a time. A probe
// can thus watch a call that blocks, crashes or raises a signal, and can remove an end by killing its
// process. Requests and replies go through memory alone, so that it works where pipes, sockets or any other
// object of the kernel cannot be had.
#pragma once

#include <atomic>
#include <stdexcept>

#include "harness/base/child.hpp"
#include "harness/base/mapping.hpp"
#include "harness/registry/trial.hpp"

namespace ipcbench {

// Why a probe could not run: a limit, a permission. what() is the evidence.
class NotTried : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The first bytes of the message with that number: never the zeros with which memory begins.
constexpr std::uint64_t content_of(std::uint64_t number) { return 0x1d0c0b0a'4d3c2b1aU + number; }

struct Messages {
  std::size_t bytes = 0;                  // of each
  std::uint64_t count = 1;                // at most
  std::chrono::milliseconds limit{1000};  // no further message is started after this time
  std::uint64_t first_number = 0;
  // 0: messages carry consecutive numbers, which the receiver checks. Otherwise every byte of a message is
  // this letter, small and capital in turn, and the receiver looks for messages that mix letters.
  char letter = '\0';
};

// Progress and result of the latest request. The counts are up to date even while a call is blocked.
struct EndReport {
  std::atomic<std::uint64_t> messages{0};
  bool full = false;            // try_send: stopped because there was no room
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
  int error = 0;     // as in EndReport

  [[nodiscard]] bool done() const { return how == How::done; }
  [[nodiscard]] bool threw() const { return how == How::threw; }
  [[nodiscard]] bool blocked() const { return how == How::blocked; }
  // Throws NotTried if the kernel refused it, std::runtime_error if it was not done for another reason.
  void require_done(std::string_view doing) const;
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
  // later. Waits up to a second for a process that neither sleeps, nor passes messages, nor finishes. Throws
  // NotTried if a policy forbids one of its calls: then nothing is known of the object.
  EndOutcome outcome();
  // Throws KernelError if it may not.
  void kill();

  [[nodiscard]] const EndReport& report() const;
  [[nodiscard]] pid_t pid() const { return child_->pid(); }
  // The memory of the requests, as the first column of /proc/PID/maps shows it.
  [[nodiscard]] std::string own_memory() const;

 private:
  struct Shared;

  EndOutcome run(Verb verb, const Messages& messages, Side side = Side::producer) {
    start(verb, messages, side);
    return outcome();
  }
  void serve(const Open& open, pid_t asker);

  SharedMapping memory_;
  Shared* shared_;
  std::unique_ptr<Child> child_;
};

}  // namespace ipcbench
