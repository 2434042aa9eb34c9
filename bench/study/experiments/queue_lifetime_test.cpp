#include "bench/study/experiments/queue_lifetime.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>
#include <stdexcept>
#include <string>

#include "harness/base/fd.hpp"
#include "harness/cleanup/launch_directory.hpp"

namespace ipcbench {
namespace {

// A FIFO's name stays, but what is in it goes with the last process that has it open.
class Fifo final : public NamedQueue {
 public:
  void create() override {
    checked(mkfifo(path_.c_str(), S_IRUSR | S_IWUSR), "mkfifo");
    end_ = open_end();
  }
  void send(char letter) override { checked(write(end_.get(), &letter, 1), "write"); }
  bool exists() override { return access(path_.c_str(), F_OK) == 0; }
  std::optional<char> receive() override {
    const Fd end = open_end();
    char letter = 0;
    return read(end.get(), &letter, 1) == 1 ? std::optional(letter) : std::nullopt;
  }

 private:
  [[nodiscard]] Fd open_end() const { return Fd(open(path_.c_str(), O_RDWR | O_NONBLOCK)); }

  LaunchDirectory directory_;
  std::string path_ = directory_.path() + "/fifo";
  Fd end_;
};

// A queue in the memory of its creator alone.
class OwnMemory final : public NamedQueue {
 public:
  void create() override { exists_ = true; }
  void send(char letter) override { letter_ = letter; }
  bool exists() override { return exists_; }
  std::optional<char> receive() override { return letter_; }

 private:
  bool exists_ = false;
  std::optional<char> letter_;
};

class Refused final : public NamedQueue {
 public:
  void create() override { throw KernelError(ENOSPC, "raise the limit"); }
  void send(char) override {}
  bool exists() override { return false; }
  std::optional<char> receive() override { return std::nullopt; }
};

// Of a queue that cannot be made here the reason has to be told, and nothing is left to be looked at.
void expect_lasting(NamedQueue& queue) {
  QueueLifetime lifetime;
  try {
    lifetime = queue_lifetime(queue);
  } catch (const std::runtime_error& error) {
    GTEST_SKIP() << error.what();
  }
  EXPECT_TRUE(lifetime.outlived);
  EXPECT_TRUE(lifetime.message_kept);
}

TEST(QueueLifetime, SysvQueueOutlivesItsCreator) { expect_lasting(*make_named_sysv_queue()); }
TEST(QueueLifetime, PosixQueueOutlivesItsCreator) { expect_lasting(*make_named_posix_queue()); }

// The other ways: catches an experiment in which the creator has not gone, or this process had the queue
// open.
TEST(QueueLifetime, FifoLosesItsMessage) {
  Fifo fifo;
  const QueueLifetime lifetime = queue_lifetime(fifo);
  EXPECT_TRUE(lifetime.outlived);
  EXPECT_FALSE(lifetime.message_kept);
}
TEST(QueueLifetime, MemoryOfTheCreatorGoesWithIt) {
  OwnMemory memory;
  EXPECT_FALSE(queue_lifetime(memory).outlived);
}

TEST(QueueLifetime, PassesOnWhyThereIsNone) {
  Refused refused;
  try {
    queue_lifetime(refused);
    FAIL() << "no error";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("raise the limit"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace ipcbench
