// Samples for tests of comparisons: launches of cells that were never run.
#pragma once

#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "results/report/samples.hpp"

namespace ipcbench::testing {

// A cell with the metric `time` only: value(launch) nanoseconds for launches first to last - 1.
inline SampledCell made_cell(const std::string& mechanism, std::size_t size_bytes, std::uint32_t first,
                             std::uint32_t last, const std::function<double(std::uint32_t)>& value) {
  const std::string family = mechanism + "/latency/wait:block/peers:fork/cpus:same";
  SampledCell cell;
  cell.name = mechanism + "/latency/size:" + std::to_string(size_bytes) + "/wait:block/peers:fork/cpus:same";
  cell.family = family;
  cell.mechanism = mechanism;
  for (std::uint32_t launch = first; launch < last; ++launch) {
    Sample sample;
    sample.launch = launch;
    sample.ns.fill(std::numeric_limits<double>::quiet_NaN());
    sample.ns[place_of(Metric::time)] = value(launch);
    cell.samples.push_back(sample);
  }
  return cell;
}

// Noise without a random generator: within +-share, never the same twice, centred near 0.
inline double wobble(std::uint32_t launch, double share) {
  const double turns = 0.6180339887498949 * (launch + 1);
  return 1 + share * (2 * (turns - std::floor(turns)) - 1);
}

inline constexpr std::uint32_t kLaunchesMade = 40;

// A cell whose launches 0 to last - 1 differ by noise only; another `shift` is other noise.
inline SampledCell steady(const std::string& mechanism, std::size_t size_bytes, double ns,
                          std::uint32_t last = kLaunchesMade, double share = 0.02, std::uint32_t shift = 0) {
  return made_cell(mechanism, size_bytes, 0, last,
                   [=](std::uint32_t launch) { return ns * wobble(launch + shift, share); });
}

inline SampledReport made_report(std::string origin, std::vector<SampledCell> cells) {
  SampledReport report;
  report.origin = std::move(origin);
  report.version = "0.1.0";
  report.context.host_name = "board";
  report.session.id = report.origin + "-session";
  report.cells = std::move(cells);
  return report;
}

inline SampledReport made_side(const std::string& side, std::vector<SampledCell> cells,
                               std::uint32_t first_blocks = 10) {
  SampledReport report = made_report(side, std::move(cells));
  report.session.duet = DuetSide{.id = "d", .side = side, .first_blocks = first_blocks};
  return report;
}

}  // namespace ipcbench::testing
