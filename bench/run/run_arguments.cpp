#include "bench/run/run_arguments.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <array>
#include <charconv>

#include "bench/cli/arguments.hpp"
#include "bench/cli/pattern.hpp"
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

struct Flag {
  std::string_view name;
  std::string_view help;  // empty: refused
  void (*apply)(BenchmarkFlags& flags, const Flag& flag, const std::string& value);
  std::string_view note = {};  // our equivalent argument; for a refused flag: the reason or the remedy
};

[[noreturn]] void refuse(const Flag& flag, std::string_view value, std::string_view allowed) {
  throw UsageError(fmt::format("--{}: '{}' is not possible here; allowed: {}.", flag.name, value, allowed));
}

bool boolean(const Flag& flag, const std::string& value) {
  constexpr std::array<std::string_view, 5> kTrue{"", "true", "1", "yes", "on"};
  constexpr std::array<std::string_view, 4> kFalse{"false", "0", "no", "off"};
  if (std::ranges::find(kTrue, value) != kTrue.end()) return true;
  if (std::ranges::find(kFalse, value) != kFalse.end()) return false;
  refuse(flag, value, "true or false");
}

void set(BenchmarkFlags& flags, const Flag& flag, const std::string& value) {
  flags.arguments[std::string(flag.note)] = value;
}
// Google Benchmark's seconds ("0.5"; newer versions "0.5s") become one of our durations.
void set_time(BenchmarkFlags& flags, const Flag& flag, const std::string& value) {
  std::string_view digits = value;
  if (digits.ends_with('s')) digits.remove_suffix(1);
  double seconds = -1;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
  const bool read = error == std::errc{} && end == digits.data() + digits.size();
  if (!read || !(seconds >= 0 && seconds <= 1e6)) refuse(flag, value, "seconds, such as 0.05 or 0.05s");
  set(flags, flag, fmt::format("{:.0f}ns", seconds * 1e9));
}
void pass_on(BenchmarkFlags& flags, const Flag& flag, const std::string& value) {
  flags.for_library.push_back(fmt::format("--{}={}", flag.name, value));
}
void set_filter(BenchmarkFlags& flags, const Flag& flag, const std::string& value) {
  check_for_backtracking(fmt::format("--{}", flag.name), value);
  pass_on(flags, flag, value);
  flags.filters = true;
}
// Checked here, because the library prints its own complaint.
void set_verbosity(BenchmarkFlags& flags, const Flag& flag, const std::string& value) {
  constexpr std::uint64_t kMost = 100;
  pass_on(flags, flag, std::to_string(parse_number(fmt::format("--{}", flag.name), value, 0, kMost)));
}
void list_tests(BenchmarkFlags& flags, const Flag& flag, const std::string& value) {
  flags.list_tests = boolean(flag, value);
}
void require_interleaving(BenchmarkFlags&, const Flag& flag, const std::string& value) {
  if (!boolean(flag, value)) refuse(flag, value, "true, since launches are always interleaved");
}
void set_format(BenchmarkFlags& flags, const Flag& flag, const std::string& value) {
  if (value != "console" && value != "json") refuse(flag, value, "console, json");
  flags.json_on_stdout = value == "json";
}
void require_json(BenchmarkFlags&, const Flag& flag, const std::string& value) {
  if (value != "json") refuse(flag, value, "json");
}

constexpr Flag refused(std::string_view name, std::string_view reason) { return {name, {}, nullptr, reason}; }

constexpr std::string_view kNoAggregates =
    "the report has one row per launch, and the table on the console has the aggregates";
constexpr std::array kFlags{
    Flag{"benchmark_filter", "=REGEX  run the cells whose benchmark name matches; -REGEX: the others",
         set_filter},
    Flag{"benchmark_list_tests", "  print the names of the cells and stop", list_tests},
    Flag{"benchmark_repetitions", "=N  launches of each cell: --repetitions N", set, "repetitions"},
    Flag{"benchmark_min_time", "=S  seconds of the timed phase of a launch: --time", set_time, "time"},
    Flag{"benchmark_min_warmup_time", "=S  seconds of warm-up before it: --warm-up", set_time, "warm-up"},
    Flag{"benchmark_out", "=FILE  where the report goes: --out FILE", set, "out"},
    Flag{"benchmark_out_format", "=json  the only format of the report", require_json},
    Flag{"benchmark_format", "=console|json  what goes to standard output: table or report", set_format},
    Flag{"benchmark_enable_random_interleaving", "=true  always so", require_interleaving},
    Flag{"v", "=N  how much the library logs", set_verbosity},
    refused("benchmark_report_aggregates_only", kNoAggregates),
    refused("benchmark_display_aggregates_only", kNoAggregates),
    refused("benchmark_color", "set NO_COLOR=1 for output without colours"),
    refused("benchmark_counters_tabular", "the table on the console has one form"),
    refused("benchmark_context", "the report has the facts about the host that it needs"),
    refused("benchmark_time_unit", "the report is in nanoseconds, and the table chooses its units"),
    refused("benchmark_perf_counters",
            "counters of this process say nothing about the two that it starts; give --count before \"--\"")};

void apply(BenchmarkFlags& flags, const std::string& text) {
  if (text == "--help" || text == "-h") {
    flags.help = true;
    return;
  }
  const std::size_t equals = std::min(text.find('='), text.size());
  const std::string name = text.starts_with("--") ? text.substr(2, equals - 2) : std::string();
  const auto flag = std::ranges::find(kFlags, name, &Flag::name);
  if (flag == kFlags.end()) {
    std::vector<std::string> known;
    known.reserve(kFlags.size());
    for (const Flag& each : kFlags) known.push_back(fmt::format("--{}", each.name));
    const auto meant = nearest(text.substr(0, equals), known);
    throw UsageError(fmt::format(
        "{}: not a flag of Google Benchmark (after \"--\"); {}`ipcbench run -- --help` lists them.", text,
        meant ? fmt::format("did you mean {}? ", *meant) : ""));
  }
  if (flag->apply == nullptr) throw UsageError(fmt::format("--{}: not possible here: {}.", name, flag->note));
  const bool needs_value =
      flag->help.starts_with('=') && flag->name != "benchmark_enable_random_interleaving";
  if (needs_value && equals + 1 >= text.size())
    throw UsageError(fmt::format("--{}: needs a value: --{}=...", name, name));
  flag->apply(flags, *flag, equals < text.size() ? text.substr(equals + 1) : "");
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

BenchmarkFlags parse_benchmark_flags(const std::vector<std::string>& flags) {
  BenchmarkFlags parsed;
  for (const std::string& flag : flags) apply(parsed, flag);
  return parsed;
}

std::string benchmark_flags_help() {
  std::string text = "Flags of Google Benchmark that `ipcbench run [options] -- FLAGS` understands:\n";
  for (const Flag& flag : kFlags) {
    if (flag.apply != nullptr) text += fmt::format("  --{}{}\n", flag.name, flag.help);
  }
  return text + "Benchmarks are cells: REGEX matches names such as pipe/latency/size:64/.../real_time.\n";
}

RunRequest interpret(RunArguments arguments, const BenchmarkFlags& flags) {
  merge_flags(arguments, flags);
  RunRequest request{.profile = profile_of(arguments),
                     .selection = selection_of(arguments),
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
  return request;
}

}  // namespace ipcbench
