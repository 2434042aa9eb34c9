// The least that two CPUs can do to pass a message: one cache line holds a counter and the bytes, and the
// reader spins on the counter. In a ping-pong the answer frees the line. A stream takes a second line, in
// which the reader says what it has read.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "bench/testing/core/pair_run.hpp"
#include "mechanisms/parts/ring.hpp"

namespace ipcbench::core {

inline constexpr std::size_t kLineMessageBytes = 8;

struct Line {
  alignas(kNoSharingBytes) std::atomic<std::uint64_t> sent{0};
  std::array<std::byte, kLineMessageBytes> bytes{};
  alignas(kNoSharingBytes) std::atomic<std::uint64_t> read{0};
};

// by_answer: a message that is sent before the last was read overwrites it, so only a ping-pong is safe.
enum class Freed { by_answer, by_reader };
constexpr Delivery delivery_of(Freed freed) {
  return freed == Freed::by_answer ? Delivery::lossy : Delivery::reliable;
}

// The two ends of the line as the harness sees those of a mechanism.
template <Freed F>
struct LineSender {
  Line& line;
  std::uint64_t sent = 0;

  std::span<std::byte> loan(std::size_t n) {
    if constexpr (F == Freed::by_reader) {
      if (line.read.load(std::memory_order_acquire) != sent) return {};
    }
    return {line.bytes.data(), n};
  }
  bool commit(std::size_t) {
    line.sent.store(++sent, std::memory_order_release);
    return true;
  }
  void finish() {}
};

template <Freed F>
struct LineReceiver {
  Line& line;
  std::uint64_t received = 0;

  std::span<const std::byte> peek(std::size_t n) {
    if (line.sent.load(std::memory_order_acquire) == received) return {};
    return {line.bytes.data(), n};
  }
  void release() {
    ++received;
    if constexpr (F == Freed::by_reader) line.read.store(received, std::memory_order_release);
  }
  // Nothing is streamed over a line that loses messages, so nothing is left over either.
  [[nodiscard]] bool finished() const { return false; }
  void drain() {}
};

// Nanoseconds per round trip, or per message of a stream, of 8 bytes copied in and out: by nothing but a
// loop over the line, and by the harness's loops.
double bare_round_trip_ns(const Setting& setting);
double bare_stream_ns(const Setting& setting);
double line_round_trip_ns(const Setting& setting);
double line_stream_ns(const Setting& setting);

}  // namespace ipcbench::core
