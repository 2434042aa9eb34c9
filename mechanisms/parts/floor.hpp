// The floors: mechanisms that move nothing between processes. Both ends are in one process and share a
// buffer, so a round trip costs what the harness costs: its loop, its clock, its copies.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "harness/registry/registry.hpp"

namespace ipcbench {
using FloorBuffer = std::shared_ptr<std::byte[]>;

class FloorSender {
 public:
  explicit FloorSender(FloorBuffer buffer) : buffer_(std::move(buffer)) {}
  std::span<std::byte> loan(std::size_t n) { return {buffer_.get(), n}; }
  bool commit(std::size_t) {
    asm volatile("" ::: "memory");  // or the compiler would see that nothing happens, and drop the loop
    return true;
  }

 private:
  FloorBuffer buffer_;
};

class FloorReceiver {
 public:
  explicit FloorReceiver(FloorBuffer buffer) : buffer_(std::move(buffer)) {}
  std::span<const std::byte> peek(std::size_t n) { return {buffer_.get(), n}; }
  void release() {}

 private:
  FloorBuffer buffer_;
};

// `Kind` supplies kTraits.
template <class Kind>
class Floor {
 public:
  static constexpr Traits kTraits = Kind::kTraits;

  static std::unique_ptr<Floor> create(const LinkSpec& spec) {
    return std::make_unique<Floor>(spec.message_bytes);
  }

  explicit Floor(std::size_t message_bytes) : message_bytes_(message_bytes) {}

  Ends<FloorSender, FloorReceiver> attach(Side) {
    const FloorBuffer buffer = std::make_shared<std::byte[]>(message_bytes_);
    return {FloorSender(buffer), FloorReceiver(buffer)};
  }

 private:
  std::size_t message_bytes_;
};

}  // namespace ipcbench
