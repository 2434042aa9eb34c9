// The lists of the kernel in which an object of a mechanism can show up.
#pragma once

#include <sys/types.h>

#include <set>
#include <string>
#include <vector>

#include "harness/contract/mechanism.hpp"

namespace ipcbench {

// Each as "place: entry", such as "ipcs: msg 5", "/dev/shm: ipcbench-...", "/proc/PID/fd: pipe:[17]".

// What has a name: the System V objects of this user that stand in `address`, the entries of /dev/shm and
// /dev/mqueue (if mounted) that contain `name`, and those of `directory`.
std::set<std::string> named_objects(const LinkSpec& spec, const std::string& address);

// What a process holds: its descriptors (sockets by the table of /proc/net that has them), its shared
// mappings and its file locks; without `equipment` (Puppet::equipment()).
std::set<std::string> held_objects(pid_t pid, const std::vector<std::string>& equipment);

// Entries of `after` that are not among `before`.
std::set<std::string> new_objects(const std::set<std::string>& before, const std::set<std::string>& after);

// Their places, each once.
std::set<std::string> places_of(const std::set<std::string>& objects);

}  // namespace ipcbench
