#include "harness/launch/placement_costs.hpp"

#include <algorithm>
#include <cmath>
#include <exception>
#include <map>
#include <thread>
#include <utility>

#include "harness/loops/line_exchange.hpp"
#include "harness/loops/wait.hpp"
#include "harness/loops/wake_up.hpp"

namespace ipcbench {
namespace {

void pin_if_told(std::optional<int> cpu) {
  if (cpu) pin_to(*cpu);
}

// Runs both at the same time, each on its CPU. Returns the first one's result; throws KernelError, and
// std::system_error if a thread cannot be started.
template <class Ask, class Answer>
double between_threads(const Placement& placement, Ask ask, Answer answer) {
  pin_if_told(placement.producer_cpu);  // fails here and not in the thread that the other one waits for
  pin_if_told(placement.consumer_cpu);
  double result = 0;
  std::thread asker([&] {
    pin_if_told(placement.producer_cpu);
    result = ask();
  });
  answer();
  asker.join();
  return result;
}

bool is_on_two_cpus(const Placement& placement) {
  return placement.producer_cpu && placement.consumer_cpu && placement.producer_cpu != placement.consumer_cpu;
}

// Leaves empty what this machine refuses. The first launch fails for the same reason and says so.
PlacementCosts measure_here(const Placement& placement) {
  PlacementCosts costs;
  try {
    WakeExchange wake;
    costs.wake_ns = between_threads(
        placement, [&] { return wake_sleeper(wake); }, [&] { sleep_until_woken(wake); });
    if (!is_on_two_cpus(placement)) return costs;
    LineExchange line;
    costs.line_rtt_ns = between_threads(
        placement, [&] { return bounce_line(line); }, [&] { return_line(line); });
  } catch (const std::exception&) {
    return costs;
  }
  return costs;
}

// In a thread of its own, which leaves the calling one where it is.
PlacementCosts measure(const Placement& placement) {
  PlacementCosts costs;
  try {
    std::thread([&] { costs = measure_here(placement); }).join();
  } catch (const std::system_error&) {
    return {};
  }
  return costs;
}

}  // namespace

const PlacementCosts& placement_costs(const Placement& placement) {
  static std::map<std::pair<std::optional<int>, std::optional<int>>, PlacementCosts> known;
  const std::pair key(placement.producer_cpu, placement.consumer_cpu);
  const auto found = known.find(key);
  return found != known.end() ? found->second : known.emplace(key, measure(placement)).first->second;
}

std::chrono::microseconds adaptive_spin(const PlacementCosts& costs) {
  constexpr double kShortestNs = 1'000;
  constexpr double kLongestNs = 1'000'000;
  const double wake_ns = costs.wake_ns.value_or(kAdaptiveSpinNs);
  return std::chrono::microseconds(std::lround(std::clamp(wake_ns, kShortestNs, kLongestNs) / 1000));
}

}  // namespace ipcbench
