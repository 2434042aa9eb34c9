// A mechanism whose whole state is one object in POSIX shared memory, which the user's processes map by name.
#pragma once

#include <memory>
#include <new>
#include <string>
#include <type_traits>

#include "harness/contract/bare.hpp"
#include "mechanisms/parts/named_file_memory.hpp"
#include "mechanisms/parts/token.hpp"

namespace ipcbench {
// `Kind` says what the object is and how its ends use it:
//   static constexpr Traits kTraits;
//   Object: the state; the creator makes it without arguments, and its destructor never runs
//   static sender(Object&, const LinkSpec&), receiver(Object&, const LinkSpec&): the ends
// and, if more than shared memory is needed,
//   static Unavailable available();
// and, if some combinations are impossible (Refuses),
//   static Unavailable refuses(const Cell&);
// and, if the kernel or the C library passes the tokens by itself (ShowsObject),
//   static BareEnd bare(Object&, Side, const LinkSpec&);
template <class Kind>
class SharedObject {
  using Object = typename Kind::Object;
  using Memory = NamedFileMemory<PosixShm>;
  static_assert(std::is_trivially_destructible_v<Object>);

 public:
  static constexpr Traits kTraits = Kind::kTraits;

  static Unavailable available() {
    if (auto reason = Memory::available()) return reason;
    if constexpr (MayBeUnavailable<Kind>) return Kind::available();
    return std::nullopt;
  }

  static Unavailable refuses(const Cell& cell) requires Refuses<Kind> { return Kind::refuses(cell); }

  static std::unique_ptr<SharedObject> create(const LinkSpec& spec) {
    auto shared = std::make_unique<SharedObject>(spec, Memory::create(spec, sizeof(Object)));
    new (shared->memory_.data()) Object;
    return shared;
  }
  static std::unique_ptr<SharedObject> join(const LinkSpec& spec, const std::string& address) {
    return std::make_unique<SharedObject>(spec, Memory::join(address, sizeof(Object)));
  }

  SharedObject(LinkSpec spec, Memory memory) : spec_(std::move(spec)), memory_(std::move(memory)) {}

  auto sender() { return Kind::sender(object(), spec_); }
  auto receiver() { return Kind::receiver(object(), spec_); }

  BareEnd bare(Side side) requires requires(Object& object, const LinkSpec& spec) {
    Kind::bare(object, Side::producer, spec);
  }
  { return Kind::bare(object(), side, spec_); }

  [[nodiscard]] std::span<const std::byte> memory() const {
    return {static_cast<const std::byte*>(memory_.data()), sizeof(Object)};
  }
  [[nodiscard]] std::string address() const { return memory_.address(); }
  void unlink() const noexcept { memory_.unlink(); }

 private:
  Object& object() { return *std::launder(static_cast<Object*>(memory_.data())); }

  LinkSpec spec_;
  Memory memory_;
};

}  // namespace ipcbench
