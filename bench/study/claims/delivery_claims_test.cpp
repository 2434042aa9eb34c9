// The delivery of signals and datagrams, tried on Linux and judged for other outcomes too.
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <algorithm>
#include <csignal>

#include "bench/study/claims/signal_claims.hpp"
#include "bench/study/claims/socket_claims.hpp"

namespace ipcbench {
namespace {

TEST(SignalArrivals, OrdinaryOnesMergeAndRealTimeOnesQueue) {
  const SignalArrivals ordinary = signal_arrivals(SIGUSR1, 10);
  EXPECT_EQ(ordinary.sent, 10);
  EXPECT_EQ(ordinary.arrived, 1);
  EXPECT_TRUE(ordinary.merged());
  const SignalArrivals queued = signal_arrivals(SIGRTMIN, 10);
  EXPECT_EQ(queued.arrived, 10);
  EXPECT_FALSE(queued.merged());
  EXPECT_TRUE(queued.in_order());
  for (std::size_t i = 0; i < 10; ++i) EXPECT_EQ(queued.values[i], static_cast<int>(i));
}

// Catches an order that always counts as right.
TEST(SignalArrivals, OrderIsThatOfTheValues) {
  SignalArrivals arrivals{.sent = 3, .arrived = 3, .values = {0, 2, 1}};
  EXPECT_FALSE(arrivals.in_order());
  arrivals.values = {0, 1, 2};
  EXPECT_TRUE(arrivals.in_order());
}

// UNIX datagrams make the sender wait; UDP ones are lost; a stream has no boundaries. Catches an experiment
// that cannot tell one from the other.
TEST(DatagramDelivery, TellsUnixFromUdpFromStream) {
  const DatagramDelivery local = datagram_delivery([] { return open_unix_channel(SOCK_DGRAM); });
  EXPECT_TRUE(local.refused);
  EXPECT_EQ(local.lost(), 0U);
  EXPECT_GT(local.arrived, 0U);
  EXPECT_TRUE(local.in_order);
  EXPECT_TRUE(local.keeps_boundaries);

  const DatagramDelivery udp = datagram_delivery(open_udp_channel);
  EXPECT_FALSE(udp.refused);
  EXPECT_GT(udp.lost(), 0U);
  EXPECT_GT(udp.arrived, 0U);
  EXPECT_TRUE(udp.keeps_boundaries);

  EXPECT_FALSE(datagram_delivery([] { return open_unix_channel(SOCK_STREAM); }).keeps_boundaries);
}

SignalArrivals arrivals(int sent, std::initializer_list<int> values) {
  SignalArrivals signals;
  signals.sent = sent;
  signals.arrived = static_cast<int>(values.size());
  std::ranges::copy(values, signals.values.begin());
  return signals;
}

TEST(JudgeSignals, WantsOneToMergeAndTheOtherToQueue) {
  const SignalArrivals merged = arrivals(3, {0});
  const SignalArrivals queued = arrivals(3, {0, 1, 2});
  const SignalArrivals shuffled = arrivals(3, {0, 2, 1});
  EXPECT_EQ(judge_signals(merged, queued).verdict, ClaimVerdict::confirmed);
  EXPECT_EQ(judge_signals(queued, merged).verdict, ClaimVerdict::refuted);
  EXPECT_EQ(judge_signals(merged, shuffled).verdict, ClaimVerdict::depends);
  EXPECT_EQ(judge_signals(queued, queued).verdict, ClaimVerdict::depends);
  EXPECT_EQ(judge_signals(merged, arrivals(0, {})).verdict, ClaimVerdict::untested);
}

TEST(JudgeDatagrams, WantsOneToLoseNothingAndTheOtherSomething) {
  const DatagramDelivery reliable{
      .message_bytes = 64, .sent = 10, .refused = true, .arrived = 10, .keeps_boundaries = true};
  const DatagramDelivery lossy{.message_bytes = 64, .sent = 10, .arrived = 4, .keeps_boundaries = true};
  DatagramDelivery stream = reliable;
  stream.keeps_boundaries = false;
  EXPECT_EQ(judge_datagrams(reliable, lossy).verdict, ClaimVerdict::confirmed);
  EXPECT_EQ(judge_datagrams(reliable, reliable).verdict, ClaimVerdict::depends);
  EXPECT_EQ(judge_datagrams(lossy, lossy).verdict, ClaimVerdict::refuted);
  EXPECT_EQ(judge_datagrams(stream, lossy).verdict, ClaimVerdict::refuted);
}

}  // namespace
}  // namespace ipcbench
