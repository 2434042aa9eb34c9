// The kernel's lists that can contain an IPC object. Entries have the form "place: entry", such as
// "ipcs: msg 5", "/dev/shm: ipcbench-..." or "/proc/PID/fd: pipe:[17]".
#pragma once

#include <sys/types.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace ipcbench {

// Objects that can be found by name: this user's System V objects whose identifiers are in `address`, the
// entries of /dev/shm and /dev/mqueue (if mounted) that contain `name`, and the files in `directory`.
std::set<std::string> named_objects(const std::string& name, const std::string& directory,
                                    std::string_view address);

// Objects that a process holds: descriptors (sockets by the table of /proc/net that lists them), shared
// mappings and file locks. `ignored`: links of descriptors and first addresses of mappings to omit. Throws
// KernelError if it may not be seen.
std::set<std::string> held_objects(pid_t pid, const std::vector<std::string>& ignored);

// The entries of `after` that are not in `before`.
std::set<std::string> new_objects(const std::set<std::string>& before, const std::set<std::string>& after);

// The places of the entries, each once.
std::set<std::string> places_of(const std::set<std::string>& objects);

// Whether an address made of numbers ("5,17") names this identifier as a whole. Other addresses name none.
bool names_identifier(std::string_view address, std::string_view identifier);

}  // namespace ipcbench
