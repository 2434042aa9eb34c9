// Receivers that read ahead, over pairs of sockets that a test fills by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <string_view>

#include "mechanisms/parts/datagram_batches.hpp"
#include "mechanisms/parts/stream_ends.hpp"

namespace ipcbench {
namespace {

struct Sockets {
  explicit Sockets(int type) {
    std::array<int, 2> fds{};
    checked(socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, fds.data()), "socketpair");
    out = Fd(fds[0]);
    in = Fd(fds[1]);
  }
  void put(std::string_view text) const { checked(send(out.get(), text.data(), text.size(), 0), "send"); }

  Fd out;
  Fd in;
};

LinkSpec batches_of_3() {
  return {.message_bytes = 4, .wait = Wait::spin, .directory = {}, .name = {}, .parameters = {}, .batch = 3};
}

// The next message as text; "": none yet.
template <class Receiver>
std::string next(Receiver& receiver) {
  const std::span<const std::byte> shown = receiver.peek(4);
  if (shown.data() == nullptr) return "";
  std::string text(reinterpret_cast<const char*>(shown.data()), shown.size());
  receiver.release();
  return text;
}

// Catches a message that is shown before all of it is there, one whose second part lands elsewhere, and bytes
// that are forgotten or shown twice when the buffer, three messages long, begins again.
TEST(BatchedStreamReceiver, ShowsWholeMessagesHoweverTheyArrive) {
  Sockets sockets(SOCK_STREAM);
  BatchedStreamReceiver receiver(std::move(sockets.in), batches_of_3());
  EXPECT_EQ(next(receiver), "");
  sockets.put("aaaabb");
  EXPECT_EQ(next(receiver), "aaaa");
  EXPECT_EQ(next(receiver), "");
  sockets.put("bbccccddddeeee");
  for (const char* expected : {"bbbb", "cccc", "dddd", "eeee", ""}) EXPECT_EQ(next(receiver), expected);
  sockets.out.reset();
  EXPECT_THROW(next(receiver), std::runtime_error);
}

// Catches a receiver that waits for a whole batch, loses what one call leaves behind, or takes a message of
// another length for one of its own.
TEST(BatchedDatagramReceiver, ShowsWhatHasArrivedOneByOne) {
  Sockets sockets(SOCK_SEQPACKET);
  BatchedDatagramReceiver receiver(std::move(sockets.in), batches_of_3());
  EXPECT_EQ(next(receiver), "");
  for (const char* message : {"aaaa", "bbbb", "cccc", "dddd"}) sockets.put(message);
  for (const char* expected : {"aaaa", "bbbb", "cccc", "dddd", ""}) EXPECT_EQ(next(receiver), expected);
  sockets.put("eeee");
  sockets.put("too long");
  EXPECT_EQ(next(receiver), "eeee");
  EXPECT_THROW(next(receiver), std::runtime_error);
  sockets.out.reset();
}

TEST(BatchedDatagramReceiver, SeesThatThePeerIsGone) {
  Sockets sockets(SOCK_SEQPACKET);
  BatchedDatagramReceiver receiver(std::move(sockets.in), batches_of_3());
  sockets.put("aaaa");
  sockets.out.reset();
  EXPECT_EQ(next(receiver), "aaaa");
  EXPECT_THROW(next(receiver), std::runtime_error);
}

}  // namespace
}  // namespace ipcbench
