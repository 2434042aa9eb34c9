// All tables of a report.
#pragma once

#include <string>

#include "harness/base/text_layout.hpp"
#include "results/report/report.hpp"

namespace ipcbench {

// The report as text of at most `columns`, 40 or more; a longer name than that stands alone. A line above
// the tables says how many medians are still uncertain after launches were added. There is a table for each
// way of waiting, kind of peers, placement, load and fan. It has the median time or the throughput (payload
// bytes per second; for tokens, messages) of each mechanism at a few sizes, the fastest first and floors
// last, with the CPU time of both sides. If cells were counted, the counts of a message follow. Doubts
// follow, then skipped cells and failed launches with the reasons. Ends with a newline.
std::string summary_table(const Report& report, std::size_t columns = kTextColumns);

}  // namespace ipcbench
