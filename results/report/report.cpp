#include "results/report/report.hpp"

#include <algorithm>

namespace ipcbench {

ReportCell& ReportCells::add(Row row, std::string name) {
  const auto [index, is_new] = indices_.try_emplace(name, cells_.size());
  if (is_new) cells_.push_back({.cell = std::move(row.cell), .name = std::move(name), .launches = {}});
  ReportCell& cell = cells_[index->second];
  const auto after = std::ranges::upper_bound(cell.launches, row.launch, {}, &Launch::number);
  cell.launches.insert(
      after, {.number = row.launch, .place = launches_++, .measurement = std::move(row.measurement)});
  return cell;
}

std::vector<ReportCells::InSession> ReportCells::in_session_order() const {
  std::vector<InSession> ordered(launches_);
  for (const ReportCell& cell : cells_) {
    for (const Launch& launch : cell.launches) ordered[launch.place] = {&cell, &launch};
  }
  return ordered;
}

bool is_floor(const Report& report, const Cell& cell) {
  const MechanismInfo* info = find_info(report.mechanisms, cell.mechanism);
  return info != nullptr && is_floor(*info);
}

bool carries_payload(const Report& report, const Cell& cell) {
  const MechanismInfo* info = find_info(report.mechanisms, cell.mechanism);
  return cell.size_bytes != 0 && (info == nullptr || info->carries_bytes);
}

}  // namespace ipcbench
