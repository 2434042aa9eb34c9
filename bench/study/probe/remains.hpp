// What a probe could leave behind in the kernel, so that it can be removed by exact name even if the probe
// was killed.
#pragma once

#include <sys/types.h>

#include <array>
#include <atomic>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "harness/loops/control_block.hpp"

namespace ipcbench {

// "shm 5": the System V objects of this user, each table of /proc/sysvipc with its identifiers.
std::set<std::string> system_v_objects();

// Whether the address of a mechanism's object names this one: "5,17" has "5" and "17". An address with
// anything but numbers names none.
bool names_identifier(std::string_view address, std::string_view identifier);

// A list in shared memory, written by the probe and read by whoever watches it.
class Remains {
 public:
  // The name that an object is going to be made under (LinkSpec::name), and then its address.
  void add(std::string_view name);
  void add(const std::string& name, const std::string& address);

  // Removes what still exists of all that was added: shared memory, semaphores and queues of those names; and
  // System V objects that are not among `before` and whose identifiers stand in the addresses, or which
  // process `creator` has made.
  void remove(const std::set<std::string>& before, pid_t creator);

 private:
  struct Entry {
    SharedText<80> name;
    SharedText<256> address;
  };
  static constexpr std::size_t kMost = 128;

  [[nodiscard]] bool is_named(std::string_view identifier) const;

  std::array<Entry, kMost> entries_;
  std::atomic<std::size_t> count_{0};
};

}  // namespace ipcbench
