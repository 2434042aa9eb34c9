// What the kernel gives a mechanism, without what the mechanism makes of it. Both abilities are optional;
// only `ipcbench probe` uses them, to tell what the kernel guarantees from what a mechanism's own protocol
// does.
#pragma once

#include <sys/types.h>

#include <cerrno>
#include <concepts>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "harness/contract/mechanism.hpp"

namespace ipcbench {

// What one process holds of a kernel object that passes messages, and the two calls on it as a textbook shows
// them. Both return at once: the number of bytes passed (0: a token), or -1 and errno; EAGAIN: not now.
struct BareEnd {
  std::string holds;  // "the writing end"
  const char* put_call = "";
  const char* take_call = "";
  std::function<ssize_t(std::span<const std::byte>)> put;
  std::function<ssize_t(std::span<std::byte>)> take;
};

// Needed if the kernel itself passes the messages and the ends only call it. bare(side): what a process on
// that side holds; several processes may each hold the same side. Default: the ends follow a protocol of the
// mechanism's own (a ring, a mailbox), and what they guarantee is that protocol's.
template <class M>
concept ShowsObject = requires(M& m, Side side) {
  { m.bare(side) } -> std::same_as<BareEnd>;
};

// Bytes that several processes see: memory or a file, with no protocol on it.
class RawBytes {
 public:
  virtual ~RawBytes() = default;
  // The address by which another process can join; empty: it can only inherit.
  [[nodiscard]] virtual std::string address() const = 0;
  // 1, 2, 4 and 8 bytes at a multiple of their number take one instruction, if the bytes are memory.
  virtual void store(std::size_t at, std::span<const std::byte> bytes) = 0;
  virtual void load(std::size_t at, std::span<std::byte> bytes) const = 0;
};

// Needed if the mechanism's protocol lies in such bytes. They begin as zeros; joining reads nothing.
template <class M>
concept ShowsBytes = requires(const LinkSpec& spec, const std::string& address, std::size_t bytes) {
  { M::kRawName } -> std::convertible_to<std::string_view>;  // "System V segment"
  { M::raw_bytes(spec, bytes) } -> std::same_as<std::unique_ptr<RawBytes>>;
  { M::join_raw_bytes(address, bytes) } -> std::same_as<std::unique_ptr<RawBytes>>;
};

}  // namespace ipcbench
