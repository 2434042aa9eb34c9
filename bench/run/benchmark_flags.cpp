#include "bench/run/benchmark_flags.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include "bench/cli/arguments.hpp"
#include "bench/cli/pattern.hpp"

namespace ipcbench {
namespace {

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

}  // namespace

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

}  // namespace ipcbench
