// What the experiments may find, judged: as on Linux, and otherwise.
#include "bench/study/claims/experiment_claims.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

namespace ipcbench {
namespace {

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

TEST(JudgePipeCapacity, DependsOnTheSizeOfTheWrites) {
  const CapacityAt full{.write_bytes = 4096, .writes = 16, .bytes = 65536, .fills_up = true};
  const CapacityAt half{.write_bytes = 2049, .writes = 16, .bytes = 32784, .fills_up = true};
  const CapacityAt endless{.write_bytes = 64, .writes = 262144, .bytes = 65536, .fills_up = false};
  EXPECT_EQ(judge_pipe_capacity(std::array{full}).verdict, ClaimVerdict::confirmed);
  EXPECT_EQ(judge_pipe_capacity(std::array{half}).verdict, ClaimVerdict::refuted);
  EXPECT_EQ(judge_pipe_capacity(std::array{endless}).verdict, ClaimVerdict::refuted);
  const Answer both = judge_pipe_capacity(std::array{half, full});
  EXPECT_EQ(both.verdict, ClaimVerdict::depends);
  EXPECT_TRUE(contains(both.finding, "65536 B in writes of 4096 B; 32784 B in writes of 2049 B"))
      << both.finding;
}

// PIPE_BUF itself is still a small write: catches an edge that is off by one.
TEST(JudgeConcurrentWriters, TellsSmallFromLarge) {
  const ConcurrentWriters whole{.write_bytes = 4096, .writers = 4, .writes = 1000, .mixed = 0};
  const ConcurrentWriters torn{.write_bytes = 4096, .writers = 4, .writes = 1000, .mixed = 1};
  const ConcurrentWriters large_whole{.write_bytes = 4097, .writers = 4, .writes = 1000, .mixed = 0};
  const ConcurrentWriters large_torn{.write_bytes = 4097, .writers = 4, .writes = 1000, .mixed = 1};
  EXPECT_EQ(judge_concurrent_writers(std::array{whole, large_torn}).verdict, ClaimVerdict::confirmed);
  EXPECT_EQ(judge_concurrent_writers(std::array{torn, large_torn}).verdict, ClaimVerdict::refuted);
  EXPECT_EQ(judge_concurrent_writers(std::array{whole, large_whole}).verdict, ClaimVerdict::depends);
}

Attempt failed(int error) { return {.how = Attempt::How::failed, .error = error}; }
Attempt blocked() { return {.how = Attempt::How::blocked}; }

PipeSituations as_in_textbooks() {
  PipeSituations situations;
  situations.capacity_bytes = 65536;
  situations.write_when_full = blocked();
  situations.write_when_full_nonblocking = failed(EAGAIN);
  situations.read_when_empty = blocked();
  situations.read_when_empty_nonblocking = failed(EAGAIN);
  situations.read_without_writer = {.how = Attempt::How::returned, .value = 0};
  situations.write_without_reader = failed(EPIPE);
  situations.write_without_reader_default = {.how = Attempt::How::killed, .signal = SIGPIPE};
  return situations;
}

TEST(JudgePipeSituations, NamesWhatIsOtherwise) {
  PipeSituations situations = as_in_textbooks();
  EXPECT_EQ(judge_pipe_situations(situations).verdict, ClaimVerdict::confirmed);
  situations.read_without_writer = blocked();
  const Answer answer = judge_pipe_situations(situations);
  EXPECT_EQ(answer.verdict, ClaimVerdict::depends);
  EXPECT_TRUE(contains(answer.finding, "all writers have gone was blocked")) << answer.finding;
  // Every call returns 1: nothing is as it should be.
  const Attempt one{.how = Attempt::How::returned, .value = 1};
  const PipeSituations none{.write_when_full = one,
                            .write_when_full_nonblocking = one,
                            .read_when_empty = one,
                            .read_when_empty_nonblocking = one,
                            .read_rest_without_writer = one,
                            .read_without_writer = one,
                            .write_without_reader = one,
                            .write_without_reader_default = one};
  EXPECT_EQ(judge_pipe_situations(none).verdict, ClaimVerdict::refuted);
}

// And the same of a regular file, which is never full and whose end is no wait.
TEST(JudgePipeSituations, TellsAFileFromAPipe) {
  EXPECT_EQ(judge_pipe_situations(pipe_situations()).verdict, ClaimVerdict::confirmed);
  EXPECT_NE(judge_pipe_situations(pipe_situations(open_file_channel)).verdict, ClaimVerdict::confirmed);
}

TEST(JudgeShmRemoval, ConfirmsOnlyIfNeitherWayLeadsBack) {
  EXPECT_EQ(judge_shm_removal({.attach_again = EIDRM, .attach_elsewhere = EIDRM}).verdict,
            ClaimVerdict::confirmed);
  EXPECT_EQ(judge_shm_removal({.look_up = ENOENT, .is_the_same = true}).verdict, ClaimVerdict::refuted);
  EXPECT_EQ(judge_shm_removal(shm_removal(*make_posix_segment())).verdict, ClaimVerdict::confirmed);
}

TEST(JudgeSegmentPages, TellsPromisedFromAccessible) {
  SegmentPages pages{.asked_bytes = 4097,
                     .reported_bytes = 4097,
                     .page_bytes = 4096,
                     .accessible_bytes = 8192,
                     .rest_is_shared = true};
  EXPECT_EQ(judge_segment_pages(pages).verdict, ClaimVerdict::depends);
  pages.accessible_bytes = 16384;
  EXPECT_EQ(judge_segment_pages(pages).verdict, ClaimVerdict::refuted);
  pages = {.asked_bytes = 8192,
           .reported_bytes = 8192,
           .page_bytes = 4096,
           .accessible_bytes = 8192,
           .rest_is_shared = false};
  EXPECT_EQ(judge_segment_pages(pages).verdict, ClaimVerdict::confirmed);
}

TEST(JudgePrivateMapping, TellsPrivateFromShared) {
  EXPECT_EQ(judge_private_mapping({}).verdict, ClaimVerdict::confirmed);
  EXPECT_EQ(judge_private_mapping({.other_page_sees_others = true}).verdict, ClaimVerdict::depends);
  EXPECT_EQ(judge_private_mapping({.own_write_seen_by_others = true}).verdict, ClaimVerdict::refuted);
  EXPECT_EQ(judge_private_mapping({.sees_others_after_writing = true}).verdict, ClaimVerdict::refuted);
}

TEST(JudgeFtok, DependsOnTheFileSystem) {
  const FtokOfRecreatedFile other{.file_system = "tmpfs", .tries = 16, .other_inode = 16, .other_key = 16};
  const FtokOfRecreatedFile same{.file_system = "ext4", .tries = 16, .other_inode = 0, .other_key = 0};
  EXPECT_EQ(judge_ftok({.done = {{"/a", other}}, .refused = {}}).verdict, ClaimVerdict::confirmed);
  EXPECT_EQ(judge_ftok({.done = {{"/a", same}}, .refused = {}}).verdict, ClaimVerdict::refuted);
  EXPECT_EQ(judge_ftok({.done = {{"/a", same}, {"/b", other}}, .refused = {}}).verdict,
            ClaimVerdict::depends);
  EXPECT_EQ(judge_ftok({.done = {}, .refused = {{"/a", "read-only"}}}).verdict, ClaimVerdict::untested);
}

TEST(JudgeSemUndo, IsAboutTheDifferenceThatItMakes) {
  const auto freed = AfterCrash::freed;
  const auto held = AfterCrash::held_for_ever;
  EXPECT_EQ(judge_sem_undo(freed, held, {}).verdict, ClaimVerdict::confirmed);
  EXPECT_EQ(judge_sem_undo(held, held, {}).verdict, ClaimVerdict::refuted);
  EXPECT_EQ(judge_sem_undo(freed, freed, {}).verdict, ClaimVerdict::depends);
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

// A kind that cannot be made here is no evidence for or against: catches one that counts as gone.
TEST(JudgeQueueLifetime, JudgesWhatCouldBeTried) {
  const QueueLifetime lasting{.outlived = true, .message_kept = true};
  const QueueLifetime emptied{.outlived = true, .message_kept = false};
  EXPECT_EQ(judge_queue_lifetime({.done = {{"a", lasting}, {"b", lasting}}, .refused = {}}).verdict,
            ClaimVerdict::confirmed);
  EXPECT_EQ(judge_queue_lifetime({.done = {{"a", emptied}}, .refused = {}}).verdict, ClaimVerdict::refuted);
  EXPECT_EQ(judge_queue_lifetime({.done = {{"a", lasting}, {"b", emptied}}, .refused = {}}).verdict,
            ClaimVerdict::depends);
  EXPECT_EQ(judge_queue_lifetime({.done = {{"a", lasting}}, .refused = {{"b", "limit"}}}).verdict,
            ClaimVerdict::confirmed);
  const Answer none = judge_queue_lifetime({.done = {}, .refused = {{"a", "raise x"}, {"b", "raise y"}}});
  EXPECT_EQ(none.verdict, ClaimVerdict::untested);
  EXPECT_EQ(none.finding, "a: raise x; b: raise y");
}

TEST(JudgeQueueOrder, TellsTheKinds) {
  const QueuePriorities by_rank{.sent = "abcd", .received = "bdca", .by_rank = true};
  const QueuePriorities in_order{.sent = "abcd", .received = "abcd", .in_order = true};
  const QueueSelection none;
  const QueueSelection by_type{
      .selects = true, .sent = "abcd", .of_type_2 = "bd", .rest = "ac", .lowest_first = "abdc"};
  EXPECT_EQ(judge_queue_order(by_rank, in_order, by_type).verdict, ClaimVerdict::depends);
  EXPECT_EQ(judge_queue_order(by_rank, by_rank, none).verdict, ClaimVerdict::confirmed);
  EXPECT_EQ(judge_queue_order(in_order, in_order, none).verdict, ClaimVerdict::refuted);
  EXPECT_EQ(judge_queue_order(in_order, in_order, by_type).verdict, ClaimVerdict::depends);
}

TEST(JudgeSemaphorePayload, FindsTheNumberThatCameThrough) {
  EXPECT_EQ(judge_semaphore_payload({.done = {{"a", {7, 7}}}, .refused = {}}).verdict, ClaimVerdict::depends);
  EXPECT_EQ(judge_semaphore_payload({.done = {{"a", {7, 1}}}, .refused = {}}).verdict,
            ClaimVerdict::confirmed);
  EXPECT_EQ(judge_semaphore_payload({.done = {}, .refused = {{"a", "limit"}}}).verdict,
            ClaimVerdict::untested);
}

}  // namespace
}  // namespace ipcbench
