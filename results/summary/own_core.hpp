// Which launches had their cores to themselves.
#pragma once

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "harness/base/measurement.hpp"
#include "results/report/report.hpp"

namespace ipcbench {

// Where the ends of a launch were pinned: the CPUs of the first two ends (one CPU twice for `same`), and the
// longest time that the fixed piece of work took any end.
struct CoreTime {
  std::pair<int, int> cpus;
  double work_ns = 0;
};
// Empty if the launch did not time the work.
std::optional<CoreTime> core_time(const Measurement& measurement);

// Launches during which another hardware thread used the core of an end are slower than those that had theirs
// to themselves: a blocking round trip on one CPU by a third, streams between two CPUs by a tenth to a half.
// A hypervisor gives no notice of either. The fixed work tells them apart without looking at the messages'
// own times, so that leaving the former out chooses no results.
//
// Launches are compared with those on the same CPUs: two ends that use the hardware threads of one core slow
// each other's work in every launch, which says nothing about a stranger.
class OwnCore {
 public:
  // The work takes at most this multiple of its shortest time on these CPUs in the whole session. Without a
  // neighbour its times lay within 1.1 times the shortest; with one, they were 1.5 to 1.7 times as long.
  static constexpr double kMostTimes = 1.25;
  // With fewer launches of a cell that had their core to themselves, all of them count.
  static constexpr std::size_t kFewest = 3;

  void see(const std::optional<CoreTime>& launch);
  // For each launch of one cell, whether it counts. see() has to have seen all launches of the session.
  [[nodiscard]] std::vector<bool> which_count(const std::vector<std::optional<CoreTime>>& launches) const;

 private:
  [[nodiscard]] bool had(const std::optional<CoreTime>& launch) const;

  std::map<std::pair<int, int>, double> least_ns_;  // by CPUs
};

// Has seen all launches of the report.
OwnCore own_core(const ReportCells& cells);
// Those launches of a cell that count; they point into `launches`.
std::vector<const Launch*> those_that_count(const std::vector<Launch>& launches, const OwnCore& own);

}  // namespace ipcbench
