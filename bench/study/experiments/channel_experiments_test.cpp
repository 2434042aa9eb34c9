// The experiments on channels, each on one that behaves as a pipe should and one that does not.
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <csignal>

#include "bench/study/experiments/concurrent_writers.hpp"
#include "bench/study/experiments/datagram_delivery.hpp"
#include "bench/study/experiments/fifo_opening.hpp"
#include "bench/study/experiments/pipe_capacity.hpp"
#include "bench/study/experiments/pipe_situations.hpp"
#include "harness/cleanup/launch_directory.hpp"

namespace ipcbench {
namespace {

using How = Attempt::How;

TEST(PipeSituations, OfAPipe) {
  const PipeSituations found = pipe_situations();
  EXPECT_TRUE(found.fills_up);
  EXPECT_EQ(found.write_when_full.how, How::blocked);
  EXPECT_EQ(found.write_when_full_nonblocking.error, EAGAIN);
  EXPECT_EQ(found.read_when_empty.how, How::blocked);
  EXPECT_EQ(found.read_when_empty_nonblocking.error, EAGAIN);
  EXPECT_EQ(found.read_rest_without_writer.value, 3);
  EXPECT_EQ(describe(found.read_without_writer), "returned 0");
  EXPECT_EQ(found.write_without_reader.error, EPIPE);
  EXPECT_EQ(found.write_without_reader_default.signal, SIGPIPE);
}

// A regular file is never full, is at its end where a pipe is empty, and does not mind a missing reader:
// catches answers that do not come from trying.
TEST(PipeSituations, OfAFileAreOthers) {
  const PipeSituations found = pipe_situations(open_file_channel);
  EXPECT_FALSE(found.fills_up);
  EXPECT_EQ(found.write_when_full.value, 1);
  EXPECT_EQ(describe(found.read_when_empty), "returned 0");
  EXPECT_EQ(describe(found.write_without_reader), "returned 1");
  EXPECT_EQ(describe(found.write_without_reader_default), "returned 1");
}

// A pipe has 16 buffers of a page (if the user has not used up fs.pipe-user-pages-soft): 15 writes of a page
// and a byte would need 30 of them, so fewer fit than by their bytes.
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

// Catches a reader that takes the border of two reads, or of two writes of one process, for a mixture; and
// one that sees none at all.
TEST(ConcurrentWriters, MixAboveTheLimitOnly) {
  const ConcurrentWriters small = concurrent_writers(512, open_pipe_channel, 1000, std::chrono::seconds(20));
  EXPECT_EQ(small.mixed, 0U);
  EXPECT_GE(small.writes, 1000U);
  EXPECT_EQ(concurrent_writers(4096).mixed, 0U);
  EXPECT_GT(concurrent_writers(4097, open_pipe_channel, UINT64_MAX, std::chrono::seconds(20)).mixed, 0U);
}

TEST(ConcurrentWriters, DatagramsOfAnySizeStayWhole) {
  const auto open = [] { return open_unix_channel(SOCK_DGRAM); };
  const ConcurrentWriters found = concurrent_writers(32768, open, 200, std::chrono::seconds(20));
  EXPECT_EQ(found.mixed, 0U);
  EXPECT_GE(found.writes, 200U);
}

TEST(FifoOpening, OfAFifo) {
  const FifoOpening found = fifo_opening();
  EXPECT_EQ(found.read_only.how, How::blocked);
  EXPECT_EQ(found.write_only.how, How::blocked);
  EXPECT_EQ(found.read_nonblocking.how, How::returned);
  EXPECT_EQ(found.write_nonblocking.error, ENXIO);
  EXPECT_EQ(found.read_write.how, How::returned);
  EXPECT_EQ(found.write_with_reader.how, How::returned);
}

TEST(FifoOpening, OfAFileIsAnother) {
  const LaunchDirectory directory;
  const std::string path = directory.path() + "/file";
  close(open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  const FifoOpening found = opening_of(path);
  EXPECT_EQ(found.read_only.how, How::returned);
  EXPECT_EQ(found.write_only.how, How::returned);
  EXPECT_EQ(found.write_nonblocking.how, How::returned);
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

}  // namespace
}  // namespace ipcbench
