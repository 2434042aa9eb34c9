#include "results/summary/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "harness/base/text_layout.hpp"
#include "harness/base/units.hpp"
#include "results/summary/cell_tables.hpp"
#include "results/summary/count_tables.hpp"
#include "results/summary/marks.hpp"
#include "results/summary/summary.hpp"

namespace ipcbench {
namespace {

// "22 cells, 66 of 66 planned launches and 14 more"; where time did not suffice for those that were planned,
// though for enough, "22 cells, 112 launches, 3 to 9 of each"
std::string launches_text(const Report& report, const std::vector<CellSummary>& summaries) {
  const std::size_t cells = summaries.size();
  const std::uint32_t per_cell = report.session.planned_launches;
  std::size_t planned = 0;
  for (const ReportCell& cell : report.cells) {
    planned += static_cast<std::size_t>(
        std::ranges::count_if(cell.launches, [&](const Launch& launch) { return launch.number < per_cell; }));
  }
  std::string text = counted(cells, "cell");
  const std::size_t all = report.cells.launches();
  if (report.session.complete && planned + report.failed.size() < cells * per_cell) {
    const auto size = [](const ReportCell& cell) { return cell.launches.size(); };
    const auto [least, most] = std::ranges::minmax_element(report.cells, {}, size);
    text += fmt::format(", {}, {} to {} of each", counted(all, "launch"), size(*least), size(*most));
  } else {
    text += fmt::format(", {} of {}", planned, counted(cells * per_cell, "planned launch"));
    if (all > planned) text += fmt::format(" and {} more", all - planned);
  }
  const std::uint32_t repeated = report.session.repeated_launches.value_or(0);
  if (repeated > 0) text += fmt::format("; {} disturbed and repeated", repeated);
  std::size_t left_out = 0;
  for (const CellSummary& summary : summaries) left_out += summary.left_out;
  if (left_out > 0) {
    text += fmt::format("; {} left out, because another hardware thread used their core", left_out);
  }
  return text;
}

// Empty if the planned launches were enough.
std::string precision_text(const Report& report, const std::vector<CellSummary>& summaries,
                           std::size_t columns) {
  const auto& precision = report.session.precision;
  if (!precision) return "";
  const auto imprecise = std::ranges::count_if(
      summaries, [](const CellSummary& summary) { return !is_precise(figure_of(summary)); });
  std::uint64_t most = 0;
  for (const ReportCell& cell : report.cells) {
    most = std::max(most, std::uint64_t{1} + cell.launches.back().number);
  }
  if (imprecise == 0 && most <= report.session.planned_launches) return "";
  return wrap_paragraph("",
                        fmt::format("{} of {} medians are uncertain by more than {:.2g} % after up to {} "
                                    "launches.",
                                    imprecise, summaries.size(), 100 * precision->target, most),
                        columns);
}

std::string title(const Report& report, const std::vector<CellSummary>& summaries, std::size_t columns) {
  const Session& session = report.session;
  const Floors& floors = report.floors;
  std::string text =
      wrap_paragraph("",
                     fmt::format("ipcbench {} on {}, profile {}: {}", report.version,
                                 report.context.host_name, session.profile, launches_text(report, summaries)),
                     columns);
  if (!session.complete) text += wrap_paragraph("Not complete: ", session.note, columns);
  return text + precision_text(report, summaries, columns) +
         wrap_paragraph(
             "",
             fmt::format("Seed {}. Clock: {} a reading, steps of {}; an empty round trip: {}.", session.seed,
                         format_duration_ns(floors.clock_ns), format_duration_ns(floors.clock_resolution_ns),
                         format_duration_ns(floors.null_round_trip_ns)),
             columns);
}

constexpr const char* kLegend =
    "A round trip is there and back; nothing is halved. CPUs: how many of them both sides together kept "
    "busy, "
    "CPU time over elapsed time: the price of speed. Floors are what the harness or "
    "the copying alone costs, not ways to communicate.";
constexpr const char* kTokenLegend = " A token is a message without payload: a bare notification.";

constexpr const char* kPacedLegend =
    " In an open loop, times count from when a message was due, also for those that were not sent in time. "
    "The lag is by how much the producer sent them later; from send is the median without it. CPUs are "
    "without the producer's watch for the next due time.";

std::string legend(const std::vector<CellSummary>& summaries, std::string_view tables, std::size_t columns) {
  const bool tokens =
      std::ranges::any_of(summaries, [](const CellSummary& each) { return each.cell.size_bytes == 0; });
  const bool paced =
      std::ranges::any_of(summaries, [](const CellSummary& each) { return each.load.has_value(); });
  return wrap_paragraph("",
                        fmt::format("{}{}{}", kLegend, tokens ? kTokenLegend : "", paced ? kPacedLegend : ""),
                        columns) +
         explain_marks(summaries, tables, columns);
}

// The worst first. A doubt that two runs of the same check raised is listed once.
std::string doubts_text(const std::vector<Doubt>& doubts, std::size_t columns) {
  std::string text;
  std::set<std::string> said;
  for (const auto level : {Doubt::Level::invalid, Doubt::Level::warn, Doubt::Level::info}) {
    for (const Doubt& doubt : doubts) {
      const std::string line = fmt::format("{} {}", doubt.what, doubt.advice);
      if (doubt.level != level || !said.insert(line).second) continue;
      text += wrap_paragraph(fmt::format("  {:<7} ", name_of(level)), line, columns);
    }
  }
  return text.empty() ? text : "Doubts\n" + text + '\n';
}

// Omissions with the same reason: their number, their mechanisms, and one of the cells as an example.
struct Reason {
  std::size_t count = 0;
  std::set<std::string> mechanisms;
  std::string example;
};

std::string omissions_text(std::string_view title, const std::vector<Omission>& omissions,
                           std::size_t columns) {
  if (omissions.empty()) return "";
  std::map<std::string, Reason> reasons;
  for (const Omission& omission : omissions) {
    Reason& reason = reasons[omission.reason];
    if (reason.count++ == 0) reason.example = omission.cell;
    reason.mechanisms.insert(omission.cell.substr(0, omission.cell.find('/')));
  }
  std::string text = fmt::format("{}: {}\n", title, omissions.size());
  for (const auto& [what, reason] : reasons) {
    text += wrap_paragraph(
        fmt::format("  {:>5}  ", reason.count),
        fmt::format("{}: {} (such as {})", fmt::join(reason.mechanisms, ", "), what, reason.example),
        columns);
  }
  return text + '\n';
}

}  // namespace

std::string summary_table(const Report& report, std::size_t columns) {
  const std::vector<CellSummary> summaries = summarise(report);
  const std::string tables = cell_tables(summaries, columns);
  std::string text = title(report, summaries, columns) + '\n' + tables;
  if (!summaries.empty()) text += legend(summaries, tables, columns) + '\n';
  text += count_tables(report, summaries, columns);
  text += doubts_text(report.doubts, columns) + omissions_text("Skipped cells", report.skipped, columns) +
          omissions_text("Failed launches", report.failed, columns);
  text.pop_back();  // the blank line after the last part
  return text;
}

}  // namespace ipcbench
