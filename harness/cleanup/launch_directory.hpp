// A private place for the objects of one launch.
#pragma once

#include <cstdint>
#include <string>

#include "harness/cleanup/run_directory.hpp"

namespace ipcbench {

// A directory of mode 0700 in the run's directory or, without a run, under $TMPDIR (or /tmp). It is removed
// with its contents. While it exists, nothing that this process creates is open to other users.
class LaunchDirectory {
 public:
  // Throws KernelError, or Error if any user could replace it.
  LaunchDirectory();
  ~LaunchDirectory();
  LaunchDirectory(const LaunchDirectory&) = delete;
  LaunchDirectory& operator=(const LaunchDirectory&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }

  // Makes a place within it for the objects of one link, so that links beside each other share no name.
  // Throws KernelError.
  [[nodiscard]] std::string make_part(std::uint32_t number) const;

 private:
  OwnerOnlyUmask owner_only_;
  std::string path_;
};

}  // namespace ipcbench
