// The mechanism behind every transport of a plug-in: each verb is one call through the plug-in's table.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "harness/contract/abilities.hpp"
#include "harness/contract/owned_name.hpp"
#include "harness/plugin/ipcbench_plugin.h"

namespace ipcbench {

class PluginEnd {
 public:
  PluginEnd(const ipcbench_transport& table, void* object, ipcbench_side side);
  ~PluginEnd() { table_.detach(end_); }
  PluginEnd(const PluginEnd&) = delete;
  PluginEnd& operator=(const PluginEnd&) = delete;

  void park() {
    if (table_.park != nullptr) table_.park(end_);
  }
  void unpark_peer() {
    if (table_.unpark_peer != nullptr) table_.unpark_peer(end_);
  }

 protected:
  // What a verb gave: `bytes` of the `wanted` ones at `memory`, or nothing.
  template <class Byte, class Memory>
  std::span<Byte> checked_span(Memory* memory, std::size_t bytes, std::size_t wanted, const char* verb) {
    if (memory == nullptr) [[unlikely]] {
      if (bytes == SIZE_MAX) fail(verb);
      return {};
    }
    if (bytes - 1 >= wanted) [[unlikely]]
      refuse(verb, bytes, wanted);  // none, or more than asked for
    return {static_cast<Byte*>(memory), bytes};
  }
  [[noreturn]] void fail(const char* verb) const;

  const ipcbench_transport table_;  // a copy, beside the end: one look-up less
  void* end_;

 private:
  [[noreturn]] void refuse(const char* verb, std::size_t bytes, std::size_t wanted) const;
};

class PluginSender : public PluginEnd {
 public:
  using PluginEnd::PluginEnd;
  std::span<std::byte> loan(std::size_t n) {
    std::size_t lent = 0;
    void* const room = table_.loan(end_, n, &lent);
    return checked_span<std::byte>(room, lent, n, "loan");
  }
  bool commit(std::size_t n) {
    const int done = table_.commit(end_, n);
    if (done < 0) [[unlikely]]
      fail("commit");
    return done != 0;
  }
};

class PluginReceiver : public PluginEnd {
 public:
  using PluginEnd::PluginEnd;
  std::span<const std::byte> peek(std::size_t n) {
    std::size_t shown = 0;
    const void* const piece = table_.peek(end_, n, &shown);
    return checked_span<const std::byte>(piece, shown, n, "peek");
  }
  void release() { table_.release(end_); }
};

// One class for all transports: LinkSpec::mechanism says which one. The traits here are what the code is
// compiled for; the registered entry has those of the transport.
class PluginTransport {
 public:
  static constexpr Traits kTraits{.name = "plugin",
                                  .summary = "a transport of a plug-in",
                                  .kind = MechanismKind::synchronisation,
                                  .made_of = "plug-in",
                                  .kinship = Kinship::named};

  static std::unique_ptr<PluginTransport> create(const LinkSpec& spec);
  static std::unique_ptr<PluginTransport> join(const LinkSpec& spec, const std::string& address);

  // `address` is null in the process that creates the object. Throws Error with what the plug-in says.
  PluginTransport(const ipcbench_transport& table, const LinkSpec& spec, const std::string* address);
  ~PluginTransport() { table_.destroy(object_); }
  PluginTransport(const PluginTransport&) = delete;
  PluginTransport& operator=(const PluginTransport&) = delete;

  [[nodiscard]] std::string address() const;
  PluginSender sender() { return {table_, object_, IPCBENCH_SENDER}; }
  PluginReceiver receiver() { return {table_, object_, IPCBENCH_RECEIVER}; }

 private:
  const ipcbench_transport& table_;
  std::array<std::optional<OwnedName>, 3> names_;  // that the plug-in may use; outlive the object
  void* object_;
};

// The table of a registered transport; copied from the plug-in, zeros where that is older. Throws Error if
// there is none of this name.
const ipcbench_transport& plugin_table(const std::string& mechanism);

}  // namespace ipcbench
