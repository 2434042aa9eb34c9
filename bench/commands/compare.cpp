// ipcbench compare: two reports side by side, and whether the second is slower.
#include "results/comparison/compare.hpp"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <charconv>
#include <future>
#include <memory>

#include "bench/cli/arguments.hpp"
#include "bench/cli/comparison_format.hpp"
#include "bench/cli/console.hpp"
#include "bench/cli/exit_code.hpp"
#include "bench/cli/output_file.hpp"
#include "bench/commands/command.hpp"

namespace ipcbench {
namespace {

struct CompareArguments {
  std::string base;
  std::string candidate;
  std::string format = "text";
  std::string out;
  std::string settings;
  std::string calibration;
  std::string assumed_session_sd;
  std::vector<std::string> across;
  std::string seed;
  bool gate = false;
  bool require_power = false;
  bool all = false;
};

// A standard deviation of log times; 0 would say that sessions do not differ at all.
double parse_session_sd(const std::string& text) {
  double sd = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, sd);
  if (error != std::errc{} || stop != end || !(sd > 0) || sd > 1) {
    throw UsageError(fmt::format(
        "--assume-session-sd: '{}' is not a share above 0 and up to 1, such as 0.02 for 2 %", text));
  }
  return sd;
}

GateSettings settings_of(const CompareArguments& arguments) {
  GateSettings settings;
  if (!arguments.settings.empty()) settings = read_gate_settings(arguments.settings);
  if (!arguments.seed.empty()) settings.seed = parse_number("--seed", arguments.seed, 0, UINT64_MAX);
  return settings;
}

CompareOptions options_of(const CompareArguments& arguments) {
  CompareOptions options;
  if (!arguments.calibration.empty()) options.calibration = read_calibration(arguments.calibration);
  if (!arguments.assumed_session_sd.empty()) {
    options.assumed_session_sd = parse_session_sd(arguments.assumed_session_sd);
  }
  if (!arguments.across.empty()) options.across = split_list("--across", arguments.across);
  return options;
}

void check_usage(const CompareArguments& arguments) {
  if (arguments.base == "-" && arguments.candidate == "-") {
    throw UsageError("-: standard input can be one of the two reports only");
  }
  if (!arguments.calibration.empty() && !arguments.assumed_session_sd.empty()) {
    throw UsageError("--assume-session-sd: not together with --calibration, which says what it is");
  }
  if (arguments.require_power && !arguments.gate) {
    throw UsageError("--require-power: says how --gate ends, and needs it");
  }
}

// Each report in a thread of its own: reading is nearly all of the work.
Comparison compare_files(const CompareArguments& arguments, const GateSettings& settings,
                         const CompareOptions& options) {
  auto reading = std::async(std::launch::async, [&] { return read_samples(arguments.candidate); });
  const SampledReport base = read_samples(arguments.base);
  return compare(base, reading.get(), settings, options);
}

void warn_of_toothless_gate(const Comparison& comparison) {
  if (comparison.method != Method::informational) return;
  say(fmt::format("ipcbench: --gate cannot fail here: {}", comparison.why_informational));
}

int compare_reports(const CompareArguments& arguments) {
  check_usage(arguments);
  const ComparisonFormat& format = parse_comparison_format(arguments.format);
  const GateSettings settings = settings_of(arguments);
  const CompareOptions options = options_of(arguments);
  const Comparison comparison = compare_files(arguments, settings, options);
  write_out(arguments.out, format.write(comparison, {.all = arguments.all}));
  if (!arguments.gate) return kSuccess;
  warn_of_toothless_gate(comparison);
  return gate_exit_code(comparison, arguments.require_power);
}

void declare_output(CLI::App& app, CompareArguments& arguments) {
  std::string formats;
  for (const ComparisonFormat& format : comparison_formats()) {
    formats += fmt::format("{}{} ({})", formats.empty() ? "" : ", ", format.name, format.summary);
  }
  app.add_option("--format", arguments.format, formats)->type_name("FORMAT")->capture_default_str();
  app.add_option("--out", arguments.out, "The file to write to, instead of standard output")
      ->type_name("FILE");
  app.add_flag("--all", arguments.all, "List what is unchanged too, instead of counting it");
  app.add_flag("--gate", arguments.gate,
               "End with 1 for a regression, 3 for what cannot be compared, 5 for an "
               "invalid measurement; 0 otherwise");
  app.add_flag("--require-power", arguments.require_power,
               "With --gate: end with 4 if something is too noisy to tell");
}

void declare_decision(CLI::App& app, CompareArguments& arguments) {
  app.add_option("--settings", arguments.settings,
                 "JSON: which change counts, what belongs together, how many false alarms there may be")
      ->type_name("FILE");
  app.add_option("--calibration", arguments.calibration,
                 "How much sessions of this host differ by themselves, from `ipcbench calibrate`")
      ->type_name("FILE");
  app.add_option("--assume-session-sd", arguments.assumed_session_sd,
                 "The same as a number: the standard deviation between sessions, 0.02 is 2 %")
      ->type_name("SHARE");
  app.add_option(
         "--across", arguments.across,
         "Facts of the host that may differ, because they are what is compared; * stands for any text")
      ->type_name("FACT,...");
  app.add_option("--seed", arguments.seed, "Of the random sign flips; that of the settings if not given")
      ->type_name("N");
}

CommandAction declare_compare(CLI::App& app) {
  auto arguments = std::make_shared<CompareArguments>();
  app.add_option("BASE", arguments->base, "The report to compare with; - reads standard input")->required();
  app.add_option("NEW", arguments->candidate, "The report that may be slower")->required();
  declare_output(app, *arguments);
  declare_decision(app, *arguments);
  app.footer(
      "Reports of Google Benchmark are compared too, for information. The two sides of a duet are compared "
      "block\nby block; other reports need --calibration or --assume-session-sd, or cannot fail.");
  return [arguments](const Invocation&) { return compare_reports(*arguments); };
}

}  // namespace

const Command kCompareCommand{.name = "compare",
                              .summary = "Two reports side by side: what is slower, and is it certain",
                              .declare = declare_compare};

}  // namespace ipcbench
