// The properties of a mechanism that explain its results. Reports carry them, so that no reader of a report
// has to know mechanisms by name.
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "harness/base/axes.hpp"

namespace ipcbench {

// The carrier of a message. synchronisation: tokens only (semaphores, locks, events). descriptor: a message
// is a descriptor of memory or a file. process_memory: the kernel copies from the memory of one process into
// that of the other. library: code in user space above one or several of the others. floor: nothing moves
// between the ends; it prices the harness.
enum class MechanismKind {
  pipe,
  socket,
  queue,
  shared_memory,
  process_memory,
  synchronisation,
  signal,
  file,
  descriptor,
  library,
  floor
};

template <>
inline constexpr std::array kAxis<MechanismKind>{
    AxisValue{MechanismKind::shared_memory, "shared_memory", "Shared memory"},
    AxisValue{MechanismKind::process_memory, "process_memory", "Memory of the other process"},
    AxisValue{MechanismKind::pipe, "pipe", "Pipes"},
    AxisValue{MechanismKind::socket, "socket", "Sockets"},
    AxisValue{MechanismKind::queue, "queue", "Message queues"},
    AxisValue{MechanismKind::signal, "signal", "Signals"},
    AxisValue{MechanismKind::synchronisation, "synchronisation", "Synchronisation"},
    AxisValue{MechanismKind::file, "file", "Files"},
    AxisValue{MechanismKind::descriptor, "descriptor", "Descriptors"},
    AxisValue{MechanismKind::library, "library", "Libraries"},
    AxisValue{MechanismKind::floor, "floor", "Floors"}};

struct MechanismInfo {
  std::string name;
  MechanismKind kind = MechanismKind::synchronisation;
  bool carries_bytes = true;  // false: tokens only, or nothing at all
  bool in_place = false;      // the receiver reads the memory that the sender wrote
  // The message lies in memory that both ends map; nothing carries it through the kernel. True also for a
  // semaphore in shared memory, and for a descriptor of memory that is passed on.
  bool in_memory = false;
  bool stream = false;  // a byte stream; false: it keeps messages apart
  // The kernel's and the C library's objects, comma-separated: "memfd, eventfd".
  std::string made_of;
  // The setting that decides how much can be under way at once: "ring_bytes", "queue_depth".
  std::optional<std::string> buffer = {};
  // The mechanism that passes messages in the same way: only who owns the memory differs, how an end gets
  // hold of it, or by which call it sleeps on the same word.
  std::optional<std::string> variant_of = {};
  // What code in user space does with a message between the ends: threads, copies, batches, protocol.
  std::optional<std::string> in_between = {};

  friend bool operator==(const MechanismInfo&, const MechanismInfo&) = default;
};

inline bool is_floor(const MechanismInfo& mechanism) { return mechanism.kind == MechanismKind::floor; }

// "Shared memory" as textbooks mean it: a byte stream through memory that both ends map.
inline bool is_memory_ring(const MechanismInfo& mechanism) {
  return mechanism.kind == MechanismKind::shared_memory && mechanism.stream;
}

// Null if the mechanism is not among them.
inline const MechanismInfo* find_info(std::span<const MechanismInfo> mechanisms, std::string_view name) {
  const auto found = std::ranges::find(mechanisms, name, &MechanismInfo::name);
  return found == mechanisms.end() ? nullptr : &*found;
}

}  // namespace ipcbench
