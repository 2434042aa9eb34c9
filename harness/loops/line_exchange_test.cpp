#include "harness/loops/line_exchange.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace ipcbench {
namespace {

// Catches an exchange that hangs when it is repeated, since the lines keep the numbers of the last one, and a
// time that is not one round trip's.
TEST(LineExchange, CanBeRepeated) {
  if (std::thread::hardware_concurrency() < 2) GTEST_SKIP() << "needs two CPUs";
  LineExchange exchange;
  for (int i = 0; i < 3; ++i) {
    std::thread other([&] { return_line(exchange); });
    EXPECT_GT(bounce_line(exchange), 0);
    other.join();
  }
  EXPECT_EQ(exchange.there.load(), exchange.back.load());
  EXPECT_EQ(exchange.there.load(), 3U * 21U * 50U);
}

}  // namespace
}  // namespace ipcbench
