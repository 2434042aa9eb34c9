#include "results/comparison/trend_view.hpp"

#include <algorithm>

namespace ipcbench {

HostTrend host_trend(History history, const GateSettings& settings) {
  HostTrend host{.history = std::move(history), .trends = {}, .events = {}, .accepted = {}};
  host.trends = trends(host.history, settings);
  host.events = level_events(host.trends, host.history);
  return host;
}

bool alarms(const HostTrend& host) {
  const auto unexplained = [&](const LevelEvent& event) {
    return event.step.verdict == Verdict::regressed && event.is_last && !host.accepted.contains(event.id);
  };
  const auto newly_slow = [](const Trend& trend) { return trend.newest.verdict == Verdict::regressed; };
  return std::ranges::any_of(host.events, unexplained) || std::ranges::any_of(host.trends, newly_slow);
}

}  // namespace ipcbench
