// ipcbench compare: whether the second of two reports is slower, or the last one than several bases.
#include "results/comparison/compare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <future>
#include <memory>

#include "bench/cli/arguments.hpp"
#include "bench/cli/baselines.hpp"
#include "bench/cli/console.hpp"
#include "bench/cli/difference_options.hpp"
#include "bench/cli/gate_options.hpp"
#include "bench/cli/output_file.hpp"
#include "bench/commands/command.hpp"
#include "results/comparison/comparison_headline.hpp"
#include "results/comparison/side_by_side.hpp"
#include "results/report/compression.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;

struct CompareArguments {
  std::vector<std::string> reports;  // BASE and NEW, more NEW, or only NEW
  std::vector<std::string> bases;
  std::string out;
  DifferenceOptions differences;
  std::string seed;
  GateOptions gate;
  bool all = false;
};

GateSettings settings_of(const CompareArguments& arguments) {
  GateSettings settings = settings_of(arguments.gate);
  if (!arguments.seed.empty()) settings.seed = parse_number("--seed", arguments.seed, 0, UINT64_MAX);
  return settings;
}

// Several new reports beside one base.
bool has_columns(const CompareArguments& arguments) {
  return arguments.bases.empty() && arguments.reports.size() > 2;
}

// Whether --all says something: other formats list every cell anyway, or count what does not fit.
void check_all(const CompareArguments& arguments) {
  if (!arguments.all || arguments.gate.format == "text") return;
  throw UsageError(fmt::format("--all: only for text; leave it out with --format {}", arguments.gate.format));
}

// One of the formats, and, for several reports, one that has columns.
void check_format(const CompareArguments& arguments) {
  find_format(arguments.gate);
  check_all(arguments);
  if (!has_columns(arguments)) return;
  if (std::ranges::count(side_by_side_formats(), arguments.gate.format, &SideBySideFormat::name) > 0) return;
  throw UsageError(
      fmt::format("--format: {} is of one new report; several are compared as text, json or markdown",
                  arguments.gate.format));
}

void check_usage(const CompareArguments& arguments) {
  check_format(arguments);
  if (std::ranges::count(arguments.reports, "-") + std::ranges::count(arguments.bases, "-") > 1) {
    throw UsageError("-: only one of the reports can be standard input");
  }
  if (has_columns(arguments) && arguments.gate.gate) {
    throw UsageError(fmt::format("--gate: takes one new report, not {}; compare each of them with the base",
                                 arguments.reports.size() - 1));
  }
}

// `--base A B NEW` reads as `--base A B` and NEW: an option with any number of values takes all that follows.
void take_new_from_bases(CompareArguments& arguments) {
  if (arguments.bases.size() < 2 || !arguments.reports.empty()) return;
  arguments.reports.push_back(arguments.bases.back());
  arguments.bases.pop_back();
}

void check_reports(const CompareArguments& arguments) {
  const std::size_t reports = arguments.reports.size();
  if (arguments.bases.empty() && reports < 2) {
    throw UsageError(fmt::format("two reports or more are compared, BASE and NEW; got {}", reports),
                     "give several reports of the base with --base");
  }
  if (arguments.bases.empty()) return;
  if (reports != 1) throw UsageError(fmt::format("--base: needs one more report, NEW; got {}", reports));
  if (has_session_variance(arguments.differences)) {
    throw UsageError("--base: not together with --calibration or --assume-session-sd",
                     "the bases show how much sessions differ");
  }
}

// The reports of a folder, by name. A file that is no report is left out with a message.
std::vector<SampledReport> read_folder(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.is_regular_file() && is_json_name(entry.path())) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  std::vector<SampledReport> reports;
  for (const fs::path& file : files) {
    try {
      reports.push_back(read_samples(file));
    } catch (const ReportError& error) {
      say(fmt::format("ipcbench: left out: {}", error.what()));
    }
  }
  return reports;
}

std::vector<SampledReport> read_bases(const std::vector<std::string>& bases) {
  std::vector<SampledReport> reports;
  for (const std::string& base : bases) {
    std::error_code ignored;
    if (fs::is_directory(base, ignored)) {
      std::ranges::move(read_folder(base), std::back_inserter(reports));
    } else {
      reports.push_back(read_samples(report_named(base)));
    }
  }
  return reports;
}

// Reads each report in its own thread, because reading is nearly all of the work.
Comparisons compare_files(const CompareArguments& arguments, const GateSettings& settings,
                          const CompareOptions& options) {
  const std::size_t first_new = arguments.bases.empty() ? 1 : 0;
  std::vector<std::future<SampledReport>> reading;
  for (std::size_t i = first_new; i < arguments.reports.size(); ++i) {
    reading.push_back(std::async(std::launch::async,
                                 [file = report_named(arguments.reports[i])] { return read_samples(file); }));
  }
  Comparisons comparisons;
  if (!arguments.bases.empty()) {
    std::vector<SampledReport> bases = read_bases(arguments.bases);
    comparisons.push_back(compare(std::move(bases), reading.front().get(), settings, options));
    return comparisons;
  }
  const SampledReport base = read_samples(report_named(arguments.reports.front()));
  for (auto& candidate : reading) comparisons.push_back(compare(base, candidate.get(), settings, options));
  return comparisons;
}

void warn_if_gate_cannot_fail(const Comparison& comparison) {
  if (is_anything_gated(comparison)) return;
  const bool informational = comparison.method == Method::informational;
  say(fmt::format("ipcbench: --gate cannot fail here: {}",
                  informational ? comparison.why_informational : headline(comparison)));
}

// Columns for several reports, which no gate judges.
Outcome show_side_by_side(const Comparisons& comparisons, const CompareArguments& arguments) {
  const auto formats = side_by_side_formats();
  const auto format = std::ranges::find(formats, arguments.gate.format, &SideBySideFormat::name);
  OutputFile(arguments.out)
      .write(format->write(comparisons, {.all = arguments.all, .columns = columns_of(arguments.out)}));
  return Outcome::success;
}

Outcome compare_reports(CompareArguments arguments) {
  take_new_from_bases(arguments);
  check_reports(arguments);
  check_usage(arguments);
  const GateSettings settings = settings_of(arguments);
  const CompareOptions options = compare_options_of(arguments.differences);
  const Comparisons comparisons = compare_files(arguments, settings, options);
  if (has_columns(arguments)) return show_side_by_side(comparisons, arguments);
  const Comparison& comparison = comparisons.front();
  show(comparison, arguments.gate, arguments.out, arguments.all);
  if (arguments.gate.gate) warn_if_gate_cannot_fail(comparison);
  return outcome_of(comparison, arguments.gate);
}

void declare_output(CLI::App& app, CompareArguments& arguments) {
  declare_gate_options(app, arguments.gate);
  app.add_option("-o,--out", arguments.out, "Where the comparison goes (default: standard output)")
      ->type_name("FILE");
  app.add_flag("--all", arguments.all, "Text: list every cell, instead of counting those without a change");
}

void declare_decision(CLI::App& app, CompareArguments& arguments) {
  declare_difference_options(app, arguments.differences);
  app.add_option("--seed", arguments.seed, "Seed of the random sign flips (default: that of the settings)")
      ->type_name("N");
}

}  // namespace

CommandAction declare_compare(CLI::App& app) {
  auto arguments = std::make_shared<CompareArguments>();
  app.add_option("REPORT", arguments->reports,
                 "BASE and NEW: the report to compare with, and the one that may be slower; several NEW are "
                 "shown as columns. Each is a file, - for standard input, or a name (`run --save-as`)")
      ->type_name("");
  app.add_option("--base", arguments->bases,
                 "Instead of BASE: several reports of the base (3 or more, or a folder), which show how much "
                 "sessions differ; NEW comes last")
      ->type_name("REPORT...");
  declare_output(app, *arguments);
  declare_decision(app, *arguments);
  app.footer(
      "Reports of Google Benchmark can be compared too, for information only. The two sides of a duet are\n"
      "compared block by block. Other reports fail the gate only with several bases (--base), --calibration "
      "or\n"
      "--assume-session-sd.");
  return [arguments](const Invocation&) { return compare_reports(*arguments); };
}

}  // namespace ipcbench
