// How a cell's times are spread, short enough for the page.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "results/report/report.hpp"
#include "results/summary/summary.hpp"

namespace ipcbench {

// The shares of Distribution::quantiles_ns.
inline constexpr std::array kQuantileShares{0.01, 0.05, 0.1,  0.25,  0.5,    0.75,
                                            0.9,  0.95, 0.99, 0.999, 0.9999, 0.99999};

// Of all timed messages of the launches that count; both empty if messages are not timed.
struct Distribution {
  // In nanoseconds at kQuantileShares, as far as ten samples lie beyond: a tail has no value after that.
  std::vector<double> quantiles_ns;
  // "FIRST:COUNT,COUNT,...": the messages in classes of a sixteenth of an octave, from class FIRST on
  // (decimal), counts in base 36, an empty one for 0. Class c reaches from 2^(c/16) to 2^((c+1)/16) ns.
  std::string histogram;
};

Distribution distribution_of(const ReportCell& cell, const CellSummary& summary);

// The launches of which the summary has figures, in their order.
std::vector<const Launch*> counted_launches(const ReportCell& cell, const CellSummary& summary);

}  // namespace ipcbench
