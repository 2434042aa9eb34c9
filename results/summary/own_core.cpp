#include "results/summary/own_core.hpp"

#include <algorithm>

namespace ipcbench {

std::optional<CoreTime> core_time(const Measurement& measurement) {
  if (!measurement.core || !measurement.producer.cpu || !measurement.consumer.cpu) return std::nullopt;
  return CoreTime{{*measurement.producer.cpu, *measurement.consumer.cpu},
                  std::max(measurement.core->before_ns, measurement.core->after_ns)};
}

void OwnCore::see(const std::optional<CoreTime>& launch) {
  if (!launch) return;
  double& least_ns = least_ns_.try_emplace(launch->cpus, launch->work_ns).first->second;
  least_ns = std::min(least_ns, launch->work_ns);
}

bool OwnCore::had(const std::optional<CoreTime>& launch) const {
  return !launch || launch->work_ns <= kMostTimes * least_ns_.at(launch->cpus);
}

std::vector<bool> OwnCore::which_count(const std::vector<std::optional<CoreTime>>& launches) const {
  std::vector<bool> count;
  count.reserve(launches.size());
  for (const auto& launch : launches) count.push_back(had(launch));
  const auto own = static_cast<std::size_t>(std::ranges::count(count, true));
  if (own < kFewest) count.assign(launches.size(), true);
  return count;
}

OwnCore own_core(const ReportCells& cells) {
  OwnCore own;
  for (const ReportCell& cell : cells) {
    for (const Launch& launch : cell.launches) own.see(core_time(launch.measurement));
  }
  return own;
}

std::vector<const Launch*> those_that_count(const std::vector<Launch>& launches, const OwnCore& own) {
  std::vector<std::optional<CoreTime>> times;
  times.reserve(launches.size());
  for (const Launch& launch : launches) times.push_back(core_time(launch.measurement));
  const std::vector<bool> count = own.which_count(times);
  std::vector<const Launch*> counting;
  for (std::size_t i = 0; i < launches.size(); ++i) {
    if (count[i]) counting.push_back(&launches[i]);
  }
  return counting;
}

}  // namespace ipcbench
