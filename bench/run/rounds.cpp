#include "bench/run/rounds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>
#include <utility>

#include "bench/run/benchmark_driver.hpp"
#include "bench/run/paced_phase.hpp"
#include "bench/run/repetitions.hpp"
#include "harness/base/units.hpp"
#include "harness/registry/registry.hpp"
#include "results/summary/cell_groups.hpp"
#include "results/summary/own_core.hpp"
#include "results/summary/rankings.hpp"
#include "results/summary/summary.hpp"

namespace ipcbench {
namespace {

LaunchPhases mean_phases(const std::vector<PlannedCell>& cells, const RoundsOptions& options) {
  if (cells.empty()) return options.phases;
  std::chrono::nanoseconds timed{};
  for (const PlannedCell& planned : cells) timed += phases_for(planned.cell, options).timed;
  return {options.phases.warm_up, timed / static_cast<std::chrono::nanoseconds::rep>(cells.size())};
}

class Rounds {
 public:
  Rounds(const std::vector<PlannedCell>& cells, const RoundsOptions& options, Progress& progress)
      : cells_(cells),
        options_(options),
        progress_(progress),
        pace_(options.budget, mean_phases(cells, options), options.elapsed),
        launched_(cells.size()),
        figures_(cells.size()),
        core_times_(cells.size()),
        given_up_(cells.size()),
        leading_(cells.size()) {
    for (const PlannedCell& planned : cells)
      rankings_.emplace_back(group_of(planned.cell), planned.cell.size_bytes);
  }

  RoundsResult run() {
    repetitions_.plan(cells_.size() * options_.launches);
    expected_added_ = adds_launches() ? cells_.size() * options_.launches / 4 : 0;
    progress_.expect(names());
    for (std::uint32_t rounds = rounds_to_come(); rounds > 0 && !stopped_; rounds = rounds_to_come()) {
      run_one_round(cells_of_round(round_, [](std::size_t) { return true; }), rounds);
      ++round_;
    }
    whole_rounds_ = late_ || stopped_ ? round_ - 1 : round_;
    if (adds_launches()) {
      if (!late_ && !stopped_) add_launches();
      note_precision();
    }
    conclude();
    return std::move(result_);
  }

 private:
  using Order = std::vector<std::size_t>;

  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> all;
    all.reserve(cells_.size());
    for (const PlannedCell& planned : cells_) all.push_back(planned.name);
    return all;
  }

  [[nodiscard]] Order cells_of_round(std::uint32_t round,
                                     const std::function<bool(std::size_t)>& wanted) const {
    Order order = round_order(cells_.size(), options_.seed, round);
    std::erase_if(order, [&](std::size_t i) { return given_up_[i] || !wanted(i); });
    return order;
  }

  // How many rounds of all cells are still to be made.
  [[nodiscard]] std::uint32_t rounds_to_come() const {
    const std::uint32_t planned = options_.launches - round_;
    if (planned == 0 || !pace_.rounds_fit(1)) return 0;
    if (pace_.rounds_fit(planned)) return planned;
    const std::uint32_t fewest = fewest_launches();
    return round_ < fewest ? fewest - round_ : adds_launches() ? 0 : planned;
  }

  // Of each cell, for a complete run.
  [[nodiscard]] std::uint32_t fewest_launches() const {
    return adds_launches() ? std::min(kFewestLaunches, options_.launches) : options_.launches;
  }
  // What every cell has that did not fail.
  [[nodiscard]] std::uint32_t least_launches() const {
    std::uint32_t least = UINT32_MAX;
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      if (launched_[i] < least && !has_failed(i)) least = launched_[i];
    }
    return least == UINT32_MAX ? whole_rounds_ : std::max(least, whole_rounds_);
  }

  // `rounds`: how many are left, including this one.
  void run_one_round(const Order& order, std::uint32_t rounds) {
    std::vector<std::string> names;
    names.reserve(order.size());
    for (const std::size_t i : order) names.push_back(cells_[i].name);
    pace_.begin_round(order.size());
    to_come_ = order.size() * rounds;
    if (adding_) expected_added_ -= std::min(expected_added_, order.size());
    ipcbench::run_round(names, [&](std::size_t place) {
      visit(order[place]);
      --to_come_;
    });
    options_.end_round();
    expected_added_ = expect_added();
  }

  [[nodiscard]] bool adds_launches() const { return options_.add_launches && options_.budget; }
  [[nodiscard]] std::uint32_t most_launches() const { return kMostTimesPlanned * options_.launches; }
  [[nodiscard]] bool is_imprecise(std::size_t i) const {
    return !figures_[i].empty() && !is_precise(estimate(i));
  }

  // Precise, with the confidence that is asked for.
  [[nodiscard]] bool is_known(std::size_t i) const {
    constexpr double kConfidence = 0.95;
    return figures_[i].empty() || (!is_imprecise(i) && estimate(i).confidence >= kConfidence);
  }

  // Those of the launches that count, as in the summary.
  [[nodiscard]] std::vector<LaunchFigure> counting_figures(std::size_t i) const {
    const std::vector<bool> count = own_core_.which_count(core_times_[i]);
    std::vector<LaunchFigure> figures;
    for (std::size_t launch = 0; launch < count.size(); ++launch) {
      if (count[launch]) figures.push_back(figures_[i][launch]);
    }
    return figures;
  }

  static Estimate estimate_of(const std::vector<LaunchFigure>& figures) {
    std::vector<double> values;
    values.reserve(figures.size());
    for (const LaunchFigure& each : figures) values.push_back(each.figure);
    return estimate_median(std::move(values));
  }
  [[nodiscard]] Estimate estimate(std::size_t i) const { return estimate_of(counting_figures(i)); }

  // For the progress: how many launches are likely to be added after this round and the planned ones. A
  // quarter of the planned ones as long as too few launches show how uncertain the medians are.
  [[nodiscard]] std::size_t expect_added() const {
    if (!adds_launches() || round_ + 1 < kFewestLaunches) return expected_added_;
    double added = 0;
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      if (given_up_[i] || !is_imprecise(i) || launched_[i] >= most_launches()) continue;
      const double room = most_launches() - std::max(launched_[i], options_.launches);
      added += std::clamp((times_needed(estimate(i)) - 1) * launched_[i], 0.0, room);
    }
    return static_cast<std::size_t>(added);
  }

  void show_progress(const std::string& cell) {
    ++begun_;
    const std::size_t to_come = to_come_ + expected_added_;
    progress_.show({.elapsed = options_.elapsed(),
                    .left = pace_.time_until_done(to_come),
                    .launch = begun_,
                    .launches = begun_ + (adding_ ? to_come : to_come_) - 1,
                    .may_change = adding_,
                    .cell = cell,
                    .failures = result_.failed.size()});
  }

  // What is read first comes first, within bounds: leaders that never become precise must not take the time
  // of all others.
  void add_launches() {
    adding_ = true;
    add_rounds(kMostTimesBeforeOthers * options_.launches, [this] {
      std::vector<bool> leading = leading_cells();
      for (std::size_t i = 0; i < leading.size(); ++i) leading[i] = leading[i] && !is_known(i);
      return leading;
    });
    add_rounds(most_launches(), [this] { return cells_within_reach(); });
    add_rounds(options_.launches, [this] { return std::vector<bool>(cells_.size(), true); });
    add_rounds(most_launches(), [this] { return imprecise_cells(); });
  }

  // Rounds of the cells that are wanted, until each has `most` launches. They are chosen anew for each round.
  void add_rounds(std::uint32_t most, const std::function<std::vector<bool>()>& wanted) {
    for (; !stopped_; ++round_) {
      const std::vector<bool> chosen = wanted();
      const Order order =
          cells_of_round(round_, [&](std::size_t i) { return chosen[i] && launched_[i] < most; });
      if (order.empty()) return;
      run_one_round(order, 1);
    }
  }

  // The leaders among the sizes that are read first, judged as the summary will judge them. Only rankings
  // with new launches are judged again: 25 cells of nine launches take 0.4 ms, and all of a thousand cells 14
  // ms.
  [[nodiscard]] std::vector<bool> leading_cells() {
    std::vector<Contestant> contestants;
    Order places;
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      if (!changed_.contains(rankings_[i])) continue;
      const MechanismEntry* const entry = find_mechanism(cells_[i].cell.mechanism);
      std::vector<LaunchFigure> figures = counting_figures(i);
      if (figures.empty()) continue;
      const Estimate figure = estimate_of(figures);
      contestants.push_back(
          {&cells_[i].cell, entry != nullptr && is_floor(entry->traits), figure, std::move(figures)});
      places.push_back(i);
    }
    changed_.clear();
    const std::vector<bool> leads = leaders(contestants);
    for (std::size_t i = 0; i < places.size(); ++i) leading_[places[i]] = leads[i];
    return leading_;
  }

  // Those that are within reach, if any are, else all.
  [[nodiscard]] std::vector<bool> imprecise_cells() const {
    std::vector<bool> chosen = cells_within_reach();
    if (std::ranges::find(chosen, true) != chosen.end()) return chosen;
    for (std::size_t i = 0; i < chosen.size(); ++i) chosen[i] = is_imprecise(i);
    return chosen;
  }

  // The imprecise cells that are likely to become precise in the time that is left, those that need the
  // fewest launches first: one that would need hundreds takes nothing from many that need a few.
  [[nodiscard]] std::vector<bool> cells_within_reach() const {
    std::vector<std::pair<double, std::size_t>> needs;
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      if (!is_imprecise(i)) continue;
      const double more = (times_needed(estimate(i)) - 1) * launched_[i];
      if (launched_[i] + more <= most_launches()) needs.emplace_back(more, i);
    }
    std::ranges::sort(needs);
    std::vector<bool> within(cells_.size());
    double fit = pace_.launches_that_fit();
    for (const auto& [more, i] : needs) {
      fit -= more;
      if (fit < 0) break;
      within[i] = true;
    }
    return within;
  }

  // How many times as many launches would make the median precise: its interval shrinks with their square
  // root. Twice as many where a single launch shows no interval.
  static double times_needed(const Estimate& estimate) {
    const double relative = reach_of(estimate) / kPrecisionTarget;
    return relative > 1 ? relative * relative : 2;
  }

  void note_precision() {
    Precision precision{.target = kPrecisionTarget, .most_launches = most_launches()};
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      if (launched_[i] > options_.launches) ++precision.cells_extended;
      if (is_imprecise(i)) ++precision.cells_imprecise;
    }
    result_.precision = precision;
  }

  void visit(std::size_t i) {
    if (options_.is_interrupted()) stopped_ = true;
    if (adding_ && !pace_.another_launch_fits()) stopped_ = true;
    if (stopped_) return;
    if (!adding_ && pace_.out_of_time() && !is_owed(cells_[i].cell)) {
      late_ = true;
      if (round_ > 0) stopped_ = true;
      return;
    }
    launch_cell(i);
  }

  // Whether it would be the first launch of this mechanism and pattern, which the budget cannot prevent.
  [[nodiscard]] bool is_owed(const Cell& cell) const {
    return round_ == 0 && !served_.contains({cell.mechanism, cell.pattern});
  }

  void launch_cell(std::size_t i) {
    const PlannedCell& planned = cells_[i];
    show_progress(planned.name);
    const LaunchOutcome outcome = launch_undisturbed(i);
    served_.emplace(planned.cell.mechanism, planned.cell.pattern);
    if (const auto* measurement = std::get_if<Measurement>(&outcome)) {
      const std::uint32_t number = launched_[i]++;
      result_.cells.add({planned.cell, number, *measurement});
      note_figure(i, number, *measurement);
    } else {
      note_failure(i, std::get<Failure>(outcome));
    }
  }

  void note_figure(std::size_t i, std::uint32_t number, const Measurement& measurement) {
    const double figure = figure_of(cells_[i].cell.pattern, measurement);
    own_core_.see(core_time(measurement));
    if (!std::isfinite(figure)) return;
    figures_[i].push_back({number, figure});
    core_times_[i].push_back(core_time(measurement));
    if (std::ranges::find(kReadFirst, rankings_[i].second) != kReadFirst.end()) changed_.insert(rankings_[i]);
  }

  LaunchOutcome launch_undisturbed(std::size_t i) {
    const LaunchPhases phases = phases_for(cells_[i].cell, options_);
    LaunchOutcome outcome = options_.launch_once(cells_[i], pace_.next_launch(phases));
    for (unsigned times = 0; is_disturbed(outcome) && may_repeat(i, times); ++times) {
      outcome = options_.launch_once(cells_[i], pace_.repeated_launch(phases));
    }
    return outcome;
  }

  static bool is_disturbed(const LaunchOutcome& outcome) {
    const auto* measurement = std::get_if<Measurement>(&outcome);
    return measurement != nullptr && !measurement->disturbance.empty();
  }

  bool may_repeat(std::size_t i, unsigned times) {
    return !options_.is_interrupted() && pace_.another_launch_fits() && repetitions_.take(i, times);
  }

  void note_failure(std::size_t i, const Failure& failure) {
    if (failure.kind == Failure::Kind::interrupted) {
      stopped_ = true;
      return;
    }
    result_.failed.push_back({cells_[i].name, failure.reason});
    given_up_[i] = adding_ || failure.kind == Failure::Kind::timed_out;
  }

  void conclude() {
    const std::uint32_t least = least_launches();
    const bool in_time = least >= fewest_launches();
    result_.complete = in_time && !options_.is_interrupted();
    if (options_.is_interrupted() && in_time) {
      result_.note = "Interrupted after the planned launches, while more were added.";
    } else if (options_.is_interrupted()) {
      result_.note = fmt::format("Interrupted in round {} of {}.", least + 1, options_.launches);
    } else if (!in_time) {
      result_.note = fmt::format("The time budget of {} ended after {} of {} per cell.",
                                 format_duration_ns(static_cast<double>(options_.budget->count())), least,
                                 counted(options_.launches, "launch"));
    }
    result_.shortened = pace_.shortened();
    result_.repeated = repetitions_.made();
    for (std::size_t i = 0; late_ && i < cells_.size(); ++i) {
      if (launched_[i] == 0 && !has_failed(i)) {
        result_.left_out.push_back(
            {cells_[i].name, "no time was left; raise --budget or select fewer cells"});
      }
    }
  }

  [[nodiscard]] bool has_failed(std::size_t i) const {
    return std::ranges::find(result_.failed, cells_[i].name, &Omission::cell) != result_.failed.end();
  }

  const std::vector<PlannedCell>& cells_;
  const RoundsOptions& options_;
  Progress& progress_;
  Pace pace_;
  std::vector<std::uint32_t> launched_;                           // successful launches, by cell
  std::vector<std::vector<LaunchFigure>> figures_;                // of those that have one, by cell
  std::vector<std::vector<std::optional<CoreTime>>> core_times_;  // of the launches with figures
  OwnCore own_core_;
  std::vector<bool> given_up_;  // by cell
  using RankingKey = std::pair<Group, std::size_t>;
  std::vector<RankingKey> rankings_;  // by cell: the ranking that it is in
  std::set<RankingKey> changed_;      // with launches since leading_cells(), if they are read first
  std::vector<bool> leading_;         // by cell
  std::set<std::pair<std::string, Pattern>> served_;
  Repetitions repetitions_;
  RoundsResult result_;
  std::uint32_t round_ = 0;
  std::uint32_t whole_rounds_ = 0;  // of all cells
  std::size_t to_come_ = 0;         // launches, including this round and without expected_added_
  std::size_t expected_added_ = 0;
  std::size_t begun_ = 0;  // launches
  bool stopped_ = false;   // no more launches
  bool late_ = false;      // the budget ended within a round
  bool adding_ = false;    // the planned launches have been made
};

}  // namespace

RoundsResult run_rounds(const std::vector<PlannedCell>& cells, const RoundsOptions& options,
                        Progress& progress) {
  return Rounds(cells, options, progress).run();
}

}  // namespace ipcbench
