// Another user of the machine, who tries everything that a user can try against the objects of launches.
#pragma once

#include <sys/types.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <string_view>
#include <vector>

#include "harness/loops/control_block.hpp"
#include "mechanisms/testing/doors.hpp"

namespace ipcbench {

enum class Door : std::uint8_t { tcp, udp, unix_socket, file, system_v, process };
inline constexpr std::array<std::string_view, 6> kDoors{
    "TCP ports",        "UDP ports", "UNIX sockets", "files, shared memory, POSIX queues",
    "System V objects", "processes"};

// The record of the intruder, in memory shared with the test. `first` describes the first break-in.
struct BreakIns {
  std::array<std::atomic<std::uint64_t>, kDoors.size()> attempts{};
  std::atomic<std::uint64_t> successes{0};
  SharedText<400> first;
  std::atomic<std::size_t> intruders{0};  // that have become that user; they wait for each other
};

inline constexpr uid_t kIntruder = 65533;  // owns nothing else

// The targets of one intruder: several processes share the work.
enum class Aim : std::uint8_t { sockets, objects, processes };
inline constexpr std::array kAims{Aim::sockets, Aim::objects, Aim::processes};

// Makes this process that user's.
void become_intruder();

// Becomes that user and tries everything once against objects whose paths it could not find out by itself.
void intrude_upon(const std::vector<NamedObject>& objects, BreakIns& break_ins);

// Becomes that user and attacks until it is killed: everything in this process's network and IPC namespaces
// (which must not contain objects of other programs), in $TMPDIR and in /dev/shm. The only processes that it
// attacks are `launcher` and its children.
[[noreturn]] void intrude(Aim aim, pid_t launcher, BreakIns& break_ins);

}  // namespace ipcbench
