// Profiles: what is measured when the user names no cells, and how much time it may take. Data only.
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
  std::vector<Axes> blocks;    // the product of each, for every mechanism that it fits
  std::uint32_t launches = 1;  // of each cell, as far as the budget lets
  std::chrono::nanoseconds warm_up{};
  std::chrono::nanoseconds timed{};
  std::optional<std::chrono::nanoseconds> budget;  // for everything that is launched; empty: unbounded
};

// quick, standard, full: built for 60 s, 10 minutes and an hour on two CPUs, charts included.
std::span<const Profile> profiles();

}  // namespace ipcbench
