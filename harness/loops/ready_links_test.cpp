#include "harness/loops/ready_links.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <vector>

#include "harness/base/fd.hpp"

namespace ipcbench {
namespace {

class ReadyLinksTest : public ::testing::TestWithParam<Wait> {
 protected:
  void write_to(std::size_t link) { ASSERT_EQ(write_all(pipes_[link].write.get(), "x"), 0); }
  void read_from(std::size_t link) {
    char byte = 0;
    ASSERT_EQ(read(pipes_[link].read.get(), &byte, 1), 1);
  }
  std::size_t next() { return ready_.next(); }

 private:
  std::array<PipeEnds, 3> pipes_{make_pipe(), make_pipe(), make_pipe()};
  std::array<int, 3> descriptors_{pipes_[0].read.get(), pipes_[1].read.get(), pipes_[2].read.get()};
  ReadyLinks ready_{GetParam(), descriptors_};
};

// Catches an event loop that asks again after each message, and so serves the first of its links only.
TEST_P(ReadyLinksTest, EachThatIsReadyGetsItsTurn) {
  write_to(0);
  write_to(0);
  write_to(2);
  EXPECT_EQ(next(), 0U);
  read_from(0);
  EXPECT_EQ(next(), 2U);
  read_from(2);
  EXPECT_EQ(next(), 0U);  // still readable
  read_from(0);
  write_to(1);
  EXPECT_EQ(next(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Every, ReadyLinksTest, ::testing::Values(Wait::poll, Wait::epoll),
                         [](const auto& by) { return std::string(name_of(by.param)); });

}  // namespace
}  // namespace ipcbench
