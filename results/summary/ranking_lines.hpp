// A ranking in a line or two.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "results/report/report.hpp"
#include "results/summary/rankings.hpp"

namespace ipcbench {

// The rankings of one size, one for each way of waiting: for each its best median, the CPUs that both ends
// kept busy, those that are alike, and the next ones. Ways of waiting after the first have a line where they
// are faster than it, and than those before, by a fifth or more. At most `columns` wide, except for longer
// names.
std::string ranking_lines(const Report& report, const std::vector<const Ranking*>& by_wait,
                          std::size_t columns);

std::size_t lines_in(std::string_view text);

}  // namespace ipcbench
