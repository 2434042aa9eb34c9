#include "bench/run/run_arguments.hpp"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <array>
#include <limits>
#include <random>

#include "bench/cli/arguments.hpp"
#include "bench/cli/pattern.hpp"
#include "results/report/report.hpp"

namespace ipcbench {
namespace {

using std::chrono::nanoseconds;

constexpr auto kShortestPhase = std::chrono::microseconds(100);
constexpr auto kLongestPhase = std::chrono::minutes(10);
constexpr auto kLongestRun = std::chrono::hours(24 * 7);

struct TextOption {
  const char* name;
  std::string RunArguments::*text;
  const char* placeholder;
  const char* help;
};
constexpr std::array kTextOptions{
    TextOption{"profile", &RunArguments::profile, "NAME", "quick, standard (default) or full"},
    TextOption{"repetitions", &RunArguments::repetitions, "N",
               "Launches of each cell, exactly: the profile's time budget does not apply"},
    TextOption{"seed", &RunArguments::seed, "S", "Of the order of the launches (default: random)"},
    TextOption{"out", &RunArguments::out, "FILE", "The report (default: results/runs/HOST-TIME.json)"},
    TextOption{"time", &RunArguments::time, "DURATION", "Timed phase of a launch, such as 50ms"},
    TextOption{"warm-up", &RunArguments::warm_up, "DURATION", "Warm-up before it"},
    TextOption{"budget", &RunArguments::budget, "DURATION",
               "For all launches: fewer are made if it is short, more of uncertain cells if it is not"},
    TextOption{"timeout", &RunArguments::timeout, "DURATION",
               "After which a launch counts as hung (default: 10s more than its phases)"},
};

struct ListOption {
  const char* name;
  std::vector<std::string> RunArguments::*list;
  const char* placeholder;
  const char* help;
};
constexpr std::array kListOptions{
    ListOption{"mechanism", &RunArguments::mechanism, "NAME", "Names from `ipcbench list`"},
    ListOption{"pattern", &RunArguments::pattern, "NAME",
               "latency (round trip), oneway, throughput, paced (open loop), fanin, fanout"},
    ListOption{"size", &RunArguments::size, "SIZE",
               "Of messages: 64,4KiB,1MiB or 64..1MiB; 0: a token without payload"},
    ListOption{"wait", &RunArguments::wait, "NAME", "block, spin, poll, adaptive"},
    ListOption{"peers", &RunArguments::peers, "NAME", "fork (related processes), exec (unrelated), thread"},
    ListOption{"cpus", &RunArguments::cpus, "NAME", "same, smt, llc, socket, node, free"},
    ListOption{"payload", &RunArguments::payload, "NAME", "copy, scan, untouched"},
    ListOption{"rate", &RunArguments::rate, "N|N%",
               "Of paced: messages a second, or a share of what the mechanism can move"},
    ListOption{"arrivals", &RunArguments::arrivals, "NAME", "Of paced: constant, poisson"},
    ListOption{"fan", &RunArguments::fan, "N", "Of fanin and fanout: how many producers or consumers"},
    ListOption{"param", &RunArguments::param, "NAME=N,...",
               "Sweep a mechanism's parameter; `default` is a value too"},
};

void add_options(CLI::App& app, RunArguments& arguments, const char* group) {
  for (const ListOption& option : kListOptions) {
    app.add_option(fmt::format("--{}", option.name), arguments.*option.list, option.help)
        ->type_name(option.placeholder)
        ->allow_extra_args(false)
        ->group(group);
  }
}

// A flag of Google Benchmark's stands for an argument of ours, which then must not be given as well.
void merge_flags(RunArguments& arguments, const BenchmarkFlags& flags) {
  for (const TextOption& option : kTextOptions) {
    const auto flag = flags.arguments.find(option.name);
    if (flag == flags.arguments.end()) continue;
    std::string& text = arguments.*option.text;
    if (!text.empty()) {
      throw UsageError(fmt::format(
          "--{}: given twice, here and as a flag of Google Benchmark's behind \"--\".", option.name));
    }
    text = flag->second;
  }
  arguments.list_cells = arguments.list_cells || flags.list_tests;
}

Profile find_profile(const std::string& name) {
  std::vector<std::string> known;
  for (const Profile& profile : profiles()) {
    if (profile.name == name) return profile;
    known.emplace_back(profile.name);
  }
  throw UsageError(unknown_name("--profile", name, known));
}

Profile profile_of(const RunArguments& arguments) {
  Profile profile = find_profile(arguments.profile.empty() ? "standard" : arguments.profile);
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

std::vector<std::string> mechanism_names() {
  std::vector<std::string> names;
  for (const MechanismEntry& entry : mechanisms()) names.emplace_back(entry.traits.name);
  return names;
}

Selection selection_of(const RunArguments& arguments) {
  Selection selection;
  selection.mechanisms = parse_names("--mechanism", arguments.mechanism, mechanism_names());
  Axes& axes = selection.axes;
  axes.patterns = parse_axis_list<Pattern>("--pattern", arguments.pattern);
  if (!arguments.size.empty()) axes.sizes_bytes = parse_sizes("--size", arguments.size);
  axes.waits = parse_axis_list<Wait>("--wait", arguments.wait);
  axes.peers = parse_axis_list<Peers>("--peers", arguments.peers);
  axes.cpus = parse_axis_list<Cpus>("--cpus", arguments.cpus);
  axes.payloads = parse_axis_list<Payload>("--payload", arguments.payload);
  axes.arrivals = parse_axis_list<Arrivals>("--arrivals", arguments.arrivals);
  for (const std::string& text : split_list("--rate", arguments.rate)) {
    axes.rates.push_back(parse_rate("--rate", text));
  }
  for (const std::string& text : split_list("--fan", arguments.fan)) {
    axes.fans.push_back(static_cast<std::uint32_t>(parse_number("--fan", text, 1, kMaxFan)));
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

std::uint64_t random_seed() {
  std::random_device random;
  return (std::uint64_t{random()} << 32) | random();
}

nanoseconds time_limit_of(const RunArguments& arguments, const Profile& profile) {
  const nanoseconds phases = profile.warm_up + profile.timed;
  if (arguments.timeout.empty()) return phases + std::chrono::seconds(10);
  return parse_time("--timeout", arguments.timeout, std::chrono::milliseconds(1), kLongestRun);
}

}  // namespace

void declare_run_arguments(CLI::App& app, RunArguments& arguments) {
  constexpr const char* kSelection = "Selection (comma lists; each replaces the profile's choice)";
  add_options(app, arguments, kSelection);
  app.add_option("--filter", arguments.filter, "Only cells whose name matches")
      ->type_name("REGEX")
      ->group(kSelection);
  for (const TextOption& option : kTextOptions) {
    app.add_option(fmt::format("--{}", option.name), arguments.*option.text, option.help)
        ->type_name(option.placeholder);
  }
  app.add_flag("--quiet", arguments.quiet, "No progress on standard error");
  app.add_flag("--list-cells,--dry-run", arguments.list_cells, "Print the cells that would be run, and stop");
  app.footer("What stands behind \"--\" are flags of Google Benchmark's: `ipcbench run -- --help`.");
}

RunArguments overridden(RunArguments arguments, const RunArguments& by) {
  for (const TextOption& option : kTextOptions) {
    if (!(by.*option.text).empty()) arguments.*option.text = by.*option.text;
  }
  for (const ListOption& option : kListOptions) {
    if (!(by.*option.list).empty()) arguments.*option.list = by.*option.list;
  }
  if (!by.filter.empty()) arguments.filter = by.filter;
  return arguments;
}

std::vector<std::string> command_line(const RunArguments& arguments) {
  std::vector<std::string> texts;
  const auto add = [&texts](const char* name, const std::string& value) {
    texts.push_back(fmt::format("--{}={}", name, value));
  };
  for (const ListOption& option : kListOptions) {
    for (const std::string& value : arguments.*option.list) add(option.name, value);
  }
  if (!arguments.filter.empty()) add("filter", arguments.filter);
  for (const TextOption& option : kTextOptions) {
    if (const std::string& value = arguments.*option.text; !value.empty()) add(option.name, value);
  }
  return texts;
}

RunRequest interpret(RunArguments arguments, const BenchmarkFlags& flags) {
  merge_flags(arguments, flags);
  RunRequest request;
  request.profile = profile_of(arguments);
  request.selection = selection_of(arguments);
  request.add_launches = arguments.repetitions.empty();
  request.seed = arguments.seed.empty()
                     ? random_seed()
                     : parse_number("--seed", arguments.seed, 0, std::numeric_limits<std::uint64_t>::max());
  request.time_limit = time_limit_of(arguments, request.profile);
  request.out = arguments.out;
  request.quiet = arguments.quiet;
  request.list_cells = arguments.list_cells;
  return request;
}

}  // namespace ipcbench
