#include "harness/plugin/plugin.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <sstream>

#include "harness/base/clock.hpp"
#include "harness/base/error.hpp"
#include "harness/plugin/plugin_transport.hpp"
#include "harness/registry/registry.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;

using Transports = std::deque<ipcbench_transport>;  // the registered ones; their addresses stay

Transports& transports() {
  static Transports all;
  return all;
}

std::vector<LoadedPlugin>& plugins() {
  static std::vector<LoadedPlugin> all;
  return all;
}

[[noreturn]] void refuse(const fs::path& file, const std::string& problem, const std::string& remedy) {
  throw Error(fmt::format("{}: {}", file.string(), problem), remedy);
}

const ipcbench_transport* const* exported_by(const fs::path& file) {
  // Never closed: the registered functions are in it.
  void* const library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr)
    refuse(file, fmt::format("cannot be loaded: {}", dlerror()),
           "build it as a shared object for this machine (cc -shared -fPIC)");
  void* const symbol = dlsym(library, "ipcbench_plugin");
  if (symbol == nullptr)
    refuse(file, "exports no function ipcbench_plugin",
           "see ipcbench_plugin.h: it is the one that a plug-in exports");
  const auto list =
      reinterpret_cast<const ipcbench_transport* const* (*)(std::uint32_t)>(symbol)(IPCBENCH_PLUGIN_VERSION);
  if (list == nullptr)
    refuse(file,
           fmt::format("was made for another version of the interface than {}", IPCBENCH_PLUGIN_VERSION),
           "build it with the ipcbench_plugin.h of this program");
  return list;
}

// A field that the plug-in's version of the structure does not have is zero.
ipcbench_transport copy_of(const ipcbench_transport& theirs) {
  ipcbench_transport copy{};
  std::memcpy(&copy, &theirs, std::min(theirs.size, sizeof copy));
  return copy;
}

bool is_name(const char* text) {
  return text != nullptr && *text != '\0' && std::strlen(text) <= 40 &&
         std::all_of(text, text + std::strlen(text), [](unsigned char c) {
           return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '_';
         });
}

// What keeps the transport from being used; empty: nothing.
std::string problem_with(const ipcbench_transport& table) {
  if (table.size < offsetof(ipcbench_transport, release) + sizeof table.release)
    return fmt::format("a transport says that it has {} bytes, fewer than the first version", table.size);
  if (!is_name(table.name)) return "the name of a transport is not 1 to 40 of a-z, 0-9 and _";
  if (find_mechanism(table.name) != nullptr)
    return fmt::format("{}: there is a mechanism of that name already", table.name);
  for (const auto& [what, text] :
       {std::pair("summary", table.summary), std::pair("made_of", table.made_of)}) {
    if (text == nullptr || *text == '\0') return fmt::format("{}: has no {}", table.name, what);
  }
  const auto kind = table.kind == nullptr ? std::nullopt : parse_axis<MechanismKind>(table.kind);
  if (!kind || *kind == MechanismKind::floor) {
    std::string known;
    for (const auto& entry : kAxis<MechanismKind>) {
      if (entry.value != MechanismKind::floor)
        known += fmt::format("{}{}", known.empty() ? "" : ", ", entry.name);
    }
    return fmt::format("{}: its kind is not one of {}", table.name, known);
  }
  constexpr std::uint32_t kWaits = IPCBENCH_BLOCK | IPCBENCH_SPIN | IPCBENCH_POLL | IPCBENCH_ADAPTIVE;
  if (table.waits == 0 || (table.waits & ~kWaits) != 0)
    return fmt::format("{}: `waits` is not a set of IPCBENCH_BLOCK, _SPIN, _POLL and _ADAPTIVE", table.name);
  constexpr std::uint32_t kTraits = IPCBENCH_STREAM | IPCBENCH_IN_PLACE | IPCBENCH_IN_MEMORY;
  if ((table.traits & ~kTraits) != 0)
    return fmt::format("{}: has traits that are not known here", table.name);
  if (table.create == nullptr || table.destroy == nullptr || table.attach == nullptr ||
      table.detach == nullptr || table.loan == nullptr || table.commit == nullptr || table.peek == nullptr ||
      table.release == nullptr)
    return fmt::format("{}: lacks one of create, destroy, attach, detach and the four verbs", table.name);
  if ((table.address == nullptr) != (table.join == nullptr))
    return fmt::format("{}: has one of address and join, and not the other", table.name);
  if (table.park == nullptr && (table.waits & (IPCBENCH_POLL | IPCBENCH_ADAPTIVE)) != 0)
    return fmt::format("{}: has no park, which poll and adaptive need", table.name);
  return "";
}

WaitSet waits_of(std::uint32_t bits) {
  WaitSet waits = kAllWaits;
  if ((bits & IPCBENCH_BLOCK) == 0) waits = waits.without(Wait::block);
  if ((bits & IPCBENCH_SPIN) == 0) waits = waits.without(Wait::spin);
  if ((bits & IPCBENCH_POLL) == 0) waits = waits.without(Wait::poll);
  if ((bits & IPCBENCH_ADAPTIVE) == 0) waits = waits.without(Wait::adaptive);
  return waits;
}

MechanismEntry entry_for(const ipcbench_transport& table) {
  MechanismEntry entry = entry_of<PluginTransport>();
  Traits& traits = entry.traits;
  traits.name = table.name;
  traits.summary = table.summary;
  traits.kind = *parse_axis<MechanismKind>(table.kind);
  traits.made_of = table.made_of;
  traits.kinship = table.join == nullptr ? Kinship::kin : Kinship::named;
  traits.framing = (table.traits & IPCBENCH_STREAM) != 0 ? Framing::stream : Framing::message;
  traits.waits = waits_of(table.waits);
  traits.in_place = (table.traits & IPCBENCH_IN_PLACE) != 0;
  traits.in_memory = (table.traits & IPCBENCH_IN_MEMORY) != 0;
  if (table.max_message_bytes != 0) traits.max_message_bytes = table.max_message_bytes;
  if (table.join == nullptr) {
    entry.join = nullptr;
    entry.try_join = nullptr;
  }
  if (table.available != nullptr) {
    entry.available = [available = table.available]() -> Unavailable {
      const char* const reason = available();
      return reason == nullptr ? Unavailable() : Unavailable(reason);
    };
  }
  return entry;
}

void add_to_environment(const fs::path& file) {
  const char* const before = std::getenv(kPluginVariable);
  const std::string all =
      before == nullptr || *before == '\0' ? file.string() : fmt::format("{}:{}", before, file.string());
  setenv(kPluginVariable, all.c_str(), 1);
}

bool is_loaded(const fs::path& file) {
  return std::ranges::find(plugins(), file, &LoadedPlugin::file) != plugins().end();
}

void load(const fs::path& file) {
  if (is_loaded(file)) return;
  LoadedPlugin plugin{file, {}};
  for (const ipcbench_transport* const* each = exported_by(file); *each != nullptr; ++each) {
    const ipcbench_transport table = copy_of(**each);
    if (const std::string problem = problem_with(table); !problem.empty())
      refuse(file, problem, "see ipcbench_plugin.h");
    register_mechanism(entry_for(transports().emplace_back(table)));
    plugin.mechanisms.emplace_back(table.name);
  }
  if (plugin.mechanisms.empty()) refuse(file, "has no transport", "see ipcbench_plugin.h");
  plugins().push_back(std::move(plugin));
}

void nothing(void* /*end*/) {}

}  // namespace

void load_plugin(const fs::path& file) {
  std::error_code none;
  const fs::path found = fs::canonical(file, none);
  if (none) refuse(file, "there is no such file", "name the shared object, as in --plugin ./mine.so");
  if (found.string().find(':') != std::string::npos)
    refuse(found, "its path has a colon, which separates paths", "put it elsewhere");
  if (is_loaded(found)) return;
  load(found);
  add_to_environment(found);
}

void load_plugins_of_environment() {
  const char* const all = std::getenv(kPluginVariable);
  if (all == nullptr) return;
  std::istringstream files(all);
  for (std::string file; std::getline(files, file, ':');) {
    if (!file.empty()) load(file);
  }
}

const std::vector<LoadedPlugin>& loaded_plugins() { return plugins(); }

const ipcbench_transport& plugin_table(const std::string& mechanism) {
  const auto found = std::ranges::find(transports(), mechanism, &ipcbench_transport::name);
  if (found == transports().end()) throw Error(fmt::format("{}: no plug-in has this transport", mechanism));
  return *found;
}

double plugin_call_ns() {
  constexpr int kLoops = 9;
  constexpr int kCalls = 20'000;
  void (*volatile call)(void*) =
      nothing;  // as a table in another object has it: the compiler cannot look into it
  std::array<double, kLoops> times_ns{};
  for (double& time_ns : times_ns) {
    const std::uint64_t start_ns = now_ns();
    for (int i = 0; i < kCalls; ++i) call(nullptr);
    time_ns = static_cast<double>(now_ns() - start_ns) / kCalls;
  }
  std::ranges::nth_element(times_ns, times_ns.begin() + kLoops / 2);
  return times_ns[kLoops / 2];
}

}  // namespace ipcbench
