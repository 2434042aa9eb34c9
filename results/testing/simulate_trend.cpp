// Simulates the history of a host that is looked at after each report: how many quiet cells are ever accused
// in 100 reports, and how soon a planted step is found. Runs trends() itself on made-up histories.
//
//   simulate_trend [SUITES] [SEED] [EVERY]     100, 1 and 1 by default; suite i has seed SEED + i, regardless
//   of the number of threads. Quiet cells are looked at after every EVERY-th report: one as a test, for its
//   time.
//
// Prints the Markdown tables of TREND.md. Exit code 1 if quiet cells are certainly accused more often than 1
// % in 100 reports (99 % Clopper-Pearson bound), where sessions are independent, or if fewer than half of the
// steps of 5 % are found within five reports at a noise of 1 %.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/math/distributions/binomial.hpp>
#include <cmath>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/on_all_cpus.hpp"
#include "results/comparison/trend.hpp"
#include "results/statistics/statistics.hpp"
#include "results/testing/made_noise.hpp"

namespace ipcbench {
namespace {

using testing::CellNoise;
using testing::kNoises;
using testing::Noise;
using testing::Random;

constexpr std::size_t kFamilies = 12;
constexpr std::size_t kSizes = 5;
constexpr std::size_t kCells = kFamilies * kSizes;
constexpr std::size_t kReports = 100;
constexpr std::size_t kBefore = 40;  // reports before the step
constexpr std::size_t kWithin = 5;
constexpr std::size_t kFirstLook = 10;
constexpr std::uint32_t kLaunches = 5;

struct Scenario {
  Noise of_launches = Noise::gaussian;
  double launch_sd = 0.03;
  Noise of_sessions = Noise::gaussian;
  double session_sd = 0.02;
  std::size_t slowed = 0;  // the first so many cells are slower from report kBefore on
  double slowdown = 0;
};

CellHistory made_cell(const Scenario& scenario, std::size_t number, std::size_t reports, Random& random) {
  CellHistory cell;
  cell.family = fmt::format("mechanism{}/latency", number / kSizes);
  cell.name = fmt::format("{}/size:{}", cell.family, number % kSizes);
  CellNoise sessions(scenario.of_sessions, scenario.session_sd, random);
  for (std::size_t report = 0; report < reports; ++report) {
    CellNoise launches(scenario.of_launches, scenario.launch_sd, random);
    std::vector<double> logs;
    for (std::uint32_t launch = 0; launch < kLaunches; ++launch) logs.push_back(launches.next());
    const bool slow = number < scenario.slowed && report >= kBefore;
    const double level = sessions.next() + (slow ? std::log1p(scenario.slowdown) : 0);
    HistoryPoint& point = cell.points.emplace_back();
    point.time_ns = 1000 * std::exp(level + median(logs));
    point.log_sd = scenario.launch_sd;
    point.launches = kLaunches;
  }
  return cell;
}

History made_history(const Scenario& scenario, std::size_t reports, std::uint64_t seed) {
  Random random(seed);
  History history;
  history.sessions.resize(reports);
  for (std::size_t c = 0; c < kCells; ++c) history.cells.push_back(made_cell(scenario, c, reports, random));
  return history;
}

History first_reports(History history, std::size_t reports) {
  history.sessions.resize(reports);
  for (CellHistory& cell : history.cells) cell.points.resize(reports);
  return history;
}

// In one suite: the quiet cells and groups that were ever accused, by a change and by the newest report.
struct Accused {
  std::size_t cells = 0;
  std::size_t families = 0;
  bool whole = false;
  std::size_t newest = 0;  // cells
};

Accused watch(const Scenario& scenario, std::uint64_t seed, std::size_t every) {
  const History history = made_history(scenario, kReports, seed);
  std::array<std::set<std::string>, 3> changed;
  std::set<std::string> newest;
  for (std::size_t reports = kFirstLook; reports <= kReports; reports += every) {
    for (const Trend& trend : trends(first_reports(history, reports), {})) {
      if (!trend.steps.empty()) changed.at(static_cast<std::size_t>(trend.level)).insert(trend.name);
      if (trend.level == Level::cell && trend.newest.verdict == Verdict::regressed) newest.insert(trend.name);
    }
  }
  const auto count = [&](Level level) { return changed.at(static_cast<std::size_t>(level)).size(); };
  return {count(Level::cell), count(Level::family), count(Level::whole) > 0, newest.size()};
}

// After how many reports the step was seen, in its cell or its family: 0 if not within kWithin.
std::size_t reports_until_found(const Scenario& scenario, Level level, std::uint64_t seed) {
  const History history = made_history(scenario, kBefore + kWithin, seed);
  for (std::size_t more = 1; more <= kWithin; ++more) {
    for (const Trend& trend : trends(first_reports(history, kBefore + more), {})) {
      const bool slowed = level == Level::cell ? trend.name == history.cells.front().name
                                               : trend.name == history.cells.front().family;
      if (trend.level == level && slowed && trend.last.verdict == Verdict::regressed) return more;
    }
  }
  return 0;
}

template <class Result, class Work>
std::vector<Result> in_parallel(std::size_t suites, const Work& work) {
  std::vector<Result> results(suites);
  on_all_cpus(suites, [&](std::size_t i) { results[i] = work(i); });
  return results;
}

// Whether the share of accused cells may be 1 %.
bool print_quiet(const Scenario& scenario, std::string_view what, std::size_t suites, std::uint64_t seed,
                 std::size_t every) {
  const auto results =
      in_parallel<Accused>(suites, [&](std::size_t i) { return watch(scenario, seed + i, every); });
  Accused sum;
  std::size_t wholes = 0;
  for (const Accused& each : results) {
    sum.cells += each.cells;
    sum.families += each.families;
    sum.newest += each.newest;
    wholes += each.whole ? 1U : 0U;
  }
  const auto per_cent = [&](std::size_t accused, std::size_t of) {
    return 100 * static_cast<double>(accused) / static_cast<double>(suites * of);
  };
  fmt::print("| {} | {} | {:.2f} % | {:.2f} % | {:.1f} % | {:.2f} % |\n", what, suites,
             per_cent(sum.cells, kCells), per_cent(sum.families, kFamilies), per_cent(wholes, 1),
             per_cent(sum.newest, kCells));
  std::fflush(stdout);
  const double bound = boost::math::binomial_distribution<double>::find_lower_bound_on_p(
      static_cast<double>(suites * kCells), static_cast<double>(sum.cells), 0.01);
  return bound <= 0.01;
}

bool print_quiet_table(std::size_t suites, std::uint64_t seed, std::size_t every) {
  fmt::print(
      "Ever accused in {} reports of {} cells in {} families, looked at after every {}th from the {}th "
      "on.\n\n",
      kReports, kCells, kFamilies, every, kFirstLook);
  fmt::print(
      "| noise | suites | cells | families | whole | cells, by the newest report |\n"
      "|---|---:|---:|---:|---:|---:|\n");
  bool kept = true;
  for (const auto& [noise, name] : kNoises) {
    kept =
        print_quiet({.of_launches = noise}, fmt::format("launches: {}", name), suites, seed, every) && kept;
  }
  for (const auto& [noise, name] : kNoises) {
    if (noise == Noise::gaussian) continue;
    const bool allowed = print_quiet({.launch_sd = 0.01, .of_sessions = noise},
                                     fmt::format("sessions: the same, {}", name.substr(0, name.find(' '))),
                                     suites, seed, every);
    kept = (allowed || noise == Noise::drifting) && kept;
  }
  return kept;
}

// The share of steps that were found within `reports` more.
double share_within(const std::vector<std::size_t>& found, std::size_t reports) {
  const auto within = std::ranges::count_if(found, [&](std::size_t at) { return at > 0 && at <= reports; });
  return 100 * static_cast<double>(within) / static_cast<double>(found.size());
}

bool print_power_table(std::size_t suites, std::uint64_t seed) {
  fmt::print("\nFound within so many reports, after {} without the step:\n\n", kBefore);
  fmt::print(
      "| step | of | noise of a session's median | suites | 3 | 4 | 5 |\n"
      "|---:|---|---:|---:|---:|---:|---:|\n");
  bool kept = true;
  for (const double slowdown : {0.05, 0.10}) {
    for (const Level level : {Level::cell, Level::family}) {
      for (const double noise : {0.01, 0.015, 0.02, 0.03, 0.04}) {
        const Scenario scenario{.launch_sd = 0,
                                .session_sd = noise,
                                .slowed = level == Level::cell ? 1 : kSizes,
                                .slowdown = slowdown};
        const auto found = in_parallel<std::size_t>(
            suites, [&](std::size_t i) { return reports_until_found(scenario, level, seed + i); });
        fmt::print("| {:.0f} % | {} | {:.1f} % | {} | {:.0f} % | {:.0f} % | {:.0f} % |\n", 100 * slowdown,
                   name_of(level), 100 * noise, suites, share_within(found, 3), share_within(found, 4),
                   share_within(found, 5));
        std::fflush(stdout);
        if (noise <= 0.01) kept = share_within(found, kWithin) >= 50 && kept;
      }
    }
  }
  return kept;
}

}  // namespace
}  // namespace ipcbench

int main(int argc, char** argv) {
  const std::size_t suites = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 100;
  const std::uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  const std::size_t every = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1;
  if (suites == 0 || every == 0) {
    fmt::print(stderr, "usage: simulate_trend [SUITES] [SEED] [EVERY]\n");
    return 2;
  }
  const bool quiet = ipcbench::print_quiet_table(suites, seed, every);
  const bool found = ipcbench::print_power_table(suites, seed);
  return quiet && found ? 0 : 1;
}
