// Another user of the machine, who tries everything that a user may try on what launches have.
#pragma once

#include <sys/types.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <string_view>

#include "harness/loops/control_block.hpp"

namespace ipcbench {

enum class Door : std::uint8_t { tcp, udp, unix_socket, file, system_v, process };
inline constexpr std::array<std::string_view, 6> kDoors{
    "TCP ports",        "UDP ports", "UNIX sockets", "files, shared memory, POSIX queues",
    "System V objects", "processes"};

// What the intruder did, in memory that it shares with those who sent it. The first way in is told.
struct BreakIns {
  std::array<std::atomic<std::uint64_t>, kDoors.size()> attempts{};
  std::atomic<std::uint64_t> successes{0};
  SharedText<400> first;
};

inline constexpr uid_t kIntruder = 65533;  // whom nothing belongs to

// What one intruder turns to, so that several have their hands free.
enum class Aim : std::uint8_t { sockets, objects, processes };
inline constexpr std::array kAims{Aim::sockets, Aim::objects, Aim::processes};

// Becomes that user and tries until it is killed. It looks for what is in this
// process's network and IPC namespaces, which should hold nothing of anybody else's, in $TMPDIR and in
// /dev/shm; of the processes, it turns on `launcher` and its children alone.
[[noreturn]] void intrude(Aim aim, pid_t launcher, BreakIns& break_ins);

}  // namespace ipcbench
