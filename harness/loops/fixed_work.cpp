#include "harness/loops/fixed_work.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "harness/base/clock.hpp"

namespace ipcbench {
namespace {

using Values = std::array<std::uint64_t, 1024>;  // 8 KiB, in the first-level cache

// Four sums at once. The compiler must not join them.
void add_up(const Values& values) {
  constexpr int kTimes = 60;
  std::uint64_t a = 1;
  std::uint64_t b = 2;
  std::uint64_t c = 3;
  std::uint64_t d = 4;
  for (int time = 0; time < kTimes; ++time) {
    for (std::size_t i = 0; i < values.size(); i += 4) {
      a += values[i] * 3;
      b += values[i + 1] * 5;
      c += values[i + 2] * 7;
      d += values[i + 3] * 9;
      asm volatile("" : "+r"(a), "+r"(b), "+r"(c), "+r"(d));
    }
  }
}

}  // namespace

double fixed_work_ns() {
  constexpr int kTries = 3;
  static constexpr Values kValues{};
  const Values* values = &kValues;
  asm volatile("" : "+r"(values));  // the compiler must not know them
  double least_ns = std::numeric_limits<double>::infinity();
  for (int i = 0; i < kTries; ++i) {
    const std::uint64_t start_ns = now_ns();
    add_up(*values);
    least_ns = std::min(least_ns, static_cast<double>(now_ns() - start_ns));
  }
  return least_ns;
}

}  // namespace ipcbench
