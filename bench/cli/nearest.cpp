#include "bench/cli/nearest.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>

namespace ipcbench {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> cost(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) cost[i][0] = i;
  std::iota(cost[0].begin(), cost[0].end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t differs = a[i - 1] == b[j - 1] ? 0 : 1;
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, cost[i - 1][j - 1] + differs});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
    }
  }
  return cost[a.size()][b.size()];
}

std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& known) {
  const std::size_t allowed = std::max<std::size_t>(word.size() / 3, 2);
  std::optional<std::string> best;
  std::size_t fewest = allowed + 1;
  for (const std::string& name : known) {
    // At least as many edits as the lengths differ by; an argument of 100 kB takes long to find that out
    // otherwise.
    if (std::max(word.size(), name.size()) - std::min(word.size(), name.size()) >= fewest) continue;
    const std::size_t edits = edit_distance(word, name);
    // A name that shares nothing with the word is no suggestion, however short both are.
    if (edits >= fewest || edits >= std::max(word.size(), name.size())) continue;
    fewest = edits;
    best = name;
  }
  return best;
}

std::string unknown_name(std::string_view argument, std::string_view word,
                         const std::vector<std::string>& known) {
  const auto meant = nearest(word, known);
  return fmt::format("{}: '{}' is not known; {}allowed: {}.", argument, word,
                     meant ? fmt::format("did you mean '{}'? ", *meant) : "", fmt::join(known, ", "));
}

}  // namespace ipcbench
