// Shared memory with nothing on it, for `ipcbench probe`.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "harness/contract/bare.hpp"

namespace ipcbench {

// Memory: a RingMemory (ring_mechanism.hpp). Plain loads and stores, as of an ordinary variable: none is
// atomic, and the compiler may drop none.
template <class Memory>
class RawMemory final : public RawBytes {
 public:
  explicit RawMemory(Memory memory) : memory_(std::move(memory)) {}

  [[nodiscard]] std::string address() const override {
    if constexpr (requires { memory_.address(); }) return memory_.address();
    return {};
  }
  void store(std::size_t at, std::span<const std::byte> bytes) override {
    if (move<std::uint64_t>(there(at), bytes.data(), bytes.size())) return;
    if (move<std::uint32_t>(there(at), bytes.data(), bytes.size())) return;
    if (move<std::uint16_t>(there(at), bytes.data(), bytes.size())) return;
    move<std::uint8_t>(there(at), bytes.data(), bytes.size());
  }
  void load(std::size_t at, std::span<std::byte> bytes) const override {
    if (move<std::uint64_t>(bytes.data(), there(at), bytes.size())) return;
    if (move<std::uint32_t>(bytes.data(), there(at), bytes.size())) return;
    if (move<std::uint16_t>(bytes.data(), there(at), bytes.size())) return;
    move<std::uint8_t>(bytes.data(), there(at), bytes.size());
  }

 private:
  [[nodiscard]] std::byte* there(std::size_t at) const {
    return static_cast<std::byte*>(memory_.data()) + at;
  }
  // Word by word. False: `bytes` are no whole number of them.
  template <class Word>
  static bool move(void* to, const void* from, std::size_t bytes) {
    if (bytes % sizeof(Word) != 0) return false;
    for (std::size_t i = 0; i < bytes / sizeof(Word); ++i)
      static_cast<volatile Word*>(to)[i] = static_cast<const volatile Word*>(from)[i];
    return true;
  }

  Memory memory_;
};

}  // namespace ipcbench
