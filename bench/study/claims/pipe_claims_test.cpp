// Each experiment on a channel that behaves like a pipe and on one that does not, and the judgement of every
// possible evidence.
#include "bench/study/claims/pipe_claims.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/socket.h>

namespace ipcbench {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A regular file without a name. Each end has its own offset; a reader finds the end of the file where
// nothing has been written yet.
PipeEnds open_file_channel() {
  Fd write(checked(memfd_create("ipcbench-file", MFD_CLOEXEC), "memfd_create"));
  const std::string path = fmt::format("/proc/self/fd/{}", write.get());
  return {Fd(checked(open(path.c_str(), O_RDONLY | O_CLOEXEC), "open")), std::move(write)};
}

std::vector<std::string> outcomes(const PipeSituations& found) {
  std::vector<std::string> texts;
  for (const Situation& situation : found.situations) texts.push_back(describe(situation.attempt));
  return texts;
}

TEST(PipeSituations, APipeIsAsInTextbooks) {
  const PipeSituations found = pipe_situations();
  EXPECT_LT(found.capacity_bytes, std::size_t{16} << 20);
  EXPECT_THAT(outcomes(found),
              ElementsAre("was blocked", "failed with EAGAIN", "was blocked", "failed with EAGAIN",
                          "returned 0", "failed with EPIPE", "was killed by SIGPIPE"));
  EXPECT_EQ(describe(found.read_rest), "returned 3");
}

// A regular file is never full, is at its end where a pipe is empty, and needs no reader. Catches answers
// that do not come from trying.
TEST(PipeSituations, AFileIsNot) {
  const PipeSituations found = pipe_situations(open_file_channel);
  EXPECT_EQ(found.capacity_bytes, std::size_t{16} << 20);
  EXPECT_THAT(outcomes(found), ElementsAre("returned 1", "returned 1", "returned 0", "returned 0",
                                           "returned 0", "returned 1", "returned 1"));
}

// A pipe has 16 buffers of a page (unless the user has used up fs.pipe-user-pages-soft). 15 writes of a page
// and a byte would need 30 buffers, so fewer fit than their bytes suggest.
TEST(CapacityByWriteSize, CountsWholeWrites) {
  const std::array<std::size_t, 3> sizes{1, 4096, 4097};
  const auto pipe = capacity_by_write_size(sizes);
  ASSERT_EQ(pipe.size(), 3U);
  for (const CapacityAt& at : pipe) {
    EXPECT_TRUE(at.fills_up);
    EXPECT_EQ(at.writes, at.bytes / at.write_bytes);
  }
  EXPECT_EQ(pipe[0].bytes, pipe[1].bytes);
  EXPECT_FALSE(capacity_by_write_size(std::array<std::size_t, 1>{4096}, open_file_channel)[0].fills_up);
}

// Catches a reader that takes the boundary between two reads, or between two writes of one process, for a
// mixture, and a reader that never sees one.
TEST(ConcurrentWriters, MixAboveTheLimitOnly) {
  const ConcurrentWriters small = concurrent_writers(512, make_pipe, 1000, std::chrono::seconds(20));
  EXPECT_EQ(small.mixed, 0U);
  EXPECT_GE(small.writes, 1000U);
  EXPECT_EQ(concurrent_writers(4096).mixed, 0U);
  EXPECT_GT(concurrent_writers(4097, make_pipe, UINT64_MAX, std::chrono::seconds(20)).mixed, 0U);
}

TEST(ConcurrentWriters, DatagramsOfAnySizeStayWhole) {
  const auto open = [] { return open_unix_channel(SOCK_DGRAM); };
  const ConcurrentWriters found = concurrent_writers(32768, open, 200, std::chrono::seconds(20));
  EXPECT_EQ(found.mixed, 0U);
  EXPECT_GE(found.writes, 200U);
}

TEST(JudgePipeCapacity, DependsOnTheSizeOfTheWrites) {
  const CapacityAt full{.write_bytes = 4096, .writes = 16, .bytes = 65536, .fills_up = true};
  const CapacityAt half{.write_bytes = 2049, .writes = 16, .bytes = 32784, .fills_up = true};
  const CapacityAt endless{.write_bytes = 64, .writes = 262144, .bytes = 65536, .fills_up = false};
  EXPECT_EQ(judge_pipe_capacity(std::array{full}).verdict, ClaimVerdict::confirmed);
  EXPECT_EQ(judge_pipe_capacity(std::array{half}).verdict, ClaimVerdict::refuted);
  EXPECT_EQ(judge_pipe_capacity(std::array{endless}).verdict, ClaimVerdict::refuted);
  const Answer both = judge_pipe_capacity(std::array{half, full});
  EXPECT_EQ(both.verdict, ClaimVerdict::depends);
  EXPECT_THAT(both.finding, HasSubstr("65536 B in writes of 4096 B; 32784 B in writes of 2049 B"))
      << both.finding;
}

// PIPE_BUF itself is still a small write. Catches an off-by-one error.
TEST(JudgeConcurrentWriters, TellsSmallFromLarge) {
  const ConcurrentWriters whole{.write_bytes = 4096, .writers = 4, .writes = 1000, .mixed = 0};
  const ConcurrentWriters torn{.write_bytes = 4096, .writers = 4, .writes = 1000, .mixed = 1};
  const ConcurrentWriters large_whole{.write_bytes = 4097, .writers = 4, .writes = 1000, .mixed = 0};
  const ConcurrentWriters large_torn{.write_bytes = 4097, .writers = 4, .writes = 1000, .mixed = 1};
  EXPECT_EQ(judge_concurrent_writers(std::array{whole, large_torn}).verdict, ClaimVerdict::confirmed);
  EXPECT_EQ(judge_concurrent_writers(std::array{torn, large_torn}).verdict, ClaimVerdict::refuted);
  EXPECT_EQ(judge_concurrent_writers(std::array{whole, large_whole}).verdict, ClaimVerdict::depends);
}

PipeSituations with_outcomes(Attempt attempt, std::initializer_list<std::string_view> expected) {
  PipeSituations found;
  for (const std::string_view text : expected) found.situations.push_back({"the call", attempt, text});
  return found;
}

TEST(JudgePipeSituations, NamesWhatIsOtherwise) {
  const Attempt blocked{.how = Attempt::How::blocked};
  EXPECT_EQ(judge_pipe_situations(with_outcomes(blocked, {"was blocked", "was blocked"})).verdict,
            ClaimVerdict::confirmed);
  EXPECT_EQ(judge_pipe_situations(with_outcomes(blocked, {"returned 0", "failed with EPIPE"})).verdict,
            ClaimVerdict::refuted);
  const Answer answer = judge_pipe_situations(with_outcomes(blocked, {"was blocked", "returned 0"}));
  EXPECT_EQ(answer.verdict, ClaimVerdict::depends);
  EXPECT_EQ(answer.finding, "on the situation; the call: it was blocked");
}

TEST(JudgePipeSituations, TellsAFileFromAPipe) {
  EXPECT_EQ(judge_pipe_situations(pipe_situations()).verdict, ClaimVerdict::confirmed);
  EXPECT_NE(judge_pipe_situations(pipe_situations(open_file_channel)).verdict, ClaimVerdict::confirmed);
}

}  // namespace
}  // namespace ipcbench
