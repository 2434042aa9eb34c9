// Launches random cells for a long time and looks for what accumulates.
//
//   soak [SECONDS [SEED [PLANT]]]
//
// A first round over all mechanisms and kinds of peers loads whatever is loaded once. After each launch from
// then on, the same descriptors, children, threads and objects must exist as before the first; and the
// launcher's resident memory and mappings must not grow again and again. PLANT ("descriptor" or "memory")
// plants a leak, to show that it is found. Exit code 0: nothing grew and no launch failed; otherwise 1.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iterator>
#include <map>
#include <string_view>
#include <vector>

#include "harness/launch/worker.hpp"
#include "mechanisms/testing/gauges.hpp"
#include "mechanisms/testing/launching.hpp"
#include "mechanisms/testing/random_cells.hpp"

namespace ipcbench {
namespace {

using Clock = std::chrono::steady_clock;

// Bounds for growth. The allocator's own fluctuations stay below them.
constexpr std::int64_t kResidentBoundKib = 256;
constexpr std::int64_t kMappingsBound = 4;
constexpr std::size_t kSamples = 1000;  // their memory is allocated before the first launch
constexpr std::size_t kQuarters = 4;
constexpr double kLeastLaunches = 40;  // even on a slow machine

class Soak {
 public:
  Soak(std::chrono::seconds length, std::uint64_t seed, std::string_view plant)
      : length_(length), plant_(plant), cells_(seed), samples_(kSamples) {}

  // Returns the program's exit code.
  int run() {
    first_round();
    fmt::print("first round: {} launches, {} failed\n", launches_, failures_);
    before_ = exact_now();
    const Clock::time_point start = Clock::now();
    const std::uint64_t launches_before = launches_;
    for (std::size_t taken = 0; taken < kSamples && !left_behind_;) {
      if (const auto cell = cells_.next(); cell && takes_part(*find_mechanism(cell->mechanism)))
        launch_and_look(*cell);
      const double done = std::min(std::chrono::duration<double>(Clock::now() - start) / length_,
                                   static_cast<double>(launches_ - launches_before) / kLeastLaunches);
      while (taken < kSamples && done * kSamples >= static_cast<double>(taken + 1)) {
        samples_[taken++] = sample_now();
        by_quarter_[(taken - 1) * kQuarters / kSamples] = launches_;
      }
    }
    return conclude();
  }

 private:
  // A planted leak shows with any mechanism, so no library's server has to start for it.
  [[nodiscard]] bool takes_part(const MechanismEntry& entry) const {
    return plant_.empty() || entry.traits.kind != MechanismKind::library;
  }

  void first_round() {
    for (const MechanismEntry& entry : mechanisms()) {
      if (!takes_part(entry)) continue;
      for (const auto& peers : kAxis<Peers>) {
        if (const auto cell = cells_.next(entry, peers.value)) launch_one(*cell);
      }
    }
  }

  void launch_one(const Cell& cell) {
    LaunchOptions options = brief();
    options.placement = cells_.placement_of(cell);
    const LaunchOutcome outcome = launch(cell, options);
    ++launches_;
    if (const auto* failure = std::get_if<Failure>(&outcome)) {
      ++failures_;
      fmt::print("failed: {}: {}\n", cell_name(cell), failure->reason);
    }
  }

  void launch_and_look(const Cell& cell) {
    launch_one(cell);
    plant();
    const Exact after = exact_now();
    if (after == before_) return;
    left_behind_ = true;
    fmt::print("left behind or taken away by {}:\n", cell_name(cell));
    std::vector<std::string> differing;
    std::ranges::set_symmetric_difference(before_.objects, after.objects, std::back_inserter(differing));
    for (const std::string& object : differing) fmt::print("  {}\n", object);
    fmt::print("  threads: {} before, {} after\n", before_.threads, after.threads);
  }

  void plant() const {
    if (plant_ == "descriptor") static_cast<void>(dup(STDERR_FILENO));
    if (plant_ != "memory") return;
    constexpr std::size_t kBytes = 65536;
    auto* const lost = static_cast<volatile char*>(std::malloc(kBytes));
    for (std::size_t at = 0; at < kBytes; at += 1024) lost[at] = 1;
  }

  [[nodiscard]] std::span<const Sample> quarter(std::size_t number) const {
    return std::span(samples_).subspan(number * kSamples / kQuarters, kSamples / kQuarters);
  }

  int conclude() const {
    if (left_behind_) return 1;
    fmt::print(
        "| quarter | launches so far | resident, KiB | mappings | descriptors, children, objects | threads "
        "|\n|---|---:|---:|---:|---:|---:|\n");
    for (std::size_t i = 0; i < kQuarters; ++i) {
      fmt::print("| {} | {} | {} | {} | {} | {} |\n", i + 1, by_quarter_[i], median(i, &Sample::resident_kib),
                 median(i, &Sample::mappings), before_.objects.size(), before_.threads);
    }
    const bool grown = grew("resident KiB", &Sample::resident_kib, kResidentBoundKib) |
                       grew("mappings", &Sample::mappings, kMappingsBound);
    fmt::print("{} launches of {} mechanisms, {} failed\n", launches_, mechanisms().size(), failures_);
    return grown || failures_ > 0 ? 1 : 0;
  }

  [[nodiscard]] std::int64_t median(std::size_t number, std::int64_t Sample::*what) const {
    return ipcbench::median(quarter(number), what);
  }

  // What is lost with every launch grows from quarter to quarter; what is made once, by a library or for the
  // longest message so far, makes one step.
  [[nodiscard]] bool grew(std::string_view name, std::int64_t Sample::*what, std::int64_t bound) const {
    const std::int64_t growth = median(kQuarters - 1, what) - median(0, what);
    std::int64_t step = 0;
    for (std::size_t i = 1; i < kQuarters; ++i) step = std::max(step, median(i, what) - median(i - 1, what));
    const bool is_lost = growth - step > bound;
    fmt::print(
        "{}: {:+} from the first quarter's median to the last's, {:+} without the largest step; bound {}{}\n",
        name, growth, growth - step, bound, is_lost ? ": lost with every launch" : "");
    return is_lost;
  }

  std::chrono::duration<double> length_;
  std::string_view plant_;
  RandomCells cells_;
  std::vector<Sample> samples_;
  std::array<std::uint64_t, kQuarters> by_quarter_{};
  Exact before_;
  std::uint64_t launches_ = 0;
  std::uint64_t failures_ = 0;
  bool left_behind_ = false;
};

int soak(int argc, char** argv) {
  const auto number = [&](int place, std::uint64_t otherwise) {
    return argc > place ? std::strtoull(argv[place], nullptr, 10) : otherwise;
  };
  const std::chrono::seconds length(number(1, 10));
  const std::uint64_t seed = number(2, std::random_device()());
  fmt::print("soak of {} s, seed {}\n", length.count(), seed);
  PrivateObjects objects;
  objects.SetUp();
  const int code = Soak(length, seed, argc > 3 ? argv[3] : "").run();
  objects.TearDown();
  return code;
}

}  // namespace
}  // namespace ipcbench

int main(int argc, char** argv) {
  if (const auto code = ipcbench::run_if_worker(argc, argv)) return *code;
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  return ipcbench::soak(argc, argv);
}
