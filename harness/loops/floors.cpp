#include "harness/loops/floors.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include "harness/base/clock.hpp"
#include "harness/loops/pacing.hpp"
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

double paced_per_second(const PacedTimes& times) {
  Pacer<Wait::spin> pacer(false, 0);
  const std::uint64_t begin_ns = now_ns();
  send_on_schedule(
      pacer, times, begin_ns, UINT64_MAX, [](std::uint64_t) {}, [](std::uint64_t number) { keep(&number); });
  return static_cast<double>(times.due_ns.size()) * 1e9 / static_cast<double>(now_ns() - begin_ns);
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

double most_paced_per_second() {
  constexpr std::size_t kMessages = 20'000;
  constexpr int kRuns = 10;
  const std::vector<std::uint64_t> due_ns(kMessages);
  std::vector<std::uint64_t> sent_ns(kMessages);
  double most = 0;
  for (int run = 0; run < kRuns; ++run) {
    most = std::max(most, paced_per_second({.due_ns = due_ns, .sent_ns = sent_ns, .received_ns = {}}));
  }
  return most;
}

}  // namespace ipcbench
