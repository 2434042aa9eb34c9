#include "harness/loops/wake_up.hpp"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "harness/base/clock.hpp"

namespace ipcbench {
namespace {

constexpr std::uint32_t kWakeUps = 51;

void sleep_while(const std::atomic<std::uint32_t>& word, std::uint32_t value) {
  while (word.load(std::memory_order_acquire) == value) {
    syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, value, nullptr, nullptr, 0);
  }
}

void advance(std::atomic<std::uint32_t>& word, std::uint32_t value) {
  word.store(value, std::memory_order_release);
  syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
}

}  // namespace

double wake_sleeper(WakeExchange& exchange) {
  std::array<std::uint64_t, kWakeUps> took_ns;
  for (std::uint32_t i = 0; i < kWakeUps; ++i) {
    const timespec until_it_sleeps{0, 200'000};
    nanosleep(&until_it_sleeps, nullptr);
    const std::uint64_t called_ns = now_ns();
    advance(exchange.call, i + 1);
    sleep_while(exchange.answer, i);
    const std::uint64_t awake_ns = exchange.awake_ns.load(std::memory_order_relaxed);
    took_ns[i] = std::max(awake_ns, called_ns) - called_ns;
  }
  const auto middle = took_ns.begin() + took_ns.size() / 2;
  std::ranges::nth_element(took_ns, middle);
  return static_cast<double>(*middle);
}

void sleep_until_woken(WakeExchange& exchange) {
  for (std::uint32_t i = 0; i < kWakeUps; ++i) {
    sleep_while(exchange.call, i);
    exchange.awake_ns.store(now_ns(), std::memory_order_relaxed);
    advance(exchange.answer, i + 1);
  }
}

}  // namespace ipcbench
