// The ring as a mechanism, over any kind of shared memory. What differs between the kinds is how the memory
// comes to be: that is all that their files say.
#pragma once

#include <array>
#include <bit>
#include <memory>
#include <string>

#include "harness/registry.hpp"
#include "mechanisms/ring.hpp"
#include "mechanisms/shared_mapping.hpp"

namespace ipcbench {

inline constexpr std::size_t kDefaultRingBytes = 65536;

inline constexpr Parameter kRingBytes{
    .name = "ring_bytes",
    .default_text = "65536, what a pipe holds",
    .what = "capacity of the ring, a power of two (others are rounded up); longer messages stream through it",
    .min = 64,
    .max = std::uint64_t{1} << 30};

constexpr Traits ring_traits(std::string_view name, std::string_view summary, Kinship kinship,
                             Lifetime lifetime) {
  return {.name = name,
          .summary = summary,
          .kinship = kinship,
          .framing = Framing::stream,
          .flow = Flow::one_way,
          .waits = {Wait::block, Wait::spin, Wait::adaptive},
          .in_place = true,
          .lifetime = lifetime};
}

// A kind of memory that is created, and for named kinds joined and unlinked. All throw std::system_error.
template <class Memory>
concept RingMemory = requires(const LinkSpec& spec, std::size_t bytes, Memory& memory) {
  { Memory::kTraits } -> std::convertible_to<Traits>;
  { Memory::available() } -> std::same_as<Unavailable>;
  Memory::create(spec, bytes);
  { memory.data() } -> std::same_as<void*>;
};

template <class Memory>
concept NamedMemory = requires(const std::string& address, std::size_t bytes, Memory& memory) {
  Memory::join(address, bytes);
  { memory.address() } -> std::same_as<std::string>;
};

template <RingMemory Memory>
class RingMechanism {
 public:
  static constexpr Traits kTraits = Memory::kTraits;
  static constexpr std::array kParameters{kRingBytes};

  static Unavailable available() { return Memory::available(); }
  static MessageLimit message_limit(const Settings&) { return {}; }

  static std::unique_ptr<RingMechanism> create(const LinkSpec& spec) {
    const std::size_t capacity = capacity_of(spec);
    auto mechanism =
        std::make_unique<RingMechanism>(Memory::create(spec, Ring::memory_bytes(capacity)), capacity);
    mechanism->ring().initialise();
    return mechanism;
  }
  static std::unique_ptr<RingMechanism> join(const LinkSpec& spec,
                                             const std::string& address) requires NamedMemory<Memory> {
    const std::size_t capacity = capacity_of(spec);
    return std::make_unique<RingMechanism>(Memory::join(address, Ring::memory_bytes(capacity)), capacity);
  }

  RingMechanism(Memory memory, std::size_t capacity) : memory_(std::move(memory)), capacity_(capacity) {}

  RingSender sender() { return RingSender(ring()); }
  RingReceiver receiver() { return RingReceiver(ring()); }

  [[nodiscard]] std::string address() const requires NamedMemory<Memory> { return memory_.address(); }
  void unlink() requires requires(Memory& memory) { memory.unlink(); }
  { memory_.unlink(); }
  [[nodiscard]] Settings settings() const { return {{"ring_bytes", capacity_}}; }

 private:
  static std::size_t capacity_of(const LinkSpec& spec) {
    return std::bit_ceil(
        static_cast<std::size_t>(spec.parameter(kRingBytes.name).value_or(kDefaultRingBytes)));
  }
  Ring ring() { return {memory_.data(), capacity_}; }

  Memory memory_;
  std::size_t capacity_;
};

}  // namespace ipcbench
