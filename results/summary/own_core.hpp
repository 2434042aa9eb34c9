// Which launches had their core to themselves.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "harness/base/measurement.hpp"

namespace ipcbench {

// Where the ends of a launch shared one CPU: that CPU, and the longer time of the fixed piece of work there.
struct CoreTime {
  int cpu = 0;
  double work_ns = 0;
};
std::optional<CoreTime> core_time(const Measurement& measurement);

// Launches during which another hardware thread used the core are slower than those that had it to
// themselves, a blocking round trip by a third, and a hypervisor gives no notice of either. The fixed work
// tells them apart without looking at the messages' own times, so that leaving the former out chooses no
// results.
class OwnCore {
 public:
  // The work takes at most this multiple of its shortest time on that CPU in the whole session. Without a
  // neighbour its times lay within 1.1 times the shortest; with one, they were 1.5 to 1.7 times as long.
  static constexpr double kMostTimes = 1.25;
  // With fewer launches of a cell that had their core to themselves, all of them count.
  static constexpr std::size_t kFewest = 3;

  void see(const std::optional<CoreTime>& launch);
  // For each launch of one cell, whether it counts. see() has to have seen all launches of the session.
  [[nodiscard]] std::vector<bool> which_count(const std::vector<std::optional<CoreTime>>& launches) const;

 private:
  [[nodiscard]] bool had(const std::optional<CoreTime>& launch) const;

  std::map<int, double> least_ns_;  // by CPU
};

}  // namespace ipcbench
