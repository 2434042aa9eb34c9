// Comparing two reports, and choosing what a duet has to run again. Pure functions: nothing here measures.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "results/comparison/calibration.hpp"
#include "results/comparison/comparison.hpp"
#include "results/comparison/several_bases.hpp"
#include "results/report/samples.hpp"

namespace ipcbench {

// What `across` calls the distance of the ends' CPUs, at which launches are compared.
inline constexpr const char* kDistanceFact = "line_rtt";

struct CompareOptions {
  // The variance between two sessions: measured on this host, or assumed (a standard deviation of log times).
  // Set at most one. With neither, the comparison is informational.
  std::optional<Calibration> calibration;
  std::string calibration_origin = "the calibration";  // its file, for messages
  std::optional<double> assumed_session_sd;
  // Facts that may differ because they are compared on purpose, as patterns ("kernel_release",
  // "vulnerability_*"), settings in force ("pipe_bytes"), and "version" of a calibration or of bases.
  std::vector<std::string> across;
};

// Two sides of one duet are compared block by block, other reports as two sessions. Throws ReportError if no
// cell is in both, IncomparableError if the calibration is of another host, kernel, CPU or version.
Comparison compare(const SampledReport& base, const SampledReport& candidate, const GateSettings& settings,
                   const CompareOptions& options);

// Several sessions of the base, kFewestBases at least. `options` give `across` only. Throws ReportError for
// fewer, or if no cell is in all of them, and IncomparableError if too few of them fit (choose_bases()).
Comparison compare(std::vector<SampledReport> bases, const SampledReport& candidate,
                   const GateSettings& settings, const CompareOptions& options);

// A cell to run again after the first blocks of a duet.
struct SuspiciousCell {
  std::string name;
  std::uint32_t blocks = 0;  // fresh blocks that it needs

  friend bool operator==(const SuspiciousCell&, const SuspiciousCell&) = default;
};

// After the first blocks of a duet: the cells to run again, the worst first. About settings.suspicious_share
// of the cells and of the families that look slower, and all that look slower by at least half of what
// counts; all of them if the whole looks slower.
std::vector<SuspiciousCell> suspicious_cells(const SampledReport& base, const SampledReport& candidate,
                                             const GateSettings& settings);

// The two methods: two sides of one duet, block by block; and two independent sessions. The findings are
// unordered. Without a session variance in `options`, findings of two sessions are inconclusive and not
// gated.
std::vector<Finding> paired_findings(const SampledReport& base, const SampledReport& candidate,
                                     const GateSettings& settings);
std::vector<Finding> independent_findings(const SampledReport& base, const SampledReport& candidate,
                                          const GateSettings& settings, const CompareOptions& options);

}  // namespace ipcbench
