#include "bench/duet/blocks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <unordered_map>
#include <utility>

#include "bench/cli/exit_code.hpp"
#include "bench/run/repetitions.hpp"
#include "bench/run/session.hpp"
#include "harness/base/cell.hpp"
#include "harness/base/units.hpp"
#include "harness/host/activity.hpp"

namespace ipcbench {
namespace {

using std::chrono::nanoseconds;

constexpr std::array<const char*, 2> kSideNames{"base", "new"};
constexpr unsigned kMostFailures = 3;
constexpr std::uint32_t kFewestSecondBlocks = 10;

// Decides which side goes first: like round_order(), the same with every standard library.
std::mt19937_64 coins_of(std::uint64_t seed, std::uint32_t block) {
  constexpr std::uint32_t kOfCoins = 1;  // a sequence apart from the order of the cells
  std::seed_seq mixed{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32), block,
                      kOfCoins};
  return std::mt19937_64(mixed);
}

std::size_t toss(std::mt19937_64& coins) { return static_cast<std::size_t>(coins() >> 63); }

// The cell with defaults on every axis and parameter that `arguments` set.
Cell without(Cell cell, const RunArguments& arguments) {
  for (const CellAxis* axis : named_axes()) {
    if (arguments.sets(axis->name)) axis->copy(cell, Cell{});
  }
  for (const std::string& sweep : arguments.param) cell.parameters.erase(sweep.substr(0, sweep.find('=')));
  return cell;
}

// The name without the axes and parameters that the sides set.
std::string common_name(const Cell& cell, const std::array<RunArguments, 2>& own) {
  return cell_name(without(without(cell, own[0]), own[1]));
}

// The indices of a side's cells by their common name.
std::map<std::string, std::size_t> index_cells(const std::vector<Cell>& cells,
                                               const std::array<RunArguments, 2>& own, const char* side) {
  std::map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const auto [seen, is_new] = places.emplace(common_name(cells[i], own), i);
    if (is_new) continue;
    throw UsageError(
        fmt::format("{}: {} and {} differ only in what --base-args or --new-args set, so it is open which "
                    "of them to compare; select one.",
                    side, cell_name(cells[seen->second]), cell_name(cells[i])));
  }
  return places;
}

std::string duration(nanoseconds time) { return format_duration_ns(static_cast<double>(time.count())); }

// Both programs of one block.
class BothPrograms {
 public:
  BothPrograms(const std::array<StartProgram, 2>& start, std::size_t first) {
    for (const std::size_t side : {first, 1 - first}) {
      programs_[side] = start[side]();
      const std::vector<Cell>& cells = programs_[side]->greeting().cells;
      for (std::size_t i = 0; i < cells.size(); ++i) places_[side].emplace(cell_name(cells[i]), i);
    }
  }

  [[nodiscard]] DuetProgram& operator[](std::size_t side) { return *programs_[side]; }

  DuetAnswer launch(std::size_t side, const std::string& cell, std::uint32_t block) {
    const auto place = places_[side].find(cell);
    if (place == places_[side].end()) return LaunchFailed{"it cannot be measured any more"};
    return programs_[side]->launch(place->second, block);
  }

 private:
  std::array<std::unique_ptr<DuetProgram>, 2> programs_;
  std::array<std::unordered_map<std::string, std::size_t>, 2> places_;  // in the greeting, by name
};

class Duet {
 public:
  Duet(const std::array<StartProgram, 2>& start, const DuetOptions& options, Progress& progress)
      : start_(start), options_(options), progress_(progress) {}

  DuetResult run() {
    const std::string began = utc_now();
    try {
      run_blocks(options_.settings.first_blocks, all_);
      const Places places = suspicious();
      if (!places.empty() && options_.settings.second_blocks != 0) {
        run_blocks(second_blocks(places.size()), places);
      }
    } catch (const ProgramInterrupted&) {
      stop(fmt::format("Interrupted in block {} of {}.", block_ + 1, planned_blocks_));
    } catch (const DuetError& error) {
      if (!begun_) throw;
      result_.error = error.what();
      stop(result_.error);
    }
    for (Report& report : result_.reports) {
      if (before_) add_activity(report, *before_, read_host_activity(watched_));
      report.session.started_utc = began;
      report.session.ended_utc = utc_now();
    }
    return std::move(result_);
  }

 private:
  using Places = std::vector<std::size_t>;  // in matched_.pairs

  // The first block fills in all_.
  void run_blocks(std::uint32_t blocks, const Places& places) {
    for (planned_blocks_ = block_ + blocks; block_ < planned_blocks_; ++block_) {
      if (*options_.interrupted != 0) throw ProgramInterrupted();
      std::mt19937_64 coins = coins_of(options_.seed, block_);
      BothPrograms programs(start_, toss(coins));
      if (block_ == 0) begin(programs);
      run_block(programs, places, coins);
      if (block_ == 0) check_budget();
    }
  }

  // Stores what both greetings say.
  void begin(BothPrograms& programs) {
    matched_ = match_cells({programs[0].greeting().cells, programs[1].greeting().cells}, options_.own);
    if (matched_.pairs.empty()) throw UsageError(nothing_in_common(programs));
    failures_.resize(matched_.pairs.size());
    for (std::size_t i = 0; i < matched_.pairs.size(); ++i) all_.push_back(i);
    for (const auto& pair : matched_.pairs) result_.base_names.emplace(pair.names[1], pair.names[0]);
    watched_ = watched_cpus(plan_of_pairs());
    before_ = read_host_activity(watched_);
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
    launch_unpaired(programs);
  }

  [[nodiscard]] std::string nothing_in_common(BothPrograms& programs) const {
    std::string text = "The two programs have no cell in common that can be measured";
    for (const std::size_t side : {0U, 1U}) {
      const DuetGreeting& greeting = programs[side].greeting();
      text += fmt::format("; {} has {}", kSideNames[side],
                          greeting.cells.empty() ? "none"
                                                 : fmt::format("{}, such as {}", greeting.cells.size(),
                                                               cell_name(greeting.cells.front())));
      if (greeting.cells.empty() && !greeting.skipped.empty()) {
        text += fmt::format(" ({}: {})", greeting.skipped.front().cell, greeting.skipped.front().reason);
      }
    }
    return text + ".";
  }

  // Only the placements count: this program may lack the mechanisms.
  [[nodiscard]] Plan plan_of_pairs() const {
    std::vector<Cell> cells;
    cells.reserve(matched_.pairs.size());
    for (const auto& pair : matched_.pairs) cells.push_back(pair.cell);
    return make_plan(cells, find_placements(), [](const Cell&) { return std::nullopt; });
  }

  void launch_unpaired(BothPrograms& programs) {
    for (const std::size_t side : {0U, 1U}) {
      for (const std::string& cell : matched_.unpaired[side]) {
        show(cell);
        DuetAnswer answer = programs.launch(side, cell, block_);
        if (auto* row = std::get_if<Row>(&answer)) {
          result_.reports[side].cells.add(std::move(*row));
        } else {
          result_.reports[side].failed.push_back({cell, std::get<LaunchFailed>(answer).reason});
        }
      }
    }
  }

  void run_block(BothPrograms& programs, const Places& places, std::mt19937_64& coins) {
    const std::vector<std::size_t> order = round_order(places.size(), options_.seed, block_);
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
      DuetAnswer answer = launch_undisturbed(programs, side, place);
      if (const auto* failed = std::get_if<LaunchFailed>(&answer)) {
        ++failures_[place];
        result_.reports[side].failed.push_back({names[side], failed->reason});
        return;
      }
      rows[side] = std::get<Row>(std::move(answer));
    }
    for (const std::size_t side : {0U, 1U}) result_.reports[side].cells.add(std::move(*rows[side]));
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

  // The number that fits the remaining budget, estimated from the first stage.
  std::uint32_t second_blocks(std::size_t pairs) {
    const std::uint32_t wanted = options_.settings.second_blocks;
    if (!options_.budget) return wanted;
    const nanoseconds left = *options_.budget - options_.elapsed();
    const nanoseconds each = time_of_pair() * static_cast<nanoseconds::rep>(pairs);
    const auto fit = std::max<nanoseconds::rep>(left / std::max(each, nanoseconds(1)), 0);
    if (fit >= wanted) return wanted;
    const auto blocks = std::max(static_cast<std::uint32_t>(fit), std::min(kFewestSecondBlocks, wanted));
    for (Report& report : result_.reports) {
      report.doubts.push_back(
          {Doubt::Level::warn,
           fmt::format("The time budget left room for {} blocks of the suspicious cells in place of {}.",
                       blocks, wanted),
           "Raise --budget, or select fewer cells."});
    }
    return blocks;
  }

  // Includes the start of the programs.
  [[nodiscard]] nanoseconds time_of_pair() const {
    return options_.elapsed() / static_cast<nanoseconds::rep>(std::max<std::size_t>(pairs_run_, 1));
  }

  [[nodiscard]] Places suspicious() const {
    if (pairs_run_ == 0) return {};
    const auto [base, candidate] = duet_samples(result_);
    const std::vector<std::string> names = options_.suspicious(base, candidate, options_.settings);
    const std::set<std::string> wanted(names.begin(), names.end());
    Places places;
    for (const std::size_t i : all_) {
      if (wanted.contains(matched_.pairs[i].names[0]) && failures_[i] < kMostFailures) places.push_back(i);
    }
    return places;
  }

  void show(const std::string& cell) {
    const auto pairs = static_cast<double>(pairs_to_come_) + expected_second_pairs();
    const auto left = static_cast<double>(time_of_pair().count()) * pairs;
    progress_.show({.elapsed = options_.elapsed(),
                    .left = nanoseconds(static_cast<nanoseconds::rep>(pairs_run_ == 0 ? 0 : left)),
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
  std::optional<HostActivity> before_;
  DuetResult result_;
  bool begun_ = false;
  std::uint32_t block_ = 0;
  std::uint32_t planned_blocks_ = 0;
  std::size_t pairs_run_ = 0;
  std::size_t pairs_to_come_ = 0;
};

}  // namespace

MatchedCells match_cells(const std::array<std::vector<Cell>, 2>& cells,
                         const std::array<RunArguments, 2>& own) {
  index_cells(cells[0], own, "--base");  // refuses ambiguous ones
  auto candidates = index_cells(cells[1], own, "--new");
  MatchedCells matched;
  for (const Cell& cell : cells[0]) {
    if (const auto found = candidates.extract(common_name(cell, own))) {
      matched.pairs.push_back(
          {.names = {cell_name(cell), cell_name(cells[1][found.mapped()])}, .cell = cell});
    } else {
      matched.unpaired[0].push_back(cell_name(cell));
    }
  }
  for (const auto& [name, place] : candidates) matched.unpaired[1].push_back(cell_name(cells[1][place]));
  return matched;
}

DuetResult run_duet(const std::array<StartProgram, 2>& start, const DuetOptions& options,
                    Progress& progress) {
  return Duet(start, options, progress).run();
}

std::array<SampledReport, 2> duet_samples(const DuetResult& result) {
  std::array<SampledReport, 2> samples{samples_of(result.reports[0], kSideNames[0]),
                                       samples_of(result.reports[1], kSideNames[1])};
  std::map<std::string, const SampledCell*> base;
  for (const SampledCell& cell : samples[0].cells) base.emplace(cell.name, &cell);
  for (SampledCell& cell : samples[1].cells) {
    const auto name = result.base_names.find(cell.name);
    const auto namesake = name == result.base_names.end() ? base.end() : base.find(name->second);
    if (namesake == base.end()) continue;
    cell.name = namesake->second->name;
    cell.family = namesake->second->family;
    cell.mechanism = namesake->second->mechanism;
    cell.pinned = cell.pinned && namesake->second->pinned;
    cell.own_rate = cell.own_rate || namesake->second->own_rate;
  }
  return samples;
}

}  // namespace ipcbench
