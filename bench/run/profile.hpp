// Profiles: the cells that are measured by default, and how long that may take. Data only.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "bench/run/sweep.hpp"

namespace ipcbench {

struct Profile {
  std::string_view name;
  std::string_view summary;
  std::vector<AxisValues> blocks;  // the product of each, as far as the mechanism can serve it
  std::uint32_t launches = 1;      // of each cell, as far as the budget allows
  std::chrono::nanoseconds warm_up{};
  std::chrono::nanoseconds timed{};
  std::optional<std::chrono::nanoseconds> budget;  // for all launches; empty: unbounded
};

// quick, standard, full: sized for 60 s, 10 minutes and an hour on two CPUs, charts included.
std::span<const Profile> profiles();

}  // namespace ipcbench
