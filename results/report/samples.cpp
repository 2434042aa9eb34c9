#include "results/report/samples.hpp"

#include "results/statistics/steadiness.hpp"

namespace ipcbench {

std::string family_name(const Cell& cell) { return cell_name(cell, "size"); }

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
  for (const ReportCell& cell : report.cells) {
    SampledCell& into = sampled.cells.emplace_back();
    into = {.name = cell.name,
            .family = family_name(cell.cell),
            .mechanism = cell.cell.mechanism,
            .pinned = cell.cell.cpus != Cpus::free,
            .samples = {}};
    for (const auto& [number, place, measurement] : cell.launches) {
      into.samples.push_back({.launch = number,
                              .ns = metric_values_ns(cell.cell.pattern, measurement),
                              .steady = is_steady(measurement.windows).value_or(true)});
    }
  }
  return sampled;
}

}  // namespace ipcbench
