// What it costs to wait for one descriptor among many on which nothing happens.
#include <sys/eventfd.h>

#include "bench/study/claims/experiments.hpp"
#include "harness/base/clock.hpp"
#include "harness/loops/descriptor_set.hpp"

namespace ipcbench {
namespace {

constexpr std::uint32_t kIdleBeside = 500;  // below the usual limit of open files
constexpr double kTwiceTheTime = 2;

}  // namespace

TimesOfOption times_beside_idle(Wait by) {
  constexpr int kWaits = 100;
  const Fd ready(checked(eventfd(1, EFD_CLOEXEC), "eventfd"));
  const auto time_beside = [&](std::uint32_t idle) {
    DescriptorSet watched(by, ready.get(), idle);
    const std::uint64_t start = now_ns();
    for (int i = 0; i < kWaits; ++i) watched.wait();
    return static_cast<double>(now_ns() - start);
  };
  const double without_ns = time_beside(0);
  return {without_ns, time_beside(kIdleBeside)};
}

Steps poll_beside_idle(const std::function<TimesOfOption(Wait)>& measure) {
  Steps steps;
  for (const Wait by : {Wait::poll, Wait::epoll}) {
    const TimeRatios ratios = ratios_in_rounds([&] { return measure(by); });
    const bool takes_more = ratios.median >= kTwiceTheTime;
    steps.check(fmt::format("{} 100 times for a descriptor that is ready, beside {} idle ones against alone",
                            by == Wait::poll ? "poll(2)" : "epoll_wait(2)", kIdleBeside),
                ratios.text(), takes_more == (by == Wait::poll),
                by == Wait::poll ? "twice the time or more" : "less than twice the time");
  }
  return steps;
}

}  // namespace ipcbench
