#include "harness/base/clock.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace ipcbench {
namespace {

// Long enough that the readings around a batch do not matter, short enough that most meet no interrupt.
double batch_cost_ns() {
  constexpr int kReadings = 1000;
  const std::uint64_t start = now_ns();
  std::uint64_t last = start;
  for (int i = 0; i < kReadings; ++i) last = now_ns();
  return static_cast<double>(last - start) / kReadings;
}

double median_cost_ns() {
  std::array<double, 101> costs;
  std::generate(costs.begin(), costs.end(), batch_cost_ns);
  const auto middle = costs.begin() + costs.size() / 2;
  std::nth_element(costs.begin(), middle, costs.end());
  return *middle;
}

// A coarse clock (4 ms for jiffies) may not step within a given number of readings, so the loop goes on until
// it has seen a few steps.
double smallest_step_ns() {
  constexpr int kReadings = 100'000;
  constexpr int kSteps = 10;
  std::uint64_t smallest = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t last = now_ns();
  for (int readings = 0, steps = 0; readings < kReadings || steps < kSteps; ++readings) {
    const std::uint64_t now = now_ns();
    if (now != last) {
      smallest = std::min(smallest, now - last);
      ++steps;
    }
    last = now;
  }
  return static_cast<double>(smallest);
}

}  // namespace

// Takes the least of a few readings, since time passes between reading the two clocks.
std::uint64_t asleep_so_far_ns() {
  std::uint64_t least = UINT64_MAX;
  for (int reading = 0; reading < 10; ++reading) {
    const std::uint64_t awake_ns = now_ns();
    least = std::min(least, detail::read_clock_ns(CLOCK_BOOTTIME) - awake_ns);
  }
  return least;
}

ClockFacts measure_clock() { return {median_cost_ns(), smallest_step_ns()}; }

}  // namespace ipcbench
