#include "plots/distances.hpp"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "harness/base/line_distance.hpp"
#include "results/statistics/statistics.hpp"

namespace ipcbench {

nlohmann::json distances_of(const Report& report) {
  std::map<std::pair<int, int>, std::vector<double>> by_pair;
  for (const ReportCell& cell : report.cells) {
    for (const Launch& launch : cell.launches) {
      const auto& [producer, consumer] =
          std::pair(launch.measurement.producer.cpu, launch.measurement.consumer.cpu);
      if (launch.measurement.line && producer && consumer)
        by_pair[std::minmax(*producer, *consumer)].push_back(distance_ns(*launch.measurement.line));
    }
  }
  nlohmann::json distances = nlohmann::json::array();
  for (const auto& [pair, times] : by_pair)
    distances.push_back({pair.first, pair.second, median(times), times.size()});
  return distances;
}

}  // namespace ipcbench
