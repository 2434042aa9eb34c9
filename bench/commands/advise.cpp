// ipcbench advise: which mechanism fits what an engineer asks for.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <set>

#include "bench/cli/arguments.hpp"
#include "bench/cli/baselines.hpp"
#include "bench/cli/console.hpp"
#include "bench/cli/interrupt.hpp"
#include "bench/cli/output_file.hpp"
#include "bench/commands/command.hpp"
#include "bench/run/benchmark_driver.hpp"
#include "bench/run/free_core.hpp"
#include "bench/run/journalled_run.hpp"
#include "bench/run/launchers.hpp"
#include "bench/run/mechanism_groups.hpp"
#include "bench/run/paced_phase.hpp"
#include "bench/run/selection.hpp"
#include "bench/study/advise/advice.hpp"
#include "bench/study/probe/probes.hpp"
#include "harness/base/units.hpp"
#include "harness/cleanup/run_directory.hpp"
#include "results/report/report_json.hpp"
#include "results/summary/own_core.hpp"

namespace ipcbench {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

// The fewest launches whose interval has 95 % confidence.
constexpr std::uint32_t kLaunches = 6;
// Of a launch beyond its phases: starting, checking, ending.
constexpr nanoseconds kOverhead = milliseconds(80);

struct AdviseArguments {
  std::string report;
  RequirementTexts requirement;
  std::vector<std::string> mechanisms;  // to choose among; empty: all
  std::string out;
  bool measure = false;
  bool json = false;
  bool details = false;
  bool quiet = false;
};

std::vector<Cpus> placements_in(const Report& report) {
  std::set<Cpus> placements;
  for (const ReportCell& cell : report.cells) placements.insert(cell.cell.cpus);
  return {placements.begin(), placements.end()};
}

std::vector<Cpus> placements_here() {
  std::vector<Cpus> classes;
  for (const Placement& placement : find_placements()) classes.push_back(placement.cpus);
  return classes;
}

std::map<std::string, Guarantees> probed(std::vector<const MechanismEntry*> entries) {
  std::erase_if(entries, [](const MechanismEntry* entry) { return is_floor(entry->traits); });
  say(fmt::format("Trying what {} mechanisms guarantee: a few seconds.", entries.size()));
  return guarantees_of(probe_mechanisms(entries, {.interrupted = InterruptWatch::flag()}));
}

// A word of a shell's command.
std::string shell_word(const std::string& word) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./=:,@%+";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

// The command as given, with --measure.
std::string measuring_command(const Invocation& invocation) {
  std::vector<std::string> words{"ipcbench"};
  for (std::size_t i = 1; i < invocation.arguments.size(); ++i)
    words.push_back(shell_word(invocation.arguments[i]));
  words.emplace_back("--measure");
  return fmt::format("{}", fmt::join(words, " "));
}

// What makes the figures doubtful or incomplete, before the advice.
void say_reservations(const Report& report) {
  for (const Doubt& doubt : report.doubts) {
    if (doubt.level == Doubt::Level::invalid)
      say(fmt::format("invalid: {} {}", doubt.what, doubt.advice), Emphasis::error);
  }
  if (!report.failed.empty()) {
    say(fmt::format("Failed launches: {}; the first, {}: {}", report.failed.size(),
                    report.failed.front().cell, report.failed.front().reason),
        Emphasis::error);
  }
}

Outcome tell(const Report& report, const Requirement& requirement, const AdviseArguments& arguments,
             const std::string& command) {
  const Advice advice = advise(report, requirement);
  say_reservations(report);
  if (arguments.json) {
    print(advice_json(advice, requirement, command));
  } else {
    print_coloured(advice_text(advice, requirement, command, {output_style(), arguments.details}));
  }
  return advice.fits() ? Outcome::success : Outcome::regressed;
}

std::vector<const MechanismEntry*> chosen_mechanisms(const AdviseArguments& arguments) {
  return mechanisms_named(arguments.mechanisms.empty()
                              ? arguments.mechanisms
                              : parse_mechanisms("--mechanism", arguments.mechanisms));
}

Outcome advise_from(Report report, const AdviseArguments& arguments, const Invocation& invocation) {
  const Requirement requirement = parse_requirement(arguments.requirement, placements_in(report));
  if (!arguments.mechanisms.empty()) {
    const auto names = parse_mechanisms("--mechanism", arguments.mechanisms, report.mechanisms);
    std::erase_if(report.mechanisms, [&](const MechanismInfo& mechanism) {
      return std::ranges::find(names, mechanism.name) == names.end();
    });
    if (report.mechanisms.empty())
      throw UsageError("--mechanism: the report has none of these; --measure measures them.");
  }
  if (report.guarantees.empty()) {
    std::vector<std::string> names;
    names.reserve(report.mechanisms.size());
    for (const MechanismInfo& mechanism : report.mechanisms) names.push_back(mechanism.name);
    const std::unique_ptr<RunDirectory> directory = run_directory_if_possible();
    const InterruptWatch watch;
    say("The report does not say what its mechanisms guarantee, so they are tried on this machine.");
    report.guarantees = probed(mechanisms_named(names));
    if (InterruptWatch::signal() != 0) return Outcome::interrupted;
  }
  return tell(report, requirement, arguments, measuring_command(invocation));
}

std::vector<MechanismInfo> described(const std::vector<const MechanismEntry*>& entries) {
  std::vector<MechanismInfo> all;
  all.reserve(entries.size());
  for (const MechanismEntry* entry : entries) all.push_back(info_of(entry->traits));
  return all;
}

std::map<std::string, TunedBuffer> tuned_buffers() {
  std::map<std::string, TunedBuffer> buffers;
  for (const MechanismEntry& entry : mechanisms()) {
    const Parameter* const buffer = buffer_parameter(entry);
    if (buffer != nullptr)
      buffers[std::string(entry.traits.name)] = {std::string(buffer->name), buffer->tuned};
  }
  return buffers;
}

// Long enough for the 99th percentile of all launches' messages together: a thousand, and four standard
// deviations of their number more, even in the fewest launches that the summary may be left with. At most ten
// seconds a launch.
nanoseconds longest_phase(const Requirement& requirement) {
  constexpr std::uint64_t kMessages = kWantedMessages + 128;
  const auto slowest = std::ranges::min(requirement.streams, {}, &MessageStream::per_second);
  const nanoseconds all(kMessages * 1'000'000'000 / slowest.per_second);
  return std::min<nanoseconds>(all / OwnCore::kFewest, std::chrono::seconds(10));
}

SessionOptions session_options(const Requirement& requirement, const Invocation& invocation) {
  SessionOptions options;
  options.profile = "advise";
  options.command = invocation.arguments;
  options.program = invocation.program;
  RoundsOptions& rounds = options.rounds;
  rounds.launches = kLaunches;
  rounds.phases = {milliseconds(5), milliseconds(50)};
  rounds.longest_timed = std::max(longest_phase(requirement), rounds.phases.timed);
  rounds.time_limit = rounds.phases.warm_up + rounds.phases.timed + std::chrono::seconds(10);
  rounds.seed = parse_seed("--seed", "");
  return options;
}

nanoseconds time_for(const Plan& plan, const RoundsOptions& rounds) {
  nanoseconds all{};
  for (const PlannedCell& planned : plan.cells) {
    const LaunchPhases phases = phases_for(planned.cell, rounds);
    all += (phases.warm_up + phases.timed + kOverhead) * static_cast<nanoseconds::rep>(rounds.launches);
  }
  return all;
}

void announce(const Plan& plan, const RoundsOptions& rounds) {
  std::set<std::string> names;
  for (const PlannedCell& planned : plan.cells) names.insert(planned.cell.mechanism);
  say(fmt::format("Measures {} in {} cells, {} launches each: about {:.0f} s.", fmt::join(names, ", "),
                  plan.cells.size(), rounds.launches,
                  std::chrono::duration<double>(time_for(plan, rounds)).count()));
}

// Looks at every mechanism of the program, or at those that were named.
Outcome advise_by_measuring(const AdviseArguments& arguments, const Invocation& invocation) {
  const Requirement requirement = parse_requirement(arguments.requirement, placements_here());
  const std::vector<const MechanismEntry*> chosen = chosen_mechanisms(arguments);
  const std::filesystem::path out = report_target(arguments.out);
  const RunDirectory directory;
  const InterruptWatch watch;
  initialise_benchmark_library({});
  SessionOptions options = session_options(requirement, invocation);
  options.guarantees = probed(chosen);
  if (InterruptWatch::signal() != 0) return Outcome::interrupted;
  const auto all = candidates(described(chosen), options.guarantees, requirement);
  AdviceCells wanted = wanted_cells(all, requirement, tuned_buffers());
  for (const Cell& cell : wanted.settings) options.rounds.brief.push_back(cell_name(cell));
  std::ranges::move(wanted.settings, std::back_inserter(wanted.cells));
  const Plan plan = make_plan(wanted.cells, find_placements());
  if (plan.cells.empty()) {
    throw UsageError(
        plan.skipped.empty()
            ? std::string("--stream: no mechanism passes messages of these lengths between such peers.")
            : fmt::format("Nothing can be measured here; {}: {}", plan.skipped.front().cell,
                          plan.skipped.front().reason));
  }
  options.rounds = on_free_cores(with_launchers(options.rounds));
  announce(plan, options.rounds);
  JournalledRun run = begin_run(plan, options, out);
  Progress progress = Progress::on_standard_error(arguments.quiet);
  const bool ended = measure(run, progress);
  progress.clear();
  if (!ended) {
    say(fmt::format("Continue it: ipcbench run --resume {}", run.journal.path().string()));
    return Outcome::interrupted;
  }
  say(fmt::format("Report: {}", run.out.string()));
  return tell(run.report, requirement, arguments, "");
}

Outcome advise(const AdviseArguments& arguments, const Invocation& invocation) {
  if (arguments.report.empty() || arguments.measure) return advise_by_measuring(arguments, invocation);
  return advise_from(read_report(report_named(arguments.report)), arguments, invocation);
}

}  // namespace

CommandAction declare_advise(CLI::App& app) {
  auto arguments = std::make_shared<AdviseArguments>();
  RequirementTexts& texts = arguments->requirement;
  const auto list = [&](const char* name, std::vector<std::string>& values, const char* help,
                        const char* placeholder) {
    app.add_option(name, values, help)->type_name(placeholder)->allow_extra_args(false);
  };
  app.add_option("REPORT", arguments->report,
                 "A report, or the name of a saved one; without it, or with --measure, what is needed is "
                 "measured");
  list("--stream", texts.streams, "Messages to send: their length, and how many a second (4KiB@200, 128@50k)",
       "SIZE@RATE");
  list("-m,--mechanism", arguments->mechanisms, "The mechanisms to choose among (default: all)", "NAME,...");
  list("--need", texts.needs, "What the mechanism has to guarantee; see below", "NAME,...");
  app.add_option("--peers", texts.peers, "How the two ends are related: fork (default), exec, thread")
      ->type_name("NAME");
  app.add_option("--links", texts.links,
                 "one (default): the streams share a link and are measured at once; each: a link for each")
      ->type_name("NAME");
  app.add_option("--max-p99", texts.max_p99, "The longest 99th percentile of any stream, such as 1ms")
      ->type_name("DURATION");
  app.add_option("--max-cpus", texts.max_cpus, "How many CPUs both ends may keep busy, such as 1 or 0.5")
      ->type_name("N");
  app.add_option("--cpus", texts.cpus, "How far apart the CPUs are (default: two that share a cache)")
      ->type_name("NAME");
  list("--wait", texts.waits,
       "What an end may do while it waits (default: block; with --max-cpus also adaptive, and above 1 spin)",
       "NAME,...");
  app.add_flag("--measure", arguments->measure, "Measure what is needed now");
  app.add_option("-o,--out", arguments->out, "Where the report of a measurement goes")->type_name("FILE");
  app.add_flag("--json", arguments->json, "The answer as JSON");
  app.add_flag("--details", arguments->details,
               "Say what the figures are, and name the mechanisms that were excluded");
  app.add_flag("-q,--quiet", arguments->quiet, "No progress on standard error");
  app.footer(needs_help());
  return [arguments](const Invocation& invocation) { return advise(*arguments, invocation); };
}

}  // namespace ipcbench
