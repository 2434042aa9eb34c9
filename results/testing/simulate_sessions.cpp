// Simulates the comparison of stored reports: the rate of false alarms per suite at each level, with several
// bases and with a calibration, and the smallest change that is found. Runs compare() itself on made-up
// reports.
//
//   simulate_sessions [SUITES] [SEED]     1,000 and 1 by default; suite i has seed SEED + i, regardless of
//   the number of threads
//
// Prints a Markdown table. Exit code 1 if the rate of a level is certainly above its budget (99 %
// Clopper-Pearson bound): 0.4 % of the cells, 0.4 % of the families, 0.2 % of the whole.
#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <cmath>
#include <cstdlib>
#include <numbers>
#include <random>
#include <string_view>
#include <vector>

#include "harness/base/on_all_cpus.hpp"
#include "results/comparison/compare.hpp"
#include "results/comparison/findings.hpp"

namespace ipcbench {
namespace {

constexpr std::size_t kFamilies = 12;
constexpr std::size_t kSizes = 5;
constexpr std::uint32_t kLaunches = 5;
constexpr double kLaunchSd = 0.01;
constexpr double kSessionSd = 0.02;

// Uniform and normal numbers that are the same with every standard library.
class Numbers {
 public:
  explicit Numbers(std::uint64_t seed) : bits_(seed) {}
  double uniform() { return (static_cast<double>(bits_() >> 11U) + 0.5) / 9007199254740992.0; }
  // Box and Muller.
  double normal() { return std::sqrt(-2 * std::log(uniform())) * std::cos(2 * std::numbers::pi * uniform()); }

 private:
  std::mt19937_64 bits_;
};

enum class Sessions { independent, by_family, common, unequal };
constexpr std::pair<Sessions, std::string_view> kKinds[] = {
    {Sessions::independent, "each cell by itself"},
    {Sessions::by_family, "a family's cells together"},
    {Sessions::common, "all cells together"},
    {Sessions::unequal, "each cell by itself, one in ten 5 times as much"}};

enum class Way { several_bases, calibration };

struct Setting {
  Way way = Way::several_bases;
  std::size_t sessions = 10;
  Sessions kind = Sessions::independent;
};

// A report with one metric; `scale` is the sd of each cell between sessions.
SampledReport session_of(const std::vector<double>& scale, Sessions kind, std::size_t number,
                         Numbers& numbers) {
  SampledReport report;
  report.origin = fmt::format("{}.json", number);
  report.version = "0.1.0";
  report.session.id = report.origin;
  const double common = numbers.normal();
  for (std::size_t f = 0; f < kFamilies; ++f) {
    const double of_family = numbers.normal();
    for (std::size_t s = 0; s < kSizes; ++s) {
      double level = numbers.normal();
      if (kind == Sessions::by_family) level = of_family;
      if (kind == Sessions::common) level = common;
      level *= scale[f * kSizes + s];
      SampledCell& cell = report.cells.emplace_back();
      cell.family = fmt::format("mechanism{}/latency", f);
      cell.name = fmt::format("{}/size:{}", cell.family, s);
      for (std::uint32_t launch = 0; launch < kLaunches; ++launch) {
        Sample& sample = cell.samples.emplace_back(Sample{.launch = launch});
        sample.ns.fill(std::numeric_limits<double>::quiet_NaN());
        sample.ns[place_of(Metric::time)] = std::exp(level + kLaunchSd * numbers.normal());
      }
    }
  }
  return report;
}

Comparison compare_suite(const Setting& setting, std::uint64_t seed) {
  Numbers numbers(seed);
  std::vector<double> scale;
  for (std::size_t c = 0; c < kFamilies * kSizes; ++c) {
    const bool wild = setting.kind == Sessions::unequal && numbers.uniform() < 0.1;
    scale.push_back(kSessionSd * (wild ? 5 : 1));
  }
  std::vector<SampledReport> sessions;
  for (std::size_t s = 0; s < setting.sessions + 2; ++s) {
    sessions.push_back(session_of(scale, setting.kind, s, numbers));
  }
  const SampledReport candidate = std::move(sessions.back());
  sessions.pop_back();
  const SampledReport base = std::move(sessions.back());
  sessions.pop_back();
  if (setting.way == Way::several_bases) return compare(std::move(sessions), candidate, {}, {});
  CompareOptions options;
  options.calibration = calibrate(sessions, {});
  return compare(base, candidate, {}, options);
}

// By level: whether something was significantly slower, and what would have been found (median over
// findings).
struct SuiteResult {
  std::array<bool, 3> significant{};
  std::array<double, 3> found{};
};

SuiteResult simulate(const Setting& setting, std::uint64_t seed) {
  const Comparison comparison = compare_suite(setting, seed);
  SuiteResult result;
  std::array<std::vector<double>, 3> found;
  for (const Finding& finding : comparison.findings) {
    const auto level = static_cast<std::size_t>(finding.level);
    found[level].push_back(finding.detectable_effect);
    if (finding.p_slower_adjusted <= alpha_of(finding.level, comparison.settings)) {
      result.significant[level] = true;
    }
  }
  for (std::size_t level = 0; level < found.size(); ++level) {
    std::ranges::nth_element(found[level], found[level].begin() + std::ssize(found[level]) / 2);
    result.found[level] = found[level][found[level].size() / 2];
  }
  return result;
}

std::vector<SuiteResult> simulate_many(const Setting& setting, std::size_t suites, std::uint64_t seed) {
  std::vector<SuiteResult> results(suites);
  on_all_cpus(suites, [&](std::size_t i) { results[i] = simulate(setting, seed + i); });
  return results;
}

// Prints "0.12 % (7.1 %)": false alarms, and the median of what would have been found. Returns whether the
// budget is compatible with the counts.
bool print_level(const std::vector<SuiteResult>& results, Level level) {
  const auto place = static_cast<std::size_t>(level);
  const auto suites = static_cast<double>(results.size());
  double alarms = 0;
  std::vector<double> found;
  for (const SuiteResult& result : results) {
    alarms += result.significant[place] ? 1 : 0;
    found.push_back(result.found[place]);
  }
  std::ranges::sort(found);
  fmt::print(" {:.2f} % ({:.1f} %) |", 100 * alarms / suites, 100 * found[found.size() / 2]);
  // Clopper and Pearson's one-sided lower bound at 99 %.
  const double bound =
      boost::math::binomial_distribution<double>::find_lower_bound_on_p(suites, alarms, 0.01);
  return bound <= alpha_of(level, {});
}

bool print_setting(const Setting& setting, std::string_view name, std::size_t suites, std::uint64_t seed) {
  const bool several = setting.way == Way::several_bases;
  fmt::print("| {} | {} | {} | {} |", several ? "bases" : "calibration", setting.sessions, name, suites);
  const std::vector<SuiteResult> results = simulate_many(setting, suites, seed);
  bool kept = true;
  for (const Level level : {Level::cell, Level::family, Level::whole}) {
    kept = print_level(results, level) && kept;
  }
  fmt::print("\n");
  std::fflush(stdout);
  return kept;
}

bool print_table(std::size_t suites, std::uint64_t seed) {
  fmt::print("False alarms of suites of {} cells in {} families, {} launches a session, seeds from {}.\n\n",
             kFamilies * kSizes, kFamilies, kLaunches, seed);
  fmt::print(
      "| by | sessions | what varies between sessions | suites | cells (finds) | families (finds) | whole "
      "(finds) "
      "|\n|---|---:|---|---:|---:|---:|---:|\n");
  bool kept = true;
  for (const Way way : {Way::several_bases, Way::calibration}) {
    for (const std::size_t sessions : {5U, 10U}) {
      for (const auto& [kind, name] : kKinds) {
        kept = print_setting({way, sessions, kind}, name, suites, seed) && kept;
      }
    }
  }
  return kept;
}

}  // namespace
}  // namespace ipcbench

int main(int argc, char** argv) {
  const std::size_t suites = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000;
  const std::uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  if (suites == 0) {
    fmt::print(stderr, "usage: simulate_sessions [SUITES] [SEED]\n");
    return 2;
  }
  return ipcbench::print_table(suites, seed) ? 0 : 1;
}
