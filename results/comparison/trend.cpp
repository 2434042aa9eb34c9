#include "results/comparison/trend.hpp"

#include <algorithm>
#include <boost/math/statistics/univariate_statistics.hpp>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <tuple>

#include "results/comparison/session_centres.hpp"
#include "results/comparison/several_bases.hpp"
#include "results/statistics/change_points.hpp"
#include "results/statistics/rank_sum.hpp"
#include "results/statistics/sign_flips.hpp"
#include "results/statistics/statistics.hpp"

namespace ipcbench {
namespace {

constexpr double kDiscoveryRate = 0.05;

using Points = std::vector<HistoryPoint>;

bool is_measured(const HistoryPoint& point) { return point.time_ns > 0; }

std::size_t measured(const Points& points) {
  return static_cast<std::size_t>(std::ranges::count_if(points, is_measured));
}

// The logarithms of the times of [first, last), with the sessions that they are of.
struct SeriesOfCell {
  std::vector<std::size_t> sessions;
  std::vector<double> values;
};
SeriesOfCell series_of(const Points& points, std::size_t first, std::size_t last) {
  SeriesOfCell series;
  for (std::size_t session = first; session < last; ++session) {
    if (!is_measured(points[session])) continue;
    series.sessions.push_back(session);
    series.values.push_back(std::log(points[session].time_ns));
  }
  return series;
}

// The frames of the cells, as groups_of() takes them.
std::vector<SampledCell> frames_of(const History& history) {
  std::vector<SampledCell> frames;
  frames.reserve(history.cells.size());
  for (const CellHistory& cell : history.cells) {
    SampledCell& frame = frames.emplace_back();
    frame.name = cell.name;
    frame.family = cell.family;
    frame.pinned = cell.gated;
  }
  return frames;
}

// The geometric mean of the cells' medians, moved by the median of the deviations of those that the session
// has: what happened to a few cells is no change of the group.
Points group_points(const std::vector<const Points*>& cells) {
  std::vector<double> medians;
  medians.reserve(cells.size());
  for (const Points* cell : cells) medians.push_back(median(series_of(*cell, 0, cell->size()).values));
  const double level =
      std::accumulate(medians.begin(), medians.end(), 0.0) / static_cast<double>(cells.size());
  Points points(cells.front()->size());
  for (std::size_t session = 0; session < points.size(); ++session) {
    std::vector<double> deviations;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const HistoryPoint& point = (*cells[i])[session];
      if (is_measured(point)) deviations.push_back(std::log(point.time_ns) - medians[i]);
    }
    if (!deviations.empty()) points[session].time_ns = std::exp(level + median(deviations));
  }
  return points;
}

// A change that was found, before it is known whether it counts.
struct Candidate {
  std::size_t trend = 0;
  Step step;
};

// The level of a change, between the changes around it.
Ratio ratio_at(const SeriesOfCell& series, const std::vector<LevelChange>& changes, std::size_t place,
               double confidence) {
  const auto at = [&](std::size_t value) {
    return series.values.begin() + static_cast<std::ptrdiff_t>(value);
  };
  const std::size_t first = place == 0 ? 0 : changes[place - 1].first_after;
  const std::size_t last =
      place + 1 == changes.size() ? series.values.size() : changes[place + 1].first_after;
  const std::size_t middle = changes[place].first_after;
  return ratio_of(shift_between({at(first), at(middle)}, {at(middle), at(last)}, confidence));
}

// The likeliest change stands for a trend in which none is sure, so that the correction counts it.
std::vector<Candidate> candidates_of(const Points& points, std::size_t trend, double confidence) {
  const SeriesOfCell series = series_of(points, 0, points.size());
  const LevelChanges found = level_changes(series.values);
  const std::vector<LevelChange> changes = found.sure.empty() ? std::vector{found.likeliest} : found.sure;
  if (changes.front().first_after == 0) return {};
  std::vector<Candidate> candidates;
  candidates.reserve(changes.size());
  for (std::size_t i = 0; i < changes.size(); ++i) {
    candidates.push_back({trend,
                          {.at = series.sessions[changes[i].first_after],
                           .ratio = ratio_at(series, changes, i, confidence),
                           .p_adjusted = changes[i].p}});
  }
  return candidates;
}

// Of a step that is sure.
Verdict verdict_of(const Ratio& ratio, double smallest_effect) {
  const double counts = 1 + smallest_effect;
  if (ratio.estimate > 1) return ratio.high >= counts ? Verdict::regressed : Verdict::slower;
  return ratio.low <= 1 / counts ? Verdict::improved : Verdict::faster;
}

// `candidates` are those of one level.
void judge_steps(std::vector<Trend>& trends, std::vector<Candidate> candidates,
                 const GateSettings& settings) {
  std::vector<double> p;
  p.reserve(candidates.size());
  for (const Candidate& candidate : candidates) p.push_back(candidate.step.p_adjusted);
  const std::vector<double> rates = discovery_rates(p);
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    Step& step = candidates[i].step;
    Trend& trend = trends[candidates[i].trend];
    step.p_adjusted = rates[i];
    if (p[i] <= ChangeSearch{}.level && rates[i] <= kDiscoveryRate) {
      step.verdict = verdict_of(step.ratio, smallest_effect(settings, trend.name, Metric::time));
      trend.steps.push_back(step);
      trend.last = step;
    } else if (trend.steps.empty()) {
      trend.last = step;
    }
  }
}

void find_steps(std::vector<Trend>& trends, const GateSettings& settings) {
  for (const auto& level : kAxis<Level>) {
    std::vector<Candidate> candidates;
    for (std::size_t i = 0; i < trends.size(); ++i) {
      if (trends[i].level != level.value) continue;
      std::ranges::move(candidates_of(trends[i].points, i, settings.confidence),
                        std::back_inserter(candidates));
    }
    judge_steps(trends, std::move(candidates), settings);
  }
}

// Launches vary alike in all sessions: what the newest centre's variance has because it rests on fewer of
// them.
VariancePart fewer_launches(const Points& points, std::size_t since) {
  double squares = 0;
  double freedom = 0;
  double reciprocal = 0;
  double sessions = 0;
  for (std::size_t i = since; i + 1 < points.size(); ++i) {
    const HistoryPoint& point = points[i];
    if (!is_measured(point) || point.launches < 2 || !std::isfinite(point.log_sd)) continue;
    const double of_session = static_cast<double>(point.launches) - 1;
    squares += point.log_sd * point.log_sd * of_session;
    freedom += of_session;
    reciprocal += 1 / static_cast<double>(point.launches);
    ++sessions;
  }
  if (sessions == 0 || points.back().launches == 0) return {};
  const double more = 1 / static_cast<double>(points.back().launches) - reciprocal / sessions;
  return part_of(kCentreVariance * squares / freedom * std::max(0.0, more), freedom);
}

SessionCentres centres_of(Trend& trend) {
  const std::size_t newest = trend.points.size() - 1;
  const std::size_t since = trend.steps.empty() ? 0 : trend.steps.back().at;
  if (!is_measured(trend.points[newest])) {
    refuse_to_judge(trend.newest, "not measured in the newest session");
    return {};
  }
  SessionCentres centres{series_of(trend.points, since, newest).values,
                         std::log(trend.points[newest].time_ns), fewer_launches(trend.points, since), true};
  trend.newest.base_launches = centres.bases.size();
  trend.newest.new_launches = 1;
  if (centres.bases.size() >= kFewestBases) return centres;
  centres.judged = false;
  refuse_to_judge(trend.newest,
                  since == 0 ? "too few earlier sessions" : "too few sessions since the change");
  return centres;
}

// A session may be far off where noise has heavy tails, which no interval of normal theory foresees: half of
// 60 quiet cells would be accused once in 100 reports. So a single session fails only if it is so far off
// that tails cannot explain it; a smaller change shows in the next ones.
void doubt_a_single_one(Finding& newest, const SessionCentres& centres) {
  constexpr double kFar = 15;  // standard deviations
  if (newest.verdict != Verdict::regressed && newest.verdict != Verdict::improved) return;
  using boost::math::statistics::mean;
  const double sd = std::sqrt(boost::math::statistics::sample_variance(centres.bases));
  if (std::abs(centres.candidate - mean(centres.bases)) > kFar * sd) return;
  newest.verdict = newest.verdict == Verdict::regressed ? Verdict::slower : Verdict::faster;
}

void judge_newest(std::vector<Trend>& trends, const GateSettings& settings) {
  Tested<SessionCentres> tested;
  for (Trend& trend : trends) {
    tested.numbers.push_back(centres_of(trend));
    tested.findings.push_back(trend.newest);
  }
  judge_differences(tested.findings, predicted_differences(tested), settings, true);
  for (std::size_t i = 0; i < trends.size(); ++i) {
    doubt_a_single_one(tested.findings[i], tested.numbers[i]);
    trends[i].newest = std::move(tested.findings[i]);
  }
}

Trend trend_of(Finding frame, Points points) {
  return {.level = frame.level,
          .name = frame.name,
          .family = frame.family,
          .points = std::move(points),
          .steps = {},
          .last = {},
          .newest = std::move(frame)};
}

void add_groups(std::vector<Trend>& trends, const History& history, const std::vector<CellPair>& cells,
                const GateSettings& settings) {
  for (const CellGroup& group : groups_of(cells, settings)) {
    std::vector<const Points*> members;
    for (const std::size_t cell : group.cells) {
      const Points& points = history.cells[cell].points;
      if (2 * measured(points) >= points.size()) members.push_back(&points);
    }
    if (members.size() < 2) continue;
    trends.push_back(trend_of(finding_for_group(group, Metric::time, settings), group_points(members)));
  }
}

nlohmann::json to_json(const Step& step) {
  return {{"at", step.at},           {"ratio", step.ratio.estimate},  {"low", step.ratio.low},
          {"high", step.ratio.high}, {"p_adjusted", step.p_adjusted}, {"verdict", name_of(step.verdict)}};
}

}  // namespace

std::vector<Trend> trends(const History& history, const GateSettings& settings) {
  if (history.sessions.size() < kFewestInTrend) return {};
  const std::vector<SampledCell> frames = frames_of(history);
  std::vector<CellPair> cells;
  cells.reserve(frames.size());
  for (const SampledCell& frame : frames) cells.push_back({&frame, &frame});
  std::vector<Trend> all;
  add_groups(all, history, cells, settings);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const Points& points = history.cells[i].points;
    if (measured(points) < kFewestInTrend) continue;
    all.push_back(trend_of(finding_for_cell(cells[i], Metric::time, settings), points));
  }
  std::ranges::sort(all, {}, [](const Trend& trend) { return std::tuple(trend.level, trend.name); });
  find_steps(all, settings);
  judge_newest(all, settings);
  return all;
}

std::string trends_json(const std::vector<Trend>& trends) {
  nlohmann::json all = nlohmann::json::array();
  for (const Trend& trend : trends) {
    nlohmann::json times = nlohmann::json::array();
    for (const HistoryPoint& point : trend.points) times.push_back(point.time_ns);
    nlohmann::json changes = nlohmann::json::array();
    for (const Step& step : trend.steps) changes.push_back(to_json(step));
    all.push_back({{"level", name_of(trend.level)},
                   {"name", trend.name},
                   {"time_ns", std::move(times)},
                   {"verdict", name_of(trend.last.verdict)},
                   {"changed_at", trend.last.at},
                   {"ratio", trend.last.ratio.estimate},
                   {"p_adjusted", trend.last.p_adjusted},
                   {"changes", std::move(changes)}});
  }
  return all.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace ipcbench
