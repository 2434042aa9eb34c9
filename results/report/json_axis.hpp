// The values of an axis by the names that harness/axes.hpp gives them.
#pragma once

#include <fmt/format.h>

#include <string>

#include "harness/base/axes.hpp"
#include "results/report/json_value.hpp"

namespace ipcbench {

// Throws ReportError, which lists the names that there are.
template <class Axis>
Axis read_axis(const JsonValue& json) {
  const std::string name = json.string();
  if (const auto value = parse_axis<Axis>(name)) return *value;
  std::string known;
  for (const auto& entry : kAxis<Axis>) known += fmt::format("{}{}", known.empty() ? "" : ", ", entry.name);
  json.fail(fmt::format("\"{:.40}\" is not one of {}", name, known));
}

}  // namespace ipcbench
