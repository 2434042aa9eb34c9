// The memory between the workload and a mechanism that copies.
#pragma once

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <stdexcept>

namespace ipcbench {

// The memory that loan() lends and peek() shows: one message long, touched in advance. It begins on a cache
// line, as the workload's own memory does: the kernel copied 64 KiB from a pipe into such a buffer in 7.6 us,
// and into one that began 16 bytes later, as new[] gives it, in 29 us.
class MessageBuffer {
 public:
  explicit MessageBuffer(std::size_t bytes) : lines_(std::make_unique<Line[]>(bytes / kLineBytes + 1)) {}
  [[nodiscard]] std::byte* data() const { return lines_[0].bytes.data(); }

 private:
  static constexpr std::size_t kLineBytes = 64;
  struct alignas(kLineBytes) Line {
    std::array<std::byte, kLineBytes> bytes{};
  };

  std::unique_ptr<Line[]> lines_;
};

// For mechanisms that keep messages apart: a message that arrives with another length was cut or merged.
[[noreturn]] inline void throw_wrong_length(std::size_t got_bytes, std::size_t sent_bytes) {
  throw std::runtime_error(
      fmt::format("a message of {} bytes arrived where one of {} was due", got_bytes, sent_bytes));
}

}  // namespace ipcbench
