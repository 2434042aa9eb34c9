// What becomes of the result of a duet.
#include <cmath>
#include <map>

#include "bench/duet/blocks.hpp"
#include "bench/duet/both_programs.hpp"

namespace ipcbench {

std::size_t allowed_failures(const DuetResult& result, const GateSettings& settings) {
  return static_cast<std::size_t>(
      std::floor(settings.allowed_failures * static_cast<double>(result.launches)));
}

bool failures_are_few(const DuetResult& result, const GateSettings& settings) {
  const std::size_t failed = result.reports[0].failed.size() + result.reports[1].failed.size();
  return !result.gave_up && failed <= allowed_failures(result, settings);
}

std::array<SampledReport, 2> duet_samples(const DuetResult& result) {
  std::array<SampledReport, 2> samples{samples_of(result.reports[0], kSideNames[0]),
                                       samples_of(result.reports[1], kSideNames[1])};
  std::map<std::string, const SampledCell*> base;
  for (const SampledCell& cell : samples[0].cells) base.emplace(cell.name, &cell);
  for (SampledCell& cell : samples[1].cells) {
    const auto name = result.base_names.find(cell.name);
    const auto namesake = name == result.base_names.end() ? base.end() : base.find(name->second);
    if (namesake == base.end()) continue;
    cell.name = namesake->second->name;
    cell.family = namesake->second->family;
    cell.mechanism = namesake->second->mechanism;
    cell.pinned = cell.pinned && namesake->second->pinned;
    cell.own_rate = cell.own_rate || namesake->second->own_rate;
  }
  return samples;
}

}  // namespace ipcbench
