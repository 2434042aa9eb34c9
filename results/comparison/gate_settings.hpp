// The settings of the gate: the rate of false alarms, the smallest change that counts, and the families.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "results/report/metrics.hpp"

namespace ipcbench {

// The smallest change that counts, as a share: 0.05 is 5 %. `cells` is a pattern over cell or family names,
// in which * stands for any text.
struct Threshold {
  std::string cells;
  std::vector<Metric> metrics;  // empty: all
  double smallest_effect = 0;
};

// Cells that are also judged together.
struct FamilyRule {
  std::string name;
  std::string cells;  // a pattern, as in Threshold
};

struct GateSettings {
  // The probability of any false alarm that each level may spend; together 1 %.
  double whole_alpha = 0.002;
  double family_alpha = 0.004;
  double cell_alpha = 0.004;
  MetricValues smallest_effect{0.05, 0.05, 0.10, 0.05};  // by Metric
  std::vector<Threshold> thresholds;                     // the last that matches a cell wins
  std::vector<FamilyRule> families;        // the first match wins; by default, cells that differ only in size
  std::vector<std::string> allow_missing;  // patterns: cells of the base that the new report may lack
  double confidence = 0.95;                // for intervals
  double power = 0.8;                      // for the detectable effect
  double watch_rate = 0.10;  // false-discovery rate of the watch list, and in a duet of improvements
  // For a duet:
  std::uint32_t first_blocks = 10;
  // Fresh blocks of a suspicious cell: the usual number, and the most. In between, and below the usual
  // number, the noise decides; if both are the same, that is the number.
  std::uint32_t second_blocks = 30;
  std::uint32_t most_second_blocks = 300;
  double suspicious_share = 0.2;    // share of cells, and of families, to run again
  double allowed_failures = 0.001;  // the share of all launches that may fail
  std::size_t flips = 20'000;       // random sign flips, if there are more than 14 blocks
  std::uint64_t seed = 0;           // for the flips
};

// The smallest change of a cell or family that counts, as a share.
double smallest_effect(const GateSettings& settings, const std::string& name, Metric metric);

// Whether `name` matches a pattern in which * stands for any text.
bool matches(const std::string& pattern, const std::string& name);

// Reads a JSON file; its keys are the names of the fields, as in COMPARE.md. A missing key keeps its default.
// Throws ReportError, which names the file and the place.
GateSettings read_gate_settings(const std::filesystem::path& file);
// The same from pieces of text, as results/report/json_document.hpp takes them; messages begin with `origin`.
GateSettings parse_gate_settings(const std::function<std::string_view()>& next_piece,
                                 const std::string& origin);

}  // namespace ipcbench
