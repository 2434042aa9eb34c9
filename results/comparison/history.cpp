#include "results/comparison/history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>

#include "results/comparison/findings.hpp"
#include "results/statistics/statistics.hpp"

namespace ipcbench {
namespace {

std::string fact_of(const std::vector<Fact>& facts, std::string_view name) {
  const auto found = std::ranges::find(facts, name, &Fact::name);
  return found == facts.end() ? "" : found->value;
}

HistoryPoint point_of(const std::vector<Sample>& launches) {
  std::vector<double> times;
  for (const Sample& sample : launches) {
    const double ns = sample.ns[place_of(Metric::time)];
    if (ns > 0) times.push_back(ns);
  }
  if (times.empty()) return {};
  const Estimate time = estimate_median(times);
  const auto centre = log_centre(launches, Metric::time);
  HistoryPoint point{.time_ns = time.median,
                     .low_ns = time.low,
                     .high_ns = time.high,
                     .launches = static_cast<std::uint32_t>(times.size())};
  if (centre && centre->launches > 1) point.log_sd = centre->sd;
  return point;
}

HistorySession session_of(const SampledReport& report) {
  return {.id = report.session.id,
          .origin = report.origin,
          .started_utc = report.session.started_utc,
          .host = machine_of(report),
          .host_name = report.context.host_name,
          .version = report.version,
          .commit = fact_of(report.host, "program_commit"),
          .facts = std::make_shared<const std::vector<Fact>>(decisive_facts(report.host))};
}

// By name: before and after. Facts of which one side says nothing are no difference.
using ValuesByFact = std::map<std::string, std::pair<std::string, std::string>>;

ValuesByFact values_of(const HistorySession& before, const HistorySession& after) {
  ValuesByFact values;
  const auto add = [&](const HistorySession& session, auto side) {
    if (session.facts == nullptr) return;
    for (const Fact& fact : *session.facts) values[fact.name].*side = fact.value;
  };
  add(before, &std::pair<std::string, std::string>::first);
  add(after, &std::pair<std::string, std::string>::second);
  values["version"] = {before.version, after.version};
  values["commit"] = {before.commit, after.commit};
  return values;
}

}  // namespace

std::string machine_of(const SampledReport& report) {
  const std::string id = fact_of(report.host, "machine_id");
  return id.empty() ? report.context.host_name : id;
}

History history_of(const std::vector<SampledReport>& sessions) {
  History history;
  std::map<std::string, CellHistory> cells;
  for (const SampledReport& report : sessions) {
    for (const SampledCell& cell : report.cells) {
      CellHistory& of_cell = cells[cell.name];
      of_cell.name = cell.name;
      of_cell.family = cell.family;
      of_cell.gated = cell.may_be_gated();
      of_cell.points.resize(sessions.size());
      of_cell.points[history.sessions.size()] = point_of(cell.samples);
    }
    history.sessions.push_back(session_of(report));
  }
  for (auto& [name, cell] : cells) history.cells.push_back(std::move(cell));
  return history;
}

std::vector<std::string> changed_facts(const HistorySession& before, const HistorySession& after) {
  std::vector<std::string> lines;
  for (const auto& [name, values] : values_of(before, after)) {
    const auto& [old, fresh] = values;
    if (old.empty() || fresh.empty() || old == fresh) continue;
    lines.push_back(fmt::format("{}: {} -> {}", name, old, fresh));
  }
  return lines;
}

}  // namespace ipcbench
