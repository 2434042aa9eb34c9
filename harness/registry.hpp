// The register of mechanisms: filled before main() by the last line of each adapter's file.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/link.hpp"
#include "harness/mechanism.hpp"

namespace ipcbench {

struct MechanismEntry {
  Traits traits;
  std::span<const Parameter> parameters;
  Unavailable (*available)();
  MessageLimit (*message_limit)(const Settings& parameters);
  std::unique_ptr<Link> (*create)(const LinkSpec& spec);
  // Null for mechanisms that cannot be joined.
  std::unique_ptr<Link> (*join)(const LinkSpec& spec, const std::array<std::string, 2>& addresses);
};

// Every registered mechanism, floors first, then by name.
std::span<const MechanismEntry> mechanisms();

// Null if there is none of that name.
const MechanismEntry* find_mechanism(std::string_view name);

// Adds an entry; called before main() only. Ends the program if the name is taken.
bool register_mechanism(const MechanismEntry& entry);

template <Mechanism M>
MechanismEntry entry_of() {
  MechanismEntry entry{
      .traits = M::kTraits,
      .parameters = {},
      .available = &M::available,
      .message_limit = &M::message_limit,
      .create = [](const LinkSpec& spec) -> std::unique_ptr<Link> {
        return std::make_unique<LinkOf<M>>(spec);
      },
      .join = nullptr,
  };
  if constexpr (HasParameters<M>) entry.parameters = M::kParameters;
  if constexpr (Joinable<M>) {
    entry.join = [](const LinkSpec& spec,
                    const std::array<std::string, 2>& addresses) -> std::unique_ptr<Link> {
      return std::make_unique<LinkOf<M>>(spec, addresses);
    };
  }
  return entry;
}

}  // namespace ipcbench

// The last line of an adapter's file.
#define IPCBENCH_REGISTER_MECHANISM(Class)                \
  [[maybe_unused]] static const bool kRegistered##Class = \
      ::ipcbench::register_mechanism(::ipcbench::entry_of<Class>())
