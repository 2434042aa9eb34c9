#include "harness/base/cell.hpp"

#include <fmt/format.h>

namespace ipcbench {
namespace {

// What the pattern needs to know besides.
std::string pattern_part(const Cell& cell) {
  if (is_fan(cell.pattern)) return fmt::format("/fan:{}", cell.fan);
  if (cell.pattern != Pattern::paced) return "";
  const OfferedLoad& load = cell.load;
  const std::string rate =
      load.percent != 0 ? fmt::format("{}%", load.percent) : fmt::format("{}", load.per_second);
  return fmt::format("/rate:{}/arrivals:{}", rate, name_of(load.arrivals));
}

}  // namespace

std::string cell_name(const Cell& cell) {
  std::string name =
      fmt::format("{}/{}/size:{}/wait:{}/peers:{}/cpus:{}", cell.mechanism, name_of(cell.pattern),
                  cell.size_bytes, name_of(cell.wait), name_of(cell.peers), name_of(cell.cpus));
  name += pattern_part(cell);
  if (cell.payload != Payload::copy) name += fmt::format("/payload:{}", name_of(cell.payload));
  for (const auto& [parameter, value] : cell.parameters) name += fmt::format("/{}:{}", parameter, value);
  return name;
}

}  // namespace ipcbench
