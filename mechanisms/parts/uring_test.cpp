// Byte streams through an io_uring: what the kernel moves in parts, what arrives after the buffers have run
// out, and whose CPU time a poller is.
#include "mechanisms/parts/uring.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <chrono>
#include <cstring>
#include <thread>
#include <vector>

#include "mechanisms/parts/uring_available.hpp"
#include "mechanisms/parts/uring_stream_ends.hpp"

namespace ipcbench {
namespace {

using ::testing::HasSubstr;

constexpr std::size_t kMessageBytes = 200'000;  // more than a UNIX socket holds

LinkSpec spec_with(Settings parameters, Wait wait = Wait::spin) {
  return {.message_bytes = kMessageBytes,
          .wait = wait,
          .directory = {},
          .name = {},
          .parameters = std::move(parameters),
          .one_process = true};
}

// The two ends of a connection, one through an io_uring and one plain.
class UringSocket : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const auto reason = uring_available({IORING_OP_SEND, IORING_OP_RECV}, "5.6")) GTEST_SKIP() << *reason;
    connect_both();
  }
  void connect_both() {
    std::array<int, 2> fds{};
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds.data()), 0);
    ours_ = Fd(fds[0]);
    plain_ = Fd(fds[1]);
  }

  // The i-th byte of everything that is sent.
  static std::byte byte_at(std::size_t i) { return static_cast<std::byte>(i * 7 + i / 251); }
  void write_plain(std::size_t from, std::size_t bytes) const {
    std::vector<std::byte> sent(bytes);
    for (std::size_t i = 0; i < bytes; ++i) sent[i] = byte_at(from + i);
    ASSERT_EQ(write(plain_.get(), sent.data(), bytes), static_cast<ssize_t>(bytes));
  }

  Fd ours_;
  Fd plain_;
};

// Catches a message that is cut, or in parts sent twice, where the socket takes less than all of it.
TEST_F(UringSocket, SendsAllOfWhatTheKernelTakesInParts) {
  for (const std::uint64_t registered : {0U, 1U}) {
    UringSender sender(duplicate(ours_), spec_with({{"registered", registered}}), UringStream::socket);
    const std::span<std::byte> room = sender.loan(kMessageBytes);
    for (std::size_t i = 0; i < room.size(); ++i) room[i] = byte_at(i);
    std::vector<std::byte> got;
    std::array<std::byte, 4096> part{};
    bool sent = false;
    while (got.size() < kMessageBytes) {
      if (!sent) sent = sender.commit(kMessageBytes);
      const ssize_t bytes = recv(plain_.get(), part.data(), part.size(), MSG_DONTWAIT);
      if (bytes > 0) got.insert(got.end(), part.begin(), part.begin() + bytes);
    }
    while (!sent) sent = sender.commit(kMessageBytes);
    EXPECT_LT(recv(plain_.get(), part.data(), part.size(), MSG_DONTWAIT), 0) << "more than was sent";
    for (std::size_t i = 0; i < kMessageBytes; ++i) ASSERT_EQ(got[i], byte_at(i)) << i;
  }
}

// Catches a message that is shown before all of it has come.
TEST_F(UringSocket, ShowsAMessageWhenAllOfItIsThere) {
  for (const std::uint64_t registered : {0U, 1U}) {
    UringReceiver receiver(duplicate(ours_), spec_with({{"registered", registered}}), UringStream::socket);
    EXPECT_EQ(receiver.peek(1000).data(), nullptr);
    write_plain(0, 999);
    for (int i = 0; i < 100; ++i) EXPECT_EQ(receiver.peek(1000).data(), nullptr);
    write_plain(999, 1);
    std::span<const std::byte> message;
    while (message.data() == nullptr) message = receiver.peek(1000);
    ASSERT_EQ(message.size(), 1000U);
    for (std::size_t i = 0; i < message.size(); ++i) EXPECT_EQ(message[i], byte_at(i)) << i;
    receiver.release();
  }
}

// Catches bytes that are lost, doubled or overwritten where more arrives than all provided buffers hold, so
// that the kernel ends the request; and a buffer that is given back while it is being read.
TEST_F(UringSocket, MultishotGoesOnWhenItsBuffersHaveRunOut) {
  LinkSpec spec = spec_with({{"multishot", 1}});
  spec.message_bytes = 1000;  // 16 buffers of 4 KiB
  UringReceiver receiver(duplicate(ours_), spec, UringStream::socket);
  EXPECT_EQ(receiver.peek(1000).data(), nullptr);
  std::size_t written = 0;
  std::size_t read = 0;
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < 20; ++i, written += 5'000) write_plain(written, 5'000);
    while (read < written) {
      const std::span<const std::byte> piece = receiver.peek(1000);
      if (piece.data() == nullptr) continue;
      ASSERT_LE(piece.size(), 1000U);
      for (const std::byte& each : piece) ASSERT_EQ(each, byte_at(read++));
      receiver.release();
    }
    EXPECT_EQ(receiver.peek(1000).data(), nullptr);
  }
}

// Catches an end that sleeps until more arrives although it has something to show.
TEST_F(UringSocket, MultishotDoesNotSleepOnWhatIsLeft) {
  UringReceiver receiver(duplicate(ours_), spec_with({{"multishot", 1}}, Wait::poll), UringStream::socket);
  write_plain(0, 20);
  for (std::size_t read = 0; read < 20; read += 10) {
    std::span<const std::byte> half;
    while (half.data() == nullptr) {
      receiver.park();
      half = receiver.peek(10);
    }
    ASSERT_EQ(half.size(), 10U);
    EXPECT_EQ(half[0], byte_at(read));
    receiver.release();
  }
}

// Catches a peer's end that is taken for an empty message, or waited for without end.
TEST_F(UringSocket, SaysThatTheOtherEndIsGone) {
  for (const std::uint64_t multishot : {0U, 1U}) {
    connect_both();
    UringReceiver receiver(duplicate(ours_), spec_with({{"multishot", multishot}}), UringStream::socket);
    EXPECT_EQ(receiver.peek(10).data(), nullptr);
    plain_.reset();
    const auto waits = [&] {
      const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
      while (std::chrono::steady_clock::now() < deadline) receiver.peek(10);
    };
    EXPECT_THAT(waits, ::testing::ThrowsMessage<std::runtime_error>(HasSubstr("the other end is gone")));
  }
}

// Catches a request that outlives its end and takes bytes that were for another.
TEST_F(UringSocket, LeavesNoRequestBehind) {
  for (const std::uint64_t multishot : {0U, 1U}) {
    {
      UringReceiver receiver(duplicate(ours_), spec_with({{"multishot", multishot}}), UringStream::socket);
      EXPECT_EQ(receiver.peek(10).data(), nullptr);
    }
    write_plain(0, 10);
    std::array<std::byte, 20> got{};
    EXPECT_EQ(recv(ours_.get(), got.data(), got.size(), 0), 10);
  }
}

// Catches a poller that is not found, and one whose CPU time is not seen: it spins for a second after a
// submission, while this thread sleeps.
TEST_F(UringSocket, KnowsTheCpuTimeOfItsPoller) {
  const LinkSpec spec = spec_with({{"sqpoll", 1}});
  auto [sender, receiver] = uring_socket_ends(duplicate(ours_), spec);
  EXPECT_EQ(receiver.peek(1).data(), nullptr);
  const auto send_one = [this, &sender = sender] {
    sender.loan(1)[0] = std::byte{1};
    while (!sender.commit(1)) std::this_thread::yield();
    std::byte taken{};
    EXPECT_EQ(recv(plain_.get(), &taken, 1, 0), 1);
  };
  send_one();
  const std::uint64_t before_ns = sender.helper_cpu_ns();
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (sender.helper_cpu_ns() < before_ns + 1'000'000 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    send_one();
  }
  EXPECT_GE(sender.helper_cpu_ns(), before_ns + 1'000'000);
  EXPECT_EQ(receiver.helper_cpu_ns(), 0U) << "the poller of both ends counts twice";
}

// Catches a remedy that does not help: a sysctl is not what a container's filter needs.
TEST(UringAvailable, NamesTheRemedy) {
  EXPECT_THAT(uring_refusal(EPERM, "io_uring_setup", "2"), HasSubstr("kernel.io_uring_disabled"));
  EXPECT_THAT(uring_refusal(EPERM, "io_uring_setup", "1"), HasSubstr("kernel.io_uring_disabled"));
  EXPECT_THAT(uring_refusal(EPERM, "io_uring_setup", "0"), HasSubstr("seccomp"));
  EXPECT_THAT(uring_refusal(EPERM, "io_uring_enter", ""), HasSubstr("seccomp"));
  EXPECT_THAT(uring_refusal(ENOSYS, "io_uring_setup", ""), HasSubstr("kernel"));
  EXPECT_THAT(uring_refusal(ENOMEM, "io_uring_setup", ""), HasSubstr("ulimit -l"));
}

TEST(UringAvailable, MissesAnOperationThatNoKernelHas) {
  if (uring_available({}, "5.6")) GTEST_SKIP();
  const auto reason = uring_available({IORING_OP_NOP, 255}, "9.9");
  ASSERT_TRUE(reason.has_value());
  EXPECT_THAT(*reason, HasSubstr("9.9"));
}

}  // namespace
}  // namespace ipcbench
