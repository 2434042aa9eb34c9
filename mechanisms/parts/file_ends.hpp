// Sending and receiving through the slots of a regular file, whose numbers circulate through two FIFOs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>

#include "harness/contract/abilities.hpp"
#include "harness/contract/owned_path.hpp"
#include "mechanisms/parts/file_io.hpp"
#include "mechanisms/parts/message_buffer.hpp"

namespace ipcbench {

using Slot = std::uint8_t;
inline constexpr std::size_t kMostSlots = 256;

// One end of a FIFO of slot numbers. It can always hold all of them.
class SlotFifo {
 public:
  SlotFifo(const OwnedPath& path, int access_mode)
      : fd_(checked(open(path.c_str(), access_mode | O_CLOEXEC | O_NOFOLLOW), "cannot open the FIFO")) {}

  // Empty: none is there now.
  std::optional<Slot> take() {
    Slot slot = 0;
    ssize_t got = -1;
    while ((got = read(fd_.get(), &slot, 1)) < 0) {
      if (errno == EAGAIN) return std::nullopt;
      if (errno != EINTR) throw_errno("read");
    }
    if (got == 0) throw std::runtime_error("end of file: the other end is gone");
    return slot;
  }
  void give(Slot slot) {
    while (write(fd_.get(), &slot, 1) < 0) {
      if (errno != EINTR) throw_errno("write");
    }
  }
  void set_blocking(Wait wait) { set_blocking_for(fd_.get(), wait); }
  void sleep() { wait_for(fd_.get(), POLLIN); }

 private:
  Fd fd_;
};

class FileSender {
 public:
  FileSender(Fd file, SlotFifo free, SlotFifo full, const LinkSpec& spec)
      : file_(std::move(file)),
        free_(std::move(free)),
        full_(std::move(full)),
        message_bytes_(spec.message_bytes),
        buffer_(spec.message_bytes) {
    free_.set_blocking(spec.wait);
  }

  std::span<std::byte> loan(std::size_t n) {
    if (!slot_) slot_ = free_.take();
    return slot_ ? std::span(buffer_.data(), n) : std::span<std::byte>{};
  }
  bool commit(std::size_t n) {
    write_at(file_.get(), {buffer_.data(), n}, *slot_ * message_bytes_);
    full_.give(*slot_);
    slot_.reset();
    return true;
  }
  void park() { free_.sleep(); }

 private:
  Fd file_;
  SlotFifo free_;
  SlotFifo full_;
  std::size_t message_bytes_;
  MessageBuffer buffer_;
  std::optional<Slot> slot_;
};

class FileReceiver {
 public:
  FileReceiver(Fd file, SlotFifo free, SlotFifo full, const LinkSpec& spec)
      : file_(std::move(file)),
        free_(std::move(free)),
        full_(std::move(full)),
        message_bytes_(spec.message_bytes),
        buffer_(spec.message_bytes) {
    full_.set_blocking(spec.wait);
  }

  std::span<const std::byte> peek(std::size_t n) {
    const std::optional<Slot> slot = full_.take();
    if (!slot) return {};
    slot_ = *slot;
    read_at(file_.get(), {buffer_.data(), n}, slot_ * message_bytes_);
    return {buffer_.data(), n};
  }
  void release() { free_.give(slot_); }
  void park() { full_.sleep(); }

 private:
  Fd file_;
  SlotFifo free_;
  SlotFifo full_;
  std::size_t message_bytes_;
  MessageBuffer buffer_;
  Slot slot_ = 0;
};

}  // namespace ipcbench
