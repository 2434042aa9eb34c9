// Hosts of one class of which one is unlike the others.
#pragma once

#include <string>
#include <vector>

#include "results/comparison/comparison.hpp"
#include "results/comparison/history.hpp"

namespace ipcbench {

struct OutlyingHost {
  std::string host;  // its name
  Level level = Level::cell;
  std::string name;
  double ratio = 1;      // its time over the median of the hosts
  double deviation = 0;  // robust_deviations()
};

// Each host by its newest session of each cell. A family's value is the median of its cells' logarithms,
// each less the median of the hosts; the whole's that of all cells. Called outlying: outlying_from() that
// many hosts, by the smallest effect at least. Cells of an outlying family, and families of a host that is
// outlying as a whole, are left out. The whole first. Empty for fewer than kFewestForOutlying hosts.
std::vector<OutlyingHost> outlying_hosts(const std::vector<const History*>& hosts,
                                         const GateSettings& settings);

}  // namespace ipcbench
