// Going on with a run: its launches that have been made are not made again, but heard of again, so that
// everything that depends on them (the order, the time that is left, which medians are uncertain) comes out
// as it would have.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "bench/run/rounds.hpp"
#include "results/report/journal.hpp"

namespace ipcbench {

class Replay {
 public:
  using Record = std::function<void(const JournalledLaunch&)>;

  // `inner`: how launches are really made and timed. `record` is called after each of those, unless it was
  // interrupted, before the next one.
  Replay(const RoundsOptions& inner, std::vector<JournalledLaunch> made, Record record);

  // The options for run_rounds(); they refer to this object. Time stands still between launches, or what is
  // decided by it could come out otherwise the second time.
  [[nodiscard]] RoundsOptions options();

 private:
  LaunchOutcome launch(const Cell& cell, const LaunchOptions& options);
  LaunchOutcome made_before(const Cell& cell);

  RoundsOptions inner_;
  std::vector<JournalledLaunch> made_;
  Record record_;
  std::size_t next_ = 0;  // of made_
  std::chrono::nanoseconds elapsed_{};
  std::chrono::nanoseconds elapsed_before_{};  // this process
};

}  // namespace ipcbench
