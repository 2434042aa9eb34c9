// All mechanisms of a report side by side, as an engineer weighs them: the time at four sizes with the CPUs
// that it keeps busy, what the link takes besides its messages, and what the mechanism guarantees.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "results/report/report.hpp"
#include "results/summary/summary.hpp"

namespace ipcbench {

inline constexpr std::array<std::size_t, 4> kStandingSizes{64, 4096, 65536, std::size_t{1} << 20};

// Medians over all launches of the standing's cells, in nanoseconds.
struct SetUpSummary {
  double ready_ns = 0;  // created, connected, and the first message there
  double tear_down_ns = 0;
};

struct StandingRow {
  std::string label;  // label_of(): the mechanism with its parameters
  std::array<const CellSummary*, kStandingSizes.size()> at{};  // null: not measured
  // How many times as long as the best at each size, as a geometric mean over the sizes. 1: the best at all.
  double times = 1;
  std::size_t sizes = 0;  // how many were measured
  std::optional<SetUpSummary> set_up;
  std::string guarantees;  // "both ways, whole messages, by name"; empty: nothing was found out
};

// The standings of one placement, way of waiting and so on.
struct Standings {
  const CellSummary* any = nullptr;  // a cell of the table: its axes but mechanism and size are those of all
  std::vector<StandingRow> order;    // those with more sizes first, then the best
};

// Of the cells of `report` whose round trips were timed, floors and tokens left out. They point into
// `summaries`, which are those of the report, in its order.
std::vector<Standings> standings(const Report& report, const std::vector<CellSummary>& summaries);

// "Median round trip, both on one CPU (cpus:same)".
std::string title_of(const Standings& standings);

// A table as texts: the head, then a row for each mechanism.
using TextTable = std::vector<std::vector<std::string>>;
TextTable table_of(const Standings& standings);

// For a terminal of so many columns, or as Markdown.
std::string standings_text(const Report& report, std::size_t columns);
std::string standings_markdown(const Report& report);

}  // namespace ipcbench
