#include "bench/study/claims/signal_claims.hpp"

#include <algorithm>
#include <csignal>

namespace ipcbench {
namespace {

SignalArrivals send_and_take(int signal, int times) {
  SignalArrivals found;
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, signal);
  checked(sigprocmask(SIG_BLOCK, &set, nullptr), "sigprocmask");
  for (int i = 0; i < times; ++i) {
    sigval value{};
    value.sival_int = found.sent;
    const bool queued = sigqueue(getpid(), signal, value) == 0;
    if (!queued && errno != EAGAIN) throw_errno("sigqueue");
    ++(queued ? found.sent : found.refused);
  }
  siginfo_t info{};
  constexpr timespec kNow{};
  while (sigtimedwait(&set, &info, &kNow) == signal && found.arrived < SignalArrivals::kMost) {
    found.values[static_cast<std::size_t>(found.arrived++)] = info.si_value.sival_int;
  }
  return found;
}

std::string arrivals_text(std::string_view kind, const SignalArrivals& signals) {
  return fmt::format("{}, blocked: {} sent, {} arrived, {}; {} refused.", kind, signals.sent, signals.arrived,
                     signals.in_order() ? "in the order of sending" : "out of order", signals.refused);
}

}  // namespace

bool SignalArrivals::in_order() const {
  const auto end = values.begin() + arrived;
  return std::ranges::adjacent_find(values.begin(), end, std::ranges::greater_equal{}) == end;
}

SignalArrivals signal_arrivals(int signal, int times) {
  return in_child<SignalArrivals>(
      [&] { return send_and_take(signal, std::clamp(times, 0, SignalArrivals::kMost)); });
}

Answer judge_signals(const SignalArrivals& ordinary, const SignalArrivals& real_time) {
  if (real_time.sent < 2)
    return untested(
        fmt::format("only {} real-time signals could be queued; raise ulimit -i", real_time.sent));
  const bool merges = ordinary.arrived == 1 && ordinary.sent > 1;
  const bool queues = !real_time.merged() && real_time.in_order();
  return judged(verdict_of((merges ? 1U : 0U) + (queues ? 1U : 0U), 2), "on the kind: ",
                fmt::format("{} of {} ordinary signals arrived, {} of {} real-time signals, {}",
                            ordinary.arrived, ordinary.sent, real_time.arrived, real_time.sent,
                            real_time.in_order() ? "in order" : "out of order"),
                {arrivals_text("SIGUSR1", ordinary), arrivals_text("SIGRTMIN", real_time)});
}

Answer signals_merge_or_queue() {
  constexpr int kTimes = 8;
  return judge_signals(signal_arrivals(SIGUSR1, kTimes), signal_arrivals(SIGRTMIN, kTimes));
}

std::span<const Claim> signal_claims() {
  static constexpr std::array kClaims{
      Claim{"signals_merge",
            {},
            "Ordinary signals merge; real-time signals queue and keep their order.",
            signals_merge_or_queue,
            11}};
  return kClaims;
}

}  // namespace ipcbench
