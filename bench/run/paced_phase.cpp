#include "bench/run/paced_phase.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "harness/base/units.hpp"

namespace ipcbench {
namespace {

using std::chrono::nanoseconds;

bool has_absolute_rate(const Cell& cell) {
  return cell.pattern == Pattern::paced && cell.load.per_second != 0;
}

// Of the stream whose thousand messages take longest.
std::uint64_t slowest_per_second(const OfferedLoad& load) {
  return load.mix.empty() ? load.per_second : load.mix.slowest_per_second();
}

// Rounded up, so that the last message is due within the phase. The number of Poisson arrivals has a standard
// deviation of its square root: four of these more.
nanoseconds phase_at(const OfferedLoad& load) {
  constexpr std::uint64_t kFourDeviations = 128;  // the square root of 1,000 is almost 32
  const std::uint64_t messages = kWantedMessages + (load.arrivals == Arrivals::poisson ? kFourDeviations : 0);
  return nanoseconds(messages * 1'000'000'000 / slowest_per_second(load) + 1);
}

nanoseconds pauses(std::uint64_t messages, const Cell& cell) {
  return nanoseconds(static_cast<nanoseconds::rep>(messages * cell.idle_ns));
}

// How long a phase the cell's messages take, if there is time for it; zero: any phase has enough of them.
nanoseconds wanted_phase(const Cell& cell) {
  return has_absolute_rate(cell) ? phase_at(cell.load) : pauses(kWantedAfterPauses, cell);
}

std::uint64_t messages_in(nanoseconds phase, const OfferedLoad& load) {
  const std::chrono::duration<double> seconds = phase;
  return static_cast<std::uint64_t>(seconds.count() * static_cast<double>(slowest_per_second(load)));
}

// In seconds, rounded up to two digits: "2.9s".
std::string option_text(nanoseconds duration) {
  const double seconds = std::chrono::duration<double>(duration).count();
  const double step = std::pow(10, std::floor(std::log10(seconds)) - 1);
  return fmt::format("{:.6g}s", std::ceil(seconds / step) * step);
}

std::string advice(const OfferedLoad& load, nanoseconds phase, const RoundsOptions& options,
                   std::size_t cells) {
  const bool by_budget = options.longest_timed && options.budget;
  const nanoseconds launch = phase_at(load) + options.phases.warm_up;
  const auto launches = static_cast<nanoseconds::rep>(cells * options.launches);
  const double least_rate = std::ceil(kWantedMessages / std::chrono::duration<double>(phase).count());
  return fmt::format("Give {} {}, or {} {:.0f} or more{}.", by_budget ? "--budget" : "--time",
                     option_text(by_budget ? launch * launches : phase_at(load)),
                     load.mix.empty() ? "--rate" : "each stream a rate of", least_rate,
                     by_budget ? ", or select fewer cells" : "");
}

}  // namespace

nanoseconds longest_timed(const RoundsOptions& options, std::size_t cells) {
  constexpr nanoseconds kWithoutBudget = std::chrono::seconds(6);
  const auto launches = static_cast<nanoseconds::rep>(std::max<std::size_t>(cells * options.launches, 1));
  const nanoseconds share =
      options.budget ? *options.budget / launches - options.phases.warm_up : kWithoutBudget;
  return std::max(share, options.phases.timed);
}

LaunchPhases phases_for(const Cell& cell, const RoundsOptions& options) {
  LaunchPhases phases = options.phases;
  if (!options.longest_timed || options.is_brief(cell)) return phases;
  phases.timed = std::max(phases.timed, std::min(wanted_phase(cell), *options.longest_timed));
  phases.timed = std::max(phases.timed, pauses(kLeastAfterPauses, cell));
  return phases;
}

namespace {

// At the longest pause for which the phase is too short. The user gave the phase then, or a cell has
// kLeastAfterPauses.
std::optional<Doubt> few_pauses(const std::vector<PlannedCell>& cells, const RoundsOptions& options) {
  const auto longest =
      std::ranges::max_element(cells, {}, [](const PlannedCell& planned) { return planned.cell.idle_ns; });
  if (longest == cells.end() || longest->cell.idle_ns == 0) return std::nullopt;
  const nanoseconds phase = phases_for(longest->cell, options).timed;
  const nanoseconds least = pauses(kLeastAfterPauses, longest->cell);
  if (phase >= least) return std::nullopt;
  const auto samples = static_cast<std::uint64_t>(phase / nanoseconds(longest->cell.idle_ns));
  return Doubt{Doubt::Level::warn,
               fmt::format("{}: few samples, {} in a timed phase of {}, fewer than {}.", longest->name,
                           counted(samples, "pause"), format_duration_ns(static_cast<double>(phase.count())),
                           kLeastAfterPauses),
               fmt::format("Give --time {}, or a shorter --idle.", option_text(least))};
}

}  // namespace

std::vector<Doubt> short_phase_doubts(const std::vector<PlannedCell>& cells, const RoundsOptions& options) {
  std::map<std::uint64_t, std::vector<const PlannedCell*>> by_rate;
  for (const PlannedCell& planned : cells) {
    if (has_absolute_rate(planned.cell) && !options.is_brief(planned.cell))
      by_rate[slowest_per_second(planned.cell.load)].push_back(&planned);
  }
  std::vector<Doubt> doubts;
  for (const auto& [rate, slow] : by_rate) {
    const OfferedLoad& load = slow.front()->cell.load;
    const nanoseconds phase = phases_for(slow.front()->cell, options).timed;
    const std::uint64_t messages = std::max<std::uint64_t>(messages_in(phase, load), 1);
    if (messages >= kWantedMessages) continue;
    const std::string others =
        slow.size() == 1 ? "" : fmt::format(", as in {}", counted(slow.size() - 1, "more cell"));
    doubts.push_back(
        {Doubt::Level::warn,
         fmt::format("{}: {} due in a timed phase of {}, fewer than {}{}.", slow.front()->name,
                     counted(messages, "message") + (messages == 1 ? " is" : " are"),
                     format_duration_ns(static_cast<double>(phase.count())), kWantedMessages, others),
         advice(load, phase, options, cells.size())});
  }
  if (auto doubt = few_pauses(cells, options)) doubts.push_back(std::move(*doubt));
  return doubts;
}

}  // namespace ipcbench
