// What arrives of signals that are sent while they are blocked (signal(7)).
#pragma once

#include <array>
#include <csignal>

namespace ipcbench {

struct SignalArrivals {
  static constexpr int kMost = 32;

  int signal = 0;
  int sent = 0;
  int refused = 0;  // the queue was full (RLIMIT_SIGPENDING): not among those sent
  int arrived = 0;
  std::array<int, kMost> values{};  // of those that arrived, in that order; sent were 0, 1, 2...

  [[nodiscard]] bool merged() const { return arrived < sent; }
  [[nodiscard]] bool in_order() const;  // what arrived is in the order of sending
};

// A child sends itself the blocked `signal`, `times` (at most kMost) times with sigqueue(3), and then takes
// what is pending. Try SIGUSR1 and SIGRTMIN.
SignalArrivals signal_arrivals(int signal, int times);

}  // namespace ipcbench
