// ipcbench reproduce: the cells of a report measured here, and whether they come out alike.
#include <fmt/format.h>

#include <charconv>
#include <filesystem>
#include <memory>
#include <optional>

#include "bench/cli/arguments.hpp"
#include "bench/cli/baselines.hpp"
#include "bench/cli/console.hpp"
#include "bench/cli/difference_options.hpp"
#include "bench/cli/format_option.hpp"
#include "bench/cli/gate_options.hpp"
#include "bench/cli/interrupt.hpp"
#include "bench/cli/output_file.hpp"
#include "bench/commands/command.hpp"
#include "bench/commands/measuring.hpp"
#include "bench/run/benchmark_driver.hpp"
#include "bench/run/chosen_cells.hpp"
#include "bench/run/dry_run.hpp"
#include "bench/run/free_core.hpp"
#include "bench/run/journalled_run.hpp"
#include "bench/run/launchers.hpp"
#include "bench/run/repeated_run.hpp"
#include "harness/cleanup/run_directory.hpp"
#include "results/comparison/reproduction.hpp"
#include "results/index/named_report.hpp"
#include "results/report/report_json.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;

struct ReproduceArguments {
  std::string report;  // a file, a saved name, or a digest
  std::string database = "fleet.sqlite";
  AxisTexts axes;
  std::string filter;
  std::string with;  // a report that was measured already
  std::string repetitions;
  std::string out;
  std::string within = "10%";
  DifferenceOptions differences;
  std::string format = "text";
  bool all = false;
  bool dry_run = false;
  bool force = false;
  bool quiet = false;
};

double parse_margin(const std::string& text) {
  double percent = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, percent);
  if (error != std::errc{} || std::string_view(stop, end) != "%" || !(percent > 0) || percent > 100) {
    throw UsageError(
        fmt::format("--within: '{}' is no share above 0 % and up to 100 %; write 10% for a tenth.", text));
  }
  return percent / 100;
}

void check_arguments(const ReproduceArguments& arguments) {
  parse_names("--format", {arguments.format}, {"text", "json"});
  if (arguments.all && arguments.format == "json") {
    throw UsageError("--all: only for text; leave it out with --format json");
  }
  if (arguments.with.empty()) return;
  const char* const idle = arguments.dry_run                ? "--dry-run"
                           : !arguments.repetitions.empty() ? "--repetitions"
                           : !arguments.out.empty()         ? "--out"
                           : arguments.force                ? "--force"
                                                            : nullptr;
  if (idle != nullptr) throw UsageError(fmt::format("{}: nothing is measured with --with; drop it", idle));
}

// A file or a saved report; the message about neither says what else it may have been meant for.
fs::path file_or_saved(const std::string& report) {
  try {
    return report_named(report);
  } catch (const UsageError& error) {
    if (!is_too_short_for_digest(report)) throw;
    throw UsageError(error.what(), "if it is the beginning of a digest, give 8 digits of it or more");
  }
}

fs::path file_of(const ReproduceArguments& arguments) {
  std::error_code unknown;
  if (!is_digest(arguments.report) || fs::exists(arguments.report, unknown)) {
    return file_or_saved(arguments.report);
  }
  return report_in_index(arguments.database, arguments.report);
}

Outcome outcome_of(const Reproduction& reproduction) {
  if (reproduction.count(Reproduced::differs) > 0) return Outcome::regressed;
  if (!reproduction.invalid.empty() || !reproduction.failed.empty()) return Outcome::measurement_failed;
  const bool weak = reproduction.count(Reproduced::too_weak) > 0 || !reproduction.not_measured.empty();
  return weak ? Outcome::too_weak : Outcome::success;
}

Outcome judge_and_show(const Report& base, const std::string& origin, const SampledReport& candidate,
                       const ReproductionOptions& options, const ReproduceArguments& arguments) {
  const Reproduction reproduction = judge_reproduction(samples_of(base, origin), candidate, options);
  print(arguments.format == "json" ? reproduction_json(reproduction)
                                   : reproduction_text(reproduction, arguments.all, columns_of("")));
  return outcome_of(reproduction);
}

std::optional<std::uint32_t> launches_wanted(const ReproduceArguments& arguments) {
  if (arguments.repetitions.empty()) return std::nullopt;
  return static_cast<std::uint32_t>(parse_number("--repetitions", arguments.repetitions, 1, kMostLaunches));
}

Outcome show_plan(const Plan& plan, const RoundsOptions& rounds, bool json) {
  print(json ? plan_json(plan, rounds) : plan_text(plan, rounds));
  return Outcome::success;
}

// Measures; empty if it was interrupted.
std::optional<Report> measured_here(const Plan& plan, SessionOptions options, const fs::path& out,
                                    bool quiet) {
  std::string unprobed;
  options.rounds = on_free_cores(with_launchers(options.rounds));
  options.guarantees = guarantees_in(plan, unprobed);
  if (InterruptWatch::signal() != 0) return std::nullopt;
  JournalledRun run = begin_run(plan, options, out);
  say_doubts(run.report);
  Progress progress = Progress::on_standard_error(quiet);
  const bool ended = measure(run, progress);
  progress.clear();
  say_shortcomings(run.report);
  if (!unprobed.empty()) {
    say(fmt::format("The report does not say what the mechanisms guarantee: {}", unprobed),
        Emphasis::warning);
  }
  if (ended) {
    say(fmt::format("Report: {}", run.out.string()));
    return std::move(run.report);
  }
  say(fmt::format("Continue it: ipcbench run --resume {}; then judge it: ipcbench reproduce REPORT --with {}",
                  run.journal.path().string(), run.out.string()));
  return std::nullopt;
}

Outcome measure_again(const Report& base, const std::string& origin, const ReproductionOptions& options,
                      const ReproduceArguments& arguments, const Invocation& invocation) {
  RepeatedRun run = repeated_run(base, launches_wanted(arguments));
  run.session.command = invocation.arguments;
  run.session.program = invocation.program;
  initialise_benchmark_library({});
  const RunDirectory directory;
  const std::vector<Placement> placements = find_placements();
  if (arguments.dry_run) {
    return show_plan(make_plan(run.cells, placements), run.session.rounds, arguments.format == "json");
  }
  const Plan plan = plan_for(run.cells, placements);
  const fs::path out = report_target(arguments.out, arguments.force);
  const InterruptWatch watch;
  const auto report = measured_here(plan, run.session, out, arguments.quiet);
  if (!report) return Outcome::interrupted;
  return judge_and_show(base, origin, samples_of(*report, out.string()), options, arguments);
}

Outcome reproduce(const ReproduceArguments& arguments, const Invocation& invocation) {
  check_arguments(arguments);
  const ReproductionOptions options{.within = parse_margin(arguments.within),
                                    .sessions = compare_options_of(arguments.differences)};
  const std::string file = file_of(arguments).string();
  Report whole = read_report(file);
  const ChosenCells chosen(arguments.axes, arguments.filter, measured_mechanisms(whole));
  const Report base = chosen_part(std::move(whole), chosen, file);
  if (base.cells.empty()) throw UsageError(fmt::format("{}: nothing was measured in it.", file));
  if (arguments.with.empty()) return measure_again(base, file, options, arguments, invocation);
  return judge_and_show(base, file, read_samples(report_named(arguments.with)), options, arguments);
}

void declare_judgement(CLI::App& app, ReproduceArguments& arguments) {
  app.add_option("--with", arguments.with, "Measure nothing: judge this report, which was measured already")
      ->type_name("REPORT");
  app.add_option("--within", arguments.within, "How far a time may be off and still be the same")
      ->type_name("SHARE%")
      ->capture_default_str();
  declare_difference_options(app, arguments.differences);
  declare_format(app, arguments.format, {"text", "json"});
  app.add_flag("--all", arguments.all, "Text: list every cell, fact and doubt");
}

void declare_measurement(CLI::App& app, ReproduceArguments& arguments) {
  declare_axes(app, arguments.axes);
  app.add_option("--filter", arguments.filter, "Only cells whose names match")->type_name("REGEX");
  app.add_option("--repetitions", arguments.repetitions,
                 "Exact number of launches of each cell (default: as the report's run)")
      ->type_name("N");
  app.add_option("-o,--out", arguments.out,
                 "Where the new report goes (default: results/runs/HOST-TIME.json)")
      ->type_name("FILE");
  app.add_flag("--force", arguments.force, "Replace a report that is there already");
  app.add_flag("--dry-run", arguments.dry_run,
               "Print the plan and stop: what is possible here, and how long it takes");
  app.add_flag("-q,--quiet", arguments.quiet, "No progress on standard error");
}

}  // namespace

CommandAction declare_reproduce(CLI::App& app) {
  auto arguments = std::make_shared<ReproduceArguments>();
  app.add_option("REPORT", arguments->report,
                 "A report's file, the name of a saved one, or 8 or more digits of its digest in an index")
      ->required();
  app.add_option("--db", arguments->database, "The index of digests: a file of SQLite, or postgresql://...")
      ->type_name("FILE|URL")
      ->capture_default_str();
  declare_measurement(app, *arguments);
  declare_judgement(app, *arguments);
  app.footer(
      "Ends with 0 if every cell that is possible here is reproduced, 1 if one differs, 4 if one is too weak "
      "to tell.");
  return [arguments](const Invocation& invocation) { return reproduce(*arguments, invocation); };
}

}  // namespace ipcbench
