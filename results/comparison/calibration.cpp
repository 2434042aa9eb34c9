#include "results/comparison/calibration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/statistics/univariate_statistics.hpp>
#include <cmath>
#include <set>

#include "results/comparison/differing_facts.hpp"
#include "results/comparison/findings.hpp"
#include "results/report/report_json.hpp"
#include "results/statistics/statistics.hpp"

namespace ipcbench {
namespace {

using boost::math::statistics::mean;
using boost::math::statistics::sample_variance;

// A cell's metric in each session; empty if a session lacks it.
using Centres = std::vector<LogCentre>;

// By cell, by metric.
using SessionTable = std::vector<std::array<Centres, kMetrics>>;

Centres centres_of(const std::vector<CellsByName>& sessions, const std::string& cell, Metric metric) {
  Centres centres;
  for (const CellsByName& session : sessions) {
    const auto centre = log_centre(session.at(cell)->samples, metric);
    if (!centre) return {};
    centres.push_back(*centre);
  }
  return centres;
}

// The standard deviation between sessions, after subtracting the variance that the launches explain.
double session_sd(const std::vector<double>& centres, double explained_variance) {
  return std::sqrt(std::max(0.0, sample_variance(centres) - explained_variance));
}

SessionVariance cell_variance(const Centres& sessions) {
  if (sessions.empty()) return kUnknownVariance;
  std::vector<double> centres;
  std::vector<double> within;
  std::vector<double> explained;
  for (const LogCentre& session : sessions) {
    centres.push_back(session.centre);
    within.push_back(session.sd * session.sd);
    explained.push_back(kCentreVariance * within.back() / static_cast<double>(session.launches));
  }
  return {.session_sd = session_sd(centres, mean(explained)), .launch_sd = std::sqrt(mean(within))};
}

// A group's value in a session is the centre of its cells' deviations, each from the cell's mean over all
// sessions.
SessionVariance group_variance(const CellGroup& group, const SessionTable& table, Metric metric) {
  std::vector<std::vector<double>> by_session;
  std::vector<double> launch_sds;
  double explained = 0;
  for (const std::size_t cell : group.cells) {
    const Centres& centres = table[cell][place_of(metric)];
    if (centres.empty()) continue;
    by_session.resize(centres.size());
    double middle = 0;
    for (const LogCentre& centre : centres) middle += centre.centre / static_cast<double>(centres.size());
    for (std::size_t s = 0; s < centres.size(); ++s) {
      by_session[s].push_back(centres[s].centre - middle);
      explained += centres[s].sd * centres[s].sd / static_cast<double>(centres[s].launches * centres.size());
    }
    launch_sds.push_back(cell_variance(centres).launch_sd);
  }
  if (launch_sds.size() < 2) return kUnknownVariance;
  std::vector<double> centres;
  centres.reserve(by_session.size());
  for (const auto& session : by_session) centres.push_back(hodges_lehmann(session));
  const auto cells = static_cast<double>(launch_sds.size());
  // A centre of centres: one over the launches, one over the cells.
  explained *= kCentreVariance * kCentreVariance / (cells * cells);
  return {.session_sd = session_sd(centres, explained), .launch_sd = median(launch_sds)};
}

void require_one_host(const std::vector<SampledReport>& sessions) {
  std::set<std::string> ids;
  for (const SampledReport& session : sessions) {
    if (session.plain)
      throw ReportError(fmt::format("{}: a calibration needs reports of ipcbench", session.origin));
    if (!ids.insert(session.session.id).second)
      throw ReportError(fmt::format("{}: this session was given twice", session.origin));
    if (session.version != sessions.front().version) {
      throw ReportError(
          fmt::format("{} was written by version {}, {} by {}: a calibration needs sessions of one program",
                      session.origin, session.version, sessions.front().origin, sessions.front().version));
    }
    const auto differing = differing_facts(sessions.front(), session, {});
    if (!differing.empty()) {
      throw ReportError(fmt::format("not sessions of one unchanged host: {}", differing.front()));
    }
  }
}

// The cells of the first session that all others have too.
std::vector<CellPair> cells_of_all(const std::vector<SampledReport>& sessions,
                                   const std::vector<CellsByName>& by_name) {
  std::vector<CellPair> cells = common_cells(sessions.front(), sessions.front());
  std::erase_if(cells, [&](const CellPair& cell) {
    return !std::ranges::all_of(by_name, [&](const auto& names) { return names.contains(cell.base->name); });
  });
  if (cells.empty()) throw ReportError("the sessions have no cell in common");
  return cells;
}

std::size_t median_launches(const std::vector<CellPair>& cells) {
  std::vector<double> launches;
  launches.reserve(cells.size());
  for (const CellPair& cell : cells) launches.push_back(static_cast<double>(cell.base->samples.size()));
  return static_cast<std::size_t>(median(launches));
}

// The whole, the families, then the cells.
std::vector<CalibratedEntry> entries_of(const std::vector<CellsByName>& by_name,
                                        const std::vector<CellPair>& cells, const GateSettings& settings) {
  SessionTable table;
  for (const CellPair& cell : cells) {
    auto& row = table.emplace_back();
    for (const Metric metric : kAllMetrics) {
      row[place_of(metric)] = centres_of(by_name, cell.base->name, metric);
    }
  }
  std::vector<CalibratedEntry> entries;
  for (const CellGroup& group : groups_of(cells, settings)) {
    CalibratedEntry& entry = entries.emplace_back(CalibratedEntry{.level = group.level, .name = group.name});
    for (const Metric metric : kAllMetrics) {
      entry.metrics[place_of(metric)] = group_variance(group, table, metric);
    }
  }
  for (std::size_t i = 0; i < cells.size(); ++i) {
    CalibratedEntry& entry =
        entries.emplace_back(CalibratedEntry{.level = Level::cell, .name = cells[i].base->name});
    std::ranges::transform(table[i], entry.metrics.begin(), cell_variance);
  }
  return entries;
}

}  // namespace

Calibration calibrate(const std::vector<SampledReport>& sessions, const GateSettings& settings) {
  if (sessions.size() < kFewestSessions) {
    throw ReportError(
        fmt::format("a calibration needs at least {} sessions, got {}", kFewestSessions, sessions.size()));
  }
  require_one_host(sessions);
  std::vector<CellsByName> by_name;
  by_name.reserve(sessions.size());
  for (const SampledReport& session : sessions) by_name.push_back(cells_by_name(session));
  const std::vector<CellPair> cells = cells_of_all(sessions, by_name);
  const SampledReport& first = sessions.front();
  return {.version = first.version,
          .host_name = first.context.host_name,
          .host = first.host,
          .sessions = sessions.size(),
          .launches = median_launches(cells),
          .started_utc = first.session.started_utc,
          .ended_utc = sessions.back().session.ended_utc,
          .entries = entries_of(by_name, cells, settings)};
}

double typical_session_sd(const Calibration& calibration, Metric metric) {
  std::vector<double> sds;
  for (const CalibratedEntry& entry : calibration.entries) {
    const double sd = entry.metrics[place_of(metric)].session_sd;
    if (entry.level == Level::cell && !std::isnan(sd)) sds.push_back(sd);
  }
  return sds.empty() ? kUnknownVariance.session_sd : median(sds);
}

}  // namespace ipcbench
