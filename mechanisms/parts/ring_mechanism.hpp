// The ring as a mechanism, over any kind of shared memory and with any way to sleep. The files of the rings
// say only where the memory comes from and what an end sleeps on.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <memory>
#include <string>

#include "harness/base/mapping.hpp"
#include "harness/registry/registry.hpp"
#include "mechanisms/parts/mirrored_view.hpp"
#include "mechanisms/parts/raw_bytes.hpp"
#include "mechanisms/parts/ring.hpp"

namespace ipcbench {
inline constexpr std::size_t kDefaultRingBytes = 65536;

inline constexpr Parameter kRingBytes{.name = "ring_bytes",
                                      .default_text = "65536, what a pipe holds",
                                      .what =
                                          "capacity of the ring, a power of two from a page on (others are "
                                          "rounded up); longer messages stream through it",
                                      .min = 4096,
                                      .max = std::uint64_t{1} << 30,
                                      .tuned = std::uint64_t{1} << 20};

// Memory that is created, and joined by name or made from inherited descriptors: a shared mapping of at least
// `bytes`. All throw KernelError, or Error if what is joined is smaller.
template <class Memory>
concept RingMemory = requires(const LinkSpec& spec, std::size_t bytes, Memory& memory) {
  { Memory::kLifetime } -> std::convertible_to<Lifetime>;
  { Memory::create(spec, bytes) } -> std::same_as<Memory>;
  { memory.data() } -> std::same_as<void*>;
};

template <class Memory>
concept NamedMemory = requires(const std::string& address, std::size_t bytes, Memory& memory) {
  { Memory::join(address, bytes) } -> std::same_as<Memory>;
  { memory.address() } -> std::same_as<std::string>;
};

template <class Memory>
concept InheritedMemory = requires(std::span<const int> numbers, std::size_t bytes, const Memory& memory) {
  { Memory::inherit(numbers, bytes) } -> std::same_as<Memory>;
  { memory.descriptors() } -> std::same_as<std::vector<InheritedFd>>;
};

// A memory that `ipcbench probe` shows beside its rings has a name: Memory::kName, "System V segment".

// Memory behind a descriptor whose pages are larger than the machine's usual ones.
template <class Memory>
concept LargePages = requires(const Memory& memory) {
  { Memory::page_bytes() } -> std::same_as<std::size_t>;
  { memory.fd() } -> std::same_as<int>;
};

// Memory that brings the objects its ends sleep on: the consumer's, then the producer's.
template <class Memory>
concept BringsWaitObjects = requires(const Memory& memory) {
  std::get<1>(memory.wait_objects());
};

// Completes the traits of a ring in that memory. It has no descriptor that poll(2) could watch.
template <RingMemory Memory>
constexpr Traits ring_traits(Traits traits) {
  traits.kind = MechanismKind::shared_memory;
  traits.kinship = NamedMemory<Memory> ? Kinship::named : Kinship::kin;
  traits.framing = Framing::stream;
  traits.waits = traits.waits.without(Wait::poll);
  traits.in_place = true;
  traits.in_memory = true;
  traits.lifetime = Memory::kLifetime;
  return traits;
}

// Throws Error if a ring of that identity cannot be joined as one of this capacity.
inline void check_identity(const RingIdentity& found, std::size_t capacity) {
  constexpr const char* kSame = "start both ends from the same program, with the same parameters";
  if (found.magic != RingIdentity::kMagic) throw Error("the shared memory holds no ring", kSame);
  if (found.version != RingIdentity::kVersion) {
    throw Error(fmt::format("the ring in the shared memory is of version {}, not {}", found.version,
                            RingIdentity::kVersion),
                kSame);
  }
  if (found.capacity != capacity) {
    throw Error(fmt::format("the ring in the shared memory holds {} bytes, not {}", found.capacity, capacity),
                kSame);
  }
}

// `Kind` says what differs:
//   static constexpr Traits kTraits: name, summary, made_of, and batches, locks or waits where they differ
//   Memory: a RingMemory
//   Sleep: as in ring.hpp
// and, where they differ:
//   static constexpr Parameter kRingBytes;  the memory sets other bounds
//   static Unavailable available();         more than the memory is needed
//   static constexpr bool kCanBeHuge = true;  a tmpfs, with the parameter `huge_pages` (huge_pages.hpp)
// OfSleep: the sender. Its receiver reads ahead anyway: it sees all that is published at once.
template <class Kind, template <class> class OfSleep = RingSender>
class RingMechanism {
  using Memory = typename Kind::Memory;
  using Sleep = typename Kind::Sleep;
  using Sender = OfSleep<Sleep>;

 public:
  // All that sleep on a futex share their loops for batches. For each further Sleep these take two seconds to
  // compile (batched_loops.cpp), so only those have them whose answer says something new.
  static constexpr bool kBatches = std::same_as<Sleep, FutexSleep> || Kind::kTraits.batches;
  using Batched = std::conditional_t<kBatches, RingMechanism<Kind, BatchedRingSender>, void>;
  static constexpr Traits kTraits = [] {
    Traits traits = ring_traits<Memory>(Kind::kTraits);
    traits.batches = kBatches;
    return traits;
  }();
  static constexpr bool kCanBeHuge = requires { Kind::kCanBeHuge; };
  static constexpr auto kParameters = [] {
    if constexpr (kCanBeHuge) {
      return std::array{ipcbench::kRingBytes, kHugePages};
    } else if constexpr (requires { Kind::kRingBytes; }) {
      return std::array{Kind::kRingBytes};
    } else {
      return std::array{ipcbench::kRingBytes};
    }
  }();

  static Unavailable available() {
    if constexpr (MayBeUnavailable<Memory>) {
      if (auto reason = Memory::available()) return reason;
    }
    if constexpr (MayBeUnavailable<Kind>) return Kind::available();
    return std::nullopt;
  }

  static Unavailable refuses(const Cell& cell) requires(kCanBeHuge) {
    return uses_huge_pages(cell.parameters) ? why_no_huge_pages() : std::nullopt;
  }

  static std::unique_ptr<RingMechanism> create(const LinkSpec& spec) {
    auto mechanism = std::make_unique<RingMechanism>(Memory::create(spec, memory_bytes(spec)), spec);
    if (mechanism->is_huge_) mechanism->view_.collapse();
    mechanism->initialise();
    return mechanism;
  }
  static std::unique_ptr<RingMechanism> join(const LinkSpec& spec,
                                             const std::string& address) requires NamedMemory<Memory> {
    return checked_ring(Memory::join(address, memory_bytes(spec)), spec);
  }
  static std::unique_ptr<RingMechanism> inherit(
      const LinkSpec& spec, Side, std::span<const int> numbers) requires InheritedMemory<Memory> {
    return checked_ring(Memory::inherit(numbers, memory_bytes(spec)), spec);
  }

  static constexpr std::string_view kRawName = [] {
    if constexpr (requires { Memory::kName; }) return std::string_view(Memory::kName);
    return std::string_view();
  }();
  static std::unique_ptr<RawBytes> raw_bytes(const LinkSpec& spec,
                                             std::size_t bytes) requires(!kRawName.empty()) {
    return std::make_unique<RawMemory<Memory>>(Memory::create(spec, bytes));
  }
  static std::unique_ptr<RawBytes> join_raw_bytes(const std::string& address,
                                                  std::size_t bytes) requires(!kRawName.empty()) {
    if constexpr (NamedMemory<Memory>)
      return std::make_unique<RawMemory<Memory>>(Memory::join(address, bytes));
    return nullptr;
  }

  RingMechanism(Memory memory, const LinkSpec& spec)
      : memory_(std::move(memory)),
        head_bytes_(head_bytes(spec)),
        capacity_(capacity_of(spec)),
        is_huge_(is_huge(spec)),
        one_cpu_(spec.one_cpu),
        view_(view_of(memory_, spec)) {}

  Sender sender() {
    view_.populate();
    return Sender(ring(), one_cpu_);
  }
  RingReceiver<Sleep> receiver() {
    view_.populate();
    return RingReceiver<Sleep>(ring());
  }

  [[nodiscard]] std::string address() const requires NamedMemory<Memory> { return memory_.address(); }
  [[nodiscard]] std::vector<InheritedFd> descriptors(Side) const requires InheritedMemory<Memory> {
    return memory_.descriptors();
  }
  void unlink() requires requires(Memory& memory) { memory.unlink(); }
  { memory_.unlink(); }
  [[nodiscard]] std::span<const std::byte> memory() const {
    return {static_cast<const std::byte*>(view_.data()) + head_bytes_, capacity_};
  }
  [[nodiscard]] Settings settings() const {
    Settings all{{"ring_bytes", capacity_}};
    if (kCanBeHuge) all.emplace(kHugePages.name, is_huge_ ? 1 : 0);
    return all;
  }

 private:
  static bool is_huge(const LinkSpec& spec) { return kCanBeHuge && uses_huge_pages(spec.parameters); }
  // What the memory is mapped by.
  static std::size_t page_bytes(const LinkSpec& spec) {
    if constexpr (LargePages<Memory>) return Memory::page_bytes();
    return is_huge(spec) ? huge_page_bytes() : ipcbench::page_bytes();
  }
  static std::size_t capacity_of(const LinkSpec& spec) {
    const auto asked =
        static_cast<std::size_t>(spec.parameter(kParameters[0].name).value_or(kDefaultRingBytes));
    return std::bit_ceil(std::max(asked, page_bytes(spec)));
  }
  // The ring's header ends where the data begins, on a page.
  static std::size_t head_bytes(const LinkSpec& spec) {
    return std::max(Ring<Sleep>::header_bytes(), page_bytes(spec));
  }
  static std::size_t memory_bytes(const LinkSpec& spec) { return head_bytes(spec) + capacity_of(spec); }

  static MirroredView view_of(const Memory& memory, const LinkSpec& spec) {
    if constexpr (LargePages<Memory>) {
      return {memory.fd(), head_bytes(spec), capacity_of(spec), page_bytes(spec)};
    } else {
      return {memory.data(), head_bytes(spec), capacity_of(spec), page_bytes(spec)};
    }
  }

  static std::unique_ptr<RingMechanism> checked_ring(Memory memory, const LinkSpec& spec) {
    auto mechanism = std::make_unique<RingMechanism>(std::move(memory), spec);
    check_identity(mechanism->ring().identity(), mechanism->capacity_);
    return mechanism;
  }

  void initialise() {
    const bool asymmetric = Sleeps<Sleep> && has_heavy_fence();
    if constexpr (BringsWaitObjects<Memory>) {
      const auto objects = memory_.wait_objects();
      ring().initialise(asymmetric, std::get<0>(objects), std::get<1>(objects));
    } else {
      ring().initialise(asymmetric);
    }
  }

  Ring<Sleep> ring() {
    const std::size_t before = head_bytes_ - Ring<Sleep>::header_bytes();
    return {static_cast<std::byte*>(view_.data()) + before, capacity_};
  }

  Memory memory_;
  std::size_t head_bytes_;
  std::size_t capacity_;
  bool is_huge_;
  bool one_cpu_;
  MirroredView view_;
};

// Of rings that sleep, and of those that never do.
inline constexpr LoopTraits kSleepingRingLoops{.waits = kAllButPoll};
inline constexpr LoopTraits kSpinningRingLoops{.waits = {Wait::spin}};
extern template class EndLoops<kSleepingRingLoops, RingSender<FutexSleep>, RingReceiver<FutexSleep>>;
extern template class EndLoops<kSleepingRingLoops, BatchedRingSender<FutexSleep>, RingReceiver<FutexSleep>>;
extern template class EndLoops<kSpinningRingLoops, BatchedRingSender<NoSleep>, RingReceiver<NoSleep>>;

}  // namespace ipcbench
