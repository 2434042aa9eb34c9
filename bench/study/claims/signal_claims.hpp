// The claims about signals, and their experiments.
#pragma once

#include "bench/study/claims/claim.hpp"
#include "harness/base/in_child.hpp"

namespace ipcbench {

std::span<const Claim> signal_claims();

// Signals sent while they are blocked (signal(7)).
struct SignalArrivals {
  static constexpr int kMost = 32;

  int sent = 0;
  int refused = 0;  // the queue was full (RLIMIT_SIGPENDING); not counted as sent
  int arrived = 0;
  std::array<int, kMost> values{};  // in the order of arrival; 0, 1, 2... were sent

  [[nodiscard]] bool merged() const { return arrived < sent; }
  [[nodiscard]] bool in_order() const;
};
// A child blocks `signal`, sends it to itself with sigqueue(3), at most kMost times, then takes what is
// pending.
SignalArrivals signal_arrivals(int signal, int times);
Answer judge_signals(const SignalArrivals& ordinary, const SignalArrivals& real_time);

Answer signals_merge_or_queue();

}  // namespace ipcbench
