#include "harness/loops/payload.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ipcbench {
namespace {

// The mixing function of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014). Neighbouring inputs give unrelated
// outputs, so a byte that is out of place, stale or from a neighbouring message is noticed.
std::uint64_t mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

std::size_t sequence_bytes(std::size_t message_bytes) {
  return std::min(message_bytes, sizeof(std::uint64_t));
}

std::vector<std::byte> expected_message(std::size_t bytes, std::uint64_t sequence) {
  std::vector<std::byte> message(bytes);
  fill_verified(message, sequence);
  return message;
}

}  // namespace

std::uint64_t claimed_sequence(std::span<const std::byte> message) {
  std::uint64_t sequence = 0;
  for (std::size_t i = sequence_bytes(message.size()); i-- > 0;) {
    sequence = (sequence << 8) | static_cast<std::uint64_t>(message[i]);
  }
  return sequence;
}

void fill_verified(std::span<std::byte> message, std::uint64_t sequence) {
  const std::size_t header = sequence_bytes(message.size());
  for (std::size_t i = 0; i < header; ++i) {
    message[i] = static_cast<std::byte>(sequence >> (8 * i));
  }
  const std::uint64_t stream = mix(sequence);
  for (std::size_t at = header; at < message.size(); at += sizeof(std::uint64_t)) {
    const std::uint64_t word = mix(stream + at);
    std::memcpy(message.data() + at, &word, std::min(sizeof word, message.size() - at));
  }
}

std::optional<std::string> check_verified(std::span<const std::byte> message, std::uint64_t sequence) {
  const std::vector<std::byte> expected = expected_message(message.size(), sequence);
  const auto [got, want] = std::mismatch(message.begin(), message.end(), expected.begin());
  if (got == message.end()) return std::nullopt;

  // If the message is whole under another number, it was not damaged: others were lost, or it was overtaken.
  const std::uint64_t claimed = claimed_sequence(message);
  const std::vector<std::byte> claimed_message = expected_message(message.size(), claimed);
  if (std::equal(message.begin(), message.end(), claimed_message.begin())) {
    return fmt::format("message {} arrived where message {} was due: lost, repeated or out of order", claimed,
                       sequence);
  }
  return fmt::format("message {} is corrupted: byte {} of {} is {:#04x}, {:#04x} was sent", sequence,
                     got - message.begin(), message.size(), static_cast<unsigned>(*got),
                     static_cast<unsigned>(*want));
}

}  // namespace ipcbench
