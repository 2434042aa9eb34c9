#include "harness/loops/batched_transfer.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace ipcbench {
namespace {

// Keeps `most` bytes and logs its verbs: l(oan), c(ommit), f(lush), p(ark), u(npark).
class KeepingSender {
 public:
  explicit KeepingSender(std::size_t most) : most_(most) {}
  std::span<std::byte> loan(std::size_t n) {
    log += 'l';
    if (kept_ + n > most_) return {};
    return std::span(buffer_).subspan(kept_, n);
  }
  bool commit(std::size_t n) {
    log += 'c';
    kept_ += n;
    return true;
  }
  bool flush() {
    log += 'f';
    if (refuse_flush-- > 0) return false;
    kept_ = 0;
    return true;
  }
  void park() { log += 'p'; }
  void unpark_peer() { log += 'u'; }

  std::string log;
  int refuse_flush = 0;

 private:
  std::array<std::byte, 16> buffer_{};
  std::size_t most_;
  std::size_t kept_ = 0;
};
// Nobody receives here.
struct NoReceiver {
  std::span<const std::byte> peek(std::size_t) { return {}; }
  void release() {}
};
using KeepingTransfer = BatchedTransfer<Wait::block, KeepingSender, NoReceiver>;

// Catches a batch that is one message too long or too short, a peer that is woken for each message, a batch
// that is given up when it is refused, and one that the end of a phase leaves behind.
TEST(Batch, IsHandedOverWhenItIsFullAndAtTheEnd) {
  KeepingSender sender(16);
  KeepingTransfer transfer(&sender, nullptr, 4, Waiter<Wait::block>(false), 3);
  for (int i = 0; i < 4; ++i) transfer.send<Payload::copy>();
  EXPECT_EQ(sender.log, "lclclcfulc");
  sender.log.clear();
  sender.refuse_flush = 1;
  transfer.hand_over();
  EXPECT_EQ(sender.log, "fpfu");
  sender.log.clear();
  for (int i = 0; i < 3; ++i) transfer.send_copied();  // the next batch begins from nothing
  EXPECT_EQ(sender.log, "lclclcfu");
}

// Catches a sender that sleeps until there is room, while what it keeps is what the peer waits for.
TEST(Batch, EndsBeforeItsSenderWaitsForRoom) {
  KeepingSender sender(8);
  KeepingTransfer transfer(&sender, nullptr, 4, Waiter<Wait::block>(false), 3);
  for (int i = 0; i < 5; ++i) transfer.send<Payload::copy>();
  EXPECT_EQ(sender.log,
            "lclc"
            "lfulclc"
            "lfulc");
}

}  // namespace
}  // namespace ipcbench
