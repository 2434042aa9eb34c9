// A private place for the objects of one launch.
#pragma once

#include <string>

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

}  // namespace ipcbench
