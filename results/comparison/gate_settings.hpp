// What the gate is told: how many false alarms it may raise, which change counts, what belongs together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "results/report/metrics.hpp"

namespace ipcbench {

// A change has to reach this share to count: 0.05 is 5 %. `cells` is a pattern over cell or family names in
// which * stands for any text.
struct Threshold {
  std::string cells;
  std::vector<Metric> metrics;  // empty: all
  double smallest_effect = 0;
};

// Cells that are judged together besides one by one.
struct FamilyRule {
  std::string name;
  std::string cells;  // a pattern, as in Threshold
};

struct GateSettings {
  // The probability of any false alarm that each level may spend: 1 % together.
  double whole_alpha = 0.002;
  double family_alpha = 0.004;
  double cell_alpha = 0.004;
  MetricValues smallest_effect{0.05, 0.05, 0.10, 0.05};  // by Metric
  std::vector<Threshold> thresholds;                     // the last that matches a cell wins
  std::vector<FamilyRule> families;  // in place of the default, all that differ in size only
  double confidence = 0.95;          // of intervals
  double power = 0.8;                // that the detectable effect is found with
  double watch_rate = 0.10;          // of false discoveries in the list of what to watch
  // Of a duet:
  std::uint32_t first_blocks = 10;
  std::uint32_t second_blocks = 30;
  double suspicious_share = 0.2;  // of the cells, and of the families, that get a second stage
  std::size_t flips = 20'000;     // random sign flips where there are more than 14 blocks
  std::uint64_t seed = 0;         // of the flips
};

// The smallest change of a cell, or of a family, that counts.
double smallest_effect(const GateSettings& settings, const std::string& name, Metric metric);

// Whether `name` matches a pattern in which * stands for any text.
bool matches(const std::string& pattern, const std::string& name);

// Reads a JSON file over the defaults; its keys are the fields' names, as the README shows. Throws
// ReportError naming file and place.
GateSettings read_gate_settings(const std::filesystem::path& file);
// The same from text; `origin` stands in messages.
GateSettings parse_gate_settings(const std::string& text, const std::string& origin);

}  // namespace ipcbench
