#include "bench/run/run_arguments.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <array>
#include <set>

#include "bench/cli/arguments.hpp"
#include "bench/cli/pattern.hpp"
#include "bench/run/mechanism_groups.hpp"
#include "harness/base/cell.hpp"
#include "results/report/report.hpp"

namespace ipcbench {
namespace {

using std::chrono::nanoseconds;

constexpr auto kShortestPhase = std::chrono::microseconds(100);
constexpr auto kLongestPhase = std::chrono::minutes(10);
constexpr auto kLongestRun = std::chrono::hours(24 * 7);
constexpr const char* kSelectionGroup = "Selection (comma lists; each replaces the profile's choice)";

struct TextOption {
  const char* name;
  std::string RunArguments::*text;
  const char* placeholder;
  const char* help;
};
constexpr std::array kTextOptions{
    TextOption{"filter", &RunArguments::filter, "REGEX", "Only cells whose name matches"},
    TextOption{"profile", &RunArguments::profile, "quick|standard|full",
               "The cells that are measured, and for how long (default: standard)"},
    TextOption{"repetitions", &RunArguments::repetitions, "N",
               "Exact number of launches of each cell; the profile's time budget does not apply"},
    TextOption{"seed", &RunArguments::seed, "S", "Seed for the launch order (default: random)"},
    TextOption{"out", &RunArguments::out, "FILE",
               "Where the report goes; -: standard output (default: results/runs/HOST-TIME.json)"},
    TextOption{"time", &RunArguments::time, "DURATION", "Timed phase of a launch, for example 50ms"},
    TextOption{"warm-up", &RunArguments::warm_up, "DURATION", "Warm-up before the timed phase"},
    TextOption{"budget", &RunArguments::budget, "DURATION",
               "Time for all launches: a short one allows fewer, a long one more of uncertain cells"},
    TextOption{"timeout", &RunArguments::timeout, "DURATION",
               "A launch that takes longer counts as hung (default: its phases and 10s)"},
};

constexpr std::array kSwitches{&RunArguments::quiet, &RunArguments::force,      &RunArguments::count,
                               &RunArguments::json,  &RunArguments::list_cells, &RunArguments::dry_run};

// "block|spin|poll|adaptive", or what the axis takes instead of names.
std::string placeholder_of(const CellAxis& axis) {
  if (axis.values == nullptr) return std::string(axis.placeholder);
  std::vector<std::string_view> names;
  for (const auto& value : axis.values()) names.push_back(value.name);
  return fmt::format("{}", fmt::join(names, "|"));
}

// "-m,--mechanism"; most options have no short form.
std::string spelling_of(std::string_view name) {
  constexpr std::array<std::string_view, 2> kShort{"mechanism", "out"};
  const bool is_short = std::ranges::find(kShort, name) != kShort.end();
  return fmt::format("{}--{}", is_short ? fmt::format("-{},", name.front()) : "", name);
}

CLI::Option* declare_list(CLI::App& app, std::string_view name, std::vector<std::string>& texts,
                          const std::string& placeholder, const std::string& help) {
  return app.add_option(spelling_of(name), texts, help)
      ->type_name(placeholder)
      ->allow_extra_args(false)
      ->group(kSelectionGroup);
}

// "Which mechanisms? ...; groups: all, shm, ..."
std::string help_of(const CellAxis& axis) {
  if (axis.name != "mechanism") return std::string(axis.question);
  std::vector<std::string_view> groups;
  for (const MechanismGroup& group : mechanism_groups()) groups.push_back(group.name);
  return fmt::format("{}, patterns such as 'unix_*', or groups: {}", axis.question, fmt::join(groups, ", "));
}

// A flag of Google Benchmark stands for one of our arguments, which must not be given as well.
void merge_flags(RunArguments& arguments, const BenchmarkFlags& flags) {
  for (const TextOption& option : kTextOptions) {
    const auto flag = flags.arguments.find(option.name);
    if (flag == flags.arguments.end()) continue;
    std::string& text = arguments.*option.text;
    if (!text.empty()) {
      throw UsageError(fmt::format("--{}: given twice, here and as a flag of Google Benchmark after \"--\".",
                                   option.name));
    }
    text = flag->second;
  }
}

Profile profile_of(const RunArguments& arguments) {
  const std::string_view name = arguments.profile.empty() ? "standard" : std::string_view(arguments.profile);
  Profile profile = parse_choice("--profile", name, profiles());
  if (!arguments.repetitions.empty()) {
    profile.launches =
        static_cast<std::uint32_t>(parse_number("--repetitions", arguments.repetitions, 1, kMostLaunches));
    profile.budget.reset();
  }
  if (!arguments.time.empty())
    profile.timed = parse_time("--time", arguments.time, kShortestPhase, kLongestPhase);
  if (!arguments.warm_up.empty()) {
    profile.warm_up = parse_time("--warm-up", arguments.warm_up, kShortestPhase, kLongestPhase);
  }
  if (!arguments.budget.empty()) {
    profile.budget = parse_time("--budget", arguments.budget, std::chrono::milliseconds(1), kLongestRun);
  }
  return profile;
}

Selection selection_of(const RunArguments& arguments) {
  Selection selection;
  for (const CellAxis* axis : named_axes()) {
    if (!arguments.sets(axis->name)) continue;
    const std::vector<std::string>& texts = arguments.axes.find(axis->name)->second;
    selection.axes.emplace(axis->name, axis->name == "mechanism" ? parse_mechanisms("--mechanism", texts)
                                                                 : parse_axis(*axis, texts));
  }
  for (const std::string& text : arguments.param) {
    auto [name, sweep] = parse_sweep("--param", text);
    if (!selection.parameters.emplace(name, std::move(sweep)).second) {
      throw UsageError(fmt::format("--param: {} is given twice; name all of its values at once.", name));
    }
  }
  if (!arguments.filter.empty()) selection.filter = compile_pattern("--filter", arguments.filter);
  return selection;
}

nanoseconds time_limit_of(const RunArguments& arguments, const Profile& profile) {
  const nanoseconds phases = profile.warm_up + profile.timed;
  if (arguments.timeout.empty()) return phases + std::chrono::seconds(10);
  return parse_time("--timeout", arguments.timeout, std::chrono::milliseconds(1), kLongestRun);
}

}  // namespace

void declare_axes(CLI::App& app, AxisTexts& axes) {
  for (const CellAxis* axis : named_axes()) {
    declare_list(app, axis->name, axes[std::string(axis->name)], placeholder_of(*axis), help_of(*axis));
  }
}

void declare_run_arguments(CLI::App& app, RunArguments& arguments) {
  declare_axes(app, arguments.axes);
  declare_list(app, "param", arguments.param, "NAME=N,...",
               "Sweep a parameter of the mechanisms; `default` is a value too");
  for (const TextOption& option : kTextOptions) {
    app.add_option(spelling_of(option.name), arguments.*option.text, option.help)
        ->type_name(option.placeholder);
  }
  app.get_option("--filter")->group(kSelectionGroup);
  app.add_flag("-q,--quiet", arguments.quiet, "No progress on standard error");
  app.add_flag("--force", arguments.force, "Replace reports that are there already");
}

void declare_run_only(CLI::App& app, RunArguments& arguments) {
  declare_list(app, "threshold", arguments.threshold, "'FIGURE < LIMIT'",
               fmt::format("What every selected cell has to keep to, such as 'p99 < 200us'; with <, <=, > or "
                           ">=; repeatable. Figures: {}",
                           threshold_figures_help()))
      ->group("Options");
  app.add_flag(
      "--count", arguments.count,
      "Launch each cell once more in the end, beyond the budget, and count its system calls, cycles, "
      "instructions and cache misses");
  app.add_option("--save-as", arguments.save_as,
                 "Also keep the report under a name that `ipcbench compare NAME new.json` knows")
      ->type_name("NAME");
  auto* const json = app.add_flag("--json", arguments.json,
                                  "Print the report, or with --dry-run the plan, as JSON on standard output");
  auto* const names = app.add_flag("--list-cells", arguments.list_cells, "Print the selected cells and stop");
  names->excludes(json);
  app.add_flag(
         "--dry-run", arguments.dry_run,
         "Print the plan and stop: what would be measured, what is skipped and why, and how long it takes")
      ->excludes(names);
}

RunArguments overridden(RunArguments arguments, const RunArguments& by) {
  for (const TextOption& option : kTextOptions) {
    if (!(by.*option.text).empty()) arguments.*option.text = by.*option.text;
  }
  for (const auto& [axis, texts] : by.axes) {
    if (!texts.empty()) arguments.axes[axis] = texts;
  }
  if (!by.param.empty()) arguments.param = by.param;
  arguments.threshold.insert(arguments.threshold.end(), by.threshold.begin(), by.threshold.end());
  if (!by.save_as.empty()) arguments.save_as = by.save_as;
  for (const auto each : kSwitches) arguments.*each = arguments.*each || by.*each;
  return arguments;
}

std::vector<std::string> command_line(const RunArguments& arguments) {
  std::vector<std::string> texts;
  const auto add = [&texts](std::string_view name, const std::string& value) {
    texts.push_back(fmt::format("--{}={}", name, value));
  };
  for (const auto& [axis, values] : arguments.axes) {
    for (const std::string& value : values) add(axis, value);
  }
  for (const std::string& value : arguments.param) add("param", value);
  for (const TextOption& option : kTextOptions) {
    if (const std::string& value = arguments.*option.text; !value.empty()) add(option.name, value);
  }
  return texts;
}

WantedCells wanted_cells(const RunArguments& arguments) {
  WantedCells wanted{.selection = selection_of(arguments), .thresholds = {}};
  for (const std::string& text : arguments.threshold) {
    wanted.thresholds.push_back(parse_threshold("--threshold", text));
  }
  return wanted;
}

RequestedCells requested_cells(const RunRequest& request, const std::vector<Placement>& placements) {
  RequestedCells requested;
  std::set<std::string> seen;
  for (const WantedCells& wanted : request.wanted) {
    const std::vector<Cell> cells = select_cells(request.profile, wanted.selection, mechanisms(), placements);
    std::set<std::string> names;
    for (const Cell& cell : cells) {
      const std::string name = cell_name(cell);
      if (seen.insert(name).second) requested.cells.push_back(cell);
      names.insert(name);
    }
    for (const RunThreshold& threshold : wanted.thresholds) {
      check_threshold(threshold, cells);
      requested.thresholds.push_back({threshold, names});
    }
  }
  return requested;
}

RunRequest interpret(RunArguments arguments, const BenchmarkFlags& flags) {
  merge_flags(arguments, flags);
  RunRequest request{.profile = profile_of(arguments),
                     .wanted = {wanted_cells(arguments)},
                     .session = {},
                     .out = arguments.out,
                     .lengthens_paced = arguments.time.empty()};
  request.session.profile = request.profile.name;
  RoundsOptions& rounds = request.session.rounds;
  rounds.launches = request.profile.launches;
  rounds.phases = {request.profile.warm_up, request.profile.timed};
  rounds.time_limit = time_limit_of(arguments, request.profile);
  rounds.budget = request.profile.budget;
  rounds.add_launches = arguments.repetitions.empty();
  rounds.seed = parse_seed("--seed", arguments.seed);
  rounds.counts = arguments.count;
  return request;
}

}  // namespace ipcbench
