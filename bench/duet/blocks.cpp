#include "bench/duet/blocks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <random>
#include <utility>

#include "bench/cli/exit_code.hpp"
#include "bench/duet/both_programs.hpp"
#include "bench/duet/quiet_blocks.hpp"
#include "bench/duet/second_stage.hpp"
#include "bench/run/repetitions.hpp"
#include "bench/run/session.hpp"
#include "harness/base/cell.hpp"
#include "harness/base/units.hpp"
#include "harness/host/activity.hpp"

namespace ipcbench {
namespace {

using std::chrono::nanoseconds;

constexpr unsigned kMostFailures = 3;

// Decides which side goes first: like round_order(), the same with every standard library.
std::mt19937_64 coins_of(std::uint64_t seed, std::uint32_t block) {
  constexpr std::uint32_t kOfCoins = 1;  // a sequence apart from the order of the cells
  std::seed_seq mixed{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32), block,
                      kOfCoins};
  return std::mt19937_64(mixed);
}

std::size_t toss(std::mt19937_64& coins) { return static_cast<std::size_t>(coins() >> 63); }

std::string duration(nanoseconds time) { return format_duration_ns(static_cast<double>(time.count())); }

class Duet {
 public:
  Duet(const std::array<StartProgram, 2>& start, const DuetOptions& options, Progress& progress)
      : start_(start), options_(options), progress_(progress) {}

  DuetResult run() {
    const std::string began = utc_now();
    try {
      run_blocks(options_.settings.first_blocks, [this](std::uint32_t) { return all_; });
      run_second_stage();
    } catch (const ProgramInterrupted&) {
      stop(fmt::format("Interrupted in block {} of {}.", block_ + 1, planned_blocks_));
    } catch (const DuetError& error) {
      if (!begun_) throw;
      result_.error = error.what();
      stop(result_.error);
    }
    if (quiet_) keep_blocks();
    for (Report& report : result_.reports) {
      if (quiet_) add_activity(report, quiet_->before(), quiet_->after());
      report.session.started_utc = began;
      report.session.ended_utc = utc_now();
    }
    if (quiet_) note_dropped_blocks();
    if (begun_) note_failures();
    return std::move(result_);
  }

 private:
  using Places = std::vector<std::size_t>;  // in matched_.pairs

  struct Suspects {
    Places places;                      // the worst first
    std::vector<std::uint32_t> blocks;  // that each needs
  };
  using PlacesOfBlock = std::function<Places(std::uint32_t)>;  // by the block's number within its stage

  // The first block fills in all_.
  void run_blocks(std::uint32_t blocks, const PlacesOfBlock& places) {
    const std::uint32_t first = block_;
    planned_blocks_ = first + blocks;
    while (block_ < planned_blocks_) {
      run_block(block_ - first, places);
      ++block_;
      if (++blocks_run_ == 1) check_budget();
      if (quiet_->can_judge(options_.elapsed())) drop_or_keep_blocks();
    }
    keep_blocks();
  }

  void run_block(std::uint32_t number, const PlacesOfBlock& places) {
    if (*options_.interrupted != 0) throw ProgramInterrupted();
    std::mt19937_64 coins = coins_of(options_.seed, blocks_run_);
    {
      const nanoseconds before = options_.elapsed();
      BothPrograms programs(start_, toss(coins));
      starting_ += options_.elapsed() - before;
      if (!begun_) begin(programs);
      run_cells(programs, places(number), coins);
    }  // ends the programs, so that their CPU time counts as ours
    quiet_->end_block();
  }

  // A block that was dropped is made again under its number, in another order.
  void drop_or_keep_blocks() {
    const std::uint32_t disturbed = quiet_->disturbed();
    if (disturbed == 0 || !has_time_for(disturbed)) return keep_blocks();
    quiet_->drop(options_.elapsed());
    block_ -= disturbed;
  }

  // Half of all blocks may be dropped. What disturbs more is there to stay, and makes the whole invalid.
  [[nodiscard]] bool has_time_for(std::uint32_t more) const {
    if (quiet_->dropped() + more > planned_blocks_) return false;
    const std::uint32_t to_come = planned_blocks_ - block_ + more;
    return !options_.budget ||
           options_.elapsed() + options_.elapsed() / blocks_run_ * to_come <= *options_.budget;
  }

  void keep_blocks() {
    for (auto& [side, row] : quiet_->keep(options_.elapsed())) {
      result_.reports[side].cells.add(std::move(row));
    }
  }

  void run_second_stage() {
    const bool wanted_at_all = options_.settings.second_blocks != 0;
    const auto [places, wanted] = wanted_at_all ? suspicious() : Suspects{};
    const SecondStage stage = plan_second_stage(wanted, time_left(), options_.settings);
    for (Report& report : result_.reports) {
      report.session.duet->second_blocks = options_.settings.second_blocks;
      report.session.duet->most_second_blocks = wanted_at_all ? stage.most : 0;
    }
    if (places.empty()) return;
    note_shortage(stage.blocks, wanted);
    run_blocks(std::ranges::max(stage.blocks), [&, &places = places](std::uint32_t number) {
      Places due;
      for (std::size_t i = 0; i < places.size(); ++i) {
        if (stage.blocks[i] > number) due.push_back(places[i]);
      }
      return due;
    });
  }

  [[nodiscard]] std::optional<TimeLeft> time_left() const {
    if (!options_.budget) return std::nullopt;
    const auto pairs = static_cast<nanoseconds::rep>(std::max<std::size_t>(pairs_run_, 1));
    return TimeLeft{.left = *options_.budget - options_.elapsed(),
                    .block = starting_ / std::max(blocks_run_, 1U),
                    .pair = std::max((options_.elapsed() - starting_) / pairs, nanoseconds(1))};
  }

  void note_shortage(const std::vector<std::uint32_t>& blocks, const std::vector<std::uint32_t>& wanted) {
    if (blocks == wanted) return;
    const auto again = wanted.size() - static_cast<std::size_t>(std::ranges::count(blocks, 0U));
    warn(fmt::format("The time budget left room to run {} of the {} suspicious cells again, in {} blocks at "
                     "most; up to {} were wanted.",
                     again, wanted.size(), std::ranges::max(blocks), std::ranges::max(wanted)),
         "Raise --budget, or select fewer cells.");
  }

  void note_dropped_blocks() {
    if (quiet_->dropped() == 0) return;
    warn(fmt::format("{} dropped and made again, because other programs or the hypervisor used the "
                     "CPUs during them.",
                     counted(quiet_->dropped(), "block") + (quiet_->dropped() == 1 ? " was" : " were")),
         "Stop other programs, or give ipcbench CPUs of its own.");
  }

  void note_failures() {
    const std::size_t failed = result_.reports[0].failed.size() + result_.reports[1].failed.size();
    if (failed == 0) return;
    warn(fmt::format("{} of {} launches failed; {} may (allowed_failures).", failed, result_.launches,
                     allowed_failures(result_, options_.settings)),
         "The reports say which, and why.");
  }

  void warn(const std::string& what, const std::string& advice) {
    for (Report& report : result_.reports) report.doubts.push_back({Doubt::Level::warn, what, advice});
  }

  // Stores what both greetings say.
  void begin(BothPrograms& programs) {
    matched_ = match_cells({programs[0].greeting().cells, programs[1].greeting().cells}, options_.own);
    if (matched_.pairs.empty()) throw UsageError(programs.nothing_in_common());
    failures_.resize(matched_.pairs.size());
    for (std::size_t i = 0; i < matched_.pairs.size(); ++i) all_.push_back(i);
    for (const auto& pair : matched_.pairs) result_.base_names.emplace(pair.names[1], pair.names[0]);
    watched_ = watched_cpus(plan_of(matched_));
    quiet_.emplace([this] { return options_.read_activity(watched_); }, options_.elapsed());
    const std::string id = new_session_id();
    for (const std::size_t side : {0U, 1U}) {
      Report& report = result_.reports[side] = programs[side].describe();
      report.session.duet =
          DuetSide{.id = id, .side = kSideNames[side], .first_blocks = options_.settings.first_blocks};
      report.session.seed = options_.seed;
      report.session.command = options_.command;
      report.session.planned_launches = options_.settings.first_blocks;
      report.session.repeated_launches = 0;
    }
    begun_ = true;
    progress_.expect(names_of_pairs());
    launch_unpaired(programs);
  }

  [[nodiscard]] std::vector<std::string> names_of_pairs() const {
    std::vector<std::string> names;
    names.reserve(matched_.pairs.size());
    for (const auto& pair : matched_.pairs) names.push_back(pair.names[0]);
    return names;
  }

  void launch_unpaired(BothPrograms& programs) {
    for (const std::size_t side : {0U, 1U}) {
      for (const std::string& cell : matched_.unpaired[side]) {
        show(cell);
        ++result_.launches;
        DuetAnswer answer = programs.launch(side, cell, block_);
        if (auto* row = std::get_if<Row>(&answer)) {
          result_.reports[side].cells.add(std::move(*row));
        } else {
          result_.reports[side].failed.push_back({cell, std::get<LaunchFailed>(answer).reason});
        }
      }
    }
  }

  void run_cells(BothPrograms& programs, const Places& places, std::mt19937_64& coins) {
    const std::vector<std::size_t> order = round_order(places.size(), options_.seed, blocks_run_);
    repetitions_.plan(2 * places.size());
    pairs_to_come_ = places.size() * (planned_blocks_ - block_);
    for (const std::size_t i : order) {
      const std::size_t first = toss(coins);
      if (*options_.interrupted != 0) throw ProgramInterrupted();
      if (failures_[places[i]] < kMostFailures) run_pair(programs, places[i], first);
      --pairs_to_come_;
    }
  }

  void run_pair(BothPrograms& programs, std::size_t place, std::size_t first) {
    const auto& names = matched_.pairs[place].names;
    show(names[0]);
    std::array<std::optional<Row>, 2> rows;
    for (const std::size_t side : {first, 1 - first}) {
      ++result_.launches;
      DuetAnswer answer = launch_undisturbed(programs, side, place);
      if (const auto* failed = std::get_if<LaunchFailed>(&answer)) {
        result_.gave_up = ++failures_[place] == kMostFailures || result_.gave_up;
        result_.reports[side].failed.push_back({names[side], failed->reason});
        return;
      }
      rows[side] = std::get<Row>(std::move(answer));
    }
    for (const std::size_t side : {0U, 1U}) quiet_->add(side, std::move(*rows[side]));
    ++pairs_run_;
  }

  // Whether a launch is repeated does not depend on its side, nor on its result, so that both sides stay
  // alike.
  DuetAnswer launch_undisturbed(BothPrograms& programs, std::size_t side, std::size_t place) {
    const std::string& cell = matched_.pairs[place].names[side];
    DuetAnswer answer = programs.launch(side, cell, block_);
    for (unsigned times = 0; is_disturbed(answer) && repetitions_.take(place, times); ++times) {
      ++*result_.reports[side].session.repeated_launches;
      answer = programs.launch(side, cell, block_);
    }
    return answer;
  }

  static bool is_disturbed(const DuetAnswer& answer) {
    const auto* row = std::get_if<Row>(&answer);
    return row != nullptr && !row->measurement.disturbance.empty();
  }

  // Checked after the first block, since all blocks of the first stage take equally long.
  void check_budget() const {
    if (!options_.budget) return;
    const nanoseconds needed = options_.elapsed() * options_.settings.first_blocks;
    if (needed <= *options_.budget) return;
    throw DuetError(fmt::format(
        "The first {} blocks would take about {}, by the first of them, and the budget is {}: select fewer "
        "cells (there are {}), or raise --budget.",
        options_.settings.first_blocks, duration(needed), duration(*options_.budget), matched_.pairs.size()));
  }

  // Includes the start of the programs.
  [[nodiscard]] nanoseconds time_of_pair() const {
    return options_.elapsed() / static_cast<nanoseconds::rep>(std::max<std::size_t>(pairs_run_, 1));
  }

  [[nodiscard]] Suspects suspicious() const {
    Suspects found;
    if (pairs_run_ == 0) return found;
    const auto [base, candidate] = duet_samples(result_);
    std::map<std::string, std::size_t> places;
    for (const std::size_t i : all_) places.emplace(matched_.pairs[i].names[0], i);
    for (const SuspiciousCell& cell : options_.suspicious(base, candidate, options_.settings)) {
      const std::size_t place = places.at(cell.name);
      if (failures_[place] >= kMostFailures) continue;
      found.places.push_back(place);
      found.blocks.push_back(cell.blocks);
    }
    return found;
  }

  void show(const std::string& cell) {
    const auto pairs = static_cast<double>(pairs_to_come_) + expected_second_pairs();
    constexpr nanoseconds kUsualPair = 2 * (kUsualOverhead + std::chrono::milliseconds(23));
    const nanoseconds each = pairs_run_ == 0 ? kUsualPair : time_of_pair();
    const std::size_t begun = result_.launches + 1;
    progress_.show(
        {.elapsed = options_.elapsed(),
         .left = nanoseconds(static_cast<nanoseconds::rep>(static_cast<double>(each.count()) * pairs)),
         .launch = begun,
         .launches = begun + 2 * static_cast<std::size_t>(pairs) - 1,
         .may_change = true,
         .cell = cell,
         .failures = result_.reports[0].failed.size() + result_.reports[1].failed.size()});
  }

  // An estimate until the suspicious cells are known.
  [[nodiscard]] double expected_second_pairs() const {
    if (block_ >= options_.settings.first_blocks) return 0;
    return options_.settings.suspicious_share * static_cast<double>(matched_.pairs.size()) *
           options_.settings.second_blocks;
  }

  void stop(const std::string& note) {
    for (Report& report : result_.reports) {
      report.session.complete = false;
      report.session.note = note;
    }
  }

  const std::array<StartProgram, 2>& start_;
  const DuetOptions& options_;
  Progress& progress_;
  MatchedCells matched_;
  Places all_;
  std::vector<unsigned> failures_;  // by place
  Repetitions repetitions_;
  std::vector<int> watched_;
  std::optional<QuietBlocks> quiet_;
  DuetResult result_;
  bool begun_ = false;
  std::uint32_t block_ = 0;
  std::uint32_t planned_blocks_ = 0;
  std::uint32_t blocks_run_ = 0;  // dropped ones included
  nanoseconds starting_{};        // time for starting the programs
  std::size_t pairs_run_ = 0;
  std::size_t pairs_to_come_ = 0;
};

}  // namespace

DuetResult run_duet(const std::array<StartProgram, 2>& start, const DuetOptions& options,
                    Progress& progress) {
  return Duet(start, options, progress).run();
}

}  // namespace ipcbench
