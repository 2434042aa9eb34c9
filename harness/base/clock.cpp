#include "harness/base/clock.hpp"

#include <algorithm>
#include <array>
#include <map>

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

// Takes from 0 to 60 ns, so that the time between two readings is not always the same.
void dawdle(int turn) {
  for (int i = 8 * (turn % 16); i > 0; --i) asm volatile("" : : "r"(i));
}

// A coarse clock (4 ms for jiffies) may not advance within a given number of readings, so the loop goes on
// until it has a few steps. A clock that often stands still between two readings shows each of its steps.
double step_ns() {
  constexpr int kReadings = 100'000;
  constexpr std::size_t kSteps = 10;
  std::vector<std::uint64_t> differences_ns;
  int readings = 0;
  for (std::uint64_t last = now_ns(); readings < kReadings || differences_ns.size() < kSteps; ++readings) {
    dawdle(readings);
    const std::uint64_t now = now_ns();
    if (now != last) differences_ns.push_back(now - last);
    last = now;
  }
  const bool stands_still = differences_ns.size() < static_cast<std::size_t>(readings) / 100 * 99;
  return static_cast<double>(stands_still ? *std::ranges::min_element(differences_ns)
                                          : common_step_ns(differences_ns));
}

// A step of 8 ns or more may be a fraction of 1 ns more or less.
bool is_multiple(std::uint64_t difference_ns, std::uint64_t step_ns) {
  constexpr std::uint64_t kRoundedNs = 8;
  const std::uint64_t beyond_ns = difference_ns % step_ns;
  return beyond_ns == 0 || (step_ns >= kRoundedNs && (beyond_ns == 1 || beyond_ns == step_ns - 1));
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

std::uint64_t common_step_ns(const std::vector<std::uint64_t>& differences_ns) {
  std::map<std::uint64_t, std::size_t> counts;
  for (const std::uint64_t difference_ns : differences_ns) ++counts[difference_ns];
  const auto divides_most = [&](std::uint64_t step_ns) {
    std::size_t others = 0;
    for (const auto& [difference_ns, count] : counts)
      others += is_multiple(difference_ns, step_ns) ? 0 : count;
    return others * 100 <= differences_ns.size();
  };
  // The step divides the most frequent difference, if any.
  const std::uint64_t usual_ns =
      std::ranges::max_element(counts, {}, [](const auto& entry) { return entry.second; })->first;
  for (std::uint64_t part = 1; part < usual_ns; ++part) {
    if (usual_ns % part == 0 && divides_most(usual_ns / part)) return usual_ns / part;
  }
  return 1;
}

ClockFacts measure_clock() { return {median_cost_ns(), step_ns()}; }

const ClockFacts& clock_facts() {
  static const ClockFacts facts = measure_clock();
  return facts;
}

}  // namespace ipcbench
