// The summary that stands on the console at the end of a run.
#pragma once

#include <string>

#include "results/report/report.hpp"

namespace ipcbench {

// The report as text of at most 100 columns (a mechanism with many parameters may make it wider), for
// each way of waiting, kind of peers, placement, load and fan: the median time or the throughput (payload
// bytes per second; of tokens, messages) of each mechanism at a few sizes, the fastest first, with the CPU
// time of both sides; floors apart; then the doubts, and what was skipped or failed with the reason. A line
// above the tables says how many medians are uncertain after launches were added. Ends with a newline.
std::string summary_table(const Report& report);

}  // namespace ipcbench
