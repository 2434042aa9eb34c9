#include "results/comparison/calibration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>
#include <map>
#include <numbers>
#include <set>

#include "results/comparison/cell_groups.hpp"
#include "results/comparison/differing_facts.hpp"
#include "results/comparison/findings.hpp"
#include "results/report/report_json.hpp"
#include "results/statistics/signed_rank.hpp"
#include "results/statistics/statistics.hpp"

namespace ipcbench {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

double sample_variance(const std::vector<double>& values) {
  const double centre = mean(values);
  double squares = 0;
  for (const double value : values) squares += (value - centre) * (value - centre);
  return squares / static_cast<double>(values.size() - 1);
}

// One cell's metric in every session; empty if a session has no such number.
using Centres = std::vector<LogCentre>;

// What the centres of the sessions vary by, less what they would by their launches alone.
SessionVariance variance_of(const Centres& centres) {
  std::vector<double> places;
  std::vector<double> within;
  std::vector<double> explained;
  for (const LogCentre& centre : centres) {
    places.push_back(centre.centre);
    within.push_back(centre.sd * centre.sd);
    explained.push_back(std::numbers::pi / 3 * within.back() / static_cast<double>(centre.launches));
  }
  return {.session_sd = std::sqrt(std::max(0.0, sample_variance(places) - mean(explained))),
          .launch_sd = std::sqrt(mean(within))};
}

// The sessions' centres of each cell, by metric.
class SessionTable {
 public:
  SessionTable(const std::vector<SampledReport>& sessions, const std::vector<CellPair>& cells) {
    for (const Metric metric : kAllMetrics) {
      auto& column = columns_[place_of(metric)];
      for (const CellPair& cell : cells) column.push_back(centres_of(sessions, cell.base->name, metric));
    }
  }

  [[nodiscard]] const Centres& at(std::size_t cell, Metric metric) const {
    return columns_[place_of(metric)][cell];
  }

 private:
  static Centres centres_of(const std::vector<SampledReport>& sessions, const std::string& name,
                            Metric metric) {
    Centres centres;
    for (const SampledReport& session : sessions) {
      const auto cell = std::ranges::find(session.cells, name, &SampledCell::name);
      const auto centre = cell == session.cells.end() ? std::nullopt : log_centre(*cell, metric);
      if (!centre) return {};
      centres.push_back(*centre);
    }
    return centres;
  }

  std::array<std::vector<Centres>, kMetrics> columns_;  // by metric, by cell
};

CalibratedEntry entry_for_cell(const std::string& name, std::size_t cell, const SessionTable& table) {
  CalibratedEntry entry{.level = Level::cell, .name = name};
  for (const Metric metric : kAllMetrics) {
    const Centres& centres = table.at(cell, metric);
    entry.metrics[place_of(metric)] =
        centres.empty() ? SessionVariance{kUnknown, kUnknown} : variance_of(centres);
  }
  return entry;
}

// A group's session is the centre of its cells' deviations from their own means over all sessions.
SessionVariance group_variance(const CellGroup& group, const SessionTable& table, Metric metric) {
  std::vector<std::vector<double>> by_session;
  std::vector<double> launch_sds;
  double explained = 0;
  for (const std::size_t cell : group.cells) {
    const Centres& centres = table.at(cell, metric);
    if (centres.empty()) continue;
    by_session.resize(centres.size());
    double middle = 0;
    for (const LogCentre& centre : centres) middle += centre.centre / static_cast<double>(centres.size());
    for (std::size_t s = 0; s < centres.size(); ++s) {
      by_session[s].push_back(centres[s].centre - middle);
      explained += centres[s].sd * centres[s].sd / static_cast<double>(centres[s].launches * centres.size());
    }
    launch_sds.push_back(variance_of(centres).launch_sd);
  }
  if (launch_sds.size() < 2) return {kUnknown, kUnknown};
  std::vector<double> places;
  places.reserve(by_session.size());
  for (const auto& session : by_session) places.push_back(hodges_lehmann(session));
  const auto cells = static_cast<double>(launch_sds.size());
  // Two centres on top of one another: of the launches, and of the cells.
  explained *= std::numbers::pi / 3 * std::numbers::pi / 3 / (cells * cells);
  return {.session_sd = std::sqrt(std::max(0.0, sample_variance(places) - explained)),
          .launch_sd = median(launch_sds)};
}

CalibratedEntry entry_for_group(Level level, const CellGroup& group, const SessionTable& table) {
  CalibratedEntry entry{.level = level, .name = group.name};
  for (const Metric metric : kAllMetrics) {
    entry.metrics[place_of(metric)] = group_variance(group, table, metric);
  }
  return entry;
}

void require_one_host(const std::vector<SampledReport>& sessions) {
  std::set<std::string> ids;
  for (const SampledReport& session : sessions) {
    if (session.plain)
      throw ReportError(fmt::format("{}: a calibration takes reports of ipcbench", session.origin));
    if (!ids.insert(session.session.id).second)
      throw ReportError(fmt::format("{}: this session is there already", session.origin));
    if (session.version != sessions.front().version) {
      throw ReportError(fmt::format("{} was written by version {}, {} by {}: a calibration is of one program",
                                    session.origin, session.version, sessions.front().origin,
                                    sessions.front().version));
    }
    const auto differing = differing_facts(sessions.front(), session, {});
    if (!differing.empty()) {
      throw ReportError(fmt::format("not sessions of one unchanged host: {}", differing.front()));
    }
  }
}

// The cells of the first session that all others have.
std::vector<CellPair> cells_of_all(const std::vector<SampledReport>& sessions) {
  std::vector<CellPair> cells = common_cells(sessions.front(), sessions.front());
  for (const SampledReport& session : sessions) {
    std::set<std::string> names;
    for (const SampledCell& cell : session.cells) names.insert(cell.name);
    std::erase_if(cells, [&](const CellPair& cell) { return !names.contains(cell.base->name); });
  }
  return cells;
}

std::size_t median_launches(const std::vector<CellPair>& cells) {
  std::vector<double> launches;
  launches.reserve(cells.size());
  for (const CellPair& cell : cells) launches.push_back(static_cast<double>(cell.base->samples.size()));
  return static_cast<std::size_t>(median(launches));
}

}  // namespace

Calibration calibrate(const std::vector<SampledReport>& sessions, const GateSettings& settings) {
  if (sessions.size() < kFewestSessions) {
    throw ReportError(fmt::format("a calibration takes {} sessions or more, there are {}", kFewestSessions,
                                  sessions.size()));
  }
  require_one_host(sessions);
  const std::vector<CellPair> cells = cells_of_all(sessions);
  if (cells.empty()) throw ReportError("the sessions have no cell in common");
  const SessionTable table(sessions, cells);
  Calibration calibration;
  calibration.version = sessions.front().version;
  calibration.host_name = sessions.front().context.host_name;
  calibration.host = sessions.front().host;
  calibration.sessions = sessions.size();
  calibration.launches = median_launches(cells);
  calibration.started_utc = sessions.front().session.started_utc;
  calibration.ended_utc = sessions.back().session.ended_utc;
  for (const CellGroup& whole : whole_of(cells, settings)) {
    calibration.entries.push_back(entry_for_group(Level::whole, whole, table));
  }
  for (const CellGroup& family : families_of(cells, settings)) {
    calibration.entries.push_back(entry_for_group(Level::family, family, table));
  }
  for (std::size_t i = 0; i < cells.size(); ++i) {
    calibration.entries.push_back(entry_for_cell(cells[i].base->name, i, table));
  }
  return calibration;
}

double typical_session_sd(const Calibration& calibration, Metric metric) {
  std::vector<double> sds;
  for (const CalibratedEntry& entry : calibration.entries) {
    const double sd = entry.metrics[place_of(metric)].session_sd;
    if (entry.level == Level::cell && !std::isnan(sd)) sds.push_back(sd);
  }
  return sds.empty() ? kUnknown : median(sds);
}

double floor_of(const SessionVariance& variance, std::size_t launches, std::size_t sessions,
                std::size_t tests, double alpha, double power) {
  const double between = variance.session_sd * variance.session_sd;
  const double within =
      std::numbers::pi / 3 * variance.launch_sd * variance.launch_sd / static_cast<double>(launches);
  const boost::math::students_t_distribution<double> t(static_cast<double>(sessions - 1));
  const double z = boost::math::quantile(boost::math::complement(t, alpha / static_cast<double>(tests))) +
                   boost::math::quantile(t, power);
  return std::expm1(z * std::sqrt(2 * (between + within)));
}

}  // namespace ipcbench
