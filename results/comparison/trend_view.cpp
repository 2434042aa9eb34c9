#include "results/comparison/trend_view.hpp"

#include <algorithm>

namespace ipcbench {

HostTrend host_trend(History history, const GateSettings& settings) {
  HostTrend host{
      .history = std::move(history), .trends = {}, .events = {}, .accepted = {}, .newest_invalid = {}};
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

Verdict gate_verdict(const TrendView& view, bool require_power) {
  const auto newest_is = [](const HostTrend& host, const auto& quality) {
    return std::ranges::any_of(host.trends, quality, &Trend::newest);
  };
  const auto is_judged = [&](const HostTrend& host) {
    return newest_is(host, [](const Finding& newest) { return newest.reason.empty(); });
  };
  const auto is_blind = [&](const HostTrend& host) {
    return newest_is(host, [](const Finding& newest) { return newest.verdict == Verdict::unguarded; });
  };
  if (std::ranges::any_of(view.hosts, [](const HostTrend& host) { return !host.newest_invalid.empty(); }))
    return Verdict::invalid;
  if (std::ranges::none_of(view.hosts, is_judged)) return Verdict::incomparable;
  if (std::ranges::any_of(view.hosts, alarms)) return Verdict::regressed;
  return require_power && std::ranges::any_of(view.hosts, is_blind) ? Verdict::unguarded : Verdict::unchanged;
}

}  // namespace ipcbench
