// Options that the comparing commands share: the format, the settings, and the gate.
#pragma once

#include <CLI/App.hpp>
#include <string>
#include <vector>

#include "bench/cli/exit_code.hpp"
#include "results/comparison/comparison_formats.hpp"
#include "results/comparison/gate_settings.hpp"

namespace ipcbench {

struct GateOptions {
  std::string format = "text";
  std::string settings;  // a file; empty: the built-in settings
  bool gate = false;
  bool require_power = false;
  bool details = false;
  std::vector<std::string> allow_missing;  // patterns, besides those of the settings
};

void declare_gate_options(CLI::App& app, GateOptions& options);

// Throws UsageError, which names --format and lists the formats, or names options that the others contradict:
// --require-power without --gate, --details in a format that has them all.
const ComparisonFormat& find_format(const GateOptions& options);
// The width of text in the file `out`, or on standard output if that is empty.
std::size_t columns_of(const std::string& out);
// Prints the comparison in the format of the options, or writes it to the file `out` if that is not empty. A
// terminal decides about width and colours.
void show(const Comparison& comparison, const GateOptions& options, const std::string& out, bool all);
// Reads the settings from a file; an empty name means the built-in ones.
GateSettings read_settings(const std::string& file);
// Those of the options, with the patterns of --allow-missing.
GateSettings settings_of(const GateOptions& options);
// The outcome of a verdict of the gate (gate_verdict).
Outcome outcome_of(Verdict verdict);
// The outcome of the command; success without --gate.
Outcome outcome_of(const Comparison& comparison, const GateOptions& options);

}  // namespace ipcbench
