#include "bench/cli/gate_options.hpp"

#include <fmt/format.h>

#include "bench/cli/arguments.hpp"

namespace ipcbench {

void declare_gate_options(CLI::App& app, GateOptions& options) {
  std::string formats;
  for (const ComparisonFormat& format : comparison_formats()) {
    formats += fmt::format("{}{} ({})", formats.empty() ? "" : ", ", format.name, format.summary);
  }
  app.add_option("--format", options.format, formats)->type_name("FORMAT")->capture_default_str();
  app.add_option("--settings", options.settings,
                 "JSON: thresholds, families of cells and the rate of false alarms")
      ->type_name("FILE");
  app.add_flag("--gate", options.gate,
               "End with 1 for a regression, 3 if not comparable, 5 for an invalid measurement, otherwise 0");
  app.add_flag("--require-power", options.require_power,
               "With --gate: end with 4 if something is too noisy to tell");
}

const ComparisonFormat& find_format(const GateOptions& options) {
  return parse_choice("--format", options.format, comparison_formats());
}

GateSettings read_settings(const GateOptions& options) {
  return options.settings.empty() ? GateSettings{} : read_gate_settings(options.settings);
}

Outcome outcome_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::regressed:
      return Outcome::regressed;
    case Verdict::invalid:
      return Outcome::measurement_failed;
    case Verdict::incomparable:
      return Outcome::incomparable;
    case Verdict::unguarded:
      return Outcome::too_weak;
    default:
      return Outcome::success;
  }
}

Outcome outcome_of(const Comparison& comparison, const GateOptions& options) {
  if (!options.gate) return Outcome::success;
  return outcome_of(gate_verdict(comparison, options.require_power));
}

}  // namespace ipcbench
