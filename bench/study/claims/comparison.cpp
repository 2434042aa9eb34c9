#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/special_functions/binomial.hpp>

#include "bench/study/claims/report_claims.hpp"
#include "harness/base/cell.hpp"
#include "harness/base/units.hpp"
#include "harness/registry/registry.hpp"
#include "results/report/metrics.hpp"

namespace ipcbench {
namespace {

// An open loop's times depend on the offered load, and a fan's on the number of ends.
bool is_ranked(const Cell& cell) {
  const bool pattern = cell.pattern == Pattern::latency || cell.pattern == Pattern::throughput;
  return pattern && cell.size_bytes > 0 && cell.payload != Payload::untouched && cell.parameters.empty();
}

MechanismInfo info_of(const Report& report, const std::string& name) {
  if (const MechanismInfo* const described = find_info(report.mechanisms, name)) return *described;
  const MechanismEntry* const entry = find_mechanism(name);
  return entry == nullptr ? MechanismInfo{.name = name, .made_of = {}} : info_of(entry->traits);
}

void estimate(MeasuredCell& measured, std::vector<double> times_ns) {
  std::vector<double> cpu_times_ns;
  cpu_times_ns.reserve(measured.launch_cpu_ns.size());
  for (const auto& [launch, cpu_ns] : measured.launch_cpu_ns) cpu_times_ns.push_back(cpu_ns);
  measured.time_ns = estimate_median(std::move(times_ns));
  measured.cpu_ns = estimate_median(std::move(cpu_times_ns));
}

using Tally = std::map<Order, std::size_t>;

Order opposite(Order order) { return order == Order::less ? Order::more : Order::less; }

std::string_view word(Order order, const Saying& saying) {
  return order == Order::less ? saying.less_word : saying.more_word;
}

double probability_apart_by_chance(const SpeedComparison& comparison) {
  const auto n = static_cast<unsigned>(comparison.subject->launch_cpu_ns.size());
  const auto m = static_cast<unsigned>(comparison.reference->launch_cpu_ns.size());
  return 1 / boost::math::binomial_coefficient<double>(n + m, n);
}

Tally tally(const Comparisons& comparisons) {
  Tally counts;
  for (const SpeedComparison& comparison : comparisons) ++counts[comparison.order()];
  return counts;
}

std::string by_kind_and_placement(const SpeedComparison& comparison) {
  constexpr std::array<std::string_view, 1> kPlacement{"cpus"};
  return fmt::format("{}, {}, {}", label_of(comparison.subject->mechanism.kind),
                     describe_axes(comparison.subject->cell, kPlacement),
                     comparison.quantity == Quantity::time ? "time" : "CPU time");
}

std::string by_pattern_and_size(const SpeedComparison& comparison) {
  constexpr std::array<std::string_view, 2> kAxes{"pattern", "size"};
  return describe_axes(comparison.subject->cell, kAxes);
}

// A line for each group, in the order of their first comparisons.
template <class Label>
std::vector<std::string> tally_lines(const Comparisons& comparisons, const Saying& saying, Label label) {
  std::vector<std::pair<std::string, Comparisons>> groups;
  for (const SpeedComparison& comparison : comparisons) {
    const std::string name = label(comparison);
    auto group = std::ranges::find(groups, name, &std::pair<std::string, Comparisons>::first);
    if (group == groups.end()) group = groups.insert(group, {name, {}});
    group->second.push_back(comparison);
  }
  std::vector<std::string> lines;
  for (const auto& [name, members] : groups) {
    Tally counts = tally(members);
    lines.push_back(fmt::format("{}: {} {}, {} {}, {} unclear", name, counts[saying.said],
                                word(saying.said, saying), counts[opposite(saying.said)],
                                word(opposite(saying.said), saying), counts[Order::unclear]));
  }
  return lines;
}

std::string summary_text(const Comparisons& comparisons, const Saying& saying) {
  Tally counts = tally(comparisons);
  double lowest = 1;
  for (const SpeedComparison& comparison : comparisons) {
    lowest = std::min({lowest, comparison.value(*comparison.subject).confidence,
                       comparison.value(*comparison.reference).confidence});
  }
  return fmt::format(
      "{} pairs of cells that differ in nothing else: {} {}, {} {}, {} with overlapping intervals (of at "
      "least {:.0f} % confidence; chance alone makes up to {} either way).",
      comparisons.size(), counts[Order::less], saying.less_word, counts[Order::more], saying.more_word,
      counts[Order::unclear], 100 * lowest, chance_allowance(comparisons));
}

std::string text_of(const Estimate& estimate) {
  return fmt::format("{} [{}, {}]", format_duration_ns(estimate.median), format_duration_ns(estimate.low),
                     format_duration_ns(estimate.high));
}

// "fifo/latency/...: 5.15 us [5.10, 5.20] against 4.86 us [4.80, 4.90] of pipe/...".
std::string describe(const SpeedComparison& comparison) {
  const auto& [quantity, subject, reference] = comparison;
  const bool time = quantity == Quantity::time;
  const auto other_median = [&](const MeasuredCell& cell) {
    return format_duration_ns(time ? cell.cpu_ns.median : cell.time_ns.median);
  };
  return fmt::format(
      "{}: {}{} against {} of {}; {} {} against {}.", cell_name(subject->cell), time ? "" : "CPU time ",
      text_of(comparison.value(*subject)), text_of(comparison.value(*reference)), cell_name(reference->cell),
      time ? "CPU time of both ends" : "time", other_median(*subject), other_median(*reference));
}

// The pair that differs most in this order, if there is one.
void add_furthest(Answer& answer, const Comparisons& comparisons, const Saying& saying, Order order) {
  const SpeedComparison* furthest = nullptr;
  const auto factor = [order](const SpeedComparison& comparison) {
    return order == Order::less ? 1 / comparison.ratio() : comparison.ratio();
  };
  for (const SpeedComparison& comparison : comparisons) {
    if (comparison.order() != order) continue;
    if (furthest == nullptr || factor(comparison) > factor(*furthest)) furthest = &comparison;
  }
  if (furthest == nullptr) return;
  answer.evidence.push_back(fmt::format("Furthest {}, {:.3g} times: {}", word(order, saying),
                                        factor(*furthest), describe(*furthest)));
}

}  // namespace

CellSetting setting_of(Cell cell) {
  cell.mechanism.clear();
  return cell_name(cell);
}

MeasuredCells measured_cells(const Report& report) {
  MeasuredCells cells;
  std::map<const MeasuredCell*, std::vector<double>> times_ns;
  for (const auto& [cell, full_name, launches] : report.cells) {
    if (!is_ranked(cell)) continue;
    MeasuredCell& measured = cells[setting_of(cell)][cell.mechanism];
    measured.cell = cell;
    measured.mechanism = info_of(report, cell.mechanism);
    for (const Launch& each : launches) {
      measured.launch_cpu_ns[each.number] = cpu_ns_per_message(each.measurement);
      times_ns[&measured].push_back(time_ns(cell.pattern, each.measurement));
    }
  }
  for (auto& [setting, mechanisms] : cells) {
    for (auto& [name, measured] : mechanisms) estimate(measured, times_ns[&measured]);
  }
  return cells;
}

const Estimate& SpeedComparison::value(const MeasuredCell& cell) const {
  return quantity == Quantity::time ? cell.time_ns : cell.cpu_ns;
}

bool SpeedComparison::has_intervals() const {
  return value(*subject).confidence > 0 && value(*reference).confidence > 0;
}

Order SpeedComparison::order() const {
  if (!has_intervals()) return Order::unclear;
  if (value(*subject).high < value(*reference).low) return Order::less;
  return value(*subject).low > value(*reference).high ? Order::more : Order::unclear;
}

double SpeedComparison::ratio() const { return value(*subject).median / value(*reference).median; }

std::size_t chance_allowance(const Comparisons& comparisons) {
  if (comparisons.empty()) return 0;
  double expected = 0;
  for (const SpeedComparison& comparison : comparisons) expected += probability_apart_by_chance(comparison);
  const auto n = static_cast<double>(comparisons.size());
  const boost::math::binomial_distribution<double> by_chance(n, std::min(expected / n, 0.5));
  // For one pair of three launches each it is exactly 0.95, apart from rounding.
  constexpr double kQuantile = 0.95 - 1e-9;
  std::size_t allowance = 0;
  while (boost::math::cdf(by_chance, static_cast<double>(allowance)) < kQuantile) ++allowance;
  return allowance;
}

Answer judge(Comparisons comparisons, const Saying& saying) {
  if (comparisons.empty()) return untested("no two cells differ in nothing else");
  const std::size_t all = comparisons.size();
  std::erase_if(comparisons, [](const SpeedComparison& comparison) { return !comparison.has_intervals(); });
  const std::size_t chance = chance_allowance(comparisons);
  if (chance >= comparisons.size()) {
    return untested(
        fmt::format("too few launches: all differences of {} pairs of cells could be chance; measure with "
                    "--repetitions 6",
                    all));
  }
  std::ranges::stable_sort(comparisons, {},
                           [](const SpeedComparison& each) { return each.subject->cell.size_bytes; });
  Tally counts = tally(comparisons);
  const std::size_t said = counts[saying.said];
  const std::size_t opposed = counts[opposite(saying.said)];
  const bool mostly = 2 * said > comparisons.size();
  const bool hardly_any = 10 * (said + opposed) <= comparisons.size();
  Answer answer{.verdict = hardly_any || (said <= chance && opposed <= chance) ? ClaimVerdict::no_difference
                           : said <= chance                                    ? ClaimVerdict::refuted
                           : opposed <= chance && mostly                       ? ClaimVerdict::confirmed
                                                                               : ClaimVerdict::depends,
                .finding = fmt::format("{} in {} of {} pairs of cells, {} in {}, no clear difference in {}",
                                       word(saying.said, saying), said, comparisons.size(),
                                       word(opposite(saying.said), saying), opposed, counts[Order::unclear]),
                .evidence = {summary_text(comparisons, saying)}};
  const std::vector<std::string> places = tally_lines(comparisons, saying, by_kind_and_placement);
  constexpr std::size_t kLinesInFinding = 4;
  if (answer.verdict == ClaimVerdict::depends && places.size() <= kLinesInFinding)
    answer.finding += fmt::format("; {}", fmt::join(places, "; "));
  for (const auto& lines : {places, tally_lines(comparisons, saying, by_pattern_and_size)})
    answer.evidence.insert(answer.evidence.end(), lines.begin(), lines.end());
  add_furthest(answer, comparisons, saying, saying.said);
  add_furthest(answer, comparisons, saying, opposite(saying.said));
  return answer;
}

}  // namespace ipcbench
