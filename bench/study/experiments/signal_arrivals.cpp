#include "bench/study/experiments/signal_arrivals.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <functional>

#include "harness/base/fd.hpp"
#include "harness/base/in_child.hpp"

namespace ipcbench {
namespace {

SignalArrivals send_and_take(int signal, int times) {
  SignalArrivals found{.signal = signal};
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, signal);
  checked(sigprocmask(SIG_BLOCK, &set, nullptr), "sigprocmask");
  for (int i = 0; i < times; ++i) {
    sigval value{};
    value.sival_int = found.sent;
    if (sigqueue(getpid(), signal, value) == 0) {
      ++found.sent;
    } else if (errno == EAGAIN) {
      ++found.refused;
    } else {
      throw_errno("sigqueue");
    }
  }
  siginfo_t info{};
  constexpr timespec kNow{};
  while (sigtimedwait(&set, &info, &kNow) == signal && found.arrived < SignalArrivals::kMost) {
    found.values[static_cast<std::size_t>(found.arrived++)] = info.si_value.sival_int;
  }
  return found;
}

}  // namespace

bool SignalArrivals::in_order() const {
  const auto end = values.begin() + arrived;
  return std::adjacent_find(values.begin(), end, std::greater_equal<>{}) == end;
}

SignalArrivals signal_arrivals(int signal, int times) {
  return in_child<SignalArrivals>(
      [&] { return send_and_take(signal, std::clamp(times, 0, SignalArrivals::kMost)); });
}

}  // namespace ipcbench
