#include "results/comparison/class_rank.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>

#include "harness/base/histogram.hpp"
#include "results/comparison/fact_separation.hpp"
#include "results/statistics/sign_flips.hpp"
#include "results/statistics/statistics.hpp"

namespace ipcbench {
namespace {

// A launch's median lies anywhere in its bucket of the histogram: the deviation of a uniform distribution.
const double kLeastLogSd = 1.0 / (1U << Histogram::kSubBits) / (2 * std::numbers::sqrt3);
constexpr double kAlpha = 0.05;

std::vector<double> means_of(const std::vector<PeerFigure>& peers) {
  std::vector<double> means;
  means.reserve(peers.size());
  for (const PeerFigure& peer : peers) means.push_back(peer.level.mean);
  return means;
}

double share_above(double own, const std::vector<double>& others) {
  double above = 0;
  for (const double other : others) above += other > own ? 1 : other < own ? 0 : 0.5;
  return above / static_cast<double>(others.size());
}

Standing standing_of(const CellAmongPeers& cell, const std::vector<PeerSession>& sessions) {
  const std::vector<double> means = means_of(cell.peers);
  std::vector<MeasuredLevel> levels;
  levels.reserve(cell.peers.size());
  for (const PeerFigure& peer : cell.peers) levels.push_back(peer.level);
  const auto best = std::ranges::min_element(means);
  return {.cell = cell.name,
          .family = cell.family,
          .machines = means.size() + 1,
          .rank = rank_interval(cell.own, levels, kLeastLogSd, kRankConfidence),
          .faster_than = share_above(cell.own.mean, means),
          .time_ns = std::exp(cell.own.mean),
          .of_best = std::exp(cell.own.mean - *best),
          .of_median = std::exp(cell.own.mean - median(means)),
          .best = sessions[cell.peers[static_cast<std::size_t>(best - means.begin())].session].host_name};
}

// Cells mostly have the same machines, and hence the same splits.
class SplitsByMachines {
 public:
  explicit SplitsByMachines(const ClassMembers& members) : members_(members) {}

  const std::vector<FactSplit>& of(const std::vector<std::size_t>& sessions) {
    const auto [place, is_new] = splits_.try_emplace(sessions);
    if (is_new) {
      std::vector<const std::vector<Fact>*> facts;
      facts.reserve(sessions.size());
      for (const std::size_t session : sessions) facts.push_back(&members_.sessions[session].facts);
      place->second = fact_splits(members_.facts, facts);
    }
    return place->second;
  }

 private:
  const ClassMembers& members_;
  std::map<std::vector<std::size_t>, std::vector<FactSplit>> splits_;
};

// A hypothesis for each split.
struct TestedSplits {
  std::vector<Separation> separations;
  std::vector<bool> shared;  // by the fastest

  void add(const std::vector<FactSplit>& splits, const std::vector<double>& values, const std::string& cell) {
    for (const FactSplit& split : splits) {
      separations.push_back(separation_by(split, values));
      separations.back().cell = cell;
      shared.push_back(is_shared_by_best(split, values));
    }
  }

  // What separates, with p values that are corrected for all that were tested.
  [[nodiscard]] std::vector<Separation> found(
      std::vector<double> (*corrected)(const std::vector<double>&)) const {
    std::vector<double> p;
    p.reserve(separations.size());
    for (const Separation& each : separations) p.push_back(each.p);
    p = corrected(p);
    std::vector<Separation> found;
    for (std::size_t i = 0; i < p.size(); ++i) {
      if (p[i] > kAlpha || !shared[i] || separations[i].times_as_fast <= 1) continue;
      found.push_back(separations[i]);
      found.back().p = p[i];
    }
    std::ranges::stable_sort(found, {}, &Separation::p);
    return found;
  }
};

// Of each machine and of the ranked one: the median of its cells' logarithms over those of the median
// machine.
struct OverallFigures {
  std::vector<std::size_t> sessions;  // one of each machine
  std::vector<double> values;
  double own = 0;
};

OverallFigures overall_figures(const ClassMembers& members) {
  std::map<std::string, std::size_t> last;  // session of each host
  for (std::size_t i = 0; i < members.sessions.size(); ++i) last[members.sessions[i].host_key] = i;
  std::map<std::size_t, std::vector<double>> ratios;  // by session
  std::vector<double> own;
  for (const CellAmongPeers& cell : members.cells) {
    if (cell.peers.empty()) continue;
    const double centre = median(means_of(cell.peers));
    own.push_back(cell.own.mean - centre);
    for (const PeerFigure& peer : cell.peers) {
      if (last.at(members.sessions[peer.session].host_key) == peer.session)
        ratios[peer.session].push_back(peer.level.mean - centre);
    }
  }
  OverallFigures figures;
  for (const auto& [session, of_session] : ratios) {
    figures.sessions.push_back(session);
    figures.values.push_back(median(of_session));
  }
  if (!own.empty()) figures.own = median(own);
  return figures;
}

StandingOverall standing_overall(const OverallFigures& figures) {
  if (figures.values.empty()) return {};
  const auto faster =
      std::ranges::count_if(figures.values, [&](double value) { return value < figures.own; });
  return {.machines = figures.values.size() + 1,
          .rank = static_cast<std::size_t>(faster) + 1,
          .faster_than = share_above(figures.own, figures.values),
          .of_median = std::exp(figures.own)};
}

}  // namespace

ClassRank rank_in_class(const ClassMembers& members) {
  ClassRank result;
  SplitsByMachines splits(members);
  TestedSplits by_cell;
  for (const CellAmongPeers& cell : members.cells) {
    if (cell.peers.empty()) continue;
    const Standing& standing = result.standings.emplace_back(standing_of(cell, members.sessions));
    if (!standing.is_behind()) continue;
    std::vector<std::size_t> sessions;
    sessions.reserve(cell.peers.size());
    for (const PeerFigure& peer : cell.peers) sessions.push_back(peer.session);
    by_cell.add(splits.of(sessions), means_of(cell.peers), cell.name);
  }
  const OverallFigures figures = overall_figures(members);
  result.overall = standing_overall(figures);
  TestedSplits overall;
  overall.add(splits.of(figures.sessions), figures.values, "");
  result.tested = overall.separations.size();
  result.overall_facts = overall.found(holm_p);
  result.cell_facts = by_cell.found(discovery_rates);
  return result;
}

}  // namespace ipcbench
