// A file offset that related processes share. A descriptor that was inherited or duplicated refers to the
// same open file description and therefore has the same offset, open(2): one process's write(2) moves it for
// the other too. Here nothing else announces a message. At offset 0 it is the writer's turn; its write leaves
// the offset behind the message, where the reader finds it. The reader fetches the message with pread(2),
// which leaves the offset alone, and seeks back to 0. Each side moves the offset only in its turn, so no move
// is lost.
//
// Nobody can wait for an offset to move: both sides keep asking for it with lseek(2), and the kernel's lock
// on the offset makes their calls wait for each other.
#include "harness/contract/owned_path.hpp"
#include "harness/registry/registry.hpp"
#include "mechanisms/parts/descriptors.hpp"
#include "mechanisms/parts/file_io.hpp"
#include "mechanisms/parts/message_buffer.hpp"

namespace ipcbench {
namespace {

std::size_t offset_of(const Fd& file) {
  return static_cast<std::size_t>(checked(lseek(file.get(), 0, SEEK_CUR), "lseek"));
}

class OffsetSender {
 public:
  OffsetSender(Fd file, std::size_t message_bytes) : file_(std::move(file)), buffer_(message_bytes) {}

  std::span<std::byte> loan(std::size_t n) {
    return offset_of(file_) == 0 ? std::span(buffer_.data(), n) : std::span<std::byte>{};
  }
  // After a partial write the offset is below the message's length: it is still the writer's turn.
  bool commit(std::size_t n) {
    std::size_t written = 0;
    while (written < n) {
      const ssize_t got = write(file_.get(), buffer_.data() + written, n - written);
      if (got < 0 && errno != EINTR) throw_errno("write");
      if (got > 0) written += static_cast<std::size_t>(got);
    }
    return true;
  }

 private:
  Fd file_;
  MessageBuffer buffer_;
};

class OffsetReceiver {
 public:
  OffsetReceiver(Fd file, std::size_t message_bytes) : file_(std::move(file)), buffer_(message_bytes) {}

  std::span<const std::byte> peek(std::size_t n) {
    if (offset_of(file_) != n) return {};
    read_at(file_.get(), {buffer_.data(), n}, 0);
    return {buffer_.data(), n};
  }
  void release() { checked(lseek(file_.get(), 0, SEEK_SET), "lseek"); }

 private:
  Fd file_;
  MessageBuffer buffer_;
};

struct SharedOffsetKind {
  static constexpr Traits kTraits{
      .name = "shared_offset",
      .summary = "regular file whose offset, shared by inheritance, announces each message",
      .kind = MechanismKind::file,
      .made_of = "file",
      .waits = {Wait::spin}};

  // A second open would give another description with an offset of its own. So the file is opened once, and
  // its name, which is of no further use, is removed at once.
  static Fd open(const LinkSpec& spec) {
    const OwnedPath path(spec.path(), true);
    return create_file(path.str(), spec.message_bytes);
  }
  static OffsetSender sender(Fd file, const LinkSpec& spec) { return {std::move(file), spec.message_bytes}; }
  static OffsetReceiver receiver(Fd file, const LinkSpec& spec) {
    return {std::move(file), spec.message_bytes};
  }
};
using SharedOffset = OneDescriptor<SharedOffsetKind>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(SharedOffset);
}  // namespace ipcbench
