// Resumes a run: returns the journalled outcomes of the launches that were made before, so that everything
// that depends on them (the order, the remaining time, which medians are uncertain) is as without the
// interruption.
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

  // `inner` makes and times the new launches. `record` is called after each of them that was not interrupted.
  Replay(const RoundsOptions& inner, std::vector<JournalledLaunch> made, Record record);

  // The options for run_rounds(), which refer to this object. Their clock stands still between launches, so
  // that decisions by it can be repeated.
  [[nodiscard]] RoundsOptions options();

 private:
  LaunchOutcome launch(const Cell& cell, const LaunchOptions& options);
  LaunchOutcome made_before(const Cell& cell);

  RoundsOptions inner_;
  std::vector<JournalledLaunch> made_;
  Record record_;
  std::size_t next_ = 0;  // of made_
  std::chrono::nanoseconds elapsed_{};
  std::chrono::nanoseconds elapsed_before_{};  // the time of earlier processes
};

}  // namespace ipcbench
