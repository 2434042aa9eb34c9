// Each experiment on a channel that behaves like a pipe and on one that does not, and the judgement of every
// possible evidence.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include "bench/study/claims/experiments.hpp"

namespace ipcbench {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;

TEST(FullAndEmpty, APipeIsAsInTextbooks) {
  const Answer answer = full_and_empty().answer();
  EXPECT_EQ(answer.verdict, ClaimVerdict::confirmed) << answer.finding;
  EXPECT_EQ(answer.evidence.size(), 8U);
}

// A regular file is never full, is at its end where a pipe is empty, and needs no reader. Catches answers
// that do not come from trying.
TEST(FullAndEmpty, AFileIsNot) {
  const Answer answer = full_and_empty(open_file_channel).answer();
  EXPECT_EQ(answer.verdict, ClaimVerdict::depends);
  EXPECT_THAT(answer.finding, HasSubstr("when it is empty: 0"));
  EXPECT_THAT(answer.finding, HasSubstr("when it is full: 1"));
  EXPECT_THAT(answer.finding, HasSubstr("without a reader: 1"));
}

// A pipe has 16 buffers of a page (unless the user has used up fs.pipe-user-pages-soft). Writes of a page and
// a byte take two of them, and the last one does not fit. Catches a count of requested bytes.
TEST(PipeCapacity, DependsOnTheSizeOfTheWrites) {
  const Answer pipe = pipe_capacity().answer();
  EXPECT_EQ(pipe.verdict, ClaimVerdict::depends);
  EXPECT_THAT(pipe.evidence, Contains(HasSubstr("write(fd, buf, 13) until it is full: 65520 (")));
  EXPECT_THAT(pipe.evidence, Contains(HasSubstr("write(fd, buf, 4096) until it is full: 65536 (as stated)")));
  EXPECT_THAT(pipe_capacity(open_file_channel).answer().evidence, Each(HasSubstr("no end")));
}

// Catches a reader that takes the boundary between two reads, or between two writes of one process, for a
// mixture, and a reader that never sees one.
TEST(ConcurrentWriters, MixAboveTheLimitOnly) {
  const ConcurrentWriters small = concurrent_writers(512, make_pipe, 1000);
  EXPECT_EQ(small.mixed, 0U);
  EXPECT_GE(small.writes, 1000U);
  EXPECT_EQ(concurrent_writers(4096).mixed, 0U);
  EXPECT_GT(concurrent_writers(4097, make_pipe, UINT64_MAX).mixed, 0U);
}

TEST(ConcurrentWriters, DatagramsOfAnySizeStayWhole) {
  const auto open = [] { return open_unix_channel(SOCK_DGRAM); };
  const ConcurrentWriters found = concurrent_writers(32768, open, 200);
  EXPECT_EQ(found.mixed, 0U);
  EXPECT_GE(found.writes, 200U);
}

// Catches a verdict that takes the largest datagrams for whole because small ones are.
TEST(SmallWritesStayWhole, IfTheLargerOnesDoNot) {
  EXPECT_EQ(small_writes_stay_whole().answer().verdict, ClaimVerdict::confirmed);
  const Answer packets = small_writes_stay_whole([] {
                           PipeEnds ends = open_unix_channel(SOCK_SEQPACKET);
                           set_socket_option(ends.write.get(), SOL_SOCKET, SO_SNDBUF, 1 << 20);
                           return ends;
                         }).answer();
  EXPECT_NE(packets.verdict, ClaimVerdict::confirmed) << packets.finding;
}

}  // namespace
}  // namespace ipcbench
