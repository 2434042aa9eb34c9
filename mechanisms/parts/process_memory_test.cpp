// Copies between processes, and the slots that they go from and to.
#include "mechanisms/parts/process_memory.hpp"

#include <gtest/gtest.h>

#include <cerrno>

namespace ipcbench {
namespace {

SlotLayout layout_for(std::size_t message_bytes, Settings parameters = {}) {
  LinkSpec spec;
  spec.message_bytes = message_bytes;
  spec.parameters = std::move(parameters);
  return SlotLayout::of(spec);
}

// Catches slots that are not a power of two, for which the ring of lengths has no room, and too few to let
// both ends work at once: 64 KiB of 100 bytes are 655 messages, and of 3000 bytes 21.
TEST(SlotLayout, HoldsSixtyFourKiBOrTwoMessages) {
  EXPECT_EQ(layout_for(100).slots, 256U);
  EXPECT_EQ(layout_for(3'000).slots, 32U);
  EXPECT_EQ(layout_for(4'096).slots, 16U);
  EXPECT_EQ(layout_for(1 << 20).slots, 2U);
  EXPECT_EQ(layout_for(64, {{"vm_slots", 5}}).slots, 8U);
  EXPECT_EQ(layout_for(64, {{"vm_slots", 1}}).slots, 1U);
}

// Catches slots that overlap, and a message that goes beyond the last one.
TEST(SlotLayout, TakesTheSlotsInTurn) {
  const SlotLayout four = layout_for(65, {{"vm_slots", 4}});
  EXPECT_EQ(four.offset(0), 0U);
  EXPECT_EQ(four.offset(1), 128U);
  EXPECT_EQ(four.offset(3), 384U);
  EXPECT_EQ(four.offset(4), 0U);
  EXPECT_EQ(four.offset(7), 384U);
  EXPECT_EQ(four.bytes(), 512U);
}

// Two pages, of which the second cannot be read.
class HalfReadable {
 public:
  HalfReadable() : memory_(2 * page_bytes(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS) {
    checked(mprotect(first() + page_bytes(), page_bytes(), PROT_NONE), "mprotect");
  }
  [[nodiscard]] std::byte* first() const { return static_cast<std::byte*>(memory_.data()); }

 private:
  Mapping memory_;
};

int error_of_reading(const std::byte* from, std::size_t bytes, pid_t pid = getpid()) {
  std::vector<std::byte> here(bytes);
  try {
    copy_whole(process_vm_readv, "process_vm_readv", pid, here.data(), reinterpret_cast<std::uintptr_t>(from),
               bytes);
    return 0;
  } catch (const KernelError& error) {
    return error.number();
  }
}

// Catches a copy that stops short and passes as whole: the kernel copies what it can reach, and says how
// much.
TEST(CopyWhole, FailsWhereTheMemoryEnds) {
  const HalfReadable memory;
  EXPECT_EQ(error_of_reading(memory.first(), page_bytes()), 0);
  EXPECT_EQ(error_of_reading(memory.first() + 1, page_bytes()), EFAULT);
}

// Catches an end that waits for a peer that is gone.
TEST(CopyWhole, FailsIfTheProcessIsGone) {
  const std::byte any{};
  pid_t gone = -1;
  {
    Child child = fork_child(0, [] {});
    gone = child.pid();
    child.reap();
  }
  EXPECT_EQ(error_of_reading(&any, 1, gone), ESRCH);
}

}  // namespace
}  // namespace ipcbench
