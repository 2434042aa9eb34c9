// Made-up reports with everything that a chart has to handle. For tests only.
#pragma once

#include "results/report/report.hpp"

namespace ipcbench::testing {

// Seventeen mechanisms, two of them floors and one that the report does not describe; sixteen sizes, three
// waits, two placements, two kinds of peers, both patterns, three launches each. Queues and datagrams end at
// their limits, tcp has a gap at 4097 B, and there are doubts, a skipped cell and a failed one.
Report charts_sample();

// The largest choice: thirty-seven mechanisms, twelve of which pass tokens and a few bytes at most; every
// pattern, three loads, three fans; blocking, on one CPU.
Report crowd_sample();

// A small report whose host, mechanism and reasons hold markup.
Report hostile_sample();

}  // namespace ipcbench::testing
