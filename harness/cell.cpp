#include "harness/cell.hpp"

#include <fmt/format.h>

namespace ipcbench {

std::string cell_name(const Cell& cell) {
  std::string name =
      fmt::format("{}/{}/size:{}/wait:{}/peers:{}/cpus:{}", cell.mechanism, name_of(cell.pattern),
                  cell.size_bytes, name_of(cell.wait), name_of(cell.peers), name_of(cell.cpus));
  if (cell.payload != Payload::copy) name += fmt::format("/payload:{}", name_of(cell.payload));
  for (const auto& [parameter, value] : cell.parameters) name += fmt::format("/{}:{}", parameter, value);
  return name;
}

}  // namespace ipcbench
