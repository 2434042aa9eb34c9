#include "harness/loops/floors.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include "harness/base/clock.hpp"
#include "harness/loops/payload.hpp"

namespace ipcbench {
namespace {

std::uint64_t copy_ns(Buffers& buffers, std::uint64_t copies) {
  const auto source = buffers.source();
  const auto sink = buffers.sink();
  const std::uint64_t start_ns = now_ns();
  for (std::uint64_t i = 0; i < copies; ++i) {
    std::memcpy(sink.data(), source.data(), sink.size());
    keep(sink.data());
  }
  return now_ns() - start_ns;
}

// Copies per batch: enough for at least 5 us, so that two clock readings (50 ns) are 1 % of it.
std::uint64_t batch_size(Buffers& buffers) {
  constexpr std::uint64_t kBatchNs = 5'000;
  std::uint64_t copies = 1;
  while (copies < (1U << 20) && copy_ns(buffers, copies) < kBatchNs) copies *= 2;
  return copies;
}

}  // namespace

double memcpy_floor_ns(std::size_t bytes, std::chrono::nanoseconds budget) {
  constexpr std::size_t kLeast = 3;
  Buffers buffers(bytes);
  const std::uint64_t copies = batch_size(buffers);
  const std::uint64_t deadline_ns = now_ns() + static_cast<std::uint64_t>(budget.count());
  std::vector<double> costs_ns;
  while (costs_ns.size() < kLeast || now_ns() < deadline_ns) {
    costs_ns.push_back(static_cast<double>(copy_ns(buffers, copies)) / static_cast<double>(copies));
  }
  const auto middle = costs_ns.begin() + static_cast<std::ptrdiff_t>(costs_ns.size() / 2);
  std::nth_element(costs_ns.begin(), middle, costs_ns.end());
  return *middle;
}

}  // namespace ipcbench
