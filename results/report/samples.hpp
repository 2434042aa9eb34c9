// What a comparison works on: of each cell and launch, the compared metrics and nothing else. Made from a
// report in memory, or read from a file without building the report, which takes a tenth of the time and
// memory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "results/report/metrics.hpp"
#include "results/report/report.hpp"

namespace ipcbench {

struct Sample {
  std::uint32_t launch = 0;  // as Launch::number; in a duet the number of its block
  MetricValues ns{};         // NaN: unknown
  bool steady = true;        // false: the launch drifted, see steadiness.hpp
};

struct SampledCell {
  std::string name;             // cell_name(), or the benchmark's name in a plain Google Benchmark report
  std::string family;           // the name without the size, see family_name()
  std::string mechanism;        // empty in a plain Google Benchmark report
  bool pinned = true;           // cpus is not `free`: may be gated
  std::vector<Sample> samples;  // ascending in launch
};

struct SampledReport {
  std::string origin;   // the file, or "base" and "new"
  bool plain = false;   // of Google Benchmark, without an ipcbench part: session to failed are empty
  std::string version;  // of the program that wrote it
  BenchmarkContext context;
  Session session;
  std::vector<Fact> host;
  std::vector<Doubt> doubts;
  std::vector<SampledCell> cells;  // in the order of each cell's first row
  std::vector<Omission> skipped;
  std::vector<Omission> failed;
};

// "pipe/latency/wait:block/peers:fork/cpus:same": what cells that differ in size only have in common.
std::string family_name(const Cell& cell);

SampledReport samples_of(const Report& report, std::string origin);

// Reads a report of ipcbench or of Google Benchmark ("-": standard input). Of the latter, rows of run_type
// "iteration" are launches and aggregates are left out; time is real_time and cpu is cpu_time. Throws
// ReportError naming the file and the place.
SampledReport read_samples(const std::filesystem::path& file);
// The same from text; `origin` stands in messages.
SampledReport parse_samples(const std::string& text, const std::string& origin);

}  // namespace ipcbench
