// Numbers in the messages of a timed phase, for the payload `checked`. The other payloads' timed messages are
// all alike, so that a loss beside a repetition, a swap or a tear leaves no trace there.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>

#include "harness/base/cell.hpp"

namespace ipcbench {

// The number of a message where there are several producers.
constexpr std::uint64_t fan_sequence(std::uint32_t producer, std::uint64_t number) {
  return (std::uint64_t{producer} << 32) | number;
}

// Which number is due at a receiver: the next; any later one, where messages may be lost or go to another
// consumer; the next of the producer that the number names in its upper half (fan_sequence()).
enum class NumberOrder { next, ascending, of_producer };

// One end's numbers of both directions. A number is in the first 8 bytes of a message, as far as they go, and
// from 16 bytes on in the last 8 as well.
class MessageNumbers {
 public:
  // Begins a phase: numbers start at 0 again. `producer` is the index of this end if it is one of several.
  void restart(NumberOrder order, std::uint32_t producer);

  // Gives the next message that is sent its number.
  void write(std::span<std::byte> message) {
    const std::uint64_t number = next_++;
    std::memcpy(message.data(), &number, std::min(message.size(), sizeof number));
    if (has_two(message)) std::memcpy(last_of(message), &number, sizeof number);
  }

  // Compares the numbers of a message received with the one that is due.
  void check(std::span<const std::byte> message) {
    std::uint64_t number = 0;
    std::memcpy(&number, message.data(), std::min(message.size(), sizeof number));
    std::uint64_t last = number;
    if (has_two(message)) std::memcpy(&last, last_of(message), sizeof last);
    std::uint64_t& due = due_from(number);
    const bool in_turn =
        number == (due & mask_of(message)) || (order_ == NumberOrder::ascending && number > due);
    sum_ += number;
    if (in_turn && last == number) [[likely]] {
      due = order_ == NumberOrder::ascending ? number + 1 : due + 1;
    } else {
      note_wrong(number, last, due);
    }
  }

  // In one line, the first message that had a wrong number, and how many had.
  [[nodiscard]] std::optional<std::string> wrong() const;
  // Over the messages received, modulo 2^64.
  [[nodiscard]] std::uint64_t sum() const { return sum_; }

 private:
  static_assert(std::endian::native == std::endian::little, "a short message holds a number's lower bytes");

  struct Mismatch {
    std::uint64_t number = 0;
    std::uint64_t last = 0;
    std::uint64_t due = 0;
  };

  template <class Byte>
  static bool has_two(std::span<Byte> message) {
    return message.size() >= 2 * sizeof(std::uint64_t);
  }
  template <class Byte>
  static Byte* last_of(std::span<Byte> message) {
    return message.data() + message.size() - sizeof(std::uint64_t);
  }
  static std::uint64_t mask_of(std::span<const std::byte> message) {
    return message.size() < sizeof(std::uint64_t) ? (std::uint64_t{1} << (8 * message.size())) - 1
                                                  : UINT64_MAX;
  }
  std::uint64_t& due_from(std::uint64_t number) {
    return due_[order_ == NumberOrder::of_producer ? (number >> 32) % kMaxFan : 0];
  }
  void note_wrong(std::uint64_t number, std::uint64_t last, std::uint64_t& due);

  NumberOrder order_ = NumberOrder::next;
  std::uint64_t next_ = 0;
  std::array<std::uint64_t, kMaxFan> due_{};  // by producer
  std::uint64_t sum_ = 0;
  std::uint64_t mismatches_ = 0;
  Mismatch first_;
};

}  // namespace ipcbench
