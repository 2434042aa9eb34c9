// A name in the file system for an experiment's object.
#pragma once

#include <filesystem>
#include <string>

#include "harness/base/unpredictable.hpp"
#include "harness/cleanup/run_directory.hpp"

namespace ipcbench {

// Nothing has this name yet; whatever gets it is removed at the end, even if the process is killed (in the
// run's directory, if there is one).
class TemporaryPath {
 public:
  TemporaryPath() = default;
  ~TemporaryPath() {
    std::error_code gone;
    std::filesystem::remove(path_, gone);
  }
  TemporaryPath(const TemporaryPath&) = delete;
  TemporaryPath& operator=(const TemporaryPath&) = delete;

  [[nodiscard]] const char* c_str() const { return path_.c_str(); }

 private:
  static std::string directory() {
    const RunDirectory* const run = RunDirectory::current();
    return run != nullptr ? run->path() : temporary_directory();
  }

  std::string path_ = directory() + '/' + unpredictable_name();
};

}  // namespace ipcbench
