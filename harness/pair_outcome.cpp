#include "harness/pair_outcome.hpp"

#include <fmt/format.h>

#include <cstring>
#include <string>

namespace ipcbench {
namespace {

constexpr std::array kSides{Side::producer, Side::consumer};

std::size_t index(Side side) { return static_cast<std::size_t>(side); }

std::string_view phase_of(ControlBlock& control, Side side) {
  return name_of(control.side(side).phase.load());
}

std::string in_phase(ControlBlock& control, Side side, std::string_view what) {
  return fmt::format("{} ({}): {}", name_of(side), phase_of(control, side), what);
}

std::optional<Failure> killed(const PairEnd& end, ControlBlock& control) {
  for (const Side side : kSides) {
    const auto& status = end.status[index(side)];
    if (!status || !status->signal) continue;
    return Failure{Failure::Kind::killed, in_phase(control, side,
                                                   fmt::format("killed by signal {} ({})", *status->signal,
                                                               strsignal(*status->signal)))};
  }
  return std::nullopt;
}

std::optional<Failure> reported(ControlBlock& control, bool check_failed) {
  for (const Side side : kSides) {
    SideState& state = control.side(side);
    if (!state.has_error.load(std::memory_order_acquire) || state.check_failed != check_failed) continue;
    return Failure{check_failed ? Failure::Kind::check_failed : Failure::Kind::error,
                   in_phase(control, side, (check_failed ? "check failed: " : "") + state.error.str())};
  }
  return std::nullopt;
}

// Left without having reported an error or come to the end of its work.
std::optional<Failure> exited_silently(const PairEnd& end, ControlBlock& control) {
  for (const Side side : kSides) {
    if (!ended_badly(end.status[index(side)], control.side(side))) continue;
    if (control.side(side).has_error.load(std::memory_order_acquire)) continue;
    const int code = end.status[index(side)]->code.value_or(0);
    return Failure{
        Failure::Kind::exited,
        in_phase(control, side,
                 code == 0 ? "ended early" : fmt::format("exited with code {} and said nothing", code))};
  }
  return std::nullopt;
}

std::optional<Failure> failure_of(const PairEnd& end, ControlBlock& control, const LaunchOptions& options) {
  if (end.interrupted) return Failure{Failure::Kind::interrupted, "interrupted"};
  // Both were still running then, so whatever else is found is a consequence of their being killed.
  if (end.timed_out) {
    return Failure{Failure::Kind::timed_out,
                   fmt::format("timed out after {:.3g} s; producer in phase '{}', consumer in phase '{}'",
                               std::chrono::duration<double>(options.time_limit).count(),
                               phase_of(control, Side::producer), phase_of(control, Side::consumer))};
  }
  if (auto failure = killed(end, control)) return failure;
  if (auto failure = reported(control, true)) return failure;
  if (auto failure = exited_silently(end, control)) return failure;
  return reported(control, false);
}

std::optional<Failure> misplaced(ControlBlock& control, const Placement& placement) {
  const std::array wanted{placement.producer_cpu, placement.consumer_cpu};
  for (const Side side : kSides) {
    const auto got = control.side(side).cost.cpu;
    const auto want = wanted[index(side)];
    if (!want || got == want) continue;
    return Failure{Failure::Kind::check_failed,
                   fmt::format("{} was to run on CPU {} and was found {}", name_of(side), *want,
                               got ? fmt::format("on CPU {}", *got) : "not pinned")};
  }
  return std::nullopt;
}

Settings settings_of(const ControlBlock& control) {
  Settings settings;
  for (std::uint32_t i = 0; i < control.setting_count; ++i) {
    settings.emplace(control.settings[i].name.str(), control.settings[i].value);
  }
  return settings;
}

Measurement measurement_of(ControlBlock& control) {
  const SideState& producer = control.side(Side::producer);
  const SideState& consumer = control.side(Side::consumer);
  // A floor's consumer has nothing to receive: its producer's figures are all there are.
  const bool latency = control.job.pattern == Pattern::latency;
  const SideState& counts = latency || consumer.messages == 0 ? producer : consumer;
  Measurement m;
  m.messages = counts.messages;
  m.lost_messages = latency ? 0 : producer.messages - counts.messages;
  m.verified_messages = producer.verified_messages + consumer.verified_messages;
  m.elapsed_ns = counts.end_ns - counts.start_ns;
  if (latency) {
    m.min_ns = control.min_ns;
    m.max_ns = control.max_ns;
    m.histogram = control.histogram.buckets();
  }
  m.producer = producer.cost;
  m.consumer = consumer.cost;
  m.windows.assign(control.windows.begin(), control.windows.begin() + control.window_count);
  m.settings = settings_of(control);
  return m;
}

}  // namespace

bool ended_badly(const std::optional<ExitStatus>& status, const SideState& state) {
  return status && (status->code != 0 || state.phase.load() != Phase::done);
}

LaunchOutcome outcome_of(const PairEnd& end, ControlBlock& control, const LaunchOptions& options) {
  if (auto failure = failure_of(end, control, options)) return *failure;
  if (auto failure = misplaced(control, options.placement)) return *failure;
  return measurement_of(control);
}

}  // namespace ipcbench
