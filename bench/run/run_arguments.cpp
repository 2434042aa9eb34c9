#include "bench/run/run_arguments.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/App.hpp>
#include <array>

#include "bench/cli/arguments.hpp"
#include "bench/cli/pattern.hpp"
#include "harness/base/cell_axes.hpp"
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
    TextOption{"profile", &RunArguments::profile, "NAME", "quick, standard (default) or full"},
    TextOption{"repetitions", &RunArguments::repetitions, "N",
               "Exact number of launches of each cell; the profile's time budget does not apply"},
    TextOption{"seed", &RunArguments::seed, "S", "Seed for the launch order (default: random)"},
    TextOption{"out", &RunArguments::out, "FILE",
               "Where the report goes (default: results/runs/HOST-TIME.json)"},
    TextOption{"time", &RunArguments::time, "DURATION", "Timed phase of a launch, for example 50ms"},
    TextOption{"warm-up", &RunArguments::warm_up, "DURATION", "Warm-up before the timed phase"},
    TextOption{"budget", &RunArguments::budget, "DURATION",
               "Time for all launches: a short one allows fewer, a long one more of uncertain cells"},
    TextOption{"timeout", &RunArguments::timeout, "DURATION",
               "A launch that takes longer counts as hung (default: its phases and 10s)"},
};

// "What does an end do while it has to wait? block, spin, poll, adaptive"
std::string help_of(const CellAxis& axis) {
  std::vector<std::string_view> names;
  if (axis.values != nullptr) {
    for (const auto& value : axis.values()) names.push_back(value.name);
  }
  return fmt::format("{}{}{}", axis.question, names.empty() ? "" : " ", fmt::join(names, ", "));
}

void declare_list(CLI::App& app, std::string_view name, std::vector<std::string>& texts,
                  std::string_view placeholder, const std::string& help) {
  app.add_option(fmt::format("--{}", name), texts, help)
      ->type_name(std::string(placeholder))
      ->allow_extra_args(false)
      ->group(kSelectionGroup);
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
  arguments.list_cells = arguments.list_cells || flags.list_tests;
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
    const bool is_mechanism = axis->name == "mechanism";
    selection.axes.emplace(
        axis->name, parse_axis(*axis, texts, is_mechanism ? mechanism_names() : std::vector<std::string>{}));
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

void declare_run_arguments(CLI::App& app, RunArguments& arguments) {
  for (const CellAxis* axis : named_axes()) {
    declare_list(app, axis->name, arguments.axes[std::string(axis->name)], axis->placeholder, help_of(*axis));
  }
  declare_list(app, "param", arguments.param, "NAME=N,...",
               "Sweep a parameter of the mechanisms; `default` is a value too");
  for (const TextOption& option : kTextOptions) {
    app.add_option(fmt::format("--{}", option.name), arguments.*option.text, option.help)
        ->type_name(option.placeholder);
  }
  app.get_option("--filter")->group(kSelectionGroup);
  app.add_flag("--quiet", arguments.quiet, "No progress on standard error");
  app.add_flag("--list-cells,--dry-run", arguments.list_cells, "Print the selected cells and stop");
  app.footer("Arguments after \"--\" are flags of Google Benchmark: `ipcbench run -- --help`.");
}

RunArguments overridden(RunArguments arguments, const RunArguments& by) {
  for (const TextOption& option : kTextOptions) {
    if (!(by.*option.text).empty()) arguments.*option.text = by.*option.text;
  }
  for (const auto& [axis, texts] : by.axes) {
    if (!texts.empty()) arguments.axes[axis] = texts;
  }
  if (!by.param.empty()) arguments.param = by.param;
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

RunRequest interpret(RunArguments arguments, const BenchmarkFlags& flags) {
  merge_flags(arguments, flags);
  RunRequest request{.profile = profile_of(arguments),
                     .selection = selection_of(arguments),
                     .session = {},
                     .out = arguments.out,
                     .quiet = arguments.quiet,
                     .list_cells = arguments.list_cells};
  request.session.profile = request.profile.name;
  RoundsOptions& rounds = request.session.rounds;
  rounds.launches = request.profile.launches;
  rounds.phases = {request.profile.warm_up, request.profile.timed};
  rounds.time_limit = time_limit_of(arguments, request.profile);
  rounds.budget = request.profile.budget;
  rounds.add_launches = arguments.repetitions.empty();
  rounds.seed = parse_seed("--seed", arguments.seed);
  return request;
}

}  // namespace ipcbench
