// Common to mechanisms whose message is a token: only its arrival counts, or the few bytes that fit into it.
#pragma once

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <ctime>
#include <span>
#include <string_view>
#include <utility>

#include "harness/contract/abilities.hpp"

namespace ipcbench {

// Completes the traits of a mechanism that passes tokens in the kernel or in named memory.
constexpr Traits token_traits(Traits traits) {
  traits.kind = MechanismKind::synchronisation;
  traits.kinship = Kinship::named;
  traits.waits = traits.waits.without(Wait::poll);
  traits.lifetime = Lifetime::kernel;
  traits.min_message_bytes = 0;
  traits.max_message_bytes = 0;
  return traits;
}

// The same for a counter of tokens, which any number of ends can share on both sides.
constexpr Traits counter_traits(Traits traits) {
  traits.sharing = {.senders = true, .receivers = true};
  return token_traits(traits);
}

// The result of loan() and peek() for a token: an empty span with memory, or without for "not now".
inline std::span<std::byte> token_if(bool there) {
  static constinit std::byte memory{};
  return {there ? &memory : nullptr, std::size_t{0}};
}

// Whether a call may sleep. Some ends can only sleep in the very call that takes the token; their park() lets
// the next call sleep, and no other.
class SleepPermit {
 public:
  explicit SleepPermit(Wait wait) : always_(wait == Wait::block), next_(always_) {}
  bool take() { return std::exchange(next_, always_); }
  void sleep_next() { next_ = true; }

 private:
  bool always_;
  bool next_;
};

// A pause between two polls of something that wakes nobody when it changes.
inline void nap() {
  constexpr timespec kNap{.tv_sec = 0, .tv_nsec = 100'000};
  nanosleep(&kNap, nullptr);
}

// The payload of a message that is one word: all its bytes except the most significant one, which tells a
// word that carries a message from one that does not.
template <std::unsigned_integral Word>
class WordPayload {
 public:
  static constexpr std::size_t kMaxBytes = sizeof(Word) - 1;

  [[nodiscard]] std::span<std::byte> bytes(std::size_t n) { return std::span(bytes_).subspan(kFirst, n); }
  [[nodiscard]] Word word() const { return std::bit_cast<Word>(bytes_); }
  void assign(Word word) { bytes_ = std::bit_cast<Bytes>(word); }

 private:
  using Bytes = std::array<std::byte, sizeof(Word)>;
  static constexpr std::size_t kFirst = std::endian::native == std::endian::little ? 0 : 1;

  Bytes bytes_{};
};

}  // namespace ipcbench
