// For tests: entries of mechanisms that cannot be launched.
#pragma once

#include <array>

#include "harness/registry/registry.hpp"

namespace ipcbench::testing {

inline constexpr std::array kPipeParameters{Parameter{.name = "pipe_bytes",
                                                      .default_text = "64 KiB",
                                                      .what = "capacity",
                                                      .min = 4096,
                                                      .max = 1 << 20,
                                                      .tuned = 1 << 20}};

inline MechanismEntry fake_mechanism(std::string_view name, std::span<const Parameter> parameters = {}) {
  MechanismEntry entry{};
  entry.traits.name = name;
  entry.parameters = parameters;
  return entry;
}

}  // namespace ipcbench::testing
