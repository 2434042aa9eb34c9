// ipcbench compare: whether the second of two reports is slower.
#include "results/comparison/compare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <future>
#include <memory>

#include "bench/cli/arguments.hpp"
#include "bench/cli/console.hpp"
#include "bench/cli/gate_options.hpp"
#include "bench/cli/output_file.hpp"
#include "bench/commands/command.hpp"

namespace ipcbench {
namespace {

struct CompareArguments {
  std::string base;
  std::string candidate;
  std::string out;
  std::string calibration;
  std::string assumed_session_sd;
  std::vector<std::string> across;
  std::string seed;
  GateOptions gate;
  bool all = false;
};

// A standard deviation of log times. Refuses 0, which would mean that sessions do not differ.
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
  GateSettings settings = settings_of(arguments.gate);
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
    throw UsageError("-: only one of the two reports can be standard input");
  }
  if (!arguments.calibration.empty() && !arguments.assumed_session_sd.empty()) {
    throw UsageError("--assume-session-sd: not together with --calibration, which measured it");
  }
  if (arguments.gate.require_power && !arguments.gate.gate) {
    throw UsageError("--require-power: needs --gate");
  }
}

// Reads each report in its own thread, because reading is nearly all of the work.
Comparison compare_files(const CompareArguments& arguments, const GateSettings& settings,
                         const CompareOptions& options) {
  auto reading = std::async(std::launch::async, [&] { return read_samples(arguments.candidate); });
  const SampledReport base = read_samples(arguments.base);
  return compare(base, reading.get(), settings, options);
}

void warn_if_gate_cannot_fail(const Comparison& comparison) {
  if (comparison.method != Method::informational) return;
  say(fmt::format("ipcbench: --gate cannot fail here: {}", comparison.why_informational));
}

Outcome compare_reports(const CompareArguments& arguments) {
  check_usage(arguments);
  const ComparisonFormat& format = find_format(arguments.gate);
  const GateSettings settings = settings_of(arguments);
  const CompareOptions options = options_of(arguments);
  const Comparison comparison = compare_files(arguments, settings, options);
  OutputFile(arguments.out).write(format.write(comparison, {.all = arguments.all}));
  if (arguments.gate.gate) warn_if_gate_cannot_fail(comparison);
  return outcome_of(comparison, arguments.gate);
}

void declare_output(CLI::App& app, CompareArguments& arguments) {
  declare_gate_options(app, arguments.gate);
  app.add_option("--out", arguments.out, "Where the comparison goes (default: standard output)")
      ->type_name("FILE");
  app.add_flag("--all", arguments.all, "List unchanged cells too, instead of counting them");
}

void declare_decision(CLI::App& app, CompareArguments& arguments) {
  app.add_option("--calibration", arguments.calibration,
                 "How much sessions of this host differ without a change, from `ipcbench calibrate`")
      ->type_name("FILE");
  app.add_option("--assume-session-sd", arguments.assumed_session_sd,
                 "Use this standard deviation between sessions instead; 0.02 is 2 %")
      ->type_name("SHARE");
  app.add_option("--across", arguments.across,
                 "Facts of the host that may differ because they are compared; * stands for any text")
      ->type_name("FACT,...");
  app.add_option("--seed", arguments.seed, "Seed of the random sign flips (default: that of the settings)")
      ->type_name("N");
}

}  // namespace

CommandAction declare_compare(CLI::App& app) {
  auto arguments = std::make_shared<CompareArguments>();
  app.add_option("BASE", arguments->base, "The report to compare with; - is standard input")->required();
  app.add_option("NEW", arguments->candidate, "The report that may be slower")->required();
  declare_output(app, *arguments);
  declare_decision(app, *arguments);
  app.footer(
      "Reports of Google Benchmark can be compared too, for information only. The two sides of a duet are\n"
      "compared block by block. Other reports fail the gate only with --calibration or --assume-session-sd.");
  return [arguments](const Invocation&) { return compare_reports(*arguments); };
}

}  // namespace ipcbench
