// The register of mechanisms, filled before main() by the last line of each mechanism's file.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/contract/abilities.hpp"
#include "harness/registry/link.hpp"
#include "harness/registry/trial.hpp"

namespace ipcbench {

struct RawKind {
  std::string_view name = {};  // "System V segment"
  std::unique_ptr<RawBytes> (*create)(const LinkSpec& spec, std::size_t bytes) = nullptr;
  std::unique_ptr<RawBytes> (*join)(const std::string& address, std::size_t bytes) = nullptr;
};

struct MechanismEntry {
  Traits traits;
  std::span<const Parameter> parameters;
  std::function<Unavailable()> available;
  MessageLimit (*message_limit)(const Settings& parameters);
  // Null if it refuses nothing.
  Unavailable (*refuses)(const Cell& cell);
  std::unique_ptr<Link> (*create)(const LinkSpec& spec, const Ways& ways);
  // Null if unrelated processes have no access to the mechanism: it has neither a name nor a descriptor.
  std::unique_ptr<Link> (*join)(const LinkSpec& spec, const Ways& ways, EndId end,
                                const AddressOf& address_of);
  // One object, to be tried out call by call: created, or joined by its address (null if it has none).
  std::unique_ptr<Trial> (*try_out)(const LinkSpec& spec);
  std::unique_ptr<Trial> (*try_join)(const LinkSpec& spec, const std::string& address);
  // The kernel's object alone, and the bytes under its protocol (bare.hpp). Null, or no name: it has none.
  std::unique_ptr<Trial> (*try_bare)(const LinkSpec& spec) = nullptr;
  std::unique_ptr<Trial> (*try_join_bare)(const LinkSpec& spec, const std::string& address) = nullptr;
  RawKind raw = {};
  // Whether the file that registers it was compiled with optimisation. What is measured should be.
  bool is_optimised = true;
};

// Every registered mechanism, floors first, then by name. Loads the transports of libraries (libraries.hpp).
std::span<const MechanismEntry> mechanisms();

// Null if there is none of that name. Loads them too.
const MechanismEntry* find_mechanism(std::string_view name);

// The same without loading anything. The pointer holds until mechanisms() or find_mechanism() is called.
const MechanismEntry* find_linked_mechanism(std::string_view name);

// The parameter that decides how much can be under way at once (Parameter::tuned); null if it has none.
const Parameter* buffer_parameter(const MechanismEntry& entry);

// The answer of its available(), or that it did not answer in time.
Unavailable ask_whether_available(const MechanismEntry& entry,
                                  std::chrono::nanoseconds limit = std::chrono::seconds(10));

// Calls `load` once, before the first look at the mechanisms, to register more. Called before main() only.
void register_later(void (*load)());

// Adds an entry; called before main(), and while a shared object is loaded. Ends the program if the name is
// taken.
bool register_mechanism(const MechanismEntry& entry);

// Every mechanism whose ends can spin for a while has it: it is the harness that spins.
inline constexpr Parameter kSpinMicroseconds{
    .name = "spin_us",
    .default_text = "as long as a wake-up takes there, measured: 1 to 1000",
    .what = "wait:adaptive only: how many microseconds an end spins before it sleeps",
    .min = 0,
    .max = 1'000'000};

// A mechanism's link; that of its Batched if the link's messages go in batches.
template <Mechanism M, class... Arguments>
std::unique_ptr<Link> make_link(const LinkSpec& spec, const Arguments&... arguments) {
  if constexpr (Batches<M>) {
    if (spec.batch > 1) return std::make_unique<LinkOf<typename M::Batched>>(spec, arguments...);
  }
  return std::make_unique<LinkOf<M>>(spec, arguments...);
}

// The mechanism's own parameters and, where it applies, that one.
template <Mechanism M>
inline constexpr auto kAllParameters = [] {
  constexpr bool kSpins = M::kTraits.waits.contains(Wait::adaptive);
  constexpr std::size_t kOwn = [] {
    if constexpr (HasParameters<M>) return M::kParameters.size();
    return std::size_t{0};
  }();
  std::array<Parameter, kOwn + (kSpins ? 1 : 0)> all{};
  if constexpr (HasParameters<M>) std::ranges::copy(M::kParameters, all.begin());
  if constexpr (kSpins) all.back() = kSpinMicroseconds;
  return all;
}();

template <Mechanism M>
MechanismEntry entry_of() {
  static_assert(is_floor(M::kTraits) || !M::kTraits.made_of.empty(), "say what the mechanism is made of");
  static_assert(is_floor(M::kTraits) == (M::kTraits.delivery == Delivery::none),
                "only a floor delivers nothing");
  static_assert(M::kTraits.direct == MovesDirectly<M>, "the trait `direct` does not fit the ends");
  static_assert(M::kTraits.batches == Batches<M>, "the trait `batches` and M::Batched do not fit");
  // Otherwise a function of that name with another result would be silently ignored.
  static_assert(!requires { M::available(); } || MayBeUnavailable<M>);
  static_assert(!requires { M::message_limit(Settings()); } || LimitsMessages<M>);
  MechanismEntry entry{
      .traits = M::kTraits,
      .parameters = {},
      .available = [] { return Unavailable(); },
      .message_limit =
          [](const Settings&) {
            constexpr std::size_t kBytes = M::kTraits.max_message_bytes;
            if constexpr (kBytes == SIZE_MAX) return MessageLimit();
            return MessageLimit{kBytes, "no setting raises what its token carries"};
          },
      .refuses = nullptr,
      .create = [](const LinkSpec& spec, const Ways& ways) { return make_link<M>(spec, ways); },
      .join = nullptr,
      .try_out = [](const LinkSpec& spec) -> std::unique_ptr<Trial> {
        return std::make_unique<TrialOf<M>>(spec);
      },
      .try_join = nullptr,
  };
  entry.traits.waits = kWaitsOf<M>;
  if constexpr (MayBeUnavailable<M>) entry.available = &M::available;
  if constexpr (LimitsMessages<M>) entry.message_limit = &M::message_limit;
  entry.parameters = kAllParameters<M>;
  if constexpr (Refuses<M>) entry.refuses = &M::refuses;
  if constexpr (Joinable<M> || Inheritable<M>) {
    entry.join = [](const LinkSpec& spec, const Ways& ways, EndId end, const AddressOf& address_of) {
      return make_link<M>(spec, ways, end, address_of);
    };
  }
  if constexpr (Joinable<M>) {
    entry.try_join = [](const LinkSpec& spec, const std::string& address) -> std::unique_ptr<Trial> {
      return std::make_unique<TrialOf<M>>(spec, address);
    };
  }
  if constexpr (ShowsObject<M>) {
    entry.try_bare = [](const LinkSpec& spec) -> std::unique_ptr<Trial> {
      return std::make_unique<BareTrialOf<M>>(M::create(spec));
    };
    if constexpr (Joinable<M>) {
      entry.try_join_bare = [](const LinkSpec& spec, const std::string& address) -> std::unique_ptr<Trial> {
        return std::make_unique<BareTrialOf<M>>(M::join(spec, address));
      };
    }
  }
#ifndef __OPTIMIZE__
  entry.is_optimised = false;
#endif
  if constexpr (ShowsBytes<M>) entry.raw = {M::kRawName, &M::raw_bytes, &M::join_raw_bytes};
  return entry;
}

}  // namespace ipcbench

// The last line of a mechanism's file.
#define IPCBENCH_REGISTER_MECHANISM(Class)                \
  [[maybe_unused]] static const bool kRegistered##Class = \
      ::ipcbench::register_mechanism(::ipcbench::entry_of<Class>())
