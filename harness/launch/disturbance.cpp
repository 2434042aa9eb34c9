#include "harness/launch/disturbance.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "harness/base/line_distance.hpp"

namespace ipcbench {
namespace {

constexpr double kMostLost = 0.03;  // of the timed phase

// A thread that is woken waits for the scheduler, on an idle CPU 50 to 300 ns. That is the price of blocking,
// and no disturbance.
constexpr double kWakeUpDelayNs = 500;

double timed_ns(const EndState& end) { return static_cast<double>(end.left_ns - end.start_ns); }

// The CPU time of the other ends that can have kept this one from its CPU.
double time_of_neighbours(const ControlBlock& control, EndId end) {
  const EndState& own = control.ends[place_of(end)];
  double sum_ns = 0;
  for (const ControlBlock& pair : control.all_pairs()) {
    const auto& cpu = pair.job.cpu;
    for (const EndId other : ends_of(pair.job)) {
      const bool may_share =
          cpu[place_of(other)] < 0 || cpu[place_of(other)] == control.job.cpu[place_of(end)];
      const EndState& state = pair.ends[place_of(other)];
      if (&state != &own && may_share) sum_ns += static_cast<double>(state.cost.cpu_ns);
    }
  }
  return sum_ns;
}

bool has_own_cpu(const ControlBlock& control, EndId end) {
  const std::int32_t own = control.job.cpu[place_of(end)];
  std::ptrdiff_t ends = 0;
  for (const ControlBlock& pair : control.all_pairs()) ends += std::ranges::count(pair.job.cpu, own);
  return own >= 0 && ends == 1;
}

std::string name_of_end(const ControlBlock& control, EndId end) {
  return name_of(end, control.job.ends_of(end.side));
}

std::string delayed(const ControlBlock& control, EndId end) {
  const EndState& state = control.ends[place_of(end)];
  if (!state.cost.run_delay_ns) return "";
  const double own_ns = static_cast<double>(state.cost.voluntary_switches) * kWakeUpDelayNs;
  const double delay_ns =
      static_cast<double>(*state.cost.run_delay_ns) - time_of_neighbours(control, end) - own_ns;
  if (delay_ns <= kMostLost * timed_ns(state)) return "";
  return fmt::format("{} waited {:.1f} of {:.1f} ms for its CPU", name_of_end(control, end), delay_ns / 1e6,
                     timed_ns(state) / 1e6);
}

// Time that a hypervisor or an interrupt takes is no run delay, but misses from the CPU time.
std::string robbed(const ControlBlock& control, EndId end) {
  const EndState& state = control.ends[place_of(end)];
  if (control.job.wait != Wait::spin || !has_own_cpu(control, end)) return "";
  if (state.cost.voluntary_switches != 0) return "";
  const double share = static_cast<double>(state.cost.cpu_ns) / timed_ns(state);
  if (share >= 1 - kMostLost) return "";
  return fmt::format("{} spins and had its CPU for {:.0f} % of the time", name_of_end(control, end),
                     100 * share);
}

std::string moved(const LineRoundTrip& line) {
  if (line.before_ns <= 0 || same_distance(line.before_ns, line.after_ns)) return "";
  return fmt::format("a cache line took {:.0f} ns there and back before the timed phase, {:.0f} ns after it",
                     line.before_ns, line.after_ns);
}

}  // namespace

std::string disturbance_of(const ControlBlock& control) {
  if (control.job.load_shares_cpu) return "";
  for (const EndId end : ends_of(control.job)) {
    // The consumer of a floor has nothing to do and leaves at once.
    const auto timed = static_cast<double>(control.job.timed_ns);
    if (timed_ns(control.ends[place_of(end)]) < timed / 2) continue;
    if (std::string text = delayed(control, end); !text.empty()) return text;
    if (std::string text = robbed(control, end); !text.empty()) return text;
  }
  return moved(control.line);
}

}  // namespace ipcbench
