// Made-up reports with every kind of thing that a chart has to cope with. For tests only.
#pragma once

#include "results/report/report.hpp"

namespace ipcbench::testing {

// Seventeen mechanisms of which two are floors and one is unknown to any list, sixteen sizes, three waits,
// two placements, two kinds of peers, both patterns, three launches each. Queues and datagrams end at their
// limits, tcp has a gap at 4097 B, and there are doubts, skipped cells and a failed one.
Report charts_sample();

// All there is to choose from: thirty-seven mechanisms of which twelve pass tokens and a few bytes at most,
// every pattern, three loads, three fans; blocking, on one CPU.
Report crowd_sample();

// A small report whose host, mechanism and reasons hold markup.
Report hostile_sample();

}  // namespace ipcbench::testing
