// The memory between the workload and a mechanism that copies.
#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <memory>
#include <span>
#include <stdexcept>

namespace ipcbench {

// The memory that loan() lends and peek() shows: one message long, touched in advance.
class MessageBuffer {
 public:
  explicit MessageBuffer(std::size_t bytes) : bytes_(std::make_unique<std::byte[]>(bytes)) {}
  [[nodiscard]] std::byte* data() { return bytes_.get(); }

 private:
  std::unique_ptr<std::byte[]> bytes_;
};

// For mechanisms that keep messages apart: a message that arrives with another length was cut or merged.
[[noreturn]] inline void throw_wrong_length(std::size_t got_bytes, std::size_t sent_bytes) {
  throw std::runtime_error(
      fmt::format("a message of {} bytes arrived where one of {} was due", got_bytes, sent_bytes));
}

}  // namespace ipcbench
