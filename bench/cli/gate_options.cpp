#include "bench/cli/gate_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "bench/cli/arguments.hpp"
#include "bench/cli/console.hpp"
#include "bench/cli/format_option.hpp"
#include "bench/cli/output_file.hpp"
#include "results/comparison/comparison_headline.hpp"

namespace ipcbench {

void declare_gate_options(CLI::App& app, GateOptions& options) {
  std::string formats;
  std::vector<std::string> names;
  for (const ComparisonFormat& format : comparison_formats()) {
    names.emplace_back(format.name);
    formats += fmt::format("{}{} ({})", formats.empty() ? "" : ", ", format.name, format.summary);
  }
  declare_format(app, options.format, names, formats);
  app.add_flag("--details", options.details,
               "Text: add every metric with its p value, what the comparison would find, and what to watch");
  app.add_option("--settings", options.settings,
                 "JSON: thresholds, families of cells and the rate of false alarms")
      ->type_name("FILE");
  CLI::Option* const gate = app.add_flag(
      "--gate", options.gate,
      "End with 1 for a regression or a missing cell, 3 if not comparable, 5 for an invalid measurement, "
      "otherwise 0");
  app.add_flag("--require-power", options.require_power,
               "With --gate: end with 4 if something is too noisy to tell");
  app.add_option(
         "--allow-missing", options.allow_missing,
         "With --gate: cells of the base that the new side may lack; * stands for any text; repeatable")
      ->type_name("PATTERN")
      ->allow_extra_args(false)
      ->needs(gate);
}

const ComparisonFormat& find_format(const GateOptions& options) {
  if (options.require_power && !options.gate) throw UsageError("--require-power: needs --gate");
  const ComparisonFormat& format = parse_choice("--format", options.format, comparison_formats());
  if (options.details && format.name != "text") {
    throw UsageError(fmt::format("--details: only for text; leave it out with --format {}", format.name));
  }
  return format;
}

std::size_t columns_of(const std::string& out) {
  constexpr std::size_t kFewestColumns = 40;
  if (!out.empty()) return kTextColumns;
  return std::max(output_columns().value_or(kTextColumns), kFewestColumns);
}

void show(const Comparison& comparison, const GateOptions& options, const std::string& out, bool all) {
  const bool colours = out.empty() && output_has_colours();
  FormatOptions format{.all = all, .details = options.details};
  format.colours = colours;
  format.columns = columns_of(out);
  const std::string text = find_format(options).write(comparison, format);
  // The other formats have no colours, and text from reports that is not printable.
  if (colours && options.format == "text") return print_coloured(text);
  OutputFile(out).write(text);
}

GateSettings read_settings(const std::string& file) {
  return file.empty() ? GateSettings{} : read_gate_settings(file);
}

GateSettings settings_of(const GateOptions& options) {
  GateSettings settings = read_settings(options.settings);
  std::ranges::copy(options.allow_missing, std::back_inserter(settings.allow_missing));
  return settings;
}

Outcome outcome_of(Verdict verdict) {
  constexpr std::array kOutcomes{std::pair{Verdict::regressed, Outcome::regressed},
                                 std::pair{Verdict::missing, Outcome::regressed},
                                 std::pair{Verdict::invalid, Outcome::measurement_failed},
                                 std::pair{Verdict::incomparable, Outcome::incomparable},
                                 std::pair{Verdict::unguarded, Outcome::too_weak}};
  const auto* const found = std::ranges::find(kOutcomes, verdict, &std::pair<Verdict, Outcome>::first);
  return found == kOutcomes.end() ? Outcome::success : found->second;
}

Outcome outcome_of(const Comparison& comparison, const GateOptions& options) {
  if (!options.gate) return Outcome::success;
  const Outcome outcome = outcome_of(gate_verdict(comparison, options.require_power));
  if (outcome == Outcome::too_weak) {
    const std::string blind = blind_sentence(comparison);
    say(fmt::format("ipcbench: --require-power: {}; README.md says what to do about `unguarded`.",
                    blind.empty() ? "the gate cannot fail here" : blind));
  }
  return outcome;
}

}  // namespace ipcbench
