// The load of a paced cell: one stream of messages, or several that share one link, each with a length and a
// rate of its own.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "harness/base/axes.hpp"

namespace ipcbench {

// Both ends hold several buffers of that size.
inline constexpr std::uint64_t kLargestMessageBytes = std::uint64_t{1} << 30;

// Messages of one length at a mean rate.
struct MessageStream {
  std::size_t size_bytes = 0;
  std::uint64_t per_second = 0;

  friend bool operator==(const MessageStream&, const MessageStream&) = default;
};

// "4KiB@200", "128@50k", "64@200Hz". Throws std::invalid_argument, which says what is allowed.
MessageStream parse_stream(std::string_view text);
// "4 KiB at 200/s", for people.
std::string describe(const MessageStream& stream);

// Two to kMost streams, or none: the longest messages first, then by rate, so that each mix has one name.
// Plain data, because both ends of a launch read it in shared memory.
class StreamMix {
 public:
  static constexpr std::size_t kMost = 8;

  StreamMix() = default;
  // Throws std::invalid_argument for one stream or more than kMost, and for tokens, which are a mechanism's
  // own affair and may have another object than messages with payload.
  explicit StreamMix(std::span<const MessageStream> streams);

  [[nodiscard]] bool empty() const { return count_ == 0; }
  [[nodiscard]] std::span<const MessageStream> streams() const { return {streams_.data(), count_}; }
  [[nodiscard]] std::uint64_t per_second() const;  // of all together
  // Precondition: !empty().
  [[nodiscard]] std::size_t longest_bytes() const { return streams_[0].size_bytes; }
  [[nodiscard]] std::size_t shortest_bytes() const { return streams_[count_ - 1].size_bytes; }
  [[nodiscard]] std::uint64_t slowest_per_second() const;

  friend bool operator==(const StreamMix&, const StreamMix&) = default;

 private:
  std::array<MessageStream, kMost> streams_{};
  std::uint32_t count_ = 0;
};

// "4KiB@200+128@50k". Throws std::invalid_argument.
StreamMix parse_mix(std::string_view text);
// "4096@200+128@50000": parse_mix() reads it back.
std::string text_of(const StreamMix& mix);

// The load of a paced cell: messages a second, of one length or of several streams together, or a percentage
// of the capacity that the same launch reached in its warm-up. Exactly one of the two numbers is not 0.
struct OfferedLoad {
  std::uint64_t per_second = 0;
  std::uint32_t percent = 0;
  Arrivals arrivals = Arrivals::constant;
  StreamMix mix = {};  // per_second is the sum of its rates; empty: all messages have the cell's size

  friend bool operator==(const OfferedLoad&, const OfferedLoad&) = default;
};

// Several streams at their rates.
inline OfferedLoad load_of(const StreamMix& mix, Arrivals arrivals) {
  return {.per_second = mix.per_second(), .percent = 0, .arrivals = arrivals, .mix = mix};
}

}  // namespace ipcbench
