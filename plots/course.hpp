// How a cell's time moved while its launches lasted, short enough for the page.
#pragma once

#include <cstddef>
#include <string>

#include "results/report/report.hpp"
#include "results/summary/summary.hpp"

namespace ipcbench {

// A launch has at most this many parts: its windows are merged to as many. A standard report has 12,000
// launches, so each part costs the page 12 kB.
inline constexpr std::size_t kMostParts = 8;

// "LOW:HIGH:PARTS,PARTS,...": PARTS of each launch that counts, in their order, empty for a launch without
// windows; the whole is empty if all are. A part is one character, the place of its time per message between
// LOW and HIGH, both in ns, on a logarithmic scale of 64 steps from '0' to '9', 'A' to 'Z', 'a' to 'z', '-'
// and '_'; '.' is a part without a message.
std::string course_of(const ReportCell& cell, const CellSummary& summary);

}  // namespace ipcbench
