#include "results/comparison/calibration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/statistics/univariate_statistics.hpp>
#include <cmath>
#include <set>

#include "results/comparison/differing_facts.hpp"
#include "results/comparison/findings.hpp"
#include "results/report/report_json.hpp"
#include "results/statistics/moderation.hpp"
#include "results/statistics/statistics.hpp"

namespace ipcbench {
namespace {

using boost::math::statistics::mean;
using boost::math::statistics::sample_variance;

// A cell's metric in each session; empty if a session lacks it.
using Centres = std::vector<LogCentre>;

Centres centres_of(const std::vector<CellsByName>& sessions, const std::string& cell, Metric metric) {
  Centres centres;
  for (const CellsByName& session : sessions) {
    const auto centre = log_centre(session.at(cell)->samples, metric);
    if (!centre) return {};
    centres.push_back(*centre);
  }
  return centres;
}

// A cell or group in each session, and what its launches explain; `centres` is empty if it is unknown.
struct SessionValues {
  std::vector<double> centres;
  double launch_sd = 0;
  double explained = 0;  // of the variance of a centre
};

SessionValues values_of_cell(const Centres& sessions) {
  SessionValues values;
  std::vector<double> within;
  std::vector<double> explained;
  for (const LogCentre& session : sessions) {
    values.centres.push_back(session.centre);
    within.push_back(session.sd * session.sd);
    explained.push_back(kCentreVariance * within.back() / static_cast<double>(session.launches));
  }
  if (sessions.empty()) return values;
  values.launch_sd = std::sqrt(mean(within));
  values.explained = mean(explained);
  return values;
}

// A group's value in a session is the centre of its cells' deviations, each from the cell's mean over all
// sessions.
SessionValues values_of_group(const CellGroup& group, const std::vector<SessionValues>& cells) {
  std::vector<std::vector<double>> by_session;
  std::vector<double> launch_sds;
  double explained = 0;
  for (const std::size_t cell : group.cells) {
    const std::vector<double>& centres = cells[cell].centres;
    if (centres.empty()) continue;
    by_session.resize(centres.size());
    const double middle = mean(centres);
    for (std::size_t s = 0; s < centres.size(); ++s) by_session[s].push_back(centres[s] - middle);
    explained += cells[cell].explained;
    launch_sds.push_back(cells[cell].launch_sd);
  }
  if (launch_sds.size() < 2) return {};
  SessionValues values;
  for (const auto& session : by_session) values.centres.push_back(hodges_lehmann(session));
  const auto members = static_cast<double>(launch_sds.size());
  values.launch_sd = median(launch_sds);
  // A centre of centres: one over the launches, one over the cells.
  values.explained = kCentreVariance * explained / (members * members);
  return values;
}

// The variances of all entries of one level, moderated by each other.
std::vector<SessionVariance> variances_of(Level level, const std::vector<SessionValues>& entries) {
  std::vector<std::vector<double>> known;
  for (const SessionValues& entry : entries) {
    if (!entry.centres.empty()) known.push_back(entry.centres);
  }
  const std::vector<VarianceEstimate> moderated = moderated_variances(known, steadiness_of(level));
  std::vector<SessionVariance> variances;
  std::size_t next = 0;
  for (const auto& [centres, launch_sd, explained] : entries) {
    if (centres.empty()) {
      variances.push_back(kUnknownVariance);
      continue;
    }
    const auto& [variance, freedom] = moderated[next++];
    variances.push_back({.session_sd = std::sqrt(std::max(0.0, sample_variance(centres) - explained)),
                         .launch_sd = launch_sd,
                         .within_sd = std::sqrt(explained),
                         .centre_sd = std::sqrt(variance),
                         .freedom = freedom});
  }
  return variances;
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
    const auto differing = differences_between(sessions.front(), session, {});
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

std::vector<SessionValues> values_of_cells(const std::vector<CellsByName>& by_name,
                                           const std::vector<CellPair>& cells, Metric metric) {
  std::vector<SessionValues> values;
  values.reserve(cells.size());
  for (const CellPair& cell : cells) {
    values.push_back(values_of_cell(centres_of(by_name, cell.base->name, metric)));
  }
  return values;
}

// The whole, the families, then the cells.
std::vector<CalibratedEntry> entries_of(const std::vector<CellsByName>& by_name,
                                        const std::vector<CellPair>& cells, const GateSettings& settings) {
  const std::vector<CellGroup> groups = groups_of(cells, settings);
  std::vector<CalibratedEntry> entries;
  entries.reserve(groups.size() + cells.size());
  for (const CellGroup& group : groups) entries.push_back({.level = group.level, .name = group.name});
  for (const CellPair& cell : cells) entries.push_back({.level = Level::cell, .name = cell.base->name});
  for (const Metric metric : kAllMetrics) {
    std::map<Level, std::vector<SessionValues>> values;
    values[Level::cell] = values_of_cells(by_name, cells, metric);
    for (const CellGroup& group : groups) {
      values[group.level].push_back(values_of_group(group, values[Level::cell]));
    }
    std::map<Level, std::vector<SessionVariance>> variances;
    for (const auto& [level, of_level] : values) variances[level] = variances_of(level, of_level);
    std::map<Level, std::size_t> next;
    for (CalibratedEntry& entry : entries) {
      entry.metrics[place_of(metric)] = variances[entry.level][next[entry.level]++];
    }
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
