// Which cells an answer depends on: the winners, and those that cannot be told from them.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "harness/base/cell.hpp"
#include "results/statistics/statistics.hpp"

namespace ipcbench {

// The sizes that a reader sees first, a column each: a token, a small message, and those that fill a page, a
// pipe and a cache.
inline constexpr std::array<std::size_t, 5> kReadFirst{0, 64, 4096, 65536, std::size_t{1} << 20};

struct Contestant {
  const Cell* cell;
  Estimate figure;  // of figure_of(): the less the better where messages are timed, else the more
};

// For each contestant, whether its size is one of kReadFirst and its interval reaches that of the best one of
// its group (group_of()) and size. Floors take no part; leave them out.
std::vector<bool> contenders(const std::vector<Contestant>& all);

}  // namespace ipcbench
