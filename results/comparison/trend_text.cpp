#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/base/printable.hpp"
#include "harness/base/text_layout.hpp"
#include "harness/base/units.hpp"
#include "results/comparison/comparison_rows.hpp"
#include "results/comparison/trend_view.hpp"

namespace ipcbench {
namespace {

using Rows = std::vector<std::vector<std::string>>;

ShortNames names_of(const History& history) {
  std::vector<std::string> names;
  names.reserve(history.cells.size());
  for (const CellHistory& cell : history.cells) names.push_back(cell.name);
  return ShortNames(names);
}

std::string named(const ShortNames& names, Level level, const std::string& name) {
  if (level == Level::whole) return name;
  return level == Level::family ? names.family(name) : names.cell(name);
}

std::string change_text(const Ratio& ratio) {
  return fmt::format("{} ({})", short_change(ratio.estimate), short_interval(ratio));
}

std::string time_or_nothing(double ns) { return ns > 0 ? format_duration_ns(ns) : "-"; }

std::string started(const HistorySession& session) {
  return session.started_utc.empty() ? session.id : session.started_utc;
}

std::string head_of(const HostTrend& host) {
  const auto& sessions = host.history.sessions;
  return fmt::format("{}: {} from {} to {}, {}", sessions.back().host_name,
                     counted(sessions.size(), "session"), started(sessions.front()), started(sessions.back()),
                     counted(host.history.cells.size(), "cell"));
}

// What is worth knowing of a change, below the table.
std::string notes_of(const HostTrend& host, const LevelEvent& event, std::size_t columns) {
  std::string text;
  const auto add = [&](const std::string& note) {
    text += wrap_paragraph("  ", printable_line(event.id + ": " + note), columns);
  };
  if (const auto why = host.accepted.find(event.id); why != host.accepted.end())
    add("accepted: " + why->second);
  if (event.fixed_at > 0) {
    add("taken back from " + started(host.history.sessions[event.fixed_at]) + " on");
  } else if (!event.is_last) {
    add("the level has changed again since");
  }
  if (!event.cells.empty()) add("with " + counted(event.cells.size(), "cell"));
  if (!event.differs.empty()) add(fmt::format("differs: {}", fmt::join(event.differs, "; ")));
  return text;
}

std::string changes_text(const HostTrend& host, const ShortNames& names, std::size_t columns) {
  if (host.events.empty()) return "\nNo level surely changed.\n";
  Rows rows{{"Change", "verdict", "first session", "after / before", "p", "id"}};
  std::string notes;
  for (const LevelEvent& event : host.events) {
    rows.push_back({named(names, event.level, event.name), std::string(name_of(event.step.verdict)),
                    started(host.history.sessions[event.step.at]), change_text(event.step.ratio),
                    fmt::format("{:.1g}", event.step.p_adjusted), event.id});
    notes += notes_of(host, event, columns);
  }
  return '\n' + align_columns(rows, columns) + notes;
}

bool is_unexpected(const Trend& trend) {
  const Verdict verdict = trend.newest.verdict;
  return verdict != Verdict::inconclusive && verdict != Verdict::unchanged && verdict != Verdict::unguarded;
}

std::string newest_text(const HostTrend& host, const ShortNames& names, bool all, std::size_t columns) {
  Rows rows{{"Newest session", "verdict", "time", "against those before"}};
  for (const Trend& trend : host.trends) {
    if (!all && !is_unexpected(trend)) continue;
    const bool judged = trend.newest.reason.empty();
    rows.push_back({named(names, trend.level, trend.name), std::string(name_of(trend.newest.verdict)),
                    time_or_nothing(trend.points.back().time_ns),
                    judged ? change_text(trend.newest.ratio) : trend.newest.reason});
  }
  if (rows.size() == 1) return "\nThe newest session is where those before let it be expected.\n";
  return '\n' + align_columns(rows, columns);
}

// Every session of the only cell.
std::string sessions_text(const HostTrend& host, std::size_t columns) {
  if (host.history.cells.size() != 1) return "";
  Rows rows{{"Session", "time", "low", "high", "launches", "version"}};
  const CellHistory& cell = host.history.cells.front();
  for (std::size_t i = 0; i < cell.points.size(); ++i) {
    const HistoryPoint& point = cell.points[i];
    if (!(point.time_ns > 0)) continue;
    rows.push_back({printable_line(started(host.history.sessions[i])), time_or_nothing(point.time_ns),
                    time_or_nothing(point.low_ns), time_or_nothing(point.high_ns),
                    fmt::format("{}", point.launches), printable_line(host.history.sessions[i].version)});
  }
  return fmt::format("\n{}\n", cell.name) + align_columns(rows, columns);
}

std::string host_text(const HostTrend& host, bool with_sessions, bool all, std::size_t columns) {
  std::string text = wrap_paragraph("", printable_line(head_of(host)), columns);
  if (!host.newest_invalid.empty())
    text += wrap_paragraph(
        "", printable_line("Its newest session is invalid and not among them: " + host.newest_invalid),
        columns);
  if (host.trends.empty())
    return text + fmt::format("Fewer than {} sessions of every cell: nothing to follow.\n", kFewestInTrend);
  const ShortNames names = names_of(host.history);
  return text + (with_sessions ? sessions_text(host, columns) : "") + changes_text(host, names, columns) +
         newest_text(host, names, all, columns);
}

std::string class_text(const OutlyingClass& each, std::size_t columns) {
  const std::string head = printable_line(fmt::format("{}: {}", each.name, counted(each.hosts, "host")));
  if (each.outlying.empty()) return fmt::format("{}, none of them outlying.\n", head);
  Rows rows{{"Outlying host", "in", "from the median", "robust deviations"}};
  for (const OutlyingHost& host : each.outlying) {
    rows.push_back({printable_line(host.host), printable_line(host.name), short_change(host.ratio),
                    fmt::format("{:.1f}", host.deviation)});
  }
  return head + '\n' + align_columns(rows, columns);
}

}  // namespace

std::string trend_text(const TrendView& view, bool all, std::size_t columns) {
  const bool with_sessions = all || view.hosts.size() == 1;
  std::string text;
  for (const HostTrend& host : view.hosts) {
    if (!text.empty()) text += '\n';
    text += host_text(host, with_sessions, all, columns);
  }
  for (const OutlyingClass& each : view.classes) text += '\n' + class_text(each, columns);
  return text;
}

}  // namespace ipcbench
