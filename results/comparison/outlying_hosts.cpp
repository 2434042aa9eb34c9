#include "results/comparison/outlying_hosts.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include "results/statistics/outlying.hpp"
#include "results/statistics/statistics.hpp"

namespace ipcbench {
namespace {

// The logarithm of a cell's or group's time, by host.
using ByHost = std::map<std::size_t, double>;

struct CellOfClass {
  Level level = Level::cell;
  std::string name;
  std::string family;
  ByHost values;
};

void add_newest(std::map<std::string, CellOfClass>& cells, const CellHistory& cell, std::size_t host) {
  for (auto point = cell.points.rbegin(); point != cell.points.rend(); ++point) {
    if (!(point->time_ns > 0)) continue;
    CellOfClass& compared = cells[cell.name];
    compared.name = cell.name;
    compared.family = cell.family;
    compared.values[host] = std::log(point->time_ns);
    return;
  }
}

std::vector<double> numbers_of(const ByHost& values) {
  std::vector<double> numbers;
  numbers.reserve(values.size());
  for (const auto& [host, value] : values) numbers.push_back(value);
  return numbers;
}

// The median of the members' values of each host; members are relative to their median.
CellOfClass group_of(Level level, const std::string& name, const std::vector<const CellOfClass*>& members) {
  CellOfClass group{level, name, name, {}};
  std::map<std::size_t, std::vector<double>> by_host;
  for (const CellOfClass* member : members) {
    for (const auto& [host, value] : member->values) by_host[host].push_back(value);
  }
  for (auto& [host, values] : by_host) group.values[host] = median(std::move(values));
  return group;
}

// The whole, families of two cells or more, cells; each value relative to the median of the hosts.
std::vector<CellOfClass> all_levels(std::map<std::string, CellOfClass> cells) {
  std::map<std::string, std::vector<const CellOfClass*>> families;
  std::vector<const CellOfClass*> all;
  for (auto& [name, cell] : cells) {
    const double middle = median(numbers_of(cell.values));
    for (auto& [host, value] : cell.values) value -= middle;
    families[cell.family].push_back(&cell);
    all.push_back(&cell);
  }
  std::vector<CellOfClass> compared;
  if (families.size() > 1) compared.push_back(group_of(Level::whole, "all cells", all));
  for (const auto& [name, members] : families) {
    if (members.size() > 1) compared.push_back(group_of(Level::family, name, members));
  }
  for (const auto& [name, cell] : cells) compared.push_back(cell);
  return compared;
}

void find_in(const CellOfClass& compared, const std::vector<const History*>& hosts,
             const GateSettings& settings, std::vector<OutlyingHost>& found) {
  if (compared.values.size() < kFewestForOutlying) return;
  const std::vector<double> values = numbers_of(compared.values);
  const std::vector<double> deviations = robust_deviations(values);
  const double counts = std::log1p(smallest_effect(settings, compared.name, Metric::time));
  const double middle = median(values);
  std::size_t i = 0;
  for (const auto& [host, value] : compared.values) {
    const double deviation = deviations[i++];
    if (std::abs(deviation) < outlying_from(values.size()) || std::abs(value - middle) < counts) continue;
    found.push_back({hosts[host]->sessions.back().host_name, compared.level, compared.name,
                     std::exp(value - middle), deviation});
  }
}

}  // namespace

std::vector<OutlyingHost> outlying_hosts(const std::vector<const History*>& hosts,
                                         const GateSettings& settings) {
  std::map<std::string, CellOfClass> cells;
  for (std::size_t host = 0; host < hosts.size(); ++host) {
    for (const CellHistory& cell : hosts[host]->cells) {
      if (cell.gated) add_newest(cells, cell, host);
    }
  }
  std::vector<OutlyingHost> all;
  std::set<std::tuple<std::string, std::string>> said;  // host and family
  for (const CellOfClass& compared : all_levels(std::move(cells))) {
    std::vector<OutlyingHost> found;
    find_in(compared, hosts, settings, found);
    for (OutlyingHost& each : found) {
      if (said.contains({each.host, ""}) || said.contains({each.host, compared.family})) continue;
      if (each.level == Level::whole) said.emplace(each.host, "");
      if (each.level == Level::family) said.emplace(each.host, compared.family);
      all.push_back(std::move(each));
    }
  }
  return all;
}

}  // namespace ipcbench
