// A private place and an unpredictable name for the objects of one launch.
#pragma once

#include <string>

#include "harness/owner_only_umask.hpp"

namespace ipcbench {

// A directory of mode 0700 under $TMPDIR (or /tmp), removed with whatever is in it. While it is there,
// nothing that this process creates is open to other users.
class LaunchDirectory {
 public:
  // Throws std::system_error; std::runtime_error where any user could put another directory in its place.
  LaunchDirectory();
  ~LaunchDirectory();
  LaunchDirectory(const LaunchDirectory&) = delete;
  LaunchDirectory& operator=(const LaunchDirectory&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  OwnerOnlyUmask owner_only_;
  std::string path_;
};

// "ipcbench-" and 16 random hexadecimal digits: nobody can create the object before us.
std::string unpredictable_name();

}  // namespace ipcbench
