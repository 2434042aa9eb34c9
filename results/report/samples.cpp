#include "results/report/samples.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "results/statistics/steadiness.hpp"

namespace ipcbench {

std::string family_name(const Cell& cell) {
  std::string name = cell_name(cell);
  const std::string size = fmt::format("/size:{}", cell.size_bytes);
  name.erase(name.find(size + '/'), size.size());
  return name;
}

SampledReport samples_of(const Report& report, std::string origin) {
  SampledReport sampled{.origin = std::move(origin),
                        .version = report.version,
                        .context = report.context,
                        .session = report.session,
                        .host = report.host,
                        .doubts = report.doubts,
                        .cells = {},
                        .skipped = report.skipped,
                        .failed = report.failed};
  std::unordered_map<std::string, std::size_t> places;
  for (const Row& row : report.rows) {
    const auto [place, is_new] = places.try_emplace(cell_name(row.cell), sampled.cells.size());
    if (is_new) {
      sampled.cells.push_back({.name = place->first,
                               .family = family_name(row.cell),
                               .mechanism = row.cell.mechanism,
                               .pinned = row.cell.cpus != Cpus::free,
                               .samples = {}});
    }
    sampled.cells[place->second].samples.push_back(
        {.launch = row.launch,
         .ns = metric_values_ns(row),
         .steady = is_steady(row.measurement.windows).value_or(true)});
  }
  for (SampledCell& cell : sampled.cells) std::ranges::sort(cell.samples, {}, &Sample::launch);
  return sampled;
}

}  // namespace ipcbench
