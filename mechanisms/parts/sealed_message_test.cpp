// Messages in sealed memory: what a receiver must not trust, and what must not be left open.
#include "mechanisms/parts/sealed_message.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <filesystem>
#include <iterator>

namespace ipcbench {
namespace {

using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

constexpr std::array kMessage{std::byte{1}, std::byte{2}, std::byte{3}};

std::ptrdiff_t open_descriptors() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/fd"),
                       std::filesystem::directory_iterator());
}

TEST(SealedMessage, ArrivesAsItWasWritten) {
  const MappedMessage message(seal_message(kMessage), 3);
  EXPECT_THAT(message.bytes(), ElementsAreArray(kMessage));
}

// Catches a missing seal: the sender could change or truncate the message while its peer reads.
TEST(SealedMessage, CannotBeChangedAnyMore) {
  const Fd fd = seal_message(kMessage);
  EXPECT_EQ(pwrite(fd.get(), kMessage.data(), 1, 0), -1);
  EXPECT_EQ(ftruncate(fd.get(), 1), -1);
  EXPECT_EQ(ftruncate(fd.get(), 100), -1);
  EXPECT_EQ(fcntl(fd.get(), F_ADD_SEALS, F_SEAL_SEAL), -1);
}

// Catches a receiver that trusts a sender that did not seal, or sealed in part.
TEST(MappedMessage, RefusesWhatIsNotSealed) {
  const Fd fd(memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  ASSERT_EQ(write(fd.get(), kMessage.data(), 3), 3);
  ASSERT_EQ(fcntl(fd.get(), F_ADD_SEALS, F_SEAL_SHRINK), 0);
  EXPECT_THAT([&] { MappedMessage(fd, 3); },
              ThrowsMessage<std::runtime_error>(HasSubstr("with the seals 0x2")));
}

// Catches a message that is read beyond its end.
TEST(MappedMessage, RefusesAnotherLength) {
  const Fd fd = seal_message(kMessage);
  EXPECT_THAT([&] { MappedMessage(fd, 4); }, ThrowsMessage<std::runtime_error>(HasSubstr("3 bytes")));
}

// Catches a mapping or a descriptor that outlives its message.
TEST(MappedMessage, HoldsNoDescriptor) {
  const std::ptrdiff_t before = open_descriptors();
  MappedMessage message(seal_message(kMessage), 3);
  EXPECT_EQ(open_descriptors(), before);
  message.reset();
  EXPECT_EQ(message.bytes().data(), nullptr);
}

}  // namespace
}  // namespace ipcbench
