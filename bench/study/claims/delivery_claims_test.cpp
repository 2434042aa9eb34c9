// The delivery of signals and datagrams, on kinds that behave in opposite ways.
#include <gtest/gtest.h>

#include "bench/study/claims/experiments.hpp"

namespace ipcbench {
namespace {

using Verdict = ClaimVerdict;

// Catches an order or a number that always counts as right.
TEST(MergeOrQueue, WantsOneToMergeAndTheOtherToQueue) {
  EXPECT_EQ(merge_or_queue().answer().verdict, Verdict::confirmed);
  EXPECT_EQ(merge_or_queue(SIGUSR1, SIGUSR1).answer().verdict, Verdict::depends);
  EXPECT_EQ(merge_or_queue(SIGRTMIN, SIGRTMIN).answer().verdict, Verdict::depends);
  EXPECT_EQ(merge_or_queue(SIGRTMIN, SIGUSR1).answer().verdict, Verdict::refuted);
}

// UNIX datagrams make the sender wait; UDP ones are lost; a stream has no boundaries. Catches an experiment
// that cannot tell one from the other.
TEST(Datagrams, AreReliableOrLost) {
  const NamedChannel& stream = channels()[1];
  const NamedChannel& local = channels()[2];
  const NamedChannel& udp = channels()[3];
  EXPECT_EQ(datagrams_reliable().answer().verdict, Verdict::confirmed);
  EXPECT_EQ(datagrams_reliable(stream, udp).answer().verdict, Verdict::depends);
  EXPECT_EQ(datagrams_reliable(local, local).answer().verdict, Verdict::no_difference);
  EXPECT_EQ(sockets_reliable().answer().verdict, Verdict::depends);
  EXPECT_EQ(sockets_reliable(channels().subspan(1, 2)).answer().verdict, Verdict::confirmed);
  EXPECT_EQ(sockets_reliable(channels().last(1)).answer().verdict, Verdict::refuted);
  EXPECT_EQ(no_flow_control().answer().verdict, Verdict::refuted);
  EXPECT_EQ(no_flow_control(udp).answer().verdict, Verdict::confirmed);
}

}  // namespace
}  // namespace ipcbench
