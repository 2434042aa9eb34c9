// A comparison as rows: one for each cell (or family, or all cells) and direction, with its metrics joined.
#pragma once

#include <string>
#include <vector>

#include "results/comparison/comparison.hpp"
#include "results/comparison/comparison_view.hpp"
#include "results/comparison/short_names.hpp"

namespace ipcbench {

// What a row is about; in this order they are listed.
enum class RowKind {
  regressed,
  incomplete,  // invalid, incomparable, or too few launches for an interval
  slower,      // by less than counts
  slower_ungated,
  improved,
  faster,
  faster_ungated,
  undecided,  // unguarded or inconclusive
  unchanged
};

// Whether rows of that kind say that something changed.
constexpr bool is_change(RowKind kind) { return kind < RowKind::undecided && kind != RowKind::incomplete; }

struct ComparisonRow {
  RowKind kind = RowKind::unchanged;
  std::string name;  // short
  // The finding whose figures the row shows: time's if it has the row's verdict, else the worst. Refers to
  // the comparison.
  const Finding* shown = nullptr;
  Findings findings;  // all of the row's metrics, the shown one first
};

// The worst first. A cell that is slower in one metric and faster in another has a row for each.
std::vector<ComparisonRow> rows_of(const Comparison& comparison, const ShortNames& names);

// "time, low, cpu and tail"
std::string metrics_text(const ComparisonRow& row);
// "8.47 -> 11.1 us"; empty if either time is unknown.
std::string times_text(const Finding& finding);
// "+31 %", "-4.2 %", "x12.5": two digits or three, as certain as such numbers are. "?" if unknown.
std::string short_change(double ratio);
// "27 to 35", in per cent like the change; in factors where the change is one.
std::string short_interval(const Ratio& ratio);

// The title of rows of that kind: "Slower, by less than counts".
std::string title_of(RowKind kind, const Comparison& comparison);

}  // namespace ipcbench
