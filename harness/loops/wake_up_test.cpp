#include "harness/loops/wake_up.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace ipcbench {
namespace {

// Catches an exchange that hangs or ends early, and a time that is none.
TEST(WakeUp, IsThePriceOfOneSleep) {
  WakeExchange exchange;
  std::thread sleeper([&] { sleep_until_woken(exchange); });
  const double wake_ns = wake_sleeper(exchange);
  sleeper.join();
  EXPECT_EQ(exchange.answer.load(), 51U);
  EXPECT_GT(wake_ns, 0);
}

}  // namespace
}  // namespace ipcbench
