// The claims about signals, and their experiments.
#pragma once

#include <pthread.h>

#include <csignal>
#include <functional>
#include <initializer_list>

#include "bench/study/claims/steps.hpp"

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

// Each experiment tries the textbook's signals or call unless it is given another.
Answer cannot_be_ignored(std::initializer_list<int> signals = {SIGKILL, SIGSTOP});
Answer default_ends(std::initializer_list<int> signals = {SIGTERM, SIGUSR1, SIGCHLD, SIGWINCH});
Answer raise_and_alarm(const std::function<int(int signal)>& send = ::raise);
Answer handled_at_once(const std::function<int(pid_t to, int signal)>& send = ::kill);
Answer useless_between_threads(const std::function<int(pthread_t to, int signal)>& send = pthread_kill);

}  // namespace ipcbench
