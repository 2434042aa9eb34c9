// What one launch says: the numbers that the report's rows, the summary and the comparison derive from a
// measurement, each defined here once.
#pragma once

#include <optional>

#include "results/report/report.hpp"

namespace ipcbench {

// The one figure of a launch, in nanoseconds. Where messages are timed one by one (times_messages()), the
// median of what was timed: the round trips of latency, the ways there of oneway, the times from the intended
// send times of paced. Otherwise the elapsed time per message received. Not finite if the launch has no
// samples or no messages.
double time_ns(const Row& row);

// A quantile of what was timed in nanoseconds, to the histogram's 0.8 %, never outside the exact extremes.
// `permille` is 0 to 1000 (990: the 99th percentile). Empty unless its share of the samples towards the
// nearer end is ten or more (the 90th percentile and the 10th need 100 samples, the 99th a thousand): a
// percentile that rests on fewer is decided by a handful of accidents. The median needs one sample only.
std::optional<double> percentile_ns(const Row& row, unsigned permille);

// Mean of what was timed in nanoseconds, exact: the sum of all samples over their number. Empty if there are
// none.
std::optional<double> mean_ns(const Row& row);

// CPU time of one end per message (ping-pong: per round trip), nanoseconds.
double cpu_ns_per_message(const Row& row, Side side);

// Messages received per second of the timed phase.
double messages_per_second(const Row& row);
// Payload bytes received per second; empty for what moves none: a token, or the null floor.
std::optional<double> bytes_per_second(const Row& row);

// Whether bytes are moved at all; a token has none, and the null floor only pretends to.
bool carries_payload(const Cell& cell);

}  // namespace ipcbench
