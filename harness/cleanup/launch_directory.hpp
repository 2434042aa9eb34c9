// A private place and an unpredictable name for the objects of one launch.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "harness/base/error.hpp"
#include "harness/base/owner_only_umask.hpp"

namespace ipcbench {

// A directory of mode 0700 in that of the run, or without one under $TMPDIR (or /tmp); removed with whatever
// is in it. While it is there, nothing that this process creates is open to other users.
class LaunchDirectory {
 public:
  // Throws KernelError; Error where any user could put another directory in its place.
  LaunchDirectory();
  ~LaunchDirectory();
  LaunchDirectory(const LaunchDirectory&) = delete;
  LaunchDirectory& operator=(const LaunchDirectory&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  OwnerOnlyUmask owner_only_;
  std::string path_;
};

// Nobody can create an object of such a name or key before us, or find it by guessing.
std::uint64_t unpredictable_number();  // throws KernelError
std::string unpredictable_name();      // "ipcbench-" and 16 random hexadecimal digits
key_t unpredictable_key();             // of a System V object; not IPC_PRIVATE

}  // namespace ipcbench
