#include "harness/loops/line_exchange.hpp"

#include <sched.h>

#include <algorithm>
#include <array>

#include "harness/base/clock.hpp"
#include "harness/loops/wait.hpp"

namespace ipcbench {
namespace {

// A batch is long enough (5 us at the least) that two clock readings (50 ns) are 1 % of it.
constexpr std::size_t kLineBatches = 21;
constexpr std::uint64_t kLinesPerBatch = 50;

// Yields now and then, in case something else (valgrind, for one) runs both threads on one CPU.
void wait_for(const std::atomic<std::uint64_t>& line, std::uint64_t number) {
  constexpr unsigned kTriesBetweenYields = 1000;
  for (unsigned tries = 1; line.load(std::memory_order_acquire) != number; ++tries) {
    if (tries % kTriesBetweenYields == 0) sched_yield();
    cpu_relax();
  }
}

}  // namespace

// An end's own line says how many round trips have been made before.
double bounce_line(LineExchange& exchange) {
  std::uint64_t number = exchange.there.load(std::memory_order_relaxed);
  std::array<std::uint64_t, kLineBatches> took_ns;
  for (std::uint64_t& batch_ns : took_ns) {
    const std::uint64_t start_ns = now_ns();
    for (std::uint64_t i = 0; i < kLinesPerBatch; ++i) {
      exchange.there.store(++number, std::memory_order_release);
      wait_for(exchange.back, number);
    }
    batch_ns = now_ns() - start_ns;
  }
  const auto middle = took_ns.begin() + took_ns.size() / 2;
  std::ranges::nth_element(took_ns, middle);
  return static_cast<double>(*middle) / static_cast<double>(kLinesPerBatch);
}

void return_line(LineExchange& exchange) {
  std::uint64_t number = exchange.back.load(std::memory_order_relaxed);
  for (std::uint64_t i = 0; i < kLineBatches * kLinesPerBatch; ++i) {
    wait_for(exchange.there, ++number);
    exchange.back.store(number, std::memory_order_release);
  }
}

}  // namespace ipcbench
