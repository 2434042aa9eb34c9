// A private place and an unpredictable name for the objects of one launch.
#pragma once

#include <string>

namespace ipcbench {

// A directory of mode 0700 under $TMPDIR (or /tmp), removed with whatever is in it.
class LaunchDirectory {
 public:
  LaunchDirectory();  // throws std::system_error
  ~LaunchDirectory();
  LaunchDirectory(const LaunchDirectory&) = delete;
  LaunchDirectory& operator=(const LaunchDirectory&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// "ipcbench-" and 16 random hexadecimal digits: nobody can create the object before us.
std::string unpredictable_name();

}  // namespace ipcbench
