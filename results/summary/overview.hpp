// One screen about a report: what is fastest where, and what to know before believing it.
#pragma once

#include <cstddef>
#include <string>

#include "harness/base/text_layout.hpp"
#include "results/report/report.hpp"

namespace ipcbench {

// At 80 columns and more.
inline constexpr std::size_t kScreenLines = 45;

// The report on at most `lines` lines (with at least 80 columns; a narrower text is longer): doubts, the
// worst first and coloured; how many cells failed or were skipped and why; then the rankings() at the sizes
// that are read first. A line shows a way of waiting: its best median, how many CPUs both ends kept busy,
// which mechanisms cannot be told from the best, and the next ones with their multiple of its time. Ways of
// waiting after the first have a line where they are faster. Rankings that do not fit are counted. If
// cells were counted, the tables of their counts follow, beyond those lines. Ends with a newline.
std::string overview(const Report& report, const TextStyle& style, std::size_t lines = kScreenLines);

}  // namespace ipcbench
