// Simulates the gate of a duet: the rate of false alarms per suite, and how often slowdowns are caught, under
// four kinds of noise, and which cells are chosen to run again. Runs the gate's own functions on made-up log
// ratios.
//
//   simulate_gate [SUITES] [SEED]     10,000 and 1 by default; suite i has seed SEED + i, regardless of the
//   number of threads
//
// Prints Markdown tables. Exit code 1 if the rate of false alarms is certainly above 1 % (99 %
// Clopper-Pearson bound).
#include <fmt/format.h>

#include <boost/math/distributions/binomial.hpp>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <numbers>
#include <vector>

#include "harness/base/on_all_cpus.hpp"
#include "results/comparison/paired_findings.hpp"
#include "results/comparison/suspects.hpp"
#include "results/testing/made_noise.hpp"
#include "results/testing/simulate_choice.hpp"

namespace ipcbench {
namespace {

using testing::CellNoise;
using testing::kNoises;
using testing::Noise;
using testing::Random;

constexpr std::size_t kFamilies = 25;
constexpr std::size_t kSizes = 12;
constexpr std::size_t kCells = kFamilies * kSizes;
constexpr double kHeadlineSd = 0.03;
constexpr double kNoisySd = 0.10;
constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

// Fewer suites suffice for power and for the noisy setting.
std::size_t few(std::size_t suites) { return std::max<std::size_t>(suites / 20, 1); }

// The slowdown of the new program; a `share` of 0 is none.
struct Slowdown {
  enum class Of { cell, family } of = Of::cell;
  double share = 0;

  [[nodiscard]] double log_ratio(std::size_t cell) const {
    const bool slowed = of == Of::cell ? cell == 0 : cell < kSizes;
    return slowed ? std::log1p(share) : 0;
  }
};

struct Scenario {
  Noise noise = Noise::gaussian;
  double sd = 0.03;
  Slowdown slowdown;
};

// One suite of cells. The side that is launched first is random in each pair. Each side's process has an
// effect of its own on all cells of a block, a third of the noise.
class Suite {
 public:
  Suite(const Scenario& scenario, std::uint64_t seed) : scenario_(scenario), random_(seed) {
    noises_.reserve(kCells);
    for (std::size_t c = 0; c < kCells; ++c) noises_.emplace_back(scenario.noise, scenario.sd, random_);
  }

  // Each cell with its own number of blocks; NaN where another one has more.
  std::vector<Differences> run(const std::vector<Suspect>& cells) {
    std::uint32_t most = 0;
    for (const Suspect& cell : cells) most = std::max(most, cell.blocks);
    std::vector<Differences> differences(kCells);
    for (std::uint32_t b = 0; b < most; ++b) {
      const double sides = scenario_.sd / 3 * std::numbers::sqrt2 * random_.normal();
      for (const Suspect& cell : cells) {
        const double d = cell.blocks > b ? difference(cell.cell) + sides : kMissing;
        differences[cell.cell].push_back(d);
      }
    }
    return differences;
  }

 private:
  double difference(std::size_t c) {
    const double earlier = noises_[c].next();
    const double later = noises_[c].next();
    return (random_.coin(0.5) ? later - earlier : earlier - later) + scenario_.slowdown.log_ratio(c);
  }

  const Scenario& scenario_;
  Random random_;
  std::vector<CellNoise> noises_;
};

std::vector<std::size_t> all_cells() {
  std::vector<std::size_t> cells(kCells);
  for (std::size_t c = 0; c < kCells; ++c) cells[c] = c;
  return cells;
}

Differences centre(const std::vector<Differences>& cells, const std::vector<std::size_t>& members) {
  std::vector<const Differences*> chosen;
  for (const std::size_t member : members) {
    if (cells[member].empty()) return {};
    chosen.push_back(&cells[member]);
  }
  return centre_of(chosen);
}

std::vector<PairedHypothesis> hypotheses_of(const std::vector<Differences>& first) {
  std::vector<PairedHypothesis> hypotheses;
  const auto add = [&](Level level, std::vector<std::size_t> cells, Differences differences) {
    hypotheses.push_back(
        {.level = level, .cells = std::move(cells), .first = std::move(differences), .second = {}});
  };
  for (std::size_t c = 0; c < kCells; ++c) add(Level::cell, {c}, first[c]);
  for (std::size_t f = 0; f < kFamilies; ++f) {
    std::vector<std::size_t> members;
    for (std::size_t s = 0; s < kSizes; ++s) members.push_back(f * kSizes + s);
    Differences differences = centre(first, members);
    add(Level::family, std::move(members), std::move(differences));
  }
  add(Level::whole, all_cells(), centre(first, all_cells()));
  return hypotheses;
}

struct Outcome {
  bool significant = false;  // an unchanged cell or group was significantly slower
  bool alarm = false;        // the same, by the smallest effect or more
  bool caught_cell = false;
  bool caught_family = false;
  std::size_t fresh_pairs = 0;  // launches of both sides in fresh blocks
};

bool slowed(const PairedHypothesis& hypothesis, const Slowdown& slowdown) {
  for (const std::size_t cell : hypothesis.cells) {
    if (slowdown.log_ratio(cell) > 0) return true;
  }
  return false;
}

Outcome outcome_of(const std::vector<PairedHypothesis>& hypotheses, const Scenario& scenario,
                   const GateSettings& settings) {
  Outcome outcome;
  const std::vector<double> p = test_pairs(hypotheses, settings).p_slower;
  for (std::size_t i = 0; i < hypotheses.size(); ++i) {
    const PairedHypothesis& hypothesis = hypotheses[i];
    if (p[i] > alpha_of(hypothesis.level, settings)) continue;
    const bool counts =
        std::expm1(hodges_lehmann(without_gaps(hypothesis.second))) >= settings.smallest_effect[0];
    if (!slowed(hypothesis, scenario.slowdown)) {
      outcome.significant = true;
      outcome.alarm = outcome.alarm || counts;
    } else if (counts && hypothesis.level == Level::cell) {
      outcome.caught_cell = true;
    } else if (counts && hypothesis.level == Level::family) {
      outcome.caught_family = true;
    }
  }
  return outcome;
}

Outcome simulate(const Scenario& scenario, std::uint64_t seed) {
  GateSettings settings;
  settings.seed = seed;
  Suite suite(scenario, seed);
  std::vector<Suspect> everything;
  for (const std::size_t cell : all_cells()) everything.push_back({cell, settings.first_blocks});
  std::vector<PairedHypothesis> hypotheses = hypotheses_of(suite.run(everything));
  const std::vector<Suspect> suspects = suspicious(hypotheses, settings);
  const std::vector<Differences> second = suite.run(suspects);
  for (PairedHypothesis& hypothesis : hypotheses) hypothesis.second = centre(second, hypothesis.cells);
  Outcome outcome = outcome_of(hypotheses, scenario, settings);
  for (const Suspect& suspect : suspects) outcome.fresh_pairs += suspect.blocks;
  return outcome;
}

struct Counts {
  std::size_t suites = 0;
  std::size_t significant = 0;
  std::size_t alarms = 0;
  std::size_t caught_cell = 0;
  std::size_t caught_family = 0;
  std::size_t fresh_pairs = 0;

  void add(const Outcome& outcome) {
    ++suites;
    significant += outcome.significant;
    alarms += outcome.alarm;
    caught_cell += outcome.caught_cell;
    caught_family += outcome.caught_family;
    fresh_pairs += outcome.fresh_pairs;
  }
};

Counts simulate_many(const Scenario& scenario, std::size_t suites, std::uint64_t seed) {
  std::vector<Outcome> outcomes(suites);
  on_all_cpus(suites, [&](std::size_t i) { outcomes[i] = simulate(scenario, seed + i); });
  Counts counts;
  for (const Outcome& outcome : outcomes) counts.add(outcome);
  return counts;
}

double percent(std::size_t part, std::size_t whole) {
  return 100 * static_cast<double>(part) / static_cast<double>(whole);
}

// Clopper and Pearson's one-sided lower bound at 99 %.
double lower_bound(std::size_t hits, std::size_t trials) {
  return boost::math::binomial_distribution<double>::find_lower_bound_on_p(static_cast<double>(trials),
                                                                           static_cast<double>(hits), 0.01);
}

// Returns whether a rate of false alarms of 1 % is compatible with the counts.
bool print_false_alarms(std::size_t suites, std::uint64_t seed) {
  fmt::print("False alarms of whole suites: {} cells in {} families, seeds from {}.\n\n", kCells, kFamilies,
             seed);
  fmt::print(
      "| noise of a launch | sd | suites | significant | significant and 5 % or more | second stage over "
      "first "
      "|\n|---|---:|---:|---:|---:|---:|\n");
  bool kept = true;
  for (const auto& [noise, name] : kNoises) {
    for (const double sd : {kHeadlineSd, kNoisySd}) {
      const std::size_t n = sd == kHeadlineSd ? suites : few(suites);
      const Counts counts = simulate_many({noise, sd, {}}, n, seed);
      const double launches = static_cast<double>(kCells * GateSettings().first_blocks * n);
      fmt::print("| {} | {:.0f} % | {} | {:.2f} % | {:.2f} % | {:.1f} |\n", name, 100 * sd, n,
                 percent(counts.significant, n), percent(counts.alarms, n),
                 static_cast<double>(counts.fresh_pairs) / launches);
      std::fflush(stdout);
      kept = kept && lower_bound(counts.significant, n) <= 0.01;
    }
  }
  return kept;
}

void print_power(std::size_t suites, std::uint64_t seed) {
  fmt::print("\nHow often a slowdown is caught, {} suites each, seeds from {}.\n\n", suites, seed);
  fmt::print(
      "| noise of a launch | sd | of one cell by 5 % | 10 % | 25 % | of a family by 5 % | 10 % | 25 % "
      "|\n|---|---:|---:|---:|---:|---:|---:|---:|\n");
  for (const auto& [noise, name] : kNoises) {
    for (const double sd : {kHeadlineSd, kNoisySd}) {
      fmt::print("| {} | {:.0f} % |", name, 100 * sd);
      for (const Slowdown::Of of : {Slowdown::Of::cell, Slowdown::Of::family}) {
        for (const double share : {0.05, 0.10, 0.25}) {
          const Counts counts = simulate_many({noise, sd, {of, share}}, suites, seed);
          const bool family = of == Slowdown::Of::family;
          fmt::print(" {:.0f} % |", percent(family ? counts.caught_family : counts.caught_cell, suites));
          std::fflush(stdout);
        }
      }
      fmt::print("\n");
    }
  }
}

}  // namespace
}  // namespace ipcbench

int main(int argc, char** argv) {
  const std::size_t suites = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 10'000;
  const std::uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  if (suites == 0) {
    fmt::print(stderr, "usage: simulate_gate [SUITES] [SEED]\n");
    return 2;
  }
  const bool kept = ipcbench::print_false_alarms(suites, seed);
  ipcbench::print_power(ipcbench::few(suites), seed);
  ipcbench::testing::print_choice(ipcbench::few(suites), seed);
  return kept ? 0 : 1;
}
