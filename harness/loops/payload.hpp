// What the ends do with the bytes of a message, and how a verified pass tells a good message from a bad one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/base/axes.hpp"

namespace ipcbench {

inline constexpr std::size_t kCacheLineBytes = 64;

// Writes the content that message `sequence` has in a verified pass: the number itself in the first bytes
// (little-endian, as many as fit), then bytes that depend on the number and the position.
void fill_verified(std::span<std::byte> message, std::uint64_t sequence);

// The number that a message claims to have: its first bytes, as many as there are of eight.
std::uint64_t claimed_sequence(std::span<const std::byte> message);

// Compares with what fill_verified wrote, byte by byte: stronger than a checksum. Empty: whole, in order and
// uncorrupted. Otherwise one line that tells a lost or overtaken message from a corrupted one.
std::optional<std::string> check_verified(std::span<const std::byte> message, std::uint64_t sequence);

// Makes a message differ from those before it, which have the same content: applied twice, it is undone. It
// changes the first byte and the last, and nothing else, as it happens within the timed phase.
inline void mark_as_last(std::span<std::byte> message) {
  if (message.empty()) return;
  message.front() = ~message.front();
  if (message.size() > 1) message.back() = ~message.back();
}

// The private memory of one end: where messages come from and where they are copied to. Touched in full on
// construction, so that the loops take no page faults for it.
class Buffers {
 public:
  explicit Buffers(std::size_t message_bytes)
      : bytes_(message_bytes), source_(at_least_one(message_bytes)), sink_(at_least_one(message_bytes)) {}

  [[nodiscard]] std::span<std::byte> source() { return {source_.data(), bytes_}; }
  [[nodiscard]] std::span<std::byte> sink() { return {sink_.data(), bytes_}; }

 private:
  // A token has no bytes, but memcpy wants addresses even for none.
  static std::size_t at_least_one(std::size_t bytes) { return bytes == 0 ? 1 : bytes; }

  std::size_t bytes_;
  std::vector<std::byte> source_;
  std::vector<std::byte> sink_;
};

// Keeps the compiler from dropping a value that was only read to have read it.
template <class T>
inline void keep(const T& value) {
  asm volatile("" : : "r,m"(value) : "memory");
}

// The producer's part of a piece of a message: `room` is filled with what stands at `source`.
template <Payload P>
inline void produce(std::span<std::byte> room, const std::byte* source) {
  if constexpr (P == Payload::copy) {
    std::memcpy(room.data(), source, room.size());
  } else if constexpr (P == Payload::scan) {
    std::byte* data = room.data();
    // Hides where the memory comes from: g++ 12 warns of the eight bytes at once where it sees that there are
    // fewer, although the loop is then not entered.
    asm("" : "+r"(data));
    std::size_t at = 0;
    for (; at + sizeof(std::uint64_t) <= room.size(); at += sizeof(std::uint64_t)) {
      const std::uint64_t word = at;
      std::memcpy(data + at, &word, sizeof word);
    }
    for (; at < room.size(); ++at) data[at] = static_cast<std::byte>(at);
  }
}

// The consumer's part: copies the piece to `sink`, reads every cache line of it, or leaves it alone.
template <Payload P>
inline void consume(std::span<const std::byte> piece, std::byte* sink) {
  if constexpr (P == Payload::copy) {
    std::memcpy(sink, piece.data(), piece.size());
  } else if constexpr (P == Payload::scan) {
    unsigned sum = 0;
    for (std::size_t at = 0; at < piece.size(); at += kCacheLineBytes)
      sum += static_cast<unsigned>(piece[at]);
    keep(sum);
  }
}

}  // namespace ipcbench
