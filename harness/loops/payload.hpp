// The ends' work on the bytes of a message, and the check of a verified pass.
#pragma once

#include <array>
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

// Writes the content of message number `sequence` in a verified pass: the number in the first bytes
// (little-endian, as many as fit), then bytes that depend on the number and the position.
void fill_verified(std::span<std::byte> message, std::uint64_t sequence);

// The number that a message claims to have: its first eight bytes, or fewer if it is shorter.
std::uint64_t claimed_sequence(std::span<const std::byte> message);

// Compares with what fill_verified() wrote, byte by byte, which is stronger than a checksum. Empty: whole, in
// order and uncorrupted. Otherwise one line that says whether a message was lost, overtaken or corrupted.
std::optional<std::string> check_verified(std::span<const std::byte> message, std::uint64_t sequence);

// Makes a message differ from those before it, which all have the same content. Applying it twice undoes it.
// It changes only the first byte and the last, because it runs within the timed phase.
inline void mark_as_last(std::span<std::byte> message) {
  if (message.empty()) return;
  message.front() = ~message.front();
  if (message.size() > 1) message.back() = ~message.back();
}

// The private memory of one end: the source and the destination of its messages. Touched in full on
// construction, so that the loops take no page faults. Each begins on a cache line of its own, wherever the
// heap puts it: copies of 4 KiB took 42 ns from and to addresses of the heap's choice, and 34 ns so.
class Buffers {
 public:
  explicit Buffers(std::size_t message_bytes)
      : bytes_(message_bytes), source_(lines_for(message_bytes)), sink_(lines_for(message_bytes)) {}

  // The length of the next message, up to that of the constructor, where lengths differ.
  void set_length(std::size_t message_bytes) { bytes_ = message_bytes; }

  [[nodiscard]] std::span<std::byte> source() { return {source_.front().bytes.data(), bytes_}; }
  [[nodiscard]] std::span<std::byte> sink() { return {sink_.front().bytes.data(), bytes_}; }

 private:
  struct alignas(kCacheLineBytes) Line {
    std::array<std::byte, kCacheLineBytes> bytes{};
  };
  // memcpy needs valid addresses even for a token's 0 bytes.
  static std::size_t lines_for(std::size_t bytes) { return bytes / kCacheLineBytes + 1; }

  std::size_t bytes_;
  std::vector<Line> source_;
  std::vector<Line> sink_;
};

// Keeps the compiler from dropping a read whose value is unused.
template <class T>
inline void keep(const T& value) {
  asm volatile("" : : "r,m"(value) : "memory");
}

// The producer's part of a piece of a message: fills `room` from `source`.
template <Payload P>
inline void produce(std::span<std::byte> room, const std::byte* source) {
  if constexpr (is_copied(P)) {
    std::memcpy(room.data(), source, room.size());
  } else if constexpr (P == Payload::scan) {
    std::byte* data = room.data();
    // Hides the origin of the memory: g++ 12 warns about writing eight bytes where it sees fewer, although
    // the loop is not entered then.
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
  if constexpr (is_copied(P)) {
    std::memcpy(sink, piece.data(), piece.size());
  } else if constexpr (P == Payload::scan) {
    unsigned sum = 0;
    for (std::size_t at = 0; at < piece.size(); at += kCacheLineBytes)
      sum += static_cast<unsigned>(piece[at]);
    keep(sum);
  }
}

}  // namespace ipcbench
