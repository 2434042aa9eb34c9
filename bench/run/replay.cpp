#include "bench/run/replay.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

namespace ipcbench {

Replay::Replay(const RoundsOptions& inner, std::vector<JournalledLaunch> made, Record record)
    : inner_(inner),
      made_(std::move(made)),
      record_(std::move(record)),
      elapsed_before_(made_.empty() ? std::chrono::nanoseconds{} : made_.back().elapsed - inner.elapsed()) {}

RoundsOptions Replay::options() {
  RoundsOptions options = inner_;
  options.launch = [this](const Cell& cell, const LaunchOptions& launch_options) {
    return launch(cell, launch_options);
  };
  options.elapsed = [this] { return elapsed_; };
  return options;
}

LaunchOutcome Replay::launch(const Cell& cell, const LaunchOptions& options) {
  if (next_ < made_.size()) return made_before(cell);
  LaunchOutcome outcome = inner_.launch(cell, options);
  const auto* failure = std::get_if<Failure>(&outcome);
  if (failure != nullptr && failure->kind == Failure::Kind::interrupted) return outcome;
  elapsed_ = elapsed_before_ + inner_.elapsed();
  record_({.cell = cell, .outcome = outcome, .elapsed = elapsed_});
  return outcome;
}

LaunchOutcome Replay::made_before(const Cell& cell) {
  JournalledLaunch& made = made_[next_++];
  if (cell_name(made.cell) != cell_name(cell)) {
    throw std::runtime_error(
        fmt::format("the journal does not fit this program: launch {} was of {}, and would now be of {}; "
                    "resume it with the "
                    "ipcbench that wrote it",
                    next_, cell_name(made.cell), cell_name(cell)));
  }
  elapsed_ = made.elapsed;
  return std::move(made.outcome);
}

}  // namespace ipcbench
