// The data of a comparison: the compared metrics of each cell and launch, and nothing else. They come from a
// report in memory, or from a file without building the report, which takes a tenth of the time and memory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "results/report/metrics.hpp"
#include "results/report/report.hpp"

namespace ipcbench {

struct Sample {
  std::uint32_t launch = 0;  // as Launch::number; in a duet the number of its block
  MetricValues ns{};         // NaN: unknown
  // The distance of the ends' CPUs (distance_ns()); NaN: unknown, or they were not on two CPUs.
  double line_rtt_ns = std::numeric_limits<double>::quiet_NaN();
  bool steady = true;  // false: the launch drifted, see steadiness.hpp
  // The timed phase: its messages, and how long they took. NaN in a plain Google Benchmark report.
  double messages = std::numeric_limits<double>::quiet_NaN();
  double elapsed_ns = std::numeric_limits<double>::quiet_NaN();
};

struct SampledCell {
  std::string name;       // cell_name(), or the benchmark's name in a plain Google Benchmark report
  std::string family;     // the name without the size, see family_name()
  std::string mechanism;  // empty in a plain Google Benchmark report
  bool pinned = true;     // cpus is not `free`
  // paced: its rate is a share of a capacity that each launch measures for itself. A faster mechanism is then
  // offered more, so its times cannot be compared.
  bool own_rate = false;
  // What the kernel said was in force for the mechanism's parameters: all values that a launch had.
  std::map<std::string, std::set<std::uint64_t>> settings = {};
  std::vector<Sample> samples;  // ascending in launch

  [[nodiscard]] bool may_be_gated() const { return pinned && !own_rate; }
};

// For a plain Google Benchmark report, the frame has only context, skipped and failed.
struct SampledReport : ReportFrame {
  std::string origin;              // the file, or "base" and "new"
  bool plain = false;              // a report of Google Benchmark without an ipcbench part
  std::vector<SampledCell> cells;  // in the order of each cell's first row
};

// "pipe/latency/wait:block/peers:fork/cpus:same": the name without the size.
std::string family_name(const Cell& cell);

SampledReport samples_of(const Report& report, std::string origin);

// Reads a report of ipcbench or of Google Benchmark ("-": standard input). In the latter, each row of
// run_type "iteration" is a launch, and aggregates count only where a benchmark has nothing else; time is
// real_time and cpu is cpu_time. Throws ReportError naming the file and the place.
SampledReport read_samples(const std::filesystem::path& file);
// The same from text; messages begin with `origin`.
SampledReport parse_samples(const std::string& text, const std::string& origin);

}  // namespace ipcbench
