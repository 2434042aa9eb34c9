#include "results/comparison/trend.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <tuple>

#include "results/comparison/findings.hpp"
#include "results/statistics/sign_flips.hpp"
#include "results/statistics/statistics.hpp"
#include "results/statistics/steadiness.hpp"

namespace ipcbench {
namespace {

constexpr double kTrendLevel = 0.05;

using Times = std::vector<double>;

std::map<std::string, Times> times_by_cell(const std::vector<SampledReport>& sessions) {
  std::map<std::string, Times> times;
  for (std::size_t session = 0; session < sessions.size(); ++session) {
    for (const SampledCell& cell : sessions[session].cells) {
      const double ns = median_ns(cell.samples, Metric::time);
      if (!(ns > 0)) continue;
      Times& of_cell = times[cell.name];
      of_cell.resize(sessions.size(), std::numeric_limits<double>::quiet_NaN());
      of_cell[session] = ns;
    }
  }
  return times;
}

std::size_t measured(const Times& times) {
  return static_cast<std::size_t>(std::ranges::count_if(times, [](double ns) { return std::isfinite(ns); }));
}

// The cells that all sessions have, each paired with itself: groups_of() takes pairs.
std::vector<CellPair> cells_of_all(const SampledReport& session, const std::map<std::string, Times>& times) {
  std::vector<CellPair> cells;
  for (const SampledCell& cell : session.cells) {
    const auto found = times.find(cell.name);
    if (found != times.end() && measured(found->second) == found->second.size())
      cells.push_back({&cell, &cell});
  }
  return cells;
}

Times geometric_means(const std::vector<const Times*>& cells) {
  Times means;
  for (std::size_t session = 0; session < cells.front()->size(); ++session) {
    double sum = 0;
    for (const Times* times : cells) sum += std::log((*times)[session]);
    means.push_back(std::exp(sum / static_cast<double>(cells.size())));
  }
  return means;
}

// Everything but the verdict, which depends on the other trends of the level.
Trend trend_of(Level level, const std::string& name, const Times& times) {
  Trend trend{.level = level, .name = name, .time_ns = times};
  std::vector<std::size_t> sessions;
  Times values;
  for (std::size_t session = 0; session < times.size(); ++session) {
    if (!std::isfinite(times[session])) continue;
    sessions.push_back(session);
    values.push_back(times[session]);
  }
  const ChangePoint change = change_point_of(values);
  if (change.first_after == 0) return trend;
  const auto first_after = values.begin() + static_cast<std::ptrdiff_t>(change.first_after);
  trend.changed_at = sessions[change.first_after];
  trend.ratio = median({first_after, values.end()}) / median({values.begin(), first_after});
  trend.p_adjusted = change.p;
  return trend;
}

Verdict verdict_of(const Trend& trend, const GateSettings& settings) {
  const double counts = 1 + smallest_effect(settings, trend.name, Metric::time);
  if (trend.p_adjusted >= kTrendLevel) return Verdict::inconclusive;
  if (trend.ratio >= counts) return Verdict::slower;
  return trend.ratio <= 1 / counts ? Verdict::faster : Verdict::inconclusive;
}

void judge_level(std::vector<Trend>& trends, Level level, const GateSettings& settings) {
  std::vector<Trend*> of_level;
  std::vector<double> p;
  for (Trend& trend : trends) {
    if (trend.level != level) continue;
    of_level.push_back(&trend);
    p.push_back(trend.p_adjusted);
  }
  const std::vector<double> adjusted = holm_p(p);
  for (std::size_t i = 0; i < of_level.size(); ++i) {
    of_level[i]->p_adjusted = adjusted[i];
    of_level[i]->verdict = verdict_of(*of_level[i], settings);
  }
}

void add_groups(std::vector<Trend>& trends, const std::vector<CellPair>& cells,
                const std::map<std::string, Times>& times, const GateSettings& settings) {
  for (const CellGroup& group : groups_of(cells, settings)) {
    std::vector<const Times*> members;
    members.reserve(group.cells.size());
    for (const std::size_t cell : group.cells) members.push_back(&times.at(cells[cell].base->name));
    trends.push_back(trend_of(group.level, group.name, geometric_means(members)));
  }
}

}  // namespace

std::vector<Trend> trends(const std::vector<SampledReport>& sessions, const GateSettings& settings) {
  if (sessions.size() < kFewestInTrend) return {};
  const std::map<std::string, Times> times = times_by_cell(sessions);
  std::vector<Trend> all;
  add_groups(all, cells_of_all(sessions.back(), times), times, settings);
  for (const auto& [name, of_cell] : times) {
    if (measured(of_cell) >= kFewestInTrend) all.push_back(trend_of(Level::cell, name, of_cell));
  }
  std::ranges::sort(all, {}, [](const Trend& trend) { return std::tuple(trend.level, trend.name); });
  for (const auto& level : kAxis<Level>) judge_level(all, level.value, settings);
  return all;
}

std::string trends_json(const std::vector<Trend>& trends) {
  nlohmann::json all = nlohmann::json::array();
  for (const Trend& trend : trends) {
    all.push_back({{"level", name_of(trend.level)},
                   {"name", trend.name},
                   {"time_ns", trend.time_ns},
                   {"verdict", name_of(trend.verdict)},
                   {"changed_at", trend.changed_at},
                   {"ratio", trend.ratio},
                   {"p_adjusted", trend.p_adjusted}});
  }
  return all.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace ipcbench
