#include "results/comparison/level_events.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "results/report/digest.hpp"
#include "results/report/json_document.hpp"

namespace ipcbench {
namespace {

constexpr std::size_t kIdDigits = 12;

bool are_near(std::size_t one, std::size_t other) {
  return std::max(one, other) - std::min(one, other) <= kNearSessions;
}

bool is_same(const Step& one, const Step& other) {
  return are_near(one.at, other.at) && is_slower(one) == is_slower(other);
}

bool counts(const Step& step) {
  return step.verdict == Verdict::regressed || step.verdict == Verdict::improved;
}

std::string id_of(const Trend& trend, const Step& step, const History& history) {
  const HistorySession& session = history.sessions[step.at];
  const Json what = Json::array(
      {session.host, name_of(trend.level), trend.name, is_slower(step) ? "slower" : "faster", session.id});
  ReportDigest digest;
  digest.add(json_text(what));
  return digest.finish().substr(0, kIdDigits);
}

// A later change that takes back more than half of the step.
std::size_t fixed_at(const Trend& trend, const Step& step) {
  double left = std::log(step.ratio.estimate);
  const double half = left / 2;
  for (const Step& later : trend.steps) {
    if (later.at <= step.at) continue;
    left += std::log(later.ratio.estimate);
    if (half > 0 ? left < half : left > half) return later.at;
  }
  return 0;
}

LevelEvent event_of(const Trend& trend, const Step& step, const History& history) {
  return {.id = id_of(trend, step, history),
          .level = trend.level,
          .name = trend.name,
          .step = step,
          .is_last = step.at == trend.last.at,
          .fixed_at = fixed_at(trend, step),
          .cells = {},
          .differs = changed_facts(history.sessions[step.at - 1], history.sessions[step.at])};
}

// Whether what happened to the trend is part of the event, which is of a higher level.
bool is_part_of(const Trend& trend, const Step& step, const LevelEvent& event) {
  const bool belongs =
      event.level == Level::whole || (event.level == Level::family && trend.family == event.name);
  return trend.level > event.level && belongs && counts(event.step) && is_same(step, event.step);
}

// Small changes of groups that come from changes of their cells say nothing new.
void drop_consequences(std::vector<LevelEvent>& events) {
  std::vector<Step> causes;
  for (const LevelEvent& event : events) {
    if (counts(event.step)) causes.push_back(event.step);
  }
  std::erase_if(events, [&](const LevelEvent& event) {
    return event.level != Level::cell && !counts(event.step) &&
           std::ranges::any_of(causes, [&](const Step& cause) { return is_same(cause, event.step); });
  });
}

void add(std::vector<LevelEvent>& events, const Trend& trend, const Step& step, const History& history) {
  const auto above =
      std::ranges::find_if(events, [&](const LevelEvent& event) { return is_part_of(trend, step, event); });
  if (above == events.end()) {
    events.push_back(event_of(trend, step, history));
  } else if (trend.level == Level::cell) {
    above->cells.push_back(trend.name);
  }
}

}  // namespace

bool is_slower(const Step& step) { return step.ratio.estimate > 1; }

// Trends are ordered by level, so that a change of a higher one is there already.
std::vector<LevelEvent> level_events(const std::vector<Trend>& trends, const History& history) {
  std::vector<LevelEvent> events;
  for (const Trend& trend : trends) {
    for (const Step& step : trend.steps) add(events, trend, step, history);
  }
  drop_consequences(events);
  std::ranges::stable_sort(events, {}, [](const LevelEvent& event) {
    return std::tuple(event.step.verdict, !event.is_last, -std::abs(std::log(event.step.ratio.estimate)));
  });
  return events;
}

bool is_same_change(const History& history, const std::string& session, const std::string& other) {
  if (session == other) return true;
  const auto one = std::ranges::find(history.sessions, session, &HistorySession::id);
  const auto two = std::ranges::find(history.sessions, other, &HistorySession::id);
  if (one == history.sessions.end() || two == history.sessions.end()) return false;
  return std::abs(std::distance(one, two)) <= static_cast<std::ptrdiff_t>(kNearSessions);
}

}  // namespace ipcbench
