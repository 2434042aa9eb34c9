// The p values of the tests for drift, of samples from a fixed seed, for another program to check: a line of
// JSON each, {"values": [...], "rank_sum": p of the first third against the last, "trend": p, "slope": ...}.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <exception>
#include <iostream>
#include <random>

#include "results/statistics/rank_tests.hpp"

namespace {

using Values = std::vector<double>;

// Every other sample in whole numbers, so that values tie; some with a slope, so that p is small as well.
Values sample(std::mt19937_64& random, std::size_t number, std::size_t count) {
  Values values(count);
  const double slope = number % 3 == 0 ? 0.0 : 2.0 / static_cast<double>(count);
  for (std::size_t i = 0; i < count; ++i) {
    const double noise = static_cast<double>(random() >> 11) * 0x1p-53;
    const double value = 10 * (noise + slope * static_cast<double>(i));
    values[i] = number % 2 == 0 ? value : std::floor(value);
  }
  return values;
}

void print(const Values& values) {
  using namespace ipcbench;
  const auto third = static_cast<std::ptrdiff_t>(values.size() / 3);
  const double rank_sum =
      rank_sum_p({values.begin(), values.begin() + third}, {values.end() - third, values.end()});
  std::cout << fmt::format(R"({{"values": [{}], "rank_sum": {}, "trend": {}, "slope": {}}})",
                           fmt::join(values, ", "), rank_sum, trend_p(values), theil_sen_slope(values))
            << '\n';
}

}  // namespace

int main() try {
  std::mt19937_64 random(20260131);
  for (std::size_t number = 0; number < 120; ++number) print(sample(random, number, 9 + number / 5));
  for (std::size_t number = 0; number < 6; ++number) print(sample(random, number, 160));
  return 0;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 2;
}
